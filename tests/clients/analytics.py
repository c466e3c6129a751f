#!/usr/bin/env python3
"""Queries affected sets with DuckDB and Polars over an exported warehouse, and compares every row.

    python analytics.py http://127.0.0.1:8080 WAREHOUSE docs/analytics.md --moments 8

The queries are those of the document, word for word: blocks of SQL that begin with `-- name`, and the Python block that
begins with `# polars`. The exit code is 1 if anything differs.
"""

import argparse
import json
import re
import sys
import urllib.request

import duckdb
import polars

QUESTION = """query ($seq: Seq!, $after: String) { at(asOf: {seq: $seq}) {
  affectedTrainingSets(wrong: {all: {}}, first: 20, after: $after) {
    info { complete } pageInfo { hasNextPage endCursor }
    nodes {
      trainingSet { id: hash } isHead
      members(first: 500) { totalCount nodes {
        pinned { id: hash } wrong { id: hash } split inclusion status staleAtBuild fixedIn { number } statement { kind reason }
      } }
      consumers(first: 200) { totalCount nodes { id: hash } }
      tags { name }
    }
  }
} }"""


def ask(url, **variables):
    body = json.dumps({"query": QUESTION, "variables": variables}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"content-type": "application/json"})
    answer = json.load(urllib.request.urlopen(request, timeout=120))
    if answer.get("errors"):
        raise SystemExit(f"the server refused: {answer['errors'][0]['message']}")
    return answer["data"]["at"]["affectedTrainingSets"]


def served(url, seq):
    """Returns the server's rows, and the consumers and tags of each set in them."""
    rows, consumers, tags, after = set(), {}, {}, None
    while True:
        page = ask(url, seq=str(seq), after=after)
        assert page["info"]["complete"], "the server's answer is incomplete"
        for node in page["nodes"]:
            name = node["trainingSet"]["id"]
            for part in ("members", "consumers"):
                assert node[part]["totalCount"] == len(node[part]["nodes"]), f"more {part} than one page of this test"
            for row in node["members"]["nodes"]:
                fixed = row["fixedIn"] and row["fixedIn"]["number"]
                said = row["statement"]
                rows.add((name, row["pinned"]["id"], row["wrong"]["id"], row["split"], row["inclusion"], row["status"],
                          row["staleAtBuild"], fixed, node["isHead"], said["kind"], said["reason"]))  # fmt: skip
            consumers[name] = {consumer["id"] for consumer in node["consumers"]["nodes"]}
            tags[name] = {tag["name"] for tag in node["tags"]}
        if not page["pageInfo"]["hasNextPage"]:
            return rows, consumers, tags
        after = page["pageInfo"]["endCursor"]


def blocks(document):
    """Returns the code blocks of the document, by the name in their first line."""
    found = {}
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", document, re.DOTALL | re.MULTILINE):
        first, _, rest = text.partition("\n")
        if language in ("sql", "python") and first[:2] in ("--", "# "):
            found[first.lstrip("-# ")] = rest
    return found


def statements(text):
    return [statement for statement in text.split(";\n") if statement.strip()]


class Duck:
    def __init__(self, warehouse, code):
        self.code = code
        self.connection = duckdb.connect()
        for statement in statements(code["setup"]):
            self.connection.execute(statement.replace("'warehouse/", f"'{warehouse}/"))

    def answer(self, seq):
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW moment AS SELECT {seq} AS seq")
        for name in ("views", "reach"):
            for statement in statements(self.code[name]):
                self.connection.execute(statement)
        answered = self.connection.execute(self.code["answer"])
        names = [column[0] for column in answered.description]
        wanted = ["training_set_id", "member_id", "wrong_id", "split", "inclusion", "status", "stale_at_build", "fixed_in",
                  "is_head", "cause", "reason"]  # fmt: skip
        places = [names.index(name) for name in wanted]
        rows = [tuple(row[place] for place in places) for row in answered.fetchall()]
        assert len(set(rows)) == len(rows), "DuckDB gives a row twice"
        consumers = self.connection.execute(self.code["consumers"]).fetchall()
        tags = self.connection.execute(self.code["tags"]).fetchall()
        return set(rows), grouped(consumers), grouped(tags)


def grouped(rows):
    found = {}
    for name, value, *_ in rows:
        found.setdefault(name, set()).add(value)
    return found


def polar(warehouse, code, seq):
    scope = {}
    exec(compile(code["polars"], "docs/analytics.md", "exec"), scope)
    rows = scope["affected"](warehouse, seq)
    names = ["training_set_id", "member_id", "wrong_id", "split", "inclusion", "status", "stale_at_build", "fixed_in", "is_head"]
    rows = rows.select(names).rows()
    assert len(set(rows)) == len(rows), "Polars gives a row twice"
    return set(rows)


def compare(what, seq, found, wanted):
    for row in sorted(found - wanted, key=str)[:5]:
        print(f"at seq {seq}: {what} has {row}, and the server has not")
    for row in sorted(wanted - found, key=str)[:5]:
        print(f"at seq {seq}: the server has {row}, and {what} has not")
    return found == wanted


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("warehouse")
    parser.add_argument("document")
    parser.add_argument("--moments", type=int, default=8, help="at how many seqs to ask, the last included")
    options = parser.parse_args()
    code = blocks(open(options.document, encoding="utf-8").read())
    last = json.load(open(f"{options.warehouse}/manifest.json"))["seq"]
    count = min(options.moments, last)
    seqs = sorted({last - last * step // count for step in range(count)})
    duck, rows, good, inclusions = Duck(options.warehouse, code), 0, True, set()
    for seq in seqs:
        wanted, consumers, tags = served(options.url, seq)
        rows += len(wanted)
        inclusions |= {row[4] for row in wanted}
        found, made, tagged = duck.answer(seq)
        good &= compare("DuckDB", seq, found, wanted)
        for name in consumers:
            good &= compare(f"DuckDB, consumers of {name}", seq, made.get(name, set()), consumers[name])
            good &= compare(f"DuckDB, tags of {name}", seq, tagged.get(name, set()), tags[name])
        good &= compare("Polars", seq, polar(options.warehouse, code, seq), {row[:9] for row in wanted})
    versions = f"DuckDB {duckdb.__version__}, Polars {polars.__version__}"
    kinds = ", ".join(sorted(inclusions))
    print(f"{versions}: {rows} rows ({kinds}) at {len(seqs)} moments; {'all agree' if good else 'they differ'}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
