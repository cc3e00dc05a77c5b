"""A draft is kept as it is typed, right or wrong, and published by somebody who had no hand in it."""

from datetime import date, timedelta

import pytest

from offices.models import Membership, Office, User
from procedures import drafts
from procedures.draft_content import checked, value_at, with_value
from procedures.exceptions import (
    DraftExists,
    NotADraft,
    NotCatalogueEditor,
    OwnDraft,
    Unfinished,
    UnknownPlace,
    UnreadableDefinition,
)
from procedures.importing.report import Draft, Kind, Remark
from procedures.models import Procedure, ProcedureVersion
from procedures.services import import_definition, publish_version
from procedures.writing import as_yaml
from tests.procedures.samples import NOW, SOUND, definition

pytestmark = pytest.mark.django_db


def editor(name, office):
    person = User.objects.create(username=name, full_name=name)
    Membership.objects.create(user=person, office=office, role="catalogue_editor", valid_from=date(2020, 1, 1))
    return person


@pytest.fixture
def office():
    return Office.objects.create(code="H40", name="Tỉnh", short_name="Tỉnh", level="province")


@pytest.fixture
def linh(office):
    return editor("linh", office)


@pytest.fixture
def nga(office):
    return editor("nga", office)


@pytest.fixture
def procedure():
    version = import_definition(spec=definition(), at=NOW)
    publish_version(version=version, at=NOW)
    return version.procedure


@pytest.fixture
def draft(procedure, linh):
    return drafts.begin_draft(procedure=procedure, by=linh, at=NOW)


def typed(procedure, by, **values):
    places = {place.replace("__", "."): text for place, text in values.items()}
    return drafts.type_values(procedure=procedure, values=places, by=by, at=NOW)


def put(procedure, by, place, text):
    return drafts.type_values(procedure=procedure, values={place: text}, by=by, at=NOW)


def test_draft_begins_as_the_newest_version_from_tomorrow_on(draft, procedure, linh):
    again = drafts.begin_draft(procedure=procedure, by=linh, at=NOW)

    assert (draft.number, draft.status, draft.valid_from) == (2, "draft", date(2026, 11, 21))
    assert draft.spec.steps == definition().steps
    assert again == draft
    assert list(draft.authors.all()) == [linh]


def test_what_is_typed_right_becomes_the_definition_at_once(draft, procedure, linh):
    put(procedure, linh, "steps[1].time", "1½ ngày")
    kept = put(procedure, linh, "name", "Tên mới")

    assert (kept.writing, kept.spec.name) == (None, "Tên mới")
    assert (kept.spec.step("appraise").budget, kept.spec.step("appraise").time.text) == (12, "1½ ngày")


def test_what_is_typed_wrong_is_kept_and_named_at_its_place(draft, procedure, linh):
    put(procedure, linh, "steps[1].time", "sớm nhất có thể")
    put(procedure, linh, "limits[0].amount", "mười")
    kept = put(procedure, linh, "name", "Tên mới")

    content = drafts.content(kept)
    assert (content["steps"][1]["time"]["amount"], content["limits"][0]["amount"]) == ("sớm nhất có thể", "mười")
    assert content["name"] == "Tên mới"
    assert [finding.place for finding in drafts.check(kept).errors] == ["limits[0].amount", "steps[1].time.amount"]
    assert kept.spec.name == SOUND["name"]

    put(procedure, linh, "limits[0].amount", "5")
    mended = put(procedure, linh, "steps[1].time", "2 ngày")
    assert (mended.writing, mended.spec.name, mended.spec.limits[0].amount) == (None, "Tên mới", 5)


def test_unfinished_draft_cannot_be_published(draft, procedure, linh, nga):
    kept = put(procedure, linh, "steps[1].time", "sớm nhất có thể")

    with pytest.raises(Unfinished):
        publish_version(version=kept, by=nga, at=NOW)

    kept.refresh_from_db()
    assert kept.status == "draft"


def test_draft_is_published_by_a_second_person_only(draft, procedure, linh, nga):
    put(procedure, linh, "name", "Tên mới")
    with pytest.raises(OwnDraft):
        publish_version(version=draft, by=linh, at=NOW)
    assert procedure.versions.get(number=2).status == "draft"

    published = publish_version(version=draft, by=nga, at=NOW)

    assert (published.status, published.published_by) == ("published", nga)


def test_whoever_typed_one_value_had_a_hand_in_it(draft, procedure, nga):
    put(procedure, nga, "name", "Tên mới")

    with pytest.raises(OwnDraft):
        publish_version(version=draft, by=nga, at=NOW)


def test_only_editors_write_drafts(procedure, draft):
    stranger = User.objects.create(username="lan", full_name="Lan")
    acts = (
        lambda: drafts.begin_draft(procedure=procedure, by=stranger, at=NOW),
        lambda: put(procedure, stranger, "name", "x"),
        lambda: drafts.add_row(procedure=procedure, kind="fees", after=None, by=stranger, at=NOW),
        lambda: drafts.discard_draft(procedure=procedure, by=stranger, at=NOW),
    )

    for act in acts:
        with pytest.raises(NotCatalogueEditor):
            act()

    assert procedure.versions.get(number=2).definition["name"] == SOUND["name"]


