"""What was built, looked through before it is sent away: `contents`, `private`, `cells`, `rules`, `check`."""
