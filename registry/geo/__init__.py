"""Where things are: outlines, distances, the overview map."""
