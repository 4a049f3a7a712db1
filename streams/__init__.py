"""The only code that touches Redis and PostgreSQL: what is happening, and (in `store`) what has happened."""
