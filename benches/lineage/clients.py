"""Some clients of one server at once, each with a keep-alive connection: HOST PORT FILE CLIENTS SECONDS.

FILE holds a request body a line, each sent once. Says "ready", waits for a line, then says what was done as JSON.
"""
import json
import sys
import threading
import time

from wire import Connection


def main() -> None:
    host, port, file, clients, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), float(sys.argv[5])
    with open(file, "rb") as lines:
        bodies = [line.rstrip(b"\n") for line in lines]
    connections = [Connection(host, port) for _ in range(clients)]
    print("ready", flush=True)
    sys.stdin.readline()
    done, errors = [0] * clients, [0] * clients
    start = time.monotonic()

    def work(place: int) -> None:
        for body in bodies[place::clients]:
            if time.monotonic() > start + seconds:
                return
            try:
                status, answer = connections[place].post(body)
            except OSError:
                errors[place] += 1
                return
            good = status == b"200" and b'"errors"' not in answer
            done[place] += good
            errors[place] += not good

    threads = [threading.Thread(target=work, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"start": start, "end": time.monotonic(), "n": sum(done), "errors": sum(errors)}))


main()
