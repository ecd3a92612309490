"""Pages that show rows of several apps side by side."""
