"""Why a date is what it is, in the exact words that a citizen reads."""

import pytest
from django.utils.translation import override

from offices.models import Office, User
from sla.accounts import accounts_of
from sla.calendars import calendar_files, publish_calendar, timetable_for, timetable_from_spec, timetable_of
from sla.explanations import explain, in_words
from sla.limits import CountingRules, DueTime, FirstDay
from sla.models import Clock
from sla.rulebook import rulebook_named
from sla.terms import Term, deadline, parse_term
from sla.timekeeping import Party, Timekeeper
from tests.sla.conftest import at
from tests.sla.moving_clocks import move

OFFICE = timetable_from_spec(calendar_files()["default"])


@pytest.fixture(autouse=True)
def vietnamese():
    with override("vi"):
        yield


def told(received, limit, timetable=OFFICE, rules=None):
    term = limit if isinstance(limit, Term) else parse_term(limit)
    more = {"rules": rules} if rules else {}
    found = deadline(start=at(received), term=term, timetable=timetable, **more)
    return in_words(found, term=term, book=rulebook_named("nd-309-2026"), **more)


# domain.md 7.4: what is skipped, and the days worked in exchange
VECTORS = [
    ("23/11/2026", 1, "25/11/2026", ["24/11/2026 là ngày nghỉ lễ (Ngày Văn hóa Việt Nam) nên không tính."]),
    ("20/11/2026", 10, "07/12/2026", ["24/11/2026 là ngày nghỉ lễ (Ngày Văn hóa Việt Nam) nên không tính."]),
    ("21/08/2026", 3, "25/08/2026", []),
    (
        "27/08/2026",
        3,
        "04/09/2026",
        [
            "31/08/2026 là ngày nghỉ hoán đổi (làm bù ngày 22/08/2026) nên không tính.",
            "01/09/2026 là ngày nghỉ lễ (Quốc khánh) nên không tính.",
            "02/09/2026 là ngày nghỉ lễ (Quốc khánh) nên không tính.",
        ],
    ),
    (
        "25/04/2025",
        5,
        "06/05/2025",
        [
            "30/04/2025 là ngày nghỉ lễ (Ngày Chiến thắng 30/4) nên không tính.",
            "01/05/2025 là ngày nghỉ lễ (Ngày Quốc tế Lao động) nên không tính.",
            "02/05/2025 là ngày nghỉ hoán đổi (làm bù ngày 26/04/2025) nên không tính.",
        ],
    ),
    ("03/05/2024", 3, "07/05/2024", []),
    (
        "24/04/2026",
        2,
        "29/04/2026",
        [
            "26/04/2026 là ngày nghỉ lễ (Giỗ Tổ Hùng Vương) nên không tính.",
            "27/04/2026 là ngày nghỉ bù (Giỗ Tổ Hùng Vương) nên không tính.",
        ],
    ),
    ("29/04/2027", 2, "05/05/2027", None),
    ("28/01/2027", 10, "18/02/2027", None),
    ("12/02/2026", 5, "26/02/2026", None),
    ("31/12/2025", 1, "05/01/2026", None),
]


@pytest.mark.parametrize(("received", "days", "due", "skipped"), VECTORS)
def test_every_vector_of_the_law_says_what_it_skipped(received, days, due, skipped):
    found = told(f"{received} 09:00", f"{days} working_day")

    assert f"{found.due_at:%H:%M %d/%m/%Y}" == f"17:00 {due}"
    assert len(found.counted) == days
    weekends = {one.words for one in found.skipped if one.reason == "weekend"}
    assert all(words.endswith(" nên không tính.") for words in weekends)
    if skipped is not None:
        assert [one.words for one in found.skipped if one.reason != "weekend"] == skipped


