"""Some clients of one server at once, each with a keep-alive connection: HOST PORT FILE CLIENTS SECONDS.

FILE holds a request body a line, each sent once. Says "ready", waits for a line, then says what was done as JSON. Plain
sockets and ready-made bytes, so that the clients take little of the machine that they share with the server.
"""
import json
import socket
import sys
import threading
import time


class Connection:
    def __init__(self, host: str, port: int):
        self.socket = socket.create_connection((host, port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = f"POST /graphql HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: "

    def post(self, body: bytes) -> bool:
        """Whether the answer is 200 and tells no error."""
        self.socket.sendall(f"{self.head}{len(body)}\r\n\r\n".encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, rest = answer.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
        if b"content-length" in fields:
            while len(rest) < int(fields[b"content-length"]):
                rest += self._more()
        else:
            while not rest.endswith(b"0\r\n\r\n"):
                rest += self._more()
        return head.split(b" ", 2)[1] == b"200" and b'"errors"' not in rest

    def _more(self) -> bytes:
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part


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
                good = connections[place].post(body)
            except OSError:
                errors[place] += 1
                return
            done[place] += good
            errors[place] += not good

    threads = [threading.Thread(target=work, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"start": start, "end": time.monotonic(), "n": sum(done), "errors": sum(errors)}))


main()
