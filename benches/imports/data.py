"""Data in each format that is imported: LABELS labels, two of each image of 640 by 480 pixels.

A maker writes to a path that it may replace. A `Variant` says what is different from the first
export: every hundredth label has another class, or all ids are counted from another start, as by a
tool that exports after a deletion. The splits and the names of images never change.
"""
import csv as tables
import dataclasses
import io
import json
import pathlib
import shutil
import struct
import tarfile
import typing
import zlib

WIDTH, HEIGHT = 640, 480
CLASSES = [f"class {n}" for n in range(10)]


@dataclasses.dataclass(frozen=True)
class Variant:
    labels: int
    changed: bool = False
    renumbered: bool = False

    def images(self):
        return range(self.labels // 2)

    def of(self, image):
        return (2 * image, 2 * image + 1)

    def id(self, number):
        return number + (2 if self.renumbered else 1)

    def class_number(self, number):
        return (number + 1 if self.changed and number % 100 == 0 else number) % 10

    def class_name(self, number):
        return CLASSES[self.class_number(number)]

    def changes(self):
        return len(range(0, self.labels, 100)) if self.changed else 0


def box(number):
    """Returns x, y, width and height. The labels of an image do not overlap."""
    return [number * 37 % 600, 40 + 240 * (number % 2), 32, 24]


def corners(number):
    x, y, width, height = box(number)
    return x, y, x + width, y + height


def png(number):
    """Returns an image of 640 by 480 pixels; `number`, after its end, makes its bytes unique."""
    return PNG + str(number).encode()


def _png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(WIDTH // 8)) * HEIGHT, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PNG = _png()


def folder(path, *parts):
    """Makes empty folders below `path`, which is removed first, and returns them."""
    shutil.rmtree(path, ignore_errors=True)
    folders = [pathlib.Path(path) / part for part in parts]
    for one in folders:
        one.mkdir(parents=True, exist_ok=True)
    return folders


def dump(path, value):
    pathlib.Path(path).write_text(json.dumps(value))


def ndjson(path, data):
    with open(path, "w") as file:
        for image in data.images():
            print(json.dumps({"type": "version", **_source(image)}), file=file)
            for n in data.of(image):
                print(json.dumps({"type": "version", **_label(data, image, n)}), file=file)


def parquet(path, data):
    import pyarrow
    import pyarrow.parquet
    rows = []
    for image in data.images():
        rows.append({**_source(image), "sources": None})
        rows.extend(_label(data, image, n) for n in data.of(image))
    for row in rows:
        row["attributes"] = json.dumps(row["attributes"])
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=50_000)


def _source(image):
    return {"item": f"b/SOURCE/{image}", "attributes": {"width": WIDTH, "height": HEIGHT}}


def _label(data, image, n):
    return {"item": f"b/LABEL/{n}", "attributes": {"class": data.class_name(n), "bbox": box(n)},
            "sources": [{"version": f"b/SOURCE/{image}", "role": "LABELS"}]}


def coco(path, data):
    images = [{"id": data.id(n), "file_name": f"{n}.png", "width": WIDTH, "height": HEIGHT} for n in data.images()]
    annotations = [{"id": data.id(n), "image_id": data.id(image), "category_id": data.class_number(n) + 1,
                    "bbox": box(n), "area": 768, "iscrowd": 0} for image in data.images() for n in data.of(image)]
    categories = [{"id": n + 1, "name": name} for n, name in enumerate(CLASSES)]
    dump(path, {"images": images, "annotations": annotations, "categories": categories})


def label_studio(path, data):
    def annotation(n):
        x, y, width, height = box(n)
        value = {"x": x / 6.4, "y": y / 4.8, "width": width / 6.4, "height": height / 4.8, "rotation": 0,
                 "rectanglelabels": [data.class_name(n)]}
        return {"id": data.id(n), "completed_by": 1, "was_cancelled": False,
                "result": [{"id": f"r{data.id(n)}", "type": "rectanglelabels", "from_name": "l", "to_name": "i",
                            "original_width": WIDTH, "original_height": HEIGHT, "value": value}]}
    # The id of a task is its name for stemma, so only those of annotations are counted anew.
    dump(path, [{"id": n + 1, "data": {"image": f"{n}.png"}, "annotations": [annotation(m) for m in data.of(n)]}
                for n in data.images()])


def datumaro(path, data):
    annotations, = folder(path, "annotations")
    items = [{"id": str(n), "image": {"path": f"{n}.png", "size": [HEIGHT, WIDTH]}, "annotations": [
        {"id": data.id(m), "type": "bbox", "label_id": data.class_number(m), "group": 0, "attributes": {},
         "bbox": box(m), "z_order": 0} for m in data.of(n)]} for n in data.images()]
    labels = [{"name": name, "parent": "", "attributes": []} for name in CLASSES]
    dump(annotations / "train.json", {"info": {}, "categories": {"label": {"labels": labels, "attributes": []}},
                                      "items": items})


def cvat(path, data):
    with open(path, "w") as file:
        labels = "".join(f"<label><name>{name}</name><attributes/></label>" for name in CLASSES)
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>'
                   f"<meta><task><name>t</name><labels>{labels}</labels></task></meta>\n")
        for n in data.images():
            file.write(f'<image id="{data.id(n)}" name="{n}.png" width="{WIDTH}" height="{HEIGHT}">\n')
            for m in data.of(n):
                x, y, right, bottom = corners(m)
                file.write(f'<box label="{data.class_name(m)}" source="manual" occluded="0" xtl="{x}.00" ytl="{y}.00" '
                           f'xbr="{right}.00" ybr="{bottom}.00" z_order="0"></box>\n')
            file.write("</image>\n")
        file.write("</annotations>\n")


