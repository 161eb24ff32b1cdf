"""What lies on the disk: captures, documents, the state, the lock."""
