#!/usr/bin/env python3
"""Compares the affected sets of a running stemma server with an independent computation.

    python oracle.py http://127.0.0.1:8080 --worlds 200 --seed 1

Each world is a small random history in a separate namespace, written through GraphQL: labels,
crops, bundles, class lists, training sets in all three forms, models, corrections, retractions,
reinstatements, rollbacks, tags, refreshes and derivations that are asserted later. This program
also keeps its own log, and answers `affectedTrainingSets` from that log by plain loops: nothing is
indexed, and "as of seq S" means that the log is read up to S. Then every row of the server's answer
is compared, at several seqs and with random arguments.

Only the standard library is needed. The exit code is 1 if anything differs; the world is then
printed with the seed that reproduces it.
"""

import argparse
import http.client
import json
import random
import sys
import time
import urllib.parse
from collections import deque

MODELISH = ("MODEL", "TRAINING_SET")
CONSUMERS = ("MODEL", "EVALUATION", "DEPLOYMENT")
INCLUSIONS = ["SELF", "DIRECT", "DERIVED", "COARSE", "Z"]
LIST_CHANGES = ("MERGE", "SPLIT", "REDEFINE")
CLASS_CHANGES = {"RENAME": (1, 1), "MERGE": (2, 1), "SPLIT": (1, 2), "REDEFINE": (1, 0)}  # classes in `from`, in `to`
# BLAKE3 is not in the standard library, so the two payloads have constant digests.
PAYLOADS = {
    "b3:d33fb48ab5adff269ae172b29a6913ff04f6f266207a7a8e976f2ecd571d4492": b"one",
    "b3:dc770fff53f50835f8cc957e01c0d5731d3c2ed544c375493a28c09be5e09763": b"two",
}


# ---------------------------------------------------------------------------------------------------------------------
# The server


class Server:
    """One kept-alive connection to /graphql."""

    def __init__(self, url, token=None):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port or 80)
        self.headers = {"content-type": "application/json", "accept": "application/json"}
        if token:
            self.headers["authorization"] = f"Bearer {token}"
        self.connection = None
        self.requests = 0

    def post(self, body):
        data = json.dumps(body)
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(*self.address, timeout=120)
            try:
                self.connection.request("POST", "/graphql", data, self.headers)
                answer = self.connection.getresponse().read()
                self.requests += 1
                return json.loads(answer)
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
                if attempt == 2:
                    raise

    def put_blob(self, digest, data):
        connection = http.client.HTTPConnection(*self.address, timeout=120)
        headers = {k: v for k, v in self.headers.items() if k == "authorization"}
        connection.request("PUT", f"/blobs/{digest}", data, headers)
        answer = connection.getresponse()
        if answer.status not in (200, 201):
            raise SystemExit(f"PUT /blobs: {answer.status} {answer.read()[:200]}")
        connection.close()

    def ask(self, query, **variables):
        answer = self.post({"query": query, "variables": variables})
        if answer.get("errors"):
            raise Refused(answer["errors"][0])
        return answer["data"]

    def batch(self, requests):
        """Returns answers to many (query, variables), ten per request."""
        answers = []
        for start in range(0, len(requests), 10):
            body = [{"query": query, "variables": variables} for query, variables in requests[start : start + 10]]
            answers += self.post(body)
        return answers


class Refused(Exception):
    def __init__(self, error):
        extensions = error.get("extensions", {})
        self.reason = extensions.get("reason") or extensions.get("code")
        super().__init__(f"{self.reason}: {error['message']}")


# ---------------------------------------------------------------------------------------------------------------------
# The log


class Version:
    def __init__(self, item, number, parent, content, seq, order):
        self.item, self.number, self.parent, self.content, self.seq, self.order = item, number, parent, content, seq, order
        self.id = None

    kind = property(lambda self: self.item[1])

    def __repr__(self):
        return f"{'/'.join(self.item)}#{self.number}"


class Content:
    """The content of a version: equal for two versions of an item that differ only in their parents."""

    def __init__(self, attributes=None, payload=None, media=None, sources=(), ontology=None, members=None, complete=True, changes=()):
        self.attributes = attributes or {}
        self.payload, self.media = payload, media
        self.sources = frozenset(sources)  # (role, version)
        self.ontology = ontology
        self.members = members  # {version: (split, weight)}, sets only
        self.complete = complete
        self.changes = changes  # class lists only: ((kind, (class, …), (class, …) or None), …): from, to; None without a `to`

    def key(self):
        return (
            json.dumps(self.attributes, sort_keys=True),
            (self.payload, self.media),
            frozenset((role, id(version)) for role, version in self.sources),
            id(self.ontology) if self.ontology else None,
            None if self.members is None else frozenset((id(v), how) for v, how in self.members.items()),
            self.complete,
            frozenset(self.changes),
        )

    def but(self, **changes):
        fields = {
            "attributes": self.attributes, "payload": self.payload, "media": self.media, "sources": self.sources,
            "ontology": self.ontology, "members": self.members, "complete": self.complete, "changes": self.changes,
        }  # fmt: skip
        return Content(**{**fields, **changes})


class Statement:
    def __init__(self, kind, version, by, reason, seq):
        self.kind, self.version, self.by, self.reason, self.seq = kind, version, by, reason, seq


