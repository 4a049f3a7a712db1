"""Plain data and the pure rules about it. Nothing here reads a file, a socket or a clock but `base.now`."""
