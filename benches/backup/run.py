"""How long a backup and a restore take.

    python3 benches/backup/run.py --stemma target/release/stemma --versions 200000

Fills a store with versions of photos, and labels made from them, a thousand records a file line by line; backs it up from its
directory and from a server that runs, again with nothing new, checks the backup, and restores it. Prints a table: seconds
of the clock, seconds of processors, and the most memory of the process. Needs Python alone.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time


def records(versions):
    """Photos, and a label of each, with a training set of all labels for every ten thousand of them."""
    labels = []
    for number in range(versions // 2):
        photo, label = f"birds/SOURCE/{number}", f"birds/LABEL/{number}"
        yield {"type": "version", "item": photo, "attributes": {"camera": f"north {number % 40}", "taken": number}}
        yield {
            "type": "version",
            "item": label,
            "attributes": {"class": f"species {number % 200}", "sure": (number % 100) / 100},
            "sources": [{"version": photo, "role": "LABELS"}],
        }
        labels.append(label)
        if len(labels) == 5_000:
            members = [{"version": label} for label in labels]
            yield {"type": "training_set", "item": f"birds/TRAINING_SET/{number}", "members": members}
            labels = []


def size(path):
    return sum(file.stat().st_size for file in pathlib.Path(path).rglob("*") if file.is_file())


def run(name, *command):
    """Runs a command to its end, and gives a line of the table."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = child.stdout.read().strip().splitlines()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - start
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {said}")
    print(f"| {name} | {took:.1f} s | {used.ru_utime + used.ru_stime:.1f} s | {used.ru_maxrss / 1024:.0f} MB | {said[0]} |")
    return took


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--stemma", default="target/release/stemma")
    arguments.add_argument("--versions", type=int, default=200_000)
    given = arguments.parse_args()
    stemma = os.path.abspath(given.stemma)
    folder = tempfile.mkdtemp(prefix="stemma-backup-")
    os.chdir(folder)
    try:
        with open("records.ndjson", "w", encoding="utf-8") as file:
            for record in records(given.versions):
                file.write(json.dumps(record) + "\n")
        print("| what | clock | processors | memory | it said |\n|---|---|---|---|---|")
        run("import", stemma, "import", "records.ndjson", "--data", "store")
        run("backup of a directory", stemma, "backup", "kept", "--data", "store")
        run("the same again", stemma, "backup", "kept", "--data", "store")
        run("check", stemma, "backup", "--verify", "kept")
        server = subprocess.Popen(
            [stemma, "serve", "--data", "store", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        url = server.stdout.readline().split("http://")[1].strip().rstrip("/")
        run("backup of a server", stemma, "backup", "served", "--server", f"http://{url}")
        run("the same again", stemma, "backup", "served", "--server", f"http://{url}")
        server.terminate()
        server.wait()
        run("restore", stemma, "restore", "kept", "--data", "restored")
        print(f"\nstore {size('store') / 1e6:.0f} MB, backup {size('kept') / 1e6:.0f} MB, restored {size('restored') / 1e6:.0f} MB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
