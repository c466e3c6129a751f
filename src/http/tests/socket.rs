//! WebSockets, through a client that shares no code with the server.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Setup, TestServer};

const TOKEN: &str = "0123456789abcdef";
const PROTOCOL: (&str, &str) = ("Sec-WebSocket-Protocol", "graphql-transport-ws");
const INIT: &str = r#"{"type":"connection_init"}"#;

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(server: &TestServer, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{}/graphql", server.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| Self(socket))
    }

    /// Returns a connection on which operations may be sent.
    async fn ready(server: &TestServer) -> Self {
        let mut socket = Self::open(server, &[PROTOCOL]).await.unwrap();
        socket.say(INIT).await;
        assert_eq!(socket.hear().await, json!({"type": "connection_ack"}));
        socket
    }

    async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        let message = json!({"type": "subscribe", "id": id, "payload": {"query": query}});
        self.say(&message.to_string()).await;
    }

    /// Returns the next message of the protocol.
    async fn hear(&mut self) -> Value {
        match self.next().await {
            Ok(message) => message,
            Err(close) => panic!("the connection was closed: {close:?}"),
        }
    }

    /// Returns the next message, or the close frame; `None` if the connection was cut.
    async fn next(&mut self) -> Result<Value, Option<(u16, String)>> {
        loop {
            let message =
                timeout(Duration::from_secs(20), self.0.next()).await.expect("the server says something");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Some((frame.code.into(), frame.reason.to_string())));
                }
                Some(Ok(Message::Close(None))) | Some(Err(_)) | None => return Err(None),
                Some(Ok(_)) => {}
            }
        }
    }

    /// Returns the code that closes the connection, after any other messages.
    async fn closed(&mut self) -> u16 {
        loop {
            if let Err(close) = self.next().await {
                return close.map_or(0, |(code, _)| code);
            }
        }
    }
}

fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

fn with(change: impl FnOnce(&mut super::super::FeedLimits)) -> TestServer {
    let mut setup = Setup::default();
    change(&mut setup.limits.feed);
    TestServer::with(setup)
}

#[test]
fn operations_of_all_kinds_run() {
    let server = TestServer::start();
    block_on(async {
        let mut socket = Socket::ready(&server).await;
        socket.subscribe("a", "subscription { ticks(upto: 3) { seq } }").await;
        for seq in 1..=3 {
            let told = json!({"id": "a", "type": "next", "payload": {"data": {"ticks": {"seq": seq}}}});
            assert_eq!(socket.hear().await, told);
        }
        socket.say(r#"{"type":"ping","payload":{"x":1}}"#).await;
        assert_eq!(socket.hear().await, json!({"type": "pong", "payload": {"x": 1}}));
        socket.subscribe("b", "mutation { write }").await;
        assert_eq!(
            socket.hear().await,
            json!({"id": "b", "type": "next", "payload": {"data": {"write": 1}}})
        );
        assert_eq!(socket.hear().await, json!({"id": "b", "type": "complete"}));
        for (query, code) in [
            ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { ticks(upto: -1) { seq } }", "BAD_USER_INPUT"),
            (
                "subscription { a: ticks(upto: 1) { seq } b: ticks(upto: 1) { seq } }",
                "GRAPHQL_VALIDATION_FAILED",
            ),
            ("subscription { ticks(upto: 1) @skip(if: true) { seq } }", "BAD_REQUEST"),
        ] {
            socket.subscribe("c", query).await;
            let error = socket.hear().await;
            assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("c")), "{error}");
            assert_eq!(error["payload"][0]["extensions"]["code"], code, "{error}");
        }
        // The field may be in a fragment, and its fields in several places.
        let fragment = "subscription { ...F ... { ticks(upto: 1) { again: seq } } } fragment F on Subscription { ticks(upto: 1) { seq } }";
        socket.subscribe("d", fragment).await;
        assert_eq!(socket.hear().await["payload"], json!({"data": {"ticks": {"seq": 1, "again": 1}}}));
        // An id is free again once its operation has ended in any way.
        socket.say(r#"{"type":"complete","id":"a"}"#).await;
        socket.subscribe("a", "{ one }").await;
        assert_eq!(socket.hear().await["payload"], json!({"data": {"one": 1}}));
    });
}

