"""The HTML report in a real browser: quiet, by key, without its script, narrow, dark, for all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from html_pages import founding, hostile
from reports_example import finding, report

from kpatch_tools.domain import Report, Violated
from kpatch_tools.reports import html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]
WIDE = {"width": 1400, "height": 1000}
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages as files: of the founding series, the example, hostile text."""
    folder = tmp_path_factory.mktemp("pages")
    old = replace(finding(), preexisting=True, patch=0, introduced_in=0, id="00ff00ff00ff")
    example = replace(report(), findings=(*report().findings, old))
    made: dict[str, Report] = {"founding": founding(), "example": example, "hostile": hostile()}
    for name, given in made.items():
        (folder / f"{name}.html").write_text(html.render(given), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def opened(browser: "Browser", pages: dict[str, Path]) -> Iterator[Open]:
    """Opens a page from its file; whatever it complains of, or asks for, fails the test."""
    heard: list[str] = []
    contexts = []
    requests: dict[str, list[str]] = {}

    def open_page(name: str, part: str = "", **options: Any) -> "Page":
        context = browser.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        requests[pages[name].as_uri()] = asked
        page.goto(f"{pages[name].as_uri()}{part}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert heard == []
    # a page is asked for itself, and nothing else ever is
    assert {url: set(asked) for url, asked in requests.items()} == {url: {url} for url in requests}


@pytest.mark.parametrize("name", ["founding", "example", "hostile"])
def test_it_opens_in_silence(opened: Open, name: str) -> None:
    page = opened(name)
    assert page.locator("h1").count() == 1
    assert page.title().startswith("refuted: ")
    # the script ran: it alone makes these
    assert page.locator(".tools button").count() == 2


def violation() -> Violated:
    """The interleaving of most threads."""
    found = [run.outcome for run in founding().runs if isinstance(run.outcome, Violated)]
    return max(found, key=lambda outcome: len({step.thread for step in outcome.trace}))


def walk_of(page: "Page", outcome: Violated) -> str:
    """Opens the interleaving; the selector of its frame."""
    runs = founding().runs
    number = next(n for n, run in enumerate(runs) if run.outcome is outcome)
    page.locator(f"details:has(> #run-{number}) > summary").click()
    return f"#run-{number}"


def test_an_interleaving_is_gone_through_by_key(opened: Open) -> None:
    outcome = violation()
    page = opened("founding")
    walk = walk_of(page, outcome)
    page.locator(f"{walk} .scroll").focus()
    last = len(outcome.trace)
    told = []
    for key in ("j", "ArrowDown", "k", "End", "ArrowUp", "Home", "ArrowUp"):
        page.keyboard.press(key)
        current = page.locator(f"{walk} [aria-current=step]")
        assert current.count() == 1
        step = int(current.locator("th").inner_text())
        told.append(step)
        spoken = page.locator(f"{walk} [aria-live=polite]").text_content() or ""
        thread, words = outcome.trace[step - 1].thread, outcome.trace[step - 1].text.split()
        assert spoken.startswith(f"step {step} of {last}; {thread}; ")
        assert outcome.trace[step - 1].function in spoken
        assert " ".join(words) in spoken
    assert told == [2, 3, 2, last, last - 1, 1, 1]


def test_switches_of_thread_are_gone_to(opened: Open) -> None:
    outcome = violation()
    threads = [step.thread for step in outcome.trace]
    switches = [n for n in range(2, len(threads) + 1) if threads[n - 1] != threads[n - 2]]
    page = opened("founding")
    walk = walk_of(page, outcome)
    page.locator(f"{walk} .scroll").focus()
    met = []
    for key in "]" * len(switches) + "[" * (len(switches) - 1):
        page.keyboard.press(key)
        met.append(int(page.locator(f"{walk} [aria-current=step] th").inner_text()))
    assert met == switches + switches[-2::-1]


def test_the_memory_after_a_step_is_what_the_steps_made_of_it(opened: Open) -> None:
    outcome = violation()
    values: dict[str, str] = {}
    for step in outcome.trace:
        for change in step.changes:
            name, _, rest = change.partition(": ")
            values[name] = rest.partition(" -> ")[2]
    page = opened("founding")
    walk = walk_of(page, outcome)
    page.locator(f"{walk} .bar button", has_text="Last").click()
    names = page.locator(f"{walk} .memory dt").all_text_contents()
    shown = page.locator(f"{walk} .memory dd").all_text_contents()
    assert dict(zip(names, shown, strict=True)) == values


def test_a_finding_is_followed_to_its_line(opened: Open) -> None:
    page = opened("founding")
    wanted = next(f for f in founding().findings if f.rule == "undeclared-in-config")
    page.locator(f"#findings a[href='#finding-{wanted.id}']").click()
    card = page.locator(f"#finding-{wanted.id}")
    assert card.evaluate("each => document.activeElement === each")
    box = card.bounding_box()
    assert box is not None
    assert -5 <= box["y"] < WIDE["height"] / 2
    above = card.evaluate(
        "each => { let at = each; while (at.localName !== 'pre') at = at.previousElementSibling;"
        " const line = at.lastElementChild; return [line.dataset.n, line.textContent]; }"
    )
    assert above == [str(wanted.place.line), "+\tkern_unmount(balloon_mnt);\n"]


def test_n_and_p_go_from_finding_to_finding(opened: Open) -> None:
    page = opened("example")
    order = page.locator(".finding").evaluate_all("all => all.map((each) => each.id)")
    met = []
    for key in ("n", "n", "p"):
        page.keyboard.press(key)
        met.append(page.evaluate("document.activeElement.id"))
    assert met == [order[0], order[1], order[0]]


def test_the_keys_are_told_and_can_be_turned_off(opened: Open) -> None:
    page = opened("example")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.locator("dialog input").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.className") != "finding error"


def test_call_sites_are_filtered(opened: Open) -> None:
    page = opened("founding")
    stale = [site for site in founding().callsites if site.status == "stale"]
    rows = page.locator(".sites tr:not(.of, .drawn):visible")
    assert rows.count() == len(founding().callsites) + 1  # and the head
    bar = page.locator("[aria-label='Filter the call sites']")
    bar.locator("select").first.select_option("stale")
    assert rows.count() == len(stale) + 1
    assert bar.locator("output").text_content() == f"{len(stale)} of {len(founding().callsites)}"
    bar.locator("input").fill("no such word")
    assert rows.count() == 1


def test_the_colours_are_chosen_and_stay(opened: Open) -> None:
    page = opened("example", color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(2):
        page.locator(".tools button").first.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_all_of_it_is_there_without_its_script(opened: Open) -> None:
    page = opened("founding", java_script_enabled=False)
    with_script = opened("founding")
    for selector in (".finding", ".diff > span", ".steps tbody tr", ".sites tr", "svg", "nav a"):
        assert page.locator(selector).count() == with_script.locator(selector).count() > 0
    row = page.locator(".steps tbody tr").first
    assert not row.is_visible()  # folded
    page.locator("details.run > summary").first.click()
    assert row.is_visible()
    assert page.locator(".tools, .bar, .filter").count() == 0  # nothing that would do nothing


def test_a_link_unfolds_what_it_leads_into_without_the_script(opened: Open) -> None:
    number = next(n for n, run in enumerate(founding().runs) if isinstance(run.outcome, Violated))
    page = opened("founding", f"#run-{number}", java_script_enabled=False)
    assert page.locator(f"#run-{number} .steps tbody tr").first.is_visible()


@pytest.mark.parametrize("name", ["founding", "example", "hostile"])
def test_nothing_sticks_out_of_a_narrow_window(opened: Open, name: str) -> None:
    page = opened(name, viewport=NARROW)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.evaluate("document.body.offsetWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_dark_where_the_system_is(opened: Open) -> None:
    def lightness(page: "Page") -> int:
        colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour[4:-1].split(","))

    assert lightness(opened("example", color_scheme="dark")) < 200
    assert lightness(opened("example", color_scheme="light")) == 3 * 255


def test_nothing_of_theirs_is_markup(opened: Open) -> None:
    page = opened("hostile")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.locator("script").count() == 1
    assert page.locator("img, [onerror], [onload], [onmouseover], #theirs").count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    assert page.locator("svg").count() == page.locator(".graph svg").count()
    assert "</script><script>alert(1)</script>" in page.locator("h1").inner_text()
    assert "\\u001b]0;owned" in page.locator("h1").inner_text()


def axe() -> str:
    """axe-core as PyPI's axe-playwright-python carries it (MPL 2.0)."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "size"), [("founding", WIDE), ("example", NARROW)])
def test_axe_finds_nothing_serious(opened: Open, name: str, size: Any, scheme: Any) -> None:
    page = opened(name, color_scheme=scheme, viewport=size)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    # what is not drawn yet would not be looked at
    page.evaluate(
        "for (const e of document.querySelectorAll('section, .hunk'))"
        " e.style.contentVisibility = 'visible'"
    )
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    told = [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:200]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical", "moderate"}
    ]
    assert told == []
    assert len(found["passes"]) > 10
