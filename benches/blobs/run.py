#!/usr/bin/env python3
"""Payloads in S3 through stemma, beside curl and boto3 at the same bucket, with one command:

    cargo build --release
    python3 benches/blobs/run.py

It starts SeaweedFS (or takes --endpoint, with the usual AWS variables and --bucket), starts stemma on it, and moves the same
bytes both ways, in turns: large payloads, many small ones, and one of 5 GiB whose round trip is watched for memory. It prints
Markdown. Exit code 1: bytes came back changed, or something failed.

Needs Python 3, curl, and room on the disk for twice --huge and eight times --large. Python packages go into a virtual environment below --work.
"""
import sys

sys.dont_write_bytecode = True

import argparse
import hashlib
import io
import os
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSIDE = "BLOBS_BENCH_VENV"
MIB = 1 << 20
CHUNK = 4 * MIB


def say(text):
    print(text, file=sys.stderr, flush=True)


def options():
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stemma-bench"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--binary", type=Path, default=ROOT / "target/release/stemma", help="stemma's program [target/release/stemma]")
    add("--endpoint", help="an S3 server; SeaweedFS is started where none is given")
    add("--bucket", default="stemma-bench")
    add("--large", type=int, default=1024, help="MiB of a large payload [%(default)s]")
    add("--huge", type=int, default=5120, help="MiB of the payload whose memory is watched; 0 leaves it out [%(default)s]")
    add("--small", type=int, default=10_000, help="how many small payloads of 2 KiB [%(default)s]")
    add("--rounds", type=int, default=3, help="how often each is done, in turns; the median counts [%(default)s]")
    add("--work", type=Path, default=cache, help="where everything is kept [%(default)s]")
    return parser.parse_args()


def inside_environment(work):
    """Runs this again in a virtual environment with what it needs."""
    if os.environ.get(INSIDE):
        return
    home = work / "blobs-venv"
    python = home / "bin/python"
    if not python.exists():
        say("installing boto3 and blake3")
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "boto3", "blake3"], check=True)
    os.execve(python, [str(python), *sys.argv], {**os.environ, INSIDE: "1"})


