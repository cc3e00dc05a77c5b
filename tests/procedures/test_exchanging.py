"""Definitions leave as XLSX and BPMN and come back the same; XML from elsewhere comes in as far as it maps."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from procedures.definition import Definition
from procedures.exceptions import UnreadableDefinition
from procedures.exporting.bpmn import as_bpmn
from procedures.exporting.spreadsheet import as_xlsx
from procedures.graph import Graph
from procedures.importing.batch import drafts_from
from procedures.importing.bpmn import read_bpmn
from procedures.importing.files import drafts_in
from procedures.importing.report import Kind
from procedures.importing.spreadsheets import read_xlsx
from procedures.importing.xml_tree import local_name, tree_of
from procedures.importing.yenbai import read_yenbai
from procedures.lint import lint
from procedures.reading import read_file
from procedures.services import import_definition
from tests.procedures.samples import NOW, SOUND

CATALOGUE = Path(__file__).parents[2] / "procedures" / "catalogue"
FILES = sorted(CATALOGUE.glob("*.yaml"))
SHARED = Path(__file__).parents[3] / "shared" / "data" / "one-stop-yenbai"
DAY = date(2020, 1, 1)


def edges(spec):
    graph = Graph(spec)
    return {key: frozenset(graph.targets(key)) for key in graph.all_keys()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_definition_comes_back_from_xlsx_and_bpmn_unchanged(path):
    spec = read_file(path)

    sheet = drafts_from(read_xlsx(as_xlsx(spec)), on=DAY, base_of=lambda _code: spec)[0].spec
    drawn = read_bpmn(as_bpmn(spec).encode(), source="a.bpmn", on=DAY, base=spec).spec

    assert sheet.as_json() == spec.as_json()
    assert drawn.as_json() == spec.as_json()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bpmn_alone_keeps_the_whole_process(path):
    spec = read_file(path)

    drawn = read_bpmn(as_bpmn(spec).encode(), source="a.bpmn", on=DAY).spec

    assert edges(drawn) == edges(spec)
    assert drawn.human_steps() == spec.human_steps()
    assert (drawn.reference, drawn.limits) == (spec.reference, spec.limits)


def test_bpmn_places_every_element_and_arrow():
    root = tree_of(as_bpmn(Definition.model_validate(SOUND)).encode(), source="a.bpmn")
    elements = {
        one.get("id") for one in root.iter() if local_name(one) in ("userTask", "endEvent", "sequenceFlow", "lane")
    }

    drawn = {one.get("bpmnElement") for one in root.iter() if local_name(one) in ("BPMNShape", "BPMNEdge")}
    corners = [float(one.get(side)) for one in root.iter() if local_name(one) == "Bounds" for side in ("x", "y")]

    assert elements <= drawn
    assert min(corners) >= 0


def test_table_of_a_procedure_nobody_knows_gives_the_same_steps():
    spec = Definition.model_validate(SOUND)

    draft = drafts_from(read_xlsx(as_xlsx(spec)), on=DAY)[0]

    kept = [(step.key, step.name, step.role, step.budget) for step in draft.spec.human_steps()]
    assert kept == [(step.key, step.name, step.role, step.budget) for step in spec.human_steps()]
    assert draft.spec.limits[0].amount == spec.limits[0].amount


def test_cells_that_look_like_formulas_stay_texts():
    step = SOUND["steps"][0] | {"name": '=HYPERLINK("http://x","y")', "work": "+1", "output": "@a"}
    spec = Definition.model_validate(SOUND | {"steps": [step, *SOUND["steps"][1:]]})

    piece = read_xlsx(as_xlsx(spec))[0].pieces[0]

    assert (piece.name, piece.work, piece.output) == ('=HYPERLINK("http://x","y")', "+1", "@a")


FOREIGN = """<?xml version="1.0"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
 <b:process id="P" name="Cấp giấy phép thử">
  <b:laneSet><b:lane name="Bộ phận một cửa"><b:flowNodeRef>T1</b:flowNodeRef></b:lane>
   <b:lane name="Chuyên viên"><b:flowNodeRef>T2</b:flowNodeRef><b:flowNodeRef>T5</b:flowNodeRef></b:lane>
   <b:lane name="Giám đốc Sở"><b:flowNodeRef>T4</b:flowNodeRef></b:lane>
   <b:lane name="Bảo vệ"><b:flowNodeRef>T3</b:flowNodeRef></b:lane></b:laneSet>
  <b:endEvent id="E2" name="Từ chối hồ sơ"/><b:endEvent id="E1"/>
  <b:startEvent id="S"/><b:exclusiveGateway id="G"/><b:parallelGateway id="A"/><b:parallelGateway id="Z"/>
  <b:userTask id="T4" name="Ký duyệt"/><b:task id="T1" name="Tiếp nhận"/><b:userTask id="T2" name="Thẩm định"/>
  <b:task id="T3" name="Kiểm tra an ninh"/><b:serviceTask id="T5" name="Tra cứu"/><b:task id="T9" name="Bỏ quên"/>
  <b:boundaryEvent id="B" attachedToRef="T2"/>
  <b:sequenceFlow id="1" sourceRef="S" targetRef="T1"/><b:sequenceFlow id="2" sourceRef="T1" targetRef="A"/>
  <b:sequenceFlow id="3" sourceRef="A" targetRef="T2"/><b:sequenceFlow id="4" sourceRef="A" targetRef="T3"/>
  <b:sequenceFlow id="5" sourceRef="T2" targetRef="Z"/><b:sequenceFlow id="6" sourceRef="T3" targetRef="Z"/>
  <b:sequenceFlow id="7" sourceRef="Z" targetRef="T5"/><b:sequenceFlow id="8" sourceRef="T5" targetRef="T4"/>
  <b:sequenceFlow id="9" sourceRef="T4" targetRef="G"/>
  <b:sequenceFlow id="10" sourceRef="G" targetRef="E1" name="Đồng ý"/>
  <b:sequenceFlow id="11" sourceRef="G" targetRef="T5" name="Làm lại"/>
  <b:sequenceFlow id="12" sourceRef="G" targetRef="E2" name="Không">
   <b:conditionExpression>${no}</b:conditionExpression></b:sequenceFlow>
 </b:process></b:definitions>"""


def test_foreign_bpmn_comes_in_as_far_as_it_maps():
    draft = read_bpmn(FOREIGN.encode(), source="a.bpmn", on=DAY)
    spec = draft.spec

    block = spec.steps[1]
    assert [step.title for step in spec.human_steps()] == [
        "Tiếp nhận",
        "Thẩm định",
        "Kiểm tra an ninh",
        "Tra cứu",
        "Ký duyệt",
    ]
    assert [step.role.value for step in spec.human_steps()] == [
        "clerk",
        "specialist",
        "specialist",
        "specialist",
        "leader",
    ]
    assert ([member.title for member in block.parallel], block.then) == (["Thẩm định", "Kiểm tra an ninh"], "tra_cuu")
    assert spec.step("ky_duyet").outcomes == {"approve": "end", "send_back": "tra_cuu", "refuse": "refuse"}
    said = {(remark.kind, remark.place) for remark in draft.remarks}
    assert {
        (Kind.UNMAPPED, "Bỏ quên"),
        (Kind.ODD, "Tra cứu"),
        (Kind.ASSUMED, "Kiểm tra an ninh"),
        (Kind.UNMAPPED, ""),
    } <= said
    assert [remark.sentence for remark in draft.remarks if "boundaryEvent" in remark.sentence]
    assert {finding.code for finding in lint(spec)} >= {"P030"}


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><definitions><process>&b;</process></definitions>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><process totaltime="1"/>',
        "<definitions/>",
        "<process totaltime='1'><step/></process>",
        "<html><body/></html>",
        "<definitions><process><startEvent id='s'/></process></definitions>",
        "<definitions",
        "",
    ],
)
def test_xml_that_is_no_process_or_not_safe_is_refused_in_words(text):
    with pytest.raises(UnreadableDefinition) as refusal:
        drafts_in(text.encode(), name="a.xml", on=DAY)

    assert refusal.value.source == "a.xml"


YENBAI = """<process code="DT01" name="Cấp phép thử" totaltime="5" version="1" fee="50.000">
 <step order="1" group="BP_MOT_CUA" name="Tiếp nhận" time="0.5" role="TIEP_NHAN">
  <task code="DT01::TIEP_NHAN" name="Tiếp nhận" time="0" next="DT01::PHAN_CONG" single_user="true"/></step>
 <step order="2" group="PHONG" name="Phòng" time="4">
  <task code="DT01::PHAN_CONG" name="Phân công" time="0.5" next="DT01::THU_LY"/>
  <task code="DT01::THU_LY" name="Thụ lý" time="4" next="DT01::KY_DUYET"/>
  <task code="DT01::LAC" name="Lạc" time="1" next="NULL"/></step>
 <step order="3" group="LANH_DAO_DON_VI" name="Ký" time="1"><task code="DT01::KY_DUYET" name="Ký" time="1"
  next="DT01::TRA_KET_QUA" biz_done="true"/></step>
 <step order="4" group="BP_MOT_CUA" name="Trả" time="0">
  <task code="DT01::TRA_KET_QUA" name="Trả" time="0" next="NULL"/></step>