#[test]
fn a_protocol_violation_is_closed_with_its_code() {
    let server = with(|limits| limits.message = 10_000);
    let subscribe = |id: &str| {
        json!({"type": "subscribe", "id": id, "payload": {"query": "subscription { ticks(upto: 0) { seq } }"}})
            .to_string()
    };
    let text = |text: &str| Message::text(text);
    let cases = [
        (vec![text(&subscribe("a"))], 4401),
        (vec![text(INIT), text(INIT)], 4429),
        (vec![text(INIT), text(&subscribe("a")), text(&subscribe("a"))], 4409),
        (vec![text("hello")], 4400),
        (vec![text(r#"{"type":"start","id":"1"}"#)], 4400),
        (vec![text(INIT), Message::binary(Bytes::from_static(INIT.as_bytes()))], 4400),
        (vec![text(INIT), text(&subscribe(&"x".repeat(20_000)))], 1009),
    ];
    block_on(async {
        for (messages, code) in cases {
            let mut socket = Socket::open(&server, &[PROTOCOL]).await.unwrap();
            for message in messages.clone() {
                let _ = socket.0.send(message).await;
            }
            assert_eq!(socket.closed().await, code, "{messages:?}");
        }
        // A server must not choose a protocol that was not offered: it accepts, and gives the
        // reason when it closes.
        let mut socket = Socket::open(&server, &[]).await.unwrap();
        assert_eq!(socket.closed().await, 4406);
        // Fragments of one message count together.
        let mut socket = Socket::open(&server, &[PROTOCOL]).await.unwrap();
        use tokio_tungstenite::tungstenite::protocol::frame::Frame;
        use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
        for part in 0..4 {
            let code = if part == 0 { Data::Text } else { Data::Continue };
            let frame = Frame::message(vec![b' '; 4_000], OpCode::Data(code), part == 3);
            let _ = socket.0.send(Message::Frame(frame)).await;
        }
        assert_eq!(socket.closed().await, 1009);
    });
}

#[test]
fn a_silent_client_is_closed() {
    let server = with(|limits| limits.init_time = Duration::from_millis(300));
    block_on(async {
        let mut socket = Socket::open(&server, &[PROTOCOL]).await.unwrap();
        assert_eq!(socket.closed().await, 4408);
    });
    let server = with(|limits| limits.ping = Duration::from_millis(200));
    block_on(async {
        let mut answers = Socket::ready(&server).await;
        answers.subscribe("a", "subscription { surge(by: 1) { seq } }").await;
        assert_eq!(answers.hear().await["type"], "next");
        // It answers pings while it waits, and remains open.
        assert!(timeout(Duration::from_millis(1_500), answers.next()).await.is_err());
        let mut silent = Socket::ready(&server).await;
        sleep(Duration::from_millis(1_500)).await;
        assert_eq!(silent.closed().await, 4499);
    });
}

#[test]
fn tokens_are_sent_in_a_header_or_in_the_first_message() {
    let server = TestServer::with(Setup { token: Some(TOKEN), ..Setup::default() });
    let bearer = format!("Bearer {TOKEN}");
    block_on(async {
        for payload in
            [json!({"Authorization": bearer}), json!({"authorization": bearer}), json!({"token": TOKEN})]
        {
            let mut socket = Socket::open(&server, &[PROTOCOL]).await.unwrap();
            socket.say(&json!({"type": "connection_init", "payload": payload}).to_string()).await;
            assert_eq!(socket.hear().await["type"], "connection_ack");
            socket.subscribe("a", "{ me }").await;
            assert_eq!(socket.hear().await["payload"], json!({"data": {"me": "token"}}));
        }
        for payload in
            [json!({}), json!({"token": "wrong"}), json!({"Authorization": TOKEN}), json!({"token": 7})]
        {
            let mut socket = Socket::open(&server, &[PROTOCOL]).await.unwrap();
            socket.say(&json!({"type": "connection_init", "payload": payload}).to_string()).await;
            assert_eq!(socket.closed().await, 4403, "{payload}");
        }
        let mut socket = Socket::open(&server, &[PROTOCOL, ("Authorization", &bearer)]).await.unwrap();
        socket.say(INIT).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        refused(Socket::open(&server, &[PROTOCOL, ("Authorization", "Bearer wrong")]).await, 401);
    });
    // There are two slots, and unauthenticated clients take none.
    let mut setup = Setup { token: Some(TOKEN), ..Setup::default() };
    setup.limits.feed.connections = 2;
    let server = TestServer::with(setup);
    block_on(async {
        let mut known = Socket::open(&server, &[PROTOCOL, ("Authorization", &bearer)]).await.unwrap();
        known.say(INIT).await;
        assert_eq!(known.hear().await["type"], "connection_ack");
        let mut strangers = Vec::new();
        for _ in 0..5 {
            strangers.push(Socket::open(&server, &[PROTOCOL]).await.unwrap());
        }
        let init = json!({"type": "connection_init", "payload": {"token": TOKEN}}).to_string();
        strangers[0].say(&init).await;
        assert_eq!(strangers[0].hear().await["type"], "connection_ack");
        strangers[1].say(&init).await;
        assert_eq!(strangers[1].closed().await, 1013);
    });
}

#[test]
fn connections_for_events_leave_some_for_requests() {
    let mut setup = Setup::default();
    // Sixteen connections; twelve for events, nine of them for one client.
    (setup.limits.connections, setup.limits.workers) = (8, 2);
    let server = TestServer::with(setup);
    block_on(async {
        let mut open = Vec::new();
        for _ in 0..9 {
            let mut socket = Socket::open(&server, &[PROTOCOL]).await.unwrap();
            socket.say(INIT).await;
            assert_eq!(socket.hear().await["type"], "connection_ack");
            open.push(socket);
        }
        refused(Socket::open(&server, &[PROTOCOL]).await, 429);
        assert_eq!(server.get("/graphql?query=%7Bone%7D").status, 200);
    });
}

#[test]
fn pages_of_other_sites_are_refused() {
    let server = TestServer::start();
    let own = format!("http://{}", server.address);
    block_on(async {
        assert!(Socket::open(&server, &[PROTOCOL, ("Origin", &own)]).await.is_ok());
        for (name, value) in [("Origin", "http://evil.example"), ("Origin", "null"), ("Host", "evil.example")]
        {
            refused(Socket::open(&server, &[PROTOCOL, (name, value)]).await, 403);
        }
    });
}

fn refused(opened: Result<Socket, Error>, status: u16) {
    match opened {
        Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status),
        other => panic!("not refused: {:?}", other.map(|_| ())),
    }
}

#[test]
fn a_client_that_does_not_read_is_disconnected_with_a_reason() {
    let server = with(|limits| limits.send_time = Duration::from_millis(400));
    let query = "subscription { ticks(upto: 1000000, size: 100000) { seq text } }";
    block_on(async {
        let mut slow = Socket::ready(&server).await;
        slow.subscribe("a", query).await;
        sleep(Duration::from_millis(1_500)).await;
        let (mut seq, end) = (0, loop_of(&mut slow).await);
        for told in &end.0 {
            seq += 1;
            assert_eq!(told["payload"]["data"]["ticks"]["seq"], seq, "nothing is left out");
        }
        let (code, why) = end.1.expect("it read on in time to be told");
        // The last one was already in transit, so it arrived.
        assert_eq!(
            (code, why.ends_with(&format!("resume after {}", seq - 1))),
            (4420, true),
            "{why} after {seq}"
        );

        let mut stuck = Socket::ready(&server).await;
        stuck.subscribe("a", query).await;
        sleep(Duration::from_secs(4)).await;
        let begun = Instant::now();
        let (told, _) = loop_of(&mut stuck).await;
        assert!(begun.elapsed() < Duration::from_secs(10) && told.len() < 10_000, "{}", told.len());
    });
}

/// Returns all messages until the end, and the end.
async fn loop_of(socket: &mut Socket) -> (Vec<Value>, Option<(u16, String)>) {
    let mut told = Vec::new();
    loop {
        match socket.next().await {
            Ok(mut message) => {
                message["payload"]["data"]["ticks"]["text"].take();
                told.push(message);
            }
            Err(close) => return (told, close),
        }
    }
}

#[test]
fn limits_are_reported() {
    let server = with(|limits| {
        (limits.subscriptions, limits.connections) = (1, 1);
        (limits.lag, limits.event) = (1_000, 10_000);
    });
    block_on(async {
        let mut socket = Socket::ready(&server).await;
        refused(Socket::open(&server, &[PROTOCOL]).await, 503);
        socket.subscribe("a", "subscription { ticks(upto: 0) { seq } }").await;
        socket.subscribe("b", "{ one }").await;
        let error = socket.hear().await;
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("b")));
        assert_eq!(error["payload"][0]["extensions"]["reason"], "LIMIT_EXCEEDED");
        socket.say(r#"{"type":"complete","id":"a"}"#).await;
        for (query, part) in [
            ("subscription { surge(by: 1001) { seq } }", "1001 commits behind"),
            ("subscription { ticks(upto: 1, size: 10000) { text } }", "the limit is 10000"),
        ] {
            socket.subscribe("c", query).await;
            let error = socket.hear().await;
            assert!(error["payload"][0]["message"].as_str().unwrap().contains(part), "{error}");
            assert_eq!(error["payload"][0]["extensions"]["reason"], "LIMIT_EXCEEDED");
            assert_eq!(error["payload"][0]["extensions"]["resumeAfter"], "0");
        }
        // A subscription that begins far behind has not fallen behind.
        socket.subscribe("d", "subscription { ticks(upto: 1002) { seq } }").await;
        for seq in 1..=1_002 {
            assert_eq!(socket.hear().await["payload"]["data"]["ticks"]["seq"], seq);
        }
        drop(socket);
        // The slot is free again.
        for attempt in 0.. {
            match Socket::open(&server, &[PROTOCOL]).await {
                Ok(_) => break,
                Err(_) if attempt < 50 => sleep(Duration::from_millis(100)).await,
                Err(error) => panic!("{error}"),
            }
        }
    });
}

#[test]
fn stopping_ends_waiting_connections() {
    let mut server = TestServer::start();
    block_on(async {
        let mut socket = Socket::ready(&server).await;
        socket.subscribe("a", "subscription { ticks(upto: 0) { seq } }").await;
        socket.say(r#"{"type":"ping"}"#).await;
        assert_eq!(socket.hear().await, json!({"type": "pong"}));
        server.stop();
        assert_eq!(socket.closed().await, 1001);
    });
    let begun = Instant::now();
    server.ended().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}
