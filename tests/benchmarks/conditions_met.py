"""Whether a configuration meets a condition as kpt's reports write it.

Three values: an atom that is no CONFIG_ symbol is unknown (None).
"""

import re

# CONFIG_A && !(CONFIG_B || HZ > 100)
TOKEN = re.compile(r"\s*(&&|\|\||!(?!=)|\(|\)|(?:(?!&&|\|\||[()]).)+)")
Value = bool | None


def met(condition: str, values: dict[str, str]) -> Value:
    """True, False, or None where an opaque atom decides."""
    tokens = [token.strip() for token in TOKEN.findall(condition)]
    value, rest = _either([token for token in tokens if token], values)
    return value if not rest else None


def _either(tokens: list[str], values: dict[str, str]) -> tuple[Value, list[str]]:
    value, tokens = _both(tokens, values)
    while tokens and tokens[0] == "||":
        other, tokens = _both(tokens[1:], values)
        value = True if True in (value, other) else None if None in (value, other) else False
    return value, tokens


def _both(tokens: list[str], values: dict[str, str]) -> tuple[Value, list[str]]:
    value, tokens = _term(tokens, values)
    while tokens and tokens[0] == "&&":
        other, tokens = _term(tokens[1:], values)
        value = False if False in (value, other) else None if None in (value, other) else True
    return value, tokens


def _term(tokens: list[str], values: dict[str, str]) -> tuple[Value, list[str]]:
    if not tokens:
        return None, []
    if tokens[0] == "!":
        value, rest = _term(tokens[1:], values)
        return (None if value is None else not value), rest
    if tokens[0] == "(":
        value, rest = _either(tokens[1:], values)
        return value, rest[1:] if rest[:1] == [")"] else rest
    return _atom(tokens[0], values), tokens[1:]


def _atom(text: str, values: dict[str, str]) -> Value:
    if text in ("0", "1"):
        return text == "1"
    if text.startswith("ARCH="):
        return text == "ARCH=x86"
    if not re.fullmatch(r"CONFIG_\w+", text):
        return None
    if text in values:
        return values[text] != "m"
    return values.get(text.removesuffix("_MODULE")) == "m" and text.endswith("_MODULE")
