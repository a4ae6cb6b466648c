"""What stands around the answers: options, thumbs, sounds, the episodes shown, how often one may ask."""

import json

import pytest

from bot.episode_summary import EpisodeSummary
from bot.errors import SettingError, StoreError
from bot.page.feedback import FeedbackFile
from bot.page.options import PageOptions, is_loopback
from bot.page.rates import Rates, client_of
from bot.page.shown_episodes import ShownEpisodes
from bot.page.sounds import find_sounds, named_sound
from bot.records import Episode
from tests.page.replies import reply_of


def test_a_blamed_answer_sets_no_expectation_of_evidence(tmp_path):
    file = FeedbackFile(tmp_path / "thumbs.jsonl")
    file.rate(file.remember("q?", (), reply_of()), "down")
    case = json.loads(file.path.read_text(encoding="utf-8"))
    assert (case["evidence"], case["reference"], case["tags"][-1]) == ([], "", "to-review")


def test_feedback_file_that_cannot_be_written_is_a_setting_error(tmp_path):
    with pytest.raises(SettingError, match="--feedback"):
        FeedbackFile(tmp_path / "missing" / "thumbs.jsonl")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("a.example", False),
    ],
)
def test_loopback_addresses(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"host": "0.0.0.0"}, "--auth"),
        ({"port": 70_000}, "--port"),
        ({"at_once": 0}, "--at-once"),
        ({"waiting": -1}, "--waiting"),
        ({"per_minute": -1}, "--per-minute"),
    ],
)
def test_options_that_cannot_be_used_are_named(changes, named):
    with pytest.raises(SettingError, match=named):
        PageOptions(**changes).checked()


def test_public_page_needs_auth_or_consent():
    assert PageOptions(host="0.0.0.0", auth=("a", "b")).checked()
    assert PageOptions(host="0.0.0.0", no_auth=True).checked()


def test_remote_sound_is_an_origin_and_local_sound_an_address(tmp_path):
    file = tmp_path / "a.wav"
    file.write_bytes(b"RIFF")
    far = Episode("far", audio="https://cdn.example:8443/x/a.mp3?y")
    sounds = find_sounds([far, Episode("near", audio=str(file)), Episode("gone", audio="gone.mp3")])
    assert sounds.address("far") == far.audio
    assert sounds.origins == {"https://cdn.example:8443"}
    assert sounds.address("near") == "audio/near"
    assert (sounds.address("gone"), sounds.file("gone")) == ("", None)


@pytest.mark.parametrize(
    ("named", "problem"),
    [("missing.mp3", "no such file"), (__file__, "not a sound file"), ("https://a b/x.mp3", "no such file")],
)
def test_audio_that_cannot_be_played_is_a_setting_error(named, problem):
    with pytest.raises(SettingError, match=problem):
        named_sound(named, [Episode("ep")])


def test_audio_for_one_of_several_episodes_is_named(tmp_path):
    file = tmp_path / "a.wav"
    file.write_bytes(b"RIFF")
    episodes = [Episode("a"), Episode("b")]
    assert find_sounds(episodes, named_sound(f"b={file}", episodes)).file("b") == file.resolve()
    with pytest.raises(SettingError, match="several"):
        named_sound(str(file), episodes)


class Store:
    """Episodes that change between two looks; None cannot be read."""

    def __init__(self, *ids):
        self.ids = ids

    def episodes(self):
        if self.ids is None:
            raise StoreError("damaged")
        return [EpisodeSummary(Episode(name), 60, 1, 1, ()) for name in self.ids]


def test_the_shelf_notices_new_episodes_and_keeps_the_old_ones_while_the_store_is_damaged(monkeypatch, caplog):
    monkeypatch.setattr("bot.page.shown_episodes.LOOK_SECONDS", 0)
    store = Store("a")
    shown_episodes = ShownEpisodes(store)
    store.ids = ("a", "b")
    assert list(shown_episodes.look().titles) == ["a", "b"]
    store.ids = None
    assert list(shown_episodes.look().titles) == ["a", "b"]
    assert "damaged" in caplog.text


def test_rates_let_a_burst_in_and_then_say_how_long_to_wait():
    now = [0.0]
    rates = Rates(3, clock=lambda: now[0])
    assert [rates.wait("10.0.0.1") for _ in range(4)] == [0, 0, 0, 20]
    assert rates.wait("10.0.0.2") == 0
    now[0] = 20.0
    assert [rates.wait("10.0.0.1") for _ in range(2)] == [0, 20]


def test_no_rate_is_no_limit():
    rates = Rates(0)
    assert not any(rates.wait("10.0.0.1") for _ in range(1000))


def test_addresses_of_one_ipv6_network_are_one_client():
    assert client_of("2001:db8::1") == client_of("2001:db8::2") != client_of("2001:db8:0:1::1")
