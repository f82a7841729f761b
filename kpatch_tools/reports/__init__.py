"""One output format per file: Report -> str."""

from collections.abc import Sequence
from types import ModuleType

from kpatch_tools import plugins
from kpatch_tools.domain import ModelRun
from kpatch_tools.reports._callers import Uses, audit_report, callers_report
from kpatch_tools.reports._interleaving import trace_lines
from kpatch_tools.reports._model import model_lines
from kpatch_tools.reports.json import model_json

__all__ = [
    "Uses",
    "audit_report",
    "callers_report",
    "formats",
    "model_json",
    "model_text",
    "trace_lines",
]


def formats() -> dict[str, ModuleType]:
    """Every report format by name; each module has `render(report) -> str`."""
    return plugins.modules(__name__)


def model_text(runs: Sequence[ModelRun]) -> str:
    """Model runs alone, as the text report shows them."""
    return "\n".join(model_lines(tuple(runs))) + "\n"
