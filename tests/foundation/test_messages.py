"""Translations are compiled where that is due, before anything speaks."""

import os

import pytest

from onestop import messages

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Desk"\nmsgstr "Một cửa"\n'


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    path = tmp_path / "vi" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO, encoding="utf-8")
    return path


def test_missing_messages_are_compiled(source):
    messages.compile_messages()

    assert "Một cửa".encode() in source.with_suffix(".mo").read_bytes()


def test_messages_are_compiled_again_only_after_a_change(source):
    messages.compile_messages()
    compiled_at = source.with_suffix(".mo").stat().st_mtime_ns

    messages.compile_messages()
    assert source.with_suffix(".mo").stat().st_mtime_ns == compiled_at

    source.write_text(PO.replace("Một cửa", "Bàn"), encoding="utf-8")
    os.utime(source, ns=(compiled_at + 1, compiled_at + 1))
    messages.compile_messages()
    assert "Bàn".encode() in source.with_suffix(".mo").read_bytes()
