"""Slips are right, readable and quick."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from pypdf import PdfReader

from onestop.desk import slips

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LETTERHEAD = slips.Letterhead(
    "UBND phường Ngô Quyền",
    "Trung tâm Phục vụ hành chính công",
    "Hải Phòng",
    date(2026, 11, 20),
    "07/TNHS",
    "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "01",
    "Thông tư 03/2025/TT-VPCP, Phụ lục I",
)


def headed(title: str, form: str) -> slips.Letterhead:
    """The same heading over another form."""
    return replace(LETTERHEAD, title=title, form=form)


APPLICANT = slips.SlipPerson(
    "Nguyễn Thị Ánh Tuyết", id_number="031099001234", address="Số 12 đường Lạch Tray", phone="0912345678"
)
PAPERS = (
    slips.SlipPaper("Đơn đề nghị chỉnh sửa văn bằng", originals=1),
    slips.SlipPaper("Giấy khai sinh", certified=2, note="bản điện tử"),
)
CODE = "H24.15-261120-0007"
CONTENT = "Chỉnh sửa nội dung văn bằng, chứng chỉ"
RECEIVED_AT = datetime(2026, 11, 20, 1, 15, tzinfo=ZoneInfo("UTC"))
DUE_AT = datetime(2026, 11, 30, 17, 0, tzinfo=ZONE)
RECEIPT = slips.ReceiptSlip(
    letterhead=LETTERHEAD,
    code=CODE,
    desk="Bộ phận một cửa",
    applicant=APPLICANT,
    channel="nộp trực tiếp",
    content=CONTENT,
    papers=PAPERS,
    limit="5 ngày làm việc",
    received_at=RECEIVED_AT,
    return_at=DUE_AT,
    result_by="tại quầy",
    submitter=APPLICANT.name,
    receiver="Vũ Thị Lan",
)


def text_of(pdf: bytes) -> str:
    """The selectable text, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_receipt_says_who_what_when_and_until_when():
    text = text_of(slips.receipt_pdf(RECEIPT))

    assert "UBND PHƯỜNG NGÔ QUYỀN" in text
    assert "Hải Phòng, ngày 20 tháng 11 năm 2026" in text
    assert f"Mã hồ sơ: {CODE}" in text
    assert "Nguyễn Thị Ánh Tuyết" in text
    assert "Số định danh: 031099001234" in text
    assert "Đơn đề nghị chỉnh sửa văn bằng" in text
    assert "4. Thời gian nhận hồ sơ: 08 giờ 15 phút, ngày 20 tháng 11 năm 2026" in text
    assert "5. Thời gian trả kết quả: 17 giờ 00 phút, ngày 30 tháng 11 năm 2026" in text


def test_receipt_is_vietnamese_on_an_english_screen():
    with translation.override("en"):
        text = text_of(slips.receipt_pdf(RECEIPT))

    assert "GIẤY TIẾP NHẬN HỒ SƠ" in text


def test_receipt_takes_less_than_a_second_when_warm():
    slips.receipt_pdf(RECEIPT)

    before = perf_counter()
    slips.receipt_pdf(RECEIPT)

    assert perf_counter() - before < 1


def test_receipt_names_the_representative_and_the_power_of_attorney():
    slip = replace(RECEIPT, representative=slips.SlipPerson("Trần Văn Bình"), power_of_attorney="số 12 ngày 19/11/2026")

    text = text_of(slips.receipt_pdf(slip))

    assert "Người được ủy quyền nộp: Trần Văn Bình" in text
    assert "Văn bản ủy quyền: số 12 ngày 19/11/2026" in text


def test_long_receipt_continues_on_numbered_pages():
    many = tuple(slips.SlipPaper(f"Giấy tờ thứ {number}", copies=1) for number in range(1, 61))

    pdf = slips.receipt_pdf(replace(RECEIPT, papers=many))

    assert len(PdfReader(BytesIO(pdf)).pages) == 3
    assert "Giấy tờ thứ 60" in text_of(pdf)
    assert f"{CODE} 3/3" in text_of(pdf)


@pytest.mark.parametrize(("size", "width"), [("a5", 148), ("a4", 210)])
def test_receipt_fits_the_paper_in_the_printer(size, width):
    pdf = slips.receipt_pdf(RECEIPT, size=size)

    assert round(float(PdfReader(BytesIO(pdf)).pages[0].mediabox.width) / 72 * 25.4) == width


def test_typed_markup_stays_text():
    slip = replace(RECEIPT, content='#panic("x") *đậm* $x$ \\ <a>')

    assert '#panic("x") *đậm* $x$ \\ <a>' in text_of(slips.receipt_pdf(slip))


