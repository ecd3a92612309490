"""Rubric, append-only assessments, and official claims of progress."""
