"""Words of the made-up record."""

# A third of all events hold the first word, one in ten thousand the second, none the last.
COMMON_WORD, RARE_WORD, MISSING_WORD = "cooperation", "seismology", "xylophone"
