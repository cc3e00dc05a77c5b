"""Pages of a PDF as pictures, and how far two pictures are apart.

Make the stored pictures anew after a layout was changed on purpose, and look at each of them:

    python -m tests.desk.slip_pictures
"""

from __future__ import annotations

import os
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

STORED = Path(__file__).with_name("pictures")
SCALE = 1.0  # 72 dots to the inch: lines of print can be told apart, and the files stay small
CELL = 12  # the picture is compared in squares of so many dots


def pictures_of(pdf: bytes, *, scale: float = SCALE) -> list[Image.Image]:
    """Every page in grey."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=scale).to_pil().convert("L") for page in document]


def apart(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """How far two pictures are apart, of 255: on the whole, and where they differ most.

    A little blur and squares of some dots forgive another way to smooth letters, not a letter in another place.
    """
    soft = [picture.filter(ImageFilter.GaussianBlur(1)) for picture in (one, other)]
    difference = ImageChops.difference(*soft)
    squares = difference.resize((max(1, one.width // CELL), max(1, one.height // CELL)), Image.Resampling.BOX)
    values = list(squares.tobytes())
    return sum(values) / len(values), float(max(values))


def main() -> None:
    """Store the pictures of the samples."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    import django

    django.setup()
    from tests.desk.slip_samples import SAMPLES

    STORED.mkdir(exist_ok=True)
    for name, made in SAMPLES.items():
        pictures_of(made())[0].quantize(16).save(STORED / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
