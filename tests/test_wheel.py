"""The wheel answers in an environment that has never seen this checkout."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [file] = folder.glob("*.whl")
    return file


def test_wheel_holds_prompts_episode_page_and_tokenizer(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "bot/prompt_files/answer.md",
        "bot/episode/practical-ai-260.podchaser.txt",
        "bot/episode/episode.toml",
        "bot/page/style.css",
        "bot/page/script/start.js",
    } <= names
    assert not [name for name in names if name.startswith(("eval/", "tests/"))]


def test_installed_wheel_answers_away_from_the_checkout(wheel, tmp_path):
    """Dependencies come from this environment by path, so that nothing is downloaded; the checkout is not on it."""
    home = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(home), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    code = (
        "import sys; sys.path[:] = [p for p in sys.path if p not in ('', sys.argv[1])]\n"
        "import bot, bot.models.prompts; assert bot.__file__.startswith(sys.argv[2]), bot.__file__\n"
        "bot.models.prompts.load_prompt('answer')\n"
        "with bot.Earmark.open() as b: print(b.ask('Where did Runway start?'))"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHONPATH": os.pathsep.join([str(home), sysconfig.get_path("purelib")]),
    }
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, str(ROOT), str(home)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "art school" in done.stdout, done.stderr