def test_a_saturday_worked_in_exchange_is_counted_and_said():
    found = told("21/08/2026 09:00", "3 working_day")

    assert [one.words for one in found.counted] == [
        "22/08/2026 (thứ Bảy) là ngày làm bù nên được tính.",
        "24/08/2026 (thứ Hai) là ngày làm việc nên được tính.",
        "25/08/2026 (thứ Ba) là ngày làm việc nên được tính.",
    ]
    assert found.remarks == ("Không tính ngày tiếp nhận; bắt đầu tính từ ngày 22/08/2026.",)
    assert [one.words for one in found.rules] == [
        "Thời hạn tính bằng ngày hoặc tháng bắt đầu từ ngày tiếp theo ngày tiếp nhận"
        " (Bộ luật Dân sự 2015, Điều 147; chưa kiểm chứng).",
        "Thời hạn tính bằng ngày hoặc tháng kết thúc lúc hết giờ làm việc"
        " (chưa xác định được điều luật; chưa kiểm chứng).",
    ]


def test_a_day_that_a_storm_cuts_short_moves_the_term_and_says_why():
    spec = calendar_files()["default"].model_dump(mode="json")
    spec["closures"] = [{"day": "2026-11-26", "hours": "14:00-17:00", "reason": "Bão số 13"}]
    storm = timetable_from_spec(spec)

    by_days = told("25/11/2026 09:00", "1 working_day", storm)
    by_calendar = told("25/11/2026 09:00", "1 calendar_day", storm)

    assert by_days.due_at == by_calendar.due_at == at("27/11/2026 17:00")
    assert [one.words for one in by_days.skipped] == [
        "Ngày 26/11/2026 cơ quan đóng cửa trước giờ kết thúc làm việc (Bão số 13) nên không tính."
    ]
    assert [one.words for one in by_calendar.skipped] == [
        "Ngày 26/11/2026 cơ quan đóng cửa trước giờ kết thúc làm việc (Bão số 13)"
        " nên thời hạn không kết thúc vào ngày này."
    ]
    assert by_calendar.remarks[-1] == (
        "Ngày cuối cùng 26/11/2026 cơ quan đóng cửa trước giờ kết thúc làm việc"
        " nên thời hạn kết thúc vào ngày làm việc tiếp theo."
    )


def test_hours_are_told_window_by_window_to_the_second():
    half_days = timetable_from_spec(calendar_files()["saturday-desk"])

    found = told("20/11/2026 15:45", "6 working_hour", half_days)

    assert [one.words for one in found.counted] == [
        "20/11/2026 từ 15:45 đến 17:00 được tính: 1 giờ 15 phút.",
        "21/11/2026 từ 07:30 đến 11:30 được tính: 4 giờ.",
        "23/11/2026 từ 07:00 đến 07:45 được tính: 45 phút.",
    ]
    assert [one.words for one in found.skipped] == ["22/11/2026 là Chủ nhật nên không tính."]
    assert found.rules == ()


def test_rules_of_the_procedures_own_are_said_to_be_its_own():
    rules = CountingRules(FirstDay.SAME_DAY, DueTime.SAME_TIME, 60)

    found = told("23/11/2026 10:20", "2 working_day", rules=rules)

    assert f"{found.due_at:%d/%m/%Y %H:%M}" == "25/11/2026 10:20"
    assert [(one.rule, one.clause, one.unverified) for one in found.rules] == [
        ("first_day", "", True),
        ("due_time", "", True),
        ("last_hour", "", True),
    ]
    assert [one.words for one in found.rules] == [
        "Ngày tiếp nhận là ngày đầu tiên của thời hạn tính bằng ngày hoặc tháng"
        " (quy định riêng của thủ tục này; chưa kiểm chứng).",
        "Thời hạn tính bằng ngày hoặc tháng kết thúc vào đúng giờ tiếp nhận của ngày cuối"
        " (quy định riêng của thủ tục này; chưa kiểm chứng).",
        "Hồ sơ nhận trong 60 phút cuối trước khi hết giờ làm việc được tính là nhận vào ngày làm việc kế tiếp"
        " (quy định riêng của thủ tục này; chưa kiểm chứng).",
    ]


# Clocks


@pytest.fixture
def people(db):
    office = Office.objects.create(name="Sở", short_name="Sở", code="H24.15", level="province")
    return office, User.objects.create_user("an", full_name="Mai Xuân An")


