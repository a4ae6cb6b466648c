"""One row of `earmark episodes`: what a person looks for in a list of episodes."""

from __future__ import annotations

from bot.episode_summary import EpisodeSummary, SpeakerShare
from bot.records import format_stamp

HEADS = ("id", "title", "show", "date", "length", "ads", "speakers")


def episode_row(summary: EpisodeSummary) -> tuple[str, ...]:
    episode = summary.episode
    return (
        episode.id,
        episode.title,
        episode.show,
        episode.date,
        length_in_words(summary),
        "" if summary.seconds is None else f"{aside_share(summary):.0%}",
        speakers_in_words(summary.speakers) or ", ".join(person.name for person in episode.people),
    )


def length_in_words(summary: EpisodeSummary) -> str:
    return "no times" if summary.seconds is None else format_stamp(summary.seconds)


def aside_share(summary: EpisodeSummary) -> float:
    """Share of the spoken time that is not the conversation: sponsors, promos, opening and closing."""
    spoken = sum(span.end - span.start for span in summary.kinds)
    aside = sum(span.end - span.start for span in summary.kinds if span.kind != "talk")
    return aside / spoken if spoken else 0.0


def speakers_in_words(speakers: tuple[SpeakerShare, ...]) -> str:
    return ", ".join(f"{one.name} {one.share:.0%}" for one in speakers)
