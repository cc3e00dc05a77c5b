"""A phone sends pictures to one desk: through a code, for a short while, without a login."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.desk.bad_files import picture
from workflows import phone_links
from workflows.models import IncomingFile


def noise(side: int) -> bytes:
    """A picture that cannot be packed: nearly as many bytes as it has points."""
    buffer = BytesIO()
    Image.effect_noise((side, side), 100).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def draft() -> str:
    return str(uuid4())


@pytest.fixture
def address(desk_of, people, version, draft) -> str:
    """Where the code on the clerk's screen leads."""
    values = {"procedure": version.procedure_id, "draft": draft, "document": "proof"}
    shown = desk_of(people.lan).post(reverse("desk:phone_at_counter"), values).content.decode()
    assert "<svg" in shown
    return "/" + re.search(r'href="http://testserver/([^"]+)"', shown)[1]


def photo(name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture("JPEG"), content_type="image/jpeg")


def test_a_picture_of_a_phone_appears_beside_its_paper_on_the_desk(desk_of, people, version, draft, address):
    phone = Client()
    page = phone.get(address).content.decode()

    sent = phone.post(address, {"file": photo()})

    kept = IncomingFile.objects.get()
    values = {"procedure": version.procedure_id, "draft": draft}
    desk = desk_of(people.lan).get(reverse("desk:incoming_files"), values).content.decode()
    assert "Giấy xác nhận" in page
    assert 'capture="environment"' in page
    assert "Nguyễn" not in page
    assert sent.status_code == 200
    assert (kept.owner, str(kept.counter), kept.document, kept.source) == (people.lan, draft, "proof", "phone")
    assert 'data-files-of="proof" data-count="1"' in desk


def test_the_first_phone_has_the_code_for_itself(address):
    first, second = Client(), Client()
    first.get(address)
    second.get(address)

    answers = [phone.post(address, {"file": photo()}).status_code for phone in (first, second, first)]

    assert answers == [200, 410, 200]
    assert IncomingFile.objects.count() == 2


def test_a_code_that_is_forged_old_or_closed_is_good_for_nothing(desk_of, people, address, monkeypatch):
    token = address.removeprefix("/gui-anh/").removesuffix("/")
    forged = address.replace(token, token[:-2] + ("aa" if token[-2:] != "aa" else "bb"))
    phone = Client()

    assert phone.get(forged).status_code == 410
    with monkeypatch.context() as later:
        much_later = signing.time.time() + phone_links.LASTS + 1
        later.setattr(signing.time, "time", lambda: much_later)
        assert phone.get(address).status_code == 410
    desk_of(people.hoa).post(reverse("desk:phone_close"), {"token": token})
    assert phone.get(address).status_code == 200
    desk_of(people.lan).post(reverse("desk:phone_close"), {"token": token})
    assert phone.get(address).status_code == 410
    assert phone.post(address, {"file": photo()}).status_code == 410
    assert not IncomingFile.objects.exists()


def test_a_phone_that_never_opened_the_page_sends_nothing(address):
    assert Client().post(address, {"file": photo()}).status_code == 410
    assert not IncomingFile.objects.exists()


def test_a_phone_may_send_one_large_picture_and_a_stranger_none(address, settings):
    settings.LARGEST_PAPER = 200 * 1024
    large, larger = (SimpleUploadedFile("lon.png", noise(side)) for side in (400, 600))
    phone, stranger = Client(), Client()
    phone.get(address)

    assert stranger.post(address, {"file": large}).status_code == 413
    large.seek(0)
    assert phone.post(address, {"file": large}).status_code == 200
    assert phone.post(address, {"file": larger}).status_code == 413


def test_what_is_not_kept_is_said_on_the_phone(address):
    phone = Client()
    phone.get(address)
    page = SimpleUploadedFile("a.jpg", b"<html><script>", content_type="image/jpeg")

    quiet = phone.post(address, {"file": page}, headers={"X-Requested-With": "phone"})
    nothing = phone.post(address, {})

    assert (quiet.status_code, nothing.status_code) == (422, 422)
    assert "a.jpg" in quiet.content.decode()
    assert not IncomingFile.objects.exists()


def test_a_code_brings_only_so_many_files(address, monkeypatch):
    monkeypatch.setattr(phone_links, "MOST_FILES", 1)
    phone = Client()
    phone.get(address)

    answers = [phone.post(address, {"file": photo()}).status_code for _turn in range(2)]

    assert answers == [200, 422]
    assert IncomingFile.objects.count() == 1
