"""`kpt model new`: a first scenario of functions in linux-mini, which runs once filled in."""

from pathlib import Path

import pytest
from memory_tree import MemoryTree
from terminal import Terminal

from kpatch_tools.modelcheck.draft import draft

pytestmark = pytest.mark.usefixtures("one_toolchain")

SERIES = str(Path(__file__).parent.parent / "fixtures" / "series" / "balloon-v2-fixed")
MINI = str(Path(__file__).parent.parent / "fixtures" / "trees" / "linux-mini")

# what a person writes for the functions that fill_balloon and leak_balloon lack
BODIES = {
    "struct page *balloon_page_dequeue(struct balloon_dev_info *b_dev_info);": "return NULL;",
    "struct page *balloon_page_enqueue(struct balloon_dev_info *b_dev_info);": (
        "return alloc_pages(0, 0);"
    ),
    "void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen);": "",
    "int virtqueue_add_outbuf(struct virtqueue *vq, struct scatterlist *sg, unsigned int num,"
    " void *data, gfp_t gfp);": "return 0;",
    "void *virtqueue_get_buf(struct virtqueue *vq, unsigned int *len);": "return (void *)1;",
    "bool virtqueue_kick(struct virtqueue *vq);": "return true;",
}


def new(terminal: Terminal, folder: Path, *functions: str) -> tuple[int, str, str]:
    named = [part for function in functions for part in ("--function", function)]
    return terminal.kpt("model", "new", folder.name, *named, "--tree", MINI, "-o", str(folder))


def run(terminal: Terminal, folder: Path, *, guessed: bool = False) -> tuple[int, str]:
    code, out, err = terminal.kpt("model", str(folder), "--tree", MINI)
    assert (f"{folder} says FILL IN in " in err) == guessed
    return code, " ".join(out.split())


def accept(folder: Path) -> None:
    """What a person does who has looked at every guess."""
    for path in folder.iterdir():
        path.write_text(path.read_text().replace("FILL IN: ", ""))


def edit(path: Path, *edits: tuple[str, str]) -> None:
    text = path.read_text()
    for old, replacement in edits:
        assert text.count(old) == 1, f"{path.name} has {text.count(old)} of {old!r}"
        text = text.replace(old, replacement)
    path.write_text(text)


