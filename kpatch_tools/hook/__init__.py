"""kpt where git calls it: before a push, and before a series is mailed."""

from kpatch_tools.hook.answering import Mailed, answered
from kpatch_tools.hook.installing import HOOKS, install, uninstall
from kpatch_tools.hook.pre_commit import push_of_pre_commit
from kpatch_tools.hook.pushing import Pushed

__all__ = [
    "HOOKS",
    "Mailed",
    "Pushed",
    "answered",
    "install",
    "push_of_pre_commit",
    "uninstall",
]
