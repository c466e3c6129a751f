#!/usr/bin/env python3
"""Compares what an import of Pascal VOC folders stores, and what an export as Pascal VOC writes, with what
supervision and Datumaro read from the same files.

    python voc.py path/to/stemma --sets 20 --seed 1
    python voc.py path/to/stemma VOCdevkit/VOC2007

Random folders are written by Datumaro or by supervision. Supervision counts pixels from 1: it writes and
reads the first corner with 1 more, and its reading is compared without that.

Needs supervision and datumaro.
"""

import pathlib
import xml.etree.ElementTree as ElementTree

import stemma
import numpy
import supervision
from datumaro.components.annotation import AnnotationType, Bbox, LabelCategories
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from PIL import Image as Pixels

SIDES = ("xmin", "ymin", "xmax", "ymax")
CLASSES = ["wren", "blue tit", "möwe", "a & b"]


def boxes(rng):
    """Returns random boxes `(class, x, y, width, height)` in an image of 90 x 70 pixels."""
    sides = [(rng.randint(1, 40), rng.randint(1, 30), rng.randint(1, 40), rng.randint(1, 30)) for _ in range(rng.randint(0, 6))]
    return [(rng.randrange(len(CLASSES)), *sides) for sides in sides]


def made(rng, folder):
    """Writes a random folder."""
    if rng.random() < 0.5:
        items = []
        for number in range(rng.randint(1, 6)):
            labels = [
                Bbox(*sides, label=label, id=n, group=n, attributes={"difficult": rng.random() < 0.3, "truncated": rng.random() < 0.3})
                for n, (label, *sides) in enumerate(boxes(rng), 1)
            ]
            pixels = numpy.full((70, 90, 3), number, dtype=numpy.uint8)
            items.append(DatasetItem(f"photo {number}", subset=rng.choice(["train", "val"]), media=Image.from_numpy(pixels), annotations=labels))
        data = Dataset.from_iterable(items, categories={AnnotationType.label: LabelCategories.from_iterable(CLASSES)}, media_type=Image)
        data.export(str(folder / "voc"), "voc_detection", save_media=True)
        return (folder / "voc",)
    images, labels = [], {}
    (folder / "JPEGImages").mkdir()
    for number in range(rng.randint(1, 6)):
        path = str(folder / "JPEGImages" / f"photo {number}.png")
        Pixels.new("RGB", (90, 70), (number, 0, 0)).save(path)
        found = boxes(rng)
        corners = numpy.array([(x, y, x + width, y + height) for _, x, y, width, height in found], dtype=float).reshape(-1, 4)
        labels[path] = supervision.Detections(xyxy=corners, class_id=numpy.array([label for label, *_ in found], dtype=int))
        images.append(path)
    data = supervision.DetectionDataset(classes=CLASSES, images=images, annotations=labels)
    data.as_pascal_voc(annotations_directory_path=str(folder / "Annotations"))
    return (folder,)


def by_xml(folder):
    """Returns the boxes `[class, x, y, width, height, flags]` of each image, by the stem of its XML file."""
    found = []
    paths = sorted(folder.rglob("*.xml"))
    for path in paths:
        root = ElementTree.parse(path).getroot()
        for entry in root.findall("object"):
            x1, y1, x2, y2 = (float(entry.find(f"bndbox/{side}").text) for side in SIDES)
            flags = [flag for flag in ("difficult", "truncated") if entry.findtext(flag, "0") == "1"]
            found.append((path.stem, [entry.find("name").text.strip(), x1, y1, x2 - x1, y2 - y1, flags]))
    images = [path.stem for path in (folder / "JPEGImages").iterdir()]  # Datumaro writes no XML for those without boxes.
    return stemma.by_image(found, images)


def by_supervision(folder):
    """Returns the boxes of each image."""
    data = supervision.DetectionDataset.from_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    found, images = [], []
    for path, _, detections in data:
        images.append(pathlib.Path(path).stem)
        for number, (x, y, right, bottom) in zip(detections.class_id, detections.xyxy.tolist()):
            found.append((images[-1], [data.classes[number], x + 1, y + 1, right - x - 1, bottom - y - 1]))
    return stemma.by_image(found, images)


def by_datumaro(folder):
    """Returns the boxes and flags of each image."""
    data = Dataset.import_from(str(folder), "voc_detection")
    names = data.categories()[AnnotationType.label].items
    found, images = [], []
    for item in data:
        if item.subset == "trainval":  # The union of the others, in folders as those of the VOC challenges.
            continue
        images.append(pathlib.PurePosixPath(item.id).name)
        for box in item.annotations:
            if isinstance(box, Bbox):
                flags = [flag for flag in ("difficult", "truncated") if box.attributes.get(flag)]
                found.append((images[-1], [names[box.label].name, *box.get_bbox(), flags]))
    return stemma.by_image(found, images)


def without_flags(images):
    return stemma.by_image(((image, label[:5]) for image, labels in images.items() for label in labels), images)


def check(program, path):
    want = by_xml(path)
    stored = program.imported(path, "--format", "voc")
    images = [pathlib.PurePosixPath(image).stem for image in stored.images]
    found = []
    for label in stored.labels:
        flags = [flag for flag in ("difficult", "truncated") if label.fields.get("attributes", {}).get(flag)]
        numbers = [float(number) for number in label.fields["bbox"]]
        found.append((pathlib.PurePosixPath(label.image).stem, [label.fields["class"], *numbers, flags]))
    yield "XML", want, stemma.by_image(found, images)
    if (path / "ImageSets").exists():
        yield "datumaro", by_datumaro(path), stemma.by_image(found, images)
    else:
        yield "supervision", by_supervision(path), without_flags(stemma.by_image(found, images))
    folder = program.exported("voc")
    yield "exported, by datumaro", want, by_datumaro(folder)
    yield "exported, by supervision", without_flags(want), by_supervision(folder)


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
