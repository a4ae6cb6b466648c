"""What Gradio's events call; asking is not among them (`routes.py`)."""

from __future__ import annotations

from typing import Any

import gradio as gr  # at the top, unlike elsewhere: Gradio reads the annotations of handlers by this name

from bot.page.answering import Answering
from bot.page.sounds import Sounds
from bot.page.transcript_view import transcript_html


class Clicks:
    """The handlers; all that they know is in what they are made of."""

    def __init__(self, answering: Answering, sounds: Sounds) -> None:
        self._answering = answering
        self._sounds = sounds

    async def rate(self, event: gr.EventData) -> None:
        await self._answering.rate(str(event.token), event.thumb)

    async def show(self, episode: str) -> Any:
        """The transcript of an episode; the one that is shown stays for a name that is none."""
        if episode not in self._answering.titles:
            return gr.skip()
        return await self._answering.run(lambda: self.transcript(episode))

    async def open(self, event: gr.EventData) -> Any:
        """The transcript that a time points into."""
        return await self.show(str(event.episode))

    def transcript(self, episode: str) -> str:
        bot = self._answering.bot(None)
        named = len(self._answering.titles) > 1
        sound = self._sounds.address(episode)
        return transcript_html(bot.episode(episode), bot.transcript(episode), audio=sound, named=named)
