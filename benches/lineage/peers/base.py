"""What every peer answers. Answers are plain data, in the workload's ids, so that they can be hashed and compared:

q0  true                                  the cheapest query there is, over HTTP
q1  [id, item, kind, number, created_at, supersedes, [[source, edge kind] first 100], [tags]]
q2  [[id, number, created_at] ...]
q3  [set ids]                             q3b [[set, stale labels] ...]
q4  [count, images, [100 ids]]            q5  hops
q6  [[set ids], stale at that time]       q7  [added, removed, [first 100 added], [first 100 removed]]
"""
import os
from pathlib import Path

from .graphql import Client

QUESTIONS = ["q0", "q1", "q2", "q3", "q3b", "q4", "q5", "q6", "q7"]
CONTAINING = (4, 5, 7, 8)


class Unavailable(Exception):
    """This peer cannot be set up here; the message says why."""


class Peer:
    name = ""
    # Which question it can answer.
    answers = QUESTIONS[1:]
    # Set by a question that knows better than the clock around it how long the answer took.
    ns: int | None = None

    def __init__(self, data: Path, store: Path):
        self.data, self.store = data, store

    def prepare(self) -> None:
        """What must be there before it can be loaded. Not timed."""

    def load(self) -> None:
        """Fills an empty store with the workload and connects. This is timed."""
        raise NotImplementedError

    def connect(self) -> None:
        """Connects to a store that was filled by an earlier run."""
        raise NotImplementedError

    def serve(self) -> None:
        """What is needed beside the loaded store to answer. Not timed."""

    def take_turn(self) -> None:
        """Called before some questions or writes in a row. Not timed."""

    def version(self) -> str:
        return ""

    def disk(self) -> int | None:
        return folder_bytes(self.store)

    def rss(self) -> int | None:
        """The most memory that its processes had; none for what runs inside this one."""
        return None

    def close(self) -> None:
        pass


class Writer(Peer):
    """A peer that is also written to."""

    def write(self, batch: list) -> None:
        """Writes versions with their edges and tags, as one durable transaction."""
        raise NotImplementedError

    def clone(self) -> "Writer":
        """Another connection to the same store."""
        raise NotImplementedError


class HttpWriter(Writer):
    """A peer that is written to by POST to /graphql."""
    answers = QUESTIONS
    host, port = "127.0.0.1", 0
    client: Client

    def q0(self, _) -> bool:
        return self.client.ask("{ __typename }")["__typename"] == "Query"

    def take_turn(self):
        # A server may close a connection that waited while the others had their turns.
        self.client.refresh()

    def body(self, batch: list) -> bytes:
        """The request that writes this."""
        raise NotImplementedError


def folder_bytes(folder: Path, leave_out: str = "") -> int:
    total = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != leave_out]
        total += sum(os.path.getsize(os.path.join(place, name)) for name in files)
    return total


def peak_rss(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")), 0)
