"""Write down which versions this project was tested with, from what is installed in .venv.

`config/deploy/requirements.lock` is what pip installs, `config/deploy/sbom.cdx.json` the same as a software bill of
materials (CycloneDX 1.6). Both hold what serving needs, with the extras for other databases and several hosts, and
nothing that differs from one run to the next. `--check` writes nothing: it says what no longer fits setup.cfg or one
another, and which packages are installed in another version than the locked one; it asks no network.
"""

from __future__ import annotations

import configparser
import json
import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "config/deploy/requirements.lock"
SBOM = ROOT / "config/deploy/sbom.cdx.json"
EXTRAS = ("mariadb", "postgres", "redis", "s3")
OLDEST = "3.11.2"  # of Debian 12, on which the container stands
# Deployed on Linux with the lowest version of Python that is supported: what that needs is needed by all.
TARGET = {**default_environment(), "python_version": "3.11", "python_full_version": "3.11.0", "sys_platform": "linux"}
HEAD = """\
# The versions that serving was tested with. `make lock` writes it from .venv, and sbom.cdx.json beside it.
#   pip install -r requirements.lock && pip install --no-deps wger-flask
"""


def declared() -> list[Requirement]:
    """Return what setup.cfg asks for, with the extras that are locked."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = parser["options"]["install_requires"].splitlines()
    for extra in EXTRAS:
        lines += parser["options.extras_require"][extra].splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def closure() -> dict[str, tuple[str, list[str]]]:
    """Return what is installed of it, by name: the version, and the names that it needs itself."""
    found: dict[str, tuple[str, list[str]]] = {}
    waiting = declared()
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (name, frozenset(wanted.extras)) in seen or not applies(wanted, ""):
            continue
        seen.add((name, frozenset(wanted.extras)))
        try:
            held = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            sys.exit(f"{name} is needed on Python {OLDEST}, Debian's, and not installed here: pip install {name}")
        if not SpecifierSet(held.metadata.get("Requires-Python") or "").contains(OLDEST):
            sys.exit(f"{name} {held.version} does not run on Python {OLDEST}, Debian's: install an earlier one")
        needs = [Requirement(text) for text in held.requires or ()]
        needs = [each for each in needs if any(applies(each, extra) for extra in ("", *wanted.extras))]
        for each in needs:
            each.marker = None
        names = {canonicalize_name(each.name) for each in needs} | set(found.get(name, ("", []))[1])
        found[name] = held.version, sorted(names)
        waiting += needs
    return dict(sorted(found.items()))


def applies(wanted: Requirement, extra: str) -> bool:
    """Tell whether a requirement is one on the target, with an extra."""
    return wanted.marker is None or wanted.marker.evaluate({**TARGET, "extra": extra})


def read_lock() -> dict[str, str]:
    """Return the versions in the lock file by name."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def license_of(name: str) -> list[dict[str, object]]:
    """Return the license that a distribution declares, as CycloneDX has it."""
    about = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return [{"expression": expression}]
    classified = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if "License" in line]
    said = classified or [line for line in (about.get("License") or "").splitlines()[:1] if len(line) < 60]
    return [{"license": {"name": text}} for text in sorted(set(said))]


def bill(found: dict[str, tuple[str, list[str]]], version: str) -> dict[str, object]:
    """Return the bill of materials: without a serial number and a date, so that it changes with what it lists alone."""

    def purl(name: str) -> str:
        return f"pkg:pypi/{name}@{found[name][0]}"

    own = f"pkg:pypi/wger-flask@{version}"
    direct = sorted({canonicalize_name(each.name) for each in declared()})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": own, "name": "wger-flask", "version": version, "purl": own,
            },
        },
        "components": [
            {"type": "library", "bom-ref": purl(name), "name": name, "version": found[name][0], "purl": purl(name)}
            | ({"licenses": told} if (told := license_of(name)) else {})
            for name in found
        ],
        "dependencies": [
            {"ref": own, "dependsOn": [purl(name) for name in direct]},
            *({"ref": purl(name), "dependsOn": [purl(each) for each in needs]} for name, (_, needs) in found.items()),
        ],
    }  # fmt: skip


def own_version() -> str:
    """Return the version of this project."""
    return re.search(r'__version__ = "(.+)"', (ROOT / "wger_flask/__init__.py").read_text())[1]  # type: ignore[index]


def write() -> None:
    """Write both files."""
    found = closure()
    lines = "".join(f"{name}=={version}\n" for name, (version, _) in found.items())
    LOCK.write_text(HEAD + lines, encoding="utf-8")
    SBOM.write_text(json.dumps(bill(found, own_version()), indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} packages")


def problems() -> list[str]:
    """Return what does not fit: setup.cfg and the lock, what packages need of one another, the lock and the bill."""
    locked, wrong = read_lock(), []
    told = json.loads(SBOM.read_text(encoding="utf-8"))
    listed = {each["name"]: each["version"] for each in told["components"]}
    if listed != locked:
        differing = sorted(set(listed.items()) ^ set(locked.items()))
        wrong.append(f"sbom.cdx.json lists other versions than requirements.lock: {differing}")
    if told["metadata"]["component"]["version"] != own_version():
        wrong.append("sbom.cdx.json is of another version of this project")
    needed = set()
    for wanted in declared():
        name = canonicalize_name(wanted.name)
        needed.add(f"pkg:pypi/{name}@{locked.get(name)}")
        if name not in locked:
            wrong.append(f"{wanted} is not in requirements.lock")
        elif not wanted.specifier.contains(locked[name], prereleases=True):
            wrong.append(f"{name} {locked[name]} in requirements.lock does not fit setup.cfg: {wanted}")
    edges = {each["ref"]: each["dependsOn"] for each in told["dependencies"]}
    reached, waiting = set(), sorted(needed)
    while waiting:
        if (ref := waiting.pop()) not in reached:
            reached.add(ref)
            waiting += edges.get(ref, [])
    for name, version in locked.items():
        if f"pkg:pypi/{name}@{version}" not in reached:
            wrong.append(f"{name} in requirements.lock is needed by nothing")
    return wrong


def others() -> list[str]:
    """Return the packages that are installed in another version than the locked one: those were tested instead."""
    held = {canonicalize_name(each.name): each.version for each in metadata.distributions()}
    return [f"{name} {held[name]}" for name, version in read_lock().items() if held.get(name, version) != version]


def main() -> None:
    """Write, or check."""
    if "--check" not in sys.argv:
        write()
        return
    if wrong := problems():
        sys.exit("\n".join([*wrong, "make lock writes both anew"]))
    told = f"requirements.lock and sbom.cdx.json fit setup.cfg: {len(read_lock())} packages"
    print(told + (f"; installed here, in other versions: {', '.join(found)}" if (found := others()) else ""))


if __name__ == "__main__":
    main()