def test_new_step_stands_in_the_way_and_removed_one_leaves_it(draft, procedure, linh):
    added = drafts.add_row(procedure=procedure, kind="steps", after=1, by=linh, at=NOW)
    steps = drafts.content(added)["steps"]
    assert [step["key"] for step in steps] == ["receive", "appraise", "step_1", "sign", "return"]
    assert steps[1]["outcomes"] == {"forward": "step_1", "refuse": "refuse"}
    assert "P030" in {finding.code for finding in drafts.check(added).errors}

    removed = drafts.remove_row(procedure=procedure, place="steps[2]", by=linh, at=NOW)
    assert [step.key for step in removed.spec.human_steps()] == ["receive", "appraise", "sign", "return"]
    assert removed.spec.step("appraise").outcomes == {"forward": "sign", "refuse": "refuse"}


def test_way_back_to_a_removed_step_goes_with_it(draft, procedure, linh):
    removed = drafts.remove_row(procedure=procedure, place="steps[1]", by=linh, at=NOW)

    assert removed.spec.step("sign").outcomes == {"approve": "return"}


def test_way_back_keeps_the_way_on(draft, procedure, linh):
    kept = put(procedure, linh, "steps[0].outcomes.refuse", "refuse")
    assert kept.spec.step("receive").outcomes == {"forward": "appraise", "refuse": "refuse"}

    put(procedure, linh, "steps[0].outcomes.refuse", "")
    bare = put(procedure, linh, "steps[0].outcomes.forward", "")
    assert bare.spec.step("receive").outcomes is None


def test_rows_move_and_gone_places_are_told(draft, procedure, linh):
    for _number in range(2):
        drafts.add_row(procedure=procedure, kind="fees", after=None, by=linh, at=NOW)
    put(procedure, linh, "fees[0].name", "Một")
    put(procedure, linh, "fees[1].name", "Hai")
    moved = drafts.move_row(procedure=procedure, place="fees[1]", offset=-1, by=linh, at=NOW)

    assert [fee.name for fee in moved.spec.fees] == ["Hai", "Một"]
    with pytest.raises(UnknownPlace):
        put(procedure, linh, "fees[7].name", "Ba")
    for place in ("", "nowhere", "__class__.x", "steps[²].name", "steps", "steps[0]", "steps[0].name.x", "[0]"):
        with pytest.raises(UnknownPlace):
            put(procedure, linh, place, "Ba")
    assert put(procedure, linh, "name", "A\0B").spec.name == "AB"
    with pytest.raises(UnknownPlace):
        drafts.add_row(procedure=procedure, kind="__class__", after=None, by=linh, at=NOW)


def test_code_and_level_stay_the_procedure_s(draft, procedure, linh):
    kept = typed(procedure, linh, code="9.999999", level="commune")

    assert (kept.spec.code, kept.spec.level.value) == (procedure.code, procedure.level)


def test_yaml_replaces_the_draft_or_changes_nothing(draft, procedure, linh):
    text = as_yaml(draft.spec).replace(SOUND["name"], "Từ văn bản")
    for broken in (text.replace("phase: receive", "phase: nowhere"), text.replace("3.000466", "3.000467"), "a: ["):
        with pytest.raises(UnreadableDefinition):
            drafts.write_yaml(procedure=procedure, text=broken, by=linh, at=NOW)
    assert procedure.versions.get(number=2).spec.name == SOUND["name"]

    kept = drafts.write_yaml(procedure=procedure, text=text, by=linh, at=NOW)

    assert kept.spec.name == "Từ văn bản"


def test_discarded_draft_leaves_the_published_version(draft, procedure, linh):
    drafts.discard_draft(procedure=procedure, by=linh, at=NOW)

    assert [version.status for version in procedure.versions.all()] == ["published"]
    with pytest.raises(NotADraft):
        put(procedure, linh, "name", "x")


def test_procedure_that_was_only_a_draft_goes_with_it(linh):
    version = import_definition(spec=definition(), at=NOW)

    drafts.discard_draft(procedure=version.procedure, by=linh, at=NOW)

    assert not Procedure.objects.exists()


def test_import_keeps_its_report_and_overwrites_nobody(procedure, draft, linh, nga):
    read = Draft(definition(name="Từ bảng"), (Remark(Kind.ODD, "2", "Lạ"),))
    with pytest.raises(DraftExists):
        drafts.keep_imports(drafts=[read], may_replace=False, by=nga, at=NOW)
    assert procedure.versions.get(number=2).spec.name == SOUND["name"]

    kept = drafts.keep_imports(drafts=[read], may_replace=True, by=nga, at=NOW + timedelta(minutes=1))[0]

    assert (kept.spec.name, [line["sentence"] for line in kept.report]) == ("Từ bảng", ["Lạ"])
    assert set(ProcedureVersion.objects.get(pk=kept.pk).authors.all()) == {linh, nga}


@pytest.mark.parametrize(
    ("place", "text", "value"),
    [
        ("limits[0].amount", "2,5", 2.5),
        ("documents[0].required", "", None),
        ("documents[0].required", ["", "1"], True),
        ("limits[0].channel", ["", "desk", "online"], ["desk", "online"]),
        ("form[0].choices", "Một\n\n Hai ", ["Một", "Hai"]),
        ("steps[0].time", "không tính thời gian", "none"),
        ("steps[0].time", "2", {"amount": 2, "unit": "working_hour"}),
        ("documents[0].form", "Mẫu 1", "Mẫu 1"),
        ("valid_to", "", None),
    ],
)
def test_typed_text_becomes_the_value_of_its_place(place, text, value):
    content = definition().as_json() | {
        "documents": [{"key": "a", "name": "A", "required": True}],
        "form": [{"key": "b"}],
    }

    assert value_at(with_value(content, place, text), place) == value


def test_empty_content_is_named_and_not_a_crash():
    assert checked({}).errors
    assert checked({"steps": [{}], "limits": "x", "form": [3]}).spec is None
