"""An event log is read case by case; what cannot be read is said in a sentence and never half loaded."""

from datetime import UTC, datetime

import pytest

from tests.workflows.replay.logs import REAL_LOGS, case, course, event, log, written
from workflows.replay.exceptions import LogError
from workflows.replay.xes import Case, Skip, read_log

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def read(path):
    return list(read_log(path, now=NOW))


def refusal_of(path):
    with pytest.raises(LogError) as refusal:
        read(path)
    return str(refusal.value)


@pytest.mark.parametrize("packed", [False, True])
def test_a_case_is_read_with_its_events_people_and_times(tmp_path, packed):
    first = event("Apply", "2012-03-05T09:00:00.250+01:00", "Anna", channel="Desk")
    second = event("Decide", "2012-03-05T10:30:00+02:00", "Bert")
    path = written(
        tmp_path, log(case("c-1", first, second, enddate_planned="2012-03-05T09:15:00+01:00")), packed=packed
    )

    (found,) = read(path)

    assert isinstance(found, Case)
    assert (found.number, found.name, found.is_late, found.repeats) == (1, "c-1", True, False)
    assert [(e.activity, e.person, e.at) for e in found.events] == [
        ("Apply", "Anna", datetime(2012, 3, 5, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("Decide", "Bert", datetime(2012, 3, 5, 8, 30, tzinfo=UTC)),
    ]
    assert found.events[0].attributes["channel"] == "Desk"
    assert found.planned_end == datetime(2012, 3, 5, 8, 15, tzinfo=UTC)


def test_names_are_told_apart_by_their_case(tmp_path):
    path = written(tmp_path, log(case("c", event("check", person="TEST"), event("Check", person="test"))))

    (found,) = read(path)

    assert found.repeats is False
    assert {e.person for e in found.events} == {"TEST", "test"}


def test_start_and_end_of_one_activity_are_no_repetition(tmp_path):
    events = [event("Check", **{"lifecycle:transition": step}) for step in ("start", "complete")]

    (found,) = read(written(tmp_path, log(case("c", *events))))

    assert [e.activity for e in found.events] == ["Check (start)", "Check"]
    assert found.repeats is False


def test_events_of_equal_time_keep_the_order_of_the_file(tmp_path):
    (found,) = read(written(tmp_path, log(case("c", event("B"), event("A"), event("B")))))

    assert [e.activity for e in found.events] == ["B", "A", "B"]
    assert found.repeats is True


def test_a_time_without_offset_is_read_in_the_zone_of_amsterdam(tmp_path):
    (found,) = read(written(tmp_path, log(case("c", event(at="2012-07-05T09:00:00")))))

    assert found.events[0].at == datetime(2012, 7, 5, 7, tzinfo=UTC)


def test_nested_attributes_and_other_elements_are_passed_over(tmp_path):
    nested = '<trace><string key="concept:name" value="c"><string key="concept:name" value="inner"/></string>'
    body = f'{nested}<list key="x"><event><string key="concept:name" value="no"/></event></list>{event()}</trace>'

    (found,) = read(written(tmp_path, log('<event><string key="concept:name" value="loose"/></event>', body)))

    assert found.name == "c"
    assert [e.activity for e in found.events] == ["Apply"]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "The case has no event."),
        ([event(), event("Decide", at=None)], "Event 2 has no timestamp."),
        ([event(at="yesterday")], "Event 1 has a timestamp that is no date: “yesterday”."),
        (
            [event(at="0001-01-01T00:00:00+14:00")],
            "Event 1 has a timestamp that is no date: “0001-01-01T00:00:00+14:00”.",
        ),
        ([event(activity=None)], "Event 1 has no activity."),
        (
            [event(at="2012-03-05T09:00:00+01:00"), event(at="2012-03-05T08:59:59+01:00")],
            "The events are out of order: event 2 lies before the one that precedes it.",
        ),
        (
            [event(at="1970-01-01T00:00:00+01:00")],
            "The first event lies before 1972, for which there is no calendar.",
        ),
        ([event(at="2026-01-05T08:00:01+00:00")], "The last event lies in the future."),
    ],
)
def test_a_case_that_cannot_be_replayed_is_skipped_with_its_reason(tmp_path, events, reason):
    path = written(tmp_path, log(course("good", "Apply"), case("bad", *events), course("also good", "Apply")))

    first, bad, last = read(path)

    assert bad == Skip(2, "bad", reason)
    assert (first.name, last.name) == ("good", "also good")


