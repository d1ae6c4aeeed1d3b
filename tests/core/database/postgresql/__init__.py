"""What a shop on a server lets nobody do who may not."""
