"""The evaluation: `python -m eval`. Import from its modules, never the package: it has a builtin's name."""
