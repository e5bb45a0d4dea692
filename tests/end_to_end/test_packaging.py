"""The wheel stands on its own, and the CI recipes' own commands run."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.stage import on_stage

ROOT = Path(__file__).parents[2]


def _sh(*command: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)),
        check=False,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")} | environment,
    )


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the built wheel and the run-time requirements alone; the path of its `bin`."""
    folder = tmp_path_factory.mktemp("wheel")
    built = _sh(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("*.whl")
    environment = folder / "venv"
    made = _sh(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, environment)
    assert made.returncode == 0, made.stderr
    uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", environment)
    pinned = _sh(*uv, "--require-hashes", "-r", "requirements.txt")
    assert pinned.returncode == 0, pinned.stderr
    done = _sh(*uv, "--no-deps", wheel)
    assert done.returncode == 0, done.stderr
    return environment / "bin"


def test_the_wheel_runs_help_and_the_demo_without_the_test_dependencies(installed: Path, tmp_path: Path) -> None:
    shown = _sh(installed / "okrsync", "--help", cwd=tmp_path)
    demo = _sh(installed / "okrsync", "demo", "--output", tmp_path / "out", cwd=tmp_path)
    tools = _sh(installed / "python", "-c", "import pytest", cwd=tmp_path)

    assert shown.returncode == 0 and "sync" in shown.stdout
    assert demo.returncode == 0, demo.stderr
    assert "nothing has changed: 0 writes." in demo.stdout and "\033" not in demo.stdout
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
    assert tools.returncode != 0, "the test dependencies are not there"


def _github_script() -> str:
    text = (ROOT / "examples/ci/github-actions.yml").read_text(encoding="utf-8")
    match = re.search(r"- name: Sync\n +run: \|\n((?: {10}.*\n)+)", text)
    assert match
    return match[1]


def _gitlab_script() -> str:
    text = (ROOT / "examples/ci/gitlab-ci.yml").read_text(encoding="utf-8")
    match = re.search(r"  script:\n    - \|\n((?: {6}.*\n)+)", text)
    assert match
    return match[1]


def _block(file: str, before: str, upto: str = r" {0,6}\S") -> str:
    """The commands of the block that follows a line, without their indent."""
    text = (ROOT / "examples/ci" / file).read_text(encoding="utf-8")
    match = re.search(re.escape(before) + rf"\n((?: +.*\n)+?)(?={upto})", text)
    assert match
    return textwrap.dedent(match[1])


def test_the_github_recipe_keeps_the_progress_file_and_is_quiet_without_one(tmp_path: Path) -> None:
    upstream, work = tmp_path / "upstream.git", tmp_path / "work"
    _sh("git", "init", "--quiet", "--bare", "-b", "main", upstream)
    _sh("git", "clone", "--quiet", upstream, work)
    (work / "okrs").mkdir()
    (work / "okrs" / "pay.toml").write_text("", encoding="utf-8")
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    assert _sh("git", "checkout", "-q", "-B", "main", cwd=work).returncode == 0
    assert _sh("git", "add", ".", cwd=work).returncode == 0
    assert _sh("git", *identity, "commit", "-qm", "start", cwd=work).returncode == 0
    assert _sh("git", "push", "-q", "-u", "origin", "main", cwd=work).returncode == 0
    script = _block("github-actions.yml", "- name: Keep the progress file\n        if: always()\n        run: |")

    def commits() -> int:
        return len(_sh("git", "log", "--oneline", "main", cwd=upstream).stdout.splitlines())

    assert _sh("bash", "-e", "-c", script, cwd=work).returncode == 0
    assert commits() == 1
    (work / "okrs" / "progress.json").write_text("{}\n", encoding="utf-8")
    for _ in range(2):
        kept = _sh("bash", "-e", "-c", script, cwd=work)
        assert kept.returncode == 0, kept.stderr
        assert commits() == 2


@pytest.mark.parametrize(
    ("script", "shell", "later"),
    [(_github_script(), "bash", 0), (_gitlab_script(), "sh", 75)],
    ids=["github", "gitlab"],
)
def test_a_recipes_commands_sync_and_treat_the_exit_codes_as_meant(
    script: str, shell: str, later: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin_path = tmp_path / "bin"
    bin_path.mkdir()
    tool = bin_path / "okrsync"
    tool.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from syncer.cli import main; main()' \"$@\"\n")
    tool.chmod(0o755)
    summary = tmp_path / "summary.md"
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        monkeypatch.setenv("PYTHONPATH", str(ROOT))

        def recipe(**environment: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [shell, "-e", "-c", script],
                check=False,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=120,
                env=os.environ
                | {"PATH": f"{bin_path}:{os.environ['PATH']}", "GITHUB_STEP_SUMMARY": str(summary), "FORCE": ""}
                | environment,
            )

        synced = recipe(FORCE="PAY-O1-KR1 GRO-O1-KR2")
        assert synced.returncode == 0, synced.stderr
        assert stage.mutations()
        said = summary.read_text(encoding="utf-8") if shell == "bash" else synced.stdout
        assert "PAY-O1-KR1" in said

        for server in stage.sandbox.servers:
            server.faults.answer(status=401, times=99)
        assert recipe().returncode == 1

        assert recipe(OKRSYNC_CONFIG="", FORCE="NO-SUCH-KR").returncode == 2

        (tmp_path / "bin" / "okrsync").write_text("#!/bin/sh\nexit 75\n")
        assert recipe().returncode == later
        (tmp_path / "bin" / "okrsync").write_text("#!/bin/sh\nexit 3\n")
        assert recipe().returncode == 3


def _tool(folder: Path, name: str, does: str) -> Path:
    """A command of this name that stands in for one that talks to somebody else's service."""
    tool = folder / "bin" / name
    tool.parent.mkdir(exist_ok=True)
    tool.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    tool.chmod(0o755)
    return tool.parent


def _a_report(folder: Path) -> str:
    (folder / "okr-report").mkdir()
    (folder / "okr-report" / "report.html").write_text("<!doctype html>the page", encoding="utf-8")
    return "<!doctype html>the page"


@pytest.mark.parametrize(
    ("github", "code"),
    [("echo false", 0), ("echo true", 1), ("echo 'Not Found' >&2; exit 1", 1), ("echo", 1)],
    ids=["private", "public", "no-page", "unsaid"],
)
def test_the_github_page_is_published_only_where_it_is_private(github: str, code: int, tmp_path: Path) -> None:
    page = _a_report(tmp_path)
    path = f"{_tool(tmp_path, 'gh', github)}:{os.environ['PATH']}"
    judge = _block("pages-github.yml", "          GH_TOKEN: ${{ github.token }}\n        run: |")
    make = _block("pages-github.yml", "- name: Make the site\n        run: |")

    done = _sh("bash", "-e", "-c", judge + make, cwd=tmp_path, PATH=path, GITHUB_REPOSITORY="acme/okrs")

    assert done.returncode == code
    assert (tmp_path / "site").exists() == (code == 0)
    assert code or (tmp_path / "site" / "index.html").read_text("utf-8") == page


@pytest.mark.parametrize(("visibility", "code"), [("private", 0), ("internal", 1), ("public", 1), ("", 1)])
def test_the_gitlab_page_is_published_only_from_a_private_project(visibility: str, code: int, tmp_path: Path) -> None:
    page = _a_report(tmp_path)
    script = _block(
        "gitlab-ci.yml", "      when: always # a failed sync leaves a report too\n  script:\n    - |", "  artifacts:"
    )

    done = _sh("sh", "-e", "-c", script, cwd=tmp_path, CI_PROJECT_VISIBILITY=visibility)

    assert done.returncode == code
    assert (tmp_path / "public").exists() == (code == 0)
    assert code or (tmp_path / "public" / "index.html").read_text("utf-8") == page


@pytest.mark.parametrize(
    ("bucket", "code", "sent"),
    [
        ("s3://acme-okrs/page/", 0, "aws s3 cp okr-report/report.html s3://acme-okrs/page/index.html"),
        ("gs://acme-okrs", 0, "gcloud storage cp okr-report/report.html gs://acme-okrs/index.html"),
        ("s3://YOUR-BUCKET/okrs", 2, ""),
        ("https://acme.example", 2, ""),
        ("", 2, ""),
    ],
)
def test_the_page_goes_into_a_bucket_and_grants_nobody_anything(
    bucket: str, code: int, sent: str, tmp_path: Path
) -> None:
    _a_report(tmp_path)
    for name in ("aws", "gcloud"):
        bin_path = _tool(tmp_path, name, f'echo {name} "$@"')
    path = f"{bin_path}:{os.environ['PATH']}"

    done = _sh("sh", ROOT / "examples/ci/publish-to-bucket.sh", cwd=tmp_path, PATH=path, PAGE_BUCKET=bucket)

    assert done.returncode == code, done.stderr
    assert done.stdout.startswith(sent) if sent else not done.stdout
    assert "acl" not in done.stdout


def test_a_bucket_is_left_alone_where_there_is_no_report(tmp_path: Path) -> None:
    done = _sh("sh", ROOT / "examples/ci/publish-to-bucket.sh", cwd=tmp_path, PAGE_BUCKET="s3://acme-okrs")

    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no okr-report/report.html" in done.stderr


@pytest.mark.parametrize("recipe", ["github-actions.yml", "planning.yml"])
@pytest.mark.parametrize(
    ("github", "code"),
    [("echo private", 0), ("echo internal", 0), ("echo public", 1), ("exit 1", 1), ("echo", 1)],
    ids=["private", "internal", "public", "no answer", "unsaid"],
)
def test_a_github_recipe_reads_nothing_where_the_repository_is_public(
    recipe: str, github: str, code: int, tmp_path: Path
) -> None:
    path = f"{_tool(tmp_path, 'gh', github)}:{os.environ['PATH']}"
    first = "    steps:\n      - name: Only where the repository is not public\n        env:\n"
    script = _block(recipe, f"{first}          GH_TOKEN: ${{{{ github.token }}}}\n        run: |")

    done = _sh("bash", "-e", "-c", script, cwd=tmp_path, PATH=path, GITHUB_REPOSITORY="acme/okrs")

    assert done.returncode == code, done.stderr
    assert ("Nothing was read." in done.stdout) == bool(code)


@pytest.mark.parametrize(("visibility", "code"), [("private", 0), ("internal", 0), ("public", 1), ("", 1)])
def test_the_gitlab_recipe_reads_nothing_where_the_project_is_public(visibility: str, code: int) -> None:
    script = _block("gitlab-ci.yml", "  before_script:\n    - |", "    - pip install")

    done = _sh("sh", "-e", "-c", script, CI_PROJECT_VISIBILITY=visibility)

    assert done.returncode == code, done.stderr
    assert ("Nothing was read." in done.stdout) == bool(code)


@pytest.mark.parametrize("code", [0, 4])
def test_the_planning_recipe_leaves_the_answer_in_the_summary_and_ends_as_the_gate_does(
    code: int, tmp_path: Path
) -> None:
    script = _block("planning.yml", "          SPRINT: ${{ inputs.sprint }}\n        run: |")
    tools = _tool(tmp_path, "okrsync", f'echo "$@"; exit {code}')
    summary = tmp_path / "summary.md"

    done = _sh(
        "bash",
        "-e",
        "-c",
        script,
        cwd=tmp_path,
        PATH=f"{tools}:{os.environ['PATH']}",
        GITHUB_STEP_SUMMARY=str(summary),
        SPRINT="next",
        TEAM="payments",
    )

    assert done.returncode == code
    assert "check --sprint next --team payments" in summary.read_text(encoding="utf-8")
