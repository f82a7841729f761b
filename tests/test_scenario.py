"""Scenarios: read from folders, selected by what a series touches, run on trees."""

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from memory_tree import MemoryTree

from kpatch_tools.domain import FileDiff, Held, ModelRun, NotBuilt, Patch, Step, Violated
from kpatch_tools.errors import KptError
from kpatch_tools.modelcheck import Modelled, build, chosen, descriptions, run_models
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.running import Job, replay_job, run_jobs
from kpatch_tools.modelcheck.scenario import (
    Scenario,
    Touched,
    Unfit,
    Variant,
    When,
    read_scenario,
    scenarios,
)
from kpatch_tools.modelcheck.touched import touched_by

TOML = """
summary = "two threads count"
assumptions = ["nothing fails"]
trap = ["panic"]
reaches = ["count=2"]

[applies_when]
files = ["drivers/dev/*.c"]
functions = ["count_up"]

[requires]
defines = ["count_up"]

[config]
on = ["SMP"]
values = { HZ = 100 }

[subjects]
"drivers/dev/count.c" = ["count_up"]

[parameters]
ROUNDS = 1

[faults]
at_most = 1

[bounds]
states = 1000

[[run]]
name = "one round"

[[run]]
name = "two rounds"
parameters = { ROUNDS = 2 }

[[variant]]
when = { defines = ["count_down"], absent = ["count_sideways"] }
subjects = { "drivers/dev/down.c" = ["count_down"] }
parameters = { DOWN = 1 }
"""


def folder(tmp_path: Path, toml: str) -> Path:
    here = tmp_path / "counting"
    here.mkdir()
    (here / "scenario.toml").write_text(toml)
    (here / "scenario.c").write_text("void scenario_init(void) { }\n")
    (here / "stand_ins.h").write_text("int stand_in;\n")
    return here


def test_every_key_of_the_toml_is_read(tmp_path: Path) -> None:
    found = read_scenario(folder(tmp_path, TOML))
    expected = Scenario(
        name="counting",
        summary="two threads count",
        source=b"void scenario_init(void) { }\n",
        subjects={"drivers/dev/count.c": ("count_up",)},
        on=("SMP",),
        values={"HZ": "100"},
        assumptions=("nothing fails",),
        stand_ins=(("kpt:scenarios/counting/stand_ins.h", b"int stand_in;\n"),),
        traps=("panic",),
        reaches=("count=2",),
        files=("drivers/dev/*.c",),
        functions=frozenset({"count_up"}),
        requires=When(("count_up",)),
        parameters={"ROUNDS": "1"},
        bounds=replace(found.bounds, states=1000, faults=1),
        runs=(("one round", {}), ("two rounds", {"ROUNDS": "2"})),
        variants=(
            Variant(
                When(("count_down",), ("count_sideways",)),
                {"drivers/dev/down.c": ("count_down",)},
                {"DOWN": "1"},
            ),
        ),
    )
    assert found == expected


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("summary =", "counting/scenario.toml: Invalid value (at end of document)"),
        ("colour = 1", "counting/scenario.toml: unknown key 'colour'"),
        ("summary = 'x'", "counting/scenario.toml: KeyError('subjects')"),
        (
            TOML.replace('trap = ["panic"]', 'trap = "panic"'),
            "counting/scenario.toml: TypeError('trap must be a list')",
        ),
        (
            TOML.replace("trap =", 'stand_ins = ["../other/absent.h"]\ntrap ='),
            "counting/scenario.toml: ValueError('no such file: ../other/absent.h')",
        ),
    ],
)
def test_toml_that_is_wrong_is_told(tmp_path: Path, toml: str, message: str) -> None:
    with pytest.raises(KptError) as error:
        read_scenario(folder(tmp_path, toml))
    assert error.value.message == message


def test_shipped_scenarios_can_be_read_and_described() -> None:
    names = [scenario.name for scenario in scenarios()]
    assert names == sorted(names)
    assert {"balloon-lifecycle", "balloon-probe-remove", "movable-driver"} <= set(names)
    assert list(descriptions()) == names


BEFORE = "#define STEP 1\nint count;\nvoid count_up(void)\n{\n\tcount += STEP;\n}\nint other;\n"


def step(after: str, path: str = "drivers/dev/count.c", number: int = 1) -> Step:
    diff = FileDiff(path, path)
    patch = Patch(number, "count", "a <a@example.org>", None, "", (diff,))
    return Step(patch, MemoryTree({path: BEFORE}), MemoryTree({path: after}), (), ())


