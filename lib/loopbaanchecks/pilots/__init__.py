"""loopbaanchecks.pilots."""
