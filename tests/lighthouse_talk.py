"""A made-up talk about lighthouses, its labels, and the verdict on a claim that cites it."""

from dataclasses import dataclass

from bot.drafts.citations import Labels, split_draft
from bot.records import Part, Passage, Sentence

SENTENCES = [
    ("sponsor", "This show is made possible by Brightwell, whose lamps last for forty years and cost nine euros."),
    ("talk", "I'm Petra Holm and my guest today is Amadou Sy, who repairs lighthouses."),
    ("talk", "How did you come to lighthouses?"),
    ("talk", "I was a diver for fifteen years, and I hated the cold water."),
    ("talk", "In 2011 my cousin Fanta told me that the coast guard was looking for an electrician."),
    ("talk", "We look after twelve towers now, most of them on islands without any road."),
    ("talk", "Some of the keepers still live there with their families."),
    ("talk", "The old lenses are never replaced, we clean them with vinegar and paper."),
    ("talk", "A modern lamp uses less power than a kettle."),
    ("talk", "Radar may make the lights unnecessary one day, I don't know."),
    ("talk", "Sailors trust a light more than a screen, that is what they tell me."),
    ("talk", "Last autumn a storm tore the door off at Cape Varde and we had to wait for five days."),
    ("talk", "We don't paint in winter, the paint will not dry."),
]


def lighthouse_labels():
    start, passages = 0.0, []
    for kind, text in SENTENCES:
        end = start + len(text.split()) / 2.5
        passages.append(Passage("towers", (Sentence((Part(start, end, text, 1),), kind),)))
        start = end + (8.0 if kind == "sponsor" else 0.3)
    return Labels.of(passages)


def stamp_of(labels, beginning):
    return next(label.stamp for label in labels.offered if label.part.text.startswith(beginning))


def verdict_on(check, claim, labels, before=()):
    return check.check(claim, check.context(labels), before=before)


def judge(check, labels, text, *beginnings):
    marks = "".join(f"[{stamp_of(labels, beginning)}]" for beginning in beginnings)
    [claim] = split_draft(f"{text} {marks}", labels)
    return verdict_on(check, claim, labels)


@dataclass(frozen=True)
class Case:
    id: str
    text: str
    cites: str
