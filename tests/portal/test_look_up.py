"""Looking up a dossier without a login: code, status and dates, nothing else."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onestop.portal.views import LOOK_UPS
from tests.workflows.conftest import intake, offices, people, received, version
from tests.workflows.situations import Situations
from workflows.services.receipt_keys import is_genuine, sign_receipt

__all__ = ["intake", "offices", "people", "received", "version"]
PAGE = reverse("portal:lookup")


@pytest.fixture
def citizen():
    """Somebody at an address that nobody else has."""
    return Client(REMOTE_ADDR=str(uuid4()))


def facts(answer):
    """Names and values of the answer's list."""
    page = answer.content.decode()
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return {name: re.sub(r"<[^>]+>", "", value).strip() for name, value in found}


def test_known_code_shows_status_and_dates(citizen, received):
    answer = citizen.get(PAGE, {"code": received.code})

    assert facts(answer) == {
        "Tình trạng": "Được tiếp nhận",
        "Ngày nộp": "08:00 thứ Hai 02/03/2026",
        "Hạn trả kết quả": "17:00 thứ Hai 16/03/2026",
        "Ngày có kết quả": "–",
        "Ngày kết thúc": "–",
    }


def test_no_name_and_no_procedure_is_shown(citizen, received):
    page = citizen.get(PAGE, {"code": received.code}).content.decode()

    for secret in ("Tuyết", "040190000001", "0912345678", "học phí", "1.005144", "Sở GDĐT", "Lan"):
        assert secret not in page


def test_unknown_code_gets_an_answer_of_the_same_shape(citizen, received):
    with CaptureQueriesContext(connection) as known:
        here = citizen.get(PAGE, {"code": received.code})
    with CaptureQueriesContext(connection) as unknown:
        nowhere = citizen.get(PAGE, {"code": "H40.01-260302-9999"})

    assert nowhere.status_code == here.status_code == 200
    assert list(facts(nowhere)) == list(facts(here))
    assert "Không có hồ sơ mang mã này" in facts(nowhere)["Tình trạng"]
    assert len(known) == len(unknown) == 1


@pytest.mark.parametrize(
    "text",
    [
        "h40.01-260302-0001",
        "  H40.01 - 260302 - 0001 ",
        "H40.01-260302-0001|2026-03-02T08:00+07:00|2026-03-16T17:00+07:00",
        "https://motcua.example/tra-cuu/?code=H40.01-260302-0001",
    ],
)
def test_code_is_found_in_what_is_typed_or_scanned(citizen, received, text):
    assert facts(citizen.get(PAGE, {"code": text}))["Tình trạng"] == "Được tiếp nhận"


@pytest.mark.parametrize("text", ["'; DROP TABLE", "\0", "%", "x" * 100_000])
def test_nonsense_finds_nothing(citizen, received, text):
    assert "Không có hồ sơ mang mã này" in facts(citizen.get(PAGE, {"code": text}))["Tình trạng"]


def test_paused_dossier_shows_no_date(citizen, people, intake, offices):
    paused = Situations(people, intake, offices).awaiting_supplement()

    shown = facts(citizen.get(PAGE, {"code": paused.code}))

    assert shown["Hạn trả kết quả"] == "Tạm dừng: cơ quan đang chờ bạn. Sẽ có ngày hẹn mới."


def test_result_that_was_handed_over_shows_its_days(citizen, people, intake, offices):
    returned = Situations(people, intake, offices).returned()

    shown = facts(citizen.get(PAGE, {"code": returned.code}))

    assert shown["Hạn trả kết quả"] == "–"
    assert shown["Ngày kết thúc"] == "09:00 thứ Ba 03/03/2026"


def test_very_many_look_ups_must_wait(citizen, received):
    for _number in range(LOOK_UPS.tries):
        assert citizen.get(PAGE, {"code": received.code}).status_code == 200

    answer = citizen.get(PAGE, {"code": received.code})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "hãy thử lại sau 60 giây" in answer.content.decode()
    assert Client(REMOTE_ADDR=str(uuid4())).get(PAGE, {"code": received.code}).status_code == 200


def test_first_page_is_for_citizens_and_leads_people_of_the_office_to_their_work(citizen, people):
    assert "Tra cứu hồ sơ" in citizen.get("/").content.decode()

    citizen.force_login(people.supervisor)

    assert citizen.get("/", follow=True).redirect_chain == [("/desk/", 302), ("/desk/supervise/", 302)]


def test_answer_is_not_kept_by_anybody_and_the_source_is_offered(citizen, received, settings):
    answer = citizen.get(PAGE, {"code": received.code})

    assert "no-store" in answer.headers["Cache-Control"]
    assert f'href="{settings.SOURCE_URL}"' in answer.content.decode()


def test_a_scanned_receipt_shows_its_signed_dates_and_what_the_browser_checks(received, citizen):
    receipt = sign_receipt(code=received.code, received_at=received.received_at, due_at=received.due_at)

    page = citizen.get(receipt.as_text(PAGE)).content.decode()

    assert f'data-text="{receipt.signed_text}"' in page
    assert f'data-signature="{receipt.signature}"' in page
    assert "17:00 thứ Hai 16/03/2026" in page
    assert "portal/receipt.js" in page
    assert "receipt.js" not in citizen.get(PAGE, {"code": received.code}).content.decode()


def test_anybody_may_fetch_the_keys_that_verify_receipts(received, citizen):
    receipt = sign_receipt(code=received.code, received_at=received.received_at, due_at=received.due_at)

    answer = citizen.get(reverse("portal:keys"))

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert is_genuine(receipt, answer.json()["keys"])
