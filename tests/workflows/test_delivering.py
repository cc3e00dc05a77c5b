"""The outbox: who is told by which way, when, together with what, and what happens when it cannot be sent."""

import hmac
import json
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from offices.capacities import capacities_of, local_day
from offices.models import Absence
from sla.alarms import database_now
from sla.calendars import timetable_for
from sla.ladder import publish_ladder, shipped_ladders
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.test_handling import walk
from workflows import services
from workflows.models import Notice
from workflows.services import delivering
from workflows.services.delivering import deliver_notices, take_batch, waiting
from workflows.services.sweeping import sweep

DEFAULT = shipped_ladders()["default"].model_dump(mode="json")


def ladder(**changes):
    """Publish the ladder that everybody climbs, told by every way, with changes."""
    rungs = [rung | {"through": ["in_app", "email", "hook"]} for rung in DEFAULT["rungs"]]
    spec = DEFAULT | {"rungs": rungs, "quiet": {}, "digest": {"more_than": 100}} | changes
    return publish_ladder(spec, at=MONDAY)


@pytest.fixture
def post(settings, people):
    settings.EMAIL_HOST = "mail.test"
    for name in ("minh", "binh", "supervisor"):
        person = getattr(people, name)
        person.email, person.phone = f"{name}@example.org", "0912345678"
        person.save()


@pytest.fixture
def texts(settings):
    """A service of text messages that keeps what it gets, and answers what it is told to."""
    got = SimpleNamespace(bodies=[], headers=[], answer=204)

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            got.headers.append(self.headers)
            got.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(got.answer)
            self.end_headers()

        def log_message(self, *arguments):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.NOTICE_HOOK_URL = f"http://127.0.0.1:{server.server_port}/sms"
    settings.NOTICE_HOOK_SECRET = "shared"
    yield got
    server.shutdown()
    server.server_close()


def email(number, *, topic="alarm_due", dossier=None, address="minh@example.org", **more):
    now = database_now()
    fields = {"created_at": now, "next_try_at": now - timedelta(minutes=1), "channel": "email"} | more
    payload = {"due_at": now.isoformat(), "step": ""} | fields.pop("payload", {})
    return Notice.objects.create(
        topic=topic, dossier=dossier, address=address, payload=payload, idempotency_key=str(number), **fields
    )


def test_an_alarm_reaches_the_owner_and_the_stand_in_by_e_mail(post, people, received):
    ladder()
    services.finish_step(step_id=open_step(received).pk, outcome="forward", by=people.lan, at=moment(2, 9))
    services.finish_step(step_id=open_step(received).pk, outcome="forward", by=people.head, at=moment(2, 10))
    services.claim(step_id=open_step(received).pk, by=people.minh, at=moment(2, 11))
    today = local_day(database_now())
    Absence.objects.create(absentee=people.minh, stand_in=people.binh, valid_from=today)

    sweep()
    told = Notice.objects.filter(topic="alarm_due", payload__step="appraise")

    assert sorted(told.filter(channel="email").values_list("address", flat=True)) == [
        "binh@example.org",
        "minh@example.org",
    ]
    assert told.get(channel="in_app").user == people.minh
    stand_in = capacities_of(people.binh, database_now())
    assert told.get(channel="in_app") in Notice.objects.for_person(stand_in)


def test_whoever_was_deactivated_is_not_told_and_the_role_hears_instead(post, people, received):
    ladder()
    walk(received, people, "intake", "assign")
    services.claim(step_id=open_step(received).pk, by=people.minh, at=moment(2, 16))
    people.minh.is_active = False
    people.minh.save()

    sweep()
    told = Notice.objects.filter(topic="alarm_due", payload__step="appraise")

    assert list(told.filter(channel="in_app").values_list("user", "role")) == [(None, "specialist")]
    assert [notice.address for notice in told.filter(channel="email")] == ["binh@example.org"]


def test_messages_wait_for_the_end_of_quiet_hours_flag_and_list_do_not(post, people, received):
    now = database_now()
    local = now.astimezone(timetable_for().zone)
    ends = (local + timedelta(hours=3)).replace(second=0, microsecond=0)
    quiet = {"begins": f"{local - timedelta(hours=1):%H:%M}", "ends": f"{ends:%H:%M}"}
    received.statutory_clock.ladder = ladder(quiet=quiet)
    received.statutory_clock.save()

    sweep()

    waits = Notice.objects.get(topic="alarm_due", channel="email", address="supervisor@example.org")
    assert waits.next_try_at == ends
    assert received.flags.filter(kind="overdue", cleared_at=None).count() == 1
    assert Notice.objects.filter(topic="alarm_due", channel="in_app", role="supervisor").count() == 1
    assert deliver_notices() == 0


def test_an_e_mail_says_what_is_due_in_vietnamese_and_carries_its_key(post, received):
    email(7, dossier=received)

    assert deliver_notices() == 1

    (message,) = mail.outbox
    assert message.to == ["minh@example.org"]
    assert received.code in message.subject
    assert message.extra_headers["X-Idempotency-Key"] == "7"
    assert message.extra_headers["Message-ID"].startswith("<7@")
    assert deliver_notices() == 0


def test_one_bad_message_does_not_stop_the_others(post, received):
    bad, line_break = email(1, dossier=None), email(2, dossier=received, address="a@b\nc@d")
    good = email(3, dossier=received)

    assert deliver_notices() == 1

    for notice in (bad, line_break, good):
        notice.refresh_from_db()
    assert [n.delivered_at is None for n in (bad, line_break, good)] == [True, True, False]
    assert bad.attempts == line_break.attempts == 1
    assert bad.error and line_break.error
    assert bad.next_try_at > database_now()


