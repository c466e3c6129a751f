#!/usr/bin/env python3
"""Compares what an import of WebDataset shards stores with what webdataset reads from the same shards.

    python webdataset_shards.py path/to/stemma --sets 6 --seed 1
    python webdataset_shards.py path/to/stemma path/to/folder

Without folders, random ones are made: images with classes, captions and fields, in tars and tar.gz. Each
is imported into a new data directory; images and labels are then read from `stemma export ndjson`. The
exit code is 1 if anything differs.

Needs webdataset.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import webdataset

CLASSES = ["wren", "robin", "blue tit"]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
    "00000301010018dd8db00000000049454e44ae426082"
)


def made(folder, rng):
    """Writes random shards."""
    (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n")
    number = 0
    for split in ("train", "val"):
        for shard in range(rng.randint(1, 3)):
            name = folder / f"{split}-{shard:06}.{rng.choice(['tar', 'tar.gz'])}"
            with webdataset.TarWriter(str(name)) as tar:
                for _ in range(rng.randint(1, 9)):
                    sample = {"__key__": f"{number:06}", "png": PNG + bytes([number % 256])}
                    sample["cls"] = rng.randrange(len(CLASSES))
                    if rng.random() < 0.5:
                        sample["txt"] = f"image, {number}"
                    if rng.random() < 0.5:
                        boxes = [[rng.randint(0, 99) / 8 for _ in range(4)] for _ in range(rng.randint(0, 3))]
                        objects = [{"bbox": box, "category": rng.choice(CLASSES)} for box in boxes]
                        sample["json"] = {"objects": objects, "camera": "north"}
                    tar.write(sample)
                    number += 1


def expected(folder):
    """Returns the labels of each image as webdataset reads them."""
    images = {}
    for path in sorted([*folder.glob("*.tar"), *folder.glob("*.tar.gz")]):
        for sample in webdataset.WebDataset(str(path), shardshuffle=False):
            labels = [{"class": CLASSES[int(sample["cls"])]}] if "cls" in sample else []
            for box in json.loads(sample.get("json", "{}")).get("objects", []):
                labels.append({"bbox": box["bbox"], "class": box["category"]})
            if "txt" in sample:
                labels.append({"caption": sample["txt"].decode()})
            images[sample["__key__"] + ".png"] = normal(labels)
    return images


def normal(labels):
    """Returns labels in an order of their own."""
    return sorted(json.dumps(label, sort_keys=True) for label in labels)


def stored(program, path, data):
    """Imports a folder and returns the labels of each image that the data directory then has."""
    command = [program, "import", str(path), "--format", "webdataset", "--namespace", "t", "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    export = [program, "export", "ndjson", "--data", str(data), "--out", "-"]
    export = subprocess.run(export, check=True, capture_output=True)
    tables = {}
    for line in export.stdout.decode().split("\n"):
        if line.startswith("{"):
            row = json.loads(line)
            tables.setdefault(row["table"], []).append(row)
    keys = {item["item"]: item["key"] for item in tables.get("items", [])}
    versions = {version["version"]: version for version in tables.get("versions", [])}
    on = {row["derived"]: row["source"] for row in tables.get("derivations", [])}
    images = {keys[version["item"]]: [] for version in versions.values() if version["kind"] == "SOURCE"}
    for name, version in versions.items():
        if version["kind"] == "LABEL":
            fields = json.loads(version["attributes"] or "{}")
            if "bbox" in fields:
                fields["bbox"] = [float(number) for number in fields["bbox"]]
            images[keys[versions[on[name]]["item"]]].append(fields)
    return {image: normal(labels) for image, labels in images.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("inputs", nargs="*", type=pathlib.Path)
    parser.add_argument("--sets", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder, inputs = pathlib.Path(folder), list(options.inputs)
        for number in range(0 if inputs else options.sets):
            path = folder / f"set-{number}"
            path.mkdir()
            made(path, random.Random(options.seed + number))
            inputs.append(path)
        for number, path in enumerate(inputs):
            want, found = expected(path), stored(options.program, path, folder / f"data-{number}")
            if want != found:
                failed = 1
                print(f"{path} differs (seed {options.seed + number})\n  webdataset: {want}\n  stemma:     {found}")
        print(f"{len(inputs)} data sets, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
