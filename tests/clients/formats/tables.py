#!/usr/bin/env python3
"""Compares what an import of tables of TensorFlow stores with what pandas reads from the same files.

    python tables.py path/to/stemma --files 20 --seed 1

The tables are random: rows of an image are not adjacent, classes have quotes and delimiters, files
have a byte order mark or not, and other delimiters and ends of lines. Each is imported into a new
data directory; labels are then read from `stemma export ndjson`. The exit code is 1 if anything
differs.

Needs pandas.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import pandas

COLUMNS = ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax", "truncated"]


def made(rng, path):
    """Writes a random table. Returns its delimiter."""
    delimiter = rng.choice(",;\t")
    rows = []
    for _ in range(rng.randint(1, 80)):
        x, y = rng.randint(0, 400) / 4, rng.randint(0, 400)
        name = rng.choice(["wren", 'the "red" robin', "duck, grey; old", "möwe", "7"])
        image = f"pond {rng.randint(0, 9)}.jpg"
        rows.append([image, 640, 480, name, x, y, x + rng.randint(0, 99), y + rng.randint(0, 99) / 8, rng.randint(0, 1)])
    table = pandas.DataFrame(rows, columns=COLUMNS)
    encoding = rng.choice(["utf-8", "utf-8-sig"])
    table.to_csv(path, sep=delimiter, index=rng.random() < 0.3, encoding=encoding, lineterminator=rng.choice(["\n", "\r\n"]))
    return delimiter


def expected(path, delimiter):
    """Returns the labels of each image as pandas reads them."""
    labels = collections.defaultdict(list)
    for _, row in pandas.read_csv(path, sep=delimiter, encoding="utf-8-sig", dtype={"class": str}).iterrows():
        box = [float(row.xmin), float(row.ymin), float(row.xmax - row.xmin), float(row.ymax - row.ymin)]
        labels[row.filename].append((row["class"], box, int(row.truncated)))
    return {image: sorted(found) for image, found in labels.items()}


def stored(program, path, data):
    """Imports a table and returns the labels that the data directory then has."""
    command = [program, "import", str(path), "--format", "csv", "--namespace", "t", "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    export = subprocess.run([program, "export", "ndjson", "--data", str(data), "--out", "-"], check=True, capture_output=True)
    rows = [json.loads(line) for line in export.stdout.decode().split("\n") if line.startswith("{")]
    keys = {row["item"]: row["key"] for row in rows if row["table"] == "items"}
    versions = {row["version"]: row for row in rows if row["table"] == "versions"}
    labels = collections.defaultdict(list)
    for row in rows:
        if row["table"] == "derivations" and versions[row["derived"]]["kind"] == "LABEL":
            fields = json.loads(versions[row["derived"]]["attributes"])
            image = keys[versions[row["source"]]["item"]]
            labels[image].append((fields["class"], fields["bbox"], fields["attributes"]["truncated"]))
    return {image: sorted(found) for image, found in labels.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seed, options.seed + options.files):
            path = pathlib.Path(folder) / f"{seed}.csv"
            delimiter = made(random.Random(seed), path)
            want, found = expected(path, delimiter), stored(options.program, path, pathlib.Path(folder) / f"data-{seed}")
            if want != found:
                failed = 1
                print(f"seed {seed} differs\n  pandas: {want}\n  stemma: {found}")
    print(f"{options.files} files, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
