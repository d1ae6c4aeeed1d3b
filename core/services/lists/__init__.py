"""What lists of any length are made of: pages by key, search by stretches, filters kept by name."""
