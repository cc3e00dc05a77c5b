"""Every sentence for people has its Vietnamese text, and the tools that prove it work."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings

from onestop.desk import messages

PO = Path(settings.LOCALE_PATHS[0]) / "vi" / "LC_MESSAGES" / "django.po"


def catalogue(*pairs):
    found = Catalog(locale="vi")
    for text, translation in pairs:
        found.add(text, translation)
    return found


def test_no_message_lacks_its_vietnamese_text():
    found = messages.gaps(messages.extracted(Path(settings.BASE_DIR)), messages.read_catalogue(PO))

    assert [str(gap) for gap in found] == []


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        (catalogue(), "missing"),
        (catalogue(("%(name)s left", "")), "untranslated"),
        (catalogue(("%(name)s left", "còn lại")), "placeholders"),
        (catalogue(("%(name)s left", "còn %(nam)s")), "placeholders"),
        (catalogue(("%(name)s left", "còn %(name)s"), ("Old", "Cũ")), "unused"),
    ],
)
def test_each_gap_is_found(known, kind):
    found = messages.gaps(catalogue(("%(name)s left", "")), known)

    assert [gap.kind for gap in found] == [kind]


def test_messages_are_found_in_code_and_templates(tmp_path):
    code, page = tmp_path / "sla" / "code.py", tmp_path / "onestop" / "templates" / "page.html"
    for path in (code, page):
        path.parent.mkdir(parents=True)
    code.write_text('_("In code")\npgettext("time", "With context")\nngettext("%(count)d day", "%(count)d days", 2)\n')
    page.write_text("  {% translate 'In a template' %}\n {% blocktranslate %}With {{ name }}{% endblocktranslate %}\n")

    found = {(message.id, message.context) for message in messages.extracted(tmp_path) if message.id}

    assert found == {
        ("In code", None),
        ("With context", "time"),
        (("%(count)d day", "%(count)d days"), None),
        ("In a template", None),
        ("With %(name)s", None),
    }


def test_renewing_keeps_translations_and_drops_what_nobody_says():
    renewed = messages.renewed(catalogue(("New", ""), ("Kept", "")), catalogue(("Kept", "Giữ"), ("Old", "Cũ")))

    assert {message.id: message.string for message in renewed if message.id} == {"New": "", "Kept": "Giữ"}


def test_catalogue_is_compiled_once(tmp_path):
    po = tmp_path / "django.po"
    messages.save(catalogue(("Kept", "Giữ")), po)

    assert [messages.compile_catalogue(po), messages.compile_catalogue(po)] == [True, False]
    assert po.with_suffix(".mo").read_bytes().endswith("Giữ".encode() + b"\0")
