"""What the store holds: photos, labels made from them, crops made from the labels, sets of crops in two versions each, and
models, evaluations and deployments of the sets."""

SET = 5_000
ONTOLOGY = "mixed/ONTOLOGY/classes"


def records(versions: int):
    """About so many versions, as records of an import."""
    yield {"type": "version", "item": ONTOLOGY, "attributes": {"classes": [f"class {n}" for n in range(200)]}}
    places = versions // 3
    for n in range(places):
        photo, label = f"mixed/SOURCE/{n}", f"mixed/LABEL/{n}"
        yield {"type": "version", "item": photo, "attributes": {"camera": f"north {n % 40}", "taken": n}}
        yield {"type": "version", "item": label, "ontology": ONTOLOGY, "attributes": {"class": f"class {n % 200}"},
               "sources": [{"version": photo, "role": "LABELS"}], **({"tags": ["use:roofs"]} if n % 1_000 == 0 else {})}
        yield {"type": "version", "item": f"mixed/DERIVED/{n}", "attributes": {"crop": [n % 7, n % 9]},
               "activity": {"name": "crop", "parameters": {"size": 224}},
               "sources": [{"version": label, "role": "INPUT"}]}
    for number, first in enumerate(range(0, places, SET)):
        here = range(first, min(first + SET, places))
        item = f"mixed/TRAINING_SET/{number}"
        splits = ["TRAIN", "TRAIN", "TRAIN", "TEST"]
        members = [{"version": f"mixed/DERIVED/{n}", "split": splits[n % 4]} for n in here]
        yield {"type": "training_set", "item": item, "members": members[:-50]}
        yield {"type": "training_set", "item": item, "members": members[50:]}
        yield {"type": "tag", "name": "production", "version": f"{item}#2", "alias": True}
        model = f"mixed/MODEL/{number}"
        yield {"type": "version", "item": model, "sources": [{"version": f"{item}#2", "role": "TRAINED_ON"}]}
        for kind in ["EVALUATION", "DEPLOYMENT"]:
            yield {"type": "version", "item": f"mixed/{kind}/{number}", "sources": [{"version": model, "role": "INPUT"}]}


def labels(versions: int) -> int:
    """How many labels there are."""
    return versions // 3


def correction(n: int) -> dict:
    """The input of a correction of a label, whose first version is not corrected by another number."""
    return {"version": f"mixed/LABEL/{n}#1", "attributes": {"class": f"corrected {n}"}, "reason": f"label {n} was wrong"}


DASHBOARD = [
    "{ view { seq time } items(filter: {kinds: [LABEL], wrong: false}, first: 20) { nodes { key head { attributes author } } } }",
    """{ affectedTrainingSets(wrong: {commit: "CAMPAIGN"}, onlyHeads: true, first: 20) { totalCount nodes {
         affectedCount memberCount fixedIn { number } bySplit { split affectedCount } trainingSet { item { key } } } } }""",
    """{ item(id: "mixed/TRAINING_SET/1") { key head { number memberCount freshness { fresh wrongCount } tags { name } } } }""",
    """{ lineage(from: ["mixed/MODEL/1"], direction: UP, first: 50) { totalCount nodes { number item { key kind } } } }""",
    """{ commits(first: 20) { nodes { seq time author message } } tags(first: 20) { nodes { name version { id } } } }""",
    """{ trainingSetsContaining(items: ["mixed/LABEL/7"], first: 20) { nodes { trainingSet { number item { key } } } } }""",
]

CAMPAIGN = """{ campaign(commit: "CAMPAIGN") { sets(first: 50) { totalCount nodes { status item { key } } }
  staleDeployments(first: 50) { totalCount nodes { deployment { item { key } } } } }
  lineageSummary(from: ["mixed/ONTOLOGY/classes"], direction: DOWN, groupBy: [KIND, DEPTH]) { groups(first: 20) { nodes { kind depth } } }
  leakage(a: "mixed/TRAINING_SET/0", b: "mixed/TRAINING_SET/1", first: 5) { totalCount } }"""
