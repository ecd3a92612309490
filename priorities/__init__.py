"""Themes, priorities with their passages, and lineage between presidencies."""
