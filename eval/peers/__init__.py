"""Other ways to answer with citations, beside Earmark on the same episode, questions and embedding."""