def yolo(path, data):
    images, labels = folder(path, "images/train", "labels/train")
    names = "".join(f"  {n}: {name}\n" for n, name in enumerate(CLASSES))
    (pathlib.Path(path) / "data.yaml").write_text(f"path: .\ntrain: images/train\nnames:\n{names}")
    for n in data.images():
        (images / f"{n}.png").write_bytes(png(n))
        rows = []
        for m in data.of(n):
            x, y, width, height = box(m)
            rows.append(f"{data.class_number(m)} {(x + width / 2) / WIDTH:.6f} {(y + height / 2) / HEIGHT:.6f} "
                        f"{width / WIDTH:.6f} {height / HEIGHT:.6f}\n")
        (labels / f"{n}.txt").write_text("".join(rows))


def voc(path, data):
    annotations, images, sets = folder(path, "Annotations", "JPEGImages", "ImageSets/Main")
    for n in data.images():
        (images / f"{n}.png").write_bytes(png(n))
        objects = []
        for m in data.of(n):
            x, y, right, bottom = corners(m)
            objects.append(f"<object><name>{data.class_name(m)}</name><pose>Unspecified</pose><truncated>0</truncated>"
                           f"<difficult>0</difficult><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{right}</xmax>"
                           f"<ymax>{bottom}</ymax></bndbox></object>")
        (annotations / f"{n}.xml").write_text(
            f"<annotation><folder>VOC</folder><filename>{n}.png</filename><size><width>{WIDTH}</width>"
            f"<height>{HEIGHT}</height><depth>1</depth></size><segmented>0</segmented>"
            f"{''.join(objects)}</annotation>\n")
    (sets / "train.txt").write_text("".join(f"{n}\n" for n in data.images()))


def labelme(path, data):
    here, = folder(path, ".")
    for n in data.images():
        (here / f"{n}.png").write_bytes(png(n))
        shapes = []
        for m in data.of(n):
            x, y, right, bottom = corners(m)
            shapes.append({"label": data.class_name(m), "points": [[x, y], [right, bottom]], "group_id": None,
                           "shape_type": "rectangle", "flags": {}})
        dump(here / f"{n}.json", {"version": "5.4.1", "flags": {}, "shapes": shapes, "imagePath": f"{n}.png",
                                  "imageData": None, "imageHeight": HEIGHT, "imageWidth": WIDTH})