def test_a_planned_end_that_is_no_date_leaves_the_case_out(tmp_path):
    assert read(written(tmp_path, log(course("c", "Apply", enddate_planned="soon")))) == [
        Skip(1, "c", "The planned end is no date: “soon”.")
    ]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_file_that_breaks_off_is_refused_in_one_sentence(tmp_path, packed, cut):
    path = written(tmp_path, log(course("a", "Apply"), course("b", "Apply", "Decide")), packed=packed, cut=cut)

    assert "breaks off" in refusal_of(path)


def test_a_case_that_breaks_off_is_not_handed_out(tmp_path):
    text = log(course("whole", "Apply"), course("half", "Apply", "Decide"))
    path = written(tmp_path, text[: text.index("Decide")])
    seen = []

    with pytest.raises(LogError):
        seen.extend(found.name for found in read_log(path, now=NOW))

    assert "half" not in seen


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (log(), "The log holds no case."),
        ("", "not valid XML"),
        ("case;activity;time\n1;Apply;2012", "not valid XML"),
        ("<html><body/></html>", "its outermost element is “html”, not “log”"),
        (log(head='<!DOCTYPE log SYSTEM "http://example.org/log.dtd">'), "document type (DTD)"),
        (log(course("&a;", "Apply"), head='<!DOCTYPE log [<!ENTITY a "b">]>'), "document type (DTD)"),
        (log("<x>" * 70 + "</x>" * 70), "more than 64 deep"),
        (log().replace("UTF-8", "klingon"), "encoding"),
    ],
)
def test_what_is_no_log_is_refused_in_one_sentence(tmp_path, text, sentence):
    assert sentence in refusal_of(written(tmp_path, text))


def test_a_missing_file_is_refused_with_its_name(tmp_path):
    assert (
        refusal_of(tmp_path / "none.xes") == f"The file {tmp_path}/none.xes cannot be read: No such file or directory."
    )


@pytest.mark.parametrize("inside", ["{big}", '<string key="{big}" value=""/>', "<!-- {big} -->"])
def test_a_text_without_end_is_refused(tmp_path, inside):
    assert "16 MB" in refusal_of(written(tmp_path, log(inside.format(big="x" * 18_000_000)), packed=True))


def test_a_case_that_would_fill_the_memory_is_refused(tmp_path):
    long = event(note="x" * 1_000_000)

    assert "64 MB" in refusal_of(written(tmp_path, log(case("c", *[long] * 70)), packed=True))


@pytest.mark.parametrize(
    ("name", "cases", "events", "people", "late", "repeated"),
    [
        ("receipt.xes.gz", 1434, 8577, 48, 91, 91),
        ("bpic2020_DomesticDeclarations.xes.gz", 10_357, 55_628, 2, 0, 1006),
        ("running-example.xes", 6, 42, 6, 0, 2),
    ],
)
def test_real_logs_are_read_without_a_skip(name, cases, events, people, late, repeated):
    if not REAL_LOGS.is_dir():
        pytest.skip("The folder with the real event logs (../shared/data/event-logs) is not there.")
    found = read(REAL_LOGS / name)

    assert len(found) == cases
    assert sum(len(case_.events) for case_ in found) == events
    assert len({e.person for case_ in found for e in case_.events}) == people
    assert sum(bool(case_.is_late) for case_ in found) == late
    assert sum(case_.repeats for case_ in found) == repeated
