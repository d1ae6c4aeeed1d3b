"""The front door: the command line, the window's wiring, folders, logs and crash reports."""

__version__ = "0.1.0"
