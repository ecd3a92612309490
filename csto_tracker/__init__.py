"""The composition of the site: everything below is put together here, nothing imports it."""
