"""The wheel is complete, the dependencies are declared, and the checks of every change read right."""

import argparse
import ast
import configparser
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
import yaml

from wger_flask import new_plugin
from wger_flask.testing.contract.conftest import pytest_generate_tests

ROOT = Path(__file__).resolve().parent.parent
IN_WHEEL = {"wger_flask": "wger_flask", "config": "wger_flask/config", "plugins": "wger_flask/plugins"}
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


@pytest.fixture(scope="module")
def setup():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    return parser


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what is built from: building leaves things lying about."""
    folder = tmp_path_factory.mktemp("source")
    for name in IN_WHEEL:
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_SHIPPED)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel")
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(target)!r})"
    done = subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [path] = target.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel's content, in front of whatever else is installed."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_every_file_of_the_package_is_in_the_wheel_and_no_other(source, wheel):
    expected = {
        f"{target}/{path.relative_to(source / name).as_posix()}"
        for name, target in IN_WHEEL.items()
        for path in (source / name).rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == expected


@pytest.mark.parametrize("kind", ["py", "json", "svg", "html", "css"])
def test_the_package_has_files_of_each_kind(source, kind):
    assert list((source / "wger_flask").rglob(f"*.{kind}")), "else the wheel proves nothing about them"


def test_the_wheel_says_what_it_offers(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [points] = [archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt")]
        [metadata] = [archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA")]
    assert "wger-flask = wger_flask.commands:main" in points
    assert "License" in metadata and "MIT" in metadata
    assert "Provides-Extra: postgres" in metadata


def test_the_types_of_the_package_are_there_for_those_who_import_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        assert "wger_flask/py.typed" in archive.namelist()  # PEP 561: else checkers take all of it as untyped


def test_whatever_is_of_others_is_shipped_with_its_licence(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [archive.read(name).decode() for name in names if name.endswith("/METADATA")]
    licences = [name.partition(".dist-info/licenses/")[2] for name in names if ".dist-info/licenses/" in name]
    theirs = [path.relative_to(source).as_posix() for path in (source / "wger_flask").rglob("*.LICENSE")]
    assert theirs and sorted(licences) == sorted(["LICENSE", *theirs])
    for licence in licences:
        assert f"License-File: {licence}" in metadata


def run_installed(installed, folder, *arguments):
    """Run the interpreter on the wheel's content, far from the checkout."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WGER_")}
    environ |= {"PYTHONPATH": str(installed), "XDG_DATA_HOME": str(folder / "data"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True)


def test_an_installation_finds_its_own_folders_and_writes_to_the_users(installed, tmp_path):
    program = (
        "import wger_flask.folders as f, wger_flask.settings_reader as s; print(f.__file__);"
        "print(f.shipped('config')); print(f.shipped('plugins')); print(s.load('production').WGER_INSTANCE_PATH)"
    )
    done = run_installed(installed, tmp_path, "-c", program)
    package = installed / "wger_flask"
    assert done.stdout.split() == [
        str(path) for path in (package / "folders.py", package / "config", package / "plugins")
    ] + [str(tmp_path / "data" / "wger_flask")], done.stderr


def test_an_installation_migrates(installed, tmp_path):
    done = run_installed(installed, tmp_path, "-m", "wger_flask", "migrate")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "wger_flask" / "wger.sqlite").is_file()
    assert os.listdir(tmp_path) == ["data"], "nothing is written where the command was called"


def test_a_wrong_setting_ends_the_command_with_one_line(installed, tmp_path):
    program = (
        "import os, sys; os.environ['TIME_ZONE'] = 'Mars'; sys.argv[1:] = ['migrate'];"
        "from wger_flask.commands import main; main()"
    )
    done = run_installed(installed, tmp_path, "-c", program)
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["Error: TIME_ZONE must be an IANA time zone such as Europe/Berlin, not 'Mars'"]


