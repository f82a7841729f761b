"""Turns a condition into the shortest `.config` fragment under which it holds.

The solver proposes, Kconfig's own arithmetic disposes: a model of the
conditions met so far is written as lines, `evaluation` says what Kconfig
makes of them, and where the two differ the conditions of those symbols are
added. So only the symbols near the question are ever looked at. Lines that
the defaults already give are dropped, one by one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpatch_tools.condition import (
    TRUE,
    Atom,
    Condition,
    Constant,
    Encoding,
    all_of,
    atoms,
    negate,
    substitute,
)
from kpatch_tools.kbuild.constraints import (
    MODULE,
    Constraints,
    is_module,
    is_yes,
    symbol_of,
)
from kpatch_tools.kbuild.definitions import TRISTATE_TYPES, Kconfig
from kpatch_tools.kbuild.evaluation import LETTER, Evaluation

Lines = Mapping[str, str]
ROUNDS = 500
# Values of symbols calculated for one question.
MOST_VALUES = 100_000
MOST_EXCLUDED = 20


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither a fragment that Kconfig confirms nor a proof that there is none."""


def find_fragment(condition: Condition, kconfig: Kconfig) -> tuple[str, ...] | Undecided | None:
    """The fragment's lines; None: no configuration of this Kconfig meets the condition.

    Without any definition every configuration is taken as possible.
    """
    search = _Search(condition, kconfig)
    if not kconfig.definitions:
        model = search.model({})
        return None if model is None else _written(_core(condition, model), kconfig)
    found = _confirmed(search, condition, kconfig)
    return found if found is None or isinstance(found, Undecided) else search.shortest(found)


def is_excluded(condition: Condition, kconfig: Kconfig) -> bool:
    """Whether no configuration meets the condition: `find_fragment`'s None, found faster."""
    return _confirmed(_Search(condition, kconfig), condition, kconfig) is None


def _confirmed(
    search: "_Search", condition: Condition, kconfig: Kconfig
) -> dict[str, bool] | Undecided | None:
    """A model that Kconfig's own arithmetic confirms."""
    search.learn(_symbols(atoms(condition), kconfig))
    excluded = 0
    for _ in range(ROUNDS):
        model = search.model(search.defaults())
        if model is None:
            return None if not excluded else Undecided()
        evaluation = search.evaluated(_lines(model, kconfig), model)
        if impossible := evaluation.impossible():
            search.forbid(impossible)
            continue
        if _holds(condition, evaluation, model, kconfig):
            return model
        differing = search.differing(model, evaluation)
        if not search.learn(differing):
            search.exclude(model, differing)
            excluded += 1
        if excluded > MOST_EXCLUDED or search.is_spent:
            break
    return Undecided()


