"""The bell: what a person was told, as sentences."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from onestop.desk.counts import COUNTERS
from onestop.desk.reading.notices import TOPICS
from tests.desk.acting import forwarded
from tests.workflows.conftest import moment
from workflows.models import Notice, NoticesSeen
from workflows.services import send_back


def bell(user):
    at = timezone.now()
    return COUNTERS["notices"](capacities_of(user, at), at)


def test_the_list_says_what_happened_and_leads_to_the_dossier(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign", "appraise")
    send_back(step_id=step.pk, reason="Năm sinh khác sổ gốc", by=people.head, at=moment(2, 11))

    page = desk_of(people.minh).get(reverse("desk:notices")).content.decode()

    assert "Năm sinh khác sổ gốc" in page
    assert "Thẩm định" in page
    assert reverse("desk:dossier", args=[received.pk]) in page


def test_marking_as_seen_empties_the_bell_for_me_alone(received, people, desk_of):
    forwarded(received, people, "intake", "assign")
    client = desk_of(people.minh)
    before = bell(people.minh)
    newest = client.get(reverse("desk:notices")).context["newest"]

    client.post(reverse("desk:notices_seen"), {"up_to": newest})

    assert (before, bell(people.minh), bell(people.binh)) == (1, 0, 1)


def test_nothing_beyond_the_screen_is_marked_and_it_never_goes_back(received, people, desk_of):
    forwarded(received, people, "intake", "assign")
    client = desk_of(people.minh)

    client.post(reverse("desk:notices_seen"), {"up_to": "999999999"})
    forward = NoticesSeen.objects.get(user=people.minh).up_to
    for nonsense in ("", "x", "-1", "9" * 40, "0"):
        client.post(reverse("desk:notices_seen"), {"up_to": nonsense})

    assert forward == Notice.objects.filter(role="specialist").latest("pk").pk
    assert NoticesSeen.objects.get(user=people.minh).up_to == forward


def test_notices_to_other_roles_are_not_shown(received, people, desk_of):
    forwarded(received, people, "intake", "assign")

    page = desk_of(people.police).get(reverse("desk:notices"))

    assert page.context["page"].rows == []


def test_every_topic_that_is_written_has_its_sentence():
    folder = Path(settings.BASE_DIR) / "workflows" / "services"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    told = set(re.findall(r'\.tell\(\s*"(\w+)"', code)) | set(re.findall(r'topic\s*=\s*"(\w+)"', code))
    rungs = {f"alarm_{name}" for name in ("half", "eighty", "apology", "due", "after")}

    assert told | rungs | {"step_returned", "step_opened"} <= set(TOPICS) | {"status_changed"}


@pytest.mark.parametrize("topic", [*TOPICS, "news_of_tomorrow"])
def test_every_sentence_can_be_said(received, people, desk_of, topic):
    Notice.objects.create(
        topic=topic,
        dossier=received,
        user=people.minh,
        idempotency_key="x",
        created_at=moment(2, 9),
        payload={"step": "appraise", "due_at": moment(3, 9).isoformat(), "reason": "vì", "office": "Công an"},
    )

    page = desk_of(people.minh).get(reverse("desk:notices"))

    assert received.code in page.content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(received, people, desk_of, django_assert_max_num_queries):
    for number in range(20):
        Notice.objects.create(
            topic="step_opened",
            dossier=received,
            user=people.minh,
            idempotency_key=str(number),
            created_at=moment(2, 9),
            payload={"step": "appraise"},
        )
    client = desk_of(people.minh)
    client.get(reverse("desk:notices"))

    with django_assert_max_num_queries(14):
        client.get(reverse("desk:notices"))


def test_a_flood_is_counted_no_further_than_the_bell_shows(received, people, desk_of):
    forwarded(received, people, "intake", "assign")
    told = Notice.objects.get(role="specialist")
    copies = [
        Notice(topic=told.topic, dossier=received, role=role, office=told.office, user=user, payload=told.payload)
        for role, user in [("specialist", None)] * 90 + [("", people.minh)] * 90
    ]
    for number, copy in enumerate(copies):
        copy.idempotency_key, copy.created_at = f"copy-{number}", told.created_at
    Notice.objects.bulk_create(copies[:97])

    assert bell(people.minh) == 98
    Notice.objects.bulk_create(copies[97:])
    page = desk_of(people.minh).get(reverse("desk:notices")).content.decode()

    assert bell(people.minh) == 100
    assert "99+ thông báo mới" in page
