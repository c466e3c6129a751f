#!/usr/bin/env python3
"""Measures how fast each format is imported and exported, and in how much memory.

    cargo build --release
    python3 benches/imports/run.py target/release/stemma [LABELS [FORMAT…]]

Standard library only; Parquet needs pyarrow. For each format:

- LABELS labels (default 100,000; a part of them where each image has bytes, as printed), two of
  each image: into an empty store, the same again, and with every hundredth label changed, as
  corrections. Exports make a training set of all labels.
- The first two steps with a tenth of the labels: `growth` is how much more memory each further
  label takes, and `of a tenth` the cpu seconds per label, compared with those of a tenth. Far
  above 1 they grow faster than the labels.
- LABELS labels into a running server, and the same again (`to server`): the memory is that of the
  command, and `server` that of the server, whose growth includes the index and the cache of records.
- If labels or images have ids in the file: twice LABELS, every hundredth label changed, with the
  same ids and with all ids counted from another start, each on a copy of the same store. The second
  may take twice the cpu seconds of the first, which other work on the machine changes little.
- If the format is written: the set of all labels of an import of COCO, without images.

A number of created versions or corrections that is not exactly the number of changes is an error,
as is a ratio over 2: all are printed at the end, and the exit code is 1. `× write` compares the
seconds with a baseline of the same moment: as many bytes as the store has, written to one file with
one fsync.
"""
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from data import FORMATS, Variant
from measure import Server, run, size_of, write_and_sync

MIB = 1 << 20
SET = "default/TRAINING_SET/all"


