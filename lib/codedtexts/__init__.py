"""codedtexts."""