def test_gunicorn_gives_up_on_a_wrong_setting():
    environ = dict(os.environ, TIME_ZONE="Mars")
    done = subprocess.run([sys.executable, "wsgi.py"], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 3  # gunicorn's own status for a process that is not to be started again
    assert done.stderr.splitlines() == ["Error: TIME_ZONE must be an IANA time zone such as Europe/Berlin, not 'Mars'"]


def test_gunicorn_reads_its_configuration(tmp_path):
    environ = dict(os.environ, WGER_INSTANCE_PATH=str(tmp_path), WGER_WORKERS="3", WGER_BIND="127.0.0.1:1")
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "--print-config", "wsgi:app"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    shown = dict(re.findall(r"^(\w+)\s+= (.*)$", done.stdout, re.MULTILINE))
    assert done.returncode == 0, done.stderr
    assert (shown["workers"], shown["preload_app"]) == ("3", "True")
    assert shown["worker_class"] == "wger_flask.serving.worker.BufferingWorker"
    assert shown["bind"] == "['127.0.0.1:1']"
    assert shown["accesslog"] == "None"


@pytest.fixture(scope="module")
def started(installed, tmp_path_factory):
    """What ``wger-flask new-plugin`` writes, with the metadata that installing it would leave."""
    folder = tmp_path_factory.mktemp("started")
    done = run_installed(installed, folder, "-m", "wger_flask", "new-plugin", "sleep_well")
    assert done.returncode == 0, done.stderr
    assert "Wrote wger-sleep-well/wger_sleep_well/migrations/__init__.py." in done.stdout.splitlines()
    assert os.listdir(folder) == ["wger-sleep-well"]
    project = folder / "wger-sleep-well"
    build = "from setuptools.build_meta import prepare_metadata_for_build_wheel as prepare; prepare('.')"
    done = subprocess.run([sys.executable, "-c", build], cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return project


def test_a_plugin_that_is_begun_passes_its_tests_and_the_contract(installed, started):
    done = run_installed(
        installed, started, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--wger-resource", "sleep-well"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 80


def test_a_resource_that_is_not_there_is_no_reason_to_test_nothing():
    class Asked:
        fixturenames = ("resource_name",)
        config = argparse.Namespace(getoption=lambda name: ["nap"])

    with pytest.raises(pytest.UsageError, match="there is no resource 'nap'; there are: .*water"):
        pytest_generate_tests(Asked)


def test_a_plugin_that_is_begun_is_formatted_and_builds(started):
    for check in (["check", "--select", "E,F,W,I,B,UP"], ["format", "--check"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *check, "."], cwd=started, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    assert "wger_sleep_well" in (started / "pyproject.toml").read_text()
    assert not [
        path
        for path in started.rglob("*")
        if path.is_file()
        and "@" in path.read_text(errors="ignore")
        and path.suffix in (".py", ".md", ".toml")
        and re.search(r"@\w+@", path.read_text())
    ]


@pytest.mark.parametrize("name", ["Water", "1st", "x", "class", "water", "exercise", "a-b", "sleep_", "s" * 31])
def test_names_that_a_plugin_cannot_have(tmp_path, name):
    with pytest.raises(ValueError, match=re.escape(repr(name))):
        new_plugin.write(name, tmp_path, {"water", "exercise"})
    assert not list(tmp_path.iterdir())


def test_a_folder_that_exists_is_left_alone(tmp_path):
    (tmp_path / "wger-sleep").mkdir()
    with pytest.raises(ValueError, match="wger-sleep exists already"):
        new_plugin.write("sleep", tmp_path, set())


def imported_modules(folder: Path):
    """Yield the top-level names that the Python files of a folder import."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.module.partition(".")[0]


def names_of(requirements: str) -> set[str]:
    return {canonical(re.match(r"[\w.-]+", line).group()) for line in requirements.split("\n") if line.strip()}


def canonical(name: str) -> str:
    """Return the name of a package as installers compare it."""
    return name.lower().replace("_", "-")


def test_every_import_is_declared(setup):
    extras = [wanted for extra, wanted in setup["options.extras_require"].items() if extra != "dev"]
    declared = names_of("\n".join([setup["options"]["install_requires"], *extras]))
    declared |= names_of("\n".join(requires("flask")))  # Flask's documentation sends its users to werkzeug and click
    distributions = packages_distributions()
    for name in IN_WHEEL:
        for module in set(imported_modules(ROOT / name)) - set(sys.stdlib_module_names) - {"wger_flask"}:
            owners = {canonical(owner) for owner in distributions.get(module, [module])}
            assert owners & declared, f"{name}/ imports {module}, which setup.cfg does not require"


def test_the_makefile_explains_every_target():
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True)
    shown = {line.split()[1] for line in done.stdout.splitlines()}
    [phony] = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert shown == set(phony.split())
    assert {"install", "serve", "test", "lint", "bench", "conformance", "screenshots", "docs", "clean"} <= shown


def test_the_rules_of_lint_stand_in_the_configuration():
    """So that an editor, the hooks before a commit and CI go by the same ones."""
    lint = re.findall(r"ruff .*", (ROOT / "Makefile").read_text())
    assert lint and not [line for line in lint if "--select" in line or "--line-length" in line]
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
    assert rules["line-length"] == 120 and {"E", "F", "W", "I", "B", "UP"} <= set(rules["lint"]["select"])


def test_the_hooks_before_a_commit_are_the_projects_own_checks():
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local", "another repository would bring tools of other versions"
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for hook in repository["hooks"]:
        command, *arguments = hook["entry"].split()
        assert command != "make" or arguments[-1] in targets
        for path in (part for part in arguments if part.startswith("tests/")):
            assert (ROOT / path).exists(), path


def test_the_readme_lists_every_page():
    table = (ROOT / "README.md").read_text()
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "index.md"]
    assert pages and not [name for name in (*pages, "reference/index.md") if f"(docs/{name})" not in table]
    assert not [link for link in re.findall(r"\]\((?!https?:)([^)#]+)", table) if not (ROOT / link).exists()]


def program(name: str):
    """Return the module that is a program of ``.ci``."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def floor():
    return program("conformance_floor")


OUTPUT = """\
auth25                      340 of    343   99.13 %
writes_body                1064 of   1064  100.00 %
failing most: login 3
every failure: conformance-failures.txt
1404 passed, 3 failed""".splitlines()


def test_scores_are_read(floor):
    assert floor.read_scores(OUTPUT) == {"auth25": 340, "writes_body": 1064, "total": 1404}
    assert "total" not in floor.read_scores(OUTPUT[:-1]), "a run that broke off has no total"


@pytest.mark.parametrize(
    "least, lost",
    [
        ({"auth25": 340, "writes_body": 1064, "total": 1404}, []),
        ({"auth25": 0, "total": 0}, []),
        ({"auth25": 341, "total": 1404}, ["auth25: 340 passed, the floor is 341"]),
        ({"reads": 0}, ["reads: nothing passed, the floor is 0"]),
    ],
)
def test_what_is_below_the_floor_is_told(floor, least, lost):
    assert floor.losses(floor.read_scores(OUTPUT), least) == lost


def test_the_floor_is_the_sum_of_its_suites():
    kept = json.loads((ROOT / "tests" / "conformance-floor.json").read_text())
    assert kept.pop("total") == sum(kept.values())


FINE = {"name": "flask", "version": "3.1.3", "vulns": []}
FAULTY = {"name": "idna", "version": "3.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.2"]}]}
SKIPPED = {"name": "attrs", "skip_reason": "Dependency not found on PyPI: attrs (26.1.0)"}


@pytest.mark.parametrize(
    "found, is_well, told",
    [
        ([FINE], True, ["1 of 1 packages looked up, 0 known faults"]),
        (
            [FINE, FAULTY],
            False,
            ["idna 3.1: PYSEC-1, mended in 3.2", "2 of 2 packages looked up, 1 known faults"],
        ),
        (
            [FINE, SKIPPED],
            False,
            ["skipped, Dependency not found on PyPI: attrs (26.1.0)", "1 of 2 packages looked up, 0 known faults"],
        ),
        ([SKIPPED], False, ["none of 1 packages could be looked up, so that nothing is known of them"]),
    ],
)
def test_a_package_that_was_skipped_is_named_with_the_reason(found, is_well, told):
    lines, well = program("audit").report({"dependencies": found})
    assert well is is_well and len(lines) == len(told)
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=True)), lines
