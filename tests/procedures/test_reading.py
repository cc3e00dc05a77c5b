"""Bad files get one clear error: file, line, place and what to do."""

import os
from pathlib import Path

import pytest

from procedures.definition import Definition
from procedures.exceptions import UnreadableDefinition
from procedures.reading import MAX_BYTES, definition_files, line_of, read_definition, read_drawable, read_file
from procedures.writing import as_yaml
from tests.procedures.samples import RECEIVE, definition, human, raw, text


def refusal(content: str | bytes, tmp_path: Path) -> UnreadableDefinition:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UnreadableDefinition) as caught:
        read_drawable(file)
    assert caught.value.source == str(file)
    assert "\n" not in caught.value.sentence
    return caught.value


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(text(), encoding="utf-8")

    assert read_file(file) == definition()


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(text(), encoding="utf-8-sig")

    assert read_file(file) == definition()


LINE_OF_UNIT = next(number for number, line in enumerate(text().splitlines(), 1) if "unit: working_day" in line)


@pytest.mark.parametrize(
    ("content", "line", "place", "sentence"),
    [
        ("code: [1, 2\nname: x\n", 2, "", "not valid YAML"),
        ("code: 'x\n", 2, "", "not valid YAML"),
        ("\x00", None, "", "not valid YAML"),
        ("", None, "", "must hold one definition"),
        ("- a\n- b\n", None, "", "must hold one definition"),
        ("a: 1\n---\nb: 2\n", 2, "", "not valid YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "", "The key a is written twice"),
        ("a: &x 1\nb: *x\n", 2, "", "References"),
        ("[" * 100, 1, "", "nested too deeply"),
        ("a: !!python/object:os.system x\n", 1, "", "not valid YAML"),
        ("valid_from: 2025-13-45\n", 1, "", "month must be in 1..12"),
        ("a: " + "9" * 5000, 1, "", "not valid YAML"),
        (text() + "stepz: 1\n", len(text().splitlines()) + 1, "stepz", "Did you mean steps?"),
        (text() + "wxyz: 1\n", len(text().splitlines()) + 1, "wxyz", "Remove it or check"),
        (
            text().replace("unit: working_day", "unit: days"),
            LINE_OF_UNIT,
            "limits[0].unit",
            "days is not possible here",
        ),
        (text().replace("'3.000466'", "3.000466"), 1, "code", "Put it in quotes"),
        (text().replace("'3.000466'", "'3.46'"), 1, "code", "not written as it must be"),
        (text().replace("'2025-07-01'", "tomorrow"), None, "decision.issued_on", "A day is expected"),
        (text(steps=[]), None, "steps", "Nothing is written here"),
        (text(steps="none"), None, "steps", "A list is expected"),
        (text(decision="none"), None, "decision", "A group of keys is expected"),
        (text(four_eyes="perhaps"), None, "four_eyes", "true or false is expected"),
        (text(returns_allowed="often"), None, "returns_allowed", "A number is expected"),
        (text(returns_allowed=-1), None, "returns_allowed", "too small or too large"),
        (text(name="x" * 700), None, "name", "Too much"),
        (
            text(steps=[human("a", time={"amount": 1, "unit": "day"})]),
            None,
            "steps[0].time.unit",
            "day is not possible",
        ),
        (text(steps=[human("a", time="2 hours")]), None, "steps[0].time", "Use one of: 'none'"),
        (text(steps=[human("a", phase=None)]), None, "steps[0].phase", "phase is missing"),
        (text(steps=[human("a", role="boss")]), None, "steps[0].role", "boss is not possible"),
        (text(steps=[RECEIVE, human("a", outcomes={"forward": "b"})]), None, "steps[1].outcomes.forward", "no step b"),
        (
            text(steps=[RECEIVE, human("a", outcomes={"forward": "receive"})]),
            None,
            "steps[1].outcomes.forward",
            "a circle",
        ),
    ],
)
def test_each_bad_file_gets_one_sentence(
    content: str, line: int | None, place: str, sentence: str, tmp_path: Path
) -> None:
    error = refusal(content, tmp_path)

    assert sentence in error.sentence
    assert error.place == place
    assert line is None or error.line == line


def test_a_missing_part_of_the_definition_is_named(tmp_path: Path) -> None:
    without_steps = raw()
    del without_steps["steps"]

    error = refusal(text().split("steps:")[0], tmp_path)

    assert error.place == "steps"
    assert error.sentence == "steps is missing. Add it."


def test_other_errors_are_counted(tmp_path: Path) -> None:
    error = refusal("code: '1.000001'\n", tmp_path)

    assert "more errors in this file" in error.sentence


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refusal(b"a: 1\nname: caf\xe9\n", tmp_path)

    assert (error.line, error.sentence) == (2, "The file is not UTF-8 text. Save it as UTF-8.")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as sparse:
        sparse.truncate(50_000_000)

    with pytest.raises(UnreadableDefinition, match=f"50000000 bytes; a definition has at most {MAX_BYTES}"):
        read_file(file)


def test_a_bomb_of_references_is_refused_before_it_is_built(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    error = refusal("\n".join(levels), tmp_path)

    assert error.line == 2
    assert "References" in error.sentence


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDefinition, match="no such file or directory"):
        definition_files([tmp_path / "nowhere"])
    with pytest.raises(UnreadableDefinition, match="holds no YAML file"):
        definition_files([tmp_path])


def test_a_pipe_is_no_definition(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")

    with pytest.raises(UnreadableDefinition, match="This is not a file"):
        read_file(tmp_path / "pipe.yaml")


def test_directories_give_their_files_in_order_and_each_once(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "note.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")

    assert definition_files([tmp_path, tmp_path / "a.yml"]) == [tmp_path / "a.yml", tmp_path / "b.yaml"]


def test_the_line_of_a_place_is_found(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text("steps:\n- key: a\n- key: b\n  outcomes:\n    forward: x\n", encoding="utf-8")

    assert line_of(file, "steps[1].outcomes.forward") == 5
    assert line_of(file, "steps[1].time") == 3
    assert line_of(file, "limits") == 1


def test_what_is_written_is_read_again() -> None:
    spec = Definition.model_validate(raw(name="Ngày 2025-01-01: 'yes' \"no\" #1 – đ"))

    assert read_definition(as_yaml(spec)) == spec
