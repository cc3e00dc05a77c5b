"""Files from outside: three hundred that nobody should keep, and those that are kept as what they are."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.desk.acting import act
from tests.desk.bad_files import GOOD, bad_files, picture
from tests.desk.counter import end, typed
from tests.workflows.conftest import moment, open_step
from tests.workflows.papers import BLANK, pdf
from tests.workflows.situations import Situations
from workflows import services
from workflows.exceptions import NotComplete
from workflows.file_checks import FileRefused, check, refusals
from workflows.file_types import ENDINGS
from workflows.models import Dossier, IncomingFile, Paper
from workflows.services.incoming_files import take_in_file

ACTIVE = ("text/", "image/svg", "application/xml", "application/xhtml", "application/javascript", "application/x-")


@pytest.fixture
def clerk(desk_of, people):
    return desk_of(people.lan)


@pytest.fixture
def small_limit(settings):
    settings.LARGEST_PAPER = 1024 * 1024


def send(client, version, name, content, *, document="proof", draft=None):
    values = {"procedure": version.procedure_id, "draft": str(draft or uuid4()), "document": document}
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(reverse("desk:incoming_add"), values | {"file": file})


def test_three_hundred_bad_files_get_a_sentence_each_and_none_is_kept(clerk, version, small_limit, settings):
    codes: Counter[str] = Counter()

    for name, content, code in bad_files():
        response = send(clerk, version, name, content)
        sentence = response.content.decode()
        begins = str(refusals.SENTENCES[code]).split("%(name)s")[0]
        assert (response.status_code, response["Content-Type"]) == (422, "text/plain; charset=utf-8"), name
        assert sentence.startswith(begins), (name, code, sentence)
        assert name in sentence, (name, sentence)
        assert any(words in sentence for words in expected(code)), (name, code, sentence)
        codes[code] += 1

    assert sum(codes.values()) >= 300
    assert set(codes) == set(refusals.SENTENCES) - {"too_many_pages", "too_complicated", "infected"}
    assert not IncomingFile.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def expected(code):
    """The telling part of a sentence, without the values put into it."""
    rest = str(refusals.SENTENCES[code]).partition("%(name)s")[2].lstrip("”")
    return [rest.split("%(")[0].strip() or rest]


@pytest.mark.parametrize(("name", "content", "media_type", "pages"), GOOD, ids=[row[0] for row in GOOD])
def test_a_good_file_is_kept_and_served_as_what_it_is(clerk, version, name, content, media_type, pages):
    assert send(clerk, version, name, content).status_code == 204

    kept = IncomingFile.objects.get()
    response = clerk.get(reverse("desk:incoming", args=[kept.key]), {"show": ""})
    assert (kept.content_type, kept.pages, kept.document) == (media_type, pages, "proof")
    assert response["Content-Type"] == media_type
    assert response.content == content
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["Content-Disposition"].rpartition(".")[2].strip('"') == ENDINGS[media_type].lstrip(".")
    assert not media_type.startswith(ACTIVE)


def test_a_page_that_calls_itself_an_image_is_refused_by_every_door(people, received):
    page = SimpleUploadedFile("a.png", b"<script>alert(1)</script>", content_type="image/png")

    with pytest.raises(FileRefused) as refused:
        services.add_paper(dossier_id=received.pk, kind="other", file=page, by=people.lan)

    assert refused.value.code == "markup"
    assert not Paper.objects.exclude(file="").exists()


def test_a_name_keeps_no_folder_no_control_character_and_no_turned_letters():
    kept = check(SimpleUploadedFile("x", BLANK))
    odd = SimpleUploadedFile("x", BLANK)
    odd._name = "../\u202egpj.exe\n.pdf"

    assert kept.name == "x"
    assert check(odd).name == "gpj.exe.pdf"


def test_a_paper_never_changes_whoever_asks_the_database(people, received):
    paper = services.add_paper(dossier_id=received.pk, kind="other", file=pdf("a.pdf"), by=people.lan)

    for change in ({"sha256": "0" * 64}, {"filename": "b.pdf"}, {"content_type": "text/html"}, {"scan": "clean"}):
        with pytest.raises(InternalError, match="never changes"), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        paper.delete()

    paper.refresh_from_db()
    assert (paper.filename, paper.pages, len(paper.sha256)) == ("a.pdf", 1, 64)


def test_a_new_version_supersedes_the_old_one_for_good(people, received):
    first, second = (
        services.add_paper(dossier_id=received.pk, kind="submitted", key="proof", file=pdf(name), by=people.lan)
        for name in ("cu.pdf", "moi.pdf")
    )

    first.refresh_from_db()
    assert first.superseded_at == second.added_at
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        Paper.objects.filter(pk=first.pk).update(superseded_at=None)


def test_the_first_page_is_shown_in_small(clerk, version, people, received):
    draft = uuid4()
    for name, content in (("a.pdf", BLANK), ("b.png", picture()), ("c.tif", picture("TIFF"))):
        send(clerk, version, name, content, draft=draft)
    paper = services.add_paper(dossier_id=received.pk, kind="other", file=pdf(), by=people.lan)

    shown = [clerk.get(reverse("desk:incoming_thumbnail", args=[file.key])) for file in IncomingFile.objects.all()]
    shown.append(clerk.get(reverse("desk:paper_thumbnail", args=[received.pk, paper.pk])))

    assert [response["Content-Type"] for response in shown] == ["image/jpeg"] * 4
    assert all(200 < len(response.content) < 6000 for response in shown)


def test_files_of_another_person_do_not_exist(desk_of, people, clerk, version):
    send(clerk, version, "a.pdf", BLANK)
    key = IncomingFile.objects.get().key

    for name in ("incoming", "incoming_thumbnail"):
        assert desk_of(people.hoa).get(reverse(f"desk:{name}", args=[key])).status_code == 404
    values = {"procedure": version.procedure_id, "draft": str(uuid4())}
    assert desk_of(people.hoa).post(reverse("desk:incoming_drop", args=[key]), values).status_code == 404
    assert IncomingFile.objects.filter(key=key).exists()


def test_files_are_moved_between_papers_and_thrown_away(clerk, version, settings, django_capture_on_commit_callbacks):
    draft = uuid4()
    send(clerk, version, "a.pdf", BLANK, draft=draft)
    kept = IncomingFile.objects.get()
    values = {"procedure": version.procedure_id, "draft": str(draft)}

    moved = clerk.post(reverse("desk:incoming_lay", args=[kept.key]), values | {"document": "application"})
    wrong = clerk.post(reverse("desk:incoming_lay", args=[kept.key]), values | {"document": "id_card"})
    kept.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        gone = clerk.post(reverse("desk:incoming_drop", args=[kept.key]), values)

    assert 'id="files-application" data-files-of="application" data-count="1"' in moved.content.decode()
    assert (wrong.status_code, kept.document) == (422, "application")
    assert 'data-count="1"' not in gone.content.decode()
    assert not IncomingFile.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_nobody_fills_the_disk_from_one_desk(people, offices, monkeypatch):
    monkeypatch.setattr("workflows.services.incoming_files.MOST_WAITING", 1)
    given = {"source": "screen", "owner": people.lan, "counter": uuid4()}
    take_in_file(file=pdf(), at=timezone.now(), **given)
    with pytest.raises(NotComplete, match=r"[Qq]uá nhiều"):
        take_in_file(file=pdf(), at=timezone.now(), **given)

    assert IncomingFile.objects.count() == 1


# Files for a dossier that exists


def test_a_file_dropped_on_a_paper_of_the_dossier_is_that_paper_at_once(clerk, received):
    address = reverse("desk:dossier_files", args=[received.pk])

    kept = clerk.post(address, {"document": "proof", "file": pdf("xac-nhan.pdf")})
    other = clerk.post(address, {"document": "kind:other", "file": pdf("Công văn 12.pdf")})
    wrong = clerk.post(address, {"document": "proof", "file": SimpleUploadedFile("a.pdf", b"<script>")})

    assert (kept.status_code, kept["HX-Trigger"], other.status_code, wrong.status_code) == (
        204,
        "papers-changed",
        204,
        422,
    )
    papers = Paper.objects.exclude(file="").order_by("pk")
    assert [(p.kind, p.key, p.name) for p in papers] == [
        ("submitted", "proof", "Giấy xác nhận"),
        ("other", "", "Công văn 12"),
    ]
    assert papers[0].originals == 1


def test_a_picture_sent_for_a_dossier_waits_there_until_somebody_says_what_it_is(clerk, received, people):
    found = take_in_file(file=pdf(), source="phone", owner=people.lan, dossier_id=received.pk, at=timezone.now())
    tray = clerk.get(reverse("desk:dossier_files", args=[received.pk])).content.decode()
    keep = reverse("desk:dossier_file_keep", args=[received.pk, found.key])

    assert str(found.key) in tray
    assert clerk.post(keep, {"document": "nonsense"}).status_code == 422
    assert clerk.post(keep, {"document": "proof"}).status_code == 204
    assert Paper.objects.get(key="proof", superseded_at=None).filename == found.filename
    assert str(found.key) not in clerk.get(reverse("desk:dossier_files", args=[received.pk])).content.decode()


def test_papers_of_the_dossier_are_shown_small_with_their_pages(clerk, received, people):
    paper = services.add_paper(dossier_id=received.pk, kind="submitted", key="proof", file=pdf(), by=people.lan)

    page = clerk.get(reverse("desk:dossier", args=[received.pk])).content.decode()

    assert reverse("desk:paper_thumbnail", args=[received.pk, paper.pk]) in page
    assert "1 trang" in page
    assert 'data-document="proof"' in page
    assert 'data-document="id_card"' not in page


def test_a_paper_that_waits_for_the_scanner_is_named_but_not_handed_out(clerk, received, people, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    paper = services.add_paper(dossier_id=received.pk, kind="submitted", key="proof", file=pdf(), by=people.lan)
    address = reverse("desk:paper", args=[received.pk, paper.pk])

    page = clerk.get(reverse("desk:dossier", args=[received.pk])).content.decode()
    refused = clerk.get(address)

    assert "chờ kiểm tra mã độc" in page
    assert f'href="{address}?show"' not in page
    assert refused.status_code == 409
    assert clerk.get(reverse("desk:paper_thumbnail", args=[received.pk, paper.pk])).status_code == 409


# Earlier papers


def test_what_lies_in_an_earlier_dossier_is_offered_and_used_again(clerk, version, offices, received, people):
    given = {"dossier_id": received.pk, "by": people.lan}
    proof = services.add_paper(**given, kind="submitted", key="proof", file=pdf("xac-nhan.pdf"))
    services.add_paper(**given, kind="other", file=SimpleUploadedFile("a.png", picture()))
    draft = str(uuid4())
    wanted = {"procedure": version.procedure_id, "draft": draft, "identifier": "040190000001"}

    offered = clerk.post(reverse("desk:receive_applicant"), wanted).content.decode()
    used = clerk.post(reverse("desk:incoming_reuse"), wanted | {"reuse": f"{proof.pk}:proof"})
    values = typed(version, offices, paper=["application"], draft=draft, token=uuid4().hex)
    end(clerk, values)

    copy = Paper.objects.exclude(file="").latest("pk")
    assert f'"reuse": "{proof.pk}:proof"' in offered
    assert offered.count("desk/receive/files/reuse/") == 1
    assert 'data-files-of="proof" data-count="1"' in used.content.decode()
    assert (copy.dossier != received, copy.copied_from, copy.sha256) == (True, proof, proof.sha256)
    assert (copy.key, copy.originals, copy.pages) == ("proof", 1, 1)


def test_a_paper_of_a_dossier_one_may_not_see_is_not_used_again(desk_of, people, version, received):
    paper = services.add_paper(dossier_id=received.pk, kind="submitted", key="proof", file=pdf(), by=people.lan)
    Dossier.objects.filter(pk=received.pk).update(receiving_office=people.police.memberships.get().office)
    values = {"procedure": version.procedure_id, "draft": str(uuid4()), "reuse": f"{paper.pk}:proof"}

    assert desk_of(people.lan).post(reverse("desk:incoming_reuse"), values).status_code == 404
    assert not IncomingFile.objects.exists()


# Results


def signed(situations, people):
    """A dossier whose result waits for its number."""
    dossier = situations.at_step("sign")
    services.approve(step_id=open_step(dossier).pk, by=people.leader, at=moment(2, 15))
    dossier.refresh_from_db()
    return dossier


def test_an_issued_result_lies_in_the_dossier_digitally(desk_of, people, intake, offices):
    situations = Situations(people, intake, offices)
    scanned, plain = signed(situations, people), signed(situations, people)
    client, given = desk_of(people.registry), {"number": "12/QĐ", "issued_on": "2026-03-02"}

    act(client, open_step(scanned), "register_result", **given, file=SimpleUploadedFile("ky.png", picture()))
    act(client, open_step(plain), "register_result", **given)

    draft = plain.papers.get(kind="draft")
    results = [dossier.papers.get(kind="result") for dossier in (scanned, plain)]
    assert [(r.name, r.filename) for r in results] == [("Quyết định", "ky.png"), ("Quyết định", draft.filename)]
    assert (results[1].copied_from, results[1].sha256) == (draft, draft.sha256)
    assert {open_step(dossier).key for dossier in (scanned, plain)} == {"give_back"}


def test_a_scan_that_is_not_kept_registers_nothing(desk_of, people, intake, offices):
    dossier = signed(Situations(people, intake, offices), people)
    page = SimpleUploadedFile("ky.pdf", b"<html><script>")

    given = {"number": "12/QĐ", "issued_on": "2026-03-02", "file": page}
    response = act(desk_of(people.registry), open_step(dossier), "register_result", **given)

    assert response.status_code == 422
    assert open_step(dossier).key == "number"
    assert not dossier.papers.filter(kind="result").exists()
