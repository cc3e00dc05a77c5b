"""Rulebooks: the law's numbers as data, each with its clause, checked before it is believed."""

from copy import deepcopy
from datetime import date

import pytest
import yaml

from sla.exceptions import InvalidRulebook, NoRulebook
from sla.limits import CountingRules, DueTime, FirstDay
from sla.rulebook import RULEBOOK_FILES, rulebook_from, rulebook_on, rulebooks

FIRST = yaml.safe_load((RULEBOOK_FILES / "nd-61-2018.yaml").read_text(encoding="utf-8"))


def changed(**rules):
    data = deepcopy(FIRST)
    data["clauses"].update(rules)
    return data


def test_every_rulebook_answers_every_question_and_none_without_a_clause_is_called_verified():
    for book in rulebooks():
        assert len(book.clauses) == 20
        assert all(rule.clause or rule.unverified for rule in book.clauses.values())
        assert (book.number("supplements_allowed"), book.number("reappointments_allowed")) == (1, 1)
        assert str(book.term("apology_before")) == "1 working_day"
        assert book.counting == CountingRules()


def test_what_the_amended_decree_says_itself_is_verified_and_the_rest_is_taken_over():
    older, newer = rulebook_on(date(2026, 8, 4)), rulebook_on(date(2026, 8, 5))

    assert older.clause("nonterritorial_start").unverified
    assert newer.clause("nonterritorial_start").clause.endswith("(Nghị định 309/2026/NĐ-CP, Điều 8)")
    assert not newer.clause("nonterritorial_start").unverified
    assert newer.clause("ask_within") == older.clause("ask_within")


def test_a_rulebook_may_count_otherwise():
    book = rulebook_from(
        changed(
            first_day={"value": "same_day", "unverified": True},
            due_time={"value": "same_time", "unverified": True},
            last_hour={"value": 60, "unverified": True},
        )
    )

    assert book.counting == CountingRules(FirstDay.SAME_DAY, DueTime.SAME_TIME, 60)


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ({"first_day": {"value": "some_day", "unverified": True}}, "clauses.first_day.value"),
        ({"supplements_allowed": {"value": -1, "unverified": True}}, "clauses.supplements_allowed.value"),
        ({"ask_within": {"amount": 3, "unit": "weeks", "unverified": True}}, "clauses.ask_within.unit"),
        ({"hand_over_cutoff": {"value": "25:00", "unverified": True}}, "clauses.hand_over_cutoff.value"),
        ({"due_time": {"value": "close_of_office"}}, "clauses.due_time: Value error, a rule without a clause"),
        ({"tea_break": {"value": 15, "unverified": True}}, "clauses.tea_break"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(rules, place):
    with pytest.raises(InvalidRulebook, match=place.replace(".", r"\.")):
        rulebook_from(changed(**rules))


def test_a_missing_rule_and_a_code_without_a_serial_are_refused():
    missing = deepcopy(FIRST)
    del missing["clauses"]["citizen_term"]

    with pytest.raises(InvalidRulebook, match=r"clauses\.citizen_term"):
        rulebook_from(missing)
    with pytest.raises(InvalidRulebook, match="two serials of a day"):
        rulebook_from({**deepcopy(FIRST), "file_code_format": "{agency}-{day:%y%m%d}"})


def test_a_rule_is_asked_for_as_what_it_is():
    book = rulebooks()[0]

    with pytest.raises(NoRulebook, match="nd-61-2018: ask_within"):
        book.number("ask_within")
    with pytest.raises(NoRulebook, match="nd-61-2018: citizen_term"):
        book.term("citizen_term")
