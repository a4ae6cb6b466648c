"""`make soak`: endpoints that fail, hostile words, the store's bad days and the page's, with a table of what held.

`python -m tests.soak [SHARE] [--keep]`: half an hour on two idle cores; with SHARE 0.1 a tenth of the store's rounds.
With `--keep` the table goes into SECURITY.md. Exits with 1 where a promise broke.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.soak_rows import is_row, row

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"
HEADS = "| tried by `make soak` | times | held | figure |\n|---|---|---|---|\n"
SUITES = {
    "hostile words before a model that obeys": ["tests/test_hostile_text.py", "tests/test_refusals.py"],
    "the key, and a machine without a network": ["tests/test_endpoint_privacy.py", "tests/test_privacy.py"],
    "questions, Q1 to Q14": ["tests/test_question_faults.py"],
    "input of the evaluation, E1 to E8": [
        "tests/test_eval_faults.py",
        "tests/test_eval_live_model.py",
        "tests/test_eval_breakages.py",
    ],
    "vectors of an endpoint that cannot be used, M20": ["tests/test_endpoint_faults.py", "-k", "vectors"],
    "stores that are missing, foreign, outdated or damaged, S1 to S16": [
        "tests/test_store.py",
        "tests/test_store_damage.py",
        "tests/test_outdated_store.py",
        "tests/test_generation.py",
    ],
    "writers that wait, are interrupted or run out of disk": ["tests/test_store_writers.py"],
    "hosts, origins, paths and bodies that the page refuses": ["tests/page/test_closed_doors.py"],
    "slow clients, waiting, overload and endings of the page": [
        "tests/test_slow_clients.py",
        "tests/page/test_serving.py",
    ],
    "hostile words on the page in a browser": [
        "tests/browser/test_hostile_words.py",
        "tests/page/test_harmless_html.py",
    ],
}


def run(*command: str) -> tuple[bool, list[str]]:
    """Whether it ended well, and the rows among what it printed, which is shown as it comes."""
    rows = []
    with subprocess.Popen([sys.executable, "-u", "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            print(line, end="", flush=True)
            rows += [line] if is_row(line) else []
    return child.returncode == 0, rows


def suite(name: str, arguments: list[str]) -> tuple[bool, list[str]]:
    """The tests of these files, the slow ones too, counted."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *arguments]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error|skipped)", said.splitlines()[-1])}
    held = counts.get("passed", 0)
    tried = held + counts.get("failed", 0) + counts.get("error", 0)
    skipped = f"{counts['skipped']} skipped" if "skipped" in counts else ""
    row(name, tried, held, skipped)
    if held < tried:
        print(said)
    return held == tried > 0, [f"| {name} | {tried} | {held} | {skipped} |\n"]


def keep(rows: list[str]) -> None:
    """Puts the table into SECURITY.md, between its marks."""
    page = ROOT / "SECURITY.md"
    text = page.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{HEADS}{''.join(rows)}{END}{after}", encoding="utf-8")


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if argument != "--keep"]
    parts = [run("tests.soak_endpoints"), run("tests.soak_store", *arguments), run("tests.soak_page")]
    parts += [suite(name, files) for name, files in SUITES.items()]
    if "--keep" in sys.argv:
        keep([line for _, rows in parts for line in rows])
    held = all(kept for kept, _ in parts)
    print("all held" if held else "NOT all held")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
