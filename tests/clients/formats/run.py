#!/usr/bin/env python3
"""Runs all scripts of this folder with the packages of requirements.txt, a line for each.

    python3 run.py path/to/stemma --sets 3 --seed 1
    python3 run.py path/to/stemma coco.py yolo.py

The packages are installed once into the user's cache directory. The exit code is 1 if anything differs, or if
a script fails.
"""

import argparse
import concurrent.futures
import fcntl
import hashlib
import os
import pathlib
import subprocess
import sys
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
NO_SCRIPTS = {"run.py", "stemma.py"}


def python():
    """Returns the path of a Python that has the packages, and makes it if it is missing."""
    requirements = HERE / "requirements.txt"
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "stemma"
    home = cache / f"formats-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with open(f"{home}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Two tests may come at once.
        if not (home / "ready").exists():
            venv.create(home, with_pip=True, clear=True)
            # The file names all packages that are needed: those that they need for other purposes are large.
            command = [home / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"]
            subprocess.run([*command, "--requirement", requirements], check=True, stdout=sys.stderr)
            (home / "ready").touch()
    return home / "bin/python"


def run(command):
    begun = time.monotonic()
    called = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=900)
    return called, time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="path of stemma")
    parser.add_argument("scripts", nargs="*", help="scripts; default: all of them")
    parser.add_argument("--sets", type=int, default=3, help="random sets of each")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first")
    parser.add_argument("--jobs", type=int, default=2, help="scripts at once")
    options = parser.parse_args()
    names = options.scripts or sorted(path.name for path in HERE.glob("*.py") if path.name not in NO_SCRIPTS)
    interpreter, failed = python(), 0
    commands = [(interpreter, HERE / name, options.program, "--sets", options.sets, "--seed", options.seed) for name in names]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, (called, seconds) in zip(names, pool.map(run, commands)):
            lines = called.stdout.strip().split("\n")
            print(f"{name}: {lines[-1] if called.returncode == 0 else 'FAILED'} ({seconds:.0f} s)", flush=True)
            if called.returncode:
                failed = 1
                print(called.stdout[-20_000:] + called.stderr[-20_000:], flush=True)
    print("different" if failed else f"{len(names)} scripts, all equal")
    sys.exit(failed)


if __name__ == "__main__":
    main()
