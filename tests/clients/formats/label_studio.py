#!/usr/bin/env python3
"""Compares what an import of Label Studio exports stores with what the SDK of Label Studio reads from
the same files, and exports of stemma with what the SDK makes of them.

    python label_studio.py path/to/stemma --files 20 --seed 1
    python label_studio.py path/to/stemma project-1.json
    python label_studio.py --tasks folder/with/tasks --instances instances_default.json

Without files, random ones are made: rectangles, polygons, brush strokes, keypoints, choices about the
task and about regions. Each file is imported into a new data directory; the classes and results of
labels are then read from `stemma export ndjson`. With `--tasks`, a folder that stemma wrote in this
format is converted to COCO by the SDK and compared with what stemma wrote as COCO of the same set.
The exit code is 1 if anything differs.

Needs label-studio-sdk.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.brush import encode_rle
from label_studio_sdk.label_interface import LabelInterface

CONFIG = """<View><Image name="image" value="$image"/>
<RectangleLabels name="box" toName="image"><Label value="wren"/><Label value="robin"/></RectangleLabels>
<PolygonLabels name="shape" toName="image"><Label value="wren"/><Label value="robin"/></PolygonLabels>
<BrushLabels name="area" toName="image"><Label value="water"/></BrushLabels>
<KeyPointLabels name="part" toName="image"><Label value="beak" model_index="0"/></KeyPointLabels>
<Choices name="weather" toName="image"><Choice value="sunny"/><Choice value="windy"/></Choices>
<Choices name="hidden" toName="image" perRegion="true"><Choice value="yes"/></Choices></View>"""
CLASSES = ("rectanglelabels", "polygonlabels", "brushlabels", "keypointlabels")


def made(rng):
    """Returns random tasks as Label Studio exports them."""
    tasks = []
    for task in range(rng.randint(1, 6)):
        results = []
        for number in range(rng.randint(0, 8)):
            kind, name = rng.choice([("rectanglelabels", "box"), ("polygonlabels", "shape"), ("brushlabels", "area"), ("keypointlabels", "part"), ("choices", "weather")])
            label = rng.choice({"area": ["water"], "part": ["beak"], "weather": ["sunny", "windy"]}.get(name, ["wren", "robin"]))
            value = {kind: [label]}
            x, y, w, h = (rng.randint(0, 50) / 4 for _ in range(4))
            if name == "box":
                value |= {"x": x, "y": y, "width": w, "height": h, "rotation": rng.choice([0, 30])}
            if name == "shape":
                value |= {"points": [[x, y], [x + w, y], [x, y + h]], "closed": True}
            if name == "part":
                value |= {"x": x, "y": y, "width": 0.5}
            if name == "area":
                value |= {"format": "rle", "rle": encode_rle([255 * rng.randint(0, 1)] * 40 + [0] * 24)}
            shape = {"original_width": 4, "original_height": 4, "image_rotation": 0} if kind != "choices" else {}
            results.append({"id": f"r{number}", "type": kind, "from_name": name, "to_name": "image", "origin": "manual", "value": value, **shape})
            if name == "box" and rng.random() < 0.3:
                results.append({**results[-1], "type": "choices", "from_name": "hidden", "value": {**{k: v for k, v in value.items() if k != kind}, "choices": ["yes"]}})
        annotation = {"id": task * 10 + 7, "completed_by": 1, "was_cancelled": False, "ground_truth": False, "result": results}
        tasks.append({"id": task + 1, "annotations": [annotation], "drafts": [], "predictions": [], "data": {"image": f"/data/upload/1/{task}.png"}})
    return tasks


def expected(path, converter):
    """Returns the classes of each annotation as the SDK reads them, and the results in the file."""
    labels = {}
    for item in converter.iter_from_json_file(str(path)):
        classes = set()
        for name, values in (item["output"] or {}).items():
            for value in values:
                classes |= {label for kind in CLASSES for label in value.get(kind, [])}
                if name == "weather":
                    classes |= set(value["choices"])
        labels[item["annotation_id"]] = classes
    results = {}
    for task in json.loads(pathlib.Path(path).read_text()):
        for annotation in task["annotations"]:
            key = f"annotations/{annotation['id']}"
            kept = [{name: value for name, value in result.items() if name != "origin"} for result in annotation["result"]]
            results[key] = (f"tasks/{task['id']}", labels.get(annotation["id"], set()), kept)
    return results


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
    labels = {}
    for name, version in versions.items():
        if version["kind"] == "LABEL":
            fields = json.loads(version["attributes"] or "{}")
            classes = fields.get("class", [])
            classes = set(classes if isinstance(classes, list) else [classes])
            labels[keys[version["item"]]] = (keys[versions[on[name]]["item"]], classes, fields["regions"])
    return labels


def shown(path):
    """Returns the categories and boxes of the annotations with a shape in a COCO file."""
    document = json.loads(pathlib.Path(path).read_text())
    names = {category["id"]: category["name"] for category in document.get("categories", [])}
    found = []
    for label in document["annotations"]:
        # The converter has no masks, and makes of keypoints a label of their own beside the box.
        derived = label.get("stemma", {"derived": ["bbox"]}).get("derived", [])
        is_points = "keypoints" in label and "bbox" in derived
        if "bbox" in label and not is_points and not isinstance(label.get("segmentation"), dict):
            found.append((names[label["category_id"]], [round(side, 6) for side in label["bbox"]]))
    return sorted(found)


def converted(folder, out):
    """Converts the tasks that stemma wrote to COCO with the SDK."""
    config = (folder / "labeling_config.xml").read_text()
    interface, tasks = LabelInterface(config), []
    for path in sorted(folder.glob("*.json")):
        tasks += json.loads(path.read_text())
    for task in tasks:
        for annotation in task["annotations"]:
            for result in annotation["result"]:
                if not interface.validate_region(result):
                    print(f"the SDK refuses {json.dumps(result)[:200]}")
                    sys.exit(1)
    path = out / "tasks.json"
    path.write_text(json.dumps(tasks))
    Converter(config, str(out), download_resources=False).convert_to_coco(str(path), str(out), output_image_dir=str(out / "images"), is_dir=False)
    return shown(out / "result.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("inputs", nargs="*", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tasks", type=pathlib.Path)
    parser.add_argument("--instances", type=pathlib.Path)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder, inputs = pathlib.Path(folder), list(options.inputs)
        if options.tasks:
            one, other = shown(options.instances), converted(options.tasks, folder)
            print(f"{len(one)} shapes, {'equal' if one == other else f'different: {one} {other}'}")
            sys.exit(one != other)
        converter = Converter(CONFIG, str(folder), download_resources=False)
        for number in range(0 if inputs else options.files):
            path = folder / f"{options.seed + number}.json"
            path.write_text(json.dumps(made(random.Random(options.seed + number)), indent=number % 3 or None))
            inputs.append(path)
        for number, path in enumerate(inputs):
            want, found = expected(path, converter), stored(options.program, path, folder / f"data-{number}")
            if want != found:
                failed = 1
                print(f"{path}: labels differ (seed {options.seed + number})\n  SDK:    {want}\n  stemma: {found}")
        print(f"{len(inputs)} files, {'different' if failed else 'equal'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