class Log:
    """Everything that was written, in order. Queries take the seq at which they read."""

    def __init__(self):
        self.versions, self.statements, self.tags, self.asserted = [], [], [], []
        self.commits = [0]

    # Writing: each returns (what was made or found, true if it was made). `seq` is that of the
    # current commit.

    def history(self, item, seq):
        return [v for v in self.versions if v.item == item and v.seq <= seq]

    def head(self, item, seq):
        history = self.history(item, seq)
        return history[-1] if history else None

    def put(self, item, content, seq, parent=None):
        parent = parent or self.head(item, seq)
        if parent and parent.content.key() == content.key():
            return parent, False
        for version in self.history(item, seq):
            if version.parent is parent and version.content.key() == content.key():
                return version, False
        version = Version(item, len(self.history(item, seq)) + 1, parent, content, seq, len(self.versions))
        self.versions.append(version)
        return version, True

    def said(self, kind, version, content, reason):
        """Returns the newest statement with this content, even if there are newer ones about the version."""
        for s in reversed(self.statements):
            right = None if s.by is None else s.by.content.key()
            if (s.version, s.kind, s.reason, right) == (version, kind, reason, content and content.key()):
                return s
        return None

    def answer(self, said):
        """Returns the newest statement about the same version, if it is another and says something else."""
        last = next(s for s in reversed(self.statements) if s.version is said.version)
        says = lambda s: (s.kind, s.by and s.by.content.key())  # noqa: E731
        return None if says(last) == says(said) else last

    def say(self, kind, version, reason, seq):
        said = self.said(kind, version, None, reason)
        if said:
            return said, False
        self.statements.append(Statement(kind, version, None, reason, seq))
        return self.statements[-1], True

    def correct(self, version, content, reason, seq):
        content = content.but(changes=())  # a corrected class list does not change classes again
        head = self.head(version.item, seq)
        # The head has the wrong content again: a correction must take effect again.
        returned = self.made_wrong(version, seq) and head is not version and head.content.key() == version.content.key()
        said = self.said("CORRECTS", version, content, reason)
        if said and not returned:
            return said, False
        last = next((s for s in reversed(self.statements) if s.version is version), None)
        if not returned and last and last.kind == "CORRECTS" and last.by.content.key() == content.key():
            better = last.by
        elif head.content.key() == content.key():
            better = head
        else:
            # The result on the wrong version may exist with later versions on top: then it is made
            # on the head.
            left = any(v.parent is version and v.content.key() == content.key() for v in self.history(version.item, seq))
            better, _ = self.put(version.item, content, seq, parent=head if left else version)
        self.statements.append(Statement("CORRECTS", version, better, reason, seq))
        return self.statements[-1], True

    def tag(self, name, version, alias, present, seq):
        holders = self.tagged(name, seq)
        if present:
            if version in holders:
                return False
            if alias:
                for other in holders:
                    if other.item == version.item:
                        self.tags.append((seq, name, other, alias, False))
        elif version not in holders:
            return False
        self.tags.append((seq, name, version, alias, present))
        return True

    def tagged(self, name, seq):
        holders = []
        for at, tag, version, _, present in self.tags:
            if at <= seq and tag == name:
                holders = [v for v in holders if v is not version] + ([version] if present else [])
        return holders

    def tags_of(self, version, seq):
        names = {tag for at, tag, v, _, _ in self.tags if v is version}
        return {name for name in names if version in self.tagged(name, seq)}

    # Reading

    def at(self, seq):
        return [v for v in self.versions if v.seq <= seq]

    def sources(self, version, seq):
        later = {s for d, s, _, at in self.asserted if d is version and at <= seq}
        return {s for _, s in version.content.sources} | later

    def made_wrong(self, version, known):
        """Returns the statement that makes it wrong: the first since it was last reinstated."""
        cause = None
        for statement in self.statements:
            if statement.version is version and statement.seq <= known:
                if statement.kind == "REINSTATES":
                    cause = None
                else:
                    cause = cause or statement
        return cause

    def causes(self, version, known):
        """Returns the kinds of statements against it since it was last reinstated."""
        kinds = set()
        for statement in self.statements:
            if statement.version is version and statement.seq <= known:
                kinds = set() if statement.kind == "REINSTATES" else kinds | {statement.kind}
        return kinds

    def overtaken(self, version, seq):
        """Returns the first version of its class list that made it stale, or None."""
        return next(iter(self.overtaken_by(version, seq)), None)

    def overtaken_by(self, version, seq):
        """Returns all versions of its class list that made it stale and were not undone since.

        The state of a list version is the set of versions whose changes it contains: those of the
        version before and itself, or the state of an earlier version with the same content."""
        mine = version.content.ontology
        if version.kind != "LABEL" or mine is None:
            return []
        used = version.content.attributes.get("class")
        used = list(used) if isinstance(used, list) else [used]
        history, states = self.history(mine.item, seq), []
        for place, v in enumerate(history):
            again = next((p for p in range(place) if history[p].content.key() == v.content.key()), None)
            states.append(states[again] if again is not None else [*(states[-1] if states else []), v])
        start = states[mine.number - 1]
        end = states[-1]
        shared = sum(1 for a, b in zip(start, end) if a is b)
        found = []
        for way, down in [(reversed(start[shared:]), False), (end[shared:], True)]:
            for v in way:
                # The version since which this change has been made, or undone, without
                # interruption.
                since = len(history) - 1
                while since > mine.number and any(s is v for s in states[since - 1]) == down:
                    since -= 1
                changes = v.content.changes
                touched = [c for kind, old, new in changes if kind in LIST_CHANGES for c in (old if down else (*old, *(new or ())))]
                if any(c in used for c in touched) and history[since] not in found:
                    found.append(history[since])
                renames = [(old[0], new[0]) for kind, old, new in changes if kind == "RENAME" and new]
                renames = renames if down else [(new, old) for old, new in renames]
                used = [dict(renames).get(u, u) for u in used]
        return found

    def reach(self, start, seq, through_models):
        """Walks exactly from a version: {version: (steps, previous version)}. A set is reached if it pins what is reached."""
        world = self.at(seq)
        found = {start: (0, None)}
        queue = deque([start])
        while queue:
            x = queue.popleft()
            wall = x.kind in MODELISH and x is not start and not through_models
            for y in world:
                if y in found:
                    continue
                pinned = y.content.members is not None and x in y.content.members
                made = x in self.sources(y, seq) and y.kind != "TRAINING_SET" and not wall
                if pinned or made:
                    found[y] = (found[x][0] + 1, x)
                    queue.append(y)
        return found

    def reach_coarsely(self, start, seq, through_models):
        """Walks as above, also into incomplete sets that were made from what is reached: {version: steps}."""
        world = self.at(seq)
        found = {start: 0}
        queue = deque([start])
        while queue:
            x = queue.popleft()
            wall = x.kind in MODELISH and x is not start and not through_models
            for y in world:
                if y in found:
                    continue
                pinned = y.content.members is not None and x in y.content.members
                made = x in self.sources(y, seq)
                if y.kind == "TRAINING_SET":
                    open_model = x.kind != "MODEL" or x is start or through_models
                    made = made and not y.content.complete and open_model
                else:
                    made = made and not wall
                if pinned or made:
                    found[y] = found[x] + 1
                    queue.append(y)
        return found

    def above(self, version, seq):
        """Returns the versions one edge upstream: sources, and members of a set."""
        return self.sources(version, seq) | set(version.content.members or ())

    def depths(self, starts, seq, up):
        """Returns {version: edges from the nearest start} in one direction, without the starts."""
        world = self.at(seq)
        edges = {v: [] for v in world}
        for below in world:
            for above in self.above(below, seq):
                edges[below if up else above].append(above if up else below)
        found, queue = {v: 0 for v in starts}, deque(starts)
        while queue:
            x = queue.popleft()
            for y in edges[x]:
                if y not in found:
                    found[y] = found[x] + 1
                    queue.append(y)
        return {v: depth for v, depth in found.items() if depth}

    def consumers(self, start, seq):
        """Returns models, evaluations and deployments made from a version, but not through another set."""
        found, queue = set(), deque([start])
        while queue:
            x = queue.popleft()
            for y in self.at(seq):
                if y not in found and y.kind != "TRAINING_SET" and x in self.sources(y, seq):
                    found.add(y)
                    queue.append(y)
        return {v for v in found if v.kind in CONSUMERS}

    def contents(self, training_set):
        """Returns the versions that a set represents: {version: split of the outer pin}, the set's own pins first."""
        found, queue = {}, deque([(training_set, None)])
        while queue:
            s, outer = queue.popleft()
            for m, (split, _) in sorted(s.content.members.items(), key=lambda pin: pin[0].order):
                if m.content.members is not None:
                    queue.append((m, outer or split))
                else:
                    found.setdefault(m, outer or split)
        return found

    def through_sets(self, training_set, fits):
        """Returns the versions that a set pins through a set that matches."""
        found, queue = set(), deque([(training_set, False)])
        while queue:
            s, inside = queue.popleft()
            for m in s.content.members:
                if m.content.members is not None:
                    queue.append((m, inside or fits(m)))
                elif inside:
                    found.add(m)
        return found

    def status(self, version, seq, known):
        head = self.head(version.item, seq)
        if head is version:
            return "RETRACTED"
        same = head.content.key() == version.content.key()
        return "RESTORED" if same and not self.made_wrong(head, known) else "STALE"

    def said_by(self, commit, known):
        """Returns the statements of a commit that make something wrong."""
        return [s for s in self.statements if s.seq == commit <= known and s.kind in ("CORRECTS", "RETRACTS")]

    def holds_good(self, statement, known):
        later = self.statements[self.statements.index(statement) + 1 :]
        return not any(s.kind == "REINSTATES" and s.version is statement.version and s.seq <= known for s in later)

    def asked(self, wrong, seq, known, ontology_stale):
        """Returns the number of given versions that are wrong, and what is not wrong: versions, items, or statements."""
        how, what = wrong

        def bad(v):
            return self.made_wrong(v, known) or (ontology_stale and self.overtaken(v, seq))

        if how == "versions":
            right = [v for v in what if not bad(v)]
        elif how == "items":
            right = [i for i in what if not any(bad(v) for v in self.history(i, seq))]
        elif how == "commit":
            said = [s for s in self.said_by(what, known) if s.version.seq <= seq]
            right = [s for s in said if not self.holds_good(s, known)]
        else:
            right = []
        return len(self.selected(wrong, seq, known, ontology_stale)), right

    def selected(self, wrong, seq, known, ontology_stale):
        """Returns the [(version, statement or None, class list or None)] that a WrongInput selects."""
        found = []
        for v in self.at(seq):
            cause = self.made_wrong(v, known)
            classes = self.overtaken(v, seq) if ontology_stale and not cause else None
            if not cause and not classes:
                continue
            how, what = wrong
            if how == "versions":
                fits = v in what
            elif how == "items":
                fits = v.item in what
            elif how == "commit":
                # A statement that was withdrawn and repeated by another commit does not belong to
                # this one.
                said = any(s.version is v and self.holds_good(s, known) for s in self.said_by(what, known))
                fits = said if cause else any(c.seq == what for c in self.overtaken_by(v, seq))
            else:
                at = cause.seq if cause else classes.seq
                fits = (
                    ("kinds" not in what or v.kind in what["kinds"])
                    and ("keyPrefix" not in what or v.item[2].startswith(what["keyPrefix"]))
                    and ("fromSeq" not in what or at >= what["fromSeq"])
                    and ("toSeq" not in what or at <= what["toSeq"])
                    # Any statement that is still valid counts, not only the one that made it wrong.
                    and ("causes" not in what or self.causes(v, known) & set(what["causes"]))
                )
            if fits:
                found.append((v, cause, classes))
        return found

    def affected(self, wrong, seq, known, inclusion, restored, only_heads, tagged, through_models, ontology_stale):
        """Returns {set version: answer}, with rows {(pinned, wrong): row} and coarse rows {wrong: row}."""
        answer = {}
        sets = [v for v in self.at(seq) if v.content.members is not None]
        reaches = {}

        def reach(v):
            if v not in reaches:
                reaches[v] = self.reach(v, seq, through_models)
            return reaches[v]

        def bad(version):
            return self.made_wrong(version, known) or (ontology_stale and self.overtaken(version, seq))

        def holds_bad(training_set, item):
            return any(
                bad(v) and any(m in reach(v) for m in training_set.content.members) for v in self.history(item, seq)
            )

        def fixed_in(training_set, items):
            for later in self.history(training_set.item, seq):
                if later.number > training_set.number and not any(holds_bad(later, i) for i in items):
                    return later
            return None

        def sound(version):
            """Returns true if a version neither is wrong nor contains anything wrong."""
            if bad(version):
                return False
            return not any(bad(w) and any(m in reach(w) for m in version.content.members) for w in self.at(seq))

        def fixed_itself(training_set):
            later = [v for v in self.history(training_set.item, seq) if v.number > training_set.number]
            return next((v for v in later if sound(v)), None)

        for v, cause, classes in self.selected(wrong, seq, known, ontology_stale):
            status = self.status(v, seq, known) if cause else "ONTOLOGY_STALE"
            if status == "RESTORED" and not restored:
                continue
            head = self.head(v.item, seq)
            at = cause.seq if cause else classes.seq
            common = {
                "cause": cause, "classes": classes, "status": status, "replacement": None if head is v else head,
            }  # fmt: skip
            coarse = self.reach_coarsely(v, seq, through_models) if "COARSE" in inclusion else {}
            for s in sets:
                entry = {"rows": {}, "coarse": {}}
                if s is v and "SELF" in inclusion:
                    entry["rows"][(s, s)] = {
                        **common, "inclusion": "SELF", "split": "", "steps": 0, "stale": False, "fixed": fixed_itself(s),
                    }  # fmt: skip
                exact = [m for m in s.content.members if m in reach(v)]
                for m in exact:
                    how = "DIRECT" if m is v else "DERIVED"
                    if how in inclusion:
                        entry["rows"][(m, v)] = {
                            **common, "inclusion": how, "split": s.content.members[m][0], "steps": reach(v)[m][0],
                            "stale": at <= s.seq, "fixed": fixed_in(s, [v.item]),
                        }  # fmt: skip
                if not exact and s in coarse and s is not v:
                    entry["coarse"][v] = {**common, "inclusion": "COARSE", "stale": at <= s.seq, "steps": coarse[s]}
                if entry["rows"] or entry["coarse"]:
                    total = answer.setdefault(s, {"rows": {}, "coarse": {}})
                    total["rows"].update(entry["rows"])
                    total["coarse"].update(entry["coarse"])
        for s in list(answer):
            tags = self.tags_of(s, seq)
            head = self.head(s.item, seq) is s
            if (only_heads and not head) or (tagged is not None and not tags & set(tagged)):
                del answer[s]
                continue
            rows, coarse, members = answer[s]["rows"], answer[s]["coarse"], s.content.members
            # Counts are of the versions that the pins represent.
            contents, hit, queue = self.contents(s), set(), deque((m, v) for m, v in rows if m is not s)
            while queue:
                m, v = queue.popleft()
                if m.content.members is None:
                    hit.add(m)
                elif m is v:
                    hit |= self.contents(m).keys()
                else:
                    queue.extend((inner, v) for inner in m.content.members if inner in reach(v))
            splits = {}
            for m, split in contents.items():
                count = splits.setdefault(split, [0, 0])
                count[0] += m in hit
                count[1] += 1
            answer[s] |= {
                "isHead": head, "tags": tags, "affectedCount": len(hit), "memberCount": len(members), "contents": len(contents),
                "bySplit": [(k, *c) for k, c in sorted(splits.items()) if c[0]],
                "stale": any(r["stale"] for r in [*rows.values(), *coarse.values()]),
                "fixed": (fixed_itself(s) if (s, s) in rows else fixed_in(s, {v.item for _, v in rows})) if rows else None,
                "consumers": self.consumers(s, seq),
            }  # fmt: skip
        return answer

    def affected_consumers(self, wrong, seq, known, inclusion, restored, only_heads, tagged, through_models, ontology_stale, kinds):
        """Returns {consumer: answer}: the consumers of something wrong, by wrong version."""
        world = self.at(seq)
        sets = [v for v in world if v.content.members is not None]
        below, walks = {}, {}

        def down(entry):
            if entry not in below:
                below[entry] = self.consumers(entry, seq) | ({entry} if entry.kind in CONSUMERS else set())
            return below[entry]

        def ways(v):
            """Returns [(entry, inclusion, consumers)]: these used the wrong version through the entry, with this inclusion."""
            if v in walks:
                return walks[v]
            found = []
            exact = self.reach(v, seq, through_models)
            coarse = self.reach_coarsely(v, seq, through_models) if "COARSE" in inclusion else {}
            for s in sets:
                members = [m for m in s.content.members if m in exact]
                found += [(s, "DIRECT" if m is v else "DERIVED", down(s)) for m in members]
                if not members and s in coarse and s is not v:
                    found.append((s, "COARSE", down(s)))
            seen, queue, near = {v}, deque([v]), set()
            while queue:
                x = queue.popleft()
                for y in world:
                    if y not in seen and y.kind != "TRAINING_SET" and x in self.sources(y, seq):
                        seen.add(y)
                        if y.kind in CONSUMERS:
                            found.append((y, "DIRECT" if v in self.sources(y, seq) else "DERIVED", down(y)))
                            near |= down(y) if v in self.sources(y, seq) else set()
                        else:
                            queue.append(y)
            if v.kind in CONSUMERS or v.kind == "TRAINING_SET":
                found += [(v, "DIRECT", down(v) & near), (v, "DERIVED", down(v) - near)]
            walks[v] = found
            return found

        def bad(v):
            return self.made_wrong(v, known) or (ontology_stale and self.overtaken(v, seq))

        def fixed_in(c, items, itself):
            for later in self.history(c.item, seq):
                if later.number > c.number and not bad(later):
                    concerned = [w for w in world if bad(w) and (itself or w.item in items)]
                    if not any(how != "COARSE" and later in users for w in concerned for _, how, users in ways(w)):
                        return later
            return None

        answer = {}
        for v, cause, classes in self.selected(wrong, seq, known, ontology_stale):
            status = self.status(v, seq, known) if cause else "ONTOLOGY_STALE"
            if status == "RESTORED" and not restored:
                continue
            at = cause.seq if cause else classes.seq
            pairs = {(v, "SELF", None)} if v.kind in CONSUMERS and "SELF" in inclusion else set()
            pairs |= {(c, how, e) for e, how, users in ways(v) if how in inclusion for c in users if c is not v}
            for c, how, e in pairs:
                row = answer.setdefault(c, {"wrong": {}, "stale": False, "through": set()})
                row["wrong"][v] = min(how, row["wrong"].get(v, "Z"), key=INCLUSIONS.index)
                row["stale"] |= c is not v and at <= c.seq
                if e is not None and e is not c:
                    row["through"].add(e)
        for c in list(answer):
            tags = self.tags_of(c, seq)
            head = self.head(c.item, seq) is c
            if c.kind not in kinds or (only_heads and not head) or (tagged is not None and not tags & set(tagged)):
                del answer[c]
                continue
            exact = {v for v, how in answer[c]["wrong"].items() if how != "COARSE"}
            answer[c] |= {
                "isHead": head, "tags": tags, "inclusion": min(answer[c]["wrong"].values(), key=INCLUSIONS.index),
                "fixed": fixed_in(c, {v.item for v in exact}, c in exact) if exact else None,
            }  # fmt: skip
        return answer


