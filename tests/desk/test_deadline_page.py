"""Why a date is what it is: the page, the certificate, the data, and what the public may see."""

import json
import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from onestop.portal.views import LOOK_UPS
from tests.workflows.conftest import moment
from tests.workflows.situations import Situations
from workflows import services
from workflows.models import Dossier


@pytest.fixture
def supplemented(people, intake, offices):
    """Papers were asked for on Tuesday and came on Wednesday."""
    dossier = Situations(people, intake, offices).awaiting_supplement()
    services.accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(4, 10))
    return Dossier.objects.get(pk=dossier.pk)


def text_of(answer):
    page = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_tells_every_clock_day_by_day(desk_of, people, supplemented):
    answer = desk_of(people.lan).get(reverse("desk:deadline", args=[supplemented.pk]))

    said = text_of(answer)
    assert "17:00 thứ Tư 18/03/2026" in said
    assert "thứ Năm 05/03/2026 – thứ Sáu 06/03/2026 2 ngày làm việc 2 ngày làm việc ngày làm việc" in said
    assert "thứ Bảy 07/03/2026 – Chủ nhật 08/03/2026 2 ngày ngày nghỉ hằng tuần" in said
    assert "thứ Hai 16/03/2026 – thứ Tư 18/03/2026 3 ngày làm việc 10 ngày làm việc ngày làm việc" in said
    assert "Lịch hành chính (thứ Hai đến thứ Sáu), phiên bản 1" in said
    assert "Nghị định 118/2025/NĐ-CP · nd-118-2025" in said
    assert "tạm dừng · Yêu cầu bổ sung · Minh" in said
    assert said.count("Bước “") == 3
    assert 'class="counted"' in answer.content.decode()


def test_every_date_of_the_dossier_leads_to_the_page(desk_of, people, supplemented):
    address = reverse("desk:deadline", args=[supplemented.pk])
    for tab, links in (("clock", 4), ("process", 2), ("papers", 1)):
        page = desk_of(people.minh).get(reverse("desk:dossier", args=[supplemented.pk]), {"tab": tab})
        assert page.content.decode().count(f'href="{address}"') >= links, tab


def test_the_three_clocks_stand_side_by_side(desk_of, people, supplemented):
    page = desk_of(people.minh).get(reverse("desk:dossier", args=[supplemented.pk]), {"tab": "clock"})

    said = text_of(page)
    # paused from Tuesday 9:00 to Wednesday 10:00: 6.5 and 2.5 hours; the applicant held the same time
    assert re.search(r"Thời hạn giải quyết theo quy định \d+ giờ( \d+ phút)? 9 giờ 17:00 18/03/2026", said)
    assert "Người nộp: bổ sung giấy tờ 9 giờ" in said


def test_the_certificate_says_the_same_on_paper(desk_of, people, supplemented):
    answer = desk_of(people.lan).get(reverse("desk:deadline_certificate", args=[supplemented.pk]))

    assert answer["Content-Type"] == "application/pdf"
    paper = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages))
    for words in (
        "GIẤY XÁC NHẬN THỜI HẠN GIẢI QUYẾT HỒ SƠ",
        supplemented.code,
        "Hạn trả kết quả: 17:00 thứ Tư 18/03/2026.",
        "Thời hạn được tính lại từ 10:00 04/03/2026.",
        "thứ Bảy 07/03/2026",
        "10 ngày làm việc",
        "Nghị định 118/2025/NĐ-CP (nd-118-2025)",
        "chưa kiểm chứng",
        "Người nộp: bổ sung giấy tờ",
        "người in: Lan",
    ):
        assert words in paper, words


def test_a_dossier_without_a_clock_has_no_certificate(desk_of, people, intake, offices):
    declined = Situations(people, intake, offices).not_accepted()

    assert desk_of(people.lan).get(reverse("desk:deadline_certificate", args=[declined.pk])).status_code == 404
    assert "Chưa tính thời hạn: hồ sơ chưa được tiếp nhận." in text_of(
        desk_of(people.lan).get(reverse("desk:deadline", args=[declined.pk]))
    )


def test_the_data_are_a_file_for_another_program(desk_of, people, supplemented):
    answer = desk_of(people.lan).get(reverse("desk:deadline_data", args=[supplemented.pk]))

    assert answer["Content-Disposition"] == f'attachment; filename="{supplemented.code}-deadline.json"'
    assert json.loads(answer.content)["due_at"] == "2026-03-18T17:00:00+07:00"


# Without a login


@pytest.fixture
def citizen():
    return Client(REMOTE_ADDR=str(uuid4()))


def test_the_public_page_explains_and_names_nobody(citizen, supplemented):
    answer = citizen.get(reverse("portal:why"), {"code": supplemented.code})

    said = text_of(answer)
    assert "Thời hạn được tính lại từ 10:00 04/03/2026." in said
    assert "thứ Bảy 07/03/2026 – Chủ nhật 08/03/2026 2 ngày ngày nghỉ hằng tuần" in said
    assert "tạm dừng 17:00 16/03/2026" in said
    for secret in ("Tuyết", "040190000001", "0912345678", "học phí", "1.005144", "Sở GDĐT", "Lan", "Minh", "Thiếu"):
        assert secret not in answer.content.decode()
    assert (
        f"{reverse('portal:why')}?code={supplemented.code}"
        in citizen.get(reverse("portal:lookup"), {"code": supplemented.code}).content.decode()
    )


def test_an_unknown_code_explains_nothing(citizen, db):
    answer = citizen.get(reverse("portal:why"), {"code": "H40.01-260302-9999"})

    assert answer.status_code == 200
    assert "Không có hồ sơ mang mã này" in text_of(answer)
    assert citizen.get(reverse("portal:why")).status_code == 302


def test_explanations_count_as_look_ups(citizen, received):
    for number in range(LOOK_UPS.tries):
        assert citizen.get(reverse("portal:why" if number % 2 else "portal:lookup"), {"code": "x"}).status_code == 200

    assert citizen.get(reverse("portal:why"), {"code": received.code}).status_code == 429
