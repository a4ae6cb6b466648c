"""Words with times and kinds; the reads in the made-up dumps below are of this file's own invention."""

import tomllib
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records import KINDS, Cue
from bot.sources.episode_file import read_episode_file
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.speech.words import LONGEST_WORD, label_words
from bot.transcripts import read_transcript

FIXTURES = Path(__file__).with_name("transcripts")

TALK = """
    So I think the first thing that we learned was that people really don't read the manual, you know. And that was
    kind of a surprise for me. What did you do then? Well, we went back to the drawing board and we changed the
    whole flow. It took us about a year. I remember that we had a big argument about the colour of one button, and
    my colleague was right in the end. Yeah, that happens. Did the customers notice? Some of them did, and they
    wrote to us. I would say that the letters were the best part of it, because they told us things that we could
    not see in our numbers. And so over the years it became something that we actually look forward to.
"""
SPONSOR_READS = {
    "announcer": """
    This episode is brought to you by Lampwell. Lampwell makes desk lamps that follow the sun. Whether you are up
    early or working late, your eyes will thank you. Visit lampwell.com slash show and get fifteen percent off your
    first lamp. That's lampwell.com slash show.
""",
    "host": """
    Quick break. I've had a Torvik bag for two years now, and it has been to eleven countries with me. It still
    looks new. If you go to torvik.com and use the code SHOW at checkout you get free shipping. Thanks to Torvik for
    sponsoring the show.
""",
    "without marks": """
    today's show is sponsored by pipekeeper the build server for teams that hate waiting pipekeeper runs your tests
    on fast machines and tells you what broke and who can fix it start your free trial today at pipekeeper.dev
    that's pipekeeper.dev
""",
    "interview": """
    What's up, friends? I'm here with Lea Holm, the founder of Gridcast. Lea, why did you start it? Well, I was
    working at a power company and I was really annoyed by our forecasts. And what did you do? I built my own, and
    it turned out that people liked it. It's kind of funny. Learn more at gridcast.io. Again, gridcast.io.
""",
}
UNMARKED_OFFER = """
    Somewhere there is a quiet lake with your name on it. Book a cabin with Fernway and keep the whole family happy for
    less than ninety dollars a night. Choose from thousands of places, and pay nothing until you arrive. Fernway. Get
    some air.
"""
MONOLOGUE = """
    Take two onions and cut them small. Keep the skins for the stock. Heat your pan until the butter stops talking.
    Add the onions and a pinch of salt, and give them ten minutes. Choose a wide pan, because you want them to lie
    flat. Pour in a glass of wine. Let it cook until it is nearly gone. Now add four cups of stock, one after another,
    and keep your spoon moving. Your rice is ready when it still has a little bite. Turn off the heat. Stir in the
    cheese and the rest of the butter. Cover it and wait for two minutes. Taste it before you serve it. A little lemon
    makes it fresh. Put it on warm plates, because it gets cold fast. Save what is left for tomorrow. Roll it into
    small balls. Dip them in egg and in crumbs. Fry them in hot oil, six at a time. Eat them with your hands. The best
    ones have cheese inside. Buy a cheese that melts well. Ask your shop for a young one. Do not wash the rice. You
    need all of its starch. Use a short grain. A bag of it keeps for a year, if you close it well. Get the stock hot
    first. Cold stock stops the cooking. Make your own when you have time. Simmer the bones for three hours. Skim it
    every half hour. Strain it and let it cool. It keeps five days. Freeze it in small cups. Try it with mushrooms in
    the autumn. Dried ones cost less, and they give you more. Soak them for twenty minutes. Keep the water. Pour it in
    with the stock. Your kitchen will smell of the woods. In spring, use peas. Add them at the end. They need only two
    minutes. Open a window, call your family and start again next week.
"""
FOREIGN = {
    "German": """
    Und dann haben wir gemerkt, dass die Leute das Handbuch gar nicht lesen. Im Jahr 2015 haben wir mit 12 Leuten
    angefangen, heute sind es 250. Besuchen Sie uns auf beispiel.de, da steht alles. Was habt ihr dann gemacht? Wir
    haben alles neu gebaut und 3 Monate lang getestet. Start war am 4. Mai.
""",
    "Spanish": """
    Entonces nos dimos cuenta de que nadie lee el manual. En 2015 éramos 12 personas y hoy somos 250. Podéis ver todo
    en ejemplo.com, es gratis. ¿Y qué hicisteis? Lo construimos de nuevo y lo probamos durante 3 meses. Salió el 4 de
    mayo, y fue mejor.
""",
    "Japanese": "それで 誰も 説明書を 読まない ことに 気づきました。 2015年 には 12人 でした。",
}
PROMO = """
    If you like this show, you'll love Small Engines, our other podcast. New episodes every Monday, wherever you get
    your podcasts. And pop your email address in at smallengines.fm for our newsletter.
"""
INTRO = """
    You're listening to Long Way Down, the podcast about things that broke. Thanks to our partners at Lampwell.
    Light where you need it. Learn more at lampwell.com.
"""
OUTRO = """
    Thanks for listening to Long Way Down. Leave us a review wherever you get your podcasts, it really helps. Long
    Way Down is produced by Ida Berg and mixed by Tom Fry. See you next week.
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


@pytest.fixture(scope="module")
def bundled():
    return label_words(read_transcript(read_episode_file(BUNDLED_EPISODE).transcript).cues)


@pytest.fixture(scope="module")
def gold():
    return tomllib.loads((FIXTURES / "practical-ai-260.kinds.toml").read_text())["span"]


# --- the bundled episode


def test_gold_spans_are_where_they_say(bundled, gold):
    for span in gold:
        text = " ".join(word.text for word in bundled[span["first"] - 1 : span["last"]])
        assert text.startswith(span["begins"])
        assert text.endswith(span["ends"])


def test_ads_of_the_bundled_episode_are_found_to_the_word(bundled, gold):
    ads = {number for span in gold for number in range(span["first"] - 1, span["last"])}
    found = {number for number, word in enumerate(bundled) if word.kind != "talk"}
    assert len(ads & found) >= 0.97 * len(found), "precision"
    assert len(ads & found) >= 0.97 * len(ads), "recall"
    assert len(found - ads) <= 2, "words of talk that were lost"


def test_kinds_of_the_bundled_episode_are_as_a_listener_would_say(bundled, gold):
    right = sum(bundled[n].kind == span["kind"] for span in gold for n in range(span["first"] - 1, span["last"]))
    assert right >= 0.97 * sum(span["last"] - span["first"] + 1 for span in gold)


def test_no_spoken_word_is_changed_or_dropped(bundled):
    cues = read_transcript(read_episode_file(BUNDLED_EPISODE).transcript).cues
    spoken = [text for cue in cues for text in cue.text.split()]
    assert [word.text for word in bundled] + ["MMMMMMM", "!"] == spoken


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [("What's", 743.0, 744.2), ("So,", 814.0, 816.0), ("this", 1578.0, 1580.0), ("Welcome", 41.5, 43.0)],
)
def test_word_that_straddles_a_cut_is_timed_after_the_silence(bundled, text, earliest, latest):
    assert any(word.text == text and earliest <= word.start <= latest for word in bundled)


def test_every_word_maps_to_its_line(bundled):
    lines = read_episode_file(BUNDLED_EPISODE).transcript.read_text().split("\n")
    assert all(word.text in lines[word.line - 1] for word in bundled)


# --- times


def test_words_share_their_cue_by_length():
    words = label_words([Cue(10.0, 12.0, "a considerable while", 3)])
    assert [word.text for word in words] == ["a", "considerable", "while"]
    assert words[0].start == 10.0
    assert words[-1].end == 12.0
    assert words[1].end - words[1].start > words[2].end - words[2].start > words[0].end - words[0].start


def test_tail_after_a_sentence_end_moves_behind_the_silence():
    words = label_words([Cue(0.0, 2.0, "that was it. And", 1), Cue(20.0, 22.0, "now for more.", 5)])
    assert [(word.text, word.start < 2) for word in words[2:4]] == [("it.", True), ("And", False)]
    assert words[3].end == 20.0


def test_unfinished_sentence_without_an_end_stays_before_the_silence():
    words = label_words([Cue(0.0, 2.0, "and then we", 1), Cue(20.0, 22.0, "went on.", 5)])
    assert words[2].end <= 2.0


def test_tail_stays_where_no_silence_follows():
    words = label_words([Cue(0.0, 2.0, "that was it. And", 1), Cue(2.0, 4.0, "now for more.", 5)])
    assert words[3].end == 2.0


@settings(deadline=None)  # no test asserts wall time
@given(
    st.lists(
        st.tuples(st.floats(0, 30), st.floats(0.1, 5), st.text("ab. ?", min_size=1, max_size=40)),
        max_size=12,
    )
)
def test_times_never_run_backwards(steps):
    cues, start = [], 0.0
    for silence, length, text in steps:
        cues.append(Cue(start + silence, start + silence + length, text, 1))
        start += silence + length
    words = label_words(cues)
    assert all(before.end <= after.start + 0.002 for before, after in pairwise(words))
    assert all(word.end >= word.start for word in words)


# --- noise


@pytest.mark.parametrize("noise", ["MMMMMMM", "!", "♪", "[Music]", "(upbeat music)", "♪ la ♪"])
def test_noise_at_the_end_is_dropped(noise):
    words = label_words([Cue(0.0, 2.0, "Good bye.", 1), Cue(20.0, 22.0, noise, 5)])
    assert [word.text for word in words] == ["Good", "bye."]


@pytest.mark.parametrize("speech", ["Mmm.", "Hmm,", "No!", "I", "-- yes", "aaaah", "(I think)", "[um] well"])
def test_short_speech_is_kept(speech):
    words = label_words([Cue(0.0, 2.0, "Well", 1), Cue(2.0, 3.0, speech, 3), Cue(3.0, 4.0, "indeed.", 5)])
    assert " ".join(word.text for word in words) == f"Well {speech} indeed."


def test_nothing_gives_nothing():
    assert label_words([]) == []


def test_endless_word_is_cut_to_bounds():
    words = label_words([Cue(0.0, 2.0, "xy" * 5000, 1)])
    assert max(len(word.text) for word in words) == LONGEST_WORD
    assert "".join(word.text for word in words) == "xy" * 5000


# --- kinds


@pytest.mark.parametrize("read", SPONSOR_READS.values(), ids=SPONSOR_READS.keys())
def test_read_between_silences_is_found_to_the_word(read):
    words = label_words(cues_of(TALK, read, TALK))
    assert kinds_of(words) == [
        ("talk", " ".join(TALK.split())),
        ("sponsor", " ".join(read.split())),
        ("talk", " ".join(TALK.split())),
    ]


@pytest.mark.parametrize("name", ["announcer", "host", "without marks"])
def test_read_without_silences_is_found_and_costs_no_talk(name):
    read = SPONSOR_READS[name]
    words = label_words(cues_of(" ".join([TALK, read, TALK])))
    kinds = kinds_of(words)
    assert [kind for kind, _ in kinds] == ["talk", "sponsor", "talk"]
    assert kinds[1][1] in " ".join(read.split())
    assert len(kinds[1][1].split()) >= 0.8 * len(read.split())


def test_own_products_in_the_middle_are_promo():
    assert [kind for kind, _ in kinds_of(label_words(cues_of(TALK, PROMO, TALK)))] == ["talk", "promo", "talk"]


def test_opening_is_intro_up_to_its_sponsor():
    kinds = kinds_of(label_words(cues_of(INTRO, TALK, TALK)))
    assert [kind for kind, _ in kinds] == ["intro", "sponsor", "talk"]
    assert kinds[1][1].startswith("Thanks to our partners at Lampwell.")


def test_closing_is_outro():
    assert [kind for kind, _ in kinds_of(label_words(cues_of(TALK, TALK, OUTRO)))] == ["talk", "outro"]


def test_words_heard_in_the_music_after_the_outro_belong_to_it():
    kinds = kinds_of(label_words(cues_of(TALK, TALK, OUTRO, "We'll be right back. Bye.")))
    assert [kind for kind, _ in kinds] == ["talk", "outro"]


def test_short_file_is_not_one_read():
    text = "Thanks to our partners at Lampwell. Learn more at lampwell.com. " + TALK + " Visit lampwell.com today."
    kinds = kinds_of(label_words(cues_of(text)))
    assert " ".join(TALK.split()) in dict(kinds)["talk"]


def test_straddling_word_takes_the_kind_of_what_follows():
    cues = cues_of(TALK, SPONSOR_READS["announcer"], TALK)
    first = next(number for number, cue in enumerate(cues) if cue.text.startswith("This episode"))
    cues[first - 1 : first + 1] = [
        Cue(cues[first - 1].start, cues[first - 1].end, f"{cues[first - 1].text} This", 1),
        Cue(cues[first].start, cues[first].end, cues[first].text.removeprefix("This "), 5),
    ]
    words = label_words(cues)
    assert next(word for word in words if word.kind == "sponsor").text == "This"


STAYS_TALK = {
    "business of a newsletter": """
    So how does the newsletter make money? Well, we have sponsors. Our sponsors pay us per issue, and in the
    beginning nobody wanted to sponsor us. You can subscribe for free at ournews.com. I remember our first sponsor
    gave our readers a promo code, twenty percent off, and forty people used it.
