"""Slips look as they were looked at, say what the dossier says, and carry dates that nobody can change."""

from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from django.urls import reverse
from django.utils.timezone import localtime
from PIL import Image, ImageDraw
from pypdf import PdfReader

from onestop.desk.slips.printing import official_moment, scanned_code
from tests.desk.slip_pictures import STORED, apart, pictures_of
from tests.desk.slip_samples import SAMPLES
from tests.workflows.conftest import moment
from tests.workflows.situations import Situations
from tests.workflows.test_handling import walk
from workflows import services
from workflows.models import Slip
from workflows.receipts import receipt_in
from workflows.services.receipt_keys import is_genuine

ON_THE_WHOLE, ANYWHERE = 0.6, 12.0  # of 255; one changed letter makes 20


@pytest.mark.parametrize("name", SAMPLES)
def test_a_slip_looks_as_its_stored_picture(name):
    picture = pictures_of(SAMPLES[name]())[0]
    with Image.open(STORED / f"{name}.png") as stored:
        difference = apart(picture, stored.convert("L"))

    assert picture.size == stored.size
    assert difference[0] < ON_THE_WHOLE, name
    assert difference[1] < ANYWHERE, name


def test_the_comparison_notices_a_word_that_is_gone():
    picture = pictures_of(SAMPLES["refusal"]())[0]
    changed = picture.copy()
    ImageDraw.Draw(changed).rectangle((40, 75, 120, 85), fill=255)

    assert apart(picture, changed)[1] > ANYWHERE


@pytest.mark.parametrize("name", SAMPLES)
def test_a_slip_is_an_archive_file_with_vietnamese_text(name):
    reader = PdfReader(BytesIO(SAMPLES[name]()))
    about = reader.xmp_metadata.stream.get_data().decode()
    text = " ".join(page.extract_text() for page in reader.pages)

    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert reader.root_object["/Lang"] == "vi"
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Nguyễn Thị Ánh Tuyết" in text


@pytest.fixture
def situations(people, intake, offices):
    return Situations(people, intake, offices)


def printed(client, name, *args, query=""):
    """The PDF that the desk prints."""
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content[:300]
    return answer.content


def words_of(pdf):
    """Its text on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def common(dossier, kind, sign, form):
    """What every slip of a dossier says: who, what, which form, which number."""
    number = Slip.objects.get(dossier=dossier, kind=kind, round=1).number
    asked = [dossier.code, dossier.applicant_name, dossier.procedure.name, dossier.submitter["identifier"]]
    return [*asked, f"Mẫu số {form} (", f"Số: {number:02d}/{sign}"]


def says(text, *parts):
    """Whether everything stands in the text."""
    missing = [part for part in parts if part not in text]
    assert not missing, (missing, text)


def test_every_slip_says_what_the_dossier_says(situations, desk_of, people):
    lan, minh = desk_of(people.lan), desk_of(people.minh)
    received = situations.received()
    text = words_of(printed(lan, "receipt", received.pk))
    says(text, *common(received, "receipt", "TNHS", "01"), official_moment(received.due_at), "10 ngày làm việc")
    says(text, official_moment(received.received_at), "Đơn đề nghị", people.lan.full_name, "quyển số: 1/2026")

    asked = situations.awaiting_supplement()
    text = words_of(printed(minh, "supplement_slip", asked.pk, 1))
    says(text, *common(asked, "supplement", "PBS", "02"), "1) Giấy", "Lý do: Thiếu.", people.minh.full_name)

    declined = situations.not_accepted()
    text = words_of(printed(lan, "refusal_slip", declined.pk))
    says(text, *common(declined, "refusal", "PTC", "03"), "không tiếp nhận", "Sai thẩm quyền.")

    late = situations.at_step("sign")
    given = {"dossier_id": late.pk, "reason": "Nhiều hồ sơ", "new_day": moment(20, 8).date()}
    services.propose_apology(**given, by=people.minh, at=moment(5, 9))
    services.approve_apology(dossier_id=late.pk, by=people.leader, at=moment(5, 10))
    text = words_of(printed(lan, "apology_slip", late.pk))
    says(text, *common(late, "apology", "PXL", "04"), "Nhiều hồ sơ.", people.leader.full_name)

    withdrawn = situations.withdrawn()
    text = words_of(printed(lan, "stop_slip", withdrawn.pk))
    says(text, *common(withdrawn, "stop", "TBD", "05"), "Xin rút.", official_moment(moment(2, 9)))

    stopped = situations.stopped()
    text = words_of(printed(lan, "stop_slip", stopped.pk))
    says(text, "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", "Lý do: Trùng.")
    assert "Mẫu số" not in text  # the office stops by a notice with its reason, no form

    text = words_of(printed(lan, "control_slip", late.pk))
    says(text, *common(late, "control", "PKS", "06"), people.head.full_name, people.minh.full_name, "Trước hạn")


def test_a_file_of_the_older_decree_is_printed_on_its_forms(intake, people, desk_of):
    at = moment(2, 8, year=2025)
    dossier = services.receive(intake=intake(), by=people.lan, at=at)
    walk(dossier, people, "intake")
    lan = desk_of(people.lan)

    says(words_of(printed(lan, "receipt", dossier.pk)), "Mẫu số 01 (Thông tư 01/2018/TT-VPCP)", "2025")
    text = words_of(printed(lan, "control_slip", dossier.pk))
    says(text, "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", "Mẫu số 05 (Thông tư 01/2018/TT-VPCP)")


def test_the_code_on_a_receipt_is_read_from_its_picture_and_one_bit_less_is_refused(situations, desk_of, people):
    dossier = situations.received()
    pdf = printed(desk_of(people.lan), "receipt", dossier.pk)

    text = zxingcpp.read_barcodes(pictures_of(pdf, scale=3)[0])[0].text
    receipt = receipt_in(text)

    assert text.startswith("http://testserver/tra-cuu/?code=")
    assert scanned_code(text) == dossier.code
    assert (receipt.code, receipt.due_at) == (dossier.code, dossier.due_at)
    assert localtime(receipt.received_at) == dossier.received_at
    assert is_genuine(receipt)
    for place in ("code", "received", "due"):
        changed = flip_last_bit(receipt, place)
        assert not is_genuine(changed), place
    assert printed(desk_of(people.lan), "receipt", dossier.pk) == pdf  # a reprint is the same file


def flip_last_bit(receipt, name):
    """The receipt with one bit of one value changed."""
    value = getattr(receipt, name)
    return replace(receipt, **{name: value[:-1] + chr(ord(value[-1]) ^ 1)})


@pytest.mark.parametrize(("query", "width"), [("", 148), ("?size=a4", 210), ("?size=a0", 148)])
def test_a_slip_is_printed_on_a5_or_a4(situations, desk_of, people, query, width):
    pdf = printed(desk_of(people.lan), "receipt", situations.received().pk, query=query)

    assert round(float(PdfReader(BytesIO(pdf)).pages[0].mediabox.width) / 72 * 25.4) == width
