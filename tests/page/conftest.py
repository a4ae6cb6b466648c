import os

import pytest

from tests.serving import serving

# Python reads it when the server's process starts.
WATCH = """
import os
import sys

def note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = address[0] if isinstance(address, tuple) else address
        if host not in ("127.0.0.1", "::1", "localhost", None):
            with open(os.environ["WENT_OUTSIDE"], "a") as file:
                file.write(f"{event} {host}\\n")

sys.addaudithook(note)
"""


@pytest.fixture(scope="session")
def went_outside(tmp_path_factory):
    """A file with every host outside this machine that the page's server asked for or connected to."""
    folder = tmp_path_factory.mktemp("watch")
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    (folder / "outside.txt").touch()
    return folder / "outside.txt"


@pytest.fixture(scope="session")
def page(bundled_store, went_outside):
    """The address of a page with the bundled episode, without a model; nothing changes it."""
    path = os.pathsep.join(filter(None, [str(went_outside.parent), os.environ.get("PYTHONPATH")]))
    environment = {"PYTHONPATH": path, "WENT_OUTSIDE": str(went_outside)}
    with serving("--store", bundled_store, environment=environment) as url:
        yield url
