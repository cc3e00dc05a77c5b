"""A receipt's signature holds for its code and dates alone; what was changed by one bit is refused."""

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from tests.workflows.conftest import moment
from workflows.models import SigningKey
from workflows.receipts import receipt_in
from workflows.services.receipt_keys import (
    current_key,
    from_base64,
    in_base64,
    is_genuine,
    make_key,
    opened,
    published_keys,
    sign_receipt,
)

pytestmark = pytest.mark.django_db
GIVEN = {"code": "H40.01-260302-0001", "received_at": moment(2, 8), "due_at": moment(16, 17)}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_receipt_signed_twice_has_the_same_signature_and_is_genuine():
    receipt = sign_receipt(**GIVEN)

    assert receipt == sign_receipt(**GIVEN)
    assert is_genuine(receipt)
    assert (receipt.received_at, receipt.due_at) == (moment(2, 8), moment(16, 17))


@pytest.mark.parametrize("look_up", ["", "https://motcua.example/tra-cuu/"])
def test_what_the_qr_code_says_is_read_back(look_up):
    receipt = sign_receipt(**GIVEN)

    assert receipt_in(f" {receipt.as_text(look_up)}\n") == receipt


def test_every_single_bit_of_the_signature_counts():
    receipt = sign_receipt(**GIVEN)
    raw = from_base64(receipt.signature)
    keys = published_keys()["keys"]

    changed = (bytes([*raw[:n], raw[n] ^ 1 << bit, *raw[n + 1 :]]) for n in range(64) for bit in range(8))
    assert not any(is_genuine(replace(receipt, signature=in_base64(one)), keys) for one in changed)
    others = (letter for letter in ALPHABET if letter != receipt.signature[-1])
    assert not any(is_genuine(replace(receipt, signature=receipt.signature[:-1] + one), keys) for one in others)


@pytest.mark.parametrize(
    "change",
    [{"code": "H40.01-260302-0003"}, {"received": "202603020801"}, {"due": "202603171700"}, {"key": "00000000"}],
)
def test_a_changed_code_date_or_key_is_refused(change):
    assert not is_genuine(replace(sign_receipt(**GIVEN), **change))


@pytest.mark.parametrize("text", ["", "H40.01-260302-0001", "https://x/?code=H40.01-260302-0001", "a|b|c|d|e"])
def test_what_is_no_signed_receipt_is_not_read_as_one(text):
    assert receipt_in(text) is None


def test_a_minute_that_does_not_exist_is_not_read():
    text = sign_receipt(**GIVEN).as_text().replace("202603161700", "202613161700")

    assert receipt_in(text) is None


def test_the_private_key_is_locked_and_never_published():
    name, key = current_key()
    row = SigningKey.objects.get()

    assert row.name == name
    assert "ENCRYPTED" in row.private_key
    assert set(published_keys()["keys"][0]) == {"kty", "crv", "use", "alg", "kid", "x", "y"}
    with pytest.raises(ValueError, match="password"):
        opened(row.private_key, "another secret")
    assert make_key().name == name
    assert key.curve.name == "secp256r1"


def test_a_changed_secret_key_brings_a_new_key_and_older_receipts_stay_genuine(settings):
    older = sign_receipt(**GIVEN)

    settings.SECRET_KEY = "quite-another-one"
    newer = sign_receipt(**GIVEN)

    assert newer.key != older.key
    assert is_genuine(older)
    assert is_genuine(newer)
    assert SigningKey.objects.filter(retired_at__isnull=True).count() == 1


def test_the_command_says_what_was_promised_from_text_or_file_with_keys_from_elsewhere(capsys, tmp_path):
    text = sign_receipt(**GIVEN).as_text("https://motcua.example/tra-cuu/")
    file, keys = tmp_path / "qr.txt", tmp_path / "keys.json"
    file.write_text(text)
    keys.write_text(json.dumps(published_keys()))
    SigningKey.objects.all().delete()

    call_command("verify_receipt", str(file), "--keys", str(keys))
    call_command("verify_receipt", text, "--keys", str(keys), "--json")

    words, answer = capsys.readouterr().out.strip().splitlines()
    assert "H40.01-260302-0001" in words
    assert "17:00 16/03/2026" in words
    assert json.loads(answer)["genuine"] is True


@pytest.mark.parametrize(("old", "new"), [("202603161700", "202603171700"), ("|", "?")])
def test_the_command_refuses_what_was_changed(old, new):
    text = sign_receipt(**GIVEN).as_text()

    with pytest.raises(CommandError) as refusal:
        call_command("verify_receipt", text.replace(old, new))

    assert refusal.value.returncode == 1
