"""Open answers: read before anybody else does, how far their coding is, and the themes in them."""
