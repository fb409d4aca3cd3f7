"""Built: the wheel, the sdist and the wheel from it, made of a copy of the sources; and environments to put them into. For tests only.

An environment is fresh, and sees the libraries of the one that the tests run in, so that nothing is fetched: a path
alone is added, and what is installed there "editable" is not followed.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("inbound", "classifier", "workflow", "outbound", "templates", "store", "dashboard", "postroom")
BESIDE = ("pyproject.toml", "README.md", "CHANGELOG.md")


def sources(folder: Path) -> Path:
    """A copy of what is built, without the tests and everything else of the repository."""
    for name in BESIDE:
        shutil.copy(ROOT / name, folder)
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def build(source: Path, target: Path, kind: str) -> Path:
    """`kind`: wheel or sdist."""
    _run([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)], source)
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


def unpacked(sdist: Path, target: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(target, filter="data")
    (folder,) = target.iterdir()
    return folder


def environment(folder: Path, what: Path) -> Path:
    """A fresh environment with this wheel, or with these sources as an editable installation; its folder of programs."""
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder.parent)
    programs = folder / "bin"
    libraries = sysconfig.get_path("purelib")
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(f"{libraries}\n")
    kind = ["--no-build-isolation", "--editable"] if what.is_dir() else []
    _run([*_installer(programs / "python"), "--no-deps", "--no-index", *kind, str(what)], folder.parent)
    return programs


def _installer(python: Path) -> list[str]:
    """One of the two with which `./do` makes its own environment."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--offline", "--python", str(python)]
    return [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]


def _run(command: list[str], folder: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
