"""What this machine says of itself: its time zone. It never looks at the network."""

import os
from pathlib import Path

from postroom import values

LOCALTIME = Path("/etc/localtime")
ZONES = "zoneinfo/"


def time_zone(environment: str | None = None, link: Path = LOCALTIME) -> str:
    """The zone of TZ, else the one that /etc/localtime points to, as IANA names it; "UTC" where neither names one."""
    said = (os.environ.get("TZ", "") if environment is None else environment).removeprefix(":")
    for name in (said.rpartition(ZONES)[2], str(link.resolve()).partition(ZONES)[2].removeprefix("posix/")):
        if name and _known(name):
            return "UTC" if name in {"Etc/UTC", "UCT", "Etc/UCT"} else name
    return "UTC"


def _known(name: str) -> bool:
    try:
        values.zone(name)
    except ValueError:
        return False
    return True
