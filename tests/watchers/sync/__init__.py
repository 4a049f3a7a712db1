"""Component sync, on real files and a real gateway."""