class Seaweed:
    """A server for as long as this lives."""

    def __init__(self, bucket):
        os.environ.setdefault("AWS_ACCESS_KEY_ID", "bench")
        os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "bench-secret")
        environment = {**os.environ, "S3_BUCKET": bucket}
        script = ROOT / "tests/s3/seaweedfs"
        self.process = subprocess.Popen([script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
        word, _, self.endpoint = self.process.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise SystemExit("SeaweedFS did not start")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Stemma:
    """The program on a fresh data directory, its payloads in the bucket."""

    def __init__(self, binary, work, endpoint, bucket):
        self.data = Path(tempfile.mkdtemp(prefix="blobs-", dir=work))
        self.log = open(self.data / "log", "w")
        command = [binary, "serve", "--data", self.data / "store", "--listen", "127.0.0.1:0",
                   "--blobs", f"s3://{bucket}/bench-{os.getpid()}", "--s3-endpoint", endpoint, "--s3-region", "us-east-1",
                   "--s3-addressing", "path", "--max-blob-bytes", str(1 << 40)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = None
        for line in self.process.stdout:
            found = [word for word in line.split() if word.startswith("http://")]
            if found:
                self.url = found[0].rstrip("/")
                break
        if self.url is None:
            raise SystemExit(f"stemma did not start:\n{(self.data / 'log').read_text()}")

    def resident(self, peak=False):
        """MiB in memory, now or at most since `forget_peak`."""
        wanted = "VmHWM:" if peak else "VmRSS:"
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(wanted):
                return int(line.split()[1]) / 1024

    def forget_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def seconds(self):
        """Processor time so far."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.data)


def noise(path, mebibytes):
    """Writes bytes that do not compress, and gives their digest."""
    from blake3 import blake3

    hasher = blake3()
    with open(path, "wb") as file:
        for _ in range(max(1, mebibytes // 4)):
            chunk = os.urandom(min(CHUNK, mebibytes * MIB))
            hasher.update(chunk)
            file.write(chunk)
    return f"b3:{hasher.hexdigest()}"


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def curl(*arguments):
    subprocess.run(["curl", "--silent", "--show-error", "--fail", "--http1.1", *map(str, arguments)], check=True,
                   stdout=subprocess.DEVNULL)


def read_back(address, digest):
    """Downloads without keeping, and looks whether they are the right bytes."""
    from blake3 import blake3

    hasher = blake3()
    with subprocess.Popen(["curl", "--silent", "--fail", "--http1.1", address], stdout=subprocess.PIPE) as got:
        while chunk := got.stdout.read(CHUNK):
            hasher.update(chunk)
    if got.returncode or f"b3:{hasher.hexdigest()}" != digest:
        raise SystemExit("the bytes came back changed")


def same(one, other):
    """Whether two files hold the same bytes."""
    with open(one, "rb") as a, open(other, "rb") as b:
        while chunk := a.read(CHUNK):
            if chunk != b.read(len(chunk)):
                return False
        return not b.read(1)


class Bench:
    def __init__(self, told, endpoint):
        import boto3
        from botocore.config import Config

        self.told, self.endpoint = told, endpoint
        self.folder = Path(tempfile.mkdtemp(prefix="files-", dir=told.work))
        config = Config(s3={"addressing_style": "path"}, max_pool_connections=32)
        self.boto = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config)
        self.signed = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "--user",
                       f"{os.environ['AWS_ACCESS_KEY_ID']}:{os.environ['AWS_SECRET_ACCESS_KEY']}"]
        self.stemma = Stemma(told.binary, told.work, endpoint, told.bucket)

    def bucket_url(self, name):
        return f"{self.endpoint}/{self.told.bucket}/{name}"

    def large(self):
        """Uploads and downloads of the same size, each of other bytes, in turns."""
        size, took = self.told.large, {}
        file, back = self.folder / "large", self.folder / "back"
        note = lambda what, seconds: took.setdefault(what, []).append(size / seconds)
        for turn in range(self.told.rounds):
            say(f"{size} MiB, round {turn + 1} of {self.told.rounds}")
            digest = noise(file, size)
            to_stemma, cpu = f"{self.stemma.url}/blobs/{digest}", self.stemma.seconds()
            note("put stemma", timed(lambda: curl("--upload-file", file, to_stemma)))
            took.setdefault("put cpu", []).append((self.stemma.seconds() - cpu) / (size / 1024))
            note("put curl", timed(lambda: curl(*self.signed, "--upload-file", file, self.bucket_url("plain"))))
            note("put boto3", timed(lambda: self.boto.upload_file(str(file), self.told.bucket, "boto")))
            cpu = self.stemma.seconds()
            note("get stemma", timed(lambda: curl("--output", back, to_stemma)))
            took.setdefault("get cpu", []).append((self.stemma.seconds() - cpu) / (size / 1024))
            if not same(file, back):
                raise SystemExit("the bytes came back changed")
            cpu = self.stemma.seconds()
            note("get range", timed(lambda: curl("--range", "0-", "--output", back, to_stemma)))
            took.setdefault("range cpu", []).append((self.stemma.seconds() - cpu) / (size / 1024))
            note("get curl", timed(lambda: curl(*self.signed, "--output", back, self.bucket_url("plain"))))
            note("get boto3", timed(lambda: self.boto.download_file(self.told.bucket, "boto", str(back))))
        return {what: statistics.median(rates) for what, rates in took.items()}

    def small(self):
        """Payloads of 2 KiB: in one archive, one by one, and by boto3 with as many threads."""
        count, took = self.told.small, {}
        for turn in range(self.told.rounds):
            say(f"{count} small payloads, round {turn + 1} of {self.told.rounds}")
            archive = io.BytesIO()
            payloads = [os.urandom(2048) for _ in range(count)]
            with tarfile.open(fileobj=archive, mode="w") as tar:
                for number, payload in enumerate(payloads):
                    info = tarfile.TarInfo(f"{number}.bin")
                    info.size = len(payload)
                    tar.addfile(info, io.BytesIO(payload))
            took.setdefault("batch", []).append(count / timed(lambda: self.send_archive(archive.getvalue())))
            ones = [os.urandom(2048) for _ in range(count // 10)]
            with ThreadPoolExecutor(16) as pool:
                took.setdefault("single", []).append(len(ones) / timed(lambda: list(pool.map(self.send_one, ones))))
                put = lambda payload: self.boto.put_object(
                    Bucket=self.told.bucket, Key=hashlib.sha256(payload).hexdigest(), Body=payload)
                took.setdefault("boto3", []).append(len(ones) / timed(lambda: list(pool.map(put, ones))))
        return {what: statistics.median(rates) for what, rates in took.items()}

    def send_archive(self, body):
        request = urllib.request.Request(f"{self.stemma.url}/blobs/batch", body, {"Content-Type": "application/x-tar"})
        urllib.request.urlopen(request, timeout=600).read()

    def send_one(self, payload):
        request = urllib.request.Request(f"{self.stemma.url}/blobs", payload, {"Content-Type": "application/octet-stream"})
        urllib.request.urlopen(request, timeout=60).read()

    def huge(self):
        """One large payload there and back: how much memory that takes."""
        say(f"{self.told.huge} MiB there and back")
        for name in ["large", "back"]:
            (self.folder / name).unlink(missing_ok=True)
        file = self.folder / "huge"
        digest = noise(file, self.told.huge)
        address = f"{self.stemma.url}/blobs/{digest}"
        self.stemma.forget_peak()
        before = self.stemma.resident()
        put = self.told.huge / timed(lambda: curl("--upload-file", file, address))
        up = self.stemma.resident(peak=True)
        get = self.told.huge / timed(lambda: read_back(address, digest))
        both = self.stemma.resident(peak=True)
        return {"before": before, "up": up, "both": both, "put": put, "get": get}

    def close(self):
        self.stemma.stop()
        shutil.rmtree(self.folder)


def report(told, large, small, huge):
    row = lambda *cells: print("| " + " | ".join(cells) + " |")
    rate = lambda what: f"{large[what]:.0f}"
    ratio = lambda what, to: f"{large[what] / large[to]:.2f}"
    print(f"Payloads of {told.large} MiB, MiB/s, medians of {told.rounds}:\n")
    row("", "stemma", "curl", "boto3", "stemma / curl", "stemma / boto3", "processor, s/GiB")
    row(*["---"] * 7)
    for what, name in [("put", "upload"), ("get", "download")]:
        row(name, rate(f"{what} stemma"), rate(f"{what} curl"), rate(f"{what} boto3"),
            ratio(f"{what} stemma", f"{what} curl"), ratio(f"{what} stemma", f"{what} boto3"), f"{large[f'{what} cpu']:.2f}")
    row("download, not verified (a range)", rate("get range"), "", "", ratio("get range", "get curl"),
        ratio("get range", "get boto3"), f"{large['range cpu']:.2f}")
    cost = large["get cpu"] - large["range cpu"]
    print(f"\nVerifying a download costs {cost:.2f} s of processor a GiB, and {1 - large['get stemma'] / large['get range']:.0%} of "
          "the rate.\n")
    print(f"Payloads of 2 KiB, per second, medians of {told.rounds}: {small['batch']:.0f} in archives of {told.small}, "
          f"{small['single']:.0f} one by one from 16 threads, {small['boto3']:.0f} by boto3 from 16 threads.\n")
    if huge:
        print(f"{told.huge} MiB there and back: {huge['put']:.0f} and {huge['get']:.0f} MiB/s; resident {huge['before']:.0f} MiB "
              f"before, at most {huge['up']:.0f} during the upload and {huge['both']:.0f} in all: "
              f"{huge['both'] - huge['before']:.0f} MiB more.")


def main():
    told = options()
    told.work.mkdir(parents=True, exist_ok=True)
    inside_environment(told.work)
    seaweed = None if told.endpoint else Seaweed(told.bucket)
    try:
        bench = Bench(told, told.endpoint or seaweed.endpoint)
        try:
            report(told, bench.large(), bench.small(), bench.huge() if told.huge else None)
        finally:
            bench.close()
    finally:
        if seaweed:
            seaweed.stop()


main()
