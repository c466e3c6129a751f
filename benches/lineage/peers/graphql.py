"""A GraphQL client with one keep-alive connection. The same for stemma and for PostGraphile."""
import http.client
import json
import socket


class Refused(Exception):
    """An error of a GraphQL answer."""

    def __init__(self, error: dict):
        super().__init__(error.get("message", ""))
        self.reason = error.get("extensions", {}).get("reason", "")


class Client:
    def __init__(self, host: str, port: int):
        self.connection = http.client.HTTPConnection(host, port, timeout=600)
        self.refresh()

    def refresh(self) -> None:
        """A new connection in place of the old one."""
        self.connection.close()
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, query: str, **variables) -> dict:
        return self.post(request(query, variables))

    def post(self, body: bytes) -> dict:
        self.connection.request("POST", "/graphql", body, {"content-type": "application/json"})
        answer = json.loads(self.connection.getresponse().read())
        if answer.get("errors"):
            raise Refused(answer["errors"][0])
        return answer["data"]

    def close(self) -> None:
        self.connection.close()


def request(query: str, variables: dict) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()
