"""The page as its user starts it: `python app.py` in a process of its own, on a free port of the loopback."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

APP = Path(__file__).parents[1] / "app.py"


@contextmanager
def serving(*arguments: object, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The page's address; ends the process afterwards."""
    with served(*arguments, environment=environment) as (url, _):
        yield url


@contextmanager
def served(
    *arguments: object, environment: Mapping[str, str] | None = None, log_file: Path | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The same with the process, for tests that end it. Its log goes to a file: a full pipe would stop it."""
    command = [sys.executable, str(APP), "--port", "0", *map(str, arguments)]
    variables = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
    with (
        log_file.open("w+") if log_file else tempfile.TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=variables) as process,
    ):
        try:
            assert process.stdout
            first = process.stdout.readline()
            if " http://" not in first:
                process.kill()
                process.wait()
                log.seek(0)
                raise AssertionError(f"the page did not start: {first}{log.read()}")
            yield first.split()[3], process
        finally:
            process.terminate()
            process.communicate(timeout=20)


def call(url: str, name: str, *values: Any, **more: Any) -> Any:
    """What a named endpoint answers over plain HTTP, or its error under "error"."""
    with httpx.Client(base_url=f"{url}/gradio_api", timeout=60, **more) as client:
        event = client.post(f"/call/{name}", json={"data": list(values)}).raise_for_status().json()["event_id"]
        with client.stream("GET", f"/call/{name}/{event}") as lines:
            kind = ""
            for line in lines.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    kind = value
                elif field == "data" and kind == "complete":
                    return json.loads(value)[0]
                elif field == "data" and kind == "error":
                    return json.loads(value)
    raise AssertionError("no answer")


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it holds within that time."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()
