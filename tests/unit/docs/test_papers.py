"""The papers say what is so: their commands run, their links resolve, their tables are complete."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from support.company_files import company_files
from support.stage import on_stage
from unit.docs import config_page

from adapters.jira.settings import JiraSettings
from adapters.linear.settings import LinearSettings
from adapters.registry.tables import KeyResultTable, ObjectiveTable, RegistryFile
from syncer.config import examine
from syncer.config_tables import ConfigTable, KrRuleTable

ROOT = Path(__file__).parents[3]
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
DAY = "2026-11-18"

NOT_RUN_HERE = {
    "okrsync sandbox": "serves until Ctrl-C: it has a test of its own below",
    "okrsync demo": "test_packaging runs it from the wheel",
}


def commands(paper: Path) -> list[str]:
    """Every command line of the paper's `sh` fences, and those after `$ ` of its `console` fences."""
    found = []
    for language, body in FENCE.findall(paper.read_text(encoding="utf-8")):
        for line in body.replace("\\\n", " ").splitlines():
            text = re.sub(r"\s+#.*", "", line).strip()
            if language == "sh" and text and not text.startswith("#"):
                found.append(text)
            elif language == "console" and text.startswith("$ "):
                found.append(text[2:])
    return found


def is_run(command: str) -> bool:
    return command.startswith(("okrsync ", "curl ", "JIRA=", "FIELD=")) and not command.startswith(tuple(NOT_RUN_HERE))


def named(papers: list[Path]) -> list[object]:
    return [pytest.param(paper, id=str(paper.relative_to(ROOT))) for paper in papers]


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment whose `okrsync` is this checkout's, on the sandbox's own day."""
    tool = tmp_path / "bin" / "okrsync"
    tool.parent.mkdir()
    tool.write_text(
        "#!/bin/sh\n"
        f'run() {{ exec {sys.executable} -c "from syncer.cli import main; main()" "$@"; }}\n'
        'case " $* " in *" --at "*|*" --help "*|*" --version "*|" history "*|" init "*) run "$@" ;; esac\n'
        f'run "$@" --at {DAY}\n',
        encoding="utf-8",
    )
    tool.chmod(0o755)
    return {
        "PATH": f"{tool.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OKRSYNC_CONFIG": str(tmp_path / "company" / "config.toml"),
    }


@pytest.mark.parametrize("paper", named([paper for paper in PAPERS if any(map(is_run, commands(paper)))]))
def test_every_command_of_a_paper_runs(
    paper: Path, shell: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "\n".join(command for command in commands(paper) if is_run(command))

    with on_stage(tmp_path / "company", monkeypatch, size=0.1):
        done = subprocess.run(
            ["bash", "-e", "-u", "-o", "pipefail", "-x", "-c", script],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ | shell,
        )

    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr


def test_every_command_of_the_program_in_the_papers_is_one_that_a_test_runs() -> None:
    known = {
        f"okrsync {name}"
        for name in (
            "check",
            "checkin",
            "history",
            "init",
            "plan",
            "sync",
            "report",
            "resume",
            "retro",
            "rollover",
            "explain",
            "doctor",
            "labels",
            "suggest",
            "lint",
            "--version",
        )
    }
    shown = {" ".join(command.split()[:2]) for paper in PAPERS for command in commands(paper)}

    unknown = {command for command in shown if command.startswith("okrsync")} - known - set(NOT_RUN_HERE)

    assert unknown == set()


def test_every_make_target_of_the_papers_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {command.split()[1] for paper in PAPERS for command in commands(paper) if command.startswith("make ")}

    missing = {target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)}

    assert {"demo", "test"} <= targets
    assert missing == set()


def test_the_sandbox_says_what_to_type_and_that_runs(shell: dict[str, str], tmp_path: Path) -> None:
    [command] = [each for each in commands(ROOT / "docs/tutorial.md") if each.startswith("okrsync sandbox")]
    serving = subprocess.Popen(
        [sys.executable, "-c", "from syncer.cli import main; main()", *command.split()[1:]],
        cwd=tmp_path,
        env=os.environ | shell | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stdout is not None
        said = []
        for line in serving.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        script = "".join(line for line in said if not line.startswith("#"))
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ | shell,
        )
    finally:
        serving.kill()
        serving.communicate()

    assert "okrsync sync" in script
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("paper", named(PAPERS))
def test_every_relative_link_resolves(paper: Path) -> None:
    text = FENCE.sub("", paper.read_text(encoding="utf-8"))
    broken = []
    for link in LINK.findall(text):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (paper.parent / path).resolve() if path else paper
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def anchors(paper: Path) -> set[str]:
    """GitHub's anchors: lower case, marks gone, spaces to hyphens."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", paper.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_paper_is_reached_from_the_map() -> None:
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    linked = {link.partition("#")[0] for link in LINK.findall(index)}

    papers = {paper.name for paper in (ROOT / "docs").glob("*.md")} - {"index.md"}

    assert papers <= linked


