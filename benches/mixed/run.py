#!/usr/bin/env python3
"""Dashboards beside single corrections, campaign reports and exports, in an open loop.

    cargo build --release
    python3 benches/mixed/run.py                      # ten minutes
    python3 benches/mixed/run.py --seconds 60 --check # what CI runs

Fills a store, then asks it twice: the reads alone, and the same reads beside corrections, reports and exports. Every request
has a time at which it is to be sent, whatever became of those before it, and its latency counts from that time: a server
that stops for a second is seen by all requests that fall into it. The reads are dashboards, and every field of the schema in
a request of its own. Prints a table. With --check, the exit code is 1 unless every request was answered without an error,
every correction is in the store once, and the server ends when it is told to. Needs Python alone.
"""
import argparse
import http.client
import json
import os
import queue
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True

from fields import Fields
from world import CAMPAIGN, DASHBOARD, correction, labels, records

ROOT = Path(__file__).resolve().parents[2]
CORRECT = "mutation($input: CorrectInput!) { correct(input: $input) { created commit { seq } } }"
COMMIT = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { commit { seq } } }"
# Requests that are under way at once. A request that finds no free sender is late, and counted from when it was due.
SENDERS = 64
PATIENCE = 30
# The server ends connections that are idle for 15 s: a request on one that is about to end would be lost.
IDLE = 5
CAMPAIGN_SIZE = 300


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--stemma", type=Path, default=ROOT / "target/release/stemma")
    add("--versions", type=int, default=100_000)
    add("--seconds", type=float, default=600, help="of both runs together; the baseline takes a quarter [%(default)s]")
    add("--reads", type=float, default=40, help="dashboard requests a second, and as many for single fields [%(default)s]")
    add("--corrections", type=float, default=10, help="a second [%(default)s]")
    add("--report-every", type=float, default=2, help="seconds between campaign reports [%(default)s]")
    add("--export-every", type=float, default=15, help="seconds between exports [%(default)s]")
    add("--check", action="store_true", help="fail unless all is answered and every correction is there once")
    return parser.parse_args()


