"""What every component of a kind can do."""
