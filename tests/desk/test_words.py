"""Time and money in the words of the desk."""

from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from onestop.desk import words

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY_EVENING = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def vietnamese():
    with translation.override("vi"):
        yield


def left(*, overdue=False, days=0, minutes=0):
    return SimpleNamespace(overdue=overdue, days=days, minutes=minutes)


def test_moments_are_in_the_zone_of_the_office():
    assert words.moment(MONDAY_EVENING) == "17:00 30/11/2026"
    assert words.long_moment(MONDAY_EVENING) == "17:00 thứ Hai 30/11/2026"
    assert words.day(MONDAY_EVENING.date()) == "30/11/2026"


@pytest.mark.parametrize(("amount", "text"), [(0, "0 đ"), (50000, "50.000 đ"), (1234567, "1.234.567 đ")])
def test_money_has_points_between_thousands(amount, text):
    assert words.money(amount) == text


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (left(days=2, minutes=180), "Còn 2 ngày 3 giờ"),
        (left(days=2, minutes=200), "Còn 2 ngày 3 giờ"),
        (left(minutes=200), "Còn 3 giờ 20 phút"),
        (left(days=1, minutes=20), "Còn 1 ngày 20 phút"),
        (left(days=1), "Còn 1 ngày"),
        (left(), "Còn 0 phút"),
        (left(overdue=True, days=1, minutes=120), "Quá hạn 1 ngày 2 giờ"),
    ],
)
def test_time_left_has_at_most_two_units(distance, text):
    assert words.time_left(distance) == text


def test_what_is_due_outside_working_hours_is_just_overdue():
    assert words.time_left(left(overdue=True)) == "Vừa quá hạn"


def test_time_left_in_english_counts_one_and_many():
    with translation.override("en"):
        assert words.time_left(left(days=1, minutes=120)) == "1 day 2 hours left"


def test_badge_of_a_file_due_today_says_when():
    badge = words.running_badge(at=MONDAY_EVENING, due_at=MONDAY_EVENING, left=left(minutes=180), due_soon=True)

    assert (badge.state, badge.words, badge.rest) == ("soon", "Còn 3 giờ", "đến hạn 17:00 hôm nay")
    assert badge.exact == "Hạn trả 17:00 thứ Hai 30/11/2026"


def test_badge_of_an_overdue_file_is_never_merely_soon():
    badge = words.running_badge(
        at=MONDAY_EVENING, due_at=MONDAY_EVENING, left=left(overdue=True, minutes=1), due_soon=True
    )

    assert badge.state == "late"


def test_paused_clock_shows_what_it_waits_for_and_no_date_due():
    badge = words.stopped_badge(since=datetime(2026, 11, 18, 9, tzinfo=ZONE), waiting_for="citizen")

    assert (badge.words, badge.exact) == ("Tạm dừng: chờ bổ sung từ 18/11", "")


@pytest.mark.parametrize(
    ("verdict", "by", "text"),
    [
        ("early", "1 ngày", "Xong sớm 1 ngày"),
        ("on_time", "", "Đúng hạn"),
        ("late", "2 giờ", "Trễ 2 giờ"),
        ("", "", "Đã kết thúc"),
    ],
)
def test_ended_clock_shows_its_verdict(verdict, by, text):
    assert words.ended_badge(verdict=verdict, by=by).words == text
