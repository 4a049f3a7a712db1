"""What runs beside the files: it sees them change, settles what they say, and hands that on, once and in order."""
