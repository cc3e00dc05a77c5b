"""One file from receipt to return through five logins, and one that is late: real processes, a real browser.

The file is asked for a paper once and sent back once. The second file is received through the same service with a past
instant; the real sweep finds it and the supervisor's board shows it.
"""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import expect

from tests.foundation.commands import environment, folder_for_servers, manage, processes_of
from tests.foundation.launching import Launched
from tests.journeys.people import Person
from tests.workflows.papers import BLANK

pytestmark = [pytest.mark.processes, pytest.mark.browser]

PASSWORD = "for-this-journey-only"
RECEIVE_IN_THE_PAST = """
from datetime import timedelta
from django.utils import timezone
from offices.models import Office, User
from procedures.models import Offering, Procedure
from workflows.services import ApplicantDetails, Intake, receive
from workflows.services.intake import PaperGiven
at = timezone.now() - timedelta(days=40)
offering = Offering.objects.select_related("procedure").get(procedure__code="3.000465", office__level="province")
version = offering.procedure.version_on(at.date())
papers = tuple(PaperGiven(key=d.key, originals=1) for d in version.spec.documents if d.required and not d.replaced_by)
intake = Intake(
    version_id=version.pk,
    receiving_office_id=Office.objects.get(is_desk=True, level="province").pk,
    handling_office_id=offering.office_id,
    applicant=ApplicantDetails(full_name="Lê Hoàng Long", identifier="040190000099"),
    answers={
        "applicant_name": "Lê Hoàng Long", "applicant_id": "040190000099", "phone": "0912345678", "copies": 1,
        "diploma": "Chứng chỉ khác", "other_diploma": "Chứng chỉ tin học", "graduation_year": 2008,
    },
    papers=papers,
)
print(receive(intake=intake, by=User.objects.get(username="lan"), at=at).code)
"""


@pytest.fixture(scope="module")
def desk():
    """The whole program, running as `make run` runs it."""
    with folder_for_servers() as folder:
        env = environment(
            folder,
            ONESTOP_PORT="18500",
            ONESTOP_SAMPLE_PASSWORD=PASSWORD,
            WEB_WORKERS="1",
            SWEEP_EVERY="3",
            PYTHONWARNINGS="default",
        )
        launched = Launched(folder, env)
        yield launched.address, env
        launched.process.send_signal(signal.SIGINT)
        launched.process.wait(timeout=60)
        for process in processes_of(folder):
            process.kill()


@pytest.fixture
def log_in(desk, browser):
    return lambda username: Person(browser, desk[0], username, PASSWORD)


@pytest.fixture
def draft(tmp_path):
    path = tmp_path / "du-thao.pdf"
    path.write_bytes(BLANK)
    return path


def receive_at_the_counter(lan):
    """Fill in the receiving screen by keyboard and mouse; the code of the new dossier."""
    page = lan.page
    lan.go("/desk/receive/")
    page.keyboard.type("chinh sua noi dung van bang")
    expect(page.locator("#suggestions")).to_contain_text("3.000466")
    page.wait_for_load_state("networkidle")
    page.locator("#suggestions a", has_text="3.000466").first.click()
    page.get_by_label("Số định danh", exact=True).fill("040190000001")
    page.keyboard.press("Tab")
    page.locator("#id_full_name").fill("Nguyễn Thị Ánh Tuyết")
    page.locator("#id_phone").fill("0912345678")
    expect(page.get_by_role("button", name="Tiếp nhận và in giấy hẹn")).to_be_disabled()
    page.locator("#paper-application").check()
    page.locator("#paper-diploma").check()
    page.locator("#id_answer_applicant_name").fill("Nguyễn Thị Ánh Tuyết")
    page.locator("#id_answer_applicant_id").fill("040190000001")
    page.locator("#id_answer_diploma_number").fill("A 123456")
    page.get_by_label("Họ, chữ đệm, tên").check()
    page.locator('[name="answer_changes-0-item"]').fill("Tên")
    page.locator('[name="answer_changes-0-printed"]').fill("Tuyêt")
    page.locator('[name="answer_changes-0-right"]').fill("Tuyết")
    page.locator("#id_answer_reason").fill("Sai dấu khi cấp bằng")
    page.locator("#id_answer_phone").fill("0912345678")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#done-code")).to_be_visible()
    slip = page.request.get(lan.address + (page.locator("iframe.slip").get_attribute("src") or ""))
    assert slip.body().startswith(b"%PDF")
    return page.locator("#done-code").inner_text().strip()


