"""Turns what was set, in four places, into settings: each value and where it came from.

Later wins: `.kpt-config` in the base tree (a few keys only: what is judged must
not weaken its own check), `[kpt]` in git config, `KPT_*` in the environment,
options of the command line. Of a key with several values the last place that
names it gives all of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kpatch_tools.errors import KptError
from kpatch_tools.git import ConfigEntry, Repository, configured, listed

COMMITTED = ".kpt-config"
SECTION = "kpt"
TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0", ""})
# 60
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
# the capital of failOn
_CAPITAL = re.compile(r"(?=[A-Z])|\.")
# balloon-lifecycle: a name, never a path to a file that a tree brings along
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Key:
    """A setting that kpt knows. `name` without `kpt.`; `choices` (): any text.

    `committed` tells which values `.kpt-config` may give it; None: none.
    """

    name: str
    default: tuple[str, ...]
    meaning: str
    choices: tuple[str, ...] = ()
    many: bool = False
    is_number: bool = False
    committed: Callable[[str], bool] | None = None

    @property
    def variable(self) -> str:
        """Its name in the environment: KPT_FAIL_ON."""
        return f"KPT_{_CAPITAL.sub('_', self.name)}".upper()

    @property
    def is_flag(self) -> bool:
        return self.choices == ("true", "false")

    def wrong(self, value: str) -> str:
        """What is wrong with a value, "" where nothing is."""
        if self.is_flag:
            return "" if value.lower() in TRUE | FALSE else "neither true nor false"
        if self.choices and value not in self.choices:
            return f"not one of {', '.join(self.choices)}"
        if self.is_number and not _NUMBER.fullmatch(value):
            return "no number from 1 on"
        return ""


def _named(value: str) -> bool:
    return _NAME.fullmatch(value) is not None


_FLAG = ("true", "false")
KEYS = (
    Key(
        "migration", ("auto",), "what must replace removed calls, as --migration", committed=_named
    ),
    Key("model", ("auto",), "scenarios to run, as --model", committed=_named),
    Key(
        "failOn",
        ("error",),
        "the least severity that refutes, as --fail-on",
        ("error", "warning", "never"),
        # a tree may be stricter with its series, never laxer
        committed=lambda value: value in ("error", "warning"),
    ),
    Key("format", ("text",), "reports to write, as --format", many=True),
    Key("also", (), "further revisions to look at, as --also", many=True),
    Key("waivers", (), "further files of waivers, as --waivers", many=True),
    Key("baseline", (), "a JSON report whose findings are known, as --baseline"),
    Key("trustTrailers", ("false",), "whether Kpt-Waive: trailers of patches count", _FLAG),
    Key("hook.model", ("off",), "scenarios that the hooks run, as --model"),
    Key(
        "hook.modelSeconds",
        ("60",),
        "what the scenarios of one series may take together in a hook",
        is_number=True,
    ),
    Key("hook.strict", ("false",), "whether warnings, doubts and errors of kpt block too", _FLAG),
    Key("index", ("true",), "whether an index is made behind an answer", _FLAG),
)
_BY_NAME = {key.name.lower(): key for key in KEYS}


@dataclass(frozen=True, slots=True)
class Setting:
    """The values of a key, and the place that gave them, in words."""

    key: Key
    values: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings by name, else their defaults. `ignored`: what was set for nothing."""

    given: Mapping[str, Setting] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    def over(self, lower: "Settings") -> "Settings":
        """These, and where they are silent the lower ones."""
        return Settings({**lower.given, **self.given}, (*lower.ignored, *self.ignored))

    def setting(self, name: str) -> Setting:
        key = _BY_NAME[name.lower()]
        return self.given.get(key.name) or Setting(key, key.default, "default")

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a key that may have several."""
        return self.setting(name).values

    def text(self, name: str) -> str:
        """The value of a key that has one; "" where none is set."""
        return next(iter(self.setting(name).values), "")

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in TRUE


def settings_of_user(repository: Repository | None, environment: Mapping[str, str]) -> Settings:
    """What git config and the environment say. KptError where a value makes no sense."""
    return _of_environment(environment).over(_of_git(configured(repository, SECTION)))


def settings_of_options(**given: str | tuple[str, ...] | None) -> Settings:
    """What the command line says; `fail_on` for failOn; None and (): the option was not given."""
    found = {}
    for name, value in given.items():
        key = _BY_NAME[name.replace("_", "").lower()]
        values = (value,) if isinstance(value, str) else value
        if values:
            found[key.name] = Setting(key, values, "option")
    return Settings(found)


def settings_of_tree(content: bytes | None, label: str) -> Settings:
    """What `.kpt-config` of the base tree says, of the few keys that it may set.

    What it may not, and what is wrong in it, is `ignored`: it is of no use to
    those who judge a series to be stopped by a file of the tree.
    """
    if content is None:
        return Settings()
    try:
        entries = listed(content, f"{COMMITTED} of {label}")
    except KptError as error:
        return Settings(ignored=(error.message,))
    found: dict[str, Setting] = {}
    ignored = []
    for entry in entries:
        key = _key(entry)
        if key is None:
            ignored.append(f"{entry.key}: there is no such setting")
        elif key.committed is None or not key.committed(entry.value):
            ignored.append(f"{SECTION}.{key.name} = {entry.value}: a tree may not set it so")
        else:
            found[key.name] = Setting(key, (entry.value,), entry.origin)
    return Settings(found, tuple(ignored))


def _of_git(entries: Iterable[ConfigEntry]) -> Settings:
    found: dict[str, Setting] = {}
    ignored = []
    for entry in entries:
        key = _key(entry)
        if key is None:
            ignored.append(f"{entry.key} ({entry.origin}): there is no such setting")
            continue
        _refuse(key, entry.value, f"{SECTION}.{key.name} in {entry.origin}")
        earlier = found.get(key.name)
        # of several files the last that names the key
        kept = earlier.values if key.many and earlier and earlier.source == entry.origin else ()
        found[key.name] = Setting(key, (*kept, entry.value), entry.origin)
    return Settings(found, tuple(ignored))


def _of_environment(environment: Mapping[str, str]) -> Settings:
    found = {}
    for key in KEYS:
        text = environment.get(key.variable)
        if text is None:
            continue
        values = tuple(text.split()) if key.many else (text,)
        for value in values:
            _refuse(key, value, key.variable)
        found[key.name] = Setting(key, values, key.variable)
    return Settings(found)


def _key(entry: ConfigEntry) -> Key | None:
    section, _, name = entry.key.partition(".")
    return _BY_NAME.get(name.lower()) if section == SECTION else None


def _refuse(key: Key, value: str, place: str) -> None:
    wrong = key.wrong(value)
    if wrong:
        raise KptError(f"{place} is {value!r}: {wrong}", "kpt config shows what is set where")
