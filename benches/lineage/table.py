"""The results as Markdown."""
from peers.base import QUESTIONS
from targets import TARGETS, judge

TITLES = {
    "q0": "Q0 the cheapest query: what the client, HTTP and GraphQL cost",
    "q1": "Q1 a version, its sources, its tags",
    "q2": "Q2 the history of an item",
    "q3": "Q3 the sets that hold a wrong label",
    "q3b": "Q3b all sets that hold wrong labels, and how many",
    "q4": "Q4 everything upstream: count, images, a page",
    "q5": "Q5 the shortest way from an image to a model",
    "q6": "Q6 as Q3, at an earlier moment",
    "q7": "Q7 what differs between two versions of a set",
}


def duration(us: float) -> str:
    if us < 1:
        return f"{us * 1e3:.0f} ns"
    if us < 1e3:
        return f"{us:.3g} µs"
    return f"{us / 1e3:.3g} ms" if us < 1e6 else f"{us / 1e6:.3g} s"


def megabytes(size: int | None) -> str:
    return "–" if size is None else f"{size / 1e6:.1f}" if size < 1e8 else f"{size / 1e6:.0f}"


def table(head: list[str], body: list[list[str]]) -> list[str]:
    rule = ["---"] * len(head)
    return ["| " + " | ".join(row) + " |" for row in [head, rule, *body]]


def markdown(results: dict) -> str:
    peers = results["peers"]
    parts = [f"# Lineage benchmark: {results['size']}", "", *machine(results), "", *answers(results), ""]
    for question in QUESTIONS:
        rows = [row(name, found[question], ratio(peers, question, name)) for name, found in peers.items() if question in found]
        if rows:
            parts += [f"## {TITLES[question]}", "", *table(["peer", "p50", "p99", "n", "p50 to stemma's", "noise"], rows), ""]
    parts += ["## Writing", "", *writing(peers), "", "## Load, disk, memory", "", *facts(peers), ""]
    parts += ["## Asked and reached", "", *asked(results), ""]
    return "\n".join(parts)


def machine(results: dict) -> list[str]:
    m = results["machine"]
    made = results["workload"]
    return [f"{made['versions']:,} versions, {made['edges']:,} edges, {made['labels_superseded']:,} wrong labels, "
            f"{made['set_sizes']['count']} set versions of up to {made['set_sizes']['max']:,} members; seed {made['seed']}.",
            "",
            f"{m['cpu']}, {m['cores']} cores, {m['ram_gib']:.0f} GiB, {m['system']}. "
            f"Load average {m['load_start']:.1f} at the start, {m['load_end']:.1f} at the end. {results['date']}.",
            "",
            "Ratios are of medians of one run in which all peers took turns. `noise` is the slowest third's median by the fastest "
            "third's: a ratio nearer to 1 than that says nothing."]


def answers(results: dict) -> list[str]:
    wrong, errors = results["differences"], results["errors"]
    lines = [f"Answers compared with the reference: {results['compared']:,}, **{len(wrong):,} differ**."]
    lines += [f"- differs: {text}" for text in wrong[:10]]
    lines += [f"- failed: {text}" for text in errors]
    return lines + [f"- skipped: {name}: {reason}" for name, reason in results["skipped"].items()]


def ratio(peers: dict, question: str, name: str) -> str:
    ours, theirs = (peers.get(peer, {}).get(question, {}).get("p50_us") for peer in ("stemma", name))
    return "–" if not ours or not theirs else f"{theirs / ours:.3g}"


def row(name: str, found: dict, to_stemma: str) -> list[str]:
    if "error" in found:
        return [name, "failed", "", "", "", ""]
    return [name, duration(found["p50_us"]), duration(found["p99_us"]), str(found["n"]), to_stemma, f"{found['noise']:.2f}"]


def writing(peers: dict) -> list[str]:
    head = ["peer", "W1 versions/s (1,000 a commit)", "W2 p50", "W2 p99", "W2 16 clients, writes/s"]
    body = []
    for name, found in peers.items():
        one, many = found.get("w2", {}), found.get("w2_16", {})
        if "w1" not in found:
            continue
        lost = f" ({many['errors']} refused)" if many.get("errors") else ""
        body.append([name, f"{found['w1'].get('versions_per_s', 0):,.0f}",
                     duration(one["p50_us"]) if "p50_us" in one else "failed",
                     duration(one["p99_us"]) if "p99_us" in one else "", f"{many.get('per_s', 0):,.0f}{lost}"])
    return table(head, body) if body else ["Not measured."]


def facts(peers: dict) -> list[str]:
    body = []
    for name, found in peers.items():
        about = found["facts"]
        load = f"{about['load_s']:.1f}" if about["load_s"] is not None else "–"
        body.append([name, about["version"], load, megabytes(about["disk"]), megabytes(about["rss"])])
    return table(["peer", "what", "load s", "disk MB", "peak RSS MB"], body)


def asked(results: dict) -> list[str]:
    body = []
    for target in TARGETS:
        reached, verdict = judge(target, results)
        if target.ours[0] not in results["peers"]:
            continue
        number = "–" if reached is None else f"{reached / 2**30:.2f} GiB" if target.theirs is None else f"{reached:.3g}"
        body.append([target.what, target.text(), number, verdict])
    return table(["what", "asked", "reached", "met"], body)
