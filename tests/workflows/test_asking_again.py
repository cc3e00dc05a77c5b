"""A second request for papers: what is new, why, and the word of the head of the division."""

from datetime import date

import pytest
from django.db import transaction

from offices.capacities import capacities_of
from offices.models import Absence, Membership, Role
from tests.workflows.asking import agreed, asked_once, wish
from tests.workflows.conftest import MONDAY, moment
from tests.workflows.racing import in_threads, losers, winners
from tests.workflows.test_handling import walk
from workflows.consent_rights import consents_over_desks, waiting_consents
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Dossier, Flag, LegalStatus, Notice, SupplementConsent, SupplementRequest, TrailEntry
from workflows.services import accept_supplement, decide_consent, receive, request_supplement, withdraw
from workflows.services.asked_papers import asked_before, beyond_the_list


@pytest.fixture
def once(received, people):
    """A dossier at its appraisal for which papers were asked and came."""
    walk(received, people, "intake", "assign")
    asked_once(received, people)
    return Dossier.objects.get(pk=received.pk)


def ask(dossier, by, at, *items, **changes):
    values = {"items": list(items) or ["Sổ đăng ký"], "reason": "Thiếu căn cứ"} | changes
    return request_supplement(dossier_id=dossier.pk, by=by, at=at, **values)


def test_without_the_word_of_a_head_a_second_request_is_refused_with_the_rulebook_s_clause(once, people):
    acts, due_at = once.acts, once.due_at

    with pytest.raises(NotPossibleNow) as refusal:
        ask(once, people.minh, moment(4, 9))
    Dossier.objects.update(rulebook="nd-309-2026")
    with pytest.raises(NotPossibleNow) as newer:
        ask(once, people.minh, moment(4, 9))

    assert str(refusal.value) == (
        "Không thể yêu cầu bổ sung lần 2 (Nghị định 118/2025/NĐ-CP, điều khoản chưa kiểm chứng): "
        "cần lý do và ý kiến của lãnh đạo phòng."
    )
    assert "(Nghị định 309/2026/NĐ-CP, Điều 8)" in str(newer.value)
    once.refresh_from_db()
    assert (once.acts, once.due_at, once.legal_status) == (acts, due_at, LegalStatus.IN_PROCESS)
    assert SupplementRequest.objects.count() == 1


def test_with_the_word_of_a_head_exactly_these_papers_are_asked_for_once(once, people):
    consent = agreed(once, people, "Sổ đăng ký", "Ảnh")

    ask(once, people.minh, moment(4, 11), "Ảnh", "Sổ đăng ký")

    request = SupplementRequest.objects.get(number=2)
    assert request.consent == consent
    flag = Flag.objects.get(kind="resubmitted")
    assert (flag.evidence["number"], flag.evidence["reason_code"], flag.evidence["consent_by"]) == (
        2,
        "found_by_check",
        "Head",
    )
    assert flag.evidence["against_office"] is False
    acts = TrailEntry.objects.filter(dossier=once, number__in=[row["number"] for row in flag.evidence["acts"]])
    assert list(acts.values_list("act", flat=True)) == [
        "request_supplement",
        "accept_supplement",
        "ask_consent",
        "decide_consent",
        "request_supplement",
    ]

    accept_supplement(dossier_id=once.pk, by=people.lan, at=moment(4, 12))
    with pytest.raises(NotPossibleNow, match="lần 3"):
        ask(once, people.minh, moment(4, 13), "Ảnh", "Sổ đăng ký")


@pytest.mark.parametrize("items", [["Sổ đăng ký"], ["Sổ đăng ký", "Ảnh", "Hợp đồng"], ["Sổ đăng ký", "Sổ hộ khẩu"]])
def test_other_papers_than_those_agreed_to_are_refused(once, people, items):
    agreed(once, people, "Sổ đăng ký", "Ảnh")

    with pytest.raises(NotComplete) as refusal:
        ask(once, people.minh, moment(4, 11), *items)

    assert "Sổ đăng ký; Ảnh" in refusal.value.fields["items"]
    assert SupplementRequest.objects.count() == 1