@pytest.fixture
def start(published, people):
    office, user = people

    def begin(limit="5 working_day", moment="02/11/2026 09:00", kind="statutory", timetable=published, **more):
        keeper = Timekeeper(at=at(moment), by_id=user.pk)
        term = parse_term(limit)
        clock = keeper.start(kind=kind, term=term, timetable=timetable, party=Party.desk(office.pk), **more)
        keeper.save()
        return clock

    return begin


def act(clock, moment, name, user, **more):
    keeper = Timekeeper(at=at(moment), by_id=user.pk)
    getattr(keeper, name)(clock, **more)
    keeper.save()


def account(clock):
    (found,) = accounts_of([Clock.objects.get(pk=clock.pk)], at=at("30/11/2026 17:00"))
    return found


def moves(found):
    def say(moment):
        return f"{moment.astimezone(OFFICE.zone):%H:%M %d/%m}" if moment else "–"

    return [(one.words, one.by, one.clause, f"{say(one.before)} → {say(one.after)}") for one in found.moves]


def test_a_restart_is_told_with_its_rule_and_its_history(start, people):
    clock = start()
    act(clock, "03/11/2026 09:00", "stop", people[1], party=Party.citizen(), clause="Điều 19")
    act(clock, "05/11/2026 10:00", "restart", people[1], party=Party.desk(people[0].pk), clause="Điều 19")

    found = account(clock)

    assert found.told.remarks == (
        "Thời hạn được tính lại từ 10:00 05/11/2026.",
        "Không tính ngày tiếp nhận; bắt đầu tính từ ngày 06/11/2026.",
    )
    assert found.told.rules[-1].words == (
        "Sau khi bổ sung hồ sơ, thời hạn được tính lại từ đầu (Nghị định 118/2025/NĐ-CP, Điều 19; chưa kiểm chứng)."
    )
    assert moves(found) == [
        ("bắt đầu", "Mai Xuân An", "", "– → 17:00 09/11"),
        ("tạm dừng", "Mai Xuân An", "Điều 19", "17:00 09/11 → –"),
        ("tính lại từ đầu", "Mai Xuân An", "Điều 19", "– → 17:00 12/11"),
    ]
    # 8 hours until Tuesday 9:00, then 5.5 on Thursday, 8 on Friday, three weeks without the holiday, and the 30th
    assert (found.running, found.paused) == (int((8 + 5.5 + 8 + 40 + 40 + 32 + 8) * 3600), 17 * 3600)


def test_a_pause_that_is_made_up_for_skips_the_days_at_whose_close_it_lasted(start, people):
    clock = start()
    act(clock, "03/11/2026 09:00", "stop", people[1], party=Party.payment())
    act(clock, "05/11/2026 10:00", "resume", people[1], party=Party.desk(people[0].pk))

    found = account(clock)

    assert [one.words for one in found.told.skipped if one.reason == "stopped"] == [
        "Cuối ngày 03/11/2026 đồng hồ đang tạm dừng nên không tính.",
        "Cuối ngày 04/11/2026 đồng hồ đang tạm dừng nên không tính.",
    ]
    assert found.due_at == clock.due_at == at("11/11/2026 17:00")
    assert [(run.counted, run.start.day, run.amount, run.words) for run in found.runs][:2] == [
        (False, 3, 2, "tạm dừng tính thời hạn"),
        (True, 5, 2, "ngày làm việc"),
    ]


def test_a_pause_that_leaves_the_date_alone_says_so_by_its_history(start, people):
    clock = start()
    act(clock, "03/11/2026 09:00", "stop", people[1], party=Party.citizen(), silent=True)

    paused = account(clock)
    assert (paused.due_at, paused.told.skipped[0].words) == (
        at("09/11/2026 17:00"),
        "07/11/2026 là thứ Bảy nên không tính.",
    )
    act(clock, "05/11/2026 10:00", "resume", people[1], party=Party.desk(people[0].pk))
    found = account(clock)

    assert found.due_at == at("09/11/2026 17:00")
    assert found.as_data()["stops"] == [
        {"from": "2026-11-03T02:00:00+00:00", "to": "2026-11-05T03:00:00+00:00", "moves_date": False}
    ]
    assert not any(move.moved for move in found.moves[1:])


