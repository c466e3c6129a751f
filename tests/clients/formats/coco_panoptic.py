#!/usr/bin/env python3
"""Compares the masks that an import of a panoptic file stores, and those of an export of them as a panoptic
file, with the masks that its PNG images have by the rule of panopticapi: an id is R + 256 G + 65536 B.

    python coco_panoptic.py path/to/stemma --sets 20 --seed 1
    python coco_panoptic.py path/to/stemma folder

The folder has `annotations/panoptic_*.json`, and the PNG images in folders of the same names. A second set
is one of instances that overlap, with polygons: its export has the pixels that pycocotools draws, later labels
above earlier ones.

Needs pycocotools, numpy and pillow.
"""

import json
import pathlib

import numpy
import stemma
from PIL import Image
from pycocotools import mask as masks


def made(rng, folder):
    """Writes a random panoptic set, and a set of instances that overlap."""
    pixels = numpy.random.default_rng(rng.randint(0, 1 << 30))
    categories = [{"id": n * 3 + 1, "name": f"class {n}", "isthing": n % 2} for n in range(4)]
    images, annotations, instances = [], [], []
    panoptic = folder / "panoptic/annotations/panoptic_train2017"
    panoptic.mkdir(parents=True)
    for n in range(rng.randint(1, 6)):
        width, height = rng.randint(1, 90), rng.randint(1, 70)
        images.append({"id": n + 1, "file_name": f"{n:012}.jpg", "width": width, "height": height})
        ids = numpy.array([0] + rng.sample(range(1, 1 << 24), rng.randint(1, 9)), dtype=numpy.uint32)
        blocks = ids[pixels.integers(0, len(ids), size=(height // 7 + 1, width // 5 + 1))]
        map = numpy.repeat(numpy.repeat(blocks, 7, 0), 5, 1)[:height, :width]
        colours = numpy.stack([map & 255, map >> 8 & 255, map >> 16], axis=-1).astype(numpy.uint8)
        Image.fromarray(colours).save(panoptic / f"{n:012}.png")
        segments = []
        for number in numpy.unique(map[map > 0]).tolist():
            box = masks.toBbox(masks.encode(numpy.asfortranarray(map == number).astype(numpy.uint8))).tolist()
            segments.append({"id": number, "category_id": rng.choice(categories)["id"], "iscrowd": rng.randint(0, 1),
                             "area": int((map == number).sum()), "bbox": box})
        annotations.append({"image_id": n + 1, "file_name": f"{n:012}.png", "segments_info": segments})
        for _ in range(rng.randint(0, 9)):
            points = [rng.uniform(-5, side + 5) for _ in range(rng.randint(3, 7)) for side in (width, height)]
            box = {"bbox": [0, 0, 1, 1], "area": 1, "iscrowd": 0}
            instances.append({"id": len(instances) + 1, "image_id": n + 1, "category_id": rng.choice(categories)["id"],
                              "segmentation": [points], **box})
    document = {"images": images, "annotations": annotations, "categories": categories}
    panoptic.with_suffix(".json").write_text(json.dumps(document))
    (folder / "instances.json").write_text(json.dumps(document | {"annotations": instances}))
    return folder / "panoptic", folder / "instances.json"


def segments(folder):
    """Returns the class, the flag and the mask of all segments, by image, as panopticapi reads them."""
    found = {}
    for path in sorted((folder / "annotations").glob("panoptic_*.json")):
        document = json.loads(path.read_text())
        names = {category["id"]: category["name"] for category in document["categories"]}
        files = {image["id"]: image["file_name"] for image in document["images"]}
        for annotation in document["annotations"]:
            colours = numpy.array(Image.open(path.with_suffix("") / annotation["file_name"]), dtype=numpy.uint32)
            map = colours[:, :, 0] + 256 * colours[:, :, 1] + 65536 * colours[:, :, 2]
            ids = [segment["id"] for segment in annotation["segments_info"]]
            assert set(numpy.unique(map).tolist()) - {0} == set(ids), path
            of = found.setdefault(files[annotation["image_id"]], [])
            for segment in annotation["segments_info"]:
                of.append((names[segment["category_id"]], segment["iscrowd"], mask(map == segment["id"])))
    return {name: sorted(of) for name, of in found.items()}


def mask(pixels):
    return pixels.shape, numpy.packbits(pixels).tobytes().hex()


def stored_segments(stored):
    found = {name: [] for name in stored.images}
    for label in stored.labels:
        height, width = label.fields["segmentation"]["size"]
        pixels = masks.decode(masks.frPyObjects(label.fields["segmentation"], height, width)) > 0
        found[label.image].append((label.fields["class"], label.fields["iscrowd"], mask(pixels)))
    return {name: sorted(of) for name, of in found.items()}


def drawn(path):
    """Returns the segments of instances: stuff first, later ones above earlier ones."""
    document = json.loads(path.read_text())
    categories = {category["id"]: category for category in document["categories"]}
    found = {}
    for image in document["images"]:
        map = numpy.full((image["height"], image["width"]), -1)
        own = [label for label in document["annotations"] if label["image_id"] == image["id"]]
        things = [categories[label["category_id"]]["isthing"] for label in own]
        for number in sorted(range(len(own)), key=lambda number: things[number]):
            shapes = masks.frPyObjects(own[number]["segmentation"], *map.shape)
            map[masks.decode(masks.merge(shapes)) > 0] = number
        seen = [number for number in range(len(own)) if (map == number).any()]
        of = [(categories[own[number]["category_id"]]["name"], 0, mask(map == number)) for number in seen]
        found[image["file_name"]] = sorted(of)
    return found


def check(program, folder, instances=None):
    expected = segments(pathlib.Path(folder))
    stored = program.imported(folder)
    yield "masks", expected, stored_segments(stored)
    options = ("--variant", "panoptic", "--no-images")
    yield "exported masks", expected, segments(program.exported("coco", *options))
    if instances:
        other = stemma.Stemma(program.program, program.folder / "instances")
        other.folder.mkdir()
        other.imported(instances)
        yield "masks of instances", drawn(instances), segments(other.exported("coco", *options))


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
