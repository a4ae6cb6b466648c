"""A model's draft -> labels, citations and claims -> the text that is shown, while it streams."""
