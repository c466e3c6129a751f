#!/usr/bin/env python3
"""How fast a running server answers over HTTP, with one keep-alive connection. Standard library only.

    cargo build --release
    target/release/stemma demo --no-serve --data /tmp/bench && target/release/stemma serve --data /tmp/bench &
    python3 benches/over_http/run.py http://127.0.0.1:8080

Asks on the demo's data: the main question for one label, one durable write, a commit of 1,000 versions with 2,000
derivations. Beside them, in the same run: the cheapest query (`view`), and a durable write of 200 bytes by this script
into the system's temporary directory (write, fsync), as the baselines. Prints p50, p99 and ratios to the baselines.
It writes into the namespace `bench` of the server it is pointed at.
"""
import http.client
import json
import os
import sys
import tempfile
import time
import urllib.parse

MAIN = """query($label: ID!) { affectedTrainingSets(wrong: {items: [$label]}) { totalCount nodes {
  trainingSet { id number item { key } } isHead affectedCount memberCount staleAtBuild fixedIn { number }
  members(first: 5) { nodes { pinned { id attributes } replacement { attributes } status statement { kind reason } } }
} } }"""
WRITE = """mutation($key: String!, $n: Int!) { putVersion(input: {item: {namespace: "bench", kind: LABEL, key: $key}
  attributes: {class: 1, n: $n}}) { version { id } } }"""
COMMIT = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { commit { seq } } }"


class Client:
    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)

    def ask(self, query, **variables):
        body = json.dumps({"query": query, "variables": variables})
        self.connection.request("POST", "/graphql", body, {"content-type": "application/json"})
        answer = json.loads(self.connection.getresponse().read())
        if answer.get("errors"):
            raise SystemExit(f"the server refused: {answer['errors'][0]['message']}")
        return answer["data"]


def times(count, action):
    taken = []
    for n in range(count):
        start = time.perf_counter()
        action(n)
        taken.append((time.perf_counter() - start) * 1e3)
    return sorted(taken)


def fsync_once(path):
    with open(path, "ab") as file:
        file.write(b"x" * 200)
        file.flush()
        os.fsync(file.fileno())


def changes(run, n):
    def version(place):
        sources = [{"version": f"@v{place - back}"} for back in (1, 2) if place >= back]
        return {"putVersion": {"as": f"v{place}", "sources": sources, "attributes": {"class": place % 10},
                "item": {"namespace": "bench", "kind": "DERIVED", "key": f"{run}/{n}/{place}"}}}
    return [version(place) for place in range(1000)]


def main():
    client = Client(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
    run = time.time_ns()
    if client.ask('{ resolve(ref: "mnist/LABEL/test/00947") { id } }') is None:
        raise SystemExit("load the demo first: stemma demo --no-serve")
    with tempfile.NamedTemporaryFile() as file:
        # Interleaved by rounds, so that a busy moment hits all of them.
        rows = {name: [] for name in ("view", "main question, one label", "fsync of 200 bytes", "one durable write")}
        for round_ in range(10):
            rows["view"] += times(50, lambda n: client.ask("{ view { seq } }"))
            rows["main question, one label"] += times(50, lambda n: client.ask(MAIN, label="mnist/LABEL/test/00947"))
            rows["fsync of 200 bytes"] += times(20, lambda n: fsync_once(file.name))
            rows["one durable write"] += times(20, lambda n: client.ask(WRITE, key=f"{run}/{round_}/{n}", n=n))
    rows["commit of 1,000 versions"] = times(10, lambda n: client.ask(COMMIT, changes=changes(run, n)))
    base = {"main question, one label": "view", "one durable write": "fsync of 200 bytes"}
    print(f"{'':28} {'p50 ms':>9} {'p99 ms':>9}  ratio of p50")
    for name, taken in rows.items():
        taken.sort()
        p50, p99 = taken[len(taken) // 2], taken[min(len(taken) - 1, len(taken) * 99 // 100)]
        other = base.get(name)
        ratio = f"{p50 / rows[other][len(rows[other]) // 2]:.1f} x {other}" if other else ""
        if name.startswith("commit"):
            ratio = f"{1000 / p50 * 1000:,.0f} versions/s"
        print(f"{name:28} {p50:9.2f} {p99:9.2f}  {ratio}")


main()