def test_a_mail_server_that_is_down_is_asked_once_and_nothing_is_lost(post, received, monkeypatch):
    asked = []

    def refuse(self):
        asked.append(1)
        raise ConnectionRefusedError("no answer")

    monkeypatch.setattr(EmailBackend, "open", refuse, raising=False)
    for number in range(3):
        email(number, dossier=received)

    assert deliver_notices() == 0

    assert len(asked) == 1
    assert {(n.attempts, n.error) for n in Notice.objects.filter(channel="email", delivered_at=None)} == {
        (1, "no answer")
    }


def test_pauses_grow_up_to_six_hours(post, received, monkeypatch):
    monkeypatch.setattr(delivering, "send_text", lambda *_: None)
    pauses = []
    notice = email(1, dossier=None)
    for attempts in (0, 1, 5, 30):
        Notice.objects.filter(pk=notice.pk).update(next_try_at=MONDAY, attempts=attempts)
        deliver_notices()
        notice.refresh_from_db()
        pauses.append(round((notice.next_try_at - database_now()).total_seconds() / 60))

    assert pauses == [1, 2, 32, 360]


def test_a_message_that_is_being_sent_is_lent_and_comes_again_when_the_worker_dies(post, received):
    notice = email(1, dossier=received)

    (lent,) = take_batch(10)

    assert lent == notice
    assert deliver_notices() == 0
    Notice.objects.filter(pk=notice.pk).update(next_try_at=database_now())
    assert deliver_notices() == 1
    assert mail.outbox[0].extra_headers["X-Idempotency-Key"] == "1"


def test_a_flood_to_one_address_becomes_one_message(post, received, people):
    other = email("other", dossier=received, address="binh@example.org")
    flood = [email(number, dossier=received) for number in range(6)]

    assert deliver_notices() == 2

    digest = Notice.objects.get(topic="digest")
    assert digest.payload["count"] == 6
    assert set(digest.gathered.all()) == set(flood)
    assert all(one.delivered_at for one in digest.gathered.all())
    assert sorted(message.to[0] for message in mail.outbox) == ["binh@example.org", "minh@example.org"]
    (together,) = [message for message in mail.outbox if message.to == ["minh@example.org"]]
    assert together.body.count(received.code) == 6
    other.refresh_from_db()
    assert other.digest is None
    assert not waiting().exists()


def test_five_messages_are_no_flood(post, received):
    for number in range(5):
        email(number, dossier=received)

    assert deliver_notices() == 5
    assert not Notice.objects.filter(topic="digest").exists()


def test_a_digest_that_cannot_be_sent_keeps_what_it_gathered_waiting(post, received, texts):
    texts.answer = 500
    for number in range(6):
        email(number, dossier=received, channel="hook", address="0912")

    assert deliver_notices() == 0
    assert Notice.objects.filter(delivered_at=None, channel="hook").count() == 7
    assert waiting().count() == 1
    texts.answer = 200
    waiting().update(next_try_at=database_now())

    assert deliver_notices() == 1
    assert not Notice.objects.filter(delivered_at=None, channel="hook").exists()


def test_a_text_message_is_signed_and_carries_its_key(received, texts):
    email("k1", dossier=received, channel="hook", address="0912345678")

    assert deliver_notices() == 1

    body = json.loads(texts.bodies[0])
    assert {name: body[name] for name in ("to", "topic", "code", "idempotency_key")} == {
        "to": "0912345678",
        "topic": "alarm_due",
        "code": received.code,
        "idempotency_key": "k1",
    }
    assert received.code in body["text"]
    signature = "sha256=" + hmac.new(b"shared", texts.bodies[0], sha256).hexdigest()
    assert texts.headers[0]["X-Signature"] == signature
    assert texts.headers[0]["X-Idempotency-Key"] == "k1"


@pytest.mark.parametrize("answer", [302, 400, 503])
def test_a_text_message_that_is_not_taken_over_is_tried_again(received, texts, answer):
    texts.answer = answer
    notice = email("k1", dossier=received, channel="hook", address="0912345678")

    assert deliver_notices() == 0

    notice.refresh_from_db()
    assert (notice.attempts, notice.error, notice.delivered_at) == (1, str(answer), None)


def test_an_applicant_with_a_telephone_gets_a_text_message(people, intake, settings, texts):
    services.receive(intake=intake(), by=people.lan, at=MONDAY)

    told = Notice.objects.filter(topic="status_changed")

    assert [(n.channel, n.address) for n in told] == [("hook", "0912345678")]
    assert deliver_notices() == 1
    assert json.loads(texts.bodies[0])["to"] == "0912345678"


def test_without_a_secret_nothing_is_handed_over(received, texts, settings):
    settings.NOTICE_HOOK_SECRET = ""
    notice = email("k1", dossier=received, channel="hook", address="0912345678")

    assert deliver_notices() == 0

    notice.refresh_from_db()
    assert (notice.error, texts.bodies) == ("NOTICE_HOOK_SECRET", [])


def test_a_message_left_over_from_the_day_is_not_sent_in_quiet_hours(post, received):
    local = database_now().astimezone(timetable_for("default").zone)
    begins, ends = local - timedelta(hours=1), local + timedelta(hours=2)
    quiet = ladder(quiet={"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"})
    calendar_id = received.statutory_clock.calendar_version_id
    late = email(1, dossier=received, payload={"ladder": quiet.pk, "calendar": calendar_id})

    assert deliver_notices() == 0

    late.refresh_from_db()
    assert late.next_try_at == ends.replace(second=0, microsecond=0)
    assert (mail.outbox, late.attempts, late.delivered_at) == ([], 0, None)
