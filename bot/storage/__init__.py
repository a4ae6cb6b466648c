"""Where indexes are kept: a folder of generations, one of them current; Chroma inside each."""