# ---------------------------------------------------------------------------------------------------------------------
# A random history, written to both


class World:
    def __init__(self, server, seed, namespace):
        self.server, self.random, self.namespace = server, random.Random(seed), namespace
        self.log = Log()
        self.seq = int(server.ask("{ view { seq } }")["view"]["seq"])
        self.log.commits = [self.seq]
        self.problems = []
        self.written_changes = []
        self.early = []  # answers during the history, to be compared with those at its end

    def item(self, kind, key):
        return (self.namespace, kind, key)

    def item_input(self, item):
        return {"namespace": item[0], "kind": item[1], "key": item[2]}

    def problem(self, text):
        self.problems.append(text)

    def build(self, commits):
        r = self.random
        self.commit(first=True)
        for _ in range(commits):
            if r.random() < 0.12 and self.of("TRAINING_SET"):
                self.refresh()
            else:
                self.commit()
            if self.random.random() < 0.5:
                comparison = Comparison(self)
                asked = [(QUESTION, comparison.variables(comparison.case())) for _ in range(3)]
                self.early += zip(asked, self.server.batch(asked))

    def of(self, *kinds):
        return [v for v in self.log.versions if v.kind in kinds]

    def pick(self, *kinds):
        found = self.of(*kinds)
        if not found:
            return None
        # Mostly new versions, so that histories grow deep.
        return self.random.choice(found[-6:] if self.random.random() < 0.5 else found)

    def commit(self, first=False):
        r = self.random
        seq = self.log.commits[-1] + 1
        self.names, self.answers = {}, {}
        self.changes, self.expected, created = [], [], False
        steps = [self.seed_item] * 6 + [self.seed_set] if first else [self.random_step() for _ in range(r.randint(1, 5))]
        for step in steps:
            made = step(seq)
            created = created or bool(made)
        if not self.changes:
            return
        self.written_changes.append(self.changes)
        query = """mutation ($i: CommitInput!) { commit(input: $i) {
            created commit { seq } results { id: hash number } answeredBy { kind reason version { id: hash } } } }"""
        answer = self.server.ask(query, i={"changes": self.changes})["commit"]
        if answer["created"] != created:
            self.problem(f"created is {answer['created']}, expected {created}: {self.changes}")
        self.take(answer["results"])
        said = lambda s: s and {"kind": s.kind, "reason": s.reason, "version": {"id": s.version.id}}  # noqa: E731
        answers = [said(self.answers.get(place)) for place in range(len(self.changes))]
        if answer["answeredBy"] != answers:
            self.problem(f"answeredBy is {answer['answeredBy']}, expected {answers}: {self.changes}")
        if answer["created"]:
            self.settle(seq, int(answer["commit"]["seq"]))

    def take(self, results):
        for got, expected in zip(results, self.expected, strict=True):
            if (got is None) != (expected is None):
                self.problem(f"result {got}, expected {expected}")
            elif got:
                if expected.id is None:
                    expected.id = got["id"]
                    if got["number"] != expected.number:
                        self.problem(f"number {got['number']}, expected {expected}")
                elif expected.id != got["id"]:
                    self.problem(f"{expected} is {expected.id}, but now {got['id']}")
        ids = [v.id for v in self.log.versions]
        if len(set(ids)) != len(ids):
            self.problem("two versions with one id")

    def settle(self, planned, actual):
        """The commit has its seq; other clients may write to the same server."""
        if planned != actual:
            for thing in [*self.log.versions, *self.log.statements]:
                if thing.seq == planned:
                    thing.seq = actual
            self.log.tags = [(actual if t[0] == planned else t[0], *t[1:]) for t in self.log.tags]
            self.log.asserted = [(*a[:3], actual if a[3] == planned else a[3]) for a in self.log.asserted]
        self.log.commits.append(actual)

    # References: an id, or `@name` for a result of this commit.

    def ref(self, version):
        """Returns a name of the version, valid just before the current change."""
        r, item, now = self.random, "/".join(version.item), float("inf")
        names = [f"{item}#{version.number}"]
        if self.log.head(version.item, now) is version:
            names.append(item)
        for tag in sorted(self.log.tags_of(version, now)):
            if [v for v in self.log.tagged(tag, now) if v.item == version.item] == [version]:
                names.append(f"{item}@{tag}")
        if r.random() < 0.3:
            return r.choice(names)
        return version.id or f"@{self.names[version]}"

    def name(self, change, version):
        if version not in self.names:
            self.names[version] = f"n{len(self.names)}"
            change["as"] = self.names[version]

    # Changes

    def random_step(self):
        steps = {
            self.put_source: 2, self.put_label: 5, self.put_derived: 5, self.put_bundle: 2, self.put_model: 2,
            self.put_consumer: 1, self.put_ontology: 1, self.snapshot: 8, self.correct: 8, self.retract: 4,
            self.reinstate: 3, self.rollback: 3, self.set_tag: 3, self.remove_tag: 1, self.assert_derivation: 3,
        }  # fmt: skip
        return self.random.choices(list(steps), list(steps.values()))[0]

    def seed_item(self, seq):
        return self.random.choice([self.put_source, self.put_label, self.put_label, self.put_derived])(seq)

    def seed_set(self, seq):
        return self.snapshot(seq)

    def put(self, item, content, seq, **extra):
        r = self.random
        parent = None
        history = self.log.history(item, seq)
        if history and r.random() < 0.12:
            parent = r.choice(history)
        change = {"item": self.item_input(item), **extra}
        if content.attributes or r.random() < 0.5:
            change["attributes"] = content.attributes
        if content.payload:
            change["payload"] = content.payload
        if content.media:
            change["mediaType"] = content.media
        if content.sources:
            change["sources"] = [{"version": self.ref(v), "role": role} for role, v in content.sources]
            r.shuffle(change["sources"])
        if content.ontology:
            change["ontology"] = self.ref(content.ontology)
        if content.changes:
            change["ontologyChanges"] = [
                {"kind": kind, "classes": list(old)} if new is None else {"kind": kind, "from": list(old), "to": list(new)}
                for kind, old, new in content.changes
            ]
        if parent:
            change["parent"] = self.ref(parent)
        version, made = self.log.put(item, content, seq, parent)
        if made:
            self.name(change, version)
        if r.random() < 0.08:
            tag = r.choice(["use:roofs", "use:birds"])
            change["tags"] = [tag]
            made = self.log.tag(tag, version, False, True, seq) or made
        self.changes.append({"putVersion": change})
        self.expected.append(version)
        return made

    def some(self, count, *kinds):
        found = [v for v in (self.pick(*kinds) for _ in range(self.random.randint(*count))) if v]
        return {(self.random.choice(["INPUT", "LABEL"]), v) for v in found}

    def put_source(self, seq):
        r = self.random
        payload = r.choice([None, *PAYLOADS])
        media = r.choice([None, "image/png"]) if payload else None
        content = Content({"n": r.randint(1, 2)}, payload, media, self.some((0, 1), "SOURCE") if r.random() < 0.1 else ())
        return self.put(self.item("SOURCE", f"s{r.randint(1, 3)}"), content, seq)

    def put_label(self, seq):
        r = self.random
        ontology = self.pick("ONTOLOGY") if r.random() < 0.6 else None
        used = r.choice(["a", "b", "c", ["a", "b"], 1])
        content = Content({"class": used}, sources=self.some((0, 1), "SOURCE"), ontology=ontology)
        return self.put(self.item("LABEL", f"l{r.randint(1, 4)}"), content, seq)

    def put_derived(self, seq):
        r = self.random
        kinds = ["SOURCE", "LABEL", "LABEL", "DERIVED", "DERIVED", "BUNDLE", "MODEL"]
        if r.random() < 0.15:
            kinds += ["TRAINING_SET"]
        sources = set().union(*(self.some((0, 1), k) for k in r.sample(kinds, 3)))
        return self.put(self.item("DERIVED", f"d{r.randint(1, 4)}"), Content({"v": r.randint(1, 3)}, sources=sources), seq)

    def put_bundle(self, seq):
        r = self.random
        return self.put(self.item("BUNDLE", f"b{r.randint(1, 2)}"), Content({}, sources=self.some((1, 3), "SOURCE", "LABEL", "DERIVED")), seq)

    def put_model(self, seq):
        r = self.random
        sources = self.some((1, 2), "TRAINING_SET") | (self.some((0, 1), "LABEL", "MODEL", "DERIVED") if r.random() < 0.3 else set())
        return self.put(self.item("MODEL", f"m{r.randint(1, 2)}"), Content({"v": r.randint(1, 2)}, sources=sources), seq)

    def put_consumer(self, seq):
        r = self.random
        kind = r.choice(["EVALUATION", "DEPLOYMENT"])
        return self.put(self.item(kind, "e"), Content({"v": r.randint(1, 2)}, sources=self.some((1, 2), "MODEL", "TRAINING_SET", "EVALUATION")), seq)

    def put_ontology(self, seq):
        r = self.random
        changes, classes = [], r.sample(["a", "b", "c", 1], 4)
        if r.random() < 0.7 and self.of("ONTOLOGY"):
            for _ in range(r.randint(1, 2)):
                kind = r.choice(list(CLASS_CHANGES))
                old, new = CLASS_CHANGES[kind]
                if r.random() < 0.3:
                    changes.append((kind, tuple(r.sample(["a", "b", "c", 1], r.randint(1, 2))), None))
                elif old <= len(classes):
                    taken = tuple(classes.pop() for _ in range(old))
                    free = [c for c in ["a", "b", "c", 1] if kind != "RENAME" or c not in taken]
                    changes.append((kind, taken, tuple(r.sample(free, new))))
        content = Content({"v": r.randint(1, 4)}, changes=tuple(changes))
        return self.put(self.item("ONTOLOGY", r.choice(["o1", "o1", "o2"])), content, seq)

    def snapshot(self, seq):
        r, log = self.random, self.log
        item = self.item("TRAINING_SET", f"t{r.randint(1, 4)}")
        kinds = ["LABEL"] * 4 + ["DERIVED"] * 3 + ["SOURCE", "BUNDLE", "TRAINING_SET", "TRAINING_SET", "MODEL"]
        own = log.history(item, seq)

        def member():
            version = self.pick(r.choice(kinds))
            return version if version and version.item != item else None

        form = r.choice(["all", "all", "change", "select"])
        change = {"item": self.item_input(item)}
        if form == "change" and own:
            # With an older base, the change is applied to the newest version if it was changed
            # since.
            base = r.choice(own[-2:])
            onto = base is not own[-1] or r.random() < 0.2
            members = dict(own[-1].content.members if onto else base.content.members)
            remove = [m for m in base.content.members if r.random() < 0.25]
            for m in remove:
                members.pop(m, None)
            add = [m for m in (member() for _ in range(r.randint(0, 3))) if m and m not in remove]
            added = {m: (r.choice(["TRAIN", "TRAIN", "TEST"]), r.choice([None, None, 0.5])) for m in add}
            members.update(added)
            change["members"] = {"change": {"base": self.ref(base), "remove": [self.ref(m) for m in remove], "add": self.members(added)}}
            if onto:
                change["members"]["change"]["onto"] = "HEAD"
        elif form == "select" and self.log.commits[-1] and all(v.id for v in log.versions):
            asked = {"namespaces": [self.namespace], "kinds": r.sample(["LABEL", "DERIVED", "BUNDLE", "SOURCE"], r.randint(1, 2))}
            if r.random() < 0.3:
                asked["keyPrefix"] = r.choice(["l", "d", "d1", "l2"])
            if r.random() < 0.2:
                asked["tags"] = [r.choice(["use:roofs", "use:birds", "production"])]
            if r.random() < 0.2:
                asked["attribute"] = r.choice([{"path": "class", "equals": "a"}, {"path": "v", "equals": 1}])
            at = r.choice(log.commits[1:] or log.commits) if r.random() < 0.4 else log.commits[-1]
            select = {"filter": asked, "split": r.choice(["TRAIN", "VALIDATION"])}
            if at != log.commits[-1] or r.random() < 0.5:
                select["asOf"] = {"seq": str(at)}
            if at == self.seq:
                return False  # the empty store or another world
            members = {}
            for other in {v.item for v in log.at(at)}:
                head = log.head(other, at)
                fits = other[1] in asked["kinds"] and other[2].startswith(asked.get("keyPrefix", ""))
                if "tags" in asked:
                    fits = fits and log.tags_of(head, at) & set(asked["tags"])
                if "attribute" in asked:
                    fits = fits and head.content.attributes.get(asked["attribute"]["path"]) == asked["attribute"]["equals"]
                if fits:
                    members[head] = (select["split"], None)
            change["members"] = {"select": select}
        else:
            found = [m for m in (member() for _ in range(r.randint(0 if r.random() < 0.1 else 1, 5))) if m]
            members = {m: (r.choice(["TRAIN", "TRAIN", "TEST"]), r.choice([None, None, 0.5])) for m in found}
            change["members"] = {"all": self.members(members)}
        complete = r.random() < 0.6
        sources = self.some((0, 2), "TRAINING_SET", "TRAINING_SET", "TRAINING_SET", "LABEL", "MODEL") if r.random() < 0.6 else set()
        if sources:
            change["sources"] = [{"version": self.ref(v), "role": role} for role, v in sources]
        if not complete or r.random() < 0.5:
            change["complete"] = complete
        content = Content({}, sources=sources, members=members, complete=complete)
        version, made = log.put(item, content, seq)
        if made:
            self.name(change, version)
        if r.random() < 0.2:
            change["tags"] = ["use:roofs"]
            made = log.tag("use:roofs", version, False, True, seq) or made
        self.changes.append({"snapshotTrainingSet": change})
        self.expected.append(version)
        return made

    def members(self, members):
        answer = []
        for version, (split, weight) in members.items():
            entry = {"version": self.ref(version)}
            if split != "TRAIN" or self.random.random() < 0.5:
                entry["split"] = split
            if weight is not None:
                entry["weight"] = weight
            answer.append(entry)
        return answer

    def correct(self, seq):
        r = self.random
        version = self.pick("LABEL", "LABEL", "SOURCE", "DERIVED", "ONTOLOGY" if r.random() < 0.05 else "LABEL")
        if version is None:
            return False
        fields = {"SOURCE": {"n": r.randint(1, 3)}, "LABEL": {"class": r.choice(["a", "b", "c", ["a", "b"], 1])}}
        attributes = fields.get(version.kind, {"v": r.randint(1, 3)})
        content = version.content.but(attributes=attributes)
        change = {"version": self.ref(version), "attributes": attributes, "reason": r.choice(["red breast", "blurred"])}
        if r.random() < 0.15 and version.kind == "LABEL":
            sources = self.some((0, 1), "SOURCE")
            content = content.but(sources=frozenset(sources))
            change["sources"] = [{"version": self.ref(v), "role": role} for role, v in sources]
        if content.key() == version.content.key():
            return False
        before = len(self.log.versions)
        said, made = self.log.correct(version, content, change["reason"], seq)
        if len(self.log.versions) > before:
            self.name(change, said.by)
        self.say({"correct": change}, said.by, said, made)
        return made

    def say(self, change, result, said, made):
        """Records a change that makes a statement, and the answering statement if it was made before."""
        self.changes.append(change)
        self.expected.append(result)
        if not made and (answer := self.log.answer(said)):
            self.answers[len(self.changes) - 1] = answer

    def retract(self, seq):
        version = self.pick("LABEL", "LABEL", "SOURCE", "DERIVED") if self.random.random() < 0.8 else self.pick("TRAINING_SET", "MODEL", "BUNDLE")
        if version is None:
            return False
        reason = self.random.choice(["no bird", "licence"])
        said, made = self.log.say("RETRACTS", version, reason, seq)
        self.say({"retract": {"version": self.ref(version), "reason": reason}}, None, said, made)
        return made

    def reinstate(self, seq):
        wrong = [v for v in self.log.versions if self.log.made_wrong(v, seq)]
        if not wrong:
            return False
        version, reason = self.random.choice(wrong), self.random.choice(["it was right", "looked at again"])
        said, made = self.log.say("REINSTATES", version, reason, seq)
        self.say({"reinstate": {"version": self.ref(version), "reason": reason}}, None, said, made)
        return made

    def rollback(self, seq):
        version = self.pick("LABEL", "SOURCE", "DERIVED", "ONTOLOGY") if self.random.random() < 0.85 else self.pick("TRAINING_SET")
        if version is None:
            return False
        change = {"item": self.item_input(version.item), "to": self.ref(version), "reason": "back"}
        result, made = self.log.put(version.item, version.content, seq)
        if made:
            self.name(change, result)
        self.changes.append({"rollback": change})
        self.expected.append(result)
        return made

    def set_tag(self, seq):
        r = self.random
        version = self.pick("TRAINING_SET") if r.random() < 0.8 else self.pick("LABEL", "DERIVED")
        if version is None:
            return False
        name = r.choice(["production", "staging", "use:roofs", "use:birds"])
        alias = not name.startswith("use:")
        self.changes.append({"setTag": {"name": name, "version": self.ref(version), "alias": alias}})
        self.expected.append(None)
        return self.log.tag(name, version, alias, True, seq)

    def remove_tag(self, seq):
        r = self.random
        name = r.choice(["production", "staging", "use:roofs", "use:birds"])
        holders = self.log.tagged(name, seq)
        if not holders:
            return False
        version = r.choice(holders)
        self.changes.append({"removeTag": {"name": name, "version": self.ref(version)}})
        self.expected.append(None)
        return self.log.tag(name, version, not name.startswith("use:"), False, seq)

    def assert_derivation(self, seq):
        r, log = self.random, self.log
        derived = self.pick("DERIVED", "DERIVED", "LABEL", "BUNDLE", "TRAINING_SET", "MODEL")
        source = self.pick("SOURCE", "LABEL", "LABEL", "DERIVED", "TRAINING_SET", "MODEL")
        if derived is None or source is None or derived is source or source in log.sources(derived, seq):
            return False
        # Nothing upstream of the source may be the derived version, along derivations and pins.
        found, queue = {source}, [source]
        while queue:
            x = queue.pop()
            for y in log.sources(x, seq) | set(x.content.members or ()):
                if y not in found:
                    found.add(y)
                    queue.append(y)
        if derived in found:
            return False
        self.changes.append({"assertDerivation": {"derived": self.ref(derived), "source": self.ref(source), "reason": "found out"}})
        self.expected.append(None)
        log.asserted.append((derived, source, "INPUT", seq))
        return True

    def refresh(self):
        """Takes the members that the server pins now, and checks that they follow the rules."""
        r, log = self.random, self.log
        seq = log.commits[-1]
        item = r.choice(sorted({v.item for v in self.of("TRAINING_SET")}))
        head = log.head(item, seq)
        causes = r.choice([["CORRECTS", "RETRACTS"], ["CORRECTS", "RETRACTS"], ["CORRECTS"], ["RETRACTS"], []])
        query = """mutation ($i: RefreshTrainingSetInput!) { refreshTrainingSet(input: $i) {
            created commit { seq } version { id: hash number completeManifest members(first: 1000) { nodes { version { id: hash } split weight } } }
            replaced { pinned { id: hash } replacement { id: hash } } removed { id: hash } unresolved { id: hash } replacedCount removedCount unresolvedCount } }"""
        change = {"item": self.item_input(item), "causes": causes}
        rehearsal = self.server.ask(query, i={**change, "dryRun": True})["refreshTrainingSet"]
        answer = self.server.ask(query, i=change)["refreshTrainingSet"]
        self.written_changes.append(change)
        for field in ("replaced", "removed", "unresolved", "replacedCount", "removedCount", "unresolvedCount"):
            if rehearsal[field] != answer[field]:
                self.problem(f"refresh of {item}: {field} differs from its dry run")
        by_id = {v.id: v for v in log.versions}
        wrong = [v for v in log.at(seq) if log.causes(v, seq) & set(causes)]
        tainted = {}
        for v in wrong:
            for x in log.reach(v, seq, False):
                tainted.setdefault(x, set()).add(v)
        # A newly pinned member is not wrong, independent of the causes.
        unsound = {x for v in log.at(seq) if log.causes(v, seq) for x in log.reach(v, seq, False)}
        replaced = {(p["pinned"]["id"], p["replacement"]["id"]) for p in answer["replaced"]}
        removed = {v["id"] for v in answer["removed"]}
        unresolved = {v["id"] for v in answer["unresolved"]}
        expected_replaced, expected_removed, expected_unresolved = set(), set(), set()
        for m in head.content.members:
            if m in tainted:
                now = log.head(m.item, seq)
                if now is not m and now not in unsound:
                    expected_replaced.add((m.id, now.id))
                elif m in tainted[m]:
                    expected_removed.add(m.id)
                else:
                    expected_unresolved.add(m.id)
        if (replaced, removed, unresolved) != (expected_replaced, expected_removed, expected_unresolved):
            show = lambda ids: sorted(str(by_id[i]) for i in ids)  # noqa: E731
            self.problem(
                f"refresh of {head} causes {causes} at {seq}: "
                f"replaced {len(replaced)} expected {len(expected_replaced)}, removed {show(removed)} expected {show(expected_removed)}, "
                f"unresolved {show(unresolved)} expected {show(expected_unresolved)}"
            )
        got = {by_id[m["version"]["id"]]: (m["split"], m["weight"]) for m in answer["version"]["members"]["nodes"]}
        expected = {}
        for m, how in head.content.members.items():
            if m.id not in removed and not any(p == m.id for p, _ in replaced):
                expected[m] = how
        # A head that is a member already keeps its split and weight; of several members that it replaces the oldest decides.
        for pinned, replacement in sorted(replaced, key=lambda pair: by_id[pair[0]].order):
            expected.setdefault(by_id[replacement], head.content.members[by_id[pinned]])
        if got != expected:
            show = lambda members: sorted(f"{v} {how}" for v, how in members.items())  # noqa: E731
            self.problem(f"members of the refreshed {head}: {show(got)} expected {show(expected)}")
        if not answer["created"]:
            if answer["version"]["id"] != head.id:
                self.problem(f"refresh of {head} found another version")
            return
        planned = seq + 1
        # The other parts that a refresh keeps are not in its answer; the version's own sources come
        # from the server.
        read = self.server.ask(
            "query ($v: ID!) { version(id: $v) { attributes sources(first: 1000) { nodes { role source { id: hash } } } } }", v=answer["version"]["id"]
        )["version"]
        sources = {(s["role"], by_id[s["source"]["id"]]) for s in read["sources"]["nodes"]}
        content = Content(read["attributes"], sources=sources, members=got, complete=answer["version"]["completeManifest"])
        if content.complete != head.content.complete:
            self.problem(f"refresh of {head} changed its manifest to complete={content.complete}")
        version, made = log.put(item, content, planned)
        if not made:
            self.problem(f"refresh of {head} made {answer['version']['id']}, which should be {version}")
            return
        version.id = answer["version"]["id"]
        self.settle(planned, int(answer["commit"]["seq"]))


