#!/usr/bin/env python3
"""stemma beside SQLite, DuckDB, PostgreSQL, PostGraphile and plain C, on one workload, with one command:

    cargo build --release
    python3 benches/lineage/run.py --size medium --peers sqlite,duckdb,postgres,postgraphile,csr

It makes the workload, loads it into every peer, asks them in turn, compares every answer with the reference's, writes, and
prints Markdown. Exit code 1: an answer differs, or something failed. README.md says what is measured and what is needed.
"""
import sys

sys.dont_write_bytecode = True

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import subprocess
from pathlib import Path

import measure
import table
from engine import Engine
from peers.base import QUESTIONS, Peer, Unavailable, Writer
from peers.cluster import Cluster
from peers.csr import Csr
from peers.postgraphile import PostGraphile
from peers.sql import DuckDb, Postgres, Sqlite
from stemma import Stemma
from targets import TARGETS, judge
from workload import gen
from workload.tables import is_newer

ROOT = Path(__file__).resolve().parents[2]
PEERS = ["sqlite", "duckdb", "postgres", "postgraphile", "csr"]
PACKAGES = {"duckdb": "duckdb", "postgres": "psycopg[binary]", "postgraphile": "psycopg[binary]"}
INSIDE = "LINEAGE_BENCH_VENV"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def options() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stemma-bench"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--size", choices=gen.SIZES, default="small")
    add("--seed", type=int, default=1, help="of the workload")
    add("--peers", default=",".join(PEERS), help=f"which of {','.join(PEERS)} [%(default)s]")
    add("--binary", type=Path, default=ROOT / "target/release/stemma", help="stemma's program [target/release/stemma]")
    add("--baseline", metavar="PROGRAM", type=Path, help="an earlier build of stemma, as a peer named baseline that takes turns")
    add("--engine", metavar="PROGRAM", help="a program that answers from the index alone (engine.py says how)")
    add("--work", type=Path, default=cache, help="where everything is kept [%(default)s]")
    add("--only", help="only these questions, such as q3,q4")
    add("--n", type=int, default=200, help="parameters of a question [%(default)s]")
    add("--budget", type=float, default=20, help="seconds for one peer and one question [%(default)s]")
    add("--nowrite", action="store_true", help="do not measure writes")
    add("--keep", action="store_true", help="leave the loaded stores")
    add("--reuse", action="store_true", help="ask the stores that an earlier --keep left; implies --keep")
    asked = parser.parse_args()
    asked.peers = [name for name in asked.peers.split(",") if name]
    asked.only = asked.only.split(",") if asked.only else QUESTIONS
    for name, known in [*((peer, PEERS) for peer in asked.peers), *((question, QUESTIONS) for question in asked.only)]:
        if name not in known:
            parser.error(f"there is no {name}; there are {', '.join(known)}")
    if not asked.binary.exists():
        parser.error(f"there is no program {asked.binary}: run `cargo build --release`, or give --binary")
    if asked.baseline and not asked.baseline.exists():
        parser.error(f"there is no program {asked.baseline}; give --baseline an earlier build of stemma")
    asked.keep = asked.keep or asked.reuse
    asked.work = asked.work.resolve()
    return asked


def enter_venv(asked: argparse.Namespace) -> None:
    """Goes on in a Python environment that has the peers' packages. A package that cannot be had makes its peer unavailable."""
    packages = sorted({PACKAGES[name] for name in asked.peers if name in PACKAGES})
    if os.environ.get(INSIDE) or not packages:
        return
    venv = asked.work / "venv"
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    for package in packages:
        module = package.partition("[")[0]
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode:
            say(f"installing {package}")
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package])
    os.execve(python, [str(python), *sys.argv], {**os.environ, INSIDE: "1"})


def workload(asked: argparse.Namespace) -> Path:
    data = asked.work / "data" / f"{asked.size}-{asked.seed}"
    if not is_newer(data / "meta.json", "gen.py"):
        say(f"making the workload {data.name}")
        world = gen.World(asked.size, asked.seed)
        world.build()
        world.write(str(data), asked.seed, asked.size)
    return data


