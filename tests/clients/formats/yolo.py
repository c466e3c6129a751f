#!/usr/bin/env python3
"""Compares what an import of YOLO data sets stores with what supervision reads from the same files.

    python yolo.py path/to/stemma --sets 20 --seed 1
    python yolo.py path/to/stemma data-set/ --images train/images --labels train/labels

Without a folder, random data sets are written by supervision itself (boxes or polygons) or by hand
(rotated boxes), with background images, empty files and blank lines. Each is imported into a new
data directory; images, labels and classes are then read from `stemma export ndjson`. Numbers are
compared to 1e-3 pixels, because supervision computes in 32 bits. The exit code is 1 if anything
differs.

Needs supervision, numpy and pillow.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
import supervision
from PIL import Image


def made(rng, folder):
    """Writes a random data set, and returns its kind."""
    kind = rng.choice(["boxes", "polygons", "corners"])
    images, labels = folder / "images" / "train", folder / "labels" / "train"
    images.mkdir(parents=True)
    labels.mkdir(parents=True)
    names = rng.sample(["wren", "no", "null", "1.5", "robin: red", "it's", "é"], rng.randint(1, 7))
    for number in range(rng.randint(1, 6)):
        width, height = rng.randint(30, 700), rng.randint(30, 700)
        Image.new("RGB", (width, height)).save(images / f"photo {number}.jpg")
        lines = []
        for _ in range(rng.randint(0, 8)):
            if kind == "boxes":
                sides = [rng.uniform(0.01, 0.5) for _ in range(2)]
                numbers = [rng.uniform(side / 2, 1 - side / 2) for side in sides] + sides
            else:
                points = 4 if kind == "corners" else rng.choice([3, 5, 6])
                numbers = [rng.random() for _ in range(2 * points)]
            lines.append(" ".join([str(rng.randrange(len(names)))] + [f"{n:.6f}" for n in numbers]))
            lines += [""] * rng.randint(0, 1)
        if lines or rng.random() < 0.5:
            end = rng.choice(["\n", "\r\n"])
            (labels / f"photo {number}.txt").write_text(end.join(lines))
    listed = [json.dumps(name) for name in names]
    lines = ["train: images/train", "val: images/val", f"nc: {len(names)}"]
    if rng.random() < 0.5:
        lines += ["names:"] + [f"  {number}: {name}" for number, name in enumerate(listed)]
    else:
        lines += [f"names: [{', '.join(listed)}]"]
    (folder / "data.yaml").write_text("\n".join(lines))
    return kind


def expected(folder, images, labels, kind):
    """Returns labels by image, and class names, as supervision reads them."""
    data = supervision.DetectionDataset.from_yolo(
        images_directory_path=str(folder / images),
        annotations_directory_path=str(folder / labels),
        data_yaml_path=str(folder / "data.yaml"),
        is_obb=kind == "corners",
    )
    found = {}
    for path, _, detections in data:
        shapes = detections.data.get("xyxyxyxy")
        found[pathlib.Path(path).name] = [
            (data.classes[int(detections.class_id[n])], detections.xyxy[n].tolist(), None if shapes is None else shapes[n].flatten().tolist())
            for n in range(len(detections))
        ]
    return found, data.classes


def stored(program, folder, directory, kind):
    """Imports a data set and returns what the data directory then has."""
    variant = {"boxes": "detect", "polygons": "segment", "corners": "obb"}[kind]
    command = [program, "import", str(folder), "--format", "yolo", "--variant", variant, "--namespace", "t", "--data", str(directory)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    export = subprocess.run([program, "export", "ndjson", "--data", str(directory), "--out", "-"], check=True, capture_output=True)
    tables = {}
    for line in export.stdout.decode().split("\n"):
        if line.startswith("{"):
            row = json.loads(line)
            tables.setdefault(row["table"], []).append(row)
    keys = {item["item"]: item["key"] for item in tables.get("items", [])}
    versions = {version["version"]: version for version in tables.get("versions", [])}
    on = {row["derived"]: row["source"] for row in tables.get("derivations", [])}
    images, classes = {}, []
    for name, version in versions.items():
        fields = json.loads(version["attributes"] or "{}")
        if version["kind"] == "SOURCE":
            images.setdefault(pathlib.Path(keys[version["item"]]).name, [])
        elif version["kind"] == "LABEL":
            image = pathlib.Path(keys[versions[on[name]]["item"]]).name
            images.setdefault(image, []).append(numbers_of(fields))
        elif version["kind"] == "ONTOLOGY":
            classes = [entry["class"] for entry in fields["classes"]]
    return images, classes


def numbers_of(fields):
    """Returns class, outer box and corners of stored fields."""
    if "bbox" in fields:
        x, y, width, height = fields["bbox"]
        return fields["class"], [x, y, x + width, y + height], None
    points = fields.get("corners") or fields["segmentation"][0]
    box = [min(points[::2]), min(points[1::2]), max(points[::2]), max(points[1::2])]
    return fields["class"], box, fields.get("corners")


def differs(want, found):
    """Returns true if labels differ; the order does not count."""
    if want.keys() != found.keys():
        return True
    for image, labels in want.items():
        one, other = sorted(labels, key=str_key), sorted(found[image], key=str_key)
        if len(one) != len(other):
            return True
        for (name, box, corners), (other_name, other_box, other_corners) in zip(one, other):
            if name != other_name or not numpy.allclose(box, other_box, atol=1e-3):
                return True
            if corners is not None and not numpy.allclose(corners, other_corners, atol=1e-3):
                return True
    return False


def str_key(label):
    return label[0], [round(number) for number in label[1]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    parser.add_argument("--images", default="images/train")
    parser.add_argument("--labels", default="labels/train")
    parser.add_argument("--kind", choices=["boxes", "polygons", "corners"], default="boxes")
    parser.add_argument("--sets", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        temporary, sets = pathlib.Path(temporary), [(folder, options.kind) for folder in options.folders]
        for number in range(0 if sets else options.sets):
            folder = temporary / f"set-{options.seed + number}"
            sets.append((folder, made(random.Random(options.seed + number), folder)))
        for number, (folder, kind) in enumerate(sets):
            want = expected(folder, options.images, options.labels, kind)
            found = stored(options.program, folder, temporary / f"data-{number}", kind)
            if differs(want[0], found[0]) or want[1] != found[1]:
                failed = 1
                print(f"{folder}: {kind} differ (seed {options.seed + number})\n  supervision: {want}\n  stemma:      {found}")
        print(f"{len(sets)} data sets, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
