"""A question -> the passages and windows that may answer it, in the kinds of speech that it is about."""
