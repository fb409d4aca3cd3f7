"""Forms: what a browser posts, as text. Never a file: those come by mail."""

from urllib.parse import parse_qsl

from starlette.requests import Request

FIELDS = 20


async def posted(request: Request, most: int = FIELDS) -> dict[str, str]:
    """The fields of a form, the last of each name. What is no form has none."""
    body = (await request.body()).decode("ascii", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=most))
    except ValueError:  # more fields than a form of ours has
        return {}
