#!/usr/bin/env python3
"""Compares what an import of CVAT XML stores with what other readers read from it.

    python cvat.py path/to/stemma annotations.xml
    python cvat.py --folder exported

With a program, files of the form for images are imported into a new data directory, and the classes
and boxes are compared with those that Python's XML parser finds. Without one, `--folder` is a folder
with `annotations.xml` without subsets, such as stemma exports: Datumaro reads it, and the labels and
their geometry are compared, masks pixel by pixel. The exit code is 1 if anything differs.

Needs datumaro for `--folder`.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SIDES = ("xtl", "ytl", "xbr", "ybr")


def geometry(shape, width, height):
    """Returns the geometry of a shape: numbers, or the places of the ones of a mask."""
    if shape.tag == "box":
        x1, y1, x2, y2 = (float(shape.get(side)) for side in SIDES)
        return [x1, y1, x2 - x1, y2 - y1]
    if shape.tag == "mask":
        runs, at, ones = [int(run) for run in shape.get("rle").split(",")], 0, []
        for number, run in enumerate(runs):
            for place in range(at, at + run) if number % 2 else ():
                y, x = divmod(place, int(shape.get("width")))
                ones.append((y + int(shape.get("top"))) * width + x + int(shape.get("left")))
            at += run
        return ones
    if shape.tag == "tag":
        return []
    return [float(number) for pair in shape.get("points").split(";") for number in pair.split(",")]


def expected(path, kinds):
    """Returns the labels `[class, kind, geometry]` of each image."""
    images = {}
    for image in ElementTree.parse(path).getroot().iter("image"):
        width, height = int(image.get("width") or 0), int(image.get("height") or 0)
        labels = [[shape.get("label"), shape.tag, geometry(shape, width, height)] for shape in image if shape.tag in kinds]
        images[image.get("name")] = sorted(labels)
    return images


def by_datumaro(folder):
    """Returns the labels of each image."""
    from datumaro.components.dataset import Dataset

    kinds = {"bbox": "box", "label": "tag", "polygon": "polygon", "polyline": "polyline", "points": "points", "mask": "mask"}
    data = Dataset.import_from(str(folder), "cvat")
    names = next(iter(data.categories().values())).items
    images = {}
    for item in data:
        labels = []
        for label in item.annotations:
            kind = kinds[label.type.name]
            if kind == "box":
                shape = list(label.get_bbox())
            elif kind == "mask":
                shape = [int(place) for place in label.image.flatten().nonzero()[0]]
            else:
                shape = list(getattr(label, "points", []))
            labels.append([names[label.label].name, kind, shape])
        images[item.id] = sorted(labels)
    return images


def stored(program, path, data):
    """Imports a file and returns the boxes that the data directory then has."""
    command = [program, "import", str(path), "--format", "cvat", "--namespace", "t", "--data", str(data)]
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
    images = {keys[version["item"]]: [] for version in versions.values() if version["kind"] == "SOURCE"}
    for name, version in versions.items():
        fields = json.loads(version["attributes"] or "{}")
        special = {"element", "cuboid"} & set(fields.get("attributes", {}))
        if version["kind"] == "LABEL" and "bbox" in fields and not special:
            images[keys[versions[on[name]]["item"]]].append([fields["class"], "box", fields["bbox"]])
    return {name: sorted(labels) for name, labels in images.items()}


def without_ending(images):
    return {name.rsplit(".", 1)[0]: labels for name, labels in images.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("inputs", nargs="*", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path)
    options = parser.parse_args()
    compared = []
    if options.folder:
        kinds = ("box", "tag", "polygon", "polyline", "points", "mask")
        want = without_ending(expected(options.folder / "annotations.xml", kinds))
        compared.append(("datumaro", want, by_datumaro(options.folder)))
    with tempfile.TemporaryDirectory() as data:
        for number, path in enumerate(options.inputs):
            want, found = expected(path, ("box",)), stored(options.program, path, pathlib.Path(data) / str(number))
            compared.append((str(path), want, found))
    failed = 0
    for what, want, found in compared:
        for name in sorted(want.keys() | found.keys()):
            if want.get(name) != found.get(name):
                failed = 1
                print(f"{what}, {name}:\n  XML:   {want.get(name)}\n  found: {found.get(name)}")
    print(f"{len(compared)} readings, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
