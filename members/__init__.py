"""States, their dated status, bodies of the organisation, presidencies."""
