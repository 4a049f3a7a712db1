"""The same work on other frameworks: what they cost beside the bare loop, and beside us."""
