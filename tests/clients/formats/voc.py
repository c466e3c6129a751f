#!/usr/bin/env python3
"""Compares what an import of a Pascal VOC folder stores with what other readers read from it.

    python voc.py path/to/stemma VOCdevkit/VOC2007
    python voc.py --folder exported

With a program, the folder is imported into a new data directory, and boxes and classes are compared
with those that Python's XML parser finds. Without one, `--folder` is read by supervision and by
Datumaro, and these are compared with each other: use it for a folder that stemma exported. The exit
code is 1 if anything differs.

Needs supervision and datumaro for `--folder`.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SIDES = ("xmin", "ymin", "xmax", "ymax")


def expected(folder):
    """Returns the boxes `[class, x, y, width, height]` of each image, by the stem of its XML file."""
    images = {}
    for path in sorted(folder.rglob("*.xml")):
        root = ElementTree.parse(path).getroot()
        boxes = []
        for entry in root.findall("object") if root.tag == "annotation" else []:
            x1, y1, x2, y2 = (float(entry.find(f"bndbox/{side}").text) for side in SIDES)
            boxes.append([entry.find("name").text.strip(), x1, y1, x2 - x1, y2 - y1])
        images.setdefault(path.stem, []).extend(boxes)
    return {stem: sorted(boxes) for stem, boxes in images.items()}


def stored(program, folder, data):
    """Imports a folder and returns the boxes that the data directory then has."""
    command = [program, "import", str(folder), "--format", "voc", "--namespace", "t", "--data", str(data)]
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
    images = {pathlib.PurePosixPath(keys[v["item"]]).stem: [] for v in versions.values() if v["kind"] == "SOURCE"}
    for name, version in versions.items():
        if version["kind"] == "LABEL":
            fields = json.loads(version["attributes"])
            stem = pathlib.PurePosixPath(keys[versions[on[name]]["item"]]).stem
            images[stem].append([fields["class"], *fields["bbox"]])
    return {stem: sorted(boxes) for stem, boxes in images.items()}


def by_supervision(folder):
    """Returns the boxes by image. Supervision counts pixels from 1: it subtracts 1 from the first corner only."""
    import supervision

    data = supervision.DetectionDataset.from_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    images = {}
    for path, _, found in data:
        boxes = zip(found.class_id, found.xyxy.tolist())
        images[pathlib.Path(path).stem] = sorted([data.classes[n], x + 1, y + 1, r - x - 1, b - y - 1] for n, (x, y, r, b) in boxes)
    return images


def by_datumaro(folder):
    """Returns the boxes by image."""
    from datumaro.components.dataset import Dataset

    data = Dataset.import_from(str(folder), "voc_detection")
    names = next(iter(data.categories().values())).items
    images = {}
    for item in data:
        boxes = [[names[box.label].name, *box.get_bbox()] for box in item.annotations if hasattr(box, "get_bbox")]
        images[pathlib.PurePosixPath(item.id).stem] = sorted(boxes)
    return images


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("inputs", nargs="*", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path)
    options = parser.parse_args()
    compared = []
    if options.folder:
        want = expected(options.folder)
        compared += [("supervision", want, by_supervision(options.folder)), ("datumaro", want, by_datumaro(options.folder))]
    with tempfile.TemporaryDirectory() as data:
        for number, path in enumerate(options.inputs):
            compared.append((str(path), expected(path), stored(options.program, path, pathlib.Path(data) / str(number))))
    failed = 0
    for what, want, found in compared:
        for stem in sorted(want.keys() | found.keys()):
            if want.get(stem, []) != found.get(stem, []):
                failed = 1
                print(f"{what}, {stem}:\n  XML:   {want.get(stem)}\n  found: {found.get(stem)}")
    print(f"{len(compared)} readings, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
