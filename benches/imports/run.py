#!/usr/bin/env python3
"""How fast files are imported, and how much memory that takes. Standard library only; Parquet where pyarrow can be imported.

    cargo build --release
    python3 benches/imports/run.py target/release/stemma [LABELS [FORMAT…]]

Makes data of LABELS labels (100,000 unless it is given), two of each image, and imports it in every format: first into an
empty store, then again without a change, then, where it is an export, with every hundredth label changed, as corrections.
The folder of images has a twentieth of them. Beside it, as a baseline: how long this script takes to write as many bytes as
the store then has, once, with one fsync. Prints records a second, seconds, and the most memory that the process had.
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib


def png(number):
    """An image of 8 by 8 pixels, with its number behind its end."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([number % 256, 90, 90]) * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body + str(number).encode()


def classed(number, changed):
    return (number + 1 if changed and number % 100 == 0 else number) % 10


def ndjson(path, labels, changed):
    with open(path, "w") as file:
        for n in range(labels):
            if n % 2 == 0:
                image = {"type": "version", "item": f"b/SOURCE/{n // 2}", "attributes": {"width": 640, "height": 480}}
                print(json.dumps(image), file=file)
            label = {"type": "version", "item": f"b/LABEL/{n}", "attributes": {"class": classed(n, changed), "bbox": [n % 640, 1, 20, 20]},
                     "sources": [{"version": f"b/SOURCE/{n // 2}", "role": "LABELS"}]}
            print(json.dumps(label), file=file)


def parquet(path, labels, changed):
    import pyarrow
    import pyarrow.parquet
    rows = [{"item": f"b/SOURCE/{n}", "attributes": '{"width":640,"height":480}', "sources": None} for n in range(labels // 2)]
    for n in range(labels):
        rows.append({"item": f"b/LABEL/{n}", "attributes": json.dumps({"class": classed(n, changed), "bbox": [n % 640, 1, 20, 20]}),
                     "sources": [{"version": f"b/SOURCE/{n // 2}", "role": "LABELS"}]})
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=50_000)


def coco(path, labels, changed):
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 640, "height": 480} for n in range(labels // 2)]
    annotations = [{"id": n, "image_id": n // 2, "category_id": classed(n, changed), "bbox": [n % 640, 1, 20, 20], "area": 400, "iscrowd": 0}
                   for n in range(labels)]
    categories = [{"id": n, "name": f"class {n}"} for n in range(10)]
    pathlib.Path(path).write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))


def label_studio(path, labels, changed):
    def annotation(n):
        value = {"x": n % 100, "y": 1, "width": 3, "height": 3, "rotation": 0, "rectanglelabels": [f"class {classed(n, changed)}"]}
        return {"id": n, "completed_by": 1, "was_cancelled": False,
                "result": [{"id": "r", "type": "rectanglelabels", "from_name": "l", "to_name": "i", "value": value}]}
    tasks = [{"id": n, "data": {"image": f"{n}.jpg"}, "annotations": [annotation(2 * n), annotation(2 * n + 1)]} for n in range(labels // 2)]
    pathlib.Path(path).write_text(json.dumps(tasks))


def images(path, labels, changed):
    shutil.rmtree(path, ignore_errors=True)
    for n in range(labels // 20):
        folder = pathlib.Path(path) / f"class {classed(n, changed)}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{n}.png").write_bytes(png(n))


def run(stemma, data, arguments):
    before = time.monotonic()
    process = subprocess.Popen([stemma, "import", *arguments, "--data", str(data)], stdout=subprocess.PIPE, text=True)
    memory = 0
    while process.poll() is None:
        memory = max(memory, high_water(process.pid))
        time.sleep(0.01)
    if process.returncode != 0:
        raise SystemExit(f"the import failed: {arguments}")
    return process.stdout.read().splitlines()[0], time.monotonic() - before, memory


def high_water(pid):
    """The most memory that a process has had since it began, in MiB. (What `wait4` tells counts this script's own.)"""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0)


def main():
    stemma = os.path.abspath(sys.argv[1])
    labels = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    formats = [("ndjson", ndjson, "l.ndjson", []), ("parquet", parquet, "versions.parquet", []),
               ("coco", coco, "coco.json", ["--training-set", "all"]), ("label-studio", label_studio, "tasks.json", []),
               ("images", images, "images", ["--labels-from-folders"])]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name, make, file, options in formats:
            if sys.argv[3:] and name not in sys.argv[3:]:
                continue
            path, data = str(folder / file), folder / f"data-{name}"
            try:
                make(path, labels, False)
            except ImportError:
                print(f"{name}: left out, for pyarrow cannot be imported")
                continue
            steps = [("first", []), ("again", [])]
            if name in ("coco", "label-studio"):
                steps.append(("changed", ["--corrections", "seen again"]))
            for step, more in steps:
                if step == "changed":
                    make(path, labels, True)
                told, seconds, memory = run(stemma, data, [path, *options, *more])
                records = int(told.split(": ")[1].split(" ")[0].replace(",", ""))
                print(f"{name:13} {step:8} {records:8} records {records / seconds:9.0f}/s {seconds:7.2f} s {memory:7.0f} MiB   {told.split(': ')[-1]}")
            size = sum(one.stat().st_size for one in data.rglob("*") if one.is_file())
            before = time.monotonic()
            with open(folder / "baseline", "wb") as baseline:
                for _ in range(max(1, size >> 20)):
                    baseline.write(b"\0" * (1 << 20))
                baseline.flush()
                os.fsync(baseline.fileno())
            print(f"{'':13} baseline: {size / 2**20:.0f} MiB written in {time.monotonic() - before:.2f} s")


if __name__ == "__main__":
    main()