class Run:
    def __init__(self, asked: argparse.Namespace):
        self.asked, self.data = asked, workload(asked)
        self.meta = json.loads((self.data / "meta.json").read_text())
        self.stores = asked.work / "stores" / self.data.name
        self.cluster = Cluster(self.stores / "pgdata")
        self.started: list[Peer] = []
        self.ready: list[Peer] = []
        self.skipped: dict[str, str] = {}
        self.facts: dict[str, dict] = {}
        self.load_start = os.getloadavg()[0]

    def whole(self) -> dict:
        try:
            self.set_up()
            return self.measured()
        finally:
            self.tear_down()

    # -- set up --------------------------------------------------------------------------------------

    def set_up(self) -> None:
        if not self.asked.reuse:
            self.cluster.remove()
            shutil.rmtree(self.stores, ignore_errors=True)
        self.reference = Csr(self.data, self.stores / "csr", self.asked.work)
        self.stemma = Stemma(self.data, self.stores / "stemma", self.asked.binary)
        # Without these two nothing can be compared, so their reasons end the run.
        self.add(self.stemma, serve=False)
        self.add_engine()
        self.serve(self.stemma)
        self.ready.sort(key=lambda peer: peer is not self.stemma)
        self.add(self.reference)
        if self.asked.baseline:
            self.add(Stemma(self.data, self.stores / "baseline", self.asked.baseline, name="baseline"))
        for name in self.asked.peers:
            peer = self.make(name)
            try:
                if peer is not None:
                    self.add(peer)
            except Exception as reason:     # The others are measured all the same; the report names it.
                self.skipped[name] = str(reason) if isinstance(reason, Unavailable) else f"{type(reason).__name__}: {reason}"
                say(f"SKIPPED {name}: {self.skipped[name]}")

    def make(self, name: str) -> Peer | None:
        store = self.stores / name
        match name:
            case "sqlite":
                return Sqlite(self.data, store)
            case "duckdb":
                return DuckDb(self.data, store)
            case "postgres":
                return Postgres(self.data, store, self.cluster)
            case "postgraphile":
                return PostGraphile(self.data, store, self.cluster, self.asked.work)
        return None

    def add(self, peer: Peer, serve: bool = True) -> None:
        """Loads a peer, or connects to what an earlier run loaded."""
        note = self.stores / f"{peer.name}.json"
        peer.prepare()
        if self.asked.reuse and note.exists():
            peer.connect()
            self.facts[peer.name] = json.loads(note.read_text())
        else:
            say(f"loading {peer.name}")
            if peer.name != "engine":
                shutil.rmtree(peer.store, ignore_errors=True)
            peer.store.mkdir(parents=True, exist_ok=True)
            start = measure.time.perf_counter()
            peer.load()
            taken = measure.time.perf_counter() - start
            self.facts[peer.name] = {"load_s": taken, "disk": peer.disk()}
            note.write_text(json.dumps(self.facts[peer.name]))
        if serve:
            self.serve(peer)

    def serve(self, peer: Peer) -> None:
        self.started.append(peer)
        peer.serve()
        self.facts[peer.name]["version"] = peer.version()
        self.ready.append(peer)

    def add_engine(self) -> None:
        """On a copy, taken before the server has the store: a store has one user at a time."""
        if not self.asked.engine:
            return
        copy = self.stores / "engine"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.stemma.store, copy)
        self.add(Engine(self.data, copy, self.asked.engine, self.stemma.versions))
        self.facts["engine"]["load_s"] = None

    # -- measure -------------------------------------------------------------------------------------

    def measured(self) -> dict:
        params = json.loads((self.data / "params.json").read_text())
        # All peers are asked at the moments that stemma has: those between two commits.
        params["q6"] = [[label, *reversed(self.stemma.moment(time))] for label, time in params["q6"]]
        peers: dict[str, dict] = {peer.name: {} for peer in self.ready}
        wrong, errors, compared = [], [], 0
        for question in (question for question in QUESTIONS if question in self.asked.only):
            asked = params.get(question, params["q1"])
            samples = measure.ask(self.ready, self.reference, question, asked, self.asked.n, self.asked.budget)
            wrong += measure.differences(samples, self.reference, question, asked)
            compared += sum(len(sample.hashes) for sample in samples.values())
            for name, sample in samples.items():
                peers[name][question] = sample.summary()
                errors += [f"{name} {question}: {sample.error}"] if sample.error else []
            say(f"{question}: " + ", ".join(
                f"{name} {table.duration(found['p50_us'])}" for name in samples if "p50_us" in (found := peers[name][question])))
        if not self.asked.nowrite:
            errors += self.written(peers)
        for peer in self.ready:
            peers[peer.name]["facts"] = {**self.facts[peer.name], "rss": peer.rss()}
        peers["stemma"]["facts"]["start_s"] = self.stemma.start_s
        return {"size": self.asked.size, "date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}", "machine": self.machine(),
                "workload": self.meta, "peers": peers, "compared": compared, "differences": wrong, "errors": errors,
                "skipped": self.skipped}

    def written(self, peers: dict) -> list[str]:
        writers = [peer for peer in self.ready if isinstance(peer, Writer)]
        writes, errors = measure.Writes(self.meta), []
        for part, how in (("w1", measure.batches), ("w2", measure.singles), ("w2_16", measure.at_once)):
            seconds = self.asked.budget if part != "w2_16" else min(6, self.asked.budget)
            for name, found in how(writers, writes, seconds).items():
                peers[name][part] = found
                errors += [f"{name} {part}: {found['error']}"] if "error" in found else []
            say(f"{part}: " + ", ".join(f"{peer.name} {figure(peers[peer.name][part])}" for peer in writers))
        return errors

    def machine(self) -> dict:
        with open("/proc/cpuinfo") as info:
            cpu = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
        ram = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30
        return {"cpu": cpu, "cores": os.cpu_count(), "ram_gib": ram, "system": platform.platform(),
                "load_start": self.load_start, "load_end": os.getloadavg()[0]}

    # -- tear down -----------------------------------------------------------------------------------

    def tear_down(self) -> None:
        for peer in self.started:
            try:
                peer.close()
            except Exception as error:      # The others are to be stopped all the same.
                say(f"{peer.name} could not be closed: {error}")
        self.cluster.stop()
        if not self.asked.keep:
            self.cluster.remove()
            shutil.rmtree(self.stores, ignore_errors=True)


def figure(found: dict) -> str:
    if "error" in found:
        return "failed"
    return table.duration(found["p50_us"]) if "p50_us" in found else f"{found.get('versions_per_s', found.get('per_s')):,.0f}/s"


def main() -> None:
    asked = options()
    asked.work.mkdir(parents=True, exist_ok=True)
    enter_venv(asked)
    # So that what was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: stopped"))
    try:
        results = Run(asked).whole()
    except Unavailable as reason:
        raise SystemExit(f"error: {reason}")
    results["targets"] = [{"what": target.what, "asked": target.text(), **dict(zip(("reached", "met"), judge(target, results)))}
                          for target in TARGETS]
    text = table.markdown(results)
    folder = asked.work / "results"
    folder.mkdir(exist_ok=True)
    name = f"{asked.size}-{datetime.datetime.now():%Y%m%d-%H%M%S}"
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1))
    (folder / f"{name}.md").write_text(text)
    print(text)
    say(f"written to {folder / name}.md and .json")
    if results["differences"] or results["errors"]:
        say(f"WRONG: {len(results['differences'])} answers differ, {len(results['errors'])} questions failed: see above")
        raise SystemExit(1)


if __name__ == "__main__":
    main()
