"""The parts that the scripts of this folder have in common: calls of stemma, and a run over random data.

A script gives `run` two functions. `made(rng, folder)` writes random data to a folder and returns the
arguments of the other one; the first is the path of the input. `check(stemma, path, …)` yields what
was compared: `(title, expected, found)`.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import typing

# Scripts have the names of formats. Packages of these names must be found before the scripts.
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:] = [folder for folder in sys.path if pathlib.Path(folder or ".").resolve() != HERE]


class Label(typing.NamedTuple):
    """A label that is stored: the key of its image, its own key, and its fields."""

    image: str
    key: str
    fields: dict


class Stored(typing.NamedTuple):
    """The contents of a data directory: fields of images by key, labels, classes, and splits of images."""

    images: dict
    labels: list
    classes: list
    splits: dict


class Stemma:
    """A program and a data directory, in which one training set is made."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.data = folder / "data"

    def call(self, *arguments):
        called = subprocess.run([self.program, *map(str, arguments), "--data", str(self.data)], capture_output=True, text=True)
        if called.returncode:
            raise SystemExit(f"stemma {' '.join(map(str, arguments))} failed:\n{called.stdout}{called.stderr}")
        return called.stdout

    def imported(self, path, *options):
        """Imports an input as a training set, and returns what is stored then."""
        self.report = self.call("import", path, "--namespace", "t", "--training-set", "set", *options)
        tables = {}
        for line in self.call("export", "ndjson", "--out", "-").split("\n"):
            if line.startswith("{"):
                row = json.loads(line)
                tables.setdefault(row["table"], []).append(row)
        keys = {item["item"]: item["key"] for item in tables.get("items", [])}
        versions = {version["version"]: version for version in tables.get("versions", [])}
        on = {row["derived"]: row["source"] for row in tables.get("derivations", [])}
        images, labels, classes, splits = {}, [], [], {}
        for name, version in versions.items():
            fields, key = json.loads(version["attributes"] or "{}"), keys[version["item"]]
            if version["kind"] == "SOURCE":
                images[key] = fields
            elif version["kind"] == "LABEL":
                labels.append(Label(keys[versions[on[name]]["item"]], key, fields))
            elif version["kind"] == "ONTOLOGY":
                classes = [entry["class"] for entry in fields["classes"]]
        for member in tables.get("members", []):
            image = versions[on.get(member["member"], member["member"])]["item"]
            splits[keys[image]] = member["split"]
        return Stored(images, labels, classes, splits)

    def exported(self, format, *options):
        """Exports the training set, and returns the folder."""
        folder = self.folder / "-".join(["exported", format, *(option.strip("-") for option in options)])
        self.left_out = self.call("export", "annotations", "t/TRAINING_SET/set", "--format", format, "--dir", folder, *options)
        return folder


def by_image(labels, images=()):
    """Returns lists of labels by image, each in an order of its own, from pairs of image and label."""
    found = {image: [] for image in images}
    for image, label in labels:
        found.setdefault(image, []).append(label)
    return {image: sorted(labels, key=repr) for image, labels in found.items()}


def rounded(value, digits=3):
    """Returns a value with all its numbers rounded, for tools that compute in 32 bits."""
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return round(float(value), digits) + 0.0
    if isinstance(value, dict):
        return {name: rounded(part, digits) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part, digits) for part in value]
    return value


def different(title, expected, found):
    """Prints the parts that differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(expected.keys() | found.keys(), key=str):
            if expected.get(name) != found.get(name):
                different(f"{title}, {name}", expected.get(name), found.get(name))
    elif expected != found:
        print(f"{title}\n  expected: {expected}\n  found:    {found}")


def run(description, made, check):
    """Compares random data, or the inputs that are named, and ends the program."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="path of stemma")
    parser.add_argument("inputs", nargs="*", type=pathlib.Path, help="inputs to compare in place of random ones")
    parser.add_argument("--sets", type=int, default=6, help="random sets")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    seeds = range(options.seed, options.seed + options.sets)
    failed = compared = 0
    for case in options.inputs or seeds:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            arguments = (case,)
            if not options.inputs:
                (folder / "made").mkdir()
                arguments = made(random.Random(case), folder / "made")
            for title, expected, found in check(Stemma(program, folder), *arguments):
                compared += 1
                if expected != found:
                    failed = 1
                    different(f"{title}, {f'seed {case}' if isinstance(case, int) else case}", expected, found)
    sets = len(options.inputs or seeds)
    print(f"{sets} sets, {compared} comparisons, {'different' if failed else 'equal'}")
    sys.exit(failed or not compared)
