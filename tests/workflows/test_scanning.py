"""Files that a scanner for malware looks at, and files that a scanner of paper writes."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.desk.bad_files import office, picture
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.fake_clamd import SUSPICIOUS, clamd
from tests.workflows.papers import BLANK, pdf
from tests.workflows.situations import Situations
from workflows import services
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.file_checks import FileRefused
from workflows.models import IncomingFile, Notice, Paper
from workflows.services.incoming_files import clear_old, make_paper, take_in_file
from workflows.services.malware_checks import check_waiting
from workflows.services.scanner_folders import collect

NOBODY = "tcp://127.0.0.1:9"
EVIL = BLANK.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%" + SUSPICIOUS + b"\n")


@pytest.fixture(autouse=True)
def papers_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "papers"


@pytest.fixture
def scanner(settings):
    with clamd() as server:
        settings.CLAMD_URL = server.url
        yield server


def evil() -> SimpleUploadedFile:
    return SimpleUploadedFile("don.pdf", EVIL)


# Malware


def test_a_clean_file_is_kept_as_clean_and_the_scanner_saw_all_of_it(scanner, people, received):
    paper = services.add_paper(dossier_id=received.pk, kind="other", file=pdf(), by=people.lan)

    assert (paper.scan, scanner.seen) == ("clean", [BLANK])


def test_malware_is_refused_by_name_and_nothing_is_kept(scanner, people, received):
    with pytest.raises(FileRefused, match="Eicar-Test-Signature") as refused:
        services.add_paper(dossier_id=received.pk, kind="other", file=evil(), by=people.lan)

    assert refused.value.code == "infected"
    assert not Paper.objects.exclude(file="").exists()


def test_without_a_scanner_files_say_that_nobody_looked(people, received):
    paper = services.add_paper(dossier_id=received.pk, kind="other", file=pdf(), by=people.lan)

    assert (paper.scan, paper.can_be_opened, check_waiting(at=MONDAY)) == ("none", True, 0)


@pytest.mark.parametrize("silence", ["nobody listens", "no sense"])
def test_while_the_scanner_is_down_a_file_waits_closed_and_opens_once_checked(settings, people, received, silence):
    with clamd(says=b"INSTREAM size limit exceeded. ERROR") as odd:
        settings.CLAMD_URL = NOBODY if silence == "nobody listens" else odd.url
        paper = services.add_paper(dossier_id=received.pk, kind="other", file=pdf(), by=people.lan)
        answered = check_waiting(at=MONDAY)
    assert (paper.scan, paper.can_be_opened, answered) == ("waiting", False, 0)

    with clamd() as server:
        settings.CLAMD_URL = server.url
        assert check_waiting(at=MONDAY) == 1

    paper.refresh_from_db()
    assert (paper.scan, paper.can_be_opened) == ("clean", True)


def test_malware_found_later_closes_the_paper_and_tells_whoever_added_it(settings, people, received):
    settings.CLAMD_URL = NOBODY
    paper = services.add_paper(dossier_id=received.pk, kind="other", file=evil(), by=people.lan)
    incoming = take_in_file(file=evil(), source="phone", owner=people.lan, counter=uuid4(), at=MONDAY)

    with clamd() as server:
        settings.CLAMD_URL = server.url
        assert check_waiting(at=MONDAY) == 2

    for found in (paper, incoming):
        found.refresh_from_db()
    notice = Notice.objects.get(topic="paper_infected")
    assert (paper.scan, paper.can_be_opened, incoming.scan) == ("infected", False, "infected")
    assert (notice.user, notice.payload["reason"]) == (people.lan, "don.pdf")
    with pytest.raises(FileRefused):
        make_paper(files=[incoming], dossier_id=received.pk, document="proof", by=people.lan)


def test_a_draft_that_waits_for_the_scanner_is_not_signed(settings, people, intake, offices):
    dossier = Situations(people, intake, offices).at_step("sign")
    settings.CLAMD_URL = NOBODY
    services.add_paper(dossier_id=dossier.pk, kind="draft", file=pdf("moi.pdf"), by=people.leader, at=moment(3, 8))

    with pytest.raises(NotPossibleNow, match="mã độc"):
        services.approve(step_id=open_step(dossier).pk, by=people.leader, at=moment(3, 9))

    assert open_step(dossier).key == "sign"


# Scanner folders


@pytest.fixture
def folder(settings, tmp_path, offices):
    settings.SCANNER_FOLDER = str(tmp_path / "scans")
    made = tmp_path / "scans" / offices.desk.code
    made.mkdir(parents=True)
    return made


def scan(folder, name, content=BLANK, *, ago=60.0):
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (1_000_000 - ago,) * 2)
    return path


def test_what_the_scanner_wrote_lies_on_its_desk_and_leaves_the_folder(folder, offices):
    second, first = scan(folder, "scan_2.pdf", ago=20), scan(folder, "scan_1.pdf", ago=40)

    assert collect(at=MONDAY, now=1_000_000) == 2

    found = list(IncomingFile.objects.all())
    assert [(f.filename, f.office, f.owner, f.pages) for f in found] == [
        ("scan_1.pdf", offices.desk, None, 1),
        ("scan_2.pdf", offices.desk, None, 1),
    ]
    assert not first.exists()
    assert not second.exists()


def test_a_scan_that_is_still_written_is_left_alone_and_so_are_links_and_hidden_files(folder, tmp_path):
    scan(folder, "half.pdf", ago=1)
    scan(folder, ".hidden.pdf")
    (folder / "link.pdf").symlink_to("/etc/passwd")

    assert collect(at=MONDAY, now=1_000_000) == 0
    assert not IncomingFile.objects.exists()


def test_a_scan_that_is_not_kept_is_set_aside_and_the_desk_reads_why(folder, offices):
    scan(folder, "hong.pdf", BLANK[:90])

    assert collect(at=MONDAY, now=1_000_000) == 0

    told = IncomingFile.objects.get()
    assert (told.filename, told.office, bool(told.file)) == ("hong.pdf", offices.desk, False)
    assert "hong.pdf" in told.refusal
    assert [path.name[-8:] for path in (folder / "refused").iterdir()] == ["hong.pdf"]
    assert collect(at=MONDAY, now=1_000_000) == 0


# Files become papers


def test_several_scans_of_one_paper_become_one_pdf_in_their_order(people, received):
    given = {"source": "phone", "owner": people.lan, "counter": uuid4(), "document": "proof", "at": MONDAY}
    files = [
        take_in_file(file=SimpleUploadedFile(name, content), **given)
        for name, content in (("trang 1.jpg", picture("JPEG")), ("trang 2.pdf", BLANK), ("trang 3.png", picture()))
    ]

    paper = make_paper(files=files, dossier_id=received.pk, document="proof", by=people.lan)

    assert (paper.filename, paper.content_type, paper.pages) == ("trang 1.pdf", "application/pdf", 3)
    assert (paper.originals, IncomingFile.objects.count()) == (1, 0)


def test_an_office_file_is_not_put_together_with_others(people, received):
    given = {"source": "screen", "owner": people.lan, "counter": uuid4(), "document": "proof", "at": MONDAY}
    files = [
        take_in_file(file=SimpleUploadedFile(name, content), **given)
        for name, content in (("a.docx", office("docx")), ("b.pdf", BLANK))
    ]

    with pytest.raises(NotComplete, match=r"a\.docx"):
        make_paper(files=files, dossier_id=received.pk, document="proof", by=people.lan)

    assert IncomingFile.objects.count() == 2
    assert not Paper.objects.exclude(file="").exists()


def test_files_nobody_wanted_are_deleted_after_a_month(people, settings, django_capture_on_commit_callbacks):
    given = {"source": "screen", "owner": people.lan, "counter": uuid4()}
    take_in_file(file=pdf("cu.pdf"), at=moment(2, 8), **given)
    take_in_file(file=pdf("moi.pdf"), at=moment(20, 8), **given)

    with django_capture_on_commit_callbacks(execute=True):
        assert clear_old(at=moment(2, 9, month=4)) == 1

    assert [file.filename for file in IncomingFile.objects.all()] == ["moi.pdf"]
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 1
