"""AI coding clients on this machine: their files are read, brought into step with the centre, and written."""
