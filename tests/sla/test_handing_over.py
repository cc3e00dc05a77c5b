"""By when a received file leaves the desk (R8)."""

from datetime import date

import pytest

from sla.calendars import calendar_files, timetable_from_spec
from sla.handing_over import hand_over_by
from sla.rulebook import rulebook_on
from tests.sla.conftest import at

OFFICE = timetable_from_spec(calendar_files()["default"])


@pytest.mark.parametrize(
    ("received", "by", "late"),
    [
        ("20/11/2026 09:00", "20/11/2026 17:00", False),
        ("20/11/2026 15:00", "20/11/2026 17:00", False),
        ("20/11/2026 15:01", "23/11/2026 07:30", True),
        ("23/11/2026 16:30", "25/11/2026 07:30", True),
        ("21/11/2026 10:00", "23/11/2026 17:00", False),
        ("23/11/2026 17:30", "25/11/2026 17:00", False),
    ],
)
def test_a_file_goes_on_the_same_day_or_at_the_start_of_the_next_one(received, by, late):
    found = hand_over_by(at(received), timetable=OFFICE, book=rulebook_on(date(2026, 11, 20)))

    assert (f"{found.by:%d/%m/%Y %H:%M}", found.late) == (by, late)
    assert found.rule.clause == "Nghị định 309/2026/NĐ-CP, Điều 9"


def test_a_file_received_before_a_storm_shuts_the_office_goes_at_the_start_of_the_next_working_day():
    spec = calendar_files()["default"].model_dump(mode="json")
    spec["closures"] = [{"day": "2026-11-26", "hours": "14:00-17:00", "reason": "Bão số 13"}]

    found = hand_over_by(
        at("26/11/2026 09:00"), timetable=timetable_from_spec(spec), book=rulebook_on(date(2026, 11, 20))
    )

    assert (found.by, found.late) == (at("27/11/2026 07:30"), False)
