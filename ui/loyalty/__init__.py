"""Words and widgets about loyalty points, shared by the pages."""
