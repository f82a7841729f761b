"""kpt: what does this series do to this tree, and can it be shown wrong?"""

__version__ = "0.1.0"
