#!/usr/bin/env python3
"""Compares what an import of Label Studio exports stores, and what exports as Label Studio and as COCO write, with
what the SDK of Label Studio reads from the same files.

    python label_studio.py path/to/stemma --sets 20 --seed 1

Random tasks have rectangles, polygons, brush strokes, keypoints, choices about the task and about regions. Tasks
that stemma wrote are validated and read by the SDK, and its conversion of them to COCO has the shapes that stemma
writes as COCO.

Needs label-studio-sdk.
"""

import contextlib
import io
import json
import logging
import pathlib

import stemma
from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.brush import encode_rle
from label_studio_sdk.label_interface import LabelInterface

logging.disable(logging.WARNING)
CONFIG = """<View><Image name="image" value="$image"/>
<RectangleLabels name="box" toName="image"><Label value="wren"/><Label value="robin"/></RectangleLabels>
<PolygonLabels name="shape" toName="image"><Label value="wren"/><Label value="robin"/></PolygonLabels>
<BrushLabels name="area" toName="image"><Label value="water"/></BrushLabels>
<KeyPointLabels name="part" toName="image"><Label value="beak" model_index="0"/></KeyPointLabels>
<Choices name="weather" toName="image"><Choice value="sunny"/><Choice value="windy"/></Choices>
<Choices name="hidden" toName="image" perRegion="true"><Choice value="yes"/></Choices></View>"""
CLASSES = ("rectanglelabels", "polygonlabels", "brushlabels", "keypointlabels")


def made(rng, folder):
    """Writes random tasks as Label Studio exports them."""
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
    path = folder / "project.json"
    path.write_text(json.dumps(tasks, indent=rng.choice([None, 1, 2])))
    return (path,)


def read(path, config=CONFIG):
    """Returns the task, the classes and the results of each annotation as the SDK reads them."""
    converter = Converter(config, str(pathlib.Path(path).parent), download_resources=False)
    labels = {}
    for item in converter.iter_from_json_file(str(path)):
        classes = set()
        for name, values in (item["output"] or {}).items():
            for value in values:
                classes |= {label for kind in CLASSES for label in value.get(kind, [])}
                if name == "weather":
                    classes |= set(value["choices"])
        labels[item["annotation_id"]] = classes
    found = {}
    for task in json.loads(pathlib.Path(path).read_text()):
        for annotation in task["annotations"]:
            kept = [{name: value for name, value in result.items() if name not in ("origin", "meta")} for result in annotation["result"]]
            found[annotation["id"]] = (task["data"]["image"], labels.get(annotation["id"], set()), stemma.rounded(kept, 6))
    return found


def shown(path):
    """Returns the categories and boxes of the annotations with a shape in a COCO file."""
    document = json.loads(pathlib.Path(path).read_text())
    names = {category["id"]: category["name"] for category in document.get("categories", [])}
    found = []
    for label in document["annotations"]:
        # The converter has no masks, and makes of keypoints a label of their own beside the box.
        derived = label.get("stemma", {"derived": ["bbox"]}).get("derived", [])
        # The converter writes the box around a turned rectangle, stemma the rectangle with its rotation and outline.
        if label.get("rotation"):
            points = label["segmentation"][0]
            left, top = min(points[::2]), min(points[1::2])
            label["bbox"] = [left, top, max(points[::2]) - left, max(points[1::2]) - top]
        is_points = "keypoints" in label and "bbox" in derived
        if "bbox" in label and not is_points and not isinstance(label.get("segmentation"), dict):
            found.append((names[label["category_id"]], stemma.rounded(label["bbox"])))
    return sorted(found)


def check(program, path):
    want = read(path)
    stored = program.imported(path)
    found = {}
    for label in stored.labels:
        classes = label.fields.get("class", [])
        classes = set(classes if isinstance(classes, list) else [classes])
        found[int(label.key.split("/")[1])] = (stored.images[label.image]["image"], classes, stemma.rounded(label.fields["regions"], 6))
    yield "labels", want, found
    if not want:
        return
    folder = program.exported("label-studio", "--no-images")
    interface = LabelInterface(CONFIG)
    [path] = folder.glob("*.json")
    tasks = json.loads(path.read_text())
    results = [result for task in tasks for annotation in task["annotations"] for result in annotation["result"]]
    yield "exported labels", want, read(path)
    yield "results that the SDK refuses", [], [result for result in results if not interface.validate_region(result)]
    out = program.folder / "converted"
    with contextlib.redirect_stdout(io.StringIO()):
        Converter(CONFIG, str(out), download_resources=False).convert_to_coco(str(path), str(out), output_image_dir=str(out / "images"), is_dir=False)
    [instances] = program.exported("coco", "--no-images").rglob("*.json")
    yield "shapes of the conversion", shown(instances), shown(out / "result.json")


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
