"""PostgreSQL, Valkey and the site's processes on one machine, without root or system packages.

Nothing here needs Django to be set up: the launcher decides the settings that Django then reads.
"""
