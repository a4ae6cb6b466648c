"""Paths given to `ingest` -> transcripts, with what is known of their episodes."""
