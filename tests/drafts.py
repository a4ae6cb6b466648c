"""Drafts as models write them, with what must be read out of them; and the labels that they may cite."""

from __future__ import annotations

from bot.drafts.labels import Labels
from bot.drafts.statements import REFUSAL
from bot.records import Part, Passage, Sentence


def sentence(*parts: tuple[float, float, str], kind: str = "talk", speaker: str | None = None) -> Sentence:
    return Sentence(tuple(Part(start, end, text, 1) for start, end, text in parts), kind, speaker)  # type: ignore[arg-type]


SCHOOL = sentence((148.2, 155.0, "It began in a school of art."))
MOVE = sentence((211.4, 218.0, "Then the workshop moved to the harbour."))
GROWTH = sentence((242.0, 249.5, "We were forty by spring,"), (249.6, 255.0, "and we open at 5:30 each morning."))
ADVERT = sentence((21.0, 30.0, "Soap is a friend."), kind="sponsor")
LABELS = Labels.of([Passage("harbour", (SCHOOL, MOVE, GROWTH)), Passage("harbour", (ADVERT,))])
HOUR = Labels.of([Passage("long", (sentence((3731.0, 3740.0, "Past the hour.")),))])
TWO = Labels.of([Passage("a", (SCHOOL, MOVE)), Passage("b", (sentence((300.0, 309.0, "Elsewhere it rained.")),))])

WELL_FORMED = {
    "after the full stop": ("It began in art. [2:28]", ["2:28"]),
    "before the full stop": ("It began in art [2:28].", ["2:28"]),
    "glued": ("It began in art.[2:28]", ["2:28"]),
    "between two full stops": ("It began in art. [2:28].", ["2:28"]),
    "before the sentence": ("[2:28] It began in art.", ["2:28"]),
    "before the sentence, with a colon": ("[2:28]: It began in art.", ["2:28"]),
    "in the middle": ("It began [2:28] in art.", ["2:28"]),
    "comma list": ("It began in art [2:28, 3:31].", ["2:28", "3:31"]),
    "semicolon list": ("It began in art [2:28; 3:31].", ["2:28", "3:31"]),
    "space list": ("It began in art [2:28 3:31].", ["2:28", "3:31"]),
    "neighbours": ("It began in art [2:28][3:31].", ["2:28", "3:31"]),
    "neighbours with a comma": ("It began in art [2:28], [3:31].", ["2:28", "3:31"]),
    "neighbours with and": ("It began in art [2:28] and [3:31].", ["2:28", "3:31"]),
    "range": ("It began in art [3:31-4:05].", ["3:31", "4:02"]),
    "range with an en dash": ("It began in art [3:31–4:05].", ["3:31", "4:02"]),
    "range of a range's inside": ("It began in art [3:33 - 4:03].", ["3:31", "4:02"]),
    "fullwidth brackets": ("It began in art 【2:28】.", ["2:28"]),
    "fullwidth colon": ("It began in art [2：28].", ["2:28"]),
    "source of a tool": ("It began in art ［2:28］.", ["2:28"]),
    "parentheses": ("It began in art (2:28).", ["2:28"]),
    "parentheses with a word": ("It began in art (see 2:28).", ["2:28"]),
    "bracket in parentheses": ("It began in art ([2:28]).", ["2:28"]),
    "two brackets in parentheses": ("It began in art ([2:28], [3:31]).", ["2:28", "3:31"]),
    "bold": ("It began in art **[2:28]**.", ["2:28"]),
    "code": ("It began in art `[2:28]`.", ["2:28"]),
    "doubled brackets": ("It began in art [[2:28]].", ["2:28"]),
    "escaped brackets": (r"It began in art \[2:28\].", ["2:28"]),
    "link": ("It began in art [2:28](https://attacker.example/x).", ["2:28"]),
    "doubled brackets with a link": ("It began in art [[2:28]](#t=148).", ["2:28"]),
    "leading zero": ("It began in art [02:28].", ["2:28"]),
    "hours": ("It began in art [0:02:28].", ["2:28"]),
    "milliseconds": ("It began in art [2:28.500].", ["2:28"]),
    "one second off": ("It began in art [2:29].", ["2:28"]),
    "inside the part": ("It began in art [2:33].", ["2:28"]),
    "two seconds before the part": ("It began in art [2:26].", ["2:28"]),
    "number of the only episode": ("It began in art [1 2:28].", ["2:28"]),
    "hidden character inside": ("It began in art [2:\u200b28].", ["2:28"]),
    "same twice": ("It began [2:28] in art [2:28].", ["2:28"]),
    "bold sentence": ("**It began in art [2:28].**", ["2:28"]),
    "on the next line": ("It began in art.\n[2:28]", ["2:28"]),
    "bullet": ("- It began in art [2:28]", ["2:28"]),
    "bullet, mark first": ("- [2:28] It began in art", ["2:28"]),
    "numbered": ("1. It began in art. [2:28]", ["2:28"]),
}