# ---------------------------------------------------------------------------------------------------------------------
# The comparison

QUESTION = """
query ($seq: Seq!, $wrong: WrongInput!, $inclusion: [Inclusion!]!, $restored: Boolean!, $heads: Boolean!, $tagged: [String!],
       $models: Boolean!, $known: AsOf, $classes: Boolean!) {
  at(asOf: {seq: $seq}) {
    affectedTrainingSets(first: 40, wrong: $wrong, inclusion: $inclusion, includeRestored: $restored, onlyHeads: $heads,
                         tagged: $tagged, throughModels: $models, knowledgeAt: $known, includeOntologyStale: $classes) {
      totalCount
      info { seq complete }
      asked { wrongCount notWrongCount notWrong(first: 100) { __typename ... on Version { hash } ... on Item { namespace kind key } ... on Statement { commit { seq } } } }
      nodes {
        trainingSet { id: hash }
        isHead
        tags { name version { id: hash } }
        affectedCount memberCount affectedFraction staleAtBuild
        bySplit { split affectedCount memberCount }
        fixedIn { id: hash }
        members(first: 100) {
          totalCount
          nodes {
            pinned { id: hash } wrong { id: hash } statement { kind reason commit { seq } by { id: hash } } replacement { id: hash }
            inclusion status staleAtBuild fixedIn { id: hash } split path { id: hash } classList { id: hash }
          }
        }
        consumers(first: 100) { totalCount nodes { id: hash } }
      }
    }
  }
}"""

