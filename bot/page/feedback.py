"""Thumbs -> one line each of a JSONL file, as question cases that `python -m eval` reads."""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

from bot.errors import SettingError
from bot.records import Reply

Thumb = Literal["up", "down"]
KEPT: Final = 2000  # answers that can still be rated; older ones are forgotten


class FeedbackFile:
    """Remembers the latest answers under a token that only their reader knows, and appends those that are rated."""

    def __init__(self, path: Path) -> None:
        """Raises SettingError if the file cannot be written."""
        self.path = path
        self._answers: OrderedDict[str, tuple[str, Sequence[Mapping[str, str]], Reply]] = OrderedDict()
        self._lock = Lock()
        try:
            path.open("a", encoding="utf-8").close()
        except OSError as error:
            raise SettingError.of("--feedback", path, str(error.strerror), "name a file that can be written") from None

    def remember(self, question: str, history: Sequence[Mapping[str, str]], reply: Reply) -> str:
        token = secrets.token_urlsafe(9)
        with self._lock:
            self._answers[token] = (question, history, reply)
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)
        return token

    def rate(self, token: str, thumb: Thumb) -> bool:
        """Appends the case; False if the answer is not remembered any more."""
        with self._lock:
            answer = self._answers.get(token)
            if answer is None:
                return False
            line = json.dumps(feedback_case(token, thumb, *answer), ensure_ascii=False)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        return True


def feedback_case(
    token: str, thumb: Thumb, question: str, history: Sequence[Mapping[str, str]], reply: Reply
) -> dict[str, Any]:
    """A question case with the run's facts under `run`.

    A praised answer gives the expectation; of a blamed one only the question is known to be worth asking, so its
    reference and evidence stay empty and the tag `to-review` asks for somebody to fill them in.
    """
    good = thumb == "up"
    cited = reply.citations if reply.verdict == "answered" else ()
    return {
        "id": f"feedback-{token}",
        "question": question,
        "history": list(history),
        "expect": _expectation(reply),
        "reference": reply.text if good else "",
        "must_contain": [],
        "evidence": [{"start": c.start, "end": c.end} for c in cited if c.line is None] if good else [],
        "episode": cited[0].episode if cited else None,
        "tags": ["feedback", thumb] if good else ["feedback", thumb, "to-review"],
        "run": {
            "thumb": thumb,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "reply": reply.as_dict(),
        },
    }


def _expectation(reply: Reply) -> str:
    if reply.verdict == "not_in_episode":
        return "refuse"
    kinds = {citation.kind for citation in reply.citations}
    return "sponsor" if kinds and kinds <= {"sponsor", "promo"} else "answer"
