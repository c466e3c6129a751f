"""The generated CSV files as plain columns. An id is its place: versions and items are numbered from 0."""
import csv
from array import array
from pathlib import Path
from typing import Iterator

IMAGE, TAXONOMY, ENCODER, LABEL, CROP, FEATURE, SET, MODEL, EVAL = range(9)
MEMBER, INCLUDES = 7, 8
NONE = -1


def rows(data: Path, name: str) -> Iterator[list[str]]:
    """The rows of one file, without its header."""
    with open(data / f"{name}.csv", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


class Versions:
    """What a version is, by its id."""

    def __init__(self, data: Path):
        self.item, self.ts, self.supersedes = array("q"), array("q"), array("q")
        self.kind, self.number = bytearray(), array("i")
        self.of_item: list[list[int]] = []
        for _, item, kind, number, ts, supersedes, _, _ in rows(data, "versions"):
            self.item.append(int(item))
            self.kind.append(int(kind))
            self.number.append(int(number))
            self.ts.append(int(ts))
            self.supersedes.append(int(supersedes) if supersedes else NONE)
            while len(self.of_item) <= self.item[-1]:
                self.of_item.append([])
            self.of_item[self.item[-1]].append(len(self.ts) - 1)

    def __len__(self) -> int:
        return len(self.ts)

    def __getitem__(self, named: tuple[str, int]) -> int:
        """The id of the version that stemma calls by its item's key and its number."""
        key, number = named
        return self.of_item[int(key[-8:])][number - 1]


def standing_tags(data: Path) -> dict[int, list[str]]:
    """The tags that were not taken away, by version."""
    found: dict[int, list[str]] = {}
    for version, tag, _, until in rows(data, "tags"):
        if not until:
            found.setdefault(int(version), []).append(tag)
    return {version: sorted(tags) for version, tags in found.items()}


def is_newer(made: Path, *code: str) -> bool:
    """Whether a file was made after the code that makes it was last changed."""
    changed = max(Path(__file__).with_name(name).stat().st_mtime for name in code)
    return made.exists() and made.stat().st_mtime > changed
