#!/usr/bin/env python3
"""Compares what an import of COCO files stores, and what an export as COCO writes, with what pycocotools
reads from the same files.

    python coco.py path/to/stemma --sets 20 --seed 1
    python coco.py path/to/stemma instances_val2017.json

Random files have lists in any order, whole floats as ids, captions, keypoints, polygons and masks.

Needs pycocotools.
"""

import contextlib
import io
import json

import stemma
from pycocotools import mask as masks
from pycocotools.coco import COCO

NUMBERS = ("id", "image_id", "category_id")


def made(rng, folder):
    """Writes a random document."""
    images = [{"id": n * 3 + 1, "file_name": f"p/{n}.jpg", "width": 640, "height": 480} for n in range(rng.randint(1, 9))]
    categories = [{"id": n, "name": f"class {n}", "supercategory": "s"} for n in rng.sample(range(1, 91), 5)]
    # pycocotools reads no annotation without a category from a file with categories.
    annotations, captions = [], rng.random() < 0.2
    for n in range(rng.randint(0, 60)):
        label = {"id": n + 7, "image_id": rng.choice(images)["id"]}
        kind = "caption" if captions else rng.choice(["box", "polygon", "mask", "keypoints"])
        if captions:
            label["caption"] = f"a pond, {n}"
        else:
            label |= {"category_id": rng.choice(categories)["id"], "bbox": [rng.randint(0, 9) / 4 for _ in range(4)]}
            label |= {"area": rng.random(), "iscrowd": rng.randint(0, 1)}
        if kind == "polygon":
            label["segmentation"] = [[rng.randint(0, 99) / 8 for _ in range(8)]]
        if kind == "mask":
            label["segmentation"] = {"size": [480, 640], "counts": [10, 20, 480 * 640 - 30]}
        if kind == "keypoints":
            label |= {"keypoints": [1, 2, 2] * 17, "num_keypoints": 17}
        annotations.append(label)
    if rng.random() < 0.3:  # As pandas writes them.
        for entry in images + annotations:
            entry.update({name: float(entry[name]) for name in NUMBERS if name in entry})
    rng.shuffle(annotations)
    lists = [("images", images), ("annotations", annotations), ("info", {})]
    lists += [] if captions else [("categories", categories)]
    rng.shuffle(lists)
    path = folder / "file.json"
    path.write_text(json.dumps(dict(lists), indent=rng.choice([None, 1, 2])))
    return (path,)


def read(path):
    """Returns the document, and images, labels and categories by id as pycocotools reads them."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    images, labels = {}, {}
    for image in coco.loadImgs(coco.getImgIds()):
        images[image["file_name"]] = {name: value for name, value in image.items() if name not in ("id", "stemma")}
        for label in coco.loadAnns(coco.getAnnIds(imgIds=image["id"])):
            fields = {name: value for name, value in label.items() if name not in (*NUMBERS, "stemma")}
            if "category_id" in label:
                fields["class"] = coco.cats[label["category_id"]]["name"]
            labels[f"annotations/{int(label['id'])}"] = (image["file_name"], fields)
    return coco, images, labels, {int(number): category["name"] for number, category in coco.cats.items()}


def pixels(coco):
    """Returns the pixels of all shapes, as pycocotools counts them."""
    shaped = [label for label in coco.anns.values() if label.get("segmentation")]
    return {int(label["id"]): int(masks.area(coco.annToRLE(label))) for label in shaped}


def check(program, path):
    coco, images, labels, classes = read(path)
    stored = program.imported(path)
    yield "images", images, stored.images
    yield "labels", labels, {label.key: (label.image, label.fields) for label in stored.labels}
    yield "classes", sorted(classes.values()), sorted(stored.classes)
    [exported] = (program.exported("coco", "--no-images") / "annotations").glob("*.json")
    exported, images_again, labels_again, classes_again = read(exported)
    yield "exported images", images, images_again
    yield "exported labels", labels, labels_again
    yield "exported classes", classes, classes_again
    yield "exported pixels", pixels(coco), pixels(exported)


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
