"""The command `deadline`: one question by options, many on standard input."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

VECTORS = [
    ("2026-11-23", 1, "2026-11-25"),
    ("2026-11-20", 10, "2026-12-07"),
    ("2026-08-21", 3, "2026-08-25"),
    ("2026-08-27", 3, "2026-09-04"),
    ("2025-04-25", 5, "2025-05-06"),
    ("2024-05-03", 3, "2024-05-07"),
    ("2026-02-12", 5, "2026-02-26"),
    ("2027-01-28", 10, "2027-02-18"),
    ("2026-04-24", 2, "2026-04-29"),
    ("2027-04-29", 2, "2027-05-05"),
    ("2025-12-31", 1, "2026-01-05"),
]

pytestmark = pytest.mark.usefixtures("published")


def ask(*options, stdin=None, monkeypatch=None):
    out = io.StringIO()
    if stdin is not None:
        monkeypatch.setattr("sys.stdin", stdin if hasattr(stdin, "read") else io.StringIO(stdin))
    call_command("deadline", *options, stdout=out)
    return out.getvalue()


def ask_lines(text, monkeypatch, *options):
    return [
        json.loads(line)
        for line in ask("--stdin", "--json", *options, stdin=text, monkeypatch=monkeypatch).splitlines()
    ]


def ask_bad_lines(text, monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", text if hasattr(text, "read") else io.StringIO(text))
    with pytest.raises(SystemExit) as stopped:
        call_command("deadline", "--stdin", "--json", stdout=out)
    assert stopped.value.code == 1
    return [json.loads(line) for line in out.getvalue().splitlines()]


def question(**changes):
    return json.dumps({"received": "2026-11-23T09:00:00+07:00", "amount": 1, "unit": "working_day", **changes})


@pytest.mark.parametrize(("received", "days", "due"), VECTORS)
def test_the_vectors_of_the_law_hold(received, days, due):
    found = json.loads(ask("--received", f"{received}T09:00:00+07:00", "--limit", f"{days} working_day", "--json"))

    assert found["due_at"] == f"{due}T17:00:00+07:00"
    assert len(found["counted"]) == days
    assert found["provisional"] is False


def test_counted_and_skipped_days_are_told_in_words():
    with override("en"):
        found = json.loads(ask("--received", "2026-11-20T09:00+07:00", "--limit", "3 working_day", "--json"))

    assert [one["date"] for one in found["counted"]] == ["2026-11-23", "2026-11-25", "2026-11-26"]
    assert found["skipped"][2] == {
        "date": "2026-11-24",
        "reason": "holiday",
        "words": "24/11/2026 is a public holiday (Vietnamese Culture Day), so it is not counted.",
    }


def test_the_text_says_due_time_counted_and_skipped_days():
    with override("en"):
        lines = ask("--received", "2026-11-23T09:00+07:00", "--limit", "1 working_day").splitlines()

    assert lines == [
        "Due at 17:00 25/11/2026 (Wednesday).",
        "The day of reception is not counted; counting begins on 24/11/2026.",
        "Counted:",
        "  25/11/2026 (Wednesday) is a working day, so it is counted.",
        "Not counted:",
        "  24/11/2026 is a public holiday (Vietnamese Culture Day), so it is not counted.",
        "Rules:",
        "  A term in days or months begins on the day after reception (Bộ luật Dân sự 2015, Điều 147; not verified).",
        "  A term in days or months ends at the close of office (no article of law known; not verified).",
    ]


@pytest.mark.parametrize(
    ("limit", "calendar", "due"),
    [
        ("2.5 working_hour", "default", "2026-11-23T11:30:00+07:00"),
        ("2.5 working_hour", "short-day", "2026-11-23T14:30:00+07:00"),
        ("7 calendar_day", "default", "2026-11-30T17:00:00+07:00"),
        ("1 month", "default", "2026-12-23T17:00:00+07:00"),
        ("5 working_day", "saturday-desk", "2026-11-30T17:00:00+07:00"),
        ("4 working_day", "saturday-desk", "2026-11-28T11:30:00+07:00"),
    ],
)
def test_every_unit_and_calendar_answers(limit, calendar, due):
    found = ask("--received", "2026-11-23T09:00+07:00", "--limit", limit, "--calendar", calendar, "--json")

    assert json.loads(found)["due_at"] == due


@pytest.mark.parametrize("unit", ["working_hour", "working_day", "calendar_day", "month"])
def test_every_unit_is_told_in_every_language(unit):
    for language in ("en", "vi"):
        with override(language):
            text = ask("--received", "2026-01-31T18:00+07:00", "--limit", f"9 {unit}")
            assert "%(" not in text


def test_a_term_beyond_the_published_years_is_provisional_and_said_so():
    with override("en"):
        text = ask("--received", "2027-12-30T09:00+07:00", "--limit", "5 working_day")

    assert "the date is provisional" in text


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--received", "2026-11-23T09:00", "--limit", "1 working_day"], "offset"),
        (["--received", "yesterday", "--limit", "1 working_day"], "ISO 8601"),
        (["--received", "2026-11-23T09:00+07:00", "--limit", "1.5 working_day"], "fractions"),
        (["--received", "2026-11-23T09:00+07:00", "--limit", "ten days"], "working_day"),
        (["--received", "2026-11-23T09:00+07:00", "--limit", "1 working_day", "--calendar", "x"], "saturday-desk"),
        (["--received", "0001-01-01T00:00+07:00", "--limit", "1 working_day"], "1971 to 2099"),
        (["--received", "2026-11-23T09:00+07:00", "--limit", "99999 month"], "1971 to 2099"),
        (["--limit", "1 working_day"], "--received"),
        ([], "--stdin"),
    ],
)
def test_a_question_without_an_answer_says_what_to_write(options, word):
    with override("en"), pytest.raises(CommandError, match=word):
        call_command("deadline", *options, stdout=io.StringIO())


def test_lines_are_answered_in_order(monkeypatch):
    lines = [question(amount=days, received=f"{received}T09:00:00+07:00") for received, days, _ in VECTORS]

    found = ask_lines("\n".join(lines), monkeypatch)

    assert [one["due_at"][:10] for one in found] == [due for _, _, due in VECTORS]


def test_each_answer_is_one_compact_object(monkeypatch):
    text = ask("--stdin", "--json", stdin=question() + "\n", monkeypatch=monkeypatch)

    assert text.count("\n") == 1
    assert text.startswith('{"due_at":"2026-11-25T17:00:00+07:00","provisional":false,"counted":[')


def test_a_line_names_its_own_calendar_or_takes_that_of_the_command(monkeypatch):
    lines = "\n".join([question(amount=4, calendar="default"), question(amount=4)])

    found = ask_lines(lines, monkeypatch, "--calendar", "saturday-desk")

    assert [one["due_at"][:16] for one in found] == ["2026-11-30T17:00", "2026-11-28T11:30"]


def test_a_cut_off_may_be_asked_for(monkeypatch):
    late = question(amount=0, received="2026-11-23T15:01:00+07:00", cutoff={"after": "15:00", "amount": 1})

    assert ask_lines(late, monkeypatch)[0]["due_at"] == "2026-11-25T17:00:00+07:00"


def test_other_counting_rules_may_be_asked_for(monkeypatch):
    lines = "\n".join(
        [
            question(amount=3, rules={"due_time": "same_time", "first_day": "same_day"}),
            question(received="2026-11-23T16:30:00+07:00", rules={"last_hour": 60}),
        ]
    )

    found = ask_lines(lines, monkeypatch)
    one = json.loads(
        ask(
            "--received",
            "2026-11-23T09:00+07:00",
            "--limit",
            "2 working_day",
            "--rules",
            '{"first_day": "same_day"}',
            "--json",
        )
    )

    assert [answer["due_at"][:16] for answer in [*found, one]] == [
        "2026-11-26T09:00",
        "2026-11-26T17:00",
        "2026-11-25T17:00",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "",
        "[1, 2]",
        '{"received": "2026-11-23T09:00:00+07:00"}',
        question(received="2026-11-23T09:00:00"),
        question(received=5),
        question(amount="many"),
        question(amount=True),
        question(amount=None),
        question(amount=-1),
        question(amount=1.5),
        question(unit="days"),
        question(unit=["working_day"]),
        question(calendar="nowhere"),
        question(calendar=7),
        question(calender="default"),
        question(cutoff={"after": "three"}),
        question(rules={"first_day": "yesterday"}),
        question(rules={"last_hour": "60"}),
        question(rules=["same_day"]),
        question(received="9999-12-31T23:59:59+07:00"),
        "[" * 100_000,
        '{"received": "2026-11-23T09:00:00+07:00", "amount": NaN, "unit": "working_hour"}',
    ],
)
def test_a_bad_line_gives_an_error_and_the_rest_are_answered(line, monkeypatch):
    found = ask_bad_lines(f"{question()}\n{line}\n{question(amount=2)}\n", monkeypatch)

    assert [one.get("due_at") for one in found] == ["2026-11-25T17:00:00+07:00", None, "2026-11-26T17:00:00+07:00"]
    assert sorted(found[1]) == ["error", "line"]
    assert found[1]["line"] == 2
    assert found[1]["error"]


def test_bytes_that_are_no_text_make_a_bad_line(monkeypatch):
    raw = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n" + question().encode() + b"\n"), encoding="utf-8")

    found = ask_bad_lines(raw, monkeypatch)

    assert found[0]["line"] == 1
    assert found[1]["due_at"] == "2026-11-25T17:00:00+07:00"


def test_an_empty_input_gives_an_empty_answer(monkeypatch):
    assert ask("--stdin", "--json", stdin="", monkeypatch=monkeypatch) == ""


def test_many_lines_ask_the_database_once_per_calendar(monkeypatch, django_assert_num_queries):
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(200)]
    lines = [question(received=f"{day}T09:00:00+07:00", amount=3) for day in days]

    with django_assert_num_queries(1):
        found = ask_lines("\n".join(lines), monkeypatch)

    assert len(found) == 200
