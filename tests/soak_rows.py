"""The lines of the table that `make soak` makes for SECURITY.md."""


def row(name: str, tried: int, held: int, figure: str = "") -> None:
    print(f"| {name} | {tried} | {held} | {figure} |", flush=True)


def is_row(line: str) -> bool:
    return line.startswith("| ") and line.rstrip().endswith("|")
