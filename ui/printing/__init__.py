"""Papers on screen and on the printers of the system: pages as pictures, drawn off the window."""
