"""Turns model runs into their section: outcomes by tree, interleavings, what they rest on."""

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from kpatch_tools.domain import Bounded, Extraction, Held, ModelRun, NotBuilt, Violated
from kpatch_tools.reports._html.finding import replay_command
from kpatch_tools.reports._html.page import Page
from kpatch_tools.reports._html.steps import sequence
from kpatch_tools.reports._html.writing import (
    NOTHING,
    SPACE,
    Html,
    code,
    counted,
    counting,
    folded,
    items,
    joined,
    link,
    tag,
    text,
)
from kpatch_tools.reports._model import outcome_name

# what stood where in a model, in the words of the page
ORIGINS = (
    ("ran as they stand in the tree", "extracted"),
    ("with behaviour of ours", "customised"),
    ("without effect", "stubbed"),
    ("stop the run when reached", "trapped"),
)

Numbered = tuple[int, ModelRun]


def model(page: Page) -> Html:
    """The outcomes as a table, then each scenario; nothing where no scenario was run."""
    runs = list(enumerate(page.report.runs))
    if not runs:
        return NOTHING
    scenarios = list(dict.fromkeys(run.scenario for _, run in runs))
    told = tag("small", text(counting(outcome_name(run) for _, run in runs if run.patch)))
    return tag(
        "section",
        tag("h2", text("Model"), SPACE, told),
        tag("p", text("The C of each tree, under every interleaving of a scenario's threads.")),
        _table(runs, scenarios),
        *(
            _scenario(page, name, [each for each in runs if each[1].scenario == name])
            for name in scenarios
        ),
        id="model",
        aria_label="Model",
    )


def _table(runs: Sequence[Numbered], scenarios: Sequence[str]) -> Html:
    trees = sorted({run.patch for _, run in runs})
    columns = [tag("th", text(_tree(patch)), scope="col") for patch in trees]
    rows = [
        tag(
            "tr",
            tag("th", link(f"scenario-{number}", text(name)), scope="row"),
            *(_cell(runs, name, patch) for patch in trees),
        )
        for number, name in enumerate(scenarios, start=1)
    ]
    table = tag(
        "table",
        tag("caption", text("What each scenario showed on each tree"), class_="unseen"),
        tag("thead", tag("tr", tag("th", text("Scenario"), scope="col"), *columns)),
        tag("tbody", *rows),
        class_="list outcomes",
    )
    return tag("div", table, class_="scroll", role="group", aria_label="Outcomes", tabindex="0")


def _cell(runs: Sequence[Numbered], name: str, patch: int) -> Html:
    told = [
        tag("div", _outcome(run), SPACE, _brief(index, run))
        for index, run in runs
        if (run.scenario, run.patch) == (name, patch)
    ]
    return tag("td", *(told or [tag("span", text("not run"), class_="quiet")]))


def _outcome(run: ModelRun) -> Html:
    return tag("span", text(outcome_name(run)), class_=f"outcome {_class(run)}")


def _class(run: ModelRun) -> str:
    return outcome_name(run).replace(" ", "-")


def _tree(patch: int) -> str:
    return f"after patch {patch}" if patch else "on the base"


def _brief(index: int, run: ModelRun) -> Html:
    outcome = run.outcome
    match outcome:
        case Held():
            return tag("span", text(_size(outcome.states, outcome.transitions)), class_="quiet")
        case Violated():
            return link(f"run-{index}", text(outcome.invariant))
        case Bounded():
            return tag("span", text(outcome.limit), class_="quiet")
        case NotBuilt():
            return tag("span", text(outcome.reason), class_="quiet")
        case _:
            assert_never(outcome)


def _size(states: int, transitions: int) -> str:
    return f"{counted(states, 'state')}, {counted(transitions, 'transition')}"


