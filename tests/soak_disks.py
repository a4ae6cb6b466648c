"""Ingests on disks of all sizes too small, and on one that cannot be written: a disk of memory, mounted for the run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.forked_ingests import State, add, add_in_child, ended, forked, no_remains, state, write_talk
from tests.soak_rows import row

ROOM_BYTES = 3_000_000  # beyond what is used; more than one ingest takes
SMALL_DISK = """
import json, subprocess, sys
from pathlib import Path
from tests import soak_disks
folder, scratch, sizes, most = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), 8_000_000
folder.mkdir()
def mount(size, how="rw"):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"{how},size={size}", "tmpfs", str(folder)], check=True)
mount(most)
print(json.dumps(soak_disks.on_small_disks(folder, scratch, mount, sizes, most)))
"""


def on_small_disks(folder: Path, scratch: Path, mount: Callable[..., None], sizes: int, most: int) -> dict[str, int]:
    """Counts of ingests on a disk with ever more room: `full` was told and left the old, `wrong` did anything else."""
    counts = {"full": 0, "done": 0, "wrong": 0}
    add_in_child(folder, write_talk(scratch, 0, 0))
    used = most - shutil.disk_usage(folder).free
    known: State = {"talk-0": 0}
    for n in range(1, sizes + 1):
        talk = write_talk(scratch, 1, n)
        mount(used + 4096 + ROOM_BYTES * (n - 1) // sizes, "remount")
        code, said = ended(forked(lambda talk=talk: add(folder, talk)))
        now = state(folder)
        if code == 0 and said is None and now == {**known, "talk-1": n}:
            counts["done"] += 1
            known = now
        elif code == 0 and str(said).startswith("StoreError: the disk is full at") and now == known:
            counts["full"] += 1
        else:
            counts["wrong"] += 1
            print(f"  size {n}: {code} {said}, {now}", file=sys.stderr)
    mount(most, "remount")
    counts["wrong"] += not (add_in_child(folder, write_talk(scratch, 1, sizes + 1)) and no_remains(folder))
    mount(most, "remount,ro")
    counts["read-only: answers"] = int(state(folder) == {**known, "talk-1": sizes + 1})
    _, said = ended(forked(lambda: add(folder, write_talk(scratch, 2, 0))))
    counts["read-only: refuses to write"] = int(str(said).startswith("StoreError: cannot write"))
    return counts


def small_disks(scratch: Path, sizes: int) -> bool:
    """On a disk of memory of its own; needs the right to mount one."""
    alone = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        row("ingests on disks of all sizes", 0, 0, "skipped: no disk can be mounted here")
        return True
    command = [*alone, sys.executable, "-c", SMALL_DISK, str(scratch / "disk"), str(scratch), str(sizes)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    counts = json.loads(child.stdout) if child.returncode == 0 else {"wrong": 1}
    print(child.stderr[-500:], end="")
    told = sizes - counts["wrong"]
    figure = f"{counts.get('full')} full, {counts.get('done')} with room; then read-only: it answers"
    row("ingests on disks of all sizes", sizes, told, figure)
    return counts["wrong"] == 0 and counts["full"] > 0 and counts["read-only: answers"] == 1
