"""Framed: a mail of ours as the answer to a frame of a page: it looks as it will, and no link of it acts or leads anywhere."""

import re

from starlette.responses import Response

from dashboard.guard import A_MAIL
from outbound.link import nobody_elses

_LINK = re.compile(r"<a (?=href=)")
# The frame may go nowhere: whoever followed a link would see their browser's error in it.
_STILL = "<style>a{pointer-events:none}</style></head>"


def framed(html: str) -> Response:
    still = _LINK.sub('<a tabindex="-1" ', nobody_elses(html)).replace("</head>", _STILL, 1)
    return Response(still, media_type="text/html", headers=A_MAIL)