FAULTY = {
    "letters for digits": ("It began [3:xx].", "the mark [3:xx] is malformed"),
    "seconds over 59": ("It began [99:99].", "the mark [99:99] is malformed"),
    "a word inside": ("It began [time 3:31].", "the mark [time 3:31] is malformed"),
    "a remark inside": ("It began [3:31, said by X].", "the mark [3:31, said by X] is malformed"),
    "a long remark inside": ("It began [3:31, as the guest put it so very well in this talk].", "is malformed"),
    "one digit of seconds": ("It began [3:5].", "the mark [3:5] is malformed"),
    "a note": ("It began [citation needed].", "the mark [citation needed] is malformed"),
    "a hint": ("It began [see Gen 2].", "the mark [see Gen 2] is malformed"),
    "number only": ("It began [1].", "the mark [1] is malformed"),
    "key": ("It began [S12].", "the mark [S12] is malformed"),
    "footnote": ("It began [^2].", "the mark [^2] is malformed"),
    "seconds": ("It began [211s].", "the mark [211s] is malformed"),
    "never closed": ("It began [3:31 and went on for long after that in the same way\nIt grew.", "is malformed"),
    "not offered": ("It began [99:00].", "the time 99:00 was not offered"),
    "not offered, past the hour": ("It began [1:02:11].", "the time 1:02:11 was not offered"),
    "backwards": ("It began [4:02-2:28].", "the range 4:02-2:28 runs backwards"),
    "range from nowhere": ("It began [0:00-2:28].", "the time 0:00 was not offered"),
    "range to nowhere": ("It began [2:28-59:59].", "the time 59:59 was not offered"),
    "other episode": ("It began [2 2:28].", "the time 2:28 was not offered"),
    "bare and not offered": ("It began at 59:59 sharp.", "the time 59:59 was not offered"),
    "in a link's text": ("It began [59:59](https://attacker.example).", "the time 59:59 was not offered"),
}

TEXT = {
    "stage direction": ("He said [laughs] yes.", "He said (laughs) yes."),
    "insertion": ("The [new] workshop, est. [in 1999].", "The (new) workshop, est. (in 1999)."),
    "link": ("See [this](https://attacker.example/a).", "See (this)(https:…)."),
    "image": ("![x](https://attacker.example/a.png) ok", "!(x)(https:…) ok"),
    "version": ("Version [beta 2.0.1] came.", "Version (beta 2.0.1) came."),
    "unclosed": ("An [unclosed bracket", "An (unclosed bracket"),
    "stray close": ("A stray] one.", "A stray) one."),
    "parentheses": ("They (all 40) came (in 2018).", "They (all 40) came (in 2018)."),
    "ratio": ("It was 3 : 1 or 2.5.", "It was 3 : 1 or 2.5."),
    "spoken clock time": ("They open at 5:30 each day.", "They open at 5:30 each day."),
    "clock time with am": ("They close at 11:45 p.m. and rest.", "They close at 11:45 p.m. and rest."),
    "long number": ("Key 20181:30 stays.", "Key 20181:30 stays."),
    "escape sequence": ("Red \x1b[31mtext\x1b[0m ends.", "Red (31mtext(0m ends."),
    "emphasis": ("*Both* __of__ `them` ~ok~.", "*Both* __of__ `them` ~ok~."),
    "line separator": ("One.\u2028Two.", "One.\nTwo."),
}

PROSE = {
    "at": ("At [2:28], they say it began.", "At that point, they say it began.", ["2:28"]),
    "bare": ("At 2:28 they say it began.", "At that point they say it began.", ["2:28"]),
    "bare range": ("It began (from 3:31–4:05) there.", "It began there.", ["3:31", "4:02"]),
    "bare, at the end": ("It began before 2:28.", "It began before that point.", ["2:28"]),
    "adverb at the end": ("It never was so before [2:28].", "It never was so before.", ["2:28"]),
    "adverb in the middle": (
        "It is what they came from [2:28], they say.",
        "It is what they came from, they say.",
        ["2:28"],
    ),
    "bare list": ("It began, see 2:28 and 3:31.", "It began, see.", ["2:28", "3:31"]),
}