CONSUMERS_QUESTION = """
query ($seq: Seq!, $wrong: WrongInput!, $inclusion: [Inclusion!]!, $restored: Boolean!, $heads: Boolean!, $tagged: [String!],
       $models: Boolean!, $known: AsOf, $classes: Boolean!, $kinds: [ItemKind!]) {
  at(asOf: {seq: $seq}) {
    affectedConsumers(first: 100, wrong: $wrong, inclusion: $inclusion, includeRestored: $restored, onlyHeads: $heads, kinds: $kinds,
                      tagged: $tagged, throughModels: $models, knowledgeAt: $known, includeOntologyStale: $classes) {
      totalCount
      info { seq complete }
      asked { wrongCount notWrongCount }
      nodes {
        consumer { id: hash } isHead tags { name } inclusion wrongCount staleAtBuild fixedIn { id: hash }
        wrong(first: 100) { totalCount nodes { id: hash } }
        through(first: 100) { totalCount nodes { id: hash } }
      }
    }
  }
}"""

STATE = """
query ($seq: Seq!, $ids: [ID!]!) { at(asOf: {seq: $seq}) { nodes(ids: $ids) { ... on Version {
  id: hash isHead wrong ontologyStale replacement { id: hash } tags { name } statements { kind } parent { id: hash } number
  freshness { fresh sound memberCount supersededCount wrongCount } memberOf(first: 1000) { nodes { trainingSet { id: hash } split } }
} } } }"""


