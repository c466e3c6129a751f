"""stemma as a peer: the workload imported by its own program, the questions asked of its server over GraphQL and HTTP."""
import os
import re
import subprocess
import time
from pathlib import Path

from peers.base import HttpWriter, Unavailable, folder_bytes, peak_rss
from peers.graphql import Client, Refused, request
from workload.convert import INCLUDED, NAMESPACE, TRAIN, convert, item_ref, version_ref
from workload.gen import EDGE, KIND
from workload.tables import INCLUDES, MEMBER, Versions, is_newer

NAMED = "number item { key }"
VERSION = """query($v: ID!) { version(id: $v) { number item { key } attributes parent { number } tags { name }
  sources(first: 100) { nodes { role source { number item { key } } } }
  members(first: 100) { nodes { split version { number item { key } } } } } }"""
HISTORY = "query($i: ID!) { item(id: $i) { history(first: 1000) { nodes { number attributes } } } }"
SETS = f"pageInfo {{ hasNextPage endCursor }} nodes {{ trainingSet {{ {NAMED} }} }}"
HOLDERS = f"""query($v: ID!, $after: String) {{
  affectedTrainingSets(wrong: {{versions: [$v]}}, inclusion: [DIRECT, DERIVED], includeRestored: true, first: 1000, after: $after)
  {{ {SETS} }} }}"""
# What existed then, judged by what is known now: the label need not have been known to be wrong.
HOLDERS_AT = f"""query($v: ID!, $seq: Seq!, $now: Seq!, $after: String) {{ at(asOf: {{seq: $seq}}) {{
  version(id: $v) {{ wrong }}
  affectedTrainingSets(wrong: {{versions: [$v]}}, inclusion: [DIRECT, DERIVED], includeRestored: true,
    knowledgeAt: {{seq: $now}}, first: 1000, after: $after) {{ {SETS} }} }} }}"""
WRONG_IN = f"""query($after: String) {{
  affectedTrainingSets(wrong: {{all: {{kinds: [LABEL]}}}}, includeRestored: true, first: 1000, after: $after)
  {{ pageInfo {{ hasNextPage endCursor }} nodes {{ wrongCount trainingSet {{ {NAMED} }} }} }} }}"""
UPSTREAM = f"""query($v: ID!) {{
  all: lineage(from: [$v], direction: UP, first: 100) {{ totalCount info {{ complete }} nodes {{ {NAMED} }} }}
  images: lineage(from: [$v], direction: UP, keepOnly: {{kinds: [SOURCE]}}, first: 1) {{ totalCount }} }}"""
HOPS = "query($from: ID!, $to: ID!) { paths(from: $from, to: $to, k: 1) { length } }"
DIFFERENCE = f"""query($a: ID!, $b: ID!, $split: String!) {{ trainingSetDiff(a: $a, b: $b) {{
  added: versionsAdded(split: $split, first: 100) {{ totalCount nodes {{ version {{ {NAMED} }} }} }}
  removed: versionsRemoved(split: $split, first: 100) {{ totalCount nodes {{ version {{ {NAMED} }} }} }} }} }}"""
COMMITS = """query($after: Seq) { commits(first: 1000, after: $after) {
  pageInfo { hasNextPage } nodes { seq versions(first: 1) { totalCount } } } }"""
COMMIT = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { commit { seq } } }"
PUT = "mutation($input: PutVersionInput!) { putVersion(input: $input) { version { id } } }"