@pytest.mark.parametrize(
    ("after", "names"),
    [
        (BEFORE.replace("+= STEP", "-= STEP"), {"count_up"}),
        (BEFORE.replace("STEP 1", "STEP 2"), {"STEP"}),
        (BEFORE.replace("int other", "long other"), {"other"}),
        (BEFORE + "MAKE(more, count)\n", {"MAKE", "more", "count"}),
        (BEFORE.replace("void count_up(void)\n{", "/* up */ void count_up(void) {"), set()),
        ("", {"STEP", "count", "count_up", "other"}),
    ],
)
def test_series_touches_what_its_patches_change(after: str, names: set[str]) -> None:
    assert touched_by([step(after)]).names == names


def test_scenario_is_selected_by_path_or_by_name(tmp_path: Path) -> None:
    scenario = read_scenario(folder(tmp_path, TOML))
    nothing: frozenset[str] = frozenset()
    cases = {
        Touched(frozenset({"drivers/dev/x.c"}), nothing): True,
        Touched(frozenset({"drivers/dev.c"}), nothing): False,
        Touched(nothing, frozenset({"count_up"})): True,
        Touched(nothing, frozenset({"count_down"})): False,
    }
    assert {touched: scenario.applies(touched) for touched in cases} == cases


def test_model_off_and_unknown_scenario() -> None:
    assert run_models([step("")], "off") == Modelled()
    with pytest.raises(KptError):
        chosen([step("")], "no-such-scenario")


def test_variant_is_chosen_by_what_the_tree_defines(tmp_path: Path) -> None:
    scenario = read_scenario(folder(tmp_path, TOML))
    down = scenario.on_tree({"count_up", "count_down"}.__contains__)
    assert isinstance(down, Scenario)
    assert (down.subjects, down.parameters) == (
        {"drivers/dev/count.c": ("count_up",), "drivers/dev/down.c": ("count_down",)},
        {"ROUNDS": "1", "DOWN": "1"},
    )
    assert scenario.on_tree({"count_up"}.__contains__) == scenario
    unfit = Unfit("the tree does not define count_up")
    assert scenario.on_tree({"count_down"}.__contains__) == unfit


# --- running -----------------------------------------------------------------


pytestmark = pytest.mark.usefixtures("one_toolchain")

COUNTER = b"""
static void up(void *unused) { count_up(); }
void scenario_init(void)
{
	eng_thread("a", up, 0);
	eng_thread("b", up, 0);
}
void scenario_final(void)
{
	eng_observe("count", count);
	eng_assert(count == 2, "an update is lost");
}
"""
LOST = "int count;\n\nvoid count_up(void)\n{\n\tcount++;\n}\n"
SAFE = LOST.replace("count++", "atomic_add(&count)")
SHIM_STEP = b"""
void atomic_add(int *v) { eng_step("atomic_add", v, sizeof(*v), ENG_UPDATE); ++*v; }
"""


def counting(**different: object) -> Scenario:
    given: dict[str, object] = {
        "name": "counting",
        "summary": "two threads count",
        "source": COUNTER,
        "subjects": {"count.c": ("count_up", "count")},
        "on": (),
        "stand_ins": (("kpt:scenarios/counting/stand_ins.h", SHIM_STEP),),
    }
    return Scenario(**{**given, **different})  # type: ignore[arg-type]  # by keyword, in tests only


def jobs(scenario: Scenario, *texts: str) -> list[Job]:
    trees = (TreeState(MemoryTree({"count.c": text})) for text in texts)
    return [Job(patch, state, scenario) for patch, state in enumerate(trees)]


def shown(runs: tuple[ModelRun, ...]) -> list[tuple[int, str, str]]:
    """Patch, scenario, and the outcome's kind with what it says."""
    found = []
    for run in runs:
        outcome = run.outcome
        said = type(outcome).__name__
        if isinstance(outcome, Violated):
            said += f": {outcome.invariant}"
        if isinstance(outcome, NotBuilt):
            said += f": {outcome.reason}"
        found.append((run.patch, run.scenario, said))
    return found


def violations(run: ModelRun) -> Violated:
    assert isinstance(run.outcome, Violated)
    return run.outcome


def test_lost_update_is_found_with_its_line_and_gone_with_the_fix() -> None:
    runs = run_jobs(jobs(counting(), LOST, SAFE), 2).runs
    assert [found for found in shown(runs) if "race" not in found[2]] == [
        (0, "counting", "Violated: an update is lost"),
        (1, "counting", "Held"),
    ]
    lost = next(v for v in map(violations, runs[:-1]) if v.invariant == "an update is lost")
    places = {(step.place.path, step.place.line, step.text) for step in lost.trace[:-1]}
    assert places == {("count.c", 5, "count++;")}


