"""Talk about sponsors, sites and prices stays talk, and so do monologues and other languages; all of it is invented."""

import pytest

from bot.speech.words import label_words
from tests.invented_talk import TALK, cues_of, kinds_of

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


def test_short_file_is_not_one_read():
    text = "Thanks to our partners at Lampwell. Learn more at lampwell.com. " + TALK + " Visit lampwell.com today."
    kinds = kinds_of(label_words(cues_of(text)))
    assert " ".join(TALK.split()) in dict(kinds)["talk"]


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
