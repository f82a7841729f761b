"""A Tree of texts given in a test."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kpatch_tools.domain import TreeFile


@dataclass(frozen=True, eq=False)
class MemoryTree:
    files: Mapping[str, str]
    label: str = "memory"

    def read(self, path: str) -> bytes | None:
        text = self.files.get(path)
        return None if text is None else text.encode()

    def mode(self, path: str) -> int | None:
        return 0o100644 if path in self.files else None

    def blob_id(self, path: str) -> str | None:
        content = self.read(path)
        if content is None:
            return None
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def within(self, folder: str) -> tuple[str, ...]:
        return tuple(path for path in self.paths() if path.rpartition("/")[0] == folder)

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)")
        return tuple(path for path in self.paths() if pattern.search(self.files[path]))

    def holding(self, text: str) -> tuple[str, ...]:
        return tuple(path for path in self.paths() if text in self.files[path])

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        return tuple(
            path
            for path in self.paths()
            if any(text in line and whole.search(line) for line in self.files[path].split("\n"))
        )

    def with_files(self, files: Mapping[str, TreeFile | None]) -> "MemoryTree":
        texts = dict(self.files)
        for path, file in files.items():
            texts.pop(path, None)
            if file is not None:
                texts[path] = file.content.decode()
        return MemoryTree(texts, self.label)
