"""Chat models: prompts, the LangChain chain under limits of our own, follow-ups, adapters for LangChain users."""
