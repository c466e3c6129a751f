"""stemma's own computation, without HTTP and GraphQL: a child process that opens a copy of the store.

It is started as `PROGRAM DATADIR` and spoken to in lines of JSON. A version is asked for by a reference, and answered as
[item key, number]:

{"q":"q3","version":REF}               -> {"ns":N,"answer":[[key,number] ...]}            sorted
{"q":"q3b"}                            -> {"ns":N,"answer":[[key,number,count] ...]}
{"q":"q4","version":REF}               -> {"ns":N,"answer":{"count":N,"images":N,"first":[[key,number] ...]}}
{"q":"q5","from":REF,"to":REF}         -> {"ns":N,"answer":hops}
{"q":"q6","version":REF,"seq":"123"}   -> {"ns":N,"answer":[[key,number] ...],"stale":bool}
{"q":"q7","a":REF,"b":REF}             -> {"ns":N,"answer":{"added":N,"removed":N,"first_added":[...],"first_removed":[...]}}

`ns` is how long the computation took, without reading the question and writing the answer. `first` of q4 is the 100
smallest or the 100 nearest. q6 asks what existed at that seq, judged by what is known now; a version that did not exist
yet is in no set and not stale. `from` of q5 is the upstream end. q7 compares members by version, without those of the
split INCLUDES.
"""
import json
import shlex
import subprocess
from pathlib import Path

from peers.base import Peer, Unavailable, peak_rss
from stemma import environment
from workload.convert import version_ref
from workload.tables import Versions


class Engine(Peer):
    name = "engine"
    answers = ["q3", "q3b", "q4", "q5", "q6", "q7"]

    def __init__(self, data: Path, store: Path, command: str, versions: Versions):
        super().__init__(data, store)
        self.command, self.versions, self.process = shlex.split(command), versions, None

    def version(self):
        return "stemma's index, without HTTP and GraphQL"

    def load(self):
        self.connect()

    def connect(self):
        try:
            self.process = subprocess.Popen([*self.command, str(self.store)], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, env=environment())
        except OSError as error:
            raise Unavailable(f"{self.command[0]} does not start: {error}") from None

    def disk(self):
        return None

    def rss(self):
        return peak_rss(self.process.pid)

    def ask(self, question: str, **arguments):
        line = json.dumps({"q": question, **arguments}) + "\n"
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            raise RuntimeError(f"the engine ended at {line.strip()}")
        answer = json.loads(said)
        if "answer" not in answer:
            raise RuntimeError(f"the engine refused {line.strip()}: {said.decode().strip()}")
        self.ns = answer["ns"]
        return answer

    def ref(self, version: int) -> str:
        return version_ref(self.versions, version)

    def ids(self, versions: list) -> list[int]:
        return [self.versions[key, number] for key, number in versions]

    def q3(self, version):
        return sorted(self.ids(self.ask("q3", version=self.ref(version))["answer"]))

    def q3b(self, _):
        return sorted([self.versions[key, number], count] for key, number, count in self.ask("q3b")["answer"])

    def q4(self, version):
        found = self.ask("q4", version=self.ref(version))["answer"]
        return [found["count"], found["images"], self.ids(found["first"])]

    def q5(self, ends):
        return self.ask("q5", **{"from": self.ref(ends[0]), "to": self.ref(ends[1])})["answer"]

    def q6(self, asked):
        found = self.ask("q6", version=self.ref(asked[0]), seq=str(asked[2]))
        return [sorted(self.ids(found["answer"])), found["stale"]]

    def q7(self, sets):
        found = self.ask("q7", a=self.ref(sets[0]), b=self.ref(sets[1]))["answer"]
        first = [self.ids(found["first_added"]), self.ids(found["first_removed"])]
        return [found["added"], found["removed"], *first]

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
