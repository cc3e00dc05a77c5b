"""Passwords that the program makes up: read aloud over a desk, typed once, then changed by their owner."""

import secrets

CONSONANTS, VOWELS = "bcdghklmnprstv", "aeiou"


def readable_password() -> str:
    """A random password that can be read aloud: nine syllables and two digits, about 60 bits."""
    parts = [syllable() + syllable() + syllable() for _part in range(3)]
    return f"{'-'.join(parts)}-{secrets.randbelow(90) + 10}"


def syllable() -> str:
    """A random consonant and a random vowel."""
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)