def test_functions_that_call_other_files_run_with_the_bodies_asked_for(
    terminal: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "inflating"
    code, said, _ = new(terminal, folder, "fill_balloon", "leak_balloon")
    assert code == 0
    assert "lacks virtqueue_kick, for tell_host (drivers/virtio/virtio_balloon.c:103)" in said
    # one page each way: `0` is what the draft puts for an argument it cannot know
    source = folder / "scenario.c"
    edit(source, ("fill_balloon(the_virtio_balloon, 0)", "fill_balloon(the_virtio_balloon, 1)"))
    edit(source, ("leak_balloon(the_virtio_balloon, 0)", "leak_balloon(the_virtio_balloon, 1)"))
    code, unfilled = run(terminal, folder, guessed=True)
    assert (code, "reached balloon_page_" in unfilled) == (5, True)

    edit(
        folder / "stand_ins.h",
        *((head, f"{head[:-1]} {{ {body} }}") for head, body in BODIES.items()),
    )
    # one page comes in, none goes out
    end = 'if (the_virtio_balloon->num_pages != 1) eng_fail("model-invariant", "not one page");'
    edit(source, ("\tshim_check_spinning();\n", f"\tshim_check_spinning();\n\t{end}\n"))
    assert run(terminal, folder, guessed=True)[0] == 5
    accept(folder)
    code, filled = run(terminal, folder)
    assert (code, " held " in filled) == (0, True)
    edit(source, ("num_pages != 1", "num_pages != 2"))
    code, wrong = run(terminal, folder)
    assert (code, "not one page" in wrong) == (1, True)


def test_functions_of_one_file_run_on_an_object_as_they_should_find_it(
    terminal: Terminal, tmp_path: Path
) -> None:
    """An empty balloon gives no page: dequeue says BUG() of one that has none isolated either."""
    folder = tmp_path / "queueing"
    code, said, _ = new(terminal, folder, "balloon_page_enqueue", "balloon_page_dequeue")
    assert (code, "lacks" in said) == (0, False)
    assert "BUG() in balloon_page_dequeue" in run(terminal, folder, guessed=True)[1]
    edit(
        folder / "scenario.c",
        (
            '\teng_thread("balloon_page_enqueue-1"',
            '\tballoon_page_enqueue(the_balloon_dev_info);\n\teng_thread("balloon_page_enqueue-1"',
        ),
    )
    code, guess = run(terminal, folder, guessed=True)
    assert (code, " held " in guess) == (5, True)
    asked = ("verify", SERIES, "--tree", MINI, "--model", str(folder))
    code, _, err = terminal.kpt(*asked)
    assert (code, "says FILL IN in" in err) == (2, True)
    accept(folder)
    assert run(terminal, folder)[0] == 0
    assert "guesses" not in terminal.kpt(*asked)[2]


def test_one_function_runs_in_two_threads(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    assert new(terminal, folder, "mm/balloon_compaction.c:balloon_page_enqueue")[0] == 0
    text = (folder / "scenario.c").read_text()
    assert [f'"balloon_page_enqueue-{n}"' in text for n in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("no_such_function", "defines no function no_such_function"),
        ("list_empty", "list_empty is defined in a header (include/linux/list.h)"),
        ("mm/migrate.c:fill_balloon", "mm/migrate.c defines no function fill_balloon"),
    ],
)
def test_a_function_that_cannot_be_a_subject_is_usage(
    terminal: Terminal, tmp_path: Path, function: str, message: str
) -> None:
    code, _, said = new(terminal, tmp_path / "x", function)
    assert (code, message in said) == (2, True)
    assert not (tmp_path / "x").exists()


def test_a_scenario_that_is_there_is_not_written_over(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text("mine\n")
    code, _, said = new(terminal, tmp_path, "fill_balloon")
    assert (code, "has a scenario already" in said) == (2, True)
    assert (tmp_path / "scenario.toml").read_text() == "mine\n"


def test_what_container_of_finds_around_an_object_is_drafted_around_it() -> None:
    """A unit that only knows its work is handed the work of a whole device."""
    files = {
        "include/linux/dev.h": "typedef unsigned long size_t;\n"
        "struct job { int kind; };\nstruct dev { int users; struct job job; struct dev *up; };\n"
        "#define container_of(p, type, member)"
        " ((type *)((char *)(p) - __builtin_offsetof(type, member)))\n",
        "dev.c": "#include <linux/dev.h>\n"
        "void run(struct job *job)\n{\n"
        "\tstruct dev *dev = container_of(job, typeof(*dev), job);\n"
        "\tdev->users += job->kind;\n}\n",
    }
    text = draft(MemoryTree(files), "small", ["run"]).files["scenario.c"]
    lines = [line.strip() for line in text.split("\n")]
    assert "the_job = &the_dev->job;" in lines
    assert 'the_dev = eng_zalloc(sizeof(*the_dev), "the_dev");' in lines
    assert not [line for line in lines if line.startswith("the_job = eng_zalloc")]


def test_objects_begin_with_empty_lists_and_a_reference_for_each_thread() -> None:
    files = {
        "dev.c": "struct list_head { struct list_head *next, *prev; };\n"
        "typedef struct { int counter; } atomic_t;\n"
        "struct list_slot { struct list_head waiting; };\n"
        "struct bus { struct list_head devs; struct list_slot slots[4]; };\n"
        "struct dev { atomic_t refs; struct list_head entry; struct bus *bus; int id;"
        " struct list_slot *own; };\n"
        "void INIT_LIST_HEAD(struct list_head *list) { list->next = list; }\n"
        "void put(struct dev *dev, int how)\n{\n"
        "\tdev->refs.counter--; dev->entry.next = dev->bus->devs.next; dev->id = how;"
        " dev->entry.prev = dev->own->waiting.next;"
        " dev->bus->slots[how].waiting.next = 0;\n}\n",
    }
    text = draft(MemoryTree(files), "small", ["put"]).files["scenario.c"]
    lines = [line.strip() for line in text.split("\n")]
    wanted = [
        "atomic_set(&the_dev->refs, 2);",
        "INIT_LIST_HEAD(&the_dev->entry);",
        "the_dev->bus = the_bus;",
        "INIT_LIST_HEAD(&the_bus->devs);",
        "the_dev->own = the_list_slot;",
        "for (i = 0; i < sizeof(the_bus->slots) / sizeof(the_bus->slots[0]); i++) {",
        "INIT_LIST_HEAD(&the_bus->slots[i].waiting);",
        "put(the_dev, 0);",
    ]
    assert [line for line in wanted if line not in lines] == []
    assert "/* FILL IN: how */" in lines
