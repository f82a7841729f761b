"""What a model must not be able to do, and what it costs it to try."""

import os
import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tiny_models import BOUNDS, build, built, explored, toolchain

from kpatch_tools.domain import Bounded, Extraction, NotBuilt
from kpatch_tools.modelcheck import sandbox
from kpatch_tools.modelcheck.build import (
    COMPILING,
    Model,
    Sources,
    Unit,
    build_model,
    find_toolchain,
)
from kpatch_tools.modelcheck.outcomes import outcomes_of
from kpatch_tools.modelcheck.sandbox import Limits, run_limited

START = """
#include "engine.h"
static int marker;
static ENG_PRIMITIVE long call(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c)
	: "rcx", "r11", "memory");
	return result;
}
static void run(void *unused);
void scenario_init(void) { eng_thread("intruder", run, 0); }
void scenario_final(void) { eng_observe("marker", marker); }
"""
SYSTEM_CALLS = {
    "open a file to write": 'call(2, (long)"intruded", 0101, 0600);',
    "open a file to read": 'call(2, (long)"/etc/passwd", 0, 0);',
    "fork": "call(57, 0, 0, 0);",
    "socket": "call(41, 2, 1, 0);",
    "kill its parent": "call(62, call(110, 0, 0, 0), 9, 0);",
    "execute a program": 'call(59, (long)"/bin/true", 0, 0);',
}


@pytest.mark.parametrize("what", sorted(SYSTEM_CALLS))
def test_system_call_ends_the_model(what: str) -> None:
    model = built(
        START + "static void run(void *unused) { " + SYSTEM_CALLS[what] + " marker = 1; }"
    )
    exploration = explored(model)
    limit = "killed by signal 9: a system call, or no memory"
    assert (exploration.limit, exploration.observed) == (limit, ())
    outcomes = outcomes_of(exploration, BOUNDS, Extraction())
    assert [type(outcome) for outcome in outcomes] == [Bounded]


RUNS_BY_ITSELF = {
    "constructor": "__attribute__((constructor)) static void early(void) { marker = 2; }",
    "start array": "static void early(void) { marker = 2; }\n"
    '__attribute__((section(".preinit_array"), used)) static void (*at)(void) = early;',
    "destructor": "__attribute__((destructor)) static void late(void) { marker = 2; }",
}


@pytest.mark.parametrize("what", sorted(RUNS_BY_ITSELF))
def test_what_would_run_by_itself_does_not(what: str) -> None:
    model = built(START + RUNS_BY_ITSELF[what] + "static void run(void *unused) { }")
    assert explored(model).observed == ("marker=0",)


NOT_LINKED = {
    "indirect function": "static void target(void) { }\n"
    "static void *choose(void) { return target; }\n"
    'void early(void) __attribute__((ifunc("choose")));\n',
    "thread-local variable": "__thread int mine = 3;\n",
    "section of its own": '__attribute__((section(".mine"))) int mine = 3;\n',
}


@pytest.mark.parametrize("what", sorted(NOT_LINKED))
def test_what_has_no_place_in_a_model_is_not_linked(what: str) -> None:
    text = START + NOT_LINKED[what] + "static void run(void *unused) { }"
    outcome = build(text + ("void use(void) { early(); }" if "early" in text else ""))
    assert isinstance(outcome, NotBuilt)


def test_memory_outside_the_model_is_out_of_reach() -> None:
    text = START + "static void run(void *unused) { *(volatile int *)0x10000000 = 1; }"
    violations = explored(built(text)).violations
    message = "write of 4 bytes at an address outside the model"
    assert [(v.rule, v.message) for v in violations] == [("model-memory", message)]


def test_engine_memory_is_outside_the_model() -> None:
    # what follows the model's globals is the engine's own: a verdict cannot be forged there
    text = (
        START + "extern char model_end[];\nstatic void run(void *unused) { model_end[4096] = 1; }"
    )
    violations = explored(built(text)).violations
    assert [v.rule for v in violations] == ["model-memory"]


def test_seccomp_filter_where_a_container_has_one_already(tmp_path: Path) -> None:
    # under any filter strict mode cannot be entered: this launcher sets one that allows all
    launcher = """
    #include <linux/filter.h>
    #include <linux/seccomp.h>
    #include <sys/prctl.h>
    #include <unistd.h>
    int main(int argc, char **argv)
    {
        struct sock_filter allow = { 0x06, 0, 0, SECCOMP_RET_ALLOW };
        struct sock_fprog program = { 1, &allow };
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &program))
            return 9;
        return execv(argv[1], argv + 1);
    }
    """
    (tmp_path / "launcher.c").write_text(launcher)
    compiler = toolchain().compiler
    subprocess.run([compiler, "launcher.c", "-o", "launcher"], cwd=tmp_path, check=True)
    body = "static void run(void *unused) { " + SYSTEM_CALLS["open a file to write"] + " }"
    (tmp_path / "model").write_bytes(built(START + body).binary)
    (tmp_path / "model").chmod(0o700)
    limits = Limits(seconds=20, megabytes=8192, descriptors=64)
    finished = run_limited(("./launcher", "./model", "megabytes=64"), tmp_path, limits)
    assert finished.output.splitlines()[0] == b'{"event": "sandbox", "seccomp": "filter"}'
    # SIGSYS, of which the filter makes a kill
    assert (finished.code, (tmp_path / "intruded").exists()) == (-31, False)


def test_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    limits = Limits(seconds=1, megabytes=1024, descriptors=64)
    finished = run_limited(("sh", "-c", "sleep 60 & sleep 60"), tmp_path, limits)
    assert (finished.code, finished.output) == (None, b"")


