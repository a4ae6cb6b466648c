"""Several writers, and writers that are stopped; `tests/soak_store.py` does the same for longer."""

import os
import random
import signal
import subprocess
import threading
import time

import pytest
from small_episodes import small_index
from small_stores import assert_answers, ids, start

from bot.errors import StoreError

KILLS = 8


def test_a_second_writer_is_told_who_holds_the_lock(built):
    held = "\nwith store.locked():\n    print('held', flush=True)\n    sys.stdin.read()"
    writer = start(built, held, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    try:
        assert writer.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=rf"locked by process {writer.pid} on .+ since .+ -> wait"):
            built.write([small_index("three")])
        assert_answers(built, ["one", "two"])
    finally:
        writer.kill()
        writer.communicate()
    built.write([small_index("three")])
    assert_answers(built, ["three"])


def test_another_thread_waits_too(store):
    holding, done = threading.Event(), threading.Event()

    def hold():
        with store.locked():
            holding.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait()
    with pytest.raises(StoreError, match=f"locked by process {os.getpid()}"), store.locked():
        pass
    done.set()
    holder.join()
    with store.locked(), store.locked():
        assert (store.folder / ".writer").exists()
    assert not (store.folder / ".writer").exists()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_two_that_add_at_once_both_succeed(built):
    add = """
with store.locked():
    store.write([*store.read().episodes, small_index({name!r})])
"""
    writers = [start(built, add.format(name=name)) for name in ("three", "four")]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert sorted(ids(built.read())) == ["four", "one", "three", "two"]


@pytest.mark.slow
def test_kill_at_any_moment_leaves_the_old_or_the_new(built):
    write = """
for number in range(100):
    with store.locked():
        print("begun", flush=True)
        store.write([small_index("one"), small_index("two"), small_index("more", 4 + number)])
"""
    draw = random.Random(7)
    for _ in range(KILLS):
        writer = start(built, write, stdout=subprocess.PIPE)
        writer.stdout.readline()
        time.sleep(draw.uniform(0, 3))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert ids(built.read())[:2] == ["one", "two"]
        assert_answers(built, ids(built.read()))
    built.write([small_index("three")])
    assert_answers(built, ["three"])
    assert len(list(built.folder.glob("gen-*"))) == 2


@pytest.mark.slow
def test_a_full_disk_is_named_and_leaves_the_old(store):
    own_mounts = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*own_mounts, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs to mount a small disk")
    run = """
import shutil, subprocess
def resize(size, how="rw"):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"{how},size={size}", "tmpfs", str(store.folder)], check=True)
def show():
    generation = store.read()
    first = generation.episodes[0]
    found = nearest(generation, first.vectors[0], 1, kinds=[first.passages[0].kind])
    remains = [path.name for path in store.folder.glob("*.tmp")]
    print([index.episode.id for index in generation.episodes], remains, found[0][:2])
store.folder.mkdir()
resize(8_000_000)
store.write([small_index("one")])
for free in range(0, 300_000, 60_000):
    resize(shutil.disk_usage(store.folder).used + free, "remount")
    try:
        store.write([small_index("one"), small_index("two")])
    except Exception as error:
        print(type(error).__name__, error)
    show()
resize(8_000_000, "remount")
store.write([small_index("one"), small_index("two")])
show()
"""
    child = start(store, run, stdout=subprocess.PIPE, prefix=own_mounts)
    *full, mended = child.communicate()[0].splitlines()
    assert child.returncode == 0
    assert len(full) == 10
    for told, shown in zip(full[::2], full[1::2], strict=True):
        assert told.startswith(f"StoreError the disk is full at {store.folder} (")
        assert shown == "['one'] [] (0, 0)"
    assert mended == "['one', 'two'] [] (0, 0)"


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.1, 0.8, 1.6])
def test_ctrl_c_leaves_the_old_and_no_remains(built, delay):
    # A shell that starts the tests in the background has them ignore the signal.
    write = "\nimport signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)"
    write += "\nprint('begun', flush=True)\nwhile True: store.write([small_index('one'), small_index('two')])"
    writer = start(built, write, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    writer.stdout.readline()
    time.sleep(delay)
    writer.send_signal(signal.SIGINT)
    _, told = writer.communicate(timeout=60)
    assert "KeyboardInterrupt" in told
    assert not list(built.folder.glob("*.tmp"))
    assert_answers(built, ["one", "two"])
