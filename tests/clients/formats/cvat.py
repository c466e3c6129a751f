#!/usr/bin/env python3
"""Compares what an import of CVAT XML stores, and what an export as CVAT XML writes, with what Datumaro reads
from the same files.

    python cvat.py path/to/stemma --sets 20 --seed 1

Random files are written by Datumaro: tags, boxes, polygons, lines, points and masks with attributes; masks
are written by hand, because Datumaro only reads them. They are compared pixel by pixel.

Needs datumaro.
"""

import pathlib
import re

import stemma
import numpy
from datumaro.components.annotation import AnnotationType, Bbox, Label, LabelCategories, Points, Polygon, PolyLine
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from pycocotools import mask as masks

CLASSES = ["wren", "blue tit", "möwe", "a & b"]
KINDS = {"bbox": "box", "label": "tag", "polygon": "polygon", "polyline": "polyline", "points": "points", "mask": "mask"}
HEIGHT, WIDTH = 70, 90


def made(rng, folder):
    """Writes a random file and its images."""
    categories = LabelCategories.from_iterable(CLASSES)
    categories.attributes = {"occluded"}
    for item in categories.items:
        item.attributes = {"age", "ringed"}
    items, drawn = [], {}
    for number in range(rng.randint(1, 6)):
        labels = []
        for _ in range(rng.randint(0, 7)):
            kind, points = rng.choice([Bbox, Label, Polygon, PolyLine, Points]), [rng.randint(0, 500) / 8 for _ in range(8)]
            points = {Bbox: points[:4], Label: []}.get(kind, [points])
            attributes = {"occluded": rng.random() < 0.3} if kind is not Label else {}
            if rng.random() < 0.5:
                attributes |= {"age": rng.choice(["old", "1.5", "young & <small>"]), "ringed": rng.random() < 0.5}
            order = {"z_order": rng.choice([0, 0, 3])} if kind is not Label else {}
            labels.append(kind(*points, label=rng.randrange(len(CLASSES)), attributes=attributes, **order))
        pixels = numpy.full((HEIGHT, WIDTH, 3), number, dtype=numpy.uint8)
        items.append(DatasetItem(f"photo {number}", media=Image.from_numpy(pixels, ext=".png"), attributes={"frame": number}, annotations=labels))
        for _ in range(rng.choice([0, 0, 1])):
            runs = [rng.randint(0, 4) for _ in range(6)]
            shape = f'<mask label="{rng.choice(CLASSES[:3])}" source="manual" occluded="0" rle="{", ".join(map(str, runs + [40 - sum(runs)]))}" '
            drawn[f"photo {number}"] = shape + 'left="3" top="4" width="8" height="5" z_order="0"></mask>'
    data = Dataset.from_iterable(items, categories={AnnotationType.label: categories}, media_type=Image)
    data.export(str(folder / "cvat"), "cvat", save_media=True)
    for path in (folder / "cvat").rglob("*.xml"):
        text = path.read_text()
        for name, shape in drawn.items():
            # An image without labels may be an element without a content.
            text = re.sub(rf'(<image [^>]*name="{name}[^>]*[^/>])(/>|>)', lambda found: f"{found[1]}>{shape}" + ("</image>" if found[2] == "/>" else ""), text)
        path.write_text(text)
    return (folder / "cvat",)


def read(folder):
    """Returns the labels of each image as Datumaro reads them."""
    data = Dataset.import_from(str(folder), "cvat")
    names = data.categories()[AnnotationType.label].items
    found, images = [], []
    for item in data:
        images.append(item.id)
        for label in item.annotations:
            kind = KINDS[label.type.name]
            if kind == "box":
                shape = list(label.get_bbox())
            elif kind == "mask":
                shape = [int(place) for place in label.image.flatten().nonzero()[0]]
            else:
                shape = list(getattr(label, "points", []))
            # CVAT has no value for an attribute that is not set; flags have one always.
            attributes = {name: value for name, value in label.attributes.items() if value is not False and name not in ("keyframe", "outside")}
            found.append((item.id, [names[label.label].name, kind, stemma.rounded(shape, 2), attributes, getattr(label, "z_order", 0)]))
    return stemma.by_image(found, images)


def label_of(fields):
    """Returns a stored label in the form of `read`."""
    kind, shape = "tag", []
    if "bbox" in fields:
        kind, shape = "box", fields["bbox"]
    elif isinstance(fields.get("segmentation"), dict):
        mask = fields["segmentation"]
        packed = masks.frPyObjects(mask, *mask["size"]) if isinstance(mask["counts"], list) else mask
        kind, shape = "mask", [int(place) for place in masks.decode(packed).flatten().nonzero()[0]]
    elif "segmentation" in fields:
        kind, shape = "polygon", fields["segmentation"][0]
    elif "polyline" in fields:
        kind, shape = "polyline", fields["polyline"]
    elif "keypoints" in fields:
        kind, shape = "points", [number for place, number in enumerate(fields["keypoints"]) if place % 3 < 2]
    attributes = dict(fields.get("attributes", {}))
    order = int(attributes.pop("z_order", 0))
    attributes.pop("source", None)
    # Datumaro takes texts for flags.
    attributes = {name: {"true": True, "false": False}.get(value, value) for name, value in attributes.items()}
    attributes = {name: value for name, value in attributes.items() if value is not False}
    return [fields["class"], kind, stemma.rounded(shape, 2), attributes, order]


def check(program, path):
    want = read(path)
    stored = program.imported(path, "--format", "cvat")

    def stem(image):
        return str(pathlib.PurePosixPath(image).with_suffix(""))

    found = [(stem(label.image), label_of(label.fields)) for label in stored.labels]
    yield "labels", want, stemma.by_image(found, map(stem, stored.images))
    yield "exported labels", want, read(program.exported("cvat"))


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
