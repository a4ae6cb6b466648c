"""The tree of all errors raised on purpose.

Each says what is wrong and where, and `advice` says what to do about it. Only the command line and the page turn
one into words and an exit code; anything that is not an `EarmarkError` is a bug and keeps its traceback.

    EarmarkError
    ├── SettingError       2  a setting, an option or a question cannot be used
    ├── TranscriptError    3  a file cannot be read as a transcript
    ├── StoreError         4  the store is missing, damaged, locked or made for something else
    │   └── StoreNotBuilt     there is no index yet
    ├── ModelError         5  the model endpoint failed
    └── PromptError        1  a prompt file and the code disagree
"""

from __future__ import annotations


class EarmarkError(Exception):
    """Base of all; `str()` is `what is wrong -> what to do`, one line."""

    exit_code = 1

    def __init__(self, problem: str, advice: str = "") -> None:
        self.problem = problem
        self.advice = advice
        super().__init__(f"{problem} -> {advice}" if advice else problem)


class SettingError(EarmarkError):
    exit_code = 2

    @classmethod
    def of(cls, name: str, value: object, problem: str, advice: str) -> SettingError:
        return cls(f"setting {name}={value}: {problem}", advice)


class TranscriptError(EarmarkError):
    """`path:line: problem -> advice`; line 0 means the whole file."""

    exit_code = 3

    def __init__(self, path: str, line: int, problem: str, advice: str = "") -> None:
        self.path = path
        self.line = line
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}", advice)


class StoreError(EarmarkError):
    exit_code = 4


class StoreNotBuilt(StoreError):
    pass


class OutdatedIndex(StoreError):
    """Whole, but made by an earlier version: its sentences are good, the rest is to be made again."""


class ModelError(EarmarkError):
    """The endpoint failed; `retryable` says whether asking again could help."""

    exit_code = 5

    def __init__(self, problem: str, advice: str = "", *, retryable: bool = False) -> None:
        self.retryable = retryable
        super().__init__(problem, advice)


class PromptError(EarmarkError):
    pass
