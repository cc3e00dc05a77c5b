"""Messages that do not go out are seen, by those whose they are, and can be tried at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from offices.models import Membership
from onestop.desk.counts import COUNTERS
from workflows.models import Notice


@pytest.fixture
def letter(received):
    def write(number, *, attempts, **more):
        fields = {"topic": "alarm_due", "channel": "email", "dossier": received, "address": "minh@example.org"}
        fields |= {"created_at": timezone.now(), "next_try_at": timezone.now() + timedelta(hours=3)}
        payload = {"due_at": "2026-03-16T17:00:00+07:00", "step": ""}
        return Notice.objects.create(
            **fields | more, payload=payload, attempts=attempts, error="550 nobody", idempotency_key=f"letter-{number}"
        )

    return write


def badge(user):
    at = timezone.now()
    return COUNTERS["outbox"](capacities_of(user, at), at)


def test_what_was_tried_more_than_three_times_is_stuck_and_counted(letter, people, desk_of):
    letter(1, attempts=3), letter(2, attempts=4)
    client = desk_of(people.administrator)

    stuck = client.get(reverse("desk:outbox"))
    waiting = client.get(reverse("desk:outbox"), {"show": "all"})

    assert badge(people.administrator) == len(stuck.context["page"].rows) == 1
    assert len(waiting.context["page"].rows) == 2
    page = stuck.content.decode()
    assert "550 nobody" in page
    assert "minh@example.org" in page


def test_a_supervisor_sees_the_messages_of_the_offices_below(letter, people, offices, desk_of):
    letter(1, attempts=9)
    elsewhere = Membership.objects.get(user=people.supervisor)
    assert badge(people.supervisor) == 1

    elsewhere.office = offices.police
    elsewhere.save()

    assert badge(people.supervisor) == 0
    assert desk_of(people.supervisor).get(reverse("desk:outbox")).context["page"].rows == []


def test_trying_now_ends_the_pause(letter, people, desk_of):
    notice = letter(1, attempts=9)

    desk_of(people.administrator).post(reverse("desk:outbox_try", args=[notice.pk]))

    notice.refresh_from_db()
    assert notice.next_try_at <= timezone.now()
    assert notice.attempts == 9


def test_a_message_of_other_offices_cannot_be_tried(letter, people, offices, desk_of):
    notice = letter(1, attempts=9)
    Membership.objects.filter(user=people.supervisor).update(office=offices.police)

    answer = desk_of(people.supervisor).post(reverse("desk:outbox_try", args=[notice.pk]))

    assert answer.status_code == 404
    notice.refresh_from_db()
    assert notice.next_try_at > timezone.now()


def test_a_flood_of_alarms_is_one_line_that_opens_them(received, people, desk_of):
    for number in range(7):
        Notice.objects.create(
            topic="alarm_due",
            dossier=received,
            user=people.minh,
            payload={"due_at": "2026-03-16T17:00:00+07:00", "step": "appraise"},
            created_at=timezone.now(),
            idempotency_key=f"flood-{number}",
        )
    client = desk_of(people.minh)

    page = client.get(reverse("desk:notices"))

    (flood,) = page.context["floods"]
    assert (flood.count, page.context["page"].rows) == (7, [])
    opened = client.get(reverse("desk:notices") + flood.href)
    assert len(opened.context["page"].rows) == 7
    assert opened.context["floods"] == []
