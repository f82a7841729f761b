"""The files for CI: held against schemas that are not ours, and their scripts run as they stand."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import kpatch_tools
from tests.hook_checkout import KPT, LEFT_BEHIND, Checkout, small

ROOT = Path(__file__).parent.parent
CI = Path(kpatch_tools.__file__).parent / "ci"
BIN = Path(sys.executable).parent
# ${{ steps.range.outputs.base }}
EXPRESSION = re.compile(r"\$\{\{ *([\w.]+) *\}\}")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    made = small(tmp_path, monkeypatch)
    kpt = tmp_path / "bin" / "kpt"
    kpt.parent.mkdir()
    kpt.write_text(f"#!/bin/sh\nexec '{KPT[0]}' {KPT[1]} '{KPT[2]}' \"$@\"\n")
    kpt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{kpt.parent}:{BIN}:{os.environ['PATH']}")
    yield made


def loaded(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def cloned(tree: Checkout, commit: str) -> Checkout:
    """What a runner has after its checkout: this one commit."""
    runner = Checkout(tree.folder.parent / "runner")
    runner.folder.mkdir()
    runner.git("init", "--quiet")
    runner.git("remote", "add", "origin", f"file://{tree.remote}")
    runner.git("fetch", "--quiet", "--depth=1", "origin", commit)
    runner.git("checkout", "--quiet", "--detach", commit)
    return runner


def bash(runner: Checkout, script: str, more: Mapping[str, str]) -> tuple[int, str]:
    """The exit code and what was said; -e as both services run their scripts."""
    done = runner.run("bash", "-e", "-c", script, **more)
    return done.returncode, done.stdout + done.stderr


def github(tree: Checkout, head: str, commits: int) -> tuple[int, str, Path]:
    """Run the workflow's steps for a pull request to main: exit code, log, folder of the runner."""
    tree.git("push", "--quiet", "--no-verify", "origin", f"{head}:refs/pull/1/head")
    runner = cloned(tree, head)
    known = {
        "github.event.pull_request.commits": str(commits),
        "github.event.pull_request.head.sha": head,
        "github.event.pull_request.base.ref": "main",
    }
    log = ""
    for step in loaded(CI / "github.yml")["jobs"]["verify"]["steps"]:
        if "run" not in step or step["run"].startswith("python -m pip"):
            continue
        output = runner.folder.parent / "output"
        output.write_text("")
        own = {
            name: EXPRESSION.sub(lambda found: known[found[1]], str(value))
            for name, value in step.get("env", {}).items()
        }
        code, said = bash(runner, step["run"], {**own, "GITHUB_OUTPUT": str(output)})
        log += said
        if code:
            return code, log, runner.folder
        for line in output.read_text().splitlines():
            name, _, value = line.partition("=")
            known[f"steps.{step['id']}.outputs.{name}"] = value
    return 0, log, runner.folder


def gitlab(tree: Checkout, head: str, base: str, **more: str) -> tuple[int, str, Path]:
    """Run the job's script for a merge request: exit code, log, folder of the runner."""
    tree.git("push", "--quiet", "--no-verify", "origin", f"{head}:refs/merge-requests/1/head")
    runner = cloned(tree, head)
    said = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_SHA": head, **more}
    (script,) = loaded(CI / "gitlab.yml")["kpt"]["script"]
    return *bash(runner, script, said), runner.folder


def results(folder: Path) -> list[str]:
    """The rules that the SARIF file tells of."""
    (run,) = json.loads((folder / "kpt.sarif").read_text())["runs"]
    return [each["ruleId"] for each in run["results"]]


@pytest.mark.parametrize(
    ("schema", "file"), [("github-workflows", "github.yml"), ("gitlab-ci", "gitlab.yml")]
)
def test_the_services_schemas_accept_the_files(schema: str, file: str, tmp_path: Path) -> None:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, str(CI / file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "ok -- validation done\n")
    # the check can fail
    wrong = tmp_path / file
    wrong.write_text(
        (CI / file)
        .read_text()
        .replace("\n    timeout-minutes: 60", "\n    steps: 1")
        .replace("when: always", "when: sometimes")
    )
    assert subprocess.run([*command, str(wrong)], capture_output=True, check=False).returncode == 1


def test_findings_are_uploaded_though_kpt_refutes() -> None:
    steps = loaded(CI / "github.yml")["jobs"]["verify"]["steps"]
    names = [
        step.get("uses", step.get("id", step.get("name", ""))).partition("@")[0] for step in steps
    ]
    assert names[-3:] == ["verify", "github/codeql-action/upload-sarif", "Answer"]
    assert steps[-2]["with"]["sarif_file"] == "kpt.sarif"
    assert loaded(CI / "gitlab.yml")["kpt"]["artifacts"]["when"] == "always"


def test_github_judges_the_commits_of_the_pull_request_alone(tree: Checkout) -> None:
    tree.commit_good("b")
    tree.git("push", "--quiet", "origin", "main")
    tree.branch("topic")
    tree.commit_good("c")
    head = tree.commit_bad()
    # main went on meanwhile
    tree.git("checkout", "--quiet", "main")
    tree.commit_good("d")
    tree.git("push", "--quiet", "origin", "main")
    code, log, folder = github(tree, head, commits=2)
    assert (code, results(folder)) == (1, ["stale-reference"])
    assert LEFT_BEHIND.partition(":5")[0] in log
    assert "(2 of 2 patches)" in log


