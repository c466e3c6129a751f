#!/usr/bin/env python3
"""Compares what an import of COCO files stores with what pycocotools reads from the same files.

    python coco.py path/to/stemma --files 20 --seed 1
    python coco.py path/to/stemma instances_val2017.json

Without files, random ones are made: lists in any order, whole floats as ids, captions, keypoints,
polygons and masks. Each file is imported into a new data directory; images, labels and classes are
then read from `stemma export ndjson`. The exit code is 1 if anything differs.

Needs pycocotools.
"""

import argparse
import contextlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from pycocotools.coco import COCO

NUMBERS = ("id", "image_id", "category_id")


def made(rng):
    """Returns a random document."""
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
    return dict(lists)


def expected(path):
    """Returns images, labels and class names as pycocotools reads them."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    images, labels = {}, {}
    for image in coco.loadImgs(coco.getImgIds()):
        images[image["file_name"]] = {name: value for name, value in image.items() if name != "id"}
        for label in coco.loadAnns(coco.getAnnIds(imgIds=image["id"])):
            fields = {name: value for name, value in label.items() if name not in NUMBERS}
            if "category_id" in label:
                fields["class"] = coco.cats[label["category_id"]]["name"]
            labels[f"annotations/{int(label['id'])}"] = (image["file_name"], fields)
    return images, labels, sorted(category["name"] for category in coco.cats.values())


def stored(program, path, data):
    """Imports a file and returns what the data directory then has."""
    command = [program, "import", str(path), "--namespace", "t", "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    export = subprocess.run([program, "export", "ndjson", "--data", str(data), "--out", "-"], check=True, capture_output=True)
    tables = {}
    for line in export.stdout.decode().split("\n"):
        if line.startswith("{"):
            row = json.loads(line)
            tables.setdefault(row["table"], []).append(row)
    keys = {item["item"]: item["key"] for item in tables.get("items", [])}
    versions = {version["version"]: version for version in tables.get("versions", [])}
    on = {row["derived"]: row["source"] for row in tables.get("derivations", [])}
    images, labels, classes = {}, {}, []
    for name, version in versions.items():
        fields, key = json.loads(version["attributes"] or "{}"), keys[version["item"]]
        if version["kind"] == "SOURCE":
            images[key] = fields
        elif version["kind"] == "LABEL":
            labels[key] = (keys[versions[on[name]]["item"]], fields)
        elif version["kind"] == "ONTOLOGY":
            classes = sorted(entry["class"] for entry in fields["classes"])
    return images, labels, classes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("inputs", nargs="*", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder, inputs = pathlib.Path(folder), list(options.inputs)
        for number in range(0 if inputs else options.files):
            path = folder / f"{options.seed + number}.json"
            path.write_text(json.dumps(made(random.Random(options.seed + number)), indent=number % 3 or None))
            inputs.append(path)
        for number, path in enumerate(inputs):
            want, found = expected(path), stored(options.program, path, folder / f"data-{number}")
            for what, one, other in zip(("images", "labels", "classes"), want, found):
                if one != other:
                    failed = 1
                    print(f"{path}: {what} differ (seed {options.seed + number})\n  pycocotools: {one}\n  stemma:      {other}")
        print(f"{len(inputs)} files, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