def csv(path, data):
    with open(path, "w", newline="") as file:
        rows = tables.writer(file)
        rows.writerow(["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"])
        for image in data.images():
            for n in data.of(image):
                rows.writerow([f"{image}.png", WIDTH, HEIGHT, data.class_name(n), *corners(n)])


def via(path, data):
    def region(n):
        x, y, width, height = box(n)
        return {"shape_attributes": {"name": "rect", "x": x, "y": y, "width": width, "height": height},
                "region_attributes": {"class": data.class_name(n)}}
    dump(path, {f"{n}.png1": {"filename": f"{n}.png", "size": 1, "file_attributes": {},
                              "regions": [region(m) for m in data.of(n)]} for n in data.images()})


def geojson(path, data):
    def feature(image, n):
        x, y, right, bottom = corners(n)
        ring = [[x, y], [right, y], [right, bottom], [x, bottom], [x, y]]
        return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"image_id": f"{image}.png", "class": data.class_name(n)}}
    dump(path, {"type": "FeatureCollection", "features": [
        feature(image, n) for image in data.images() for n in data.of(image)]})


def huggingface(path, data):
    here, = folder(path, "train")
    with open(here / "metadata.jsonl", "w") as file:
        for n in data.images():
            (here / f"{n}.png").write_bytes(png(n))
            objects = {"bbox": [box(m) for m in data.of(n)], "category": [data.class_name(m) for m in data.of(n)]}
            print(json.dumps({"file_name": f"{n}.png", "objects": objects}), file=file)


def webdataset(path, data):
    here, = folder(path, ".")
    per_shard = 5_000
    for start in range(0, len(data.images()), per_shard):
        with tarfile.open(here / f"train-{start // per_shard:06}.tar", "w") as shard:
            for n in data.images()[start:start + per_shard]:
                objects = {"bbox": [box(m) for m in data.of(n)], "category": [data.class_name(m) for m in data.of(n)]}
                for ending, content in (("png", png(n)), ("json", json.dumps({"objects": objects}).encode())):
                    member = tarfile.TarInfo(f"{n:08}.{ending}")
                    member.size = len(content)
                    shard.addfile(member, io.BytesIO(content))


def images(path, data):
    """Images in a folder for each class: a changed label is an image in another folder."""
    for one in folder(path, *CLASSES):
        one.mkdir(exist_ok=True)
    for n in range(data.labels):
        (pathlib.Path(path) / data.class_name(n) / f"{n}.png").write_bytes(png(n))


@dataclasses.dataclass(frozen=True)
class Format:
    make: typing.Callable
    file: str
    options: tuple = ()
    # True for what is compared with the store; false for records.
    export: bool = True
    # True if labels have ids in the file.
    ids: bool = False
    # The number of versions that a changed label makes.
    versions: int = 1
    # One of how many labels is made, where each image has bytes.
    part: int = 1


FORMATS = {
    "ndjson": Format(ndjson, "labels.ndjson", export=False),
    "parquet": Format(parquet, "versions.parquet", export=False),
    "coco": Format(coco, "coco.json", ids=True),
    "label-studio": Format(label_studio, "tasks.json", ids=True),
    "datumaro": Format(datumaro, "datumaro", ids=True),
    # CVAT has no ids of shapes, but numbers its images.
    "cvat": Format(cvat, "annotations.xml", ids=True),
    "csv": Format(csv, "labels.csv"),
    "via": Format(via, "via.json"),
    "geojson": Format(geojson, "labels.geojson", ("--variant", "pixels")),
    "yolo": Format(yolo, "yolo", part=5),
    "voc": Format(voc, "voc", part=5),
    "labelme": Format(labelme, "labelme", part=5),
    "huggingface": Format(huggingface, "huggingface", part=5),
    "webdataset": Format(webdataset, "webdataset", part=5),
    # A changed label is an image of another name, too.
    "images": Format(images, "images", ("--labels-from-folders",), versions=2, part=20),
}
