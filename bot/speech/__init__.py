"""Cues -> words with times and kinds -> sentences with parts -> passages. No spoken word is changed."""