""",
    "graph databases": """
    What is a graph database? Sure. A graph database lets you model data the way it looks in the real world. With
    Neo4j, you can write a query that follows five hops and it's still fast. If you want to try it, you can go to
    neo4j.com and download it, it's free. We use it for fraud detection.
""",
    "where to find the guest": """
    Where can people find you? So the best place is our website, that's acmelabs.ai, and I'm on Twitter as well.
    Check out the documentation and join our Slack. You can sign up today, there's a free trial, fourteen days, no
    credit card required. We'll put all of that in the show notes.
""",
    "pricing": """
    When we launched we offered a free trial for thirty days, and no credit card was required. That was a mistake.
    So then we changed it, and you get ten dollars in credits when you sign up. And then a competitor came with a
    money back guarantee, and we had to think again about what your customers want.
""",
    "advertising": """
    You know when a podcaster says this episode is brought to you by some mattress company, use code podcast for
    twenty percent off? I always skip that. But our data says that people listen to them. We trained a classifier on
    them, and the phrases that matter are like terms and conditions apply.
""",
    "funding": """
    This work was sponsored by DARPA, and before that it was supported by a foundation. We also had a partner in
    industry, our partners at Bosch gave us the data. All the code is on our GitHub.
""",
    "a course": """
    So we encourage people to go through the course, it's at course.fast.ai. Then do the second part. Visit the
    forums, sign up, ask questions. I learned more on the forums than anywhere else.
