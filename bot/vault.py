"""Secrets in the database: encrypted with keys that stand in the environment alone (Fernet: AES-128-CBC with HMAC-SHA256).

Of several keys the first encrypts and all decrypt, so that a key is changed by putting the new one before it.
"""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class UnreadableSecret(Exception):
    """None of the keys opens it, or it was put where another one belongs."""


class Vault:
    """Encrypts and decrypts with `keys`, one or several with commas between them. Raises `ValueError` for what is no key."""

    def __init__(self, keys: str) -> None:
        fernets = [Fernet(each.strip()) for each in keys.split(",") if each.strip()]
        self._first = fernets[0] if fernets else Fernet("")
        self._all = MultiFernet(fernets)

    def seal(self, secret: str, whose: str) -> str:
        """A secret, encrypted together with whose it is: it does not open in the place of another one."""
        return self._first.encrypt(json.dumps([whose, secret]).encode()).decode()

    def open(self, sealed: str, whose: str) -> str:
        """The secret. Raises `UnreadableSecret`."""
        try:
            owner, secret = json.loads(self._all.decrypt(sealed))
        except (InvalidToken, ValueError):
            raise UnreadableSecret from None
        if owner != whose:
            raise UnreadableSecret
        return str(secret)

    def opens(self, sealed: str, whose: str) -> bool:
        """Whether `open` gives the secret."""
        try:
            self.open(sealed, whose)
        except UnreadableSecret:
            return False
        return True

    def is_current(self, sealed: str) -> bool:
        """Whether the first key encrypted it."""
        try:
            self._first.decrypt(sealed)
        except (InvalidToken, ValueError):
            return False
        return True
