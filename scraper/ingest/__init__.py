"""What a capture comes to: the same for a run, for what a killed run left, and for a rebuild."""
