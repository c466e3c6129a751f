"""A GraphQL client with one keep-alive connection. The same for stemma and for PostGraphile."""
import json

from wire import Connection


class Refused(Exception):
    """An error of a GraphQL answer."""

    def __init__(self, error: dict):
        super().__init__(error.get("message", ""))
        self.reason = error.get("extensions", {}).get("reason", "")


class Client:
    def __init__(self, host: str, port: int):
        self.at, self.connection = (host, port), None
        self.refresh()

    def refresh(self) -> None:
        """A new connection in place of the old one."""
        if self.connection:
            self.connection.close()
        self.connection = Connection(*self.at, timeout=600)

    def ask(self, query: str, **variables) -> dict:
        return self.post(request(query, variables))

    def post(self, body: bytes) -> dict:
        answer = json.loads(self.connection.post(body)[1])
        if answer.get("errors"):
            raise Refused(answer["errors"][0])
        return answer["data"]

    def close(self) -> None:
        self.connection.close()


def request(query: str, variables: dict) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()