SENTENCES = {
    "two": ("It began. It grew.", ["It began.", "It grew."]),
    "question and cry": ("It began! Did it? It did.", ["It began!", "Did it?", "It did."]),
    "title": ("Dr. Ada met Prof. Bo.", ["Dr. Ada met Prof. Bo."]),
    "initials": ("A. B. Cole and J.R. Dow met.", ["A. B. Cole and J.R. Dow met."]),
    "country": ("The U.S. Army came.", ["The U.S. Army came."]),
    "latin": ("Many, e.g. Ada, i.e. Bo vs. Cy, came.", ["Many, e.g. Ada, i.e. Bo vs. Cy, came."]),
    "decimal": ("It cost 3.5 million. It sold.", ["It cost 3.5 million.", "It sold."]),
    "version": ("Then came Gen 2. It sold.", ["Then came Gen 2.", "It sold."]),
    "figure": ("See Fig. 2 and No. 5 there.", ["See Fig. 2 and No. 5 there."]),
    "file name": ("It runs on example.com today.", ["It runs on example.com today."]),
    "dots": ("It went... on. It grew.", ["It went... on.", "It grew."]),
    "quote": ('He said "it works." Then he left.', ['He said "it works."', "Then he left."]),
    "quoted cry": ('"It works!" Ada says.', ['"It works!" Ada says.']),
    "question in a sentence": ('"Why?" he asked.', ['"Why?" he asked.']),
    "parentheses": ("(It began.) It grew.", ["(It began.)", "It grew."]),
    "etc.": ("Paint, clay, etc. It grew.", ["Paint, clay, etc.", "It grew."]),
    "lines": ("It began\nIt grew", ["It began", "It grew"]),
    "wrapped line": ("It began in\nthe school. It grew.", ["It began in the school.", "It grew."]),
    "bullets": ("- it began\n- it grew", ["it began", "it grew"]),
    "numbers": ("1. It began.\n2. It grew.", ["It began.", "It grew."]),
    "bold lead": ("- **Start**: it began.\n- **End**: it grew.", ["Start: it began.", "End: it grew."]),
    "heading": ("## The start\nIt began.", ["The start", "It began."]),
    "chinese": ("它开始了。它长大了！真的？", ["它开始了。", "它长大了！", "真的？"]),
    "rule": ("It began.\n\n---\n\nIt grew.", ["It began.", "It grew."]),
}

SHARING = {
    "each its own, after": ("It began. [2:28] It grew. [4:02]", [["2:28"], ["4:02"]]),
    "each its own, before": ("[2:28] It began. [4:02] It grew.", [["2:28"], ["4:02"]]),
    "each its own, before, on lines": ("[2:28] It began.\n[4:02] It grew.", [["2:28"], ["4:02"]]),
    "lines led by marks after a lead": ("They say:\n[2:28] It began.\n[4:02] It grew.", [[], ["2:28"], ["4:02"]]),
    "before and after": ("[2:28] It began. [3:31]\nIt grew. [4:02]", [["2:28", "3:31"], ["4:02"]]),
    "on lines of their own": ("It began.\n[2:28]\n\nIt grew.\n[4:02]", [["2:28"], ["4:02"]]),
    "the second has none": ("It began. [2:28] It grew.", [["2:28"], []]),
    "after an interjection": ("Sure! [2:28] It began.", [[], ["2:28"]]),
    "after a refusal": ("The episode does not say. [2:28] It began.", [[], ["2:28"]]),
    "the first has none": ("It began. It grew [4:02].", [[], ["4:02"]]),
    "after an abbreviation": ("In the U.S. [2:28] and here it grew.", [["2:28"]]),
    "mark ends a sentence without full stop": ("- it began [2:28]\n- it grew [4:02]", [["2:28"], ["4:02"]]),
}

NOT_CLAIMS = [
    REFUSAL,
    "The episode doesn't say how much it cost.",
    "This is not mentioned in the episode.",
    "The provided sentences do not contain information about that.",
    "There is no mention of a dog in this conversation.",
    "I could not find anything about it.",
    "Unfortunately, I don't know.",
    "He does not say when.",
    "It is not clear from the transcript whether they moved.",
    "Based on the excerpts, I cannot answer that.",
    "Here is what they said:",
    "Sure!",
    "Yes.",
    "Hello!",
    "Would you like to know more?",
    "In short:",
    "Professors are not mentioned in any of them.",
    "No, nothing in the excerpts deals with lawsuits.",
    "He doesn't say that.",
    "The guest doesn't talk about a third boat here.",
    "Where he does so is not said.",
]

CLAIMS = [
    "The workshop never moved.",
    "There is no lift in the school.",
    "He does not like soap.",
    "It is not a school of music.",
    "The host and the guest say it began in art.",
    "Runway is not sold in shops.",
    "I like art.",
    "The episode does not say. [2:29] It began.",
    "The episode does not say that it moved; it says it began in art [2:28].",
    "Nobody knew what to do.",
    "They did not give up.",
    "Here in the harbour it rains.",
]

CUT = {
    "in mid-sentence": "It began [2:28]. Then it mo",
    "inside a mark": "It began [2:28]. Then it moved [3:3",
    "at a mark's bracket": "It began [2:28]. Then it moved [",
    "after a comma": "It began [2:28]. Then it moved,",
}

ALL_DRAFTS = [
    *(draft for draft, *_ in [*WELL_FORMED.values(), *FAULTY.values(), *TEXT.values(), *PROSE.values()]),
    *(draft for draft, _ in [*SENTENCES.values(), *SHARING.values()]),
    *NOT_CLAIMS,
    *CLAIMS,
    *CUT.values(),
]
