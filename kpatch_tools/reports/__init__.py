"""One output format per file: Report -> str."""

from typing import TYPE_CHECKING

from kpatch_tools.lazily import names_of

if TYPE_CHECKING:
    from kpatch_tools.reports._audit import audit_report
    from kpatch_tools.reports._callers import Uses, callers_report
    from kpatch_tools.reports._formats import formats
    from kpatch_tools.reports._interleaving import replay_lines, trace_columns
    from kpatch_tools.reports._model import model_text
    from kpatch_tools.reports._plain import for_logs, one_line
    from kpatch_tools.reports.json import model_json
else:
    __getattr__ = names_of(
        __name__, "_plain", "_callers", "_audit", "_interleaving", "_model", "_formats", "json"
    )

__all__ = [
    "Uses",
    "audit_report",
    "callers_report",
    "for_logs",
    "formats",
    "model_json",
    "model_text",
    "one_line",
    "replay_lines",
    "trace_columns",
]