""",
    "host's own opening": """
    Welcome to another episode of Long Way Down. I'm your host, Ida Berg, and my guest today is Tom Fry, who builds
    bridges. Welcome to the show, Tom.
""",
    "good bye": """
    Thank you so much for coming on, this was great. Thank you for having me. Alright, talk to you next week, bye
    bye.
""",
}


@pytest.mark.parametrize("said", STAYS_TALK.values(), ids=STAYS_TALK.keys())
def test_talk_about_sponsors_and_sites_stays_talk(said):
    words = label_words(cues_of(" ".join([TALK, said, TALK])))
    assert {word.kind for word in words} == {"talk"}


def test_guests_opening_and_farewell_stay_talk_at_the_ends():
    words = label_words(cues_of(" ".join([STAYS_TALK["host's own opening"], TALK, STAYS_TALK["good bye"]])))
    assert {word.kind for word in words} == {"talk"}


@settings(deadline=None)  # no test asserts wall time
@given(
    st.lists(st.sampled_from("this episode is brought to you by lampwell.com dot slash Visit sponsor . ? code".split()))
)
def test_any_words_get_a_kind_each(texts):
    words = label_words([Cue(0.0, 5.0, " ".join(texts), 1)])
    assert all(word.kind in KINDS for word in words)


@pytest.mark.parametrize("mark", ["[Music]", "♪", "[upbeat music playing]", "(theme music)", "[Break]"])
def test_mark_of_a_cut_bounds_a_read_as_a_silence_does(mark):
    cues = cues_of(TALK, UNMARKED_OFFER, TALK, silence=0.0)
    at = [number for number, cue in enumerate(cues) if cue.text.startswith(("Somewhere", "So I think"))][1:]
    for number in reversed(at):
        cues.insert(number, Cue(cues[number].start, cues[number].start, mark, 1))
    kinds = kinds_of(label_words(cues))
    assert [kind for kind, _ in kinds] == ["talk", "sponsor", "talk"]
    assert kinds[1][1] == " ".join(UNMARKED_OFFER.split())


def test_recording_full_of_pauses_is_no_row_of_reads():
    sentences = [f"{sentence}." for sentence in MONOLOGUE.split(".") if sentence.strip()]
    words = label_words(cues_of(*(" ".join(sentences[n : n + 3]) for n in range(0, len(sentences), 3)), silence=6.0))
    assert {word.kind for word in words} == {"talk"}


def test_written_monologue_in_the_second_person_stays_talk():
    assert {word.kind for word in label_words(cues_of(MONOLOGUE))} == {"talk"}


@pytest.mark.parametrize("said", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("silence", [0.2, 8.0])
def test_other_languages_stay_talk(said, silence):
    assert {word.kind for word in label_words(cues_of(said, said, said, silence=silence))} == {"talk"}
