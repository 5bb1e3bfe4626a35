"""Letters by e-mail: what they say, how they look, how they leave."""
