"""XML from outside, read without document types, entities and anything that is fetched from elsewhere."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from procedures.exceptions import UnreadableDefinition

MOST_BYTES = 5_000_000


def tree_of(content: bytes, *, source: str) -> Element:
    """The root of an XML document.

    Raises:
        UnreadableDefinition: when it is no XML, too large, or has a document type or entities.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableDefinition(_("The file is too large for a process."), source=source)
    try:
        root: Element = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except ParseError as error:
        line = error.position[0]
        sentence = _("This is not valid XML (%(problem)s).") % {"problem": error.msg}
        raise UnreadableDefinition(sentence, source=source, line=line) from error
    except DefusedXmlException as error:
        sentence = _("The file has a document type or entities, which are not read for safety. Remove them.")
        raise UnreadableDefinition(sentence, source=source) from error
    except (ValueError, LookupError) as error:
        raise UnreadableDefinition(
            _("This is not valid XML (%(problem)s).") % {"problem": error}, source=source
        ) from error
    return root


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