def test_github_passes_what_is_proved(tree: Checkout) -> None:
    tree.branch("topic")
    head = tree.commit_good()
    code, log, folder = github(tree, head, commits=1)
    assert (code, results(folder), "::warning" in log) == (0, [], False)


def test_github_asks_the_whole_history_where_there_are_merges(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_good("b")
    tree.git("checkout", "--quiet", "main")
    tree.commit_good("c")
    tree.git("push", "--quiet", "origin", "main")
    tree.git("checkout", "--quiet", "topic")
    tree.git("merge", "--quiet", "--no-edit", "main")
    head = tree.commit_bad()
    code, log, folder = github(tree, head, commits=3)
    assert (code, results(folder)) == (1, ["stale-reference"])
    assert "a merge, judged as one patch" in log


def test_github_fails_where_nothing_was_verified(tree: Checkout) -> None:
    tree.branch("topic")
    head = tree.commit_good()
    code, log, folder = github(tree, head, commits=5)
    assert (code != 0, (folder / "kpt.sarif").exists()) == (True, False)
    assert "fatal: " in log


def test_gitlab_judges_the_commits_of_the_merge_request_alone(tree: Checkout) -> None:
    base = tree.git("rev-parse", "main")
    tree.branch("topic")
    tree.commit_good("c")
    head = tree.commit_bad()
    code, log, folder = gitlab(tree, head, base)
    assert (code, results(folder)) == (1, ["stale-reference"])
    assert "(2 of 2 patches)" in log
    assert (folder / "kpt.xml").read_text().count("<failure") == 1


def test_gitlab_fetches_more_until_it_has_the_base(tree: Checkout) -> None:
    base = tree.git("rev-parse", "main")
    tree.branch("topic")
    parent, listed = base, tree.git("rev-parse", "HEAD^{tree}")
    for number in range(60):
        parent = tree.git("commit-tree", listed, "-p", parent, "-m", f"{number}")
    tree.git("reset", "--quiet", "--hard", parent)
    head = tree.commit_bad()
    code, log, _ = gitlab(tree, head, base)
    assert (code, "(61 of 61 patches)" in log) == (1, True)


def test_gitlab_takes_the_proposed_commit_of_a_merged_results_pipeline(tree: Checkout) -> None:
    base = tree.git("rev-parse", "main")
    tree.branch("topic")
    head = tree.commit_good()
    merged = tree.git("commit-tree", f"{head}^{{tree}}", "-p", base, "-p", head, "-m", "merge")
    more = {"CI_COMMIT_SHA": merged, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head}
    code, log, _ = gitlab(tree, head, base, **more)
    assert (code, "(1 of 1 patches)" in log) == (0, True)


def test_gitlab_ends_where_the_base_is_no_ancestor(tree: Checkout) -> None:
    tree.git("checkout", "--quiet", "--orphan", "else")
    head = tree.commit("another root")
    code, log, _ = gitlab(tree, head, tree.git("rev-parse", "main"))
    assert (code, "does not start from" in log) == (3, True)


def test_pre_commit_accepts_the_manifest() -> None:
    command = [str(BIN / "pre-commit"), "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert subprocess.run(command, check=False).returncode == 0


def test_pre_commit_runs_the_hook_before_a_push(tree: Checkout) -> None:
    (manifest,) = loaded(ROOT / ".pre-commit-hooks.yaml")
    # as the manifest has it, but for the environment that pre-commit would install kpt into
    own = {**manifest, "language": "system"}
    own.pop("minimum_pre_commit_version")
    config = {"repos": [{"repo": "local", "hooks": [own]}]}
    (tree.folder / ".pre-commit-config.yaml").write_text(json.dumps(config))
    tree.commit("pre-commit")
    tree.git("push", "--quiet", "origin", "main")
    tool = shutil.which("pre-commit")
    assert tool is not None
    assert tree.run(tool, "install", "--hook-type", "pre-push").returncode == 0
    tree.branch("topic")
    tree.commit_good()
    tree.commit_bad()
    done = tree.try_git("push", "origin", "topic")
    said = done.stdout + done.stderr
    assert (done.returncode, "refs/heads/topic: 2 commits on " in said) == (1, True)
    assert LEFT_BEHIND in said
    assert not tree.has("refs/heads/topic")
    tree.git("reset", "--quiet", "--hard", "HEAD~1")
    done = tree.try_git("push", "origin", "topic")
    assert (done.returncode, "verdict: proved" in done.stdout + done.stderr) == (0, True)
    # by hand there is no push
    assert tree.run(tool, "run", "--hook-stage", "pre-push").returncode == 0
    # a root commit: pre-commit says no range
    tree.git("checkout", "--quiet", "--orphan", "new")
    tree.commit("a root")
    done = tree.try_git("push", "origin", "new")
    assert (done.returncode, "a root commit" in done.stdout + done.stderr) == (0, True)
