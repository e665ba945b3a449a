"""loopbaanchecks.claims."""