def test_supplement_asks_for_everything_at_once():
    slip = slips.SupplementSlip(
        letterhead=headed("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "02"),
        code=CODE,
        applicant=APPLICANT,
        content=CONTENT,
        reason="Bản sao chưa khớp với sổ gốc.",
        guide="Vũ Thị Lan",
        papers=PAPERS,
        items=("Ghi năm tốt nghiệp",),
        round=2,
        until=date(2026, 12, 11),
    )

    text = text_of(slips.supplement_pdf(slip))

    assert "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ" in text
    assert "(bổ sung lần 2)" in text
    assert "Giấy khai sinh (bản điện tử)" in text
    assert "1) Ghi năm tốt nghiệp" in text
    assert "Lý do: Bản sao chưa khớp với sổ gốc. Thời hạn bổ sung: đến hết ngày 11 tháng 12 năm 2026" in text


@pytest.mark.parametrize(
    ("after_reception", "says"), [(False, "không tiếp nhận hồ sơ này"), (True, "không giải quyết hồ sơ này")]
)
def test_refusal_gives_its_reason(after_reception, says):
    slip = slips.RefusalSlip(
        letterhead=headed("Phiếu từ chối", "03"),
        code=CODE,
        desk="Bộ phận một cửa",
        applicant=APPLICANT,
        content=CONTENT,
        reason="Văn bằng do nơi khác cấp",
        submitter=APPLICANT.name,
        signer="Vũ Thị Lan",
        after_reception=after_reception,
    )

    text = text_of(slips.refusal_pdf(slip))

    assert "PHIẾU TỪ CHỐI" in text
    assert says in text
    assert "Văn bằng do nơi khác cấp." in text


def test_proof_of_hand_over_names_the_receiver_and_the_moment():
    slip = slips.HandoverSlip(
        letterhead=LETTERHEAD,
        code=CODE,
        desk="Bộ phận một cửa",
        applicant=APPLICANT,
        content=CONTENT,
        result="Quyết định chỉnh sửa",
        result_number="123/QĐ",
        return_at=DUE_AT,
        handed_at=datetime(2026, 11, 27, 9, 5, tzinfo=ZONE),
        handed_to="Trần Văn Bình",
        clerk="Vũ Thị Lan",
    )

    text = text_of(slips.handover_pdf(slip))

    assert "Đã trả lúc: 09 giờ 05 phút, ngày 27 tháng 11 năm 2026, tại quầy." in text
    assert "Người nhận: Trần Văn Bình" in text


def test_stop_notice_lists_the_papers_given_back():
    slip = slips.StopSlip(
        letterhead=headed("Thông báo dừng giải quyết hồ sơ", "05"),
        code=CODE,
        applicant=APPLICANT,
        content=CONTENT,
        received_at=RECEIVED_AT,
        stopped_at=datetime(2026, 11, 27, 9, 5, tzinfo=ZONE),
        reason="Người nộp rút hồ sơ",
        state="đang thẩm định",
        submitter=APPLICANT.name,
        signer="Lê Thị Hoa",
        papers_back=("Đơn đề nghị", "Văn bằng"),
    )

    text = text_of(slips.stop_pdf(slip))

    assert "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ" in text
    assert "2) Văn bằng" in text


@pytest.mark.parametrize(
    "typed",
    [
        f"{CODE}|2026-11-20T08:15+07:00|2026-11-30T17:00+07:00",
        f" {CODE.lower()} ",
        f"https://motcua.example/tra-cuu/?code={CODE}",
    ],
)
def test_scanned_receipt_and_typed_code_name_the_same_dossier(typed):
    assert slips.scanned_code(typed) == CODE


def test_apology_has_the_name_of_its_decree_reason_new_date_and_the_heads_name():
    slip = slips.ApologySlip(
        letterhead=headed("Phiếu xin lỗi và đề nghị gia hạn thời gian giải quyết", "04"),
        code="H40.01-260302-0001",
        desk="Trung tâm PVHCC",
        applicant=APPLICANT,
        content="Miễn, giảm học phí",
        received_at=datetime(2026, 3, 2, 8, tzinfo=ZONE),
        promised_at=datetime(2026, 3, 16, 17, tzinfo=ZONE),
        reason="Nhiều hồ sơ cùng lúc",
        new_date_at=datetime(2026, 3, 20, 17, tzinfo=ZONE),
        signer="Lê Văn Thắng",
    )

    words = text_of(slips.apology_pdf(slip))

    assert "PHIẾU XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT" in words
    assert "Lý do: Nhiều hồ sơ cùng lúc." in words
    assert "17 giờ 00 phút, ngày 16 tháng 03 năm 2026" in words
    assert "hẹn trả kết quả vào: 17 giờ 00 phút, ngày 20 tháng 03 năm 2026" in words
    assert "Lê Văn Thắng" in words
