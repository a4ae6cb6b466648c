"""Guessing who speaks: the conversation is of this file's own invention."""

from bot.records import Part, Person, Sentence
from bot.speech.turns import LEAST_PROBABILITY, MARK, host_probabilities, infer_speakers

HOST, GUEST = Person("Ada Obi", "host"), Person("Tom Fry", "guest")
SAID = [
    ("h", "Welcome to another episode of Long Way Down, I'm your host Ada Obi."),
    ("h", "Today we have Tom Fry with us, who builds bridges."),
    ("h", "Welcome to the show, Tom, how are you doing?"),
    ("g", "Thank you for having me."),
    ("h", "Could you tell us a little bit about your background, and how you got started with all of this?"),
    ("g", "Yeah, so I grew up in a small town, and my father was an engineer."),
    ("g", "And we built a lot of small boats, and then at some point I went to university."),
    ("g", "So I think that was the beginning of it for me."),
    ("g", "We started the company about ten years ago, and we have thirty people now."),
    ("h", "What do you think was the hardest part, as you were getting into that?"),
    ("g", "I would say that the hardest part was the money, because we didn't have any."),
    ("g", "And so we had to convince our first customers that we could do it."),
    ("h", "Well, thank you so much for joining us, Tom, it was great having you on the show."),
    ("g", "Thank you, it was a pleasure."),
]


def sentences_of(said, kind="talk", speaker=None):
    return [Sentence((Part(n * 5.0, n * 5.0 + 5, text, n + 1),), kind, speaker) for n, (_, text) in enumerate(said)]


def test_questions_go_to_the_host_and_the_story_to_the_guest():
    likely = host_probabilities([text for _, text in SAID], ["Ada Obi"], "Tom Fry")
    right = sum((p > 0.5) == (who == "h") for p, (who, _) in zip(likely, SAID, strict=True))
    assert right >= 0.75 * len(SAID)


def test_guessed_speaker_is_marked_and_words_stay():
    before = sentences_of(SAID)
    after = infer_speakers(before, [HOST, GUEST])
    named = {sentence.speaker for sentence in after} - {None}
    assert named <= {HOST.name + MARK, GUEST.name + MARK}
    assert named
    assert [sentence.parts for sentence in after] == [sentence.parts for sentence in before]


def test_unlikely_guesses_are_left_out():
    likely = host_probabilities([text for _, text in SAID], ["Ada Obi"], "Tom Fry")
    after = infer_speakers(sentences_of(SAID), [HOST, GUEST])
    for p, sentence in zip(likely, after, strict=True):
        assert (sentence.speaker is None) == (max(p, 1 - p) < LEAST_PROBABILITY)


def test_given_speakers_are_never_replaced():
    given = sentences_of(SAID, speaker="Somebody")
    assert infer_speakers(given, [HOST, GUEST]) == given


def test_nothing_is_guessed_without_one_host_and_one_guest():
    sentences = sentences_of(SAID)
    for people in ([], [HOST], [GUEST], [HOST, HOST, GUEST], [HOST, GUEST, GUEST], [Person("", "host"), GUEST]):
        assert infer_speakers(sentences, people) == sentences


def test_reads_have_no_guessed_speaker():
    assert all(s.speaker is None for s in infer_speakers(sentences_of(SAID, kind="sponsor"), [HOST, GUEST]))
