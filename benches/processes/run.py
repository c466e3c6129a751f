"""How reading grows with processes, and how long one takes to follow another, on one SurrealDB server.

    STEMMA_GRAPH_USER=root STEMMA_GRAPH_PASSWORD=secret \
        python3 benches/processes/run.py target/release/stemma ws://127.0.0.1:8000 [ROUNDS] [SECONDS]

Each process has one processor (`taskset`), as if it had a machine of its own. The two set-ups take turns, so that whatever
else the machine does falls on both. Needs Python alone.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS = 8
LABELS = 500
# Many questions of little output, so that the clients, which share the processors, have little to do.
QUESTION = "{" + " ".join(
    f'q{n}: affectedTrainingSets(wrong: {{versions: ["default/LABEL/l{10 * n}#1"]}}) {{ totalCount nodes {{ affectedCount '
    f'memberCount fixedIn {{ number }} members(first: 1) {{ nodes {{ inclusion status }} }} }} }}'
    for n in range(LABELS // 10)) + "}"


def start(binary, url, name, folder, cpu):
    """A process on one processor; gives it and its port."""
    command = ["taskset", "-c", str(cpu), binary, "serve", "--listen", "127.0.0.1:0", "--graph", url]
    command += ["--graph-database", os.path.basename(folder), "--data", f"{folder}/{name}", "--log", "error"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline().rstrip().rstrip("/").rsplit(":", 1)[1])


def ask(connection, query, variables=None, at_least=None):
    body = json.dumps({"query": query, "variables": variables or {}})
    headers = {"Content-Type": "application/json", **({"Stemma-At-Least-Seq": at_least} if at_least else {})}
    connection.request("POST", "/graphql", body, headers)
    response = connection.getresponse()
    answer = response.read()
    assert response.status == 200 and b'"errors"' not in answer, answer[:500]
    return response.getheader("Stemma-Seq")


def load(port):
    """A set of labels, a tenth of which is corrected. Gives the seq."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    put = [{"putVersion": {"as": f"l{n}", "item": {"kind": "LABEL", "key": f"l{n}"}, "attributes": {"class": n}}}
           for n in range(LABELS)]
    members = {"all": [{"version": f"@l{n}"} for n in range(LABELS)]}
    put.append({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": "set"}, "members": members}})
    write = "mutation ($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { commit { seq } } }"
    ask(connection, write, {"changes": put})
    wrong = [{"correct": {"version": f"default/LABEL/l{n}#1", "attributes": {"class": -1}, "reason": "measured"}}
             for n in range(0, LABELS, 10)]
    return ask(connection, write, {"changes": wrong})


def measure(ports, seconds):
    """Answers a second, of clients that are spread over the processes."""
    stop, counts = time.monotonic() + seconds, []

    def client(port):
        connection, count = http.client.HTTPConnection("127.0.0.1", port), 0
        while time.monotonic() < stop:
            ask(connection, QUESTION)
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=client, args=(ports[n % len(ports)],)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def lag(ports, writes=200):
    """Milliseconds from a write's answer at one process until the other has it, p50 and p99: asked for at once, and when the
    other finds it by itself."""
    one, other = (http.client.HTTPConnection("127.0.0.1", port) for port in ports)
    write = ("mutation ($n: Int!) { putVersion(input: {item: {kind: LABEL, key: \"lag\"}, attributes: {n: $n}}) { created } }")
    waited, found = [], []
    for n in range(writes):
        seq = ask(one, write, {"n": n})
        begun = time.monotonic()
        if n % 2:
            ask(other, "{ view { seq } }", at_least=seq)
            waited.append(time.monotonic() - begun)
        else:
            while int(ask(other, "{ view { seq } }")) < int(seq):
                time.sleep(0.001)
            found.append(time.monotonic() - begun)
    cut = lambda times: [1000 * statistics.quantiles(times, n=100)[place] for place in (49, 98)]
    return cut(waited), cut(found)


def main():
    binary, url = sys.argv[1:3]
    rounds, seconds = (int(n) for n in (sys.argv[3:] + ["5", "6"][len(sys.argv) - 3:])[:2])
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        started = [start(binary, url, name, folder, cpu) for cpu, name in enumerate(["one", "other"])]
        try:
            ports = [port for _, port in started]
            seq = load(ports[0])
            other = http.client.HTTPConnection("127.0.0.1", ports[1])
            while ask(other, "{ view { seq } }") != seq:
                time.sleep(0.05)
            (asked, asked_most), (found, found_most) = lag(ports)
            print(f"the other process has a write {asked:.0f} ms after its answer where a reader asks for it, p99 {asked_most:.0f} ms,")
            print(f"and by itself {found:.0f} ms after it, p99 {found_most:.0f} ms")
            measure(ports, 1)
            alone, together = [], []
            for _ in range(rounds):
                alone.append(measure(ports[:1], seconds))
                together.append(measure(ports, seconds))
            one, two = statistics.median(alone), statistics.median(together)
            print(f"one process:   {one:8.1f} answers/s   {[round(n, 1) for n in alone]}")
            print(f"two processes: {two:8.1f} answers/s   {[round(n, 1) for n in together]}")
            print(f"two answer {two / one:.2f} times as much")
        finally:
            for process, _ in started:
                process.kill()
                process.wait()


main()
