"""The nouns: every value that passes from one stage of kpt to the next.

Frozen, slotted, tuples inside. Lines are 1-based, ranges first..last
inclusive. Source text is bytes; names, subjects and messages are str.
Patch numbers are those of the subject (`13/18` is 13); 0 is the base tree.
"""

from typing import TYPE_CHECKING

from kpatch_tools.lazily import names_of

if TYPE_CHECKING:
    from kpatch_tools.domain.application import (
        FileResult,
        Placed,
        Placement,
        Rejected,
        Step,
    )
    from kpatch_tools.domain.building import Configuration, Link, Witness
    from kpatch_tools.domain.modelling import (
        Bounded,
        Case,
        Drift,
        Extraction,
        Held,
        ModelRun,
        NotBuilt,
        Outcome,
        Race,
        TraceStep,
        Violated,
    )
    from kpatch_tools.domain.progress import Progress
    from kpatch_tools.domain.reporting import (
        KIND,
        Aligned,
        Answer,
        Answers,
        Evidence,
        Excuse,
        FailOn,
        Finding,
        Gone,
        Related,
        Report,
        Severity,
        Since,
    )
    from kpatch_tools.domain.reviewing import (
        Blind,
        CallSite,
        CallSiteStatus,
        Change,
        ChangeKind,
        Hook,
        Migration,
        Other,
        Review,
        Sight,
        Snapshot,
        Structs,
    )
    from kpatch_tools.domain.series import (
        BinaryContent,
        Blobs,
        FileDiff,
        Hunk,
        Line,
        Modes,
        Patch,
        Sent,
        Series,
    )
    from kpatch_tools.domain.source import (
        Index,
        Place,
        Reference,
        ReferenceKind,
        Region,
        Signature,
        Skipped,
        Symbol,
        SymbolKind,
    )
    from kpatch_tools.domain.tree import Tree, TreeFile
else:
    __getattr__ = names_of(
        __name__,
        "progress",
        "tree",
        "source",
        "building",
        "series",
        "application",
        "reviewing",
        "modelling",
        "reporting",
    )

__all__ = [
    "KIND",
    "Aligned",
    "Answer",
    "Answers",
    "BinaryContent",
    "Blind",
    "Blobs",
    "Bounded",
    "CallSite",
    "CallSiteStatus",
    "Case",
    "Change",
    "ChangeKind",
    "Configuration",
    "Drift",
    "Evidence",
    "Excuse",
    "Extraction",
    "FailOn",
    "FileDiff",
    "FileResult",
    "Finding",
    "Gone",
    "Held",
    "Hook",
    "Hunk",
    "Index",
    "Line",
    "Link",
    "Migration",
    "ModelRun",
    "Modes",
    "NotBuilt",
    "Other",
    "Outcome",
    "Patch",
    "Place",
    "Placed",
    "Placement",
    "Progress",
    "Race",
    "Reference",
    "ReferenceKind",
    "Region",
    "Rejected",
    "Related",
    "Report",
    "Review",
    "Sent",
    "Series",
    "Severity",
    "Sight",
    "Signature",
    "Since",
    "Skipped",
    "Snapshot",
    "Step",
    "Structs",
    "Symbol",
    "SymbolKind",
    "TraceStep",
    "Tree",
    "TreeFile",
    "Violated",
    "Witness",
]
