"""Which journal a SQLite file gets, by the version of SQLite and the file system that it is on."""

import re
from pathlib import Path

from store.driver import sqlite3

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "9p",
        "afs",
        "ceph",
        "fuse.ceph",
        "glusterfs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.s3fs",
        "lustre",
        "gfs2",
        "ocfs2",
        "virtiofs",
    }
)


def journal_mode(kind: str, version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """WAL where it is safe, else TRUNCATE, under which readers and writers wait for each other. `kind`: of the file system.

    SQLite 3.7.0 to 3.51.2 can corrupt a WAL that several threads reset; over a network its shared memory is none.
    """
    fixed = version >= (3, 51, 3) or any(
        version[:2] == good[:2] and version >= good for good in ((3, 50, 7), (3, 44, 6))
    )
    return "WAL" if fixed and kind not in _NETWORK else "TRUNCATE"


def filesystem(file: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of file system that a file is on or will be on, as proc_pid_mountinfo(5) names it; "" where nobody says."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
        place = file.absolute().resolve()
    except OSError:
        return ""
    found = [(mounted, kind) for mounted, kind in map(_mount, lines) if place.is_relative_to(mounted)]
    return max(enumerate(found), key=lambda one: (len(one[1][0].parts), one[0]))[1][1] if found else ""


def _mount(line: str) -> tuple[Path, str]:
    fields = line.split(" ")
    place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
    return Path(place), fields[fields.index("-") + 1]
