#!/usr/bin/env python3
"""Compares what an import of labelme files stores, and what an export as labelme writes, with what labelme itself
reads from the same files.

    python labelme.py path/to/stemma --sets 20 --seed 1

Random files are written by labelme, with all its shapes. The pixels of shapes are those that labelme draws.

Needs labelme. Its window is not opened, so it may be installed without Qt and models.
"""

import importlib.util
import sys
import unittest.mock

import stemma
import numpy
from PIL import Image as Pixels

for name in ("onnxruntime", "osam", "PySide6", "PyQt5", "qtpy"):
    if importlib.util.find_spec(name) is None:
        sys.modules.update({name + part: unittest.mock.MagicMock() for part in ("", ".QtCore", ".QtGui", ".QtWidgets", ".types", ".apis")})

from labelme import _label_file as files
from labelme import utils
from loguru import logger
from pycocotools import mask as masks

logger.disable("labelme")
CLASSES = ["wren", "blue tit", "möwe", "a & b"]
HEIGHT, WIDTH = 70, 90
POINTS = {"rectangle": 2, "circle": 2, "line": 2, "point": 1, "linestrip": 4, "polygon": 5, "points": 3, "mask": 2}


def made(rng, folder):
    """Writes random files."""
    for number in range(rng.randint(1, 6)):
        Pixels.new("RGB", (WIDTH, HEIGHT), (number, 0, 0)).save(folder / f"photo {number}.png")
        if number and rng.random() < 0.2:
            continue  # An image that is not labelled yet.
        shapes = []
        for _ in range(rng.randint(0, 7)):
            kind = rng.choice(list(POINTS))
            points = [[rng.randint(80, 320) / 8, rng.randint(80, 320) / 8] for _ in range(POINTS[kind])]
            shape = {"label": rng.choice(CLASSES), "points": points, "group_id": rng.choice([None, None, 3]), "shape_type": kind}
            shape |= {"description": rng.choice(["", "a note"]), "flags": rng.choice([{}, {"old": True}]), "mask": None}
            if kind == "mask":
                shape["points"] = [[float(x), 7.0] for x in (5, 9)]
                shape["points"][1][1] = 10.0
                shape["mask"] = utils.img_arr_to_b64(numpy.array([rng.randint(0, 1) for _ in range(20)], dtype=bool).reshape(4, 5).astype(numpy.uint8))
            shapes.append(shape)
        files.write_label_file(
            str(folder / f"photo {number}.json"),
            shapes=shapes,
            image_path=f"photo {number}.png",
            image_height=HEIGHT,
            image_width=WIDTH,
            flags=rng.choice([{}, {"sunny": True}]),
        )
    return (folder,)


def drawn(shape):
    """Returns the number of pixels of a shape that labelme read."""
    if shape["shape_type"] == "mask":
        return int(numpy.asarray(shape["mask"]).sum())
    if shape["shape_type"] == "points":
        return len(shape["points"])  # labelme does not draw them.
    return int(utils.shape_to_mask((HEIGHT, WIDTH), shape["points"], shape["shape_type"]).sum())


def read(folder):
    """Returns the labels of each image as labelme reads them."""
    found, images = [], [path.stem for path in folder.rglob("*.png")]
    for path in sorted(folder.rglob("*.json")):
        file = files.read_label_file(str(path))
        for shape in file.shapes:
            points = shape["points"]
            if shape["shape_type"] == "rectangle":
                points = [[min(side) for side in zip(*points)], [max(side) for side in zip(*points)]]
            flags = {name: value for name, value in shape["flags"].items() if value}
            points = stemma.rounded(points) if shape["shape_type"] != "mask" else None
            found.append((path.stem, [shape["label"], shape["shape_type"], points, shape["group_id"], shape["description"] or "", flags, drawn(shape)]))
    return stemma.by_image(found, images)


def pairs(numbers, of=2):
    return [list(numbers[place : place + 2]) for place in range(0, len(numbers), of)]


def label_of(fields):
    """Returns class, points and pixels of a mask of stored fields."""
    if "bbox" in fields:
        x, y, width, height = fields["bbox"]
        points = [[x, y], [x + width, y + height]]
    elif isinstance(fields.get("segmentation"), dict):
        mask = fields["segmentation"]
        packed = masks.frPyObjects(mask, *mask["size"]) if isinstance(mask["counts"], list) else mask
        return [fields["class"], int(masks.area(packed))]
    elif "segmentation" in fields:
        points = pairs(fields["segmentation"][0])
    elif "polyline" in fields:
        points = pairs(fields["polyline"])
    else:
        points = pairs(fields["keypoints"], 3)
    return [fields["class"], stemma.rounded(points)]


def expected(images):
    """Returns labels in the form of `label_of`. A circle is stored as the square around it."""
    found = []
    for image, labels in images.items():
        for name, kind, points, *_, area in labels:
            if kind == "circle":
                (x, y), edge = points
                radius = ((edge[0] - x) ** 2 + (edge[1] - y) ** 2) ** 0.5
                points = stemma.rounded([[x - radius, y - radius], [x + radius, y + radius]])
            found.append((image, [name, area if kind == "mask" else points]))
    return stemma.by_image(found, images)


def check(program, path):
    want = read(path)
    stored = program.imported(path, "--format", "labelme")
    found = [(label.image.rsplit(".", 1)[0], label_of(label.fields)) for label in stored.labels]
    yield "labels", expected(want), stemma.by_image(found, [image.rsplit(".", 1)[0] for image in stored.images])
    yield "exported labels", want, read(program.exported("labelme"))


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