def test_a_step_is_capped_by_its_dossier_in_words(start):
    found = account(start(kind="step", not_after=at("03/11/2026 17:00")))

    assert found.due_at == at("03/11/2026 17:00")
    assert found.told.remarks[-1] == (
        "Không bước nào có hạn muộn hơn hạn của hồ sơ nên hạn của bước là 17:00 03/11/2026."
    )


def changed_calendar(**changes):
    spec = calendar_files()["default"].model_dump(mode="json")
    spec["years"]["2026"] = {**spec["years"]["2026"], **changes}
    return spec


def test_a_calendar_published_in_the_middle_is_told_with_its_decision_and_the_old_date(start, people):
    clock = start()
    holidays = calendar_files()["default"].model_dump(mode="json")["years"]["2026"]["holidays"]
    more = [*holidays, {"day": "2026-11-05", "name": "Lễ của tỉnh"}]
    version = publish_calendar(
        changed_calendar(holidays=more) | {"decision": "15/QĐ-UBND"}, at=at("04/11/2026 08:00"), by_id=people[1].pk
    )
    move(clock, timetable_of(version.pk), at=at("04/11/2026 08:00"), by=people[1], note="Lễ của tỉnh")

    found = account(clock)

    assert [one.words for one in found.told.skipped if one.reason == "holiday"] == [
        "05/11/2026 là ngày nghỉ lễ (Lễ của tỉnh) nên không tính."
    ]
    assert moves(found)[-1] == ("đổi lịch làm việc", "Mai Xuân An", "", "17:00 09/11 → 17:00 10/11")
    assert found.moves[-1].note == "Lễ của tỉnh"
    assert (found.calendar.number, found.calendar.decision) == (2, "15/QĐ-UBND")
    assert found.calendar.published_at == at("04/11/2026 08:00")


def test_a_clock_explains_itself_by_its_own_rules_and_rulebook(start):
    clock = start(rulebook="nd-61-2018", counting={"first_day": "same_day"})

    found = account(clock)

    assert (found.due_at, found.due_at) == (clock.due_at, at("06/11/2026 17:00"))
    assert found.book.code == "nd-61-2018"
    assert found.told.counted[0].words == "02/11/2026 (thứ Hai) là ngày làm việc nên được tính."
    assert [one.rule for one in found.told.rules] == ["clock_start", "first_day", "due_time"]
    assert found.told.rules[1].unverified


def test_the_date_shown_is_the_date_kept_for_every_unit(start):
    for limit in ("3 working_hour", "12 working_day", "10 calendar_day", "1 month", "0 working_day"):
        clock = start(limit)
        assert explain(clock).due_at == clock.due_at, limit


def test_days_of_the_same_kind_are_one_line_and_each_keeps_its_reason(start):
    found = account(start("10 working_day", "20/11/2026 09:00"))

    assert [(run.counted, run.start.day, run.end.day, run.amount, run.words) for run in found.runs] == [
        (False, 21, 23, 2, "ngày nghỉ hằng tuần"),
        (True, 23, 24, 1, "ngày làm việc"),
        (False, 24, 25, 1, "nghỉ lễ: Ngày Văn hóa Việt Nam"),
        (True, 25, 28, 3, "ngày làm việc"),
        (False, 28, 30, 2, "ngày nghỉ hằng tuần"),
        (True, 30, 5, 5, "ngày làm việc"),
        (False, 5, 7, 2, "ngày nghỉ hằng tuần"),
        (True, 7, 8, 1, "ngày làm việc"),
    ]
    assert found.counted == 10
    assert found.skipped == {"weekend": 6, "holiday": 1}


def test_two_statements_account_for_any_number_of_clocks(start, published, django_assert_num_queries):
    clocks = [start(), start("3 working_hour"), start("1 month")]
    timetable_for("default")

    with django_assert_num_queries(2):
        assert len(accounts_of(clocks, at=at("30/11/2026 17:00"))) == 3
