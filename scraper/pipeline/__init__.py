"""The story of one URL, of one site, and of a whole run."""
