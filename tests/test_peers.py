"""What the peers' benchmark measures, beside the peers, which have environments of their own."""

import pytest

from eval.peers.__main__ import as_table
from eval.peers.measuring import CITED, PROMPT_WORDS, PROSE, read_transcript, write_transcript
from eval.processes import PEAK

PARTS = [(0.0, 4.0, "The lake freezes."), (4.0, 9.0, "Fish stay below."), (11.0, 15.0, "Then spring comes.")]


@pytest.mark.parametrize(
    ("source", "seconds"),
    [
        ("The lake freezes.", 4.0),
        ("freezes. Fish stay", 9.0),
        (" Fish stay below. Then ", 11.0),
        ("The lake freezes. Fish stay below. Then spring comes.", 15.0),
    ],
)
def test_a_source_lasts_from_its_first_part_to_its_last(tmp_path, source, seconds):
    write_transcript(PARTS, tmp_path / "transcript.json")
    assert read_transcript(tmp_path / "transcript.json").seconds_of(source) == seconds


def test_a_source_that_is_not_of_the_transcript_is_an_error(tmp_path):
    write_transcript(PARTS, tmp_path / "transcript.json")
    with pytest.raises(ValueError, match="not found"):
        read_transcript(tmp_path / "transcript.json").seconds_of("The sea freezes.")


def test_the_table_has_a_column_for_each_and_the_memory_at_the_end():
    measured = [{PROSE: 0.02, PROMPT_WORDS: 900, CITED: 6, PEAK: peak} for peak in (150, 200)]
    table = as_table({"Earmark": measured, "Another": measured}).splitlines()
    assert table[0] == "| measure | Earmark | Another |"
    assert table[2] == "| a whole answer with a model that takes no time | 20 ms | 20 ms |"
    assert table[5] == "| peak memory of the process | 200 MB | 200 MB |"
