"""Every statement of the documents that can be tested, with the check that decides it."""