def test_the_clock_runs_on_while_the_word_is_awaited_and_both_are_told(once, people, offices):
    due_at, stuck_at = once.due_at, once.stuck_at
    consent = wish(once, people.minh, moment(4, 9))

    once.refresh_from_db()
    assert (once.due_at, once.statutory_clock.state, once.stuck_at) == (due_at, "running", stuck_at)
    asked = Notice.objects.filter(topic="consent_asked").values_list("office", "role")
    assert set(asked) == {(offices.department.pk, "division_head"), (offices.department.pk, "leader")}

    decide_consent(consent_id=consent.pk, granted=False, words="Đã đủ căn cứ", by=people.leader, at=moment(4, 10))

    told = Notice.objects.get(topic="consent_refused")
    assert (told.user, told.payload["reason"]) == (people.minh, "Đã đủ căn cứ")
    with pytest.raises(NotPossibleNow, match="lần 2"):
        ask(once, people.minh, moment(4, 11))


def test_a_question_says_what_is_new_and_why(once, people):
    with pytest.raises(NotComplete) as refusal:
        wish(once, people.minh, moment(4, 9), " ", reason=" ", new_because="", reason_code="because")

    assert set(refusal.value.fields) == {"items", "reason", "new_because", "reason_code"}
    assert not SupplementConsent.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "Giấy xác nhận",
        "GIẤY  XÁC NHẬN.",
        "giay xac nhan",
        "Giấy xác nhận: bản rõ hơn",
        "Bản sao có chứng thực Giấy xác nhận",
    ],
)
def test_the_same_paper_under_another_spelling_must_be_said_to_be_asked_again(once, people, name):
    with pytest.raises(NotComplete) as refusal:
        wish(once, people.minh, moment(4, 9), "Ảnh", name)

    assert " ".join(name.split()) in refusal.value.fields["repeated"]

    consent = wish(once, people.minh, moment(4, 9), "Ảnh", name, repeated=["Giấy xác nhận"])
    entry = TrailEntry.objects.get(act="ask_consent")
    assert (consent.items, entry.data["repeated"]) == (["Ảnh", " ".join(name.split())], [" ".join(name.split())])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Giấy khai sinh", "Bản sao giấy khai sinh", True),
        ("Giấy khai sinh (01 bản chính)", "giấy khai sinh", True),
        ("Giấy xác nhận", "Giấy xác nhận thu nhập", False),
        ("Phiếu lý lịch tư pháp số 1", "Phiếu lý lịch tư pháp số 2", False),
        ("Bản sao", "Bản chụp", False),
        ("Ảnh 3x4", "ẢNH 3X4", True),
    ],
)
def test_papers_are_compared_by_what_they_are(one, other, same):
    assert asked_before([one], [other]) == ([one] if same else [])


def test_whoever_asks_cannot_consent_neither_in_anothers_place(once, people, offices):
    Absence.objects.create(absentee=people.head, stand_in=people.minh, valid_from=date(2026, 3, 1))
    Membership.objects.create(
        user=people.minh, office=offices.department, role=Role.LEADER, valid_from=date(2000, 1, 1)
    )
    consent = wish(once, people.minh, moment(4, 9))

    for person in (people.minh, people.binh, people.lan, people.supervisor, people.registry):
        with pytest.raises(NotAllowed), transaction.atomic():
            decide_consent(consent_id=consent.pk, granted=True, by=person, at=moment(4, 10))

    consent.refresh_from_db()
    assert (consent.granted, TrailEntry.objects.filter(act="decide_consent").exists()) == (None, False)


def test_a_stand_in_of_the_asking_head_cannot_consent_for_them(once, people, offices):
    Membership.objects.create(
        user=people.head, office=offices.department, role=Role.SPECIALIST, valid_from=date(2000, 1, 1)
    )
    Membership.objects.filter(user=people.leader).delete()
    Absence.objects.create(absentee=people.head, stand_in=people.binh, valid_from=date(2026, 3, 1))
    consent = wish(once, people.head, moment(4, 9))

    with pytest.raises(NotAllowed):
        decide_consent(consent_id=consent.pk, granted=True, by=people.binh, at=moment(4, 10))
    assert [list(over_desks(who)) for who in (people.supervisor, people.head, people.binh)] == [[consent], [], []]
    decide_consent(consent_id=consent.pk, granted=True, by=people.supervisor, at=moment(4, 10))

    assert not over_desks(people.supervisor).exists()
    assert Notice.objects.get(topic="consent_granted").user == people.head


