"""Where captures come from: the network, by asking, or the shelf, by reading back. Nobody above can tell."""
