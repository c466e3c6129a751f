#!/usr/bin/env python3
"""Time and memory of a page with 48 thumbnails of photos of about 5 MB, with one command:

    cargo build --release && python3 -m pip install pillow numpy
    python3 benches/thumbnails/run.py [--binary PROGRAM] [--count 48] [--megabytes 5] [--size 256] [--clients 6]

Starts a server on an empty store in a temporary directory, sends it the photos (12 megapixels, noise and shapes, half of
them progressive), and requests a thumbnail of each as a browser does: over six connections. First when none is kept, then
again from the folder of thumbnails. Prints Markdown: times, the peak memory of the server before and after, and the bytes
that are sent. Exit code 1: a request failed.
"""
import sys

sys.dont_write_bytecode = True

import argparse
import http.client
import io
import json
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

import numpy
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def photo(number, megabytes):
    """A photo of 4,000 x 3,000 pixels, whose noise makes it about as large as asked for."""
    random = numpy.random.default_rng(number)
    across, down = numpy.meshgrid(numpy.linspace(0, 6, 4000), numpy.linspace(0, 6, 3000))
    smooth = 128 + 90 * numpy.sin(across + number)[..., None] * numpy.cos(down * [1, 2, 3][number % 3])[..., None]
    low, high, best = 1, 95, b""
    noise = random.normal(0, 9, (3000, 4000, 3))
    picture = Image.fromarray(numpy.clip(smooth + noise, 0, 255).astype("uint8"))
    while low <= high:
        quality = (low + high) // 2
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, progressive=number % 2 == 1)
        if len(out.getvalue()) <= megabytes * 1_000_000:
            low, best = quality + 1, out.getvalue()
        else:
            high = quality - 1
    return best


class Server:
    def __init__(self, binary, folder):
        command = [str(binary), "serve", "--data", str(folder), "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(line.rstrip().rstrip("/").rsplit(":", 1)[1])
        self.connections = local()

    def request(self, method, path, body=None):
        if not hasattr(self.connections, "open"):
            self.connections.open = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.connections.open.request(method, path, body)
        answer = self.connections.open.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def memory(self):
        """The peak memory of the server in MB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--binary", type=Path, default=ROOT / "target/release/stemma")
    add("--count", type=int, default=48)
    add("--megabytes", type=float, default=5)
    add("--size", type=int, default=256)
    add("--clients", type=int, default=6)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(options.binary, folder)
        try:
            stored = []
            for number in range(options.count):
                # Eight photos, each with other bytes at its end: making them takes longer than the measurement.
                made = photo(number, options.megabytes) if number < 8 else stored[number % 8][1]
                body = made + bytes([number])
                stored.append((json.loads(server.request("POST", "/blobs", body))["digest"], made))
            sent = sum(len(made) for _, made in stored) / 1e6
            before = server.memory()
            print(f"{options.count} photos, {sent:.0f} MB; peak memory before: {before:.0f} MB\n")
            print("| run | all | one, median | slowest | answers | peak memory |\n|---|---|---|---|---|---|")
            for run in ("made", "kept", "kept"):
                def one(entry):
                    start = time.perf_counter()
                    size = len(server.request("GET", f"/blobs/{entry[0]}?thumbnail={options.size}"))
                    return time.perf_counter() - start, size

                start = time.perf_counter()
                with ThreadPoolExecutor(options.clients) as clients:
                    answers = list(clients.map(one, stored))
                whole = time.perf_counter() - start
                times = [taken for taken, _ in answers]
                print(f"| {run} | {whole:.2f} s | {statistics.median(times) * 1e3:.0f} ms | {max(times) * 1e3:.0f} ms "
                      f"| {sum(size for _, size in answers) / 1e3:.0f} kB | {server.memory():.0f} MB |")
        finally:
            server.process.terminate()
            server.process.wait()


if __name__ == "__main__":
    main()
