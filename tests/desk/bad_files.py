"""Three hundred files nobody should keep, and some that must be kept: made here, in a moment."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from tests.workflows.papers import BLANK

Bad = tuple[str, bytes, str]  # name, content, why it is refused
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
MAIN = {
    "docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


# Good files


def picture(form: str = "PNG", size: tuple[int, int] = (60, 80), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(buffer, form, **options)
    return buffer.getvalue()


def archive(parts: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()


def office_parts(ending: str, **more: bytes | str) -> dict[str, bytes | str]:
    part, kind = MAIN[ending]
    listed = f'<Override PartName="/{part}" ContentType="{kind}"/>'
    return {"[Content_Types].xml": TYPES.format(listed), part: "<document>Đơn đề nghị</document>", **more}


@cache
def office(ending: str) -> bytes:
    return archive(office_parts(ending))


def open_parts(kind: str = "text", **more: bytes | str) -> dict[str, bytes | str]:
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": "<content>Đơn</content>",
        **more,
    }


def pdf_with(**entries: Any) -> bytes:
    """A page, with more in the catalogue."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    for key, value in entries.items():
        writer.root_object[NameObject(f"/{key}")] = value
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


GOOD: list[tuple[str, bytes, str, int | None]] = [
    ("don.pdf", BLANK, "application/pdf", 1),
    ("anh.png", picture(), "image/png", 1),
    ("anh.jpg", picture("JPEG"), "image/jpeg", 1),
    ("anh zalo.jpg", picture("WEBP"), "image/webp", 1),
    ("quet.tif", picture("TIFF"), "image/tiff", 1),
    ("quet.TIFF", picture("TIFF", save_all=True, append_images=[Image.new("RGB", (60, 80))]), "image/tiff", 2),
    ("không có đuôi", BLANK, "application/pdf", 1),
    ("don.docx", office("docx"), MAIN["docx"][1].removesuffix(".main+xml"), None),
    ("bang.xlsx", office("xlsx"), MAIN["xlsx"][1].removesuffix(".main+xml"), None),
    ("don.odt", archive(open_parts()), "application/vnd.oasis.opendocument.text", None),
    ("bang.ods", archive(open_parts("spreadsheet")), "application/vnd.oasis.opendocument.spreadsheet", None),
]


# Bad files


def bad_files() -> Iterator[Bad]:
    """Every one of them."""
    yield from empty()
    yield from broken()
    yield from lying()
    yield from huge()
    yield from locked()
    yield from acting_pdfs()
    yield from acting_office_files()
    yield from other_kinds()


def empty() -> Iterator[Bad]:
    for ending in ("pdf", "png", "jpg", "jpeg", "webp", "tif", "tiff", "docx", "xlsx", "odt", "ods", "html"):
        yield f"trong.{ending}", b"", "empty"


