#!/usr/bin/env python3
"""Compares what an import of Hugging Face data sets stores with what `datasets` reads.

    python huggingface.py path/to/stemma --sets 6 --seed 1
    python huggingface.py path/to/stemma path/to/folder

Without folders, random data sets are made: folders of images with metadata.jsonl or metadata.csv, and
Parquet files with the images in a column. Columns are `label` (ClassLabel in Parquet), `objects` and
`text`. The exit code is 1 if the labels of an image differ.

Needs datasets and pillow.
"""

import argparse
import csv
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

from datasets import ClassLabel, Dataset, Features, Image, List, Value, load_dataset
from PIL import Image as Pixels

NAMES = ["no", "wren", "a: b", "y"]


def png(rng):
    """Returns the bytes of a random image."""
    out = io.BytesIO()
    Pixels.new("RGB", (rng.randint(1, 20), 9), (rng.randint(0, 255), 1, 2)).save(out, "PNG")
    return out.getvalue()


def made(folder, rng, kind):
    """Writes a random data set."""
    names = ClassLabel(names=NAMES)
    objects = {"bbox": List(List(Value("float64"), length=4)), "category": List(names), "id": List(Value("int64"))}
    features = Features({"image": Image(), "label": names, "objects": objects, "text": Value("string")})
    for split in ("train", "validation", "test"):
        rows = []
        for number in range(rng.randint(2, 9)):
            count = rng.randint(0, 4)
            rows.append({
                "file_name": f"{number}.png",
                "label": rng.choice(NAMES),
                "objects": {
                    "bbox": [[rng.randint(0, 99) / 8 for _ in range(4)] for _ in range(count)],
                    "category": [rng.choice(NAMES) for _ in range(count)],
                    "id": [number * 10 + n for n in range(count)],
                },
                "text": f"image, {number}",
            })
        if kind == "parquet":
            for row in rows:
                row["image"] = {"bytes": png(rng), "path": row.pop("file_name")}
            (folder / "data").mkdir(exist_ok=True)
            Dataset.from_list(rows, features=features).to_parquet(folder / f"data/{split}-00000-of-00001.parquet")
            continue
        (folder / split).mkdir()
        for row in rows:
            (folder / split / row["file_name"]).write_bytes(png(rng))
        if kind == "jsonl":
            (folder / split / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        else:
            with open(folder / split / "metadata.csv", "w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["file_name", "label", "text"])
                writer.writerows([row["file_name"], row["label"], row["text"]] for row in rows)


def expected(folder, cache):
    """Returns the labels of each image as `datasets` reads them."""
    images = {}
    for split, data in load_dataset(str(folder), cache_dir=str(cache)).items():
        classes = {name: feature for name, feature in data.features.items()}

        def class_of(feature, value):
            return feature.int2str(value) if isinstance(feature, ClassLabel) else value

        for row in data.cast_column("image", Image(decode=False)):
            labels = [{"class": class_of(classes["label"], row["label"])}] if row.get("label") is not None else []
            objects = row.get("objects") or {"bbox": [], "category": []}
            for bbox, category in zip(objects["bbox"], objects["category"]):
                labels.append({"bbox": bbox, "class": class_of(classes["objects"]["category"].feature, category)})
            if row.get("text"):
                labels.append({"caption": row["text"]})
            images[f"{split}/{pathlib.Path(row['image']['path']).name}"] = normal(labels)
    return images


def normal(labels):
    """Returns labels in an order of their own."""
    return sorted(json.dumps(label, sort_keys=True) for label in labels)


def stored(program, path, data):
    """Imports a folder and returns the labels of each image that the data directory then has."""
    command = [program, "import", str(path), "--format", "huggingface", "--namespace", "t", "--data", str(data)]
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
            made(path, random.Random(options.seed + number), ["jsonl", "csv", "parquet"][number % 3])
            inputs.append(path)
        for number, path in enumerate(inputs):
            want = expected(path, folder / "cache")
            found = stored(options.program, path, folder / f"data-{number}")
            if want != found:
                failed = 1
                print(f"{path} differs (seed {options.seed + number})\n  datasets: {want}\n  stemma:   {found}")
        print(f"{len(inputs)} data sets, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
