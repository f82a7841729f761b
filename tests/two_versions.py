"""Two versions of a series of ours, each patch a state of the files; what they leave wrong.

Every `x` has its declaration in include/lib.h, its definition in lib/x.c and
one use, in lib/use_x.c. A version of the series is made by git.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.scratch_repository import ScratchRepository

NAMES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
Files = dict[str, bytes | None]


def header(*gone: str, two: str = "") -> bytes:
    lines = [
        f"int {name}(int a{', int b' if name == two else ''});\n"
        for name in NAMES
        if name not in gone
    ]
    return "".join(lines).encode()


def definition(name: str, parameters: str = "int a") -> bytes:
    """Long enough that git takes two patches that remove it for one."""
    own = 7 + NAMES.index(name)
    steps = "".join(f"\ta += {number * own};\n" for number in range(20))
    body = f"{{\n{steps}\treturn a;\n}}\n"
    return f'#include "../include/lib.h"\n\nint {name}({parameters})\n{body}'.encode()


def use(name: str, line: str, function: str = "") -> bytes:
    inside = function or f"use_{name}"
    text = f"int {inside}(void);\n\nint {inside}(void)\n{{\n\t{line}\n}}\n"
    return f'#include "../include/lib.h"\n\n{text}'.encode()


def base() -> Files:
    objects = " ".join(f"{name}.o use_{name}.o" for name in NAMES)
    files: Files = {
        "Kconfig": b'config A\n\tbool "a"\n',
        "Makefile": b"obj-y += lib/\n",
        "lib/Makefile": f"obj-y += {objects}\n".encode(),
        "include/lib.h": header(),
    }
    for name in NAMES:
        files[f"lib/{name}.c"] = definition(name)
        files[f"lib/use_{name}.c"] = use(name, f"return {name}(1);")
    return files


def removed(name: str, *before: str, two: str = "beta") -> Files:
    """`name` goes, after those before it; its use stays as it is."""
    return {
        "include/lib.h": header(name, *before, two=two),
        f"lib/{name}.c": b"/* nothing is left here */\n",
    }


def two_arguments(*gone: str) -> Files:
    return {
        "include/lib.h": header(*gone, two="beta"),
        "lib/beta.c": definition("beta", "int a, int b"),
    }


# subject -> what the patch writes
OLD: Mapping[str, Files] = {
    "lib: remove alpha": removed("alpha", two=""),
    "lib: beta takes two, gamma goes": {
        **two_arguments("alpha", "gamma"),
        "lib/gamma.c": b"/* nothing is left here */\n",
    },
    "lib: remove delta": removed("delta", "alpha", "gamma"),
    "lib: rework epsilon": removed("epsilon", "alpha", "gamma", "delta"),
}
# the second was split, the third dropped, the fourth renamed; alpha's use is mended
NEW: Mapping[str, Files] = {
    "lib: remove alpha": {
        **removed("alpha", two=""),
        "lib/use_alpha.c": use("alpha", "return 1;"),
    },
    "lib: beta takes two": two_arguments("alpha"),
    "lib: gamma goes": removed("gamma", "alpha"),
    "lib: drop epsilon, which has no use": removed("epsilon", "alpha", "gamma"),
    "lib: remove zeta": removed("zeta", "alpha", "gamma", "epsilon"),
}


@dataclass(frozen=True)
class Versions:
    """A repository with the base as `main`, and the two branches; a folder of patches of each."""

    repository: ScratchRepository
    old: Path
    new: Path

    @property
    def tree(self) -> str:
        return str(self.repository.folder)


def commit(repository: ScratchRepository, branch: str, patches: Mapping[str, Files]) -> Path:
    """The patches as a branch on main, and as what `git format-patch` writes of it."""
    repository.git("checkout", "--quiet", "-B", branch, "main")
    for subject, files in patches.items():
        repository.commit(subject, files)
    folder = repository.folder.parent / branch
    repository.git("format-patch", "--quiet", "--output-directory", str(folder), "main")
    repository.git("checkout", "--quiet", "main")
    return folder


def versions(folder: Path) -> Versions:
    repository = ScratchRepository(folder / "linux")
    repository.commit("base", base())
    return Versions(repository, commit(repository, "v1", OLD), commit(repository, "v2", NEW))
