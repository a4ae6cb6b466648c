"""A draft (quotes, or a model's prose) -> labels, citations and claims -> the checked text."""
