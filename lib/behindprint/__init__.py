"""behindprint."""
