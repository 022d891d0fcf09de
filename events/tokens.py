"""Signed words in addresses: badges of participants and links for helpers at the door. Nothing secret is in them."""

from dataclasses import dataclass

from django.core import signing

from portal.errors import NotFound

_BADGE = signing.Signer(salt="events.badge")
_DOOR = signing.Signer(salt="events.door")


@dataclass(frozen=True, slots=True)
class Token:
    """What was signed: a row's key and the version that it must still have."""

    key: int
    version: int


def badge_token(signup_id: int, version: int) -> str:
    """The word that proves a badge to be the portal's."""
    return _BADGE.sign(f"{signup_id}.{version}")


def read_badge(token: str) -> Token:
    """What a badge says. Raises NotFound for one that the portal did not make."""
    return _read(_BADGE, token, "二维码无效：不是本平台签发，或内容被改动。")


def door_token(event_id: int, version: int) -> str:
    """The word that lets a helper without account work at an event's door."""
    return _DOOR.sign(f"{event_id}.{version}")


def read_door(token: str) -> Token:
    """What a door link says. Raises NotFound for one that the portal did not make."""
    return _read(_DOOR, token, "签到链接无效。")


def _read(signer: signing.Signer, token: str, refusal: str) -> Token:
    try:
        key, version = signer.unsign(token).split(".")
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(refusal) from error
    return Token(int(key), int(version))