WALK = """
query ($seq: Seq!, $starts: [ID!]!, $direction: Direction!, $a: ID!, $b: ID!) { at(asOf: {seq: $seq}) {
  lineage(from: $starts, direction: $direction, first: 1000) { edges { depth node { id: hash } } }
  lineageSummary(from: $starts, direction: $direction, groupBy: [DEPTH]) { groups(first: 1000) { nodes { depth versionCount } } }
  paths(from: $a, to: $b) { length versions { id: hash } }
  pathsBetween(from: $a, to: $b, k: 3) { paths { length versions { id: hash } } }
  back: pathsBetween(from: $b, to: $a, k: 1) { paths { length versions { id: hash } } }
} }"""

SETS = """
query ($seq: Seq!, $a: ID!, $b: ID!) { at(asOf: {seq: $seq}) {
  trainingSetDiff(a: $a, b: $b) {
    added(first: 1000) { nodes { version { id: hash } } } removed(first: 1000) { nodes { version { id: hash } } }
    repinned(first: 1000) { nodes { before { version { id: hash } } after { version { id: hash } } } }
  }
  version(id: $a) { memberSummary(attributes: ["class"]) { groups(first: 1000) { nodes { split versionCount values { value } } } } }
} }"""


class Comparison:
    def __init__(self, world):
        self.world, self.log, self.random = world, world.log, world.random
        self.rows = self.questions = self.states = 0
        self.name = {v.id: v for v in self.log.versions}

    def run(self, questions):
        requests, cases = [], []
        for _ in range(questions):
            case = self.case()
            cases.append(case)
            requests.append((QUESTION, self.variables(case)))
        for case, answer in zip(cases, self.world.server.batch(requests), strict=True):
            self.questions += 1
            if answer.get("errors"):
                self.differ(case, f"refused: {answer['errors'][0]['message']}")
                continue
            self.compare(case, answer["data"]["at"]["affectedTrainingSets"])
        cases = [self.consumer_case() for _ in range(questions // 2)]
        requests = [(CONSUMERS_QUESTION, self.variables(case)) for case in cases]
        for case, answer in zip(cases, self.world.server.batch(requests), strict=True):
            self.questions += 1
            if answer.get("errors"):
                self.differ(case, f"refused: {answer['errors'][0]['message']}")
                continue
            self.compare_consumers(case, answer["data"]["at"]["affectedConsumers"])
        again = self.world.server.batch([asked for asked, _ in self.world.early])
        for (asked, before), after in zip(self.world.early, again, strict=True):
            self.questions += 1
            if before != after:
                self.world.problem(f"the answer at an earlier seq has changed\n    asked: {json.dumps(asked[1])}\n    {before}\n    {after}")
        for seq in {self.log.commits[-1], self.random.choice(self.log.commits[1:])}:
            self.compare_state(seq)
            for _ in range(4):
                self.compare_walk(seq)
                self.compare_sets(seq)

    def case(self):
        r, log = self.random, self.log
        seqs = log.commits[1:]
        seq = r.choice(seqs[-3:]) if r.random() < 0.5 else r.choice(seqs)
        known = r.choice(seqs) if r.random() < 0.3 else None
        world = log.at(seq)
        how = r.choice(["all", "all", "commit", "items", "versions"])
        if how == "all":
            what = {}
            if r.random() < 0.2:
                what["kinds"] = r.sample(["LABEL", "SOURCE", "DERIVED", "TRAINING_SET", "MODEL"], r.randint(0, 3))
            if r.random() < 0.1:
                what["keyPrefix"] = r.choice(["l", "l1", "s", "d"])
            if r.random() < 0.15:
                what["fromSeq"] = r.choice(seqs)
            if r.random() < 0.15:
                what["toSeq"] = r.choice(seqs)
            if r.random() < 0.15:
                what["causes"] = r.choice([["CORRECTS"], ["RETRACTS"], ["CORRECTS", "RETRACTS"], []])
        elif how == "commit":
            what = r.choice([s for s in seqs if s <= (max(seq, known or 0))])
        elif how == "items":
            items = sorted({v.item for v in world})
            what = r.sample(items, min(len(items), r.randint(0, 4)))
        else:
            what = r.sample(world, min(len(world), r.randint(0, 5)))
        inclusion = r.choice(
            [["SELF", "DIRECT", "DERIVED"]] * 3
            + [["SELF", "DIRECT", "DERIVED", "COARSE"]] * 3
            + [["DIRECT", "DERIVED"], ["DIRECT"], ["DERIVED"], ["COARSE"], ["SELF"], []]
        )
        return {
            "seq": seq, "known": known, "wrong": (how, what), "inclusion": inclusion, "restored": r.random() < 0.5,
            "only_heads": r.random() < 0.15, "tagged": r.choice([None] * 6 + [["production"], ["use:roofs", "staging"], []]),
            "through_models": r.random() < 0.4, "ontology_stale": r.random() < 0.25 and not (how == "all" and "causes" in what),
        }  # fmt: skip

    def consumer_case(self):
        case = self.case()
        # DIRECT or DERIVED of a pair depends on all of its paths, so the two are requested
        # together.
        case["inclusion"] = self.random.choice(
            [["SELF", "DIRECT", "DERIVED"]] * 3 + [["SELF", "DIRECT", "DERIVED", "COARSE"], ["DIRECT", "DERIVED"], ["SELF"], ["COARSE"], []]
        )
        case["kinds"] = self.random.choice([list(CONSUMERS)] * 3 + [["MODEL"], ["DEPLOYMENT", "EVALUATION"], []])
        return case

    def variables(self, case):
        how, what = case["wrong"]
        wrong = {
            "all": lambda: {"namespaces": [self.world.namespace], **{k: str(v) if k.endswith("Seq") else v for k, v in what.items()}},
            "commit": lambda: f"commit:{what}",
            "items": lambda: ["/".join(i) for i in what],
            "versions": lambda: [v.id for v in what],
        }[how]()
        return {
            "seq": str(case["seq"]), "wrong": {how: wrong}, "inclusion": case["inclusion"], "restored": case["restored"],
            "heads": case["only_heads"], "tagged": case["tagged"], "models": case["through_models"],
            "known": None if case["known"] is None else {"seq": str(case["known"])}, "classes": case["ontology_stale"],
            **({"kinds": case["kinds"]} if "kinds" in case else {}),
        }  # fmt: skip

    def differ(self, case, text):
        self.world.problem(f"{text}\n    asked: {json.dumps(self.variables(case))}")

    def compare(self, case, answer):
        log, seq = self.log, case["seq"]
        known = seq if case["known"] is None else case["known"]
        expected = log.affected(
            case["wrong"], seq, known, case["inclusion"], case["restored"], case["only_heads"], case["tagged"],
            case["through_models"], case["ontology_stale"],
        )  # fmt: skip
        of = lambda node: None if node is None else self.name[node["id"]]  # noqa: E731
        got = {of(n["trainingSet"]): n for n in answer["nodes"]}
        if len(got) != len(answer["nodes"]) or answer["totalCount"] != len(got):
            self.differ(case, "a set version twice, or a wrong totalCount")
        if not answer["info"]["complete"] or int(answer["info"]["seq"]) != seq:
            self.differ(case, f"info {answer['info']}")
        self.compare_asked(case, answer["asked"], known)
        for s in got.keys() - expected.keys():
            self.differ(case, f"{s} is reported, expected not: {self.show(got[s])}")
        for s in expected.keys() - got.keys():
            self.differ(case, f"{s} is not reported, expected {expected[s]}")
        for s in got.keys() & expected.keys():
            node, want = got[s], expected[s]
            fraction = want["affectedCount"] / want["contents"] if want["contents"] else 0
            have = {
                "isHead": node["isHead"], "tags": sorted(t["name"] for t in node["tags"]), "affectedCount": node["affectedCount"],
                "memberCount": node["memberCount"], "fraction": round(node["affectedFraction"], 9),
                "bySplit": [(x["split"], x["affectedCount"], x["memberCount"]) for x in node["bySplit"]],
                "stale": node["staleAtBuild"], "fixed": of(node["fixedIn"]), "consumers": sorted(str(of(c)) for c in node["consumers"]["nodes"]),
            }  # fmt: skip
            need = {
                "isHead": want["isHead"], "tags": sorted(want["tags"]), "affectedCount": want["affectedCount"],
                "memberCount": want["memberCount"], "fraction": round(fraction, 9), "bySplit": want["bySplit"],
                "stale": want["stale"], "fixed": want["fixed"], "consumers": sorted(map(str, want["consumers"])),
            }  # fmt: skip
            for field in need:
                if have[field] != need[field]:
                    self.differ(case, f"{s}: {field} is {have[field]}, expected {need[field]}")
            self.compare_rows(case, s, node["members"], want, of)

    def compare_asked(self, case, asked, known):
        count, right = self.log.asked(case["wrong"], case["seq"], known, case["ontology_stale"])
        named = {
            "Version": lambda n: self.name[n["hash"]], "Item": lambda n: (n["namespace"], n["kind"], n["key"]),
            "Statement": lambda n: int(n["commit"]["seq"]),
        }  # fmt: skip
        have = (asked["wrongCount"], asked["notWrongCount"], [named[n["__typename"]](n) for n in asked["notWrong"]])
        need = (count, len(right), [thing.seq if isinstance(thing, Statement) else thing for thing in right])
        if have != need:
            self.differ(case, f"asked is {have}, expected {need}")

    def compare_consumers(self, case, answer):
        log, seq = self.log, case["seq"]
        known = seq if case["known"] is None else case["known"]
        expected = log.affected_consumers(
            case["wrong"], seq, known, case["inclusion"], case["restored"], case["only_heads"], case["tagged"],
            case["through_models"], case["ontology_stale"], case["kinds"],
        )  # fmt: skip
        of = lambda node: None if node is None else self.name[node["id"]]  # noqa: E731
        order = [(CONSUMERS.index(of(n["consumer"]).kind), of(n["consumer"]).order) for n in answer["nodes"]]
        if order != sorted(set(order)) or answer["totalCount"] != len(order):
            self.differ(case, "consumers out of order, one twice, or a wrong totalCount")
        got = {of(n["consumer"]): n for n in answer["nodes"]}
        if got.keys() != expected.keys():
            self.differ(case, f"consumers {sorted(map(str, got))}, expected {sorted(map(str, expected))}")
        count, right = log.asked(case["wrong"], seq, known, case["ontology_stale"])
        if (answer["asked"]["wrongCount"], answer["asked"]["notWrongCount"]) != (count, len(right)):
            self.differ(case, f"asked is {answer['asked']}, expected {count}, {len(right)}")
        for c in got.keys() & expected.keys():
            self.rows += 1
            node, want = got[c], expected[c]
            have = {
                "isHead": node["isHead"], "tags": sorted(t["name"] for t in node["tags"]), "inclusion": node["inclusion"],
                "wrong": sorted(str(of(v)) for v in node["wrong"]["nodes"]), "wrongCount": node["wrongCount"],
                "stale": node["staleAtBuild"], "fixed": of(node["fixedIn"]),
                "sets": sorted(str(of(v)) for v in node["through"]["nodes"] if of(v).kind == "TRAINING_SET"),
            }  # fmt: skip
            need = {
                "isHead": want["isHead"], "tags": sorted(want["tags"]), "inclusion": want["inclusion"],
                "wrong": sorted(map(str, want["wrong"])), "wrongCount": len(want["wrong"]), "stale": want["stale"],
                "fixed": want["fixed"], "sets": sorted(str(e) for e in want["through"] if e.kind == "TRAINING_SET"),
            }  # fmt: skip
            for field in need:
                if have[field] != need[field]:
                    self.differ(case, f"consumer {c}: {field} is {have[field]}, expected {need[field]}")
            if not {of(v) for v in node["through"]["nodes"]} <= want["through"]:
                self.differ(case, f"consumer {c}: through {node['through']['nodes']}, expected some of {want['through']}")

    def compare_rows(self, case, s, connection, want, of):
        rows, coarse = {}, {}
        for row in connection["nodes"]:
            self.rows += 1
            if row["inclusion"] == "COARSE":
                coarse.setdefault(of(row["wrong"]), []).append(row)
            else:
                key = (of(row["pinned"]), of(row["wrong"]))
                if key in rows:
                    self.differ(case, f"{s}: row {key} twice")
                rows[key] = row
        if connection["totalCount"] != len(connection["nodes"]):
            self.differ(case, f"{s}: totalCount of members")
        if rows.keys() != want["rows"].keys():
            self.differ(case, f"{s}: rows {sorted(map(str, rows))}, expected {sorted(map(str, want['rows']))}")
        if coarse.keys() != want["coarse"].keys():
            self.differ(case, f"{s}: coarse rows {sorted(map(str, coarse))}, expected {sorted(map(str, want['coarse']))}")
        for key in rows.keys() & want["rows"].keys():
            self.compare_row(case, s, key, rows[key], want["rows"][key], of)
        for v in coarse.keys() & want["coarse"].keys():
            pinned = [of(row["pinned"]) for row in coarse[v]]
            if len(set(pinned)) != len(pinned):
                self.differ(case, f"{s}: coarse rows for {v} repeat a member: {pinned}")
            for row in coarse[v]:
                self.compare_row(case, s, (None, v), row, want["coarse"][v], of)

    def compare_row(self, case, s, key, row, want, of):
        cause = want["cause"]
        statement = row["statement"]
        have = {
            "status": row["status"], "replacement": of(row["replacement"]), "inclusion": row["inclusion"], "stale": row["staleAtBuild"],
            "classList": of(row["classList"]), "statement": statement and (statement["kind"], statement["reason"], int(statement["commit"]["seq"])),
            "by": statement and of(statement["by"]),
        }  # fmt: skip
        by = cause.by if cause and cause.by and cause.by.seq <= case["seq"] else None
        need = {
            "status": want["status"], "replacement": want["replacement"], "inclusion": want["inclusion"], "stale": want["stale"],
            "classList": want["classes"], "statement": cause and (cause.kind, cause.reason, cause.seq), "by": by,
        }  # fmt: skip
        path = [of(v) for v in row["path"]]
        steps = all(self.step(a, b, case) for a, b in zip(path, path[1:]))
        if row["inclusion"] != "COARSE":
            have |= {"split": row["split"], "fixed": of(row["fixedIn"]), "path": (path[0], path[-1], len(path) - 1, steps)}
            need |= {"split": want["split"], "fixed": want["fixed"], "path": (key[1], key[0], want["steps"], True)}
        else:
            # Either the set pins something that contains it coarsely, or the set itself was made
            # from something that does.
            pinned = of(row["pinned"])
            if pinned in s.content.members:
                ends, split = pinned, s.content.members[pinned][0]
                way = path[-1] is pinned
            else:
                # The member of the last set on the path that pins the step before it; otherwise the
                # last step that is no set.
                pins = [(a, b.content.members[a][0]) for a, b in zip(path, path[1:]) if a in (b.content.members or ())]
                plain = [v for v in path if v.kind != "TRAINING_SET"] or path[:1]
                if pinned is not (pins[-1][0] if pins else plain[-1]):
                    self.differ(case, f"{s} coarse for {key[1]}: pinned is {pinned}, path {path}")
                ends, split = s, pins[-1][1] if pins else ""
                way = len(path) > 1 and not s.content.complete and path[-2] in self.log.sources(s, case["seq"])
            have |= {"fixed": of(row["fixedIn"]), "path": (path[0], path[-1], steps), "on path": pinned in path, "way": way, "split": row["split"]}
            need |= {"fixed": None, "path": (key[1], ends, True), "on path": True, "way": True, "split": split}
        for field in need:
            if have[field] != need[field]:
                self.differ(case, f"{s} pinned {key[0]} wrong {key[1]}: {field} is {have[field]}, expected {need[field]} (path {path})")

    def step(self, a, b, case):
        return a in self.log.sources(b, case["seq"]) or a in (b.content.members or ())

    def show(self, node):
        of = lambda n: None if n is None else self.name[n["id"]]  # noqa: E731
        return [(of(r["pinned"]), of(r["wrong"]), r["inclusion"], r["status"], [of(p) for p in r["path"]]) for r in node["members"]["nodes"]]

    def compare_walk(self, seq):
        """Compares depths and order of a walk, its count by depth, and the paths between two versions."""
        r, log = self.random, self.log
        world = log.at(seq)
        if not world:
            return
        starts = r.sample(world, min(len(world), r.randint(1, 3)))
        direction = r.choice(["UP", "DOWN", "BOTH", "BOTH"])
        a, b = r.choice(world), r.choice(world)
        answer = self.world.server.ask(WALK, seq=str(seq), starts=[v.id for v in starts], direction=direction, a=a.id, b=b.id)["at"]
        self.questions += 1
        asked = f"at {seq}: lineage from {starts} {direction}"
        turns = [up for up, name in ((True, "UP"), (False, "DOWN")) if direction in (name, "BOTH")]
        expected = {}
        for turn, up in enumerate(turns):
            for v, depth in log.depths(starts, seq, up).items():
                expected[v] = min(expected.get(v, (depth, turn)), (depth, turn))
        got = [(self.name[e["node"]["id"]], e["depth"]) for e in answer["lineage"]["edges"]]
        if len({v for v, _ in got}) != len(got) or dict(got) != {v: depth for v, (depth, _) in expected.items()}:
            self.world.problem(f"{asked}: {got}, expected {expected}")
        elif sorted(got, key=lambda pair: expected[pair[0]]) != got:
            self.world.problem(f"{asked}: not nearest first, upstream first: {got}")
        counts = {g["depth"]: g["versionCount"] for g in answer["lineageSummary"]["groups"]["nodes"]}
        if counts != {d: sum(depth == d for depth, _ in expected.values()) for d in {depth for depth, _ in expected.values()}}:
            self.world.problem(f"{asked}: counted {counts}, expected {expected}")
        one, many = answer["paths"], answer["pathsBetween"]["paths"]
        if one != many[:1] or answer["back"]["paths"] != one:
            self.world.problem(f"at {seq}: paths between {a} and {b} begin with {one}, {many[:1]} and {answer['back']['paths']}")
        lengths = [log.depths([v], seq, up=True).get(w) for v, w in ((a, b), (b, a))]
        shortest = 0 if a is b else next((length for length in lengths if length), None)
        if [p["length"] for p in one] != ([] if shortest is None else [shortest]):
            self.world.problem(f"at {seq}: paths between {a} and {b}: {one}, expected length {shortest}")

    def compare_sets(self, seq):
        """Compares the difference of two set versions, and the content of one of them, by class and split."""
        r, log = self.random, self.log
        sets = [v for v in log.at(seq) if v.content.members is not None]
        if not sets:
            return
        a, b = r.choice(sets), r.choice(sets)
        answer = self.world.server.ask(SETS, seq=str(seq), a=a.id, b=b.id)["at"]
        self.questions += 1
        before, after = a.content.members, b.content.members
        items = [{v.item for v in members} for members in (before, after)]
        of = lambda member: self.name[member["version"]["id"]]  # noqa: E731
        diff = answer["trainingSetDiff"]
        added, removed = ({of(m) for m in diff[field]["nodes"]} for field in ("added", "removed"))
        if added != {v for v in after if v.item not in items[0]} or removed != {v for v in before if v.item not in items[1]}:
            self.world.problem(f"at {seq}: difference of {a} and {b}: added {added}, removed {removed}")
        pairs = [(of(p["before"]), of(p["after"])) for p in diff["repinned"]["nodes"]]
        changed = [{v for v in own if other.get(v) != own[v] and v.item in items[0] & items[1]} for own, other in ((before, after), (after, before))]
        complete = all(old.item == new.item and (old in changed[0] or new in changed[1]) and old in before and new in after for old, new in pairs)
        if not complete or not changed[0] <= {old for old, _ in pairs} or not changed[1] <= {new for _, new in pairs}:
            self.world.problem(f"at {seq}: difference of {a} and {b}: repinned {pairs}, changed {changed}")
        plain = lambda v: json.dumps(v.content.attributes.get("class"))  # noqa: E731
        counts = {}
        for v, split in log.contents(a).items():
            counts[(split, plain(v))] = counts.get((split, plain(v)), 0) + 1
        groups = answer["version"]["memberSummary"]["groups"]["nodes"]
        got = {}
        for group in groups:
            key = (group["split"], json.dumps(group["values"][0]["value"]))
            got[key] = got.get(key, 0) + group["versionCount"]
        if got != counts:
            self.world.problem(f"at {seq}: {a} by class: {got}, expected {counts}")

    def compare_state(self, seq):
        """Compares the fields of single versions."""
        log = self.log
        world = log.at(seq)
        answer = self.world.server.ask(STATE, seq=str(seq), ids=[v.id for v in log.versions])["at"]["nodes"]
        wrong = {v for v in world if log.made_wrong(v, seq)}
        tainted = {x for v in wrong for x in log.reach(v, seq, False)}
        for version, node in zip(log.versions, answer, strict=True):
            self.states += 1
            if (node is None) != (version not in world):
                self.world.problem(f"at {seq}: node {version} is {node}")
            if node is None or version not in world:
                continue
            head = log.head(version.item, seq)
            need = {
                "isHead": head is version, "wrong": version in wrong, "ontologyStale": log.overtaken(version, seq) is not None,
                "replacement": None if head is version else {"id": head.id}, "tags": sorted(log.tags_of(version, seq)),
                "statements": [s.kind for s in log.statements if s.version is version and s.seq <= seq],
                "parent": version.parent and {"id": version.parent.id}, "number": version.number,
                "memberOf": sorted((s.id, s.content.members[version][0]) for s in world if s.content.members and version in s.content.members),
            }  # fmt: skip
            have = {**node, "tags": sorted(t["name"] for t in node["tags"]), "statements": [s["kind"] for s in node["statements"]]}
            have["memberOf"] = sorted((u["trainingSet"]["id"], u["split"]) for u in node["memberOf"]["nodes"])
            members = version.content.members
            if members is not None:
                contents = log.contents(version)
                in_wrong = log.through_sets(version, lambda s: s in wrong)
                in_old = log.through_sets(version, lambda s: log.head(s.item, seq) is not s)
                bad = sum(m in tainted or m in in_wrong for m in contents)
                old = sum(log.head(m.item, seq) is not m or m in in_old for m in contents)
                sound = version not in wrong and not any(m in tainted for m in members)
                need["freshness"] = {
                    "fresh": sound and not old, "sound": sound, "memberCount": len(contents), "supersededCount": old, "wrongCount": bad,
                }  # fmt: skip
            for field in need:
                if have[field] != need[field]:
                    self.world.problem(f"at {seq}: {version}.{field} is {have[field]}, expected {need[field]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--worlds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commits", type=int, default=12, help="commits of one world, at most")
    parser.add_argument("--questions", type=int, default=40, help="questions to each world")
    parser.add_argument("--token", help="bearer token")
    parser.add_argument("--verbose", action="store_true", help="print what was written in a world that differs")
    options = parser.parse_args()
    server = Server(options.url, options.token)
    for digest, data in PAYLOADS.items():
        server.put_blob(digest, data)
    began, rows, questions, states, bad = time.time(), 0, 0, 0, 0
    # A second run on the same server needs other namespaces.
    run = server.ask("{ view { seq } }")["view"]["seq"]
    for number in range(options.worlds):
        seed = options.seed * 1_000_003 + number
        world = World(server, seed, f"oracle-{run}-{number}")
        try:
            world.build(random.Random(seed).randint(min(3, options.commits), options.commits))
            comparison = Comparison(world)
            comparison.run(options.questions)
            rows, questions, states = rows + comparison.rows, questions + comparison.questions, states + comparison.states
        except Refused as refused:
            world.problem(f"refused: {refused}: {world.written_changes[-1:]}")
        if world.problems:
            bad += 1
            print(f"world {number} of seed {options.seed} differs ({len(world.problems)} times):")
            for problem in world.problems[:6]:
                print("  -", problem)
            if options.verbose:
                for changes in world.written_changes:
                    print("   ", json.dumps(changes))
    print(
        f"{options.worlds} worlds, {questions} questions, {rows} rows, {states} versions compared in {time.time() - began:.0f} s; "
        f"{bad} worlds differ"
    )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
