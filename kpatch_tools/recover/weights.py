"""Turns the committed table of figures into weights: context -> name -> weight.

The figures were learned by `tests/benchmarks/recover_train.py` from public
kernel-style code; they say how much each reason for a space has counted
there. Nothing but figures and the names of places is in them.
"""

import json
from collections.abc import Mapping

from kpatch_tools.resources import package_folder


def load_weights() -> Mapping[str, Mapping[str, float]]:
    """The table beside this module. Figures are hundredths there."""
    text = package_folder("recover").joinpath("weights.json").read_text(encoding="utf-8")
    return {
        context: {name: figure / 100 for name, figure in names.items()}
        for context, names in json.loads(text).items()
    }
