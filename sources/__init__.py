"""Documents, their stored text, and the passages that claims point at."""
