"""loopbaanchecks.twins."""
