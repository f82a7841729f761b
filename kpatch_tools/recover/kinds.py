"""Turns a path into the kind of text its file holds."""

from typing import Literal

Kind = Literal["c", "dts", "asm", "kconfig", "make", "script", "doc"]

SUFFIXES: dict[str, Kind] = {
    "c": "c", "h": "c", "cpp": "c", "cc": "c", "cocci": "c", "l": "c", "y": "c",
    "dts": "dts", "dtsi": "dts", "dtso": "dts", "lds": "dts",
    "s": "asm", "S": "asm",
    "rst": "doc", "txt": "doc", "md": "doc",
}  # fmt: skip


def kind_of(path: str) -> Kind:
    """`drivers/x/Kconfig.debug` is kconfig, `arch/x/boot/dts/a.dtsi` dts, `a.lds.S` asm."""
    name = path.rsplit("/", 1)[-1]
    if name.startswith("Kconfig"):
        return "kconfig"
    if name.startswith(("Makefile", "Kbuild")) or name.endswith((".mk", ".make")):
        return "make"
    stem, dot, suffix = name.rpartition(".")
    if dot and stem:
        return SUFFIXES.get(suffix, "script")
    return "doc" if path.startswith("Documentation/") else "script"
