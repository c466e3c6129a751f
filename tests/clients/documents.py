#!/usr/bin/env python3
"""Reads documents that stemma exported with the reference tools of their formats, and prints as JSON
what these found.

    python documents.py FOLDER

FOLDER holds croissant.json (with members.ndjson), coco.json and prov.json.
"""

import collections
import contextlib
import io
import json
import sys

import mlcroissant
import prov.model
from pycocotools.coco import COCO


def croissant(path):
    dataset = mlcroissant.Dataset(jsonld=path)
    text = lambda value: value.decode() if isinstance(value, bytes) else value  # noqa: E731
    records = [{name.removeprefix("members/"): text(value) for name, value in record.items()} for record in dataset.records("members")]
    files = {file.id: {"sha256": file.sha256, "size": file.content_size} for file in dataset.metadata.file_objects}
    return {"errors": sorted(dataset.metadata.ctx.issues.errors), "records": records, "files": files}


def coco(path):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(path)
        crops = {annotation["id"]: coco.annToMask(annotation).sum().item() for annotation in coco.anns.values() if "segmentation" in annotation}
    name = {category: coco.cats[category]["name"] for category in coco.cats}
    shown = [
        [coco.imgs[a["image_id"]]["file_name"], name[a["category_id"]], a.get("bbox"), a.get("area"), a["iscrowd"], crops.get(a["id"])]
        for a in coco.anns.values()
    ]
    return {"images": sorted(image["file_name"] for image in coco.imgs.values()), "annotations": shown, "categories": list(name.values())}


def provenance(path):
    document = prov.model.ProvDocument.deserialize(path, format="json")
    counts = collections.Counter(type(record).__name__ for record in document.records)
    invalidated = [
        [str(record.get_attribute("prov:entity").pop()), str(record.get_attribute("stemma:reason").pop())]
        for record in document.get_records(prov.model.ProvInvalidation)
    ]
    # It is equal after a conversion to the tool's own model and back.
    again = prov.model.ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
    return {"counts": counts, "invalidated": invalidated, "same": again == document}


def main():
    folder = sys.argv[1]
    said = {
        "croissant": croissant(f"{folder}/croissant.json"),
        "coco": coco(f"{folder}/coco.json"),
        "prov": provenance(f"{folder}/prov.json"),
    }
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