class Server:
    def __init__(self, stemma: Path, data: str):
        command = [stemma, "serve", "--data", data, "--listen", "127.0.0.1:0", "--log", "warn"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("STEMMA_")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        ready = re.search(r":(\d+)/", self.process.stdout.readline())
        if not ready:
            raise SystemExit("stemma serve did not start")
        self.port = int(ready[1])

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, query: str, variables: dict | None = None) -> dict:
        connection = self.connection()
        try:
            return json.loads(post(connection, body(query, variables)))
        finally:
            connection.close()

    def stop(self) -> float | None:
        """The seconds that it took to end; none if it did not."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            ended = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        return time.monotonic() - begun if ended == 0 else None


def body(query: str, variables: dict | None = None) -> bytes:
    return json.dumps({"query": query, "variables": variables or {}}).encode()


def post(connection: http.client.HTTPConnection, request: bytes) -> bytes:
    connection.request("POST", "/graphql", request, {"Content-Type": "application/json"})
    return connection.getresponse().read()


class Stream:
    """Requests of one sort: when they are due, and what became of them."""

    def __init__(self, name: str, every: float, make):
        self.name, self.every, self.make = name, every, make
        self.latencies, self.refused, self.unanswered, self.errors = [], 0, 0, set()

    def due(self, seconds: float, seed: int):
        """Arrivals as of many clients that know nothing of each other."""
        chance, at = random.Random(f"{self.name} {seed}"), 0.0
        while (at := at + chance.expovariate(1 / self.every)) < seconds:
            yield at, self

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def row(self, base: "Stream | None") -> str:
        cells = [self.name, len(self.latencies) + self.refused + self.unanswered, self.unanswered, self.refused]
        for share in (0.5, 0.99, 1):
            own = self.percentile(share)
            ratio = f" ({own / base.percentile(share):.1f})" if base and base.latencies else ""
            cells.append(f"{own:.1f}{ratio}")
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


def load(server: Server, streams: list[Stream], seconds: float) -> None:
    """Sends every request when it is due."""
    due = sorted((arrival for stream in streams for arrival in stream.due(seconds, len(streams))), key=lambda one: one[0])
    waiting, lock, begun = queue.SimpleQueue(), threading.Lock(), time.monotonic() + 0.2

    def send() -> None:
        connection, used = server.connection(), time.monotonic()
        while (one := waiting.get()) is not None:
            at, stream, request = one
            if time.monotonic() - used > IDLE:
                connection.close()
                connection = server.connection()
            try:
                answer = request(connection)
                good = b'"errors"' not in answer[:4096] and b'"errors"' not in answer[-4096:]
                with lock:
                    if good:
                        stream.latencies.append(time.monotonic() - at)
                    else:
                        stream.refused += 1
                        stream.errors.add(answer[:300].decode(errors="replace"))
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                connection = server.connection()
                with lock:
                    stream.unanswered += 1
                    stream.errors.add(repr(error))
            used = time.monotonic()

    senders = [threading.Thread(target=send, daemon=True) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for at, stream in due:
        request = stream.make()
        time.sleep(max(0.0, begun + at - time.monotonic()))
        waiting.put((begun + at, stream, request))
    for _ in senders:
        waiting.put(None)
    for sender in senders:
        sender.join(2 * PATIENCE)


def turns(requests: list[bytes]):
    """One request after the other, and again from the first."""
    place = iter(range(1 << 62))
    return lambda: (lambda request: lambda connection: post(connection, request))(requests[next(place) % len(requests)])


def export(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", "/export/changes")
    response, tail = connection.getresponse(), b""
    if response.status != 200:
        return b'"errors"' + response.read()
    while piece := response.read(1 << 16):
        tail = piece
    return tail


def main() -> int:
    asked = options()
    if not asked.stemma.exists():
        raise SystemExit(f"there is no program {asked.stemma}: run `cargo build --release`, or give --stemma")
    folder = tempfile.mkdtemp(prefix="stemma-mixed-")
    try:
        return measured(asked, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measured(asked: argparse.Namespace, folder: str) -> int:
    file, begun = f"{folder}/records.ndjson", time.monotonic()
    with open(file, "w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records(asked.versions))
    done = subprocess.run([asked.stemma, "import", file, "--data", f"{folder}/store"], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the import failed: {done.stderr[-1000:]}")
    print(f"{asked.versions} versions were imported in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    server = Server(asked.stemma.resolve(), f"{folder}/store")
    try:
        failures = asked_twice(asked, server)
    finally:
        took = server.stop()
    print(f"The server ended {took:.1f} s after it was told to." if took else "The server did not end in order.")
    if took is None:
        failures.append("the server did not end when it was told to")
    for failure in failures:
        print(f"WRONG: {failure}")
    return 1 if asked.check and failures else 0


def asked_twice(asked: argparse.Namespace, server: Server) -> list[str]:
    changes = [{"correct": correction(n)} for n in range(0, 3 * CAMPAIGN_SIZE, 3)]
    seq = int(server.ask(COMMIT, {"changes": changes})["data"]["commit"]["commit"]["seq"])
    names = {"CAMPAIGN": f"commit:{seq}", "BEFORE": str(seq - 1), "SEQ": str(seq)}
    fields = Fields(server.ask, names)
    left_out = f"; left out, for want of arguments: {', '.join(fields.left_out)}" if fields.left_out else ""
    print(f"{len(fields.requests)} fields are asked for by themselves{left_out}", file=sys.stderr)
    named = lambda query: body(query.replace("CAMPAIGN", names["CAMPAIGN"]))
    # Labels that no campaign corrects, each once.
    fresh = iter(n for n in range(3 * CAMPAIGN_SIZE, labels(asked.versions)))
    correct = lambda: (lambda request: lambda connection: post(connection, request))(body(CORRECT, {"input": correction(next(fresh))}))

    def reads() -> list[Stream]:
        return [Stream("dashboards", 1 / asked.reads, turns([named(query) for query in DASHBOARD])),
                Stream("single fields", 1 / asked.reads, turns([body(request) for request in fields.requests]))]

    load(server, reads(), min(5.0, asked.seconds / 10))     # Caches are warm for both.
    alone, beside = reads(), reads()
    load(server, alone, asked.seconds / 4)
    corrections = Stream("corrections", 1 / asked.corrections, correct)
    others = [corrections, Stream("campaign reports", asked.report_every, turns([named(CAMPAIGN)])),
              Stream("exports", asked.export_every, lambda: export)]
    load(server, beside + others, asked.seconds * 3 / 4)

    print("\n| requests | sent | not answered | refused | p50, ms | p99, ms | most, ms |\n|---|---|---|---|---|---|---|")
    for stream in alone:
        print(stream.row(None).replace(stream.name, f"{stream.name}, alone", 1))
    for stream, base in [*zip(beside, alone), *((stream, None) for stream in others)]:
        print(stream.row(base))
    print("\nIn brackets: by the same reads alone. Latencies count from when a request was due.")
    return judged(server, seq, alone + beside + others, corrections)


def judged(server: Server, seq: int, streams: list[Stream], corrections: Stream) -> list[str]:
    """What is not as it must be."""
    failures = [f"{stream.name}: {stream.unanswered} not answered, {stream.refused} refused, such as {sorted(stream.errors)[:2]}"
                for stream in streams if stream.unanswered or stream.refused]
    failures += [f"no {stream.name} at all" for stream in streams if not stream.latencies]
    newest = int(server.ask("{ view { seq } }")["data"]["view"]["seq"])
    if newest - seq != len(corrections.latencies):
        failures.append(f"{len(corrections.latencies)} corrections were acknowledged, and {newest - seq} commits are there")
    wrong = server.ask('{ items(filter: {kinds: [LABEL], wrong: false}, first: 0) { totalCount } '
                       'all: items(filter: {kinds: [LABEL]}, first: 0) { totalCount } }')["data"]
    if wrong["items"]["totalCount"] != wrong["all"]["totalCount"]:
        failures.append("a label's head is wrong after its correction")
    statements = server.ask(f'{{ newlyAffected(fromSeq: "{seq}", first: 0) {{ totalCount }} }}')["data"]
    if corrections.latencies and not statements["newlyAffected"]["totalCount"]:
        failures.append("no set is affected by the corrections")
    return failures


if __name__ == "__main__":
    sys.exit(main())
