"""Configuration files that people keep by hand: read, and edited so that only the bytes of what is edited change."""
