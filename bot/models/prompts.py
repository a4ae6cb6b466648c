"""The prompts: one Markdown file each, with declared holes.

A prompt file has two parts, each after a line of its own: `<!-- system -->` for what the program tells the model, and
`<!-- user -->` for what comes from people and transcripts. Holes are written `$name` (`string.Template`): braces need
no escape, and a `$` or a brace inside a value stays what it is. The files are read when they are first needed, from
`prompts/` of a checkout or from `bot/prompt_files/` of an installed wheel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from bot.errors import PromptError

PACKAGE = Path(__file__).parents[1]
FOLDERS = (PACKAGE / "prompt_files", PACKAGE.parent / "prompts")
_PARTS = re.compile(r"\A<!-- system -->\n(.*?)^<!-- user -->\n(.*)\Z", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PromptText:
    """A rendered prompt: the text of the system message, that of the user message, and the nonce of its fences."""

    system: str
    user: str
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    system: str
    user: str

    @property
    def holes(self) -> frozenset[str]:
        return frozenset(Template(self.system + self.user).get_identifiers())

    def render(self, **values: str) -> PromptText:
        """Both parts, every hole filled; raises PromptError naming a hole without a value, or a value without one."""
        if missing := self.holes - values.keys():
            raise PromptError(f"prompt {self.name}: no value for ${', $'.join(sorted(missing))}", _mend(self.name))
        if unknown := values.keys() - self.holes:
            raise PromptError(f"prompt {self.name}: it has no hole ${', $'.join(sorted(unknown))}", _mend(self.name))
        system, user = (Template(part).substitute(values).strip() for part in (self.system, self.user))
        return PromptText(system, user, values.get("nonce", ""))


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt of `prompts/NAME.md`; raises PromptError where it is missing or not in two parts."""
    for folder in FOLDERS:
        path = folder / f"{name}.md"
        if path.is_file():
            return _read(name, path.read_text(encoding="utf-8"))
    raise PromptError(f"prompt {name}: no file {name}.md in {FOLDERS[-1]}", "install the package again, or restore it")


def _read(name: str, text: str) -> Prompt:
    parts = _PARTS.match(text)
    if not parts:
        raise PromptError(f"prompt {name}: no <!-- system --> and <!-- user --> in it", _mend(name))
    prompt = Prompt(name, *parts.groups())
    if not Template(prompt.system + prompt.user).is_valid():
        raise PromptError(f"prompt {name}: a $ that begins no name", "write $$ for a dollar sign")
    return prompt


def _mend(name: str) -> str:
    return f"make prompts/{name}.md and the code that renders it agree"
