"""The channels a shop takes money through, and how they do."""
