"""Looks back at what is there: reads the state and the shelf, and writes nothing."""