def over_desks(who):
    return consents_over_desks(capacities_of(who, moment(4, 10)), at=moment(4, 10))


def test_a_question_comes_to_supervisors_only_while_no_head_but_the_askers_could_answer(once, people, offices):
    consent = wish(once, people.minh, moment(4, 9))
    assert list(waiting_consents(capacities_of(people.head, moment(4, 10)))) == [consent]
    assert not over_desks(people.supervisor).exists()

    Membership.objects.filter(role__in=[Role.DIVISION_HEAD, Role.LEADER]).update(valid_to=date(2026, 3, 1))

    assert list(over_desks(people.supervisor)) == [consent]
    Absence.objects.create(absentee=people.supervisor, stand_in=people.hoa, valid_from=date(2026, 3, 1))
    Absence.objects.create(absentee=people.supervisor, stand_in=people.minh, valid_from=date(2026, 3, 1))
    assert [list(over_desks(who)) for who in (people.hoa, people.minh)] == [[consent], []]  # minh asks
    Membership.objects.filter(user=people.supervisor).update(office=offices.police)
    assert not over_desks(people.supervisor).exists()


def test_a_newer_question_takes_an_unused_word_away(once, people):
    agreed(once, people, "Sổ đăng ký")
    newer = wish(once, people.minh, moment(4, 11), "Ảnh")

    with pytest.raises(NotPossibleNow, match="lần 2"):
        ask(once, people.minh, moment(4, 12), "Sổ đăng ký")

    decide_consent(consent_id=newer.pk, granted=False, words="Không", by=people.head, at=moment(4, 13))
    with pytest.raises(NotPossibleNow, match="lần 2"):
        ask(once, people.minh, moment(4, 14), "Sổ đăng ký")


def test_what_was_overlooked_counts_against_the_office(once, people):
    agreed(once, people, "Sổ đăng ký", reason_code="overlooked")
    ask(once, people.minh, moment(4, 11), "Sổ đăng ký")

    assert Flag.objects.get(kind="resubmitted").evidence["against_office"] is True


def test_the_desk_too_needs_a_word_for_the_second_request_of_a_walk_in_file(people, intake):
    dossier = request_supplement(intake=intake(), items=["Giấy xác nhận"], reason="Thiếu", by=people.lan, at=MONDAY)
    accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(3, 9))

    with pytest.raises(NotPossibleNow, match="lần 2"):
        ask(dossier, people.lan, moment(3, 10))
    consent = wish(dossier, people.lan, moment(3, 10))
    decide_consent(consent_id=consent.pk, granted=True, by=people.head, at=moment(3, 11))
    ask(dossier, people.lan, moment(3, 12))

    assert Dossier.objects.get(pk=dossier.pk).legal_status == LegalStatus.AWAITING_SUPPLEMENT


def test_a_first_request_in_a_resubmitted_file_needs_a_word_and_shows_what_was_asked_before(once, people, intake):
    withdraw(dossier_id=once.pk, reason="Xin rút", by=people.lan, at=moment(4, 9))
    again = receive(intake=intake(), by=people.lan, at=moment(4, 10))

    with pytest.raises(NotPossibleNow, match="lần 2"):
        ask(again, people.lan, moment(4, 11), "Bản sao giấy xác nhận")
    consent = wish(again, people.lan, moment(4, 11), "Bản sao giấy xác nhận")
    decide_consent(consent_id=consent.pk, granted=True, by=people.head, at=moment(4, 12))
    ask(again, people.lan, moment(4, 13), "Bản sao giấy xác nhận")

    flag = Flag.objects.get(dossier=again, kind="resubmitted", cleared_at=None)
    assert (flag.evidence["why"], flag.evidence["number"]) == ("supplement", 2)
    assert flag.evidence["repeated"] == ["Bản sao giấy xác nhận"]
    assert [row["dossier"] for row in flag.evidence["acts"]] == [once.pk, again.pk, again.pk, again.pk]


