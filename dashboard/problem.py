"""Problem: why a program's request was not carried out, in words for whoever reads its log (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Nothing was done. `detail` says why, and what would be possible."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers

    @property
    def answer(self) -> Response:
        body = {"status": self.status, "title": HTTPStatus(self.status).phrase, "detail": self.detail}
        return Response(json.dumps(body, ensure_ascii=False), self.status, self.headers, media_type=MEDIA_TYPE)
