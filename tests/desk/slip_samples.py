"""One of every slip, always the same: what the stored pictures show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from onestop.desk import slips

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CODE = "H24.15-261120-0007"
CONTENT = "Chỉnh sửa nội dung văn bằng, chứng chỉ"
RECEIVED_AT = datetime(2026, 11, 20, 8, 15, tzinfo=ZONE)
DUE_AT = datetime(2026, 11, 30, 17, 0, tzinfo=ZONE)
APPLICANT = slips.SlipPerson(
    "Nguyễn Thị Ánh Tuyết", id_number="031099001234", address="Số 12 đường Lạch Tray", phone="0912345678"
)
PAPERS = (
    slips.SlipPaper("Đơn đề nghị chỉnh sửa văn bằng", originals=1),
    slips.SlipPaper("Giấy khai sinh", certified=2, note="bản điện tử"),
)
SIGNED = "|".join([CODE, "202611200815", "202611301700", "0a1b2c3d", "aB3-" * 21 + "aQ"])
LETTERHEAD = slips.Letterhead(
    superior="Ủy ban nhân dân phường Ngô Quyền",
    office="Trung tâm Phục vụ hành chính công",
    place="Hải Phòng",
    on=date(2026, 11, 20),
    number="07/TNHS",
    title="Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    form="01",
    forms_clause="Thông tư 03/2025/TT-VPCP, Phụ lục I",
)


def headed(number: str, title: str, form: str) -> slips.Letterhead:
    """The heading over another form."""
    clause = LETTERHEAD.forms_clause if form else ""
    return replace(LETTERHEAD, number=number, title=title, form=form, forms_clause=clause)


RECEIPT = slips.ReceiptSlip(
    letterhead=LETTERHEAD,
    code=CODE,
    desk="Trung tâm Phục vụ hành chính công",
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
    fee="không",
    book="1/2026",
    serial="7",
    look_up="https://motcua.example/tra-cuu/",
    qr=SIGNED,
    desk_phone="0225 3 888 999",
)
SUPPLEMENT = slips.SupplementSlip(
    letterhead=headed("02/PBS", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "02"),
    code=CODE,
    applicant=APPLICANT,
    content=CONTENT,
    reason="Bản sao chưa khớp với sổ gốc",
    guide="Vũ Thị Lan",
    papers=PAPERS,
    items=("Đơn đề nghị: ghi năm tốt nghiệp",),
    until=date(2026, 12, 11),
    effect="Thời hạn giải quyết 5 ngày làm việc được tính lại từ đầu khi nhận đủ hồ sơ bổ sung.",
    desk_phone="0225 3 888 999",
)
REFUSAL = slips.RefusalSlip(
    letterhead=headed("01/PTC", "Phiếu từ chối", "03"),
    code=CODE,
    desk="Trung tâm Phục vụ hành chính công",
    applicant=APPLICANT,
    content=CONTENT,
    reason="Văn bằng do cơ sở ở tỉnh khác cấp",
    submitter=APPLICANT.name,
    signer="Vũ Thị Lan",
)
APOLOGY = slips.ApologySlip(
    letterhead=headed("03/PXL", "Phiếu xin lỗi và đề nghị gia hạn thời gian giải quyết", "04"),
    code=CODE,
    desk="Trung tâm Phục vụ hành chính công",
    applicant=APPLICANT,
    content=CONTENT,
    received_at=RECEIVED_AT,
    promised_at=DUE_AT,
    reason="Phải xác minh ở hai trường",
    new_date_at=datetime(2026, 12, 4, 17, tzinfo=ZONE),
    signer="Lê Văn Thắng",
    signer_role="Chủ tịch",
)
STOP = slips.StopSlip(
    letterhead=headed("01/TBD", "Thông báo dừng giải quyết hồ sơ", "05"),
    code=CODE,
    applicant=APPLICANT,
    content=CONTENT,
    received_at=RECEIVED_AT,
    stopped_at=datetime(2026, 11, 27, 9, 5, tzinfo=ZONE),
    reason="Người nộp rút hồ sơ",
    request="Người nộp rút hồ sơ",
    state="Đang giải quyết",
    submitter=APPLICANT.name,
    signer="Lê Thị Hoa",
    signer_role="Người thông báo",
    papers_back=("Đơn đề nghị chỉnh sửa văn bằng",),
)
CONTROL = slips.ControlSlip(
    letterhead=headed("07/PKS", "Phiếu kiểm soát", "06"),
    code=CODE,
    applicant=APPLICANT,
    content=CONTENT,
    lead_office="Phòng Văn hóa – Xã hội",
    other_offices="Công an phường",
    received_at=RECEIVED_AT,
    return_at=DUE_AT,
    returned_at=None,
    lines=(
        slips.SlipHandOver(
            "Phân công",
            "Trung tâm Phục vụ hành chính công",
            "Vũ Thị Lan",
            "10:00 20/11/2026",
            "Phòng Văn hóa – Xã hội",
            "Phạm Mạnh Hùng",
            "10:20 20/11/2026",
            "Đúng hạn",
            "Thiếu dấu giáp lai ở trang 2",
        ),
        slips.SlipHandOver(
            "Thẩm định",
            "Phòng Văn hóa – Xã hội",
            "Phạm Mạnh Hùng",
            "14:00 20/11/2026",
            "Phòng Văn hóa – Xã hội",
            "",
            "",
            "Trước hạn",
            "",
        ),
    ),
    printed_at="08:00 21/11/2026",
)
REGISTER = slips.RegisterBook(
    letterhead=headed("", "Sổ theo dõi", "07"),
    code="",
    year=2026,
    volume=1,
    lines=tuple(
        slips.RegisterLine(
            number,
            f"H24.15-261120-{number:04d}",
            CONTENT,
            name,
            "Số 12 đường Lạch Tray; 0912345678",
            "Phòng Văn hóa – Xã hội",
            "08:15 20/11/2026",
            "17:00 30/11/2026",
            "",
            "Trực tiếp",
            "",
        )
        for number, name in enumerate(("Nguyễn Thị Ánh Tuyết", "Đỗ Hữu Phước", "Công ty TNHH Sữa Ong Chúa"), start=1)
    ),
    opened="mở ngày 05/01/2026",
    closed="khóa ngày 31/12/2026, từ số 1 đến số 3",
    seal="5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
)

SAMPLES: Mapping[str, Callable[[], bytes]] = {
    "receipt": lambda: slips.receipt_pdf(RECEIPT),
    "receipt-a4": lambda: slips.receipt_pdf(RECEIPT, size="a4"),
    "supplement": lambda: slips.supplement_pdf(SUPPLEMENT),
    "refusal": lambda: slips.refusal_pdf(REFUSAL),
    "apology": lambda: slips.apology_pdf(APOLOGY),
    "stop": lambda: slips.stop_pdf(STOP),
    "control": lambda: slips.control_pdf(CONTROL, size="a5"),
    "register": lambda: slips.register_pdf(REGISTER),
}
