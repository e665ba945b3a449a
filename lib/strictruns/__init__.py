"""strictruns."""
