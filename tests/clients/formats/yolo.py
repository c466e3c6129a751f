#!/usr/bin/env python3
"""Compares what an import of YOLO data sets stores, and what an export as YOLO writes, with what supervision
reads from the same files.

    python yolo.py path/to/stemma --sets 20 --seed 1
    python yolo.py path/to/stemma data-set/

Random data sets have boxes, polygons or rotated boxes, background images, empty files and blank lines.
Inputs have boxes, in `images/train` and `labels/train`. Numbers are compared to 1e-3 pixels, because
supervision computes in 32 bits.

Needs supervision, numpy and pillow.
"""

import json
import pathlib

import stemma
import numpy
import supervision
from PIL import Image

VARIANTS = {"boxes": "detect", "polygons": "segment", "corners": "obb"}


def made(rng, folder):
    """Writes a random data set."""
    kind = rng.choice(["boxes", "polygons", "corners"])
    images, labels = folder / "images" / "train", folder / "labels" / "train"
    images.mkdir(parents=True)
    labels.mkdir(parents=True)
    names = rng.sample(["wren", "no", "null", "1.5", "robin: red", "it's", "é"], rng.randint(1, 7))
    for number in range(rng.randint(1, 6)):
        width, height = rng.randint(30, 700), rng.randint(30, 700)
        Image.new("RGB", (width, height), (number, 0, 0)).save(images / f"photo {number}.png")
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
    return folder, kind


def read(folder, kind):
    """Returns labels by image, and class names, as supervision reads them."""
    data = supervision.DetectionDataset.from_yolo(
        images_directory_path=str(folder / "images" / "train"),
        annotations_directory_path=str(folder / "labels" / "train"),
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


def pixels(folder):
    """Returns the pixels of the polygons of each image, by class, as supervision draws them."""
    data = supervision.DetectionDataset.from_yolo(
        images_directory_path=str(folder / "images" / "train"),
        annotations_directory_path=str(folder / "labels" / "train"),
        data_yaml_path=str(folder / "data.yaml"),
        force_masks=True,
    )
    found = {}
    for path, _, detections in data:
        areas = [] if detections.mask is None else detections.mask.sum(axis=(1, 2)).tolist()
        found[pathlib.Path(path).name] = sorted(zip((data.classes[int(number)] for number in detections.class_id), areas))
    return found


def numbers_of(fields):
    """Returns class, outer box and corners of stored fields."""
    if "bbox" in fields:
        x, y, width, height = fields["bbox"]
        return fields["class"], [x, y, x + width, y + height], None
    points = fields.get("corners") or fields["segmentation"][0]
    box = [min(points[::2]), min(points[1::2]), max(points[::2]), max(points[1::2])]
    return fields["class"], box, fields.get("corners")


def near(want, found):
    """Returns what was found, but with the expected numbers in place of those that are near them."""
    def key(label):
        return label[0], [round(number) for number in label[1]]

    if want.keys() != found.keys():
        return found
    for image, labels in want.items():
        one, other = sorted(labels, key=key), sorted(found[image], key=key)
        if len(one) != len(other):
            return found
        for (name, box, corners), (other_name, other_box, other_corners) in zip(one, other):
            if name != other_name or not numpy.allclose(box, other_box, atol=1e-3):
                return found
            if corners is not None and not numpy.allclose(corners, other_corners, atol=1e-3):
                return found
    return want


def check(program, path, kind="boxes"):
    want, classes = read(path, kind)
    stored = program.imported(path, "--format", "yolo", "--variant", VARIANTS[kind])
    found = {pathlib.PurePosixPath(image).name: [] for image in stored.images}
    for label in stored.labels:
        found[pathlib.PurePosixPath(label.image).name].append(numbers_of(label.fields))
    yield f"{kind}", want, near(want, found)
    yield "classes", classes, stored.classes
    folder = program.exported("yolo", "--variant", VARIANTS[kind])
    again, classes_again = read(folder, kind)
    yield f"exported {kind}", want, near(want, again)
    if stored.labels:  # Sets have their classes from their labels.
        yield "exported classes", classes, classes_again
    if kind == "polygons":
        yield "exported pixels", pixels(path), pixels(folder)


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
