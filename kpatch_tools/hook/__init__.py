"""kpt where git calls it: before a push, and before a series is mailed."""

from kpatch_tools.hook.installing import HOOKS, install, uninstall
from kpatch_tools.hook.mailing import validate
from kpatch_tools.hook.pushing import push, push_of_pre_commit
from kpatch_tools.hook.settings import HookOutcome, HookSettings, settings_of
from kpatch_tools.hook.where import calling_repository

__all__ = [
    "HOOKS",
    "HookOutcome",
    "HookSettings",
    "calling_repository",
    "install",
    "push",
    "push_of_pre_commit",
    "settings_of",
    "uninstall",
    "validate",
]