class Stemma(HttpWriter):
    name = "stemma"

    def __init__(self, data: Path, store: Path, binary: Path, name: str = "stemma"):
        super().__init__(data, store)
        self.name = name
        self.binary, self.process = binary.resolve(), None
        self.versions = Versions(data)

    def version(self):
        said = self._run("--version").stdout.strip()
        return f"{said}, GraphQL over HTTP"

    def prepare(self):
        # The import file takes the place of the peers' CSV files, whose making is not timed either.
        self.file = self.data / "stemma.ndjson"
        if not is_newer(self.file, "gen.py", "convert.py", "tables.py"):
            part = self.file.with_suffix(".part")
            convert(self.data, part)
            part.rename(self.file)

    def load(self):
        done = self._run("import", self.file, "--data", self.store)
        if done.returncode:
            raise Unavailable(f"stemma import failed: {done.stderr.strip()[-500:]}")

    def connect(self):
        pass

    def serve(self):
        started = time.perf_counter()
        with open(self.store.parent / f"{self.name}.log", "w") as log:
            command = [self.binary, "serve", "--data", self.store, "--listen", "127.0.0.1:0", "--log", "warn"]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment(), cwd="/")
        for line in self.process.stdout:
            if ready := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(ready[1])
                break
        else:
            raise Unavailable(f"stemma serve ended; see {self.store.parent / 'stemma.log'}")
        self.start_s = time.perf_counter() - started
        self.client = Client(self.host, self.port)
        self.seqs, self.made = self._commits()

    def _commits(self) -> tuple[list[int], list[int]]:
        """The seqs, and how many of the workload's versions there were after each."""
        seqs, made, more, after = [0], [0], True, None
        while more:
            page = self.client.ask(COMMITS, after=after)["commits"]
            for commit in page["nodes"]:
                seqs.append(int(commit["seq"]))
                made.append(made[-1] + commit["versions"]["totalCount"])
            after, more = str(seqs[-1]), page["pageInfo"]["hasNextPage"]
        whole = made.index(len(self.versions)) if len(self.versions) in made else None
        if whole is None:
            raise Unavailable(f"the import made {made[-1]} versions of {len(self.versions)}")
        while whole + 1 < len(made) and made[whole + 1] == made[whole]:
            whole += 1
        # What an earlier run wrote after the import is no part of the workload.
        return seqs[:whole + 1], made[:whole + 1]

    def moment(self, time: int) -> tuple[int, int]:
        """The last seq whose versions are all at or before a time of the workload, and the time of the last of them."""
        place = 0
        for at, made in enumerate(self.made):
            if made == 0 or self.versions.ts[made - 1] <= time:
                place = at
        made = self.made[place]
        return self.seqs[place], self.versions.ts[made - 1] if made else self.versions.ts[0] - 1

    def ref(self, version: int) -> str:
        return version_ref(self.versions, version)

    def id(self, version: dict) -> int:
        return self.versions[version["item"]["key"], version["number"]]

    def q1(self, version):
        found = self.client.ask(VERSION, v=self.ref(version))["version"]
        key = found["item"]["key"]
        item = int(key[-8:])
        sources = [[self.id(edge["source"]), EDGE.index(edge["role"])] for edge in found["sources"]["nodes"]]
        pins = (found["members"] or {"nodes": []})["nodes"]
        sources += [[self.id(pin["version"]), INCLUDES if pin["split"] == INCLUDED else MEMBER] for pin in pins]
        before = self.versions[key, found["parent"]["number"]] if found["parent"] else None
        return [self.id(found), item, KIND.index(key[:-9]), found["number"], found["attributes"]["created_at"], before,
                sorted(sources), sorted(tag["name"] for tag in found["tags"])]

    def q2(self, item):
        kind = self.versions.kind[self.versions.of_item[item][0]]
        found = self.client.ask(HISTORY, i=item_ref(item, kind))["item"]["history"]["nodes"]
        key = f"{KIND[kind]}-{item:08d}"
        return [[self.versions[key, node["number"]], node["number"], node["attributes"]["created_at"]] for node in found]

    def q3(self, version):
        ask = lambda after: self.client.ask(HOLDERS, v=self.ref(version), after=after)["affectedTrainingSets"]
        return self._sets(ask)

    def q3b(self, _):
        held, after, more = [], None, True
        while more:
            page = self.client.ask(WRONG_IN, after=after)["affectedTrainingSets"]
            held += [[self.id(node["trainingSet"]), node["wrongCount"]] for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        return sorted(held)

    def q4(self, version):
        found = self.client.ask(UPSTREAM, v=self.ref(version))
        if not found["all"]["info"]["complete"]:
            raise RuntimeError("the closure is larger than one request may visit")
        page = [self.id(node) for node in found["all"]["nodes"]]
        return [found["all"]["totalCount"], found["images"]["totalCount"], page]

    def q5(self, ends):
        return self.client.ask(HOPS, **{"from": self.ref(ends[0]), "to": self.ref(ends[1])})["paths"][0]["length"]

    def q6(self, asked):
        version, _, seq = asked
        wrong = []

        def ask(after):
            then = self.client.ask(HOLDERS_AT, v=self.ref(version), seq=str(seq), now=str(self.seqs[-1]), after=after)["at"]
            wrong.append(then["version"]["wrong"])
            return then["affectedTrainingSets"]
        try:
            return [self._sets(ask), *wrong[:1]]
        except Refused as refused:
            if refused.reason != "NOT_FOUND":
                raise
            return [[], False]      # It did not exist yet, which stemma says and SQL does not.

    def _sets(self, ask) -> list[int]:
        found, after, more = [], None, True
        while more:
            page = ask(after)
            found += [self.id(node["trainingSet"]) for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        return sorted(found)

    def q7(self, sets):
        found = self.client.ask(DIFFERENCE, a=self.ref(sets[0]), b=self.ref(sets[1]), split=TRAIN)["trainingSetDiff"]
        page = lambda side: [self.id(pin["version"]) for pin in found[side]["nodes"]]
        count = lambda side: found[side]["totalCount"]
        return [count("added"), count("removed"), page("added"), page("removed")]

    def put(self, written) -> dict:
        version, edges, tags = written
        return {
            "item": {"namespace": NAMESPACE, "kind": "LABEL", "key": f"w-{version[0]}"},
            "attributes": {"hash": version[6], "bytes": version[7], "created_at": version[4]},
            "sources": [{"version": self.ref(target), "role": EDGE[kind]} for _, target, kind in edges],
            "tags": [tag[1] for tag in tags],
        }

    def body(self, batch):
        if len(batch) == 1:
            return request(PUT, {"input": self.put(batch[0])})
        return request(COMMIT, {"changes": [{"putVersion": self.put(written)} for written in batch]})

    def write(self, batch):
        self.client.post(self.body(batch))

    def disk(self):
        return folder_bytes(self.store, leave_out="blobs")

    def rss(self):
        return peak_rss(self.process.pid)

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def _run(self, *arguments) -> subprocess.CompletedProcess:
        command = [self.binary, *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment(), cwd="/")


def environment() -> dict:
    """Without settings that somebody made for another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("STEMMA_")}
