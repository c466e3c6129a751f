#!/usr/bin/env python3
"""Compares what an import of tables of TensorFlow stores, and what an export as CSV writes, with what pandas reads
from the same files.

    python tables.py path/to/stemma --sets 20 --seed 1

The tables are random: rows of an image are not adjacent, classes have quotes and delimiters, files have a byte
order mark or not, and other delimiters and ends of lines.

Needs pandas.
"""

import stemma
import pandas

COLUMNS = ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax", "truncated"]


def made(rng, folder):
    """Writes a random table."""
    delimiter = rng.choice(",;\t")
    rows = []
    for _ in range(rng.randint(1, 80)):
        x, y = rng.randint(0, 400) / 4, rng.randint(0, 400)
        name = rng.choice(["wren", 'the "red" robin', "duck, grey; old", "möwe", "7"])
        image = f"pond {rng.randint(0, 9)}.jpg"
        rows.append([image, 640, 480, name, x, y, x + rng.randint(0, 99), y + rng.randint(0, 99) / 8, rng.randint(0, 1)])
    table = pandas.DataFrame(rows, columns=COLUMNS)
    encoding = rng.choice(["utf-8", "utf-8-sig"])
    path = folder / "table.csv"
    table.to_csv(path, sep=delimiter, index=rng.random() < 0.3, encoding=encoding, lineterminator=rng.choice(["\n", "\r\n"]))
    return path, delimiter


def read(path, delimiter, with_flag):
    """Returns the labels of each image as pandas reads them."""
    found = []
    for _, row in pandas.read_csv(path, sep=delimiter, encoding="utf-8-sig", dtype={"class": str}).iterrows():
        box = [float(row.xmin), float(row.ymin), float(row.xmax - row.xmin), float(row.ymax - row.ymin)]
        found.append((row.filename, [row["class"], box, int(row.truncated) if with_flag else None]))
    return stemma.by_image(found)


def check(program, path, delimiter=","):
    stored = program.imported(path, "--format", "csv")
    found = [
        (label.image, [label.fields["class"], [float(side) for side in label.fields["bbox"]], label.fields["attributes"]["truncated"]])
        for label in stored.labels
    ]
    yield "labels", read(path, delimiter, True), stemma.by_image(found)
    # The table of TensorFlow has no column for other attributes, which stemma counts.
    [exported] = program.exported("csv", "--no-images").rglob("*.csv")
    has_flags = "truncated" in pandas.read_csv(exported).columns
    yield "exported labels", read(path, delimiter, has_flags), read(exported, ",", has_flags)
    yield "flags are written or counted", True, has_flags or "left out" in program.left_out


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
