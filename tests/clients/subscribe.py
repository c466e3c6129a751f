#!/usr/bin/env python3
"""Subscribes with gql, over WebSockets, to a server to which commits are being written.

    python3 tests/clients/subscribe.py http://127.0.0.1:8080/graphql NEWEST TRAINING_SET [bearer token]

Reads `changes` from the first commit to NEWEST, is disconnected in the middle and resumes after the
last seq, and waits for the event that TRAINING_SET became affected. Needs `gql[websockets]`:
tests/clients/gql makes an environment that has it.
"""
import asyncio
import sys

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

CHANGES = "subscription ($after: Seq!) { changes(after: $after) { seq author versions { totalCount } } }"
AFFECTED = """subscription ($set: ID!) { affected(trainingSet: $set, after: "0") {
  seq commit { message } trainingSets { members { nodes { wrong { item { key } } } } } } }"""


def client(url, token):
    transport = WebsocketsTransport(
        url=url.replace("http", "ws", 1),
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        init_payload={"Authorization": f"Bearer {token}"} if token else {},
    )
    return Client(transport=transport, fetch_schema_from_transport=True)


async def main(url, newest, training_set, token=None):
    last = 0
    while last < int(newest):
        async with client(url, token) as session:
            left = int(newest) // 2 + 1
            query = gql(CHANGES)
            query.variable_values = {"after": str(last)}
            async for event in session.subscribe(query):
                assert event["changes"]["seq"] == str(last + 1), event
                last, left = last + 1, left - 1
                if left == 0 or last == int(newest):
                    break
    async with client(url, token) as session:
        query = gql(AFFECTED)
        query.variable_values = {"set": training_set}
        async for event in session.subscribe(query):
            assert event["affected"]["commit"]["message"] == "the review", event
            break
        query = gql(CHANGES)
        query.variable_values = {"after": "999999"}
        try:
            async for event in session.subscribe(query):
                raise AssertionError(event)
        except TransportQueryError as error:
            assert error.errors[0]["extensions"]["reason"] == "AS_OF_UNAVAILABLE", error.errors
    print("gql ok")


asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), 90))