def test_one_file_goes_from_receipt_to_return_through_five_logins(log_in, draft):
    lan, hung, minh, ha, thu = (log_in(name) for name in ("lan", "hung", "minh", "ha", "thu"))
    code = receive_at_the_counter(lan)
    assert re.fullmatch(r"[A-Z0-9.]+-\d{6}-\d{4}", code)

    hung.open_dossier(code)
    hung.do("finish_step")
    minh.open_dossier(code)
    minh.do(
        "request_supplement",
        others="Bản sao giấy khai sinh có chứng thực",
        extra_reason="Sổ gốc ghi ngày sinh khác; cơ sở dữ liệu chưa có bản ghi này",
        replaced_reason="inaccurate",
        reason="Bản chụp mờ, không đọc được ngày sinh",
    )
    minh.says("Tạm dừng: chờ bổ sung")
    lan.open_dossier(code)
    lan.do("accept_supplement")
    lan.says("Đang xử lý")

    minh.open_dossier(code)
    minh.do("finish_step", outcome="forward", note="Đã đối chiếu sổ gốc")
    hung.open_dossier(code)
    hung.do("send_back", why="draft", words="Ghi rõ căn cứ pháp lý")
    minh.open_dossier(code)
    minh.says("Ghi rõ căn cứ pháp lý")
    minh.do("add_paper", what="draft", file=draft)
    minh.do("finish_step", outcome="forward")
    hung.open_dossier(code)
    hung.do("approve")

    ha.go("/desk/approve/")
    ha.says(code)
    ha.open_dossier(code)
    ha.do("approve")
    thu.open_dossier(code)
    thu.do("register_result", number="15/QĐ-SGDĐT")
    lan.open_dossier(code)
    lan.do("return_result", handed_to="Nguyễn Thị Ánh Tuyết")
    lan.says("Đã trả kết quả")
    lan.go(f"/tra-cuu/?code={code}")
    expect(lan.page.locator("main")).to_contain_text(code)


def test_a_late_file_is_flagged_by_the_real_sweep_and_shown_to_the_supervisor(desk, log_in):
    _address, env = desk
    made = manage("shell", "--no-imports", "--command", RECEIVE_IN_THE_PAST, env=env)
    assert made.returncode == 0, made.stderr
    code = made.stdout.strip().splitlines()[-1]

    binh = log_in("binh")
    for _turn in range(30):
        binh.go("/desk/supervise/")
        if code in binh.page.locator("main").inner_text():
            break
        binh.page.wait_for_timeout(2_000)

    row = binh.page.locator("main tr", has_text=code).first
    expect(row).to_contain_text("Quá hạn")
    row.get_by_role("link", name=code).click()
    binh.says("Lê Hoàng Long")


def test_a_missed_limit_is_explained_concluded_and_acted_upon_by_three_logins(desk, log_in):
    _address, env = desk
    forwarded = RECEIVE_IN_THE_PAST.replace("at=at)", "at=at, forward=True)")
    made = manage("shell", "--no-imports", "--command", forwarded, env=env)
    assert made.returncode == 0, made.stderr
    code = made.stdout.strip().splitlines()[-1]
    hung, binh, ha = (log_in(name) for name in ("hung", "binh", "ha"))

    for _turn in range(30):
        hung.go("/desk/breaches/")
        if code in hung.page.locator("main").inner_text():
            break
        hung.page.wait_for_timeout(1_000)
    hung.page.get_by_role("link", name=code).click()
    hung.says("Các bước quá thời gian quy định")
    hung.page.get_by_label("Việc đã xảy ra và vì sao quá hạn").fill("Hai chuyên viên nghỉ ốm trong tuần")
    hung.page.get_by_role("button", name="Gửi giải trình").click()
    hung.says("Người giám sát không giữ bước nào của hồ sơ sẽ kết luận")

    binh.go("/desk/breaches/")
    binh.page.get_by_role("link", name=code).click()
    binh.says("Hai chuyên viên nghỉ ốm trong tuần")
    binh.page.get_by_label("Nguyên nhân").select_option("absence")
    binh.page.get_by_label("Nội dung đã xác định").fill("Không cử người làm thay")
    binh.page.get_by_label("Biện pháp khắc phục").fill("Cử người làm thay khi vắng mặt")
    binh.page.get_by_label("Thời hạn thực hiện").fill("2099-12-31")
    binh.page.get_by_role("button", name="Kết luận rà soát").click()
    expect(binh.page.get_by_role("button", name="Ghi nhận và kết thúc rà soát")).to_be_visible()

    ha.open_dossier(code)
    ha.page.get_by_role("link", name="Quá hạn: ").click()
    for words in ("Không cử người làm thay", "Cử người làm thay khi vắng mặt", "31/12/2099"):
        ha.says(words)
