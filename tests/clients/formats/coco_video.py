#!/usr/bin/env python3
"""Compares the objects that an import of a video file stores, and those of an export of them as a video file, with
what the API of YouTube-VIS reads from the same files: for each object lists with an entry for each frame.

    python coco_video.py path/to/stemma --sets 20 --seed 1
    python coco_video.py path/to/stemma instances.json

Needs pycocotools.
"""

import json

import stemma
from pycocotools import mask as masks


def made(rng, folder):
    """Writes a random document of videos."""
    categories = [{"id": n, "name": f"class {n}"} for n in rng.sample(range(1, 90), 4)]
    videos, annotations = [], []
    for n in range(rng.randint(1, 4)):
        length, height, width = rng.randint(1, 6), rng.randint(2, 40), rng.randint(2, 40)
        names = [f"video {n}/{frame * 5:05}.jpg" for frame in range(length)]
        videos.append({"id": n * 2 + 1, "width": width, "height": height, "length": length, "file_names": names,
                       "date_captured": "2019-04-11", "flickr_url": ""})
        for _ in range(rng.randint(0, 5)):
            seen = [rng.random() < 0.7 for _ in names]
            seen[rng.randrange(length)] = True
            lists = {"segmentations": [], "bboxes": [], "areas": []}
            for is_seen in seen:
                start = rng.randint(0, height * width - 2)
                mask = {"size": [height, width], "counts": [start, 1, height * width - 1 - start]}
                shape = [mask, [rng.randint(0, 9) / 4 for _ in range(4)], 1] if is_seen else [None] * 3
                for entries, entry in zip(lists.values(), shape):
                    entries.append(entry)
            annotations.append({"id": len(annotations) + 1, "video_id": n * 2 + 1, "iscrowd": rng.randint(0, 1),
                                "category_id": rng.choice(categories)["id"], "height": height, "width": width, **lists})
    rng.shuffle(annotations)
    path = folder / "instances_train.json"
    path.write_text(json.dumps({"info": {}, "videos": videos, "annotations": annotations, "categories": categories}))
    return (path,)


def pixels(mask):
    return masks.encode(masks.decode(masks.frPyObjects(mask, *mask["size"])))["counts"].hex()


def read(path):
    """Returns the frames with their objects: id, class, flag, box, area and pixels."""
    document = json.loads(path.read_text())
    names = {category["id"]: category["name"] for category in document["categories"]}
    found, videos = {}, {video["id"]: video for video in document["videos"]}
    for video in videos.values():
        assert video["length"] == len(video["file_names"])
        found |= {name: [] for name in video["file_names"]}
    for label in document["annotations"]:
        files = videos[label["video_id"]]["file_names"]
        for name, mask, box, area in zip(files, label["segmentations"], label["bboxes"], label["areas"], strict=True):
            if mask is not None:
                shape = (list(map(float, box)), float(area), pixels(mask))
                found[name].append((label["id"], names[label["category_id"]], label["iscrowd"], *shape))
    return {name: sorted(of) for name, of in found.items()}


def stored_objects(stored):
    found = {name: [] for name in stored.images}
    for label in stored.labels:
        fields = label.fields
        shape = (list(map(float, fields["bbox"])), float(fields["area"]), pixels(fields["segmentation"]))
        found[label.image].append((fields["track_id"], fields["class"], fields["iscrowd"], *shape))
    return {name: sorted(of) for name, of in found.items()}


def check(program, path):
    expected = read(path)
    yield "objects", expected, stored_objects(program.imported(path))
    [exported] = (program.exported("coco", "--variant", "video", "--no-images") / "annotations").glob("*.json")
    yield "exported objects", expected, read(exported)


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
