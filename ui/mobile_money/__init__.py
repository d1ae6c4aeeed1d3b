"""Words and widgets about a request to a mobile-money network, shared by the pages."""
