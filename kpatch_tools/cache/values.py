"""Turns values into JSON and back, by their types alone; what is not of the type is refused.

A cache file may be hostile: nothing in it is ever executed, and a value is
made only of the dataclasses, tuples, texts and numbers that were asked for.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
# Any: JSON values, and values of a type that is known at run time only.
Turn = Callable[[Any], Any]


class NotAFactError(Exception):
    """A text is no value of the type asked for."""


class Codec(NamedTuple):
    encode: Turn
    decode: Turn


def encoded(value: object, shape: object) -> bytes:
    """The value of type `shape` as JSON."""
    plain = codec(shape).encode(value)
    return json.dumps(plain, separators=(",", ":"), check_circular=False).encode()


def decoded(text: bytes, shape: object) -> Any:
    """The value of type `shape`; NotAFactError where the text is none."""
    try:
        return codec(shape).decode(json.loads(text))
    except (ValueError, TypeError, RecursionError) as error:
        raise NotAFactError(str(error)) from error


@cache
def codec(shape: object) -> Codec:
    """How a type is written and read."""
    if shape in (str, int, bool):
        return Codec(_same, _exactly(shape))
    if shape is NoneType:
        return Codec(_same, _one_of((None,)))
    if shape is bytes:
        return Codec(lambda value: value.decode("latin-1"), _bytes)
    if isinstance(shape, type) and is_dataclass(shape):
        return _of_dataclass(shape)
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is Literal:
        return Codec(_same, _one_of(arguments))
    if origin in (Union, UnionType):
        return _of_union(arguments)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return _of_many(arguments[0], tuple)
    if origin is frozenset:
        return _of_many(arguments[0], frozenset)
    if origin is tuple:
        return _of_row(arguments)
    if origin is dict and arguments[0] is str:
        return _of_dict(arguments[1])
    raise AssertionError(f"no way to write a {shape}")


def _of_dataclass(shape: type) -> Codec:
    hints = get_type_hints(shape)
    names = [field.name for field in fields(shape) if field.init]
    # parts are looked up when used: a condition is made of conditions
    parts: list[Codec] = []

    def known() -> list[Codec]:
        if not parts:
            parts.extend(codec(hints[name]) for name in names)
        return parts

    def encode(value: Any) -> Any:
        return [p.encode(getattr(value, name)) for name, p in zip(names, known(), strict=True)]

    def decode(plain: Any) -> Any:
        _exactly(list)(plain)
        return shape(*(part.decode(each) for part, each in zip(known(), plain, strict=True)))

    return Codec(encode, decode)


def _of_union(shapes: tuple[Any, ...]) -> Codec:
    """A dataclass of several carries its name; None and the like stand for themselves."""
    classes: dict[str, Any] = {
        s.__name__: s for s in shapes if isinstance(s, type) and is_dataclass(s)
    }
    plain = [shape for shape in shapes if not is_dataclass(shape)]
    if len(classes) == 1 and plain == [NoneType]:
        return _optional(next(iter(classes.values())))
    if not classes:
        return Codec(_same, _of_types(tuple(plain)))
    assert not plain, f"no way to write one of {shapes}"

    def encode(value: Any) -> Any:
        name = type(value).__name__
        return [name, codec(classes[name]).encode(value)]

    def decode(said: Any) -> Any:
        name, inner = said
        if name not in classes:
            raise ValueError(f"not one of {sorted(classes)}")
        return codec(classes[name]).decode(inner)

    return Codec(encode, decode)


def _optional(shape: Any) -> Codec:
    inner = codec(shape)
    return Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda plain: None if plain is None else inner.decode(plain),
    )


def _of_many(shape: Any, collect: Callable[[Any], Any]) -> Codec:
    inner = codec(shape)

    def encode(value: Any) -> Any:
        found = [inner.encode(each) for each in value]
        return sorted(found) if collect is frozenset else found

    def decode(plain: Any) -> Any:
        return collect(map(inner.decode, _exactly(list)(plain)))

    return Codec(encode, decode)


def _of_row(shapes: tuple[Any, ...]) -> Codec:
    parts = [codec(shape) for shape in shapes]
    return Codec(
        lambda row: [part.encode(each) for part, each in zip(parts, row, strict=True)],
        lambda plain: tuple(part.decode(each) for part, each in zip(parts, plain, strict=True)),
    )


def _of_dict(shape: Any) -> Codec:
    inner = codec(shape)

    def decode(plain: Any) -> Any:
        _exactly(dict)(plain)
        return {key: inner.decode(each) for key, each in plain.items()}

    return Codec(lambda value: {key: inner.encode(each) for key, each in value.items()}, decode)


def _same(value: Any) -> Any:
    return value


def _bytes(plain: Any) -> bytes:
    return str.encode(_exactly(str)(plain), "latin-1")


def _exactly(shape: Any) -> Turn:
    def decode(plain: Any) -> Any:
        if type(plain) is not shape:
            raise TypeError(f"not a {shape.__name__}")
        return plain

    return decode


def _of_types(shapes: tuple[type, ...]) -> Turn:
    def decode(plain: Any) -> Any:
        if type(plain) not in shapes:
            raise TypeError(f"not one of {shapes}")
        return plain

    return decode


def _one_of(values: tuple[object, ...]) -> Turn:
    def decode(plain: Any) -> Any:
        if plain not in values:
            raise ValueError(f"not one of {values}")
        return plain

    return decode
