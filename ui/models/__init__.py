"""Table models over frozen rows, with no widget in sight."""