def test_the_config_page_is_current() -> None:
    assert config_page.PAGE.read_text(encoding="utf-8") == config_page.page(), (
        "run: .venv/bin/python tests/unit/docs/config_page.py"
    )


def models_within(*models: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models, and every model that their fields hold."""
    for model in models:
        yield model
        for field in model.model_fields.values():
            yield from models_within(*_models_in(field.annotation))


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


@pytest.mark.parametrize(
    ("page", "models"),
    [
        ("docs/config.md", (ConfigTable, KrRuleTable, JiraSettings, LinearSettings)),
        ("docs/registry.md", (RegistryFile, ObjectiveTable, KeyResultTable)),
    ],
    ids=["config", "registry"],
)
def test_every_key_is_on_its_page(page: str, models: tuple[type[BaseModel], ...]) -> None:
    rows = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
    keys = {field.alias or name for model in models_within(*models) for name, field in model.model_fields.items()}

    assert keys - rows == set()


def test_every_field_of_the_report_is_on_its_page() -> None:
    from syncer.report.schema import PlanDocument, Report

    text = (ROOT / "docs/report.md").read_text(encoding="utf-8")
    fields = {
        field.serialization_alias or name
        for model in models_within(Report, PlanDocument)
        for name, field in model.model_fields.items()
    }

    assert {field for field in fields if f"`{field}`" not in text} == set()


def test_the_readmes_config_and_the_registrys_example_fit_together(tmp_path: Path) -> None:
    [config] = [body for language, body in FENCE.findall((ROOT / "README.md").read_text("utf-8")) if language == "toml"]
    registry = next(
        body for language, body in FENCE.findall((ROOT / "docs/registry.md").read_text("utf-8")) if language == "toml"
    )

    examined = examine(company_files(tmp_path, config=config, example=registry))

    assert (examined.problems, examined.findings) == ((), ())


def test_every_exit_code_is_explained() -> None:
    from syncer import exit_codes

    codes = {value for value in vars(exit_codes).values() if isinstance(value, int)}
    text = (ROOT / "docs/how-it-works.md").read_text(encoding="utf-8")

    assert {code for code in codes if f"| {code} |" not in text} == set()


def test_the_errors_that_are_explained_are_those_of_the_program() -> None:
    """Compared piece by piece: what an error fills in is `...`, a number or a word in capitals in the paper."""
    text = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    explained = [
        text for row in re.findall(r"^\| (`.*`) \|", text, re.MULTILINE) for text in re.findall(r"`([^`]+)`", row)
    ]
    sources = [path.read_text(encoding="utf-8") for name in ("adapters", "mappings", "syncer") for path in _code(name)]
    program = re.sub(r"\"\s*\n\s*f?\"", "", "\n".join(sources)).replace("`", "")
    program = re.sub(r"\{[^{}\n]*\}", "\0", program)

    pieces = {
        piece.strip(" ;,.:")
        for error in explained
        for piece in re.split(r"\.\.\.|\"|: |\d[\d.]*|\b[A-Z][A-Z-]*\b|\bor\b|progress\.json", error)
    }

    assert {piece for piece in pieces if len(piece) > 8 and piece not in program} == set()


def _code(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if "sandbox" not in path.parts)


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_no_package_registry_is_named_anywhere() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], check=False, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: there is no list of tracked files")
    # Put together here, or this file would name them.
    hosts = [
        ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("docker", "io"))
    ]
    naming = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file() or b"\0" in (content := path.read_bytes()):
            continue
        naming += [f"{name}: {host}" for host in hosts if host.encode() in content]

    assert naming == []


@pytest.mark.parametrize("paper", named(PAPERS))
def test_the_papers_keep_the_houses_punctuation(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")

    assert "\N{EM DASH}" not in text and "\N{EN DASH}" not in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|") and "](" not in line) <= 400