def test_schedule_can_be_replayed_on_the_same_tree_and_diverges_or_holds_on_another() -> None:
    job, fixed = jobs(counting(), LOST, SAFE)
    lost = violations(run_jobs([job], 1).runs[0])
    again = replay_job(job, "counting", lost.schedule)
    assert not isinstance(again, NotBuilt) and again.violation is not None
    assert (again.result, again.violation.message) == ("violated", lost.invariant)
    other = replay_job(fixed, "counting", lost.schedule)
    assert not isinstance(other, NotBuilt) and other.violation is None


def test_order_and_outcomes_are_the_same_with_one_job_and_with_two() -> None:
    work = jobs(counting(), LOST, SAFE, LOST.replace("int count;\n", "int count;\nint x;\n"))
    assert run_jobs(work, 1).runs == run_jobs(work, 2).runs


def test_each_run_of_a_scenario_is_named() -> None:
    scenario = counting(
        source=COUNTER.replace(b"count == 2", b"count == WANTED"),
        runs=(("two", {"WANTED": "2"}), ("three", {"WANTED": "3"})),
    )
    assert shown(run_jobs(jobs(scenario, SAFE), 2).runs) == [
        (0, "counting (two)", "Held"),
        (0, "counting (three)", "Violated: an update is lost"),
    ]


def test_scenario_that_a_tree_lacks_the_names_for_has_no_run_there() -> None:
    scenario = counting(requires=When(("atomic_add",)))
    both = SAFE.replace("int count;", "int count;\nvoid atomic_add(int *v);")
    assert shown(run_jobs(jobs(scenario, LOST, both), 2).runs) == [(1, "counting", "Held")]


def test_what_is_reached_but_not_modelled_is_no_verdict() -> None:
    text = LOST.replace("int count;", "int count;\nvoid far(void);").replace("count++", "far()")
    found = shown(run_jobs(jobs(counting(), text), 1).runs)
    assert [said.split(":")[0] for _, _, said in found] == ["NotBuilt"]
    assert "reached far: its code is in a file that is not modelled" in found[0][2]


def test_model_in_which_nothing_happens_is_no_proof() -> None:
    idle = "int count = 2;\nvoid count_up(void)\n{\n}\n"
    scenario = counting(reaches=("count=2", "count=7"))
    assert shown(run_jobs(jobs(scenario, idle), 1).runs) == [
        (
            0,
            "counting",
            "Violated: no run ends with count=7: what the scenario is about never happens",
        )
    ]


def test_held_says_what_it_rests_on() -> None:
    run = run_jobs(jobs(counting(assumptions=("two threads are enough",)), SAFE), 1).runs[0]
    assert isinstance(run.outcome, Held)
    assert run.outcome.limits[0] == "two threads are enough"
    assert any("only members that are used" in limit for limit in run.outcome.limits)


def test_subject_that_does_not_compile_is_not_built_with_its_line() -> None:
    text = LOST.replace("count++", "count->up++")
    runs = run_jobs(jobs(counting(), text), 1).runs
    assert [said for _, _, said in shown(runs)] == [
        "NotBuilt: the compiler refuses what was extracted: "
        "count.c:5: invalid type argument of '->' (have 'int')"
    ]


def test_without_a_compiler_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "find_toolchain", functools.partial(build.find_toolchain, "/none"))
    found = shown(run_jobs(jobs(counting(), SAFE), 1).runs)
    assert [said.partition(":")[0] for _, _, said in found] == ["NotBuilt"]


def test_series_runs_the_base_and_each_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    def only(*_: object) -> tuple[Scenario, ...]:
        return (counting(),)

    monkeypatch.setattr("kpatch_tools.modelcheck.chosen", only)
    trees: Mapping[int, str] = {0: SAFE, 3: SAFE.replace("\n\n", "\n\n\n"), 4: SAFE}
    texts = list(trees.values())
    steps = [
        Step(
            Patch(number, "count", "a <a@example.org>", None, "", ()),
            MemoryTree({"count.c": before}),
            MemoryTree({"count.c": after}),
            (),
            (),
        )
        for number, before, after in zip((3, 4), texts, texts[1:], strict=False)
    ]
    assert [(run.patch, type(run.outcome)) for run in run_models(steps, "auto", 2).runs] == [
        (0, Held),
        (3, Held),
        (4, Held),
    ]
