"""What the classes of the admin share."""
