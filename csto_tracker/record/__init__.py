"""The record as files: `record/*.json` and `record/texts/` into the database and back."""
