"""Small files to upload."""

from django.core.files.uploadedfile import SimpleUploadedFile

BLANK = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"
)


def pdf(name: str = "du-thao.pdf") -> SimpleUploadedFile:
    """One empty page."""
    return SimpleUploadedFile(name, BLANK, content_type="application/pdf")
