"""Letters by e-mail: their texts, their layout, the queue, and what bounces."""
