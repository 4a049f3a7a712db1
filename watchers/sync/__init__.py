"""A worker's side of component sync: its tree, what it remembers, and what it tells the server."""
