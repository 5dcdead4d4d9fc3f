"""One feature with everything in it."""
