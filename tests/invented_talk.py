"""Talk of this project's own invention, cut into cues as a recogniser cuts it, and the kinds that its words get."""

from itertools import groupby

from bot.records import Cue

TALK = """
    So I think the first thing that we learned was that people really don't read the manual, you know. And that was
    kind of a surprise for me. What did you do then? Well, we went back to the drawing board and we changed the
    whole flow. It took us about a year. I remember that we had a big argument about the colour of one button, and
    my colleague was right in the end. Yeah, that happens. Did the customers notice? Some of them did, and they
    wrote to us. I would say that the letters were the best part of it, because they told us things that we could
    not see in our numbers. And so over the years it became something that we actually look forward to.
"""


def cues_of(*blocks, silence=8.0, begin=0.0):
    """Fragments of seven words, as a recogniser writes them; `silence` seconds between two blocks."""
    cues, start, line = [], begin, 1
    for block in blocks:
        words = block.split()
        for first in range(0, len(words), 7):
            text = " ".join(words[first : first + 7])
            cues.append(Cue(start, start + 2.0, text, line))
            start, line = start + 2.0, line + 4
        start += silence
    return cues


def kinds_of(words):
    return [(kind, " ".join(word.text for word in group)) for kind, group in groupby(words, key=lambda word: word.kind)]
