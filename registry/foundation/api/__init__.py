"""What the APIs of both apps share: what an address takes, what a request asks, and how it is answered."""
