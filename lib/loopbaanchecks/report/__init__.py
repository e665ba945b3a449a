"""loopbaanchecks.report."""