class Benchmark:
    def __init__(self, stemma, folder):
        self.stemma = stemma
        self.folder = folder
        self.wrong = []

    def store(self, name):
        """Returns the path of a store that does not exist."""
        path = self.folder / f"store-{name}"
        shutil.rmtree(path, ignore_errors=True)
        return path

    def load(self, name, variant, store):
        """Makes the data and imports it; it is checked that exactly the changes are made."""
        format = FORMATS[name]
        path = str(self.folder / format.file)
        format.make(path, variant)
        return self.again(name, variant, store)

    def again(self, name, variant, store, created=None):
        format = FORMATS[name]
        options = [*format.options, *(["--training-set", "all"] if format.export else [])]
        options += ["--corrections", "seen again"] if variant.changed else []
        measured = run(self.stemma, "import", "--format", name, str(self.folder / format.file),
                       "--data", str(store), *options)
        if variant.changed:
            created = variant.changes() * format.versions + format.export
            self.expect(name, "corrections", variant.changes(), measured.corrections(), measured)
        if created is not None:
            self.expect(name, "versions", created, measured.created(), measured)
        return measured

    def expect(self, name, what, expected, found, measured):
        if expected != found:
            self.wrong.append(f"{name}: expected {expected:,} {what}, found {found:,}")
            print(f"WRONG {self.wrong[-1]}; the report:\n{measured.report}")

    def print(self, name, step, count, measured, baseline, more=""):
        print(f"{name:13} {step:10} {count:9,} {count / measured.seconds:9,.0f}/s {measured.seconds:8.2f} s "
              f"{measured.cpu:7.2f} cpu s {measured.seconds / baseline:6.1f} × write "
              f"{measured.memory / MIB:6.0f} MiB  {more}", flush=True)

    def baseline(self, store):
        return write_and_sync(self.folder / "baseline", size_of(store))

    def imports(self, name, labels):
        """Measures an import of a format, and returns its store."""
        if labels < 100:
            raise SystemExit(f"expected 100 labels or more of {name}, found {labels}; give more LABELS")
        small, all, changed = Variant(labels // 10), Variant(labels), Variant(labels, changed=True)
        store = self.store("small")
        lesser = [self.load(name, small, store), self.again(name, small, store, 0)]
        store = self.store(name)
        steps = [self.load(name, all, store)]
        baseline, size = self.baseline(store), size_of(store)
        steps.append(self.again(name, all, store, 0))
        for step, measured, tenth in zip(("first", "again"), steps, lesser):
            growth = (measured.memory - tenth.memory) / (all.labels - small.labels)
            slower = measured.cpu / tenth.cpu / (all.labels / small.labels)
            self.print(name, step, measured.records(), measured, baseline,
                       f"growth {growth:5,.0f} B/label, {slower:4.2f} of a tenth")
        measured = self.load(name, changed, store)
        self.print(name, "changed", measured.records(), measured, baseline, matched(measured))
        print(f"{'':13} {labels:,} labels; the store: {size / MIB:.0f} MiB, written in {baseline:.3f} s")
        self.to_server(name, small, all, baseline)
        return store

    def to_server(self, name, small, all, baseline):
        """Measures the import into a running server, first and again."""
        tenth = []
        for variant in (small, all):
            store = self.store("server")
            with Server(self.stemma, store) as server:
                for step in ("first", "again"):
                    measured = self.load_into(name, variant, server, None if step == "first" else 0)
                    if variant is small:
                        tenth.append(measured)
                        continue
                    growth = (measured.memory - tenth[step == "again"].memory) / (all.labels - small.labels)
                    self.print(name, "to server" if step == "first" else "again", measured.records(), measured, baseline,
                               f"growth {growth:5,.0f} B/label; server {server.memory() / MIB:.0f} MiB")
            shutil.rmtree(store)

    def load_into(self, name, variant, server, created):
        format = FORMATS[name]
        path = str(self.folder / format.file)
        if created is None:
            format.make(path, variant)
        options = [*format.options, *(["--training-set", "all"] if format.export else [])]
        measured = run(self.stemma, "import", "--format", name, path, "--server", server.url, *options)
        if created is not None:
            self.expect(name, "versions", created, measured.created(), measured)
        return measured

    def renumbered(self, name, labels):
        base = self.store("base")
        self.load(name, Variant(labels), base)
        baseline, steps = self.baseline(base), {}
        for step, renumbered in (("ids kept", False), ("renumbered", True)):
            store = self.store(step.replace(" ", "-"))
            shutil.copytree(base, store)
            steps[step] = self.load(name, Variant(labels, True, renumbered), store)
            self.print(name, step, labels, steps[step], baseline, matched(steps[step]))
        renumbered, kept = steps["renumbered"], steps["ids kept"]
        ratio = renumbered.cpu / kept.cpu
        print(f"{'':13} {labels:,} labels; renumbered took {ratio:.2f} times the cpu seconds of ids kept, "
              f"{renumbered.seconds / kept.seconds:.2f} times the seconds")
        if ratio > 2:
            self.wrong.append(f"{name}: expected 2 times the cpu seconds at most for renumbered ids, found {ratio:.2f}")
        for path in self.folder.glob("store-*"):
            shutil.rmtree(path)

    def exports(self, store, labels, names):
        for name in names:
            out = self.folder / "export"
            shutil.rmtree(out, ignore_errors=True)
            measured = run(self.stemma, "export", "annotations", SET, "--format", name, "--dir", str(out),
                           "--no-images", "--data", str(store))
            size = size_of(out)
            baseline = write_and_sync(self.folder / "baseline", size)
            self.print(name, "export", labels, measured, baseline, f"{size / MIB:.0f} MiB")
            shutil.rmtree(out)


def matched(measured):
    found = re.search(r"labels recognised: (.*)", measured.report)
    return found[1] if found else ""


def written(stemma):
    """Returns the formats that `stemma export annotations` writes."""
    command = [stemma, "export", "annotations", "--help"]
    help = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [name for name in FORMATS if re.search(rf"^ +- {name}: ", help, re.M)]


def main():
    if len(sys.argv) < 2:
        raise SystemExit("expected run.py STEMMA [LABELS [FORMAT…]]")
    stemma = os.path.abspath(sys.argv[1])
    labels = int(sys.argv[2].replace(",", "")) if len(sys.argv) > 2 else 100_000
    names = sys.argv[3:] or list(FORMATS)
    if unknown := [name for name in names if name not in FORMATS]:
        raise SystemExit(f"expected {', '.join(FORMATS)}; found {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as temporary:
        bench = Benchmark(stemma, pathlib.Path(temporary))
        for name in names:
            if name == "parquet" and not importlib.util.find_spec("pyarrow"):
                print("parquet: left out, because pyarrow is not installed")
                continue
            part = FORMATS[name].part
            if part > 1:
                print(f"{name:13} one of {part} labels, because each image has bytes")
            shutil.rmtree(bench.imports(name, labels // part))
            if FORMATS[name].ids:
                bench.renumbered(name, 2 * labels)
        if exported := [name for name in written(stemma) if name in names]:
            store = bench.store("exports")
            bench.load("coco", Variant(labels), store)
            bench.exports(store, labels, exported)
        for wrong in bench.wrong:
            print(f"WRONG {wrong}")
        raise SystemExit(1 if bench.wrong else 0)


if __name__ == "__main__":
    main()