class _Search:
    """What is known so far: the conditions of some symbols, in the solver."""

    def __init__(self, condition: Condition, kconfig: Kconfig) -> None:
        self._condition = condition
        self._kconfig = kconfig
        self._constraints = Constraints(kconfig)
        self._encoding = Encoding()
        self._encoding.require(condition)
        self._known: set[str] = set()
        self._plain = Evaluation(kconfig, {}, {})
        self._last = self._plain
        self._calculated = 0

    @property
    def is_spent(self) -> bool:
        """Whether too many values were calculated to go on."""
        return self._calculated + self._last.size + self._plain.size > MOST_VALUES

    def learn(self, names: Iterable[str]) -> bool:
        """Add the conditions of these symbols; False if all were there."""
        new = sorted(set(names) - self._known)
        for name in new:
            self._encoding.require(self._constraints.of(name))
        self._known.update(new)
        return bool(new)

    def exclude(self, model: Mapping[str, bool], differing: Iterable[str]) -> None:
        """Never propose these values together again."""
        concerned = {*atoms(self._condition)}
        concerned |= {atom for name in differing for atom in _atoms_of(name) if atom in model}
        self.forbid({atom: model[atom] for atom in concerned})

    def forbid(self, values: Mapping[str, bool]) -> None:
        """Propose no model that has all these values."""
        literals = (_literal(atom, value) for atom, value in sorted(values.items()))
        self._encoding.require(negate(all_of(*literals)))

    def defaults(self) -> dict[str, bool]:
        """For every atom seen so far, what Kconfig gives it without any line."""
        seen = self._encoding.solve() or {}
        asked = atoms(self._condition)
        values = {}
        for atom in seen:
            symbol = symbol_of(atom, self._kconfig)
            if symbol is not None and atom not in asked:
                values[atom] = self._plain.defined(atom, symbol)
        return values

    def model(self, wanted: Mapping[str, bool]) -> dict[str, bool] | None:
        """A model that leaves as much as it can at the wanted values; built in before module."""
        first = self._encoding.solve()
        if first is None:
            return None
        modules = [(atom, False) for atom in sorted(first) if atom.endswith(MODULE)]
        kept = self._kept([], modules)
        kept = self._kept(kept, sorted(wanted.items()))
        return self._encoding.solve(kept)

    def evaluated(self, lines: Lines, model: Mapping[str, bool]) -> Evaluation:
        free = {atom: v for atom, v in model.items() if symbol_of(atom, self._kconfig) is None}
        self._calculated += self._last.size
        self._last = Evaluation(self._kconfig, lines, free)
        return self._last

    def differing(self, model: Mapping[str, bool], evaluation: Evaluation) -> set[str]:
        """Symbols whose value Kconfig sees otherwise than the model."""
        found = set()
        for atom, value in model.items():
            symbol = symbol_of(atom, self._kconfig)
            if symbol is not None and evaluation.defined(atom, symbol) != value:
                found.add(symbol)
        return found

    def shortest(self, model: Mapping[str, bool]) -> tuple[str, ...]:
        """The lines of the condition's own symbols, and those it cannot do without."""
        full = dict(_lines(model, self._kconfig))
        evaluation = self.evaluated(full, model)
        core = {
            name: LETTER[evaluation.value(name)]
            for name in _core(self._condition, model)
            if self._kconfig.type_of(name) in TRISTATE_TYPES and evaluation.visibility(name)
        }
        rest = sorted(name for name in full if name not in core)
        needed = self._needed(core, rest, full, model)
        lines = {**core, **{name: full[name] for name in needed}}
        shown = self.evaluated(lines, model)
        written = _written(
            {n: line for n, line in lines.items() if n in needed or shown.visibility(n)},
            self._kconfig,
        )
        return (*written, *shown.told())

    def _needed(
        self, core: Lines, rest: list[str], full: Lines, model: Mapping[str, bool]
    ) -> list[str]:
        """The smallest part of `rest` found by leaving out halves, then single lines."""
        size = len(rest)
        while size and not self.is_spent:
            position = 0
            while position < len(rest) and not self.is_spent:
                without = rest[:position] + rest[position + size :]
                lines = {**core, **{name: full[name] for name in without}}
                if _holds(self._condition, self.evaluated(lines, model), model, self._kconfig):
                    rest = without
                else:
                    position += size
            size //= 2
        return rest

    def _kept(
        self, kept: list[tuple[str, bool]], wanted: list[tuple[str, bool]]
    ) -> list[tuple[str, bool]]:
        """`kept` and as many of `wanted`, in order, as go together."""
        if not wanted:
            return kept
        if self._encoding.solve([*kept, *wanted]) is not None:
            return [*kept, *wanted]
        if len(wanted) == 1:
            return kept
        half = len(wanted) // 2
        return self._kept(self._kept(kept, wanted[:half]), wanted[half:])


def _holds(
    condition: Condition, evaluation: Evaluation, model: Mapping[str, bool], kconfig: Kconfig
) -> bool:
    values: dict[str, Condition] = {}
    for atom in atoms(condition):
        symbol = symbol_of(atom, kconfig)
        true = model.get(atom, False) if symbol is None else evaluation.defined(atom, symbol)
        values[atom] = Constant(true)
    return substitute(condition, values) == TRUE


def _core(condition: Condition, model: Mapping[str, bool]) -> dict[str, str]:
    """Values of the condition's own symbols that already make it true, as few as can be."""
    kept = {atom: model[atom] for atom in sorted(atoms(condition)) if atom in model}
    for atom in sorted(kept, key=lambda atom: (kept[atom], not atom.endswith(MODULE), atom)):
        without = {other: Constant(value) for other, value in kept.items() if other != atom}
        if substitute(condition, without) == TRUE:
            del kept[atom]
    lines: dict[str, str] = {}
    for atom, true in kept.items():
        if atom.startswith("CONFIG_") and atom.isidentifier():
            module = atom.endswith(MODULE)
            name = atom.removeprefix("CONFIG_").removesuffix(MODULE)
            lines[name] = ("m" if module else "y") if true else lines.get(name, "n")
    return lines


def _lines(model: Mapping[str, bool], kconfig: Kconfig) -> dict[str, str]:
    lines: dict[str, str] = {}
    for atom, true in model.items():
        symbol = symbol_of(atom, kconfig)
        if symbol is not None and kconfig.type_of(symbol) in TRISTATE_TYPES:
            value = "m" if atom != f"CONFIG_{symbol}" else "y"
            lines[symbol] = value if true else lines.get(symbol, "n")
    return lines


def _written(lines: Lines, kconfig: Kconfig) -> tuple[str, ...]:
    """What is set, then what is not, each by name."""
    known = {n: v for n, v in lines.items() if n in kconfig.definitions or not kconfig.definitions}
    set_ = [f"CONFIG_{name}={known[name]}" for name in sorted(known) if known[name] != "n"]
    unset = [f"# CONFIG_{name} is not set" for name in sorted(known) if known[name] == "n"]
    return (*set_, *unset)


def _symbols(names: Iterable[str], kconfig: Kconfig) -> Iterator[str]:
    for atom in names:
        symbol = symbol_of(atom, kconfig)
        if symbol is not None:
            yield symbol


def _atoms_of(name: str) -> tuple[str, str]:
    return is_yes(name).name, is_module(name).name


def _literal(atom: str, value: bool) -> Condition:
    return Atom(atom) if value else negate(Atom(atom))
