"""How long `earmark chat` takes until its page can be used."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

LONGEST_SECONDS = 120.0
POLLED_SECONDS = 0.02


def seconds_until_the_page_answers(store: str, environment: Mapping[str, str]) -> float:
    """From the command to the first page that is sent whole. Raises TimeoutError."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bot", "chat", "--store", store, "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    open_page = build_opener(ProxyHandler({})).open
    try:
        while (seconds := time.perf_counter() - began) < LONGEST_SECONDS:
            try:
                with open_page(f"http://127.0.0.1:{port}/", timeout=LONGEST_SECONDS) as page:
                    page.read()
                    return time.perf_counter() - began
            except (URLError, ConnectionError):
                time.sleep(POLLED_SECONDS)
        raise TimeoutError(f"the page did not answer in {seconds:.0f} s")
    finally:
        process.terminate()
        process.wait()
