#!/usr/bin/env python3
"""Compares what an import of WebDataset shards stores, and what an export as WebDataset writes, with what webdataset
reads from the same shards.

    python webdataset_shards.py path/to/stemma --sets 6 --seed 1
    python webdataset_shards.py path/to/stemma path/to/folder

Random shards have images with classes, captions and fields, in tars and tar.gz.

Needs webdataset.
"""

import json

import stemma
import webdataset

CLASSES = ["wren", "robin", "blue tit"]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
    "00000301010018dd8db00000000049454e44ae426082"
)


def made(rng, folder):
    """Writes random shards."""
    (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n")
    number = 0
    for split in ("train", "val"):
        for shard in range(rng.randint(1, 3)):
            name = folder / f"{split}-{shard:06}.{rng.choice(['tar', 'tar.gz'])}"
            with webdataset.TarWriter(str(name)) as tar:
                for _ in range(rng.randint(1, 9)):
                    sample = {"__key__": f"{number:06}", "png": PNG + bytes([number % 256])}
                    sample["cls"] = rng.randrange(len(CLASSES))
                    if rng.random() < 0.5:
                        sample["txt"] = f"image, {number}"
                    if rng.random() < 0.5:
                        boxes = [[rng.randint(0, 99) / 8 for _ in range(4)] for _ in range(rng.randint(0, 3))]
                        objects = [{"bbox": box, "category": rng.choice(CLASSES)} for box in boxes]
                        sample["json"] = {"objects": objects, "camera": "north"}
                    tar.write(sample)
                    number += 1
    return (folder,)


def read(folder):
    """Returns the labels of each image, by the bytes of its name or the name in the fields, as webdataset reads them."""
    found, images, bytes_of = [], [], {}
    classes = (folder / "classes.txt").read_text().splitlines()
    for path in sorted([*folder.glob("*.tar"), *folder.glob("*.tar.gz")]):
        for sample in webdataset.WebDataset(str(path), shardshuffle=False):
            fields = json.loads(sample.get("json", "{}"))
            image = fields.get("file_name", sample["__key__"] + ".png")
            images.append(image)
            bytes_of[image] = (path.name.split("-")[0], sample["png"])
            if "cls" in sample:
                found.append((image, {"class": classes[int(sample["cls"])]}))
            for box in fields.get("objects", []):
                found.append((image, {"bbox": [float(side) for side in box["bbox"]], "class": box["category"]}))
            if "txt" in sample:
                found.append((image, {"caption": sample["txt"].decode()}))
    return stemma.by_image(found, images), bytes_of


def check(program, path):
    want, bytes_of = read(path)
    stored = program.imported(path, "--format", "webdataset")
    found = []
    for label in stored.labels:
        fields = {"bbox": [float(side) for side in label.fields["bbox"]]} if "bbox" in label.fields else {}
        found.append((label.image, {**fields, **{name: value for name, value in label.fields.items() if name != "bbox"}}))
    yield "labels", want, stemma.by_image(found, stored.images)
    yield "splits", {image: split for image, (split, _) in bytes_of.items()}, {
        image: {"TRAIN": "train", "VALIDATION": "val"}[split] for image, split in stored.splits.items()
    }
    again, bytes_again = read(program.exported("webdataset"))
    yield "exported labels", want, again
    yield "exported images", {image: png for image, (_, png) in bytes_of.items()}, {image: png for image, (_, png) in bytes_again.items()}


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
