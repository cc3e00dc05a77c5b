"""Long work is asked for, shows how far it is, survives its worker, and is found again by whoever asked."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.workflows.conftest import MONDAY
from tests.workflows.situations import Situations
from workflows.exceptions import NotFound
from workflows.models import Job
from workflows.services import jobs, receive
from workflows.services.jobs import LOST_AFTER, TRIES, Outcome, run, run_waiting, start, work_of_kind


@pytest.fixture
def files(people, intake):
    return [receive(intake=intake(), by=people.lan, at=MONDAY) for _ in range(7)]


@pytest.fixture
def counting(monkeypatch):
    """A kind of long work that counts to three."""
    monkeypatch.setattr(jobs, "WORKS", dict(jobs.WORKS))

    @work_of_kind("count")
    def count(job, progress):
        progress.expect(3)
        for _ in range(3):
            progress.advance()
        return Outcome(report={"remarks": ["counted"]})

    return count


def pages(content):
    """The text of every page."""
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def test_a_handful_of_slips_is_printed_at_once_in_the_order_of_the_list(files, people, desk_of):
    chosen = [files[2].pk, files[0].pk]

    answer = desk_of(people.lan).post(reverse("desk:print_slips"), {"dossier": chosen, "slip": "receipt"})

    assert answer["Content-Type"] == "application/pdf"
    found = pages(answer.content)
    assert len(found) == 2
    assert files[2].code in found[0]
    assert files[0].code in found[1]


def test_many_slips_become_long_work_that_is_found_again(files, people, intake, offices, desk_of):
    declined = Situations(people, intake, offices).not_accepted()
    lan = desk_of(people.lan)
    chosen = [file.pk for file in [*files, declined]]

    begun = lan.post(reverse("desk:print_slips"), {"dossier": chosen, "slip": "receipt", "size": "a4"})
    job = Job.objects.get()
    assert begun.url == reverse("desk:job", args=[job.pk])
    assert "every 2s" in lan.get(begun.url).content.decode()
    assert run_waiting() == 1

    page = lan.get(begun.url).content.decode()
    assert "every 2s" not in page
    assert declined.code in page  # it has no receipt, and the page says so
    content = b"".join(lan.get(reverse("desk:job_file", args=[job.pk])).streaming_content)
    assert len(pages(content)) == 7
    assert begun.url in lan.get(reverse("desk:jobs")).content.decode()
    assert desk_of(people.hoa).get(begun.url).status_code == 404


def test_only_dossiers_that_one_may_see_are_printed(files, people, desk_of):
    answer = desk_of(people.police).post(reverse("desk:print_slips"), {"dossier": [files[0].pk], "slip": "receipt"})

    assert answer.status_code == 404


def test_nothing_chosen_is_refused_with_a_sentence(people, desk_of):
    answer = desk_of(people.lan).post(reverse("desk:print_slips"), {"slip": "receipt"})

    assert answer.status_code in {409, 422}
    assert "Chọn những hồ sơ" in answer.content.decode()


def test_work_is_done_once_with_its_progress(counting, people):
    job = start(kind="count", data={}, by=people.lan, at=timezone.now())

    assert (run(job.pk), run(job.pk)) == (True, False)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent, job.attempts) == ("done", 3, 3, 100, 1)
    assert job.report == {"remarks": ["counted"]}


def test_work_whose_worker_died_is_taken_up_anew_a_few_times(counting, people):
    job = start(kind="count", data={}, by=people.lan, at=timezone.now())
    lost = {"state": "running", "seen_at": timezone.now() - LOST_AFTER - timedelta(seconds=1)}
    Job.objects.update(state="running", seen_at=timezone.now())
    assert run(job.pk) is False  # somebody is at work
    Job.objects.update(**lost, attempts=TRIES - 1)
    assert run(job.pk) is True

    Job.objects.update(**lost, attempts=TRIES)
    assert run(job.pk) is False

    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error


def test_work_that_fails_says_so_to_whoever_asked(monkeypatch, people):
    monkeypatch.setattr(jobs, "WORKS", {"break": lambda job, progress: 1 / 0})
    job = start(kind="break", data={}, by=people.lan, at=timezone.now())

    run(job.pk)

    job.refresh_from_db()
    assert (job.state, "quản trị viên" in job.error) == ("failed", True)
    with pytest.raises(NotFound):
        start(kind="unknown", data={}, by=people.lan, at=timezone.now())


def test_files_are_thrown_away_after_a_week(files, people, desk_of):
    lan = desk_of(people.lan)
    lan.post(reverse("desk:print_slips"), {"dossier": [file.pk for file in files], "slip": "control"})
    run_waiting()
    Job.objects.update(finished_at=timezone.now() - timedelta(days=8))

    run_waiting()

    job = Job.objects.get()
    assert not job.file
    assert lan.get(reverse("desk:job_file", args=[job.pk])).status_code == 404
    assert "không còn được giữ" in lan.get(reverse("desk:job", args=[job.pk])).content.decode()
