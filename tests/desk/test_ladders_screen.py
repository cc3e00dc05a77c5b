"""Ladders of alarms on the screen: a picture each, choosing one, publishing a version."""

from django.urls import reverse

from sla.ladder import shipped_ladders
from sla.ladder_spec import spec_from
from sla.models import Ladder
from workflows.models import LadderChoice


def filled(page, **changes):
    """The forms of a page as a browser would send them back."""
    data = {"rungs": page.context["rungs"], "form": page.context["form"]}
    sent = {f"{data['rungs'].prefix}-TOTAL_FORMS": len(data["rungs"].forms)}
    sent |= {f"{data['rungs'].prefix}-INITIAL_FORMS": data["rungs"].initial_form_count()}
    for form in [data["form"], *data["rungs"].forms]:
        sent |= {field.html_name: value for field in form if (value := field.value()) not in (None, False, [])}
    return sent | changes


def test_the_general_ladder_is_a_picture_with_words(people, desk_of):
    page = desk_of(people.supervisor).get(reverse("desk:ladders"))

    (one,) = page.context["pictures"]
    assert [row.short for row in one.rungs] == ["50\u00a0%", "80\u00a0%", "−2 ngày", "đến hạn", "+1 ngày"]
    assert [row.x for row in one.rungs] == sorted(row.x for row in one.rungs)
    assert "đi kèm phần mềm" in page.content.decode()
    assert reverse("desk:ladder", args=["default"]) not in page.content.decode()


def test_publishing_without_a_change_keeps_every_word_of_the_ladder(people, desk_of):
    client = desk_of(people.administrator)
    page = client.get(reverse("desk:ladder", args=["default"]))

    answer = client.post(reverse("desk:ladder", args=["default"]), filled(page))

    assert answer.status_code == 302
    assert spec_from(Ladder.objects.get().spec) == shipped_ladders()["default"]


def test_a_new_version_with_one_more_alarm_and_quiet_hours(people, desk_of):
    client = desk_of(people.administrator)
    page = client.get(reverse("desk:ladder", args=["default"]))
    more = {"form-5-moment": "before_working_hour", "form-5-amount": "4", "form-5-dossier": ["leader"]}
    more |= {"form-5-through": ["email", "hook"], "begins": "20:00", "ends": "06:30", "form-1-amount": "70"}

    client.post(reverse("desk:ladder", args=["default"]), filled(page, **more))

    spec = spec_from(Ladder.objects.get().spec)
    added = spec.rungs[-1]
    assert (added.key, added.acts_as, added.through) == ("before_hour_4", "", ("email", "hook"))
    assert added.whom["dossier"] == ("leader",)
    assert (spec.quiet.begins, spec.quiet.ends) == ("20:00", "06:30")
    assert (spec.rungs[1].when.percent, spec.rungs[1].acts_as) == (70, "eighty")


def test_what_cannot_be_is_refused_beside_the_field_and_nothing_is_published(people, desk_of):
    client = desk_of(people.administrator)
    page = client.get(reverse("desk:ladder", args=["default"]))
    for wrong in (
        {"form-0-amount": "100"},
        {"form-0-amount": "80"},
        {"form-0-amount": ""},
        {"begins": "20:00"},
        {"form-1-moment": "before_working_day"},
    ):
        answer = client.post(reverse("desk:ladder", args=["default"]), filled(page, **wrong))
        assert answer.status_code == 422, wrong

    assert not Ladder.objects.exists()


def test_a_new_ladder_is_chosen_for_an_office_and_withdrawn(people, offices, desk_of):
    client = desk_of(people.administrator)
    page = client.get(reverse("desk:ladder_add"))
    client.post(reverse("desk:ladder_add"), filled(page, code="gap", name="Thang gấp"))

    client.post(reverse("desk:ladders"), {"ladder": "gap", "office": offices.department.pk})
    choice = LadderChoice.objects.get()
    assert (choice.ladder_code, choice.office, choice.chosen_by) == ("gap", offices.department, people.administrator)
    client.post(reverse("desk:ladder_choice_end", args=[choice.pk]))

    page_after = client.get(reverse("desk:ladders"))
    assert (page_after.context["choices"], page_after.context["past"]) == ([], [choice])
    assert "Lựa chọn trước đây" in page_after.content.decode()
    assert client.post(reverse("desk:ladders"), {"ladder": "gap"}).status_code == 422
    assert client.post(reverse("desk:ladder_add"), filled(page, code="gap", name="Nữa")).status_code == 422
