"""Small trees of C made by chance, and changes of them, from a seed.

Functions f0.. are declared in a header, some under #if, with stub or without,
and called from core.c under #if, through macros or plainly; core.c has
static helpers and labels of its own.
"""

import random
from collections.abc import Mapping

GUARDS = ("CONFIG_BUS", "CONFIG_FAST", "!CONFIG_FAST", "CONFIG_BUS && !CONFIG_FAST")
KCONFIG = 'config BUS\n\tbool "Bus"\n\nconfig FAST\n\tbool "Fast"\n\tdepends on BUS\n'
MACROS = (
    "#define passes(x) (x)\n#define drops(x) 0\n"
    "#ifdef CONFIG_FAST\n#define fast_only(x) passes(x)\n"
    "#else\n#define fast_only(x) drops(x)\n#endif\n"
)
Files = dict[str, str]


class Maker:
    """Trees and changes of one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def series(self) -> tuple[Files, Files]:
        """A tree that may be right, and one that differs in a few functions."""
        before = self._plan()
        after = dict(before)
        for name in self._random.sample(sorted(before), 2):
            after[name] = self._function(name)
        calls = self._calls(list(before))
        changed = calls if self._random.random() < 0.5 else self._calls(list(before))
        return self._tree(before, calls), self._tree(after, changed)

    def _plan(self) -> dict[str, str]:
        return {f"f{number}": self._function(f"f{number}") for number in range(4)}

    def _function(self, name: str) -> str:
        arguments = self._random.choice(("int a", "int a", "int a, int b", "void"))
        declared = f"int {name}({arguments});\n"
        stub = f"static inline int {name}({arguments})\n{{\n\treturn 0;\n}}\n"
        kind = self._random.randrange(6)
        if kind == 0:
            return ""
        if kind < 3:
            return declared
        guard = self._random.choice(GUARDS)
        otherwise = f"#else\n{stub}" if kind < 5 else ""
        return f"#if {self._spelled(guard)}\n{declared}{otherwise}#endif\n"

    def _spelled(self, guard: str) -> str:
        """CONFIG_A as defined(CONFIG_A)."""
        for name in ("CONFIG_BUS", "CONFIG_FAST"):
            guard = guard.replace(name, f"defined({name})")
        return guard

    def _calls(self, names: list[str]) -> str:
        body = ""
        for number in range(5):
            call = self._call(self._random.choice([*names, "own"]))
            line = f"\tsum += {call};\n"
            if self._random.random() < 0.2:
                line = f"\tif (sum == {number})\n\t\tgoto out;\n"
            if self._random.random() < 0.4:
                guard = self._spelled(self._random.choice(GUARDS))
                line = f"#if {guard}\n{line}#endif\n"
            body += line
        own = "static int own(int a)\n{\n\treturn a;\n}\n"
        if self._random.random() < 0.5:
            own = f"#if {self._spelled(self._random.choice(GUARDS))}\n{own}#endif\n"
        return f"{own}\nint core(void)\n{{\n\tint sum = 0;\n\n{body}out:\n\treturn sum;\n}}\n"

    def _call(self, name: str) -> str:
        given = self._random.choice(("1", "1", "1, 2", ""))
        call = f"{name}({given})"
        macro = self._random.choice(("", "", "", "passes", "drops", "fast_only"))
        return f"{macro}({call})" if macro else call

    def _tree(self, functions: Mapping[str, str], core: str) -> Files:
        header = "".join(functions[name] for name in sorted(functions))
        return {
            "Kconfig": KCONFIG,
            "Makefile": "core-y := lib/\n",
            "lib/Makefile": "obj-y += core.o\n",
            "include/linux/item.h": f"#ifndef ITEM_H\n#define ITEM_H\n{MACROS}{header}#endif\n",
            "lib/core.c": f"#include <linux/item.h>\n\n{core}",
        }