def _scenario(page: Page, name: str, runs: Sequence[Numbered]) -> Html:
    number = list(dict.fromkeys(run.scenario for run in page.report.runs)).index(name) + 1
    violated = [each for each in runs if isinstance(each[1].outcome, Violated)]
    rest = [each for each in runs if not isinstance(each[1].outcome, Violated)]
    return tag(
        "section",
        tag("h3", text(name)),
        *(_violation(page, index, run) for index, run in violated),
        items(_told(run) for _, run in rest),
        *_ends(run for _, run in rest),
        *_limits(run for _, run in runs),
        _origins([run.outcome.extraction for _, run in runs]),
        id=f"scenario-{number}",
        class_="scenario",
        aria_label=f"Scenario {name}",
    )


def _violation(page: Page, index: int, run: ModelRun) -> Html:
    outcome = run.outcome
    if not isinstance(outcome, Violated):
        return NOTHING
    threads = len({step.thread for step in outcome.trace})
    told = f"{counted(len(outcome.trace), 'step')}, {counted(threads, 'thread')}"
    summary = joined(
        (
            tag("span", text(_tree(run.patch)), class_="quiet"),
            SPACE,
            tag("span", text(outcome.invariant), class_="claim"),
            SPACE,
            tag("span", text(told), class_="quiet"),
        )
    )
    command = replay_command(run.scenario, run.patch, outcome.schedule)
    meta = (
        link(f"check-{outcome.rule}", code(outcome.rule)),
        text(f" · found in {_size(outcome.states, outcome.transitions)}"),
        *_told_in(page, index),
        text(" · replay it:"),
    )
    return folded(
        summary,
        tag("p", *meta, class_="meta"),
        tag("pre", code(command), class_="block command"),
        sequence(page, run.patch, outcome, f"run-{index}"),
        class_="run",
    )


def _told_in(page: Page, index: int) -> Iterator[Html]:
    for finding in page.report.findings:
        if page.run_of(finding) == index:
            yield text(" · told in finding ")
            yield link(page.id_of(finding), code(finding.id))


def _told(run: ModelRun) -> Html:
    outcome = run.outcome
    name = _outcome(run)
    match outcome:
        case Held():
            said = _size(outcome.states, outcome.transitions)
        case Bounded():
            said = f"{outcome.limit} ({_size(outcome.states, outcome.transitions)})"
        case NotBuilt():
            missing = f"; missing: {', '.join(outcome.missing)}" if outcome.missing else ""
            said = f"{outcome.reason}{missing}"
        case Violated():
            said = outcome.invariant
        case _:
            assert_never(outcome)
    return joined((text(_tree(run.patch)), SPACE, name, SPACE, text(said)))


def _ends(runs: Iterable[ModelRun]) -> Iterator[Html]:
    """How the final states of two models that hold differ."""
    before: tuple[str, ...] = ()
    for run in runs:
        if not isinstance(run.outcome, Held):
            continue
        new, gone = set(run.ends) - set(before), set(before) - set(run.ends)
        if before and (new or gone):
            told = [text(f"new end: {end}") for end in sorted(new)]
            told += [text(f"gone end: {end}") for end in sorted(gone)]
            yield folded(text(f"Final states that differ {_tree(run.patch)}"), items(told))
        before = run.ends


def _limits(runs: Iterable[ModelRun]) -> Iterator[Html]:
    limits = dict.fromkeys(
        limit for run in runs if isinstance(run.outcome, Held) for limit in run.outcome.limits
    )
    if limits:
        summary = text(f"Not explored where it held: {counted(len(limits), 'limit')}")
        yield folded(summary, items(map(text, limits)))


def _origins(taken: Sequence[Extraction]) -> Html:
    rows = []
    for told, origin in ORIGINS:
        names = sorted({name for each in taken for name in getattr(each, origin)})
        if names:
            listed = joined((code(name) for name in names), text(", "))
            term = tag("dt", text(f"{len(names)} {told}"))
            rows.append(tag("div", term, tag("dd", listed)))
    if not rows:
        return NOTHING
    return folded(text("What it rests on: names by origin"), tag("dl", *rows, class_="facts names"))
