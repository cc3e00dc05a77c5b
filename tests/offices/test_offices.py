"""Opening, changing and closing offices."""

import pytest

from offices import services
from offices.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from offices.models import Office
from offices.tree import office_ids_below
from tests.offices.conftest import NOW

FRESH = {"name": "Desk", "short_name": "Desk", "code": "H99.HCC", "level": "province", "is_desk": True}
CHANGES = {
    "name": "New name",
    "short_name": "New",
    "calendar_code": "default",
    "address": "",
    "phone": "",
    "is_desk": False,
}


def test_administrator_opens_an_office_below_another(administrator, province):
    office = services.open_office(**FRESH, parent=province, by=administrator, at=NOW)

    assert (office.parent, office.is_desk, office.is_active) == (province, True, True)


def test_others_may_not_open_an_office(person, province):
    clerk = person("lan", clerk=province)

    with pytest.raises(NotAllowed):
        services.open_office(**FRESH, by=clerk, at=NOW)

    assert not Office.objects.filter(code="H99.HCC").exists()


@pytest.mark.parametrize("code", ["h99", "H99.", ".H99", "H99..1", "H 99", "", "H99-1"])
def test_agency_code_of_another_form_is_refused(administrator, code):
    with pytest.raises(NotComplete) as refusal:
        services.open_office(**(FRESH | {"code": code}), by=administrator, at=NOW)

    assert refusal.value.fields
    assert Office.objects.count() == 1


def test_agency_code_is_given_once(administrator, province):
    with pytest.raises(NotComplete) as refusal:
        services.open_office(**(FRESH | {"code": province.code}), by=administrator, at=NOW)

    assert list(refusal.value.fields) == ["code"]


def test_office_is_changed_but_keeps_code_and_level(administrator, department):
    changed = services.change_office(office_id=department.pk, parent_id=None, **CHANGES, by=administrator, at=NOW)

    assert (changed.name, changed.parent_id, changed.code, changed.level) == ("New name", None, "H99.D", "province")


def test_office_cannot_stand_below_itself(administrator, province, department):
    with pytest.raises(NotComplete) as refusal:
        services.change_office(office_id=province.pk, parent_id=department.pk, **CHANGES, by=administrator, at=NOW)

    province.refresh_from_db()
    assert list(refusal.value.fields) == ["parent"]
    assert province.parent_id is None


def test_office_that_is_gone_is_not_found(administrator):
    with pytest.raises(NotFound):
        services.close_office(office_id=0, by=administrator, at=NOW)


def test_office_closes_when_nobody_works_in_it_and_opens_again(administrator, department):
    assert not services.close_office(office_id=department.pk, by=administrator, at=NOW).is_active
    assert services.reopen_office(office_id=department.pk, by=administrator, at=NOW).is_active


def test_office_with_people_stays_open(administrator, person, department):
    person("minh", specialist=department)

    with pytest.raises(NotPossibleNow):
        services.close_office(office_id=department.pk, by=administrator, at=NOW)

    department.refresh_from_db()
    assert department.is_active


def test_office_with_open_offices_below_stays_open(administrator, province, department):
    with pytest.raises(NotPossibleNow):
        services.close_office(office_id=province.pk, by=administrator, at=NOW)


def test_offices_below_are_found_at_any_depth(province, department):
    room = Office.objects.create(code="H99.D.R", name="Room", short_name="R", level="province", parent=department)
    Office.objects.create(code="H98", name="Other", short_name="O", level="province")

    assert office_ids_below([province.pk]) == {province.pk, department.pk, room.pk}
    assert office_ids_below([]) == set()