</process>"""


def test_process_of_the_older_program_comes_in_with_its_report():
    draft = read_yenbai(YENBAI.encode(), source="DT01.xml", on=DAY)
    steps = draft.spec.human_steps()

    assert [(step.key, step.role.value, step.budget) for step in steps] == [
        ("tiep_nhan", "clerk", None),
        ("phan_cong", "division_head", 4),
        ("thu_ly", "specialist", 32),
        ("ky_duyet", "leader", 8),
        ("tra_ket_qua", "clerk", None),
    ]
    assert [step.ends_clock for step in steps] == [False, False, False, True, False]
    assert (draft.planned, draft.allowed, draft.over) == (44, 40, 4)
    assert draft.spec.fees[0].amount == 50000
    assert {remark.place for remark in draft.of_kind(Kind.ODD)} == {"Tiếp nhận", "Phòng"}
    assert {remark.place for remark in draft.of_kind(Kind.UNMAPPED)} == {"DT01::LAC", ""}


def test_way_that_never_ends_is_cut():
    draft = read_yenbai(
        YENBAI.replace('next="NULL"/></step>\n</process>', 'next="DT01::PHAN_CONG"/></step></process>').encode(),
        source="a",
        on=DAY,
    )

    assert len(draft.spec.steps) == 5
    assert "DT01::TRA_KET_QUA" in {remark.place for remark in draft.of_kind(Kind.ODD)}


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="The collected processes (../shared/data/one-stop-yenbai) are not here."
)
def test_every_collected_process_of_the_older_program_comes_in():
    drafts = [drafts_in(path.read_bytes(), name=path.name, on=DAY)[0] for path in sorted(SHARED.glob("*.xml"))]

    assert len(drafts) == 49
    assert all(len(draft.spec.steps) >= 2 for draft in drafts)
    assert {finding.code for draft in drafts for finding in lint(draft.spec)} <= {"P023", "P034", "P010", "P052"}


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", ["yaml", "xlsx", "bpmn"])
def test_command_writes_a_file_that_the_importer_reads(tmp_path, suffix):
    spec = Definition.model_validate(SOUND)
    import_definition(spec=spec, at=NOW)
    file = tmp_path / f"out.{suffix}"

    call_command("export_procedure", spec.code, output=file)

    if suffix == "yaml":
        assert read_file(file) == spec
    else:
        draft = drafts_in(file.read_bytes(), name=file.name, on=DAY, base_of=lambda _code: spec)[0]
        assert edges(draft.spec) == edges(spec)
    with pytest.raises(CommandError):
        call_command("export_procedure", spec.code, output=tmp_path / "out.doc")
