"""`python -m kpatch_tools.cli`."""

from kpatch_tools.cli import main

main()
