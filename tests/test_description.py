import pytest

from bot.errors import SettingError
from bot.records import Episode, Person
from bot.sources.description import describe, read_people

PEOPLE = [
    ("one", "Ann Ek", [Person("Ann Ek")]),
    ("roles", "Chris Benson (host), Anna (guest)", [Person("Chris Benson", "host"), Person("Anna", "guest")]),
    ("about", "Bo Lind (guest, who skates, sings)", [Person("Bo Lind", "guest", "who skates, sings")]),
    ("semicolons and spaces", " Ann ;Bo( guest ) ; ", [Person("Ann"), Person("Bo", "guest")]),
    ("empty", "", []),
]


@pytest.mark.parametrize(("text", "people"), [case[1:] for case in PEOPLE], ids=[case[0] for case in PEOPLE])
def test_people_are_read(text, people):
    assert list(read_people(text)) == people


@pytest.mark.parametrize("text", ["(host)", "Ann (host", "Ann host)", "Ann (a (b))"])
def test_what_is_no_person_is_named(text):
    with pytest.raises(SettingError, match=r"people: .* -> write \"Name \(role\)"):
        read_people(text)


def test_description_goes_before_what_the_file_says():
    found = Episode("talk", title="Old", show="Show")
    described = describe(id="new", title="New\x1b title", people="Ann (host)").applied_to(found)
    assert described == Episode("new", title="New title", show="Show", people=(Person("Ann", "host"),))


@pytest.mark.parametrize("given", [{"id": "../x"}, {"id": "Upper"}, {"title": "x" * 3000}, {"date": 3}], ids=repr)
def test_bad_description_is_refused(given):
    with pytest.raises(SettingError):
        describe(**given)
