#!/usr/bin/env python3
"""Compares what an import of Datumaro's format stores, and what an export as Datumaro writes, with what Datumaro reads
from the same files.

    python datumaro.py path/to/stemma --sets 20 --seed 1

Random data sets are written by Datumaro: labels, boxes, polygons, lines, points, masks and captions, with attributes
and groups, in several subsets.

Needs datumaro.
"""

import pathlib

import stemma
import numpy
from datumaro.components.annotation import AnnotationType, Bbox, Caption, Label, LabelCategories, Mask, Points, Polygon, PolyLine
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from pycocotools import mask as masks

CLASSES = ["wren", "blue tit", "möwe", "a & b"]
HEIGHT, WIDTH = 70, 90


def made(rng, folder):
    """Writes a random data set."""
    items = []
    for number in range(rng.randint(1, 6)):
        labels = []
        for id in range(rng.randint(0, 8)):
            kind = rng.choice([Bbox, Label, Polygon, PolyLine, Points, Mask, Caption])
            points, label = [rng.randint(0, 500) / 8 for _ in range(8)], rng.randrange(len(CLASSES))
            common = {"id": rng.choice([0, number * 10 + id + 1]), "group": rng.choice([0, 0, 5])}
            if rng.random() < 0.5:
                common["attributes"] = {"age": rng.choice(["old", 1.5, 7]), "ringed": rng.random() < 0.5}
            if kind is Caption:
                labels.append(Caption(f"a pond, {number}", **common))
                continue
            if kind is not Label:
                common["z_order"] = rng.choice([0, 0, 3])
            if kind is Mask:
                image = numpy.zeros((HEIGHT, WIDTH), dtype=bool)
                image[rng.randint(0, 60) :, rng.randint(0, 80) :] = True
                points = image
            shape = {Bbox: points[:4], Label: []}.get(kind, [points])
            labels.append(kind(*shape, label=label, **common))
        pixels = numpy.full((HEIGHT, WIDTH, 3), number, dtype=numpy.uint8)
        subset = rng.choice(["train", "val", "test"])
        items.append(DatasetItem(f"ponds/photo {number}", subset=subset, media=Image.from_numpy(pixels, ext=".png"), annotations=labels))
    categories = {AnnotationType.label: LabelCategories.from_iterable(CLASSES)}
    Dataset.from_iterable(items, categories=categories, media_type=Image).export(str(folder / "set"), "datumaro", save_media=True)
    return (folder / "set",)


def ones(mask):
    return [int(place) for place in mask.flatten().nonzero()[0]]


def read(folder):
    """Returns the subset, the pixel and the labels of each image, and the classes, as Datumaro reads them."""
    data = Dataset.import_from(str(folder), "datumaro")
    classes = [item.name for item in data.categories()[AnnotationType.label].items]
    images = {}
    for item in data:
        labels = []
        for label in item.annotations:
            kind = label.type.name
            if kind == "bbox":
                shape = list(label.get_bbox())
            elif kind == "mask":
                shape = ones(label.image)
            elif kind == "caption":
                shape = label.caption
            else:
                shape = list(getattr(label, "points", []))
            name = None if kind == "caption" else classes[label.label]
            labels.append([name, kind, stemma.rounded(shape), dict(sorted(label.attributes.items())), label.group, getattr(label, "z_order", 0)])
        images[item.id] = (item.subset, int(item.media.data[0, 0, 0]), sorted(labels, key=repr))
    return images, classes


def label_of(fields):
    """Returns a stored label in the form of `read`."""
    kind, shape = "label", []
    if "bbox" in fields:
        kind, shape = "bbox", fields["bbox"]
    elif isinstance(fields.get("segmentation"), dict):
        mask = fields["segmentation"]
        packed = masks.frPyObjects(mask, *mask["size"]) if isinstance(mask["counts"], list) else mask
        kind, shape = "mask", ones(masks.decode(packed))
    elif "segmentation" in fields:
        kind, shape = "polygon", fields["segmentation"][0]
    elif "polyline" in fields:
        kind, shape = "polyline", fields["polyline"]
    elif "keypoints" in fields:
        kind, shape = "points", [number for place, number in enumerate(fields["keypoints"]) if place % 3 < 2]
    elif "caption" in fields:
        kind, shape = "caption", fields["caption"]
    attributes = dict(sorted(fields.get("attributes", {}).items()))
    return [fields.get("class"), kind, stemma.rounded(shape), attributes, fields.get("group", 0), fields.get("z_order", 0)]


def check(program, path):
    want, classes = read(path)
    stored = program.imported(path, "--format", "datumaro")
    subsets = {"TRAIN": "train", "VALIDATION": "val", "TEST": "test"}

    def stem(image):
        return str(pathlib.PurePosixPath(image).with_suffix(""))

    labels = stemma.by_image([(stem(label.image), label_of(label.fields)) for label in stored.labels], map(stem, stored.images))
    splits = {stem(image): subsets[split] for image, split in stored.splits.items()}
    yield "labels", {image: labels for image, (_, _, labels) in want.items()}, labels
    yield "splits", {image: subset for image, (subset, _, _) in want.items()}, splits
    yield "classes", classes, stored.classes
    again, classes_again = read(program.exported("datumaro"))
    yield "exported images and labels", want, again
    if stored.labels:  # Sets have their classes from their labels.
        yield "exported classes", classes, classes_again


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
