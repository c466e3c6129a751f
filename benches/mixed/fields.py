"""Every field of the schema, each in a request of its own, found by asking the server what there is."""

INTROSPECTION = """{ __schema { queryType { name } types { kind name fields { name type { ...T }
  args { name defaultValue type { ...T } } } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } }"""

SETS = 'a: "mixed/TRAINING_SET/1#1", b: "mixed/TRAINING_SET/1#2"'
# By `Type.field`, else by the name of the argument.
ARGUMENTS = {
    "Query.item": 'id: "mixed/LABEL/7"',
    "Query.items": "filter: {kinds: [LABEL]}, first: 2",
    "Query.version": 'id: "mixed/TRAINING_SET/1#1"',
    "Query.node": 'id: "CAMPAIGN"',
    "Query.nodes": 'ids: ["CAMPAIGN"]',
    "Query.resolve": 'ref: "mixed/DERIVED/7"',
    "Query.tagHistory": 'namespace: "mixed", name: "production", first: 2',
    "Query.itemStates": 'items: ["mixed/LABEL/7", "mixed/DERIVED/7"]',
    "Query.statements": "filter: {itemKinds: [LABEL]}, first: 2",
    "Query.trainingSetsContaining": 'items: ["mixed/LABEL/7"], first: 2',
    "Query.trainingSetDiff": SETS,
    "Query.leakage": f"{SETS}, first: 2",
    "Query.commonAncestors": f"{SETS}, first: 2",
    "Query.lineageDiff": SETS,
    "Query.lineageGraph": 'from: ["mixed/MODEL/1"], direction: UP, foldAbove: 2',
    "Query.lineageSummary": 'from: ["mixed/MODEL/1"], direction: UP, groupBy: [KIND, ROLE, TAG, DEPTH]',
    "Query.paths": 'from: "mixed/SOURCE/7", to: "mixed/MODEL/0"',
    "Query.pathsBetween": 'from: "mixed/SOURCE/7", to: "mixed/MODEL/0"',
    "first": "2",
    "asOf": '{seq: "SEQ"}',
    "wrong": '{commit: "CAMPAIGN"}',
    "commit": '"CAMPAIGN"',
    "seq": '"SEQ"',
    "fromSeq": '"BEFORE"',
    "from": '["mixed/MODEL/1"]',
    "to": '["mixed/SOURCE/7"]',
    "direction": "UP",
    "digest": '"b3:' + 64 * "0" + '"',
}


def named(kind: dict) -> str:
    while kind.get("ofType"):
        kind = kind["ofType"]
    return kind["name"]


class Fields:
    def __init__(self, ask, names: dict):
        """`ask` runs a query and gives the whole answer; `names` are what the requests call the campaign's commit."""
        schema = ask(INTROSPECTION)["data"]["__schema"]
        self.ask, self.names, self.root = ask, names, schema["queryType"]["name"]
        self.types = {one["name"]: one for one in schema["types"]}
        self.requests, self.left_out = [], []
        self.find()

    def given(self, kind: str, field: dict) -> str | None:
        """The field with its arguments; none if one of them has no value here."""
        whole = ARGUMENTS.get(f"{'Query' if kind == 'Moment' else kind}.{field['name']}")
        if whole is None:
            wanted = [one for one in field["args"] if one["name"] == "first" or
                      (one["type"]["kind"] == "NON_NULL" and one["defaultValue"] is None)]
            if any(one["name"] not in ARGUMENTS for one in wanted):
                return None
            whole = ", ".join(f"{one['name']}: {ARGUMENTS[one['name']]}" for one in wanted)
        for name, value in self.names.items():
            whole = whole.replace(name, value)
        return f"{field['name']}({whole})" if whole else field["name"]

    def find(self) -> None:
        """Goes from type to type, along fields that lead to an object."""
        ways, met = [(self.root, "{ ", " }")], {self.root}
        for kind, begin, end in ways:
            for field in self.types[kind]["fields"]:
                text, inner = self.given(kind, field), self.types[named(field["type"])]
                if text is None:
                    self.left_out.append(f"{kind}.{field['name']}")
                    continue
                leaf = inner["kind"] in ("SCALAR", "ENUM")
                request = f"{begin}{text}{'' if leaf else ' { __typename }'}{end}"
                self.requests.append(request)
                if inner["kind"] == "OBJECT" and inner["name"] not in met and holds(self.ask(request).get("data"), inner["name"]):
                    met.add(inner["name"])
                    ways.append((inner["name"], f"{begin}{text} {{ ", f" }}{end}"))


def holds(answer, kind: str) -> bool:
    if isinstance(answer, dict):
        return answer.get("__typename") == kind or any(holds(value, kind) for value in answer.values())
    return isinstance(answer, list) and any(holds(value, kind) for value in answer)
