"""What the README says is so: its settings, its files, its commands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in re.findall(r"^\$ earmark .*$", README, re.MULTILINE)]


def section(name):
    return README.partition(f"<!-- {name}: begin -->")[2].partition(f"<!-- {name}: end -->")[0]


def test_every_setting_stands_in_the_readme_with_its_default():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*?) ?\|", README, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"EARMARK_{name.upper()}"
        assert variable in rows
        if isinstance(field.default, int | float):
            assert float(rows[variable]) == field.default


def test_list_of_files_is_the_tree():
    """Every file at the top of the repository and of `bot/`, every package; each line says what is in it."""
    listed = re.findall(r"^ *([\w./-]+)  +\S", section("files"), re.MULTILINE)
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    files = [Path(file) for file in tracked if (ROOT / file).exists() and not file.startswith(".")]
    tree = {file.as_posix() for file in files if len(file.parts) == 1}
    tree |= {f"{file.parts[0]}/" for file in files if len(file.parts) > 1}
    tree |= {file.as_posix() for file in files if file.parent == Path("bot") and file.name != "__init__.py"}
    tree |= {f"bot/{file.parts[1]}/" for file in files if file.parts[0] == "bot" and len(file.parts) > 2}
    assert set(listed) == tree
    assert len(listed) == len(set(listed))


@pytest.fixture(scope="module")
def command_folder(bundled_store, tmp_path_factory):
    """Where the README's commands run in their order: one may need what another has made."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "turns.json").write_text('[{"role": "user", "content": "Why did they build a research team?"}]')
    (folder / "talk.srt").write_text("1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n")
    (folder / "talk.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:04.000\nBirds came back in the second week of May.\n")
    (folder / "folder").mkdir()
    (folder / "folder" / "other.srt").write_text("1\n00:00:02,000 --> 00:00:06,000\nWe baked bread in a clay oven.\n")
    (folder / "eval").symlink_to(ROOT / "eval")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("command", [line for line in COMMANDS if "chat" not in line])
def test_command_of_the_readme_runs(command, bundled_store, command_folder):
    environment = os.environ | {"XDG_DATA_HOME": str(command_folder / "data")}
    if "my-store" not in command:
        environment["EARMARK_STORE"] = str(bundled_store)
    line = f"{shlex.quote(sys.executable)} -m bot {command.removeprefix('earmark ')}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=command_folder, env=environment, capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if not line.startswith("indexing ")]
    assert (done.returncode, told) == (0, [])


def test_python_of_the_readme_runs(bundled_store, capsys, monkeypatch):
    [code] = re.findall(r"```python\n(from bot import Earmark\n.*?)```", README, re.DOTALL)
    monkeypatch.setenv("EARMARK_STORE", str(bundled_store))
    exec(compile(code, "README.md", "exec"), {})
    assert "art school" in capsys.readouterr().out
