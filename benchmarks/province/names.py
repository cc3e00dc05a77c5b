"""Names of people and places, put together from common parts; nobody is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

FAMILY = (
    "Nguyễn",
    "Nguyễn",
    "Nguyễn",
    "Nguyễn",
    "Trần",
    "Trần",
    "Lê",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
    "Trịnh",
    "Cao",
    "Mai",
)
MIDDLE_WOMAN = ("Thị", "Thị", "Thị", "Thị", "Thu", "Ngọc", "Thanh", "Minh", "Hồng", "Kim", "Bích", "Mỹ")
MIDDLE_MAN = ("Văn", "Văn", "Văn", "Đức", "Hữu", "Quang", "Minh", "Xuân", "Công", "Đình", "Bá", "Trọng")
GIVEN_WOMAN = (
    "Lan",
    "Hương",
    "Hoa",
    "Mai",
    "Thảo",
    "Trang",
    "Linh",
    "Ngân",
    "Hà",
    "Nga",
    "Phương",
    "Thủy",
    "Tuyết",
    "Yến",
    "Hằng",
    "Oanh",
    "Nhung",
    "Thơm",
    "Hiền",
    "Loan",
    "Dung",
    "Huệ",
    "Ánh",
)
GIVEN_MAN = (
    "Hùng",
    "Dũng",
    "Tuấn",
    "Anh",
    "Sơn",
    "Long",
    "Minh",
    "Nam",
    "Quân",
    "Thắng",
    "Đức",
    "Hải",
    "Bình",
    "Cường",
    "Thành",
    "Khánh",
    "Phúc",
    "Tâm",
    "Vinh",
    "Lâm",
    "Hiếu",
    "Tùng",
    "Trung",
)
PLACE_FIRST = (
    "An",
    "Bình",
    "Cẩm",
    "Châu",
    "Diễn",
    "Đông",
    "Giai",
    "Hưng",
    "Kim",
    "Lam",
    "Long",
    "Mỹ",
    "Nam",
    "Nghi",
    "Phú",
    "Quỳnh",
    "Tân",
    "Thanh",
    "Thịnh",
    "Trung",
    "Văn",
    "Vĩnh",
)
PLACE_SECOND = (
    "An",
    "Bắc",
    "Châu",
    "Giang",
    "Hải",
    "Hòa",
    "Khê",
    "Lâm",
    "Lộc",
    "Minh",
    "Phong",
    "Sơn",
    "Thành",
    "Thọ",
    "Thủy",
    "Tiến",
    "Trường",
    "Xuân",
    "Yên",
)
STREETS = (
    "Trần Phú",
    "Lê Lợi",
    "Quang Trung",
    "Nguyễn Du",
    "Phan Đình Phùng",
    "Lê Hồng Phong",
    "Hồ Xuân Hương",
    "Phan Bội Châu",
)


def person(chance: Random) -> str:
    """A full name."""
    if chance.random() < 0.5:
        return f"{chance.choice(FAMILY)} {chance.choice(MIDDLE_WOMAN)} {chance.choice(GIVEN_WOMAN)}"
    return f"{chance.choice(FAMILY)} {chance.choice(MIDDLE_MAN)} {chance.choice(GIVEN_MAN)}"


def identifier(number: int, chance: Random) -> str:
    """Twelve digits that no two numbers share."""
    return f"040{chance.randrange(1, 4)}{chance.randrange(60, 99)}{number % 1_000_000:06d}"


def phone(chance: Random) -> str:
    """Ten digits."""
    return f"09{chance.randrange(100_000_000):08d}"


def communes(count: int, chance: Random) -> list[str]:
    """Names of communes, no two alike."""
    found = [f"{first} {second}" for first in PLACE_FIRST for second in PLACE_SECOND if first != second]
    chance.shuffle(found)
    return found[:count]


def address(commune: str, chance: Random) -> str:
    """House, street and commune."""
    return f"{chance.randrange(1, 240)} {chance.choice(STREETS)}, {commune}"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who hands files in."""

    name: str
    identifier: str
    phone: str
    address: str


def applicant(number: int, chance: Random, communes: Sequence[str]) -> Applicant:
    """Somebody who lives in one of the communes."""
    return Applicant(
        person(chance), identifier(number, chance), phone(chance), address(f"xã {chance.choice(communes)}", chance)
    )
