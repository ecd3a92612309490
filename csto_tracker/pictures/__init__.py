"""Charts and cards as pictures, and charts in frames of other sites."""
