"""PostGraphile: GraphQL over HTTP on PostgreSQL, the peer that is like for like. Its recursive questions are SQL functions."""
import json
import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path

from .base import HttpWriter, Unavailable, peak_rss
from .cluster import free_port
from .graphql import Client, request
from .sql import Postgres

HERE = Path(__file__).parent
INSTALL = "apt-get install nodejs npm"

VERSION = """query($v: BigInt!) { versionById(id: $v) { id item kind seq createdAt supersedes
  edgesBySrc(first: 100, orderBy: [DST_ASC, KIND_ASC]) { nodes { dst kind } } tagsByVersion { nodes { tag toTs } } } }"""
HISTORY = """query($v: BigInt!) {
  allVersions(condition: {item: $v}, orderBy: [SEQ_ASC]) { nodes { id seq createdAt } } }"""
HOLDERS = "query($v: BigInt!) { impactedSets(label: $v) { nodes { id } } }"
HOLDERS_AT = """query($v: BigInt!, $t: BigInt!) {
  impactedSetsAsOf(label: $v, t: $t) { nodes { id } } staleAt(label: $v, t: $t) }"""
UPSTREAM = "query($v: BigInt!) { upstream(root: $v) }"
HOPS = "query($m: BigInt!, $i: BigInt!) { hops(root: $m, target: $i) }"
DIFFERENCE = "query($a: BigInt!, $b: BigInt!) { added: membersOnlyIn(a: $b, b: $a) removed: membersOnlyIn(a: $a, b: $b) }"
WRITE = "mutation($p: JSON!) { addVersions(input: {payload: $p}) { integer } }"


class PostGraphile(HttpWriter, Postgres):
    name, database = "postgraphile", "bench_graphile"

    def __init__(self, data, store, cluster, work: Path):
        super().__init__(data, store, cluster)
        self.work, self.process = work, None

    def version(self):
        return f"PostGraphile {self.release} (node {self.node_release}), GraphQL over HTTP, on {super().version()}"

    def prepare(self):
        if not shutil.which("node") or not shutil.which("npm"):
            raise Unavailable(f"node and npm are not installed: {INSTALL}")
        super().prepare()

    def load(self):
        super().load()
        self.db.execute((HERE / "pgfn.sql").read_text())
        self.db.execute(f"ALTER DATABASE {self.database} SET jit=off")
        self.db.execute(f"ALTER DATABASE {self.database} SET work_mem='128MB'")
        self.db.execute("VACUUM ANALYZE")

    def serve(self):
        """Version 5; where it cannot be had or does not answer, version 4."""
        reasons = []
        for release in ("5", "4"):
            try:
                return self._start(release, *self._package(release))
            except Unavailable as reason:
                reasons.append(str(reason))
        raise Unavailable("; ".join(reasons))

    def q1(self, version):
        found = self.client.ask(VERSION, v=str(version))["versionById"]
        sources = [[int(edge["dst"]), edge["kind"]] for edge in found["edgesBySrc"]["nodes"]]
        tags = sorted(tag["tag"] for tag in found["tagsByVersion"]["nodes"] if tag["toTs"] is None)
        before = int(found["supersedes"]) if found["supersedes"] else None
        return [int(found["id"]), int(found["item"]), found["kind"], found["seq"], int(found["createdAt"]), before, sources, tags]

    def q2(self, item):
        found = self.client.ask(HISTORY, v=str(item))["allVersions"]["nodes"]
        return [[int(node["id"]), node["seq"], int(node["createdAt"])] for node in found]

    def q3(self, version):
        return [int(node["id"]) for node in self.client.ask(HOLDERS, v=str(version))["impactedSets"]["nodes"]]

    def q3b(self, _):
        return value(self.client.ask("{ staleSets }")["staleSets"])

    def q4(self, version):
        found = value(self.client.ask(UPSTREAM, v=str(version))["upstream"])
        return [found["count"], found["images"], found["page"] or []]

    def q5(self, ends):
        return self.client.ask(HOPS, m=str(ends[1]), i=str(ends[0]))["hops"]

    def q6(self, asked):
        found = self.client.ask(HOLDERS_AT, v=str(asked[0]), t=str(asked[1]))
        return [[int(node["id"]) for node in found["impactedSetsAsOf"]["nodes"]], found["staleAt"]]

    def q7(self, sets):
        found = self.client.ask(DIFFERENCE, a=str(sets[0]), b=str(sets[1]))
        added, removed = value(found["added"]), value(found["removed"])
        return [added["n"], removed["n"], added["page"] or [], removed["page"] or []]

    def body(self, batch):
        return request(WRITE, {"p": [{"v": version, "e": edges, "t": tags} for version, edges, tags in batch]})

    def write(self, batch):
        self.client.post(self.body(batch))

    def rss(self):
        return super().rss() + peak_rss(self.process.pid)

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
        super().close()

    def _start(self, release: str, node: Path, program: Path) -> None:
        self.port = free_port()
        folder = self.work / f"npm{release}"
        address = ["-c", self.cluster.url(self.database), "-n", self.host, "-p", str(self.port)]
        options = ["--preset", folder / "postgraphile.mjs"] if release == "5" else \
            ["-l", "20MB", "--disable-graphiql", "--disable-query-log", "-j"]
        production = {**os.environ, "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
        said = self.work / f"postgraphile{release}.log"
        with open(said, "w") as log:
            command = [str(part) for part in (node, program, *address, *options)]
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=production)
        for _ in range(150):
            try:
                self.client = Client(self.host, self.port)
                self.client.ask("{ __typename }")
                return
            except (OSError, ValueError):
                time.sleep(0.2)
            if self.process.poll() is not None:
                break
        self.process.kill()
        self.process.wait()
        raise Unavailable(f"PostGraphile {release} does not answer; see {said}")

    def _package(self, release: str) -> tuple[Path, Path]:
        """Installs a release, with a node that it takes. Gives node and the program that it runs."""
        folder = self.work / f"npm{release}"
        node = Path(shutil.which("node"))
        packages = [f"postgraphile@{release}"]
        if release == "5" and int(node_release(node).split(".")[0]) < 22:
            chip = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
            packages.append(f"node-linux-{chip}@22")
            node = folder / "node_modules" / f"node-linux-{chip}" / "bin" / "node"
        program = folder / "node_modules" / ".bin" / "postgraphile"
        if not program.exists() or not node.exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text('{"private": true}')
            install = ["npm", "install", "--no-audit", "--no-fund", *packages]
            done = subprocess.run(install, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                raise Unavailable(f"npm could not install {' '.join(packages)}: {done.stderr.strip()[-200:]}")
        # Where its imports are found.
        shutil.copy(HERE / "postgraphile.mjs", folder)
        package = json.loads((folder / "node_modules" / "postgraphile" / "package.json").read_text())
        self.release, self.node_release = package["version"], node_release(node)
        return node, program


def node_release(node: Path) -> str:
    said = subprocess.run([str(node), "--version"], capture_output=True, text=True).stdout
    return re.sub(r"^v", "", said.strip()) or "0"


def value(json_or_text):
    return json.loads(json_or_text) if isinstance(json_or_text, str) else json_or_text
