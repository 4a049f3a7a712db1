"""AI coding clients: one model of what they are configured with, and how each of them spells it. Text in, text out."""
