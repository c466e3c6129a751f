#!/usr/bin/env python3
"""Checks that labelme itself reads the files that stemma exported, and shows what it reads.

    python labelme.py exported

Reads each JSON file with `labelme.read_label_file` of labelme 5 or newer, and draws each shape with
`shape_to_mask`. Prints a line for each shape: class, type, group and the pixels of its mask. The exit
code is 1 if labelme refuses a file, or has another class, type or point than the file.

Needs labelme. Its window is not opened, so it may be installed without Qt:
`pip install --no-deps labelme numpy pillow loguru tifffile`.
"""

import importlib
import importlib.util
import json
import pathlib
import sys
import unittest.mock

import numpy


def modules():
    """Returns the modules of files and shapes of labelme, with mocks in place of Qt and models."""
    sys.path.pop(0)  # The folder of this file, which has the name of labelme.
    for name in ("onnxruntime", "osam", "PySide6", "PyQt5", "qtpy"):
        if importlib.util.find_spec(name) is None:
            sys.modules.update({name + part: unittest.mock.MagicMock() for part in ("", ".QtCore", ".QtGui", ".QtWidgets")})
    return importlib.import_module("labelme._label_file"), importlib.import_module("labelme._utils.shape")


def main():
    files, shapes = modules()
    failed = 0
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.json")):
        raw = json.loads(path.read_text())
        try:
            read = files.read_label_file(str(path))
        except Exception as error:
            failed = 1
            print(f"{path}: {error}")
            continue
        if len(read.shapes) != len(raw["shapes"]):
            failed = 1
        for one, other in zip(read.shapes, raw["shapes"]):
            if any(one[field] != other[field] for field in ("label", "shape_type", "points", "group_id")):
                failed = 1
                print(f"{path}: {one} {other}")
            if one["shape_type"] == "mask":
                mask = numpy.asarray(one["mask"])
            else:
                mask = shapes.shape_to_mask((raw["imageHeight"], raw["imageWidth"]), one["points"], one["shape_type"])
            print(path.name, one["label"], one["shape_type"], one["group_id"], int(mask.sum()))
    sys.exit(failed)


if __name__ == "__main__":
    main()
