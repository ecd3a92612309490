"""Measures the product against raw SQL, ordinary DRF and Datasette, on the same rows."""
