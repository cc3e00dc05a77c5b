"""Files and slips of a dossier, as its page leads to them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from tests.desk.bad_files import office, picture
from tests.desk.test_dossier_screen import do, show, text
from tests.workflows.papers import pdf
from workflows import services
from workflows.models import Paper

# Files


@pytest.fixture
def paper(received, people) -> Paper:
    return services.add_paper(
        dossier_id=received.pk, kind="submitted", key="proof", file=pdf("xác nhận.html"), by=people.lan
    )


def test_a_file_is_saved_under_what_it_really_is(desk_of, people, received, paper):
    response = desk_of(people.lan).get(reverse("desk:paper", args=[received.pk, paper.pk]))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Disposition"].endswith(".pdf")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_pdf_may_be_shown_and_runs_nothing(desk_of, people, received, paper):
    response = desk_of(people.lan).get(reverse("desk:paper", args=[received.pk, paper.pk]), {"show": ""})

    assert response["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]


def test_a_picture_is_shown_in_a_sandbox_and_an_office_file_never(desk_of, people, received):
    client = desk_of(people.lan)
    given = {"dossier_id": received.pk, "kind": "other", "by": people.lan}
    image, form = (
        services.add_paper(**given, file=SimpleUploadedFile(name, content))
        for name, content in (("a.png", picture()), ("a.docx", office("docx")))
    )

    shown, saved = (client.get(reverse("desk:paper", args=[received.pk, p.pk]), {"show": ""}) for p in (image, form))

    assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/png", 'inline; filename="a.png"')
    assert shown["Content-Security-Policy"].endswith("sandbox")
    assert saved["Content-Disposition"].startswith("attachment")


def test_a_file_of_a_dossier_one_may_not_see_does_not_exist(desk_of, people, received, paper, intake):
    address = reverse("desk:paper", args=[received.pk, paper.pk])
    other = services.receive(intake=intake(), by=people.lan)

    assert desk_of(people.police).get(address).status_code == 404
    assert desk_of(people.lan).get(reverse("desk:paper", args=[other.pk, paper.pk])).status_code == 404


def test_a_file_that_is_not_kept_is_refused_on_the_form(desk_of, people, received):
    page = SimpleUploadedFile("a.pdf", b"<svg onload=alert(1)>")

    response = do(desk_of(people.lan), received, "add_paper", what="submitted:proof", file=page)

    assert response.status_code == 422
    assert not Paper.objects.exclude(file="").exists()


# Slips


def test_slips_are_printed_again_from_the_page(desk_of, people, situations):
    dossier = situations.awaiting_supplement()
    client = desk_of(people.lan)

    links = [link.url for link in show(client, dossier).context["page"].slips]

    assert links == [
        reverse("desk:receipt", args=[dossier.pk]),
        reverse("desk:supplement_slip", args=[dossier.pk, 1]),
        reverse("desk:control", args=[dossier.pk]),
    ]
    for link in [*links[:-1], reverse("desk:control_slip", args=[dossier.pk])]:
        response = client.get(link)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("name", ["refusal_slip", "stop_slip", "handover_slip"])
def test_a_slip_that_does_not_belong_to_the_dossier_is_not_found(desk_of, people, received, name):
    assert desk_of(people.lan).get(reverse(f"desk:{name}", args=[received.pk])).status_code == 404


def test_a_slip_is_for_whoever_may_see_the_dossier(desk_of, people, received):
    assert desk_of(people.police).get(reverse("desk:receipt", args=[received.pk])).status_code == 404


def test_a_receipt_printed_again_says_what_was_promised(desk_of, people, received):
    response = desk_of(people.lan).get(reverse("desk:receipt", args=[received.pk]))
    page = " ".join(PdfReader(BytesIO(response.content)).pages[0].extract_text().split())

    assert received.code in page
    assert "08 giờ 00 phút, ngày 02 tháng 03 năm 2026" in page
    assert "17 giờ 00 phút, ngày 16 tháng 03 năm 2026" in page
    assert "Thời hạn giải quyết theo quy định: 10 ngày làm việc." in page


def test_data_of_the_day_stand_on_the_form_tab(desk_of, people, situations):
    dossier = situations.decided()

    page = show(desk_of(people.lan), dossier, tab="form")

    assert "040190000001" in text(page)
    assert str(date(2026, 3, 2)) in text(page)