def test_papers_beyond_the_published_list_are_flagged_with_their_reason(once, people, version):
    spec = version.spec
    found = beyond_the_list(
        spec, ["Đơn đề nghị: ký tên", "GIẤY XÁC NHẬN", "Căn cước", "Sổ hộ khẩu", "Thẻ căn cước công dân"]
    )
    assert [(extra.name, bool(extra.replaced_by)) for extra in found] == [
        ("Căn cước", True),
        ("Sổ hộ khẩu", False),
        ("Thẻ căn cước công dân", True),
    ]

    agreed(once, people, "Sổ hộ khẩu", "Căn cước")
    ask(
        once,
        people.minh,
        moment(4, 11),
        "Sổ hộ khẩu",
        "Căn cước",
        extra_reason="Hệ thống dân cư gián đoạn",
        replaced_reason="outage",
    )

    flag = Flag.objects.get(kind="extra_paper", cleared_at=None)
    assert flag.evidence["items"] == ["Sổ hộ khẩu", "Căn cước"]
    assert list(flag.evidence["replaced"]) == ["Căn cước"]
    assert flag.evidence["reason"] == "Hệ thống dân cư gián đoạn"
    assert [row["number"] for row in flag.evidence["acts"]] == [TrailEntry.objects.filter(dossier=once).count()]


def test_a_paper_the_state_has_is_asked_for_with_the_code_of_a_reason_or_not_at_all(received, people):
    given = {"items": ["Căn cước"], "reason": "Cần đối chiếu", "by": people.lan, "at": moment(2, 9)}

    for code in ("", "because"):
        with pytest.raises(NotComplete, match="Căn cước") as refusal:
            request_supplement(dossier_id=received.pk, replaced_reason=code, **given)
        assert list(refusal.value.fields) == ["replaced_reason"]
    assert not received.supplements.exists()

    request_supplement(dossier_id=received.pk, replaced_reason="inaccurate", **given)
    assert received.supplements.get().replaced_reason == "inaccurate"
    assert TrailEntry.objects.filter(dossier=received).last().data["replaced_reason"] == "inaccurate"


@pytest.mark.django_db(transaction=True)
def test_two_heads_at_the_same_moment_give_one_word(once, people):
    consent = wish(once, people.minh, moment(4, 9))

    results = in_threads(
        lambda: decide_consent(consent_id=consent.pk, granted=True, by=people.head),
        lambda: decide_consent(consent_id=consent.pk, granted=False, words="Không", by=people.leader),
    )

    assert (len(winners(results)), [type(loser) for loser in losers(results)]) == (1, [NotPossibleNow])
    consent.refresh_from_db()
    assert consent.granted is winners(results)[0].granted
    assert TrailEntry.objects.filter(act="decide_consent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_word_is_used_up_once_however_many_ask_at_once(once, people):
    agreed(once, people, "Sổ đăng ký")

    def attempt(person):
        return lambda: request_supplement(dossier_id=once.pk, items=["Sổ đăng ký"], reason="Thiếu", by=person)

    results = in_threads(attempt(people.minh), attempt(people.binh), attempt(people.minh))

    assert (len(winners(results)), len(losers(results))) == (1, 2)
    assert all(isinstance(loser, NotPossibleNow) for loser in losers(results))
    assert SupplementRequest.objects.filter(number=2).count() == 1
    assert SupplementRequest.objects.count() == 2


def test_whoever_a_stand_in_asked_for_does_not_consent(once, people, offices):
    Membership.objects.create(
        user=people.head, office=offices.department, role="specialist", valid_from=date(2020, 1, 1)
    )
    Absence.objects.create(absentee=people.head, stand_in=people.registry, valid_from=date(2026, 3, 1))
    consent = wish(once, people.registry, moment(4, 9))
    assert consent.askers == {people.registry.pk, people.head.pk}

    with pytest.raises(NotAllowed):
        decide_consent(consent_id=consent.pk, granted=True, words="Đồng ý", by=people.head, at=moment(4, 10))

    assert not waiting_consents(capacities_of(people.head, moment(4, 10))).exists()
    consent.refresh_from_db()
    assert consent.granted is None