def bubblewrap_works() -> bool:
    return not sandbox.missing_layers("gcc")


@pytest.mark.skipif(not bubblewrap_works(), reason="no bubblewrap on this machine")
def test_what_is_run_sees_its_own_folder_and_nothing_beside_it(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("outside") / "secret"
    secret.write_text("secret")
    (tmp_path / "own").write_text("own")
    limits = Limits(seconds=5, megabytes=1024, descriptors=64)
    asked = f"cat own; cat {secret}; echo x > /usr/x; kill -0 {os.getpid()} && echo seen"
    finished = run_limited(("sh", "-c", asked), tmp_path, limits)
    assert finished.output == b"own"
    killed = run_limited(("sh", "-c", "kill -KILL $$"), tmp_path, limits)
    assert killed.code == -9


def test_without_bubblewrap_it_runs_and_the_layer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_bubblewrap", tuple)
    limits = Limits(seconds=5, megabytes=1024, descriptors=64)
    assert run_limited(("sh", "-c", "echo ran"), tmp_path, limits).output == b"ran\n"
    (layer,) = sandbox.missing_layers("gcc")
    assert "bubblewrap" in layer


@pytest.mark.skipif(not bubblewrap_works(), reason="no bubblewrap on this machine")
def test_a_compiler_that_is_none_of_the_system_runs_unwrapped_and_is_named(tmp_path: Path) -> None:
    program = tmp_path / "gcc"
    program.write_text("#!/bin/sh\necho ran\n")
    program.chmod(0o755)
    limits = Limits(seconds=5, megabytes=1024, descriptors=64)
    assert run_limited((str(program),), tmp_path, limits).output == b"ran\n"
    (layer,) = sandbox.missing_layers(str(program))
    assert str(program) in layer


def test_no_compiler_is_said() -> None:
    assert find_toolchain("/nonexistent") == NotBuilt("no C compiler: install gcc and binutils")


def test_a_compiler_whose_output_cannot_be_read_is_none(tmp_path: Path) -> None:
    for name in ("gcc", "nm"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert find_toolchain(str(tmp_path)) == NotBuilt("no addr2line: install binutils")


def test_missing_names_are_listed() -> None:
    text = START + "static void run(void *unused) { helper(other); }"
    assert build(text) == NotBuilt(
        "program.c: program.c:14:33: error: implicit declaration of function 'helper' "
        "[-Werror=implicit-function-declaration]",
        ("helper", "other"),
    )


def test_names_missing_at_link_time_are_listed() -> None:
    text = START + "void helper(void);\nstatic void run(void *unused) { helper(); }"
    outcome = build(text)
    assert isinstance(outcome, NotBuilt)
    assert outcome.missing == ("helper",)


def test_headers_of_the_machine_are_not_there() -> None:
    outcome = build("#include <stdio.h>\n" + START + "static void run(void *unused) { }")
    assert isinstance(outcome, NotBuilt)
    assert "stdio.h: No such file or directory" in outcome.reason


def test_macro_bomb_ends_the_compiler_within_its_limits(tmp_path: Path) -> None:
    levels = "\n".join(f"#define B{n} B{n - 1} B{n - 1} B{n - 1} B{n - 1}" for n in range(1, 20))
    (tmp_path / "bomb.c").write_text(f"#define B0 x++;\n{levels}\nvoid f(int x) {{ B19 }}\n")
    small = replace(COMPILING, megabytes=256)
    finished = run_limited((toolchain().compiler, "-c", "bomb.c"), tmp_path, small)
    assert finished.code not in {0, None}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bomb.c"]


def test_primitives_are_not_instrumented() -> None:
    # the only points are those of the unit: 2 threads of one step each, in both orders
    unit = """
    #include "engine.h"
    void add(void);
    extern int done;
    static void run(void *unused) { add(); done = 1; }
    void scenario_init(void) { eng_thread("one", run, 0); eng_thread("two", run, 0); }
    """
    shim = "int done, counter;\nvoid add(void) { counter++; }"
    sources = Sources((Unit("u.c", unit),), (), (Unit("shim/add.c", shim),))
    model = build_model(toolchain(), sources)
    assert isinstance(model, Model)
    assert (explored(model).states, explored(model).transitions) == (4, 4)


def test_search_that_takes_too_long_is_bounded() -> None:
    # two threads count to a million each, one step at a time
    text = """
    #include "engine.h"
    static volatile int counters[8];
    static void run(void *mine)
    {
        for (volatile int *at = mine; *at < 1000000; )
            *at = *at + 1;
    }
    void scenario_init(void)
    {
        eng_thread("one", run, (void *)&counters[0]);
        eng_thread("two", run, (void *)&counters[4]);
    }
    """
    exploration = explored(built(text), replace(BOUNDS, seconds=1))
    assert exploration.limit in {"seconds", "memory"}
    assert exploration.depth > 0


def test_no_program_is_written_while_a_process_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the new process would hold it open, and the kernel does not run it then
    begin = subprocess.Popen
    program = tmp_path / "other"
    writing = threading.Thread(target=sandbox.put, args=(program, b"#!/bin/sh\n"))
    written: list[bool] = []

    def started(*given: Any, **options: Any) -> "subprocess.Popen[bytes]":
        writing.start()
        writing.join(0.5)
        written.append(program.exists())
        return begin(*given, **options)

    monkeypatch.setattr(subprocess, "Popen", started)
    run_limited(("true",), tmp_path, Limits(10, 512, descriptors=64))
    writing.join()

    assert written == [False]
    assert os.access(program, os.X_OK)
