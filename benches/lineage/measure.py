"""Asks and writes, all peers in turn, so that a busy moment of the machine hits all of them alike."""
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from peers.base import HttpWriter, Peer, Writer
from workload import gen

HERE = Path(__file__).parent
WARM_UP = 20
CLIENTS, PROCESSES = 16, 4


def percentile(values: list[float], share: float) -> float:
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


@dataclass
class Sample:
    """How long one peer took for one question, and a hash of each answer by the place of its parameter."""
    thirds: list[list[int]] = field(default_factory=lambda: [[], [], []])
    hashes: dict[int, str] = field(default_factory=dict)
    error: str = ""

    @property
    def all(self) -> list[int]:
        return [ns for third in self.thirds for ns in third]

    @property
    def noise(self) -> float:
        """The slowest third's median by the fastest third's: 1 on a quiet machine."""
        medians = [percentile(third, 0.5) for third in self.thirds if third]
        return max(medians) / max(1, min(medians))

    def summary(self) -> dict:
        if self.error:
            return {"error": self.error}
        return {"n": len(self.all), "p50_us": percentile(self.all, 0.5) / 1e3, "p99_us": percentile(self.all, 0.99) / 1e3,
                "mean_us": sum(self.all) / len(self.all) / 1e3, "noise": round(self.noise, 2)}


def fingerprint(answer) -> str:
    return hashlib.blake2b(json.dumps(answer).encode(), digest_size=8).hexdigest()


def timed(peer: Peer, question: str, parameter) -> tuple[int, object]:
    peer.ns = None
    start = time.perf_counter_ns()
    answer = getattr(peer, question)(parameter)
    took = time.perf_counter_ns() - start
    return took if peer.ns is None else peer.ns, answer


def ask(peers: list[Peer], reference, question: str, parameters: list, n: int, budget: float) -> dict[str, Sample]:
    """Every peer answers the first `n` parameters, or as many as it can in `budget` seconds, in three interleaved parts."""
    samples = {peer.name: Sample() for peer in peers if question in peer.answers}
    # Without a parameter, the same question is asked again: three answers would be an anecdote.
    asked = [None] * min(n, 60) if question == "q3b" else parameters[:n]
    for third in range(3):
        for peer in (peer for peer in peers if peer.name in samples):
            sample = samples[peer.name]
            try:
                peer.take_turn()
                if third == 0 and question != "q3b":
                    warm_up(peer, question, parameters, budget / 4)
                end = time.perf_counter() + budget / 3
                for place in range(third, len(asked), 3):
                    took, answer = timed(peer, question, asked[place])
                    sample.thirds[third].append(took)
                    sample.hashes[place] = fingerprint(reference.settle(question, asked[place], answer))
                    if time.perf_counter() > end:
                        break
            except Exception as error:      # A peer that fails must not take the others' results with it.
                sample.error = f"{type(error).__name__}: {str(error)[:300]}"
                print(f"  {peer.name} failed in {question}: {sample.error}", file=sys.stderr)
    return samples


def warm_up(peer: Peer, question: str, parameters: list, seconds: float) -> None:
    end = time.perf_counter() + seconds
    for parameter in parameters[-WARM_UP:]:
        getattr(peer, question)(parameter)
        if time.perf_counter() > end:
            return


def differences(samples: dict[str, Sample], reference, question: str, parameters: list) -> list[str]:
    """Where an answer is not the reference's."""
    right: dict[int, str] = {}
    found = []
    for name, sample in samples.items():
        for place, hash_ in sample.hashes.items():
            parameter = None if question == "q3b" else parameters[place]
            if place not in right:
                right[place] = fingerprint(getattr(reference, question)(parameter))
            if hash_ != right[place]:
                found.append(f"{name} {question} {parameter}")
    return found


class Writes:
    """The rows to write, each once."""

    def __init__(self, meta: dict):
        self.meta, self.next = meta, meta["versions"] + int(time.time()) % 1_000_000 * 1_000_000
        self.seed = 0

    def take(self, count: int) -> list:
        self.seed += 1
        written = list(gen.writes(self.meta, self.seed, count, self.next))
        self.next += count
        return written


