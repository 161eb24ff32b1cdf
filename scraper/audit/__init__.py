"""Looks at what is there: status, coverage, history, verification. Writes nothing and asks nothing."""
