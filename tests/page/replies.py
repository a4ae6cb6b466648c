"""Replies and turns that the tests of the page show."""

from dataclasses import replace
from html.parser import HTMLParser

from bot.page.turns import Turn
from bot.records import Citation, Claim, Meter, Reply

ONE = {"ep": "The episode"}
TWO = {"ep": "The episode", "other": "Another"}
TALK = Citation("ep", 148.2, 153.0, "It began in art school.")
SPONSOR = Citation("ep", 21.0, 36.5, "Thank you to our partners.", "sponsor")


def reply_of(text="It began in art school. [2:28]", **changes):
    given = {
        "question": "Where?",
        "searched_for": "Where?",
        "text": text,
        "verdict": "answered",
        "claims": (Claim("It began in art school.", "supported", (0,), 0.9),),
        "citations": (TALK,),
        "model": "openai:a",
        "meter": Meter(1.24, 0.3, 812, 64, 1, 0),
    }
    return Reply(**(given | changes))


def turn_of(reply, **changes):
    return replace(Turn(1, "Where?", "answered", reply.searched_for, reply=reply), **changes)


class Seen(HTMLParser):
    """Tags, attributes and text of some HTML; `data-` values of the record are kept apart from the text."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.values = set(), set(), "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data):
        self.text += data
