"""Small files to upload."""

from django.core.files.uploadedfile import SimpleUploadedFile


def pdf(name: str = "du-thao.pdf") -> SimpleUploadedFile:
    """A file that begins like a PDF."""
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF\n", content_type="application/pdf")
