"""Shown: a mail of our own making as its readers see it: its HTML, with its pictures in it. Pure; what others send is parsed elsewhere, under limits."""

import re
from base64 import b64encode
from email import message_from_bytes
from email.message import Message
from typing import Any

_PICTURE = re.compile(r'src="cid:([^"]+)"')


def shown(raw: bytes) -> str:
    """One page of HTML that needs nothing else (RFC 2392, RFC 2397); "" of a mail that has none."""
    parts = list(message_from_bytes(raw).walk())
    page = next((part for part in parts if part.get_content_type() == "text/html"), None)
    if page is None:
        return ""
    pictures = {str(part["content-id"]).strip().strip("<>"): part for part in parts if part["content-id"]}

    def within(match: re.Match[str]) -> str:
        part = pictures.get(match[1])
        return f'src="{_data(part)}"' if part else match[0]

    return _PICTURE.sub(within, _octets(page).decode(page.get_content_charset("utf-8"), "replace"))


def _data(part: Message) -> str:
    return f"data:{part.get_content_type()};base64,{b64encode(_octets(part)).decode()}"


def _octets(part: Message) -> bytes:
    octets: Any = part.get_payload(decode=True)
    return bytes(octets)
