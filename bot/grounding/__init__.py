"""Is each claim supported by what it cites? Offline, explained in words, the same twice."""
