"""Texts -> vectors: MiniLM from its package, or an endpoint."""
