"""Search without accents."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from procedures.folding import fold


def test_accents_and_d_with_a_stroke_are_folded() -> None:
    assert fold("Chỉnh sửa  Văn bằng ĐẠI HỌC") == "chinh sua van bang dai hoc"


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert fold(unicodedata.normalize("NFD", "hộ khẩu")) == fold(unicodedata.normalize("NFC", "hộ khẩu")) == "ho khau"


@given(st.text(alphabet="aăâđêôơưạảấầẩẫậáàãÉÍÓÚýỳ xyz", max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
