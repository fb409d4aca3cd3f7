"""Pictures: which files a mail shows within its words (RFC 2392), and under which ids. It reads no disk."""

import re
from collections.abc import Callable, Sequence

from outbound.file import File

TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}  # what every reader shows
_NAMED = re.compile(r'src="cid:([A-Za-z0-9_-]{1,60}(?:\.[a-z]{3,4})?)"')


def of_files(files: Sequence[File]) -> list[dict[str, str]]:
    """The pictures among a person's files, as templates show them: `<img src="cid:{{ picture.cid }}">`."""
    return [
        {"cid": f"file-{place}", "name": file.name}
        for place, file in enumerate(files)
        if file.content_type in TYPES.values()
    ]


def placed(
    html: str, message_id: str, files: Sequence[File], ours: Callable[[str], File]
) -> tuple[str, list[tuple[str, File]], list[File]]:
    """The HTML with whole Content-IDs, its pictures by them, and the files that it does not show.

    A picture is named by its place among the files (file-0), or by its name among the templates: then `ours` gives it.
    """
    given = {f"file-{place}": file for place, file in enumerate(files)}
    shown: dict[str, File] = {}

    def whole(match: re.Match[str]) -> str:
        name = match[1]
        shown[name] = given.get(name) or ours(name)
        return f'src="cid:{_id(name, message_id)}"'

    html = _NAMED.sub(whole, html)
    rest = [file for name, file in given.items() if name not in shown]
    return html, [(_id(name, message_id), file) for name, file in shown.items()], rest


def _id(name: str, message_id: str) -> str:
    """Unique in the world, as the Message-ID is (RFC 2045 §7)."""
    return f"{name}.{message_id.strip('<>')}"