def broken() -> Iterator[Bad]:
    """Cut off in many places, or with a part of the middle gone."""
    whole = {
        "pdf": pdf_with(),
        "png": picture("PNG", (200, 260)),
        "jpg": picture("JPEG", (200, 260)),
        "webp": picture("WEBP", (200, 260), lossless=True),
        "tif": picture("TIFF", (200, 260)),
        "docx": office("docx"),
        "xlsx": office("xlsx"),
        "odt": archive(open_parts()),
    }
    for ending, content in whole.items():
        for share in range(5, 95, 10):
            yield f"cat-{share}.{ending}", content[: max(len(content) * share // 100, 16)], "damaged"
    for ending in ("png", "docx", "xlsx", "odt"):
        content = bytearray(whole[ending])
        middle = content.find(b"IDAT") + 30 if ending == "png" else 60
        for at in range(8):
            spoilt = bytearray(content)
            spoilt[middle + at] ^= 0xFF
            yield f"hong-{at}.{ending}", bytes(spoilt), "damaged"
    for at in range(4):
        yield f"khong-trang-{at}.pdf", b"%PDF-1.7\n" + b"% rac\n" * at + b"%%EOF\n", "damaged"
    yield "khong-trang.pdf", BLANK.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[     ]/Count 0"), "no_pages"


def lying() -> Iterator[Bad]:
    """Names that promise something else."""
    scripts = [
        b"<html><script>alert(1)</script></html>",
        b"<!DOCTYPE html><body onload=alert(1)>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg><script/></svg>',
        b"<?php system($_GET[0]); ?>",
        b"\xef\xbb\xbf  <iframe src=javascript:alert(1)>",
        "<html>".encode("utf-16"),
    ]
    for number, content in enumerate(scripts):
        for ending in ("pdf", "png", "jpg", "docx"):
            yield f"trang-{number}.{ending}", content, "markup"
    programs = [b"MZ" + bytes(200), b"\x7fELF" + bytes(200), b"#!/bin/sh\nrm -rf /\n", b"\xca\xfe\xba\xbe" + bytes(50)]
    for number, content in enumerate(programs):
        for ending in ("pdf", "jpg", "xlsx", "png"):
            yield f"chay-{number}.{ending}", content, "program"
    yield from exchanged()


def exchanged() -> Iterator[Bad]:
    """Good files under the names of others."""
    for ending in ("pdf", "docx", "xlsx", "odt"):
        yield f"anh.{ending}", picture(), "lying"
        yield f"anh-jpeg.{ending}", picture("JPEG"), "lying"
    for ending in ("png", "jpg", "tif", "docx", "ods"):
        yield f"pdf.{ending}", BLANK, "lying"
    for ending in ("pdf", "png", "xlsx", "odt"):
        yield f"don.{ending}", office("docx"), "lying"
    for ending in ("pdf", "docx", "jpg"):
        yield f"goi.{ending}", archive({"a.txt": "x"}), "archive"


def huge() -> Iterator[Bad]:
    """Too many bytes, too many points, too much inside."""
    for ending in ("pdf", "png", "docx"):
        yield f"lon.{ending}", b"%PDF-1.7\n" + bytes(1100 * 1024), "too_large"
    for side in (20_000, 60_000, 2**31 - 1):
        yield f"bom-{side}.png", png_bomb(side), "too_many_points"
    swelling = bytes(12 * 1024 * 1024)
    for ending in ("docx", "xlsx"):
        yield f"bom.{ending}", archive(office_parts(ending, **{"word/media/a.bin": swelling})), "bomb"
        yield f"nhieu.{ending}", archive(office_parts(ending, **{f"p{n}": b"" for n in range(5001)})), "bomb"
    yield "bom.odt", archive(open_parts(**{"Pictures/a.png": swelling})), "bomb"
    moving = [Image.new("RGB", (9, 9), color) for color in ("red", "blue")]
    for form in ("PNG", "WEBP"):
        buffer = io.BytesIO()
        moving[0].save(buffer, form, save_all=True, append_images=moving[1:])
        yield f"dong.{form.lower()}", buffer.getvalue(), "moving"


def png_bomb(side: int) -> bytes:
    """A small file that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(5000))) + chunk(b"IEND", b"")


def locked() -> Iterator[Bad]:
    """Behind passwords."""
    for algorithm in ("RC4-40", "RC4-128", "AES-128", "AES-256"):
        for password in ("", "mat-khau"):
            writer = PdfWriter()
            writer.add_blank_page(595, 842)
            writer.encrypt(user_password=password, owner_password="chu", algorithm=algorithm)
            buffer = io.BytesIO()
            writer.write(buffer)
            yield f"khoa-{algorithm}-{len(password)}.pdf", buffer.getvalue(), "locked"
    for ending in ("docx", "xlsx"):
        yield f"khoa.{ending}", OLE + "EncryptedPackage".encode("utf-16-le"), "locked"
        content = office(ending)
        flagged = bytearray(content)
        for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = flagged.find(sign)
            while at >= 0:
                flagged[at + offset] |= 1
                at = flagged.find(sign, at + 4)
        yield f"khoa-zip.{ending}", bytes(flagged), "locked"
    hidden = '<manifest xmlns:m="m"><m:encryption-data/></manifest>'
    yield "khoa.odt", archive(open_parts(**{"META-INF/manifest.xml": hidden})), "locked"


def acting_pdfs() -> Iterator[Bad]:
    """PDF files that do something, or hold other files."""
    for kind in ("JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE", "Rendition", "Movie", "Sound"):
        action = DictionaryObject({NameObject("/S"): NameObject(f"/{kind}")})
        for place in ("OpenAction", "URI", "Khac"):
            yield f"{place}-{kind}.pdf", pdf_with(**{place: action}), "script"
        yield f"sau-{kind}.pdf", pdf_with(A=ArrayObject([ArrayObject([action])])), "script"
    code = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert(1)")})
    for place in ("OpenAction", "Names", "AA", "AcroForm"):
        yield f"js-{place}.pdf", pdf_with(**{place: code}), "script"
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})
    yield "xfa.pdf", pdf_with(AcroForm=form), "script"
    for kind in ("RichMedia", "3D", "Screen", "Movie", "Sound"):
        media = DictionaryObject({NameObject("/Subtype"): NameObject(f"/{kind}")})
        yield f"phim-{kind}.pdf", pdf_with(Khac=media), "script"
    raw = pdf_with(Khac=DictionaryObject({NameObject("/S"): NameObject("/JavaScript")}))
    yield "viet-khac.pdf", raw.replace(b"/JavaScript", b"/J#61vaScript"), "script"
    yield "bo-roi.pdf", pdf_with().replace(b"%PDF-1.3", b"%PDF-1.3\n9 0 obj<</S/JavaScript>>endobj"), "script"
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(
        DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")})
    )
    yield "mo-la-chay.pdf", written(writer), "script"
    for number in range(4):
        writer = PdfWriter()
        writer.add_blank_page(595, 842)
        writer.add_attachment(f"chay-{number}.exe", b"MZ")
        yield f"kem-{number}.pdf", written(writer), "attachments"
    pinned = DictionaryObject({NameObject("/Subtype"): NameObject("/FileAttachment")})
    yield "ghim.pdf", pdf_with(Khac=pinned), "attachments"
    many = DictionaryObject({NameObject("/Count"): NumberObject(1)})
    yield "ef.pdf", pdf_with(Khac=DictionaryObject({NameObject("/EF"): many})), "attachments"


def written(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def acting_office_files() -> Iterator[Bad]:
    """Macros, foreign objects, parts loaded from elsewhere."""
    for ending, folder in (("docx", "word"), ("xlsx", "xl")):
        for part in (
            f"{folder}/vbaProject.bin",
            f"{folder}/vbaData.xml",
            "xl/macrosheets/sheet1.xml",
            "customUI/a.xml",
        ):
            yield f"macro.{ending}", archive(office_parts(ending, **{part: b"x"})), "macros"
        for part in (f"{folder}/embeddings/oleObject1.bin", f"{folder}/activeX/activeX1.bin", "chay.exe", "a/b.js"):
            yield f"vat.{ending}", archive(office_parts(ending, **{part: b"x"})), "attachments"
        for kind in ("attachedTemplate", "oleObject", "image", "frame", "externalLinkPath"):
            link = f'<Relationship Type="http://x/{kind}" Target="http://evil/" TargetMode="External"/>'
            parts = office_parts(ending, **{f"{folder}/_rels/document.xml.rels": RELATIONS.format(link)})
            yield f"ngoai-{kind}.{ending}", archive(parts), "outside"
        enabled = TYPES.format(f'<Override ContentType="application/vnd.ms-{folder}.document.macroEnabled.main+xml"/>')
        yield f"bat.{ending}", archive(office_parts(ending, **{"[Content_Types].xml": enabled})), "macros"
        entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
        yield f"thuc-the.{ending}", archive(office_parts(ending, **{MAIN[ending][0]: entity})), "damaged"
        for name in ("../../etc/passwd", "/etc/passwd"):
            yield f"ra-ngoai.{ending}", archive(office_parts(ending, **{name: b"x"})), "damaged"
    for part in ("Basic/script-lb.xml", "Scripts/python/a.py"):
        yield "macro.odt", archive(open_parts(**{part: b"x"})), "macros"
    listener = '<content xmlns:script="s"><script:event-listener/></content>'
    yield "su-kien.odt", archive(open_parts(**{"content.xml": listener})), "macros"


def other_kinds() -> Iterator[Bad]:
    """Honest names of kinds that are not kept."""
    kinds: list[tuple[str, bytes, str]] = [
        ("zip", archive({"a.txt": "x"}), "archive"),
        ("rar", b"Rar!\x1a\x07" + bytes(40), "archive"),
        ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(40), "archive"),
        ("gz", b"\x1f\x8b\x08" + bytes(40), "archive"),
        ("gif", picture("GIF"), "other_picture"),
        ("bmp", picture("BMP"), "other_picture"),
        ("heic", b"\0\0\0\x18ftypheic" + bytes(40), "phone_picture"),
        ("avif", b"\0\0\0\x18ftypavif" + bytes(40), "phone_picture"),
        ("mp4", b"\0\0\0\x18ftypisom" + bytes(40), "film"),
        ("doc", OLE, "old_office"),
        ("xls", OLE, "old_office"),
        ("rtf", b"{\\rtf1 x}", "old_office"),
        ("txt", "Kính gửi Uỷ ban".encode(), "text"),
        ("js", b"alert(1)", "text"),
        ("csv", b"a,b\n1,2\n", "text"),
        ("svg", b"<svg onload=alert(1)>", "markup"),
        ("html", b"<!doctype html><script>", "markup"),
        ("exe", b"MZ" + bytes(100), "program"),
        ("bin", bytes(range(1, 256)) * 3, "unknown"),
        ("dat", b"\xfe\0\xff" * 90, "unknown"),
    ]
    for ending, content, code in kinds:
        yield f"tep.{ending}", content, code
        yield f"tep-{ending}", content, code
