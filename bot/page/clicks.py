"""What Gradio's events call; asking is not among them (`routes.py`)."""

from __future__ import annotations

from typing import Any

import gradio as gr  # at the top, unlike elsewhere: Gradio reads the annotations of handlers by this name

from bot.page.answering import Answering
from bot.page.fixed_parts import episode_choices, welcome_html
from bot.page.shown_episodes import Shown
from bot.page.transcript_view import transcript_html


class Clicks:
    """The handlers; all that they know is in what they are made of. `built` is what the page was built with."""

    def __init__(self, answering: Answering, built: Shown) -> None:
        self._answering = answering
        self._built = built

    async def rate(self, event: gr.EventData) -> None:
        await self._answering.rate(str(event.token), event.thumb)

    async def arrive(self) -> Any:
        """Somebody opens the page after the store has changed: welcome, choices and transcript anew."""
        shown = await self._look()
        if shown.episodes == self._built.episodes:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        several = len(shown.episodes) > 1
        first = shown.episodes[0].id if shown.episodes else ""
        same = bool(self._built.episodes) and self._built.episodes[0] == next(iter(shown.episodes), None)
        transcript = gr.skip() if same else (await self.show(first) if first else "")
        return (
            welcome_html(shown.episodes, shown.edition),
            gr.update(visible=several) if several else gr.skip(),
            gr.update(choices=episode_choices(shown.episodes), visible=several),
            transcript,
        )

    async def show(self, episode: str) -> Any:
        """The transcript of an episode; the one that is shown stays for a name that is none."""
        shown = await self._look()
        if episode not in shown.titles:
            return gr.skip()
        return await self._answering.run(lambda: self.transcript(episode, shown))

    async def open(self, event: gr.EventData) -> Any:
        """The transcript that a time points into."""
        return await self.show(str(event.episode))

    async def _look(self) -> Shown:
        shown: Shown = await self._answering.run(self._answering.shown_episodes.look)
        return shown

    def transcript(self, episode: str, shown: Shown) -> str:
        bot = self._answering.bot(None)
        named = len(shown.episodes) > 1
        sound = shown.sounds.address(episode)
        return transcript_html(bot.episode(episode), bot.transcript(episode), audio=sound, named=named)
