"""The conformance vectors hold: for the program, for its simple-minded double, and as the README promises them."""

import json

import pytest
from jsonschema import Draft202012Validator

from sla.rulebook import rulebooks
from tests.sla import conformance, reading

KINDS = {
    "calendar-days": 25,
    "closures": 25,
    "counting-rules": 50,
    "cut-offs": 30,
    "half-days": 40,
    "holidays": 35,
    "hours": 30,
    "make-up-saturdays": 45,
    "midnight": 30,
    "months": 40,
    "pauses": 25,
    "pauses-over-holidays": 30,
    "provisional": 15,
    "refusals": 12,
    "restarts": 25,
    "rulebooks": 25,
    "seven-mistakes": 35,
    "tet": 45,
    "the-law": 22,
    "verdicts": 15,
    "zones": 25,
}


def cases():
    return [case for file in reading.files().values() for case in file["cases"]]


def test_there_are_vectors_of_every_kind():
    found = {kind: len(file["cases"]) for kind, file in reading.files().items()}

    assert found.keys() == KINDS.keys()
    assert [kind for kind, number in found.items() if number < KINDS[kind]] == []
    assert (conformance.VECTORS / "README.md").read_text(encoding="utf-8").count(
        f"{sum(found.values())} questions"
    ) == 1
    assert sum(found.values()) >= 700


def test_every_vector_has_a_name_of_its_own_and_asks_what_no_other_of_its_kind_asks():
    names = [case["id"] for case in cases()]

    assert len(set(names)) == len(names)
    for kind, file in reading.files().items():
        asked = {json.dumps(case["input"], sort_keys=True) for case in file["cases"]}
        assert len(asked) == len(file["cases"])
        assert file["kind"] == kind
        assert all(case["id"].startswith(f"{kind}-") for case in file["cases"])


@pytest.mark.parametrize("path", sorted(conformance.VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_every_file_keeps_to_the_schema(path):
    schema = json.loads((conformance.VECTORS / "schema.json").read_text(encoding="utf-8"))
    data = json.loads(path.read_text(encoding="utf-8"))

    if path.stem == "schema":
        Draft202012Validator.check_schema(data)
    else:
        assert [error.json_path for error in Draft202012Validator(schema).iter_errors(data)] == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_program_answers_as_the_vectors_say(kind):
    wrong = [
        (case["id"], found)
        for case in reading.files()[kind]["cases"]
        if (found := conformance.plain(reading.by_program(case["input"]))) != case["expected"]
    ]

    assert wrong == []


def test_the_simple_minded_double_answers_as_the_vectors_say():
    wrong = [
        (case["id"], found)
        for case in cases()
        if "error" not in case["expected"]
        if (found := conformance.plain(reading.by_naive(case["input"]))) != case["expected"]
    ]

    assert wrong == []


def test_the_decrees_say_what_the_rulebooks_say():
    ours = [
        {
            "code": book.code,
            "valid_from": book.valid_from.isoformat(),
            "counting": book.counting.as_data(),
            "effects": {
                word: book.clause(f"{word}_effect").value for word in ("supplement", "payment", "consultation")
            },
            "limits": {
                name: {"amount": int(book.term(name).amount), "unit": book.term(name).unit.value}
                for name in ("ask_within", "online_answer_within")
            },
        }
        for book in rulebooks()
    ]

    assert ours == reading.decrees()
