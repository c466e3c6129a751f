#!/usr/bin/env python3
"""Compares what an import of Hugging Face data sets stores, and what an export as Hugging Face writes, with what
`datasets` reads.

    python huggingface.py path/to/stemma --sets 6 --seed 1
    python huggingface.py path/to/stemma path/to/folder

Random data sets are folders of images with metadata.jsonl or metadata.csv, and Parquet files with the images in
a column. Columns are `label` (ClassLabel in Parquet), `objects` and `text`. Splits are compared, too.

Needs datasets and pillow.
"""

import csv
import hashlib
import io
import json
import os
import pathlib
import tempfile

import stemma

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}

from datasets import ClassLabel, Dataset, Features, Image, List, Value, load_dataset
from PIL import Image as Pixels

NAMES = ["no", "wren", "a: b", "y"]


def png(rng):
    """Returns the bytes of a random image."""
    out = io.BytesIO()
    Pixels.new("RGB", (rng.randint(1, 20), 9), (rng.randint(0, 255), 1, 2)).save(out, "PNG")
    return out.getvalue()


def made(rng, folder):
    """Writes a random data set."""
    kind = rng.choice(["jsonl", "csv", "parquet"])
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
                row["image"] = {"bytes": png(rng), "path": f"{split}-{row.pop('file_name')}"}
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
    return (folder,)


def read(folder):
    """Returns the labels of each image as `datasets` reads them, by split and name, and digests of the bytes."""
    found, images = [], {}
    with tempfile.TemporaryDirectory() as cache:
        for split, data in load_dataset(str(folder), cache_dir=cache).items():
            features = dict(data.features)

            def class_of(feature, value):
                return feature.int2str(value) if isinstance(feature, ClassLabel) and isinstance(value, int) else value

            for row in data.cast_column("image", Image(decode=False)):
                image = f"{split}/{pathlib.Path(row['image']['path']).name}"
                bytes = row["image"]["bytes"] or pathlib.Path(row["image"]["path"]).read_bytes()
                images[image] = hashlib.sha256(bytes).hexdigest()
                if row.get("label") is not None:
                    found.append((image, {"class": class_of(features["label"], row["label"])}))
                objects = row.get("objects") or {"bbox": [], "category": []}
                for bbox, category in zip(objects["bbox"], objects["category"]):
                    found.append((image, {"bbox": bbox, "class": class_of(features["objects"]["category"].feature, category)}))
                if row.get("text"):
                    found.append((image, {"caption": row["text"]}))
    return stemma.by_image(found, images), images


def check(program, path):
    want, images = read(path)
    stored = program.imported(path, "--format", "huggingface")
    splits = {image: f"{split.lower()}/{pathlib.PurePosixPath(image).name}" for image, split in stored.splits.items()}
    found = []
    for label in stored.labels:
        fields = {"bbox": [float(side) for side in label.fields["bbox"]]} if "bbox" in label.fields else {}
        found.append((splits[label.image], {**fields, **{name: value for name, value in label.fields.items() if name != "bbox"}}))
    yield "labels", want, stemma.by_image(found, splits.values())
    labels, bytes = read(program.exported("huggingface"))
    yield "exported labels", want, labels
    yield "exported images", images, bytes
    labels, bytes = read(program.exported("huggingface", "--variant", "parquet"))
    yield "labels of shards", want, labels
    yield "images of shards", images, bytes


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
