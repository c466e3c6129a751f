"""The workload as an import file of stemma (docs/import.md), one record for a version, in the order of their ids.

What is what: a label's better version is a CORRECTS statement, so that "superseded" in the workload is "wrong" in stemma.
Crops and features are DERIVED: what was made from a label flows on through them. Models are MODEL, where the flow stops,
as `predicted_by` is no containment in the workload. A set pins its members in the split TRAIN, and the set versions that
it includes in the split INCLUDES. Every other edge is a source in the role of its name. Hash, size and time are
attributes, so no two versions say the same.
"""
import json
from pathlib import Path
from typing import Iterator

from .gen import EDGE, KIND
from .tables import LABEL, MEMBER, SET, Versions, rows, standing_tags

NAMESPACE = "bench"
STEMMA_KIND = ["SOURCE", "ONTOLOGY", "MODEL", "LABEL", "DERIVED", "DERIVED", "TRAINING_SET", "MODEL", "EVALUATION"]
# The split of a pin, by which Q1 and Q7 tell the two kinds of pin apart.
TRAIN, INCLUDED = "TRAIN", "INCLUDES"


def item_ref(item: int, kind: int) -> str:
    return f"{NAMESPACE}/{STEMMA_KIND[kind]}/{KIND[kind]}-{item:08d}"


def version_ref(versions: Versions, version: int) -> str:
    return f"{item_ref(versions.item[version], versions.kind[version])}#{versions.number[version]}"


def convert(data: Path, out: Path) -> None:
    versions = Versions(data)
    with open(out, "w") as file:
        for record in records(data, versions, to_name(data, versions), standing_tags(data)):
            file.write(json.dumps(record, separators=(",", ":")) + "\n")


def corrects(versions: Versions, version: int) -> bool:
    return versions.kind[version] == LABEL and versions.supersedes[version] >= 0


def to_name(data: Path, versions: Versions) -> set[int]:
    """The versions that later records cannot call by their item alone, because it has moved on or is being corrected."""
    head: dict[int, int] = {}
    made = 0
    named = {version for version in range(len(versions)) if corrects(versions, version)}
    for src, dst, _ in rows(data, "edges"):
        while made < int(src):
            head[versions.item[made]] = made
            made += 1
        if head[versions.item[int(dst)]] != int(dst):
            named.add(int(dst))
    return named


def records(data: Path, versions: Versions, named: set[int], tags: dict[int, list[str]]) -> Iterator[dict]:
    def ref(version: int) -> str:
        return f"@v{version}" if version in named else item_ref(versions.item[version], versions.kind[version])

    edges = rows(data, "edges")
    src, dst, kind = map(int, next(edges))
    for version, _, _, _, ts, _, digest, size in rows(data, "versions"):
        version = int(version)
        members, sources = [], []
        while src == version:
            if versions.kind[version] == SET:
                members.append({"version": ref(dst), "split": TRAIN if kind == MEMBER else INCLUDED})
            else:
                sources.append({"version": ref(dst), "role": EDGE[kind]})
            src, dst, kind = map(int, next(edges, (-1, -1, -1)))
        item = item_ref(versions.item[version], versions.kind[version])
        record: dict = {"type": "version", "item": item}
        if versions.kind[version] == SET:
            record = {"type": "training_set", "item": item, "members": members}
        elif corrects(versions, version):
            record = {"type": "statement", "kind": "CORRECTS", "version": item, "reason": "reviewed"}
        if version in named:
            record["as"] = f"v{version}"
        if sources:
            record["sources"] = sources
        record["attributes"] = {"hash": digest, "bytes": int(size), "created_at": int(ts)}
        if version in tags and record["type"] != "statement":
            record["tags"] = tags[version]
        yield record
        if version in tags and record["type"] == "statement":
            for tag in tags[version]:
                yield {"type": "tag", "name": tag, "version": ref(version)}
