"""Writes incomplete changes of a real tree, with the truth known from text alone.

Nothing here knows kpatch_tools' reader: the lexer, the kinds of use and the
edits are a second reading of C, so that both can be held against each other.
"""
