"""The watcher, on real files and a real kernel."""