def batches(peers: list[Writer], writes: Writes, budget: float) -> dict[str, dict]:
    """W1: batches of 1,000, a round of one for each peer."""
    rows = [writes.take(1000) for _ in range(10)]
    took: dict[str, list[float]] = {peer.name: [] for peer in peers}
    errors: dict[str, str] = {}
    for batch in rows:
        for peer in peers:
            if peer.name in errors or sum(took[peer.name]) > budget:
                continue
            try:
                peer.take_turn()
                start = time.perf_counter()
                peer.write(batch)
                took[peer.name].append(time.perf_counter() - start)
            except Exception as error:
                errors[peer.name] = f"{type(error).__name__}: {str(error)[:300]}"
    return {name: {"error": errors[name]} if name in errors else
            {"batches": len(seconds), "versions_per_s": 1000 * len(seconds) / sum(seconds),
             "p50_ms": percentile(seconds, 0.5) * 1e3}
            for name, seconds in took.items()}


def singles(peers: list[Writer], writes: Writes, budget: float) -> dict[str, dict]:
    """W2: one durable write at a time, in rounds of 50."""
    took: dict[str, list[float]] = {peer.name: [] for peer in peers}
    errors: dict[str, str] = {}
    for rows in [writes.take(50) for _ in range(10)]:
        for peer in peers:
            if peer.name in errors or sum(took[peer.name]) > budget:
                continue
            try:
                peer.take_turn()
                for row in rows:
                    start = time.perf_counter()
                    peer.write([row])
                    took[peer.name].append(time.perf_counter() - start)
            except Exception as error:
                errors[peer.name] = f"{type(error).__name__}: {str(error)[:300]}"
    return {name: {"error": errors[name]} if name in errors else
            {"n": len(seconds), "p50_us": percentile(seconds, 0.5) * 1e6, "p99_us": percentile(seconds, 0.99) * 1e6}
            for name, seconds in took.items()}


def at_once(peers: list[Writer], writes: Writes, seconds: float) -> dict[str, dict]:
    """W2 with 16 clients, in three rounds. Peers over HTTP are written to from processes of their own; those in this process
    from threads, which Python runs one at a time."""
    rounds: dict[str, list[dict]] = {peer.name: [] for peer in peers}
    for _ in range(3):
        for peer in peers:
            crowd = over_http if isinstance(peer, HttpWriter) else in_threads
            rounds[peer.name].append(crowd(peer, writes, seconds / 3))
    total = lambda found, part: sum(one[part] for one in found)
    return {name: {"per_s": total(found, "n") / total(found, "s"), "errors": total(found, "errors"),
                   "by_round": [round(one["n"] / one["s"]) for one in found]} for name, found in rounds.items()}


def over_http(peer: HttpWriter, writes: Writes, seconds: float) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        children = []
        for place in range(PROCESSES):
            bodies = Path(folder) / str(place)
            with open(bodies, "wb") as file:
                for row in writes.take(int(1500 * seconds) + 100):
                    file.write(peer.body([row]) + b"\n")
            command = [sys.executable, HERE / "clients.py", peer.host, peer.port, bodies, CLIENTS // PROCESSES, seconds]
            children.append(subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stdin=subprocess.PIPE))
        for child in children:
            child.stdout.readline()         # It has read its bodies and is connected.
        for child in children:
            child.stdin.write(b"go\n")
            child.stdin.flush()
        said = [json.loads(child.communicate()[0]) for child in children]
    span = max(one["end"] for one in said) - min(one["start"] for one in said)
    return {"n": sum(one["n"] for one in said), "s": span, "errors": sum(one["errors"] for one in said)}


def in_threads(peer: Writer, writes: Writes, seconds: float) -> dict:
    clones = [peer.clone() for _ in range(CLIENTS)]
    rows = [writes.take(int(500 * seconds) + 100) for _ in clones]
    done, errors = [0] * CLIENTS, [0]
    end = time.perf_counter() + seconds

    def work(place: int) -> None:
        for row in rows[place]:
            if time.perf_counter() > end:
                return
            try:
                clones[place].write([row])
                done[place] += 1
            except Exception:               # Counted; DuckDB refuses writers that meet.
                errors[0] += 1
                return

    threads = [threading.Thread(target=work, args=(place,)) for place in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - start
    for clone in clones:
        clone.close()
    return {"n": sum(done), "s": taken, "errors": errors[0]}
