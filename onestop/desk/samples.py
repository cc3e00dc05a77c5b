"""Made-up content for the style guide; no dossier, no person behind it."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onestop.desk import tokens, words
from onestop.desk.templatetags.desk import FLAGS, STATUSES


class SampleForm(forms.Form):
    """One field of each kind."""

    identity = forms.CharField(label=_("Id number"), max_length=12)
    name = forms.CharField(label=_("Full name"), help_text=_("As written on the identity card."))
    channel = forms.ChoiceField(
        label=_("Received"), choices=[("desk", _("At the desk")), ("post", _("By post"))], widget=forms.RadioSelect
    )
    office = forms.ChoiceField(
        label=_("Handling office"), choices=[("1", "Phòng Giáo dục và Đào tạo"), ("2", "Phòng Văn hóa - Xã hội")]
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    paper = forms.FileField(label=_("Paper"), required=False)
    scan_later = forms.BooleanField(label=_("Papers are still to be scanned"), required=False)


def styleguide(*, at: datetime) -> dict[str, Any]:
    """Everything the style guide prints, as if it were `at`."""
    return {
        "tokens": tokens.colours(),
        "contrasts": tokens.contrasts(),
        "sizes": tokens.sizes(),
        "badges": badges(at),
        "rows": rows(at),
        "statuses": list(STATUSES),
        "flags": list(FLAGS),
        "form": SampleForm({"identity": "031", "channel": "desk", "name": "Nguyễn Thị Ánh Tuyết"}),
        "acts": acts(at),
        "papers": papers(),
        "parts": parts(),
        "lines": explanation_lines(),
        "heat_columns": ["Tiếp nhận", "Thẩm định", "Ký duyệt", "Trả kết quả"],
        "heat_rows": heat_rows(),
        "bars": bars(),
        "page": SimpleNamespace(words="1-50 / 213", next_url="?after=50", previous_url=""),
        "due_at": at + timedelta(days=6),
    }


def left(*, overdue: bool = False, days: int = 0, minutes: int = 0) -> Any:
    """A distance in working time."""
    return SimpleNamespace(overdue=overdue, days=days, minutes=minutes)


def badges(at: datetime) -> list[words.TimeBadge]:
    """Each state of time once."""
    later = at + timedelta(days=2)
    return [
        words.running_badge(at=at, due_at=later, left=left(days=2, minutes=180)),
        words.running_badge(at=at, due_at=at, left=left(minutes=180), due_soon=True),
        words.running_badge(at=later, due_at=at, left=left(overdue=True, days=1, minutes=120)),
        words.stopped_badge(since=at, waiting_for="citizen"),
        words.ended_badge(verdict="early", by=words.stretch(days=1)),
        words.ended_badge(verdict="on_time"),
        words.ended_badge(verdict="late", by=words.stretch(minutes=120)),
        words.no_limit_badge(),
    ]


def rows(at: datetime) -> list[Any]:
    """Lines of a list of work."""
    names = ["Nguyễn Thị Ánh Tuyết", "Trần Văn Bình", "Công ty TNHH Phương Đông", "Lê Hoàng Anh", "Phạm Thu Hà"]
    steps = ["Thẩm định hồ sơ", "Phân công xử lý", "Thẩm định hồ sơ", "Tiếp nhận hồ sơ", "Trình lãnh đạo phòng"]
    came = ["Bị trả lại: thiếu căn cứ", "Từ bộ phận một cửa", "Bổ sung lần 2", "Từ bộ phận một cửa", "Từ chuyên viên"]
    order = (2, 1, 0, 0, 3)
    shown = badges(at)
    return [
        SimpleNamespace(
            code=f"H24.15-261120-{number:04}",
            procedure="Chỉnh sửa nội dung văn bằng, chứng chỉ",
            applicant=name,
            step=step,
            why=why,
            badge=shown[kind],
        )
        for number, (name, step, why, kind) in enumerate(zip(names, steps, came, order, strict=True), start=1)
    ]


def acts(at: datetime) -> list[Any]:
    """A short history, newest first."""
    change = SimpleNamespace(name="Năm tốt nghiệp", old="2008", new="2009")
    return [
        SimpleNamespace(
            what="Trả lại bước trước",
            by="Trần Minh",
            in_place_of="Lê Thị Hoa",
            office="Phòng GDĐT",
            at=at,
            note="Bản sao chưa khớp với sổ gốc năm 2009.",
            icon="back",
            tone="back",
        ),
        SimpleNamespace(
            what="Sửa thông tin",
            by="Vũ Lan",
            at=at - timedelta(hours=2),
            changes=[change],
            icon="edit",
            note="Theo bản chính văn bằng.",
        ),
        SimpleNamespace(
            what="Tiếp nhận hồ sơ",
            by="Vũ Lan",
            office="Bộ phận một cửa",
            at=at - timedelta(days=1),
            icon="receive",
            href="#",
            link="Giấy tiếp nhận (mẫu 01)",
        ),
    ]


def papers() -> list[Any]:
    """One paper of each kind."""
    file = SimpleNamespace(name="don-de-nghi.pdf", size=184_320, sha256="9f2c41d07be3a5", url="#")
    return [
        SimpleNamespace(
            key="application",
            name="Đơn đề nghị chỉnh sửa",
            amount="1 bản chính",
            required=True,
            is_here=True,
            accepts_file=True,
            files=[file],
        ),
        SimpleNamespace(
            key="diploma",
            name="Bản chính văn bằng, chứng chỉ",
            amount="1 bản chính",
            required=True,
            is_here=False,
            accepts_file=True,
        ),
        SimpleNamespace(
            key="birth", name="Giấy khai sinh", amount="1 bản sao", required=False, is_here=False, accepts_file=True
        ),
        SimpleNamespace(key="id_card", name="Căn cước", replaced_by="CSDL quốc gia về dân cư"),
    ]


def parts() -> list[Any]:
    """A ledger whose parts add up to 20 hours."""
    table = [
        ("desk", "Bộ phận một cửa", "2 giờ", 10),
        ("division", "Phòng GDĐT", "4 giờ", 20),
        ("person", "Trần Minh", "8 giờ", 40),
        ("consulted", "Công an xã", "4 giờ", 20),
        ("citizen", "Người nộp", "2 giờ", 10),
    ]
    offset, found = 0, []
    for party, name, amount, share in table:
        found.append(SimpleNamespace(party=party, name=name, amount=amount, offset=offset, share=share))
        offset += share
    return found


def explanation_lines() -> list[Any]:
    """Counted and skipped days of one term."""
    table = [
        ("Ngày đầu tiên là 23/11, sau ngày nhận", "1 ngày", False),
        ("24/11 là ngày nghỉ lễ nên không tính", "", True),
        ("25/11 đến 27/11", "3 ngày", False),
        ("28/11 và 29/11 là cuối tuần", "", True),
        ("30/11, đến hết giờ làm việc", "1 ngày", False),
    ]
    return [SimpleNamespace(words=text, amount=amount, skipped=skipped) for text, amount, skipped in table]


def heat_rows() -> list[Any]:
    """Late files by office and step."""
    table = {"Phòng GDĐT": (0, 7, 2, 0), "Phòng Văn hóa - Xã hội": (1, 3, 0, 0), "Bộ phận một cửa": (0, 0, 0, 4)}
    return [
        SimpleNamespace(
            name=name,
            cells=[
                SimpleNamespace(count=count, level=min(4, (count + 1) // 2), href="#", label=f"{name}: {count}")
                for count in counts
            ],
        )
        for name, counts in table.items()
    ]


def bars() -> list[Any]:
    """Eight weeks of ended files."""
    counts = [(42, 5), (51, 3), (38, 6), (60, 4), (55, 2), (47, 9), (63, 3), (58, 1)]
    return [
        SimpleNamespace(
            label=f"T{40 + week}",
            count=count,
            late=late,
            x=8 + week * 49,
            y=120 - count * 1.8,
            height=count * 1.8,
            late_y=120 - late * 1.8,
            late_height=late * 1.8,
        )
        for week, (count, late) in enumerate(counts)
    ]
