"""Files below a directory, by descriptors, on systems that have these: no link leads anywhere."""
