//! The messages of graphql-transport-ws, and the codes that close a connection. Pure.
//!
//! The protocol: <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.

use serde_json::{Map, Value, json};

use crate::api::engine::request::Ask;
use crate::budget::{Charge, Charging};
use crate::domain::canonical::json;
use crate::domain::log::position::Position;
use crate::http::limits::COPIES;

/// The name of the protocol.
pub(super) const NAME: &str = "graphql-transport-ws";
/// The maximum length of an operation id in bytes.
const LONGEST_ID: usize = 256;

/// A message of a client.
#[derive(Debug, PartialEq)]
pub(super) enum ClientMessage {
    /// Initialises the connection, optionally with credentials.
    Init(Map<String, Value>),
    /// Requests a pong.
    Ping(Option<Value>),
    /// Answers a ping.
    Pong,
    /// Starts an operation.
    Subscribe(String, Ask),
    /// Ends an operation.
    Complete(String),
}

/// The code and reason that close a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) why: String,
}

impl Close {
    pub(super) fn new(code: u16, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }

    /// The client closed it.
    pub(super) fn gone() -> Self {
        Self::new(1000, "")
    }

    /// The server is stopping.
    pub(super) fn stopping() -> Self {
        Self::new(1001, "the server is stopping; connect again")
    }

    pub(super) fn too_large(limit: usize) -> Self {
        Self::new(1009, format!("a message has more than {limit} bytes, which is the limit"))
    }

    pub(super) fn full() -> Self {
        Self::new(1013, "too many connections wait for events; try again later")
    }

    /// There is no memory for a message; `after` is the position to resume from.
    pub(super) fn no_memory(after: Option<Position>) -> Self {
        let after = after.map(|seq| format!("; resume after {seq}")).unwrap_or_default();
        Self::new(1013, format!("there is no memory for this message now; try again later{after}"))
    }

    pub(super) fn bad(why: impl std::fmt::Display) -> Self {
        Self::new(4400, format!("bad message: {why}"))
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized: send connection_init first")
    }

    pub(super) fn forbidden(why: &str) -> Self {
        Self::new(4403, format!("Forbidden: {why}"))
    }

    pub(super) fn not_spoken() -> Self {
        Self::new(4406, format!("Subprotocol not acceptable: offer {NAME}"))
    }

    pub(super) fn no_init() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {} already exists", short(id)))
    }

    pub(super) fn too_slow(after: Option<Position>) -> Self {
        let after = after.map(|position| format!("; resume after {position}")).unwrap_or_default();
        Self::new(4420, format!("Too slow: a message was not accepted in time{after}"))
    }

    pub(super) fn init_again() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    pub(super) fn silent() -> Self {
        Self::new(4499, "Terminated: no answer to a ping")
    }
}

fn short(id: &str) -> String {
    id.chars().take(40).collect()
}

impl ClientMessage {
    /// Parses a message, and charges its values.
    pub(super) fn read(text: &str, memory: &Charge) -> Result<Self, Close> {
        let mut meter = Charging::new(memory, COPIES);
        let message = json::parse_within(text.as_bytes(), &mut meter).map_err(|error| match meter.met {
            Some(_) => Close::no_memory(None),
            None => Close::bad(error),
        })?;
        let Value::Object(mut message) = message else {
            return Err(Close::bad("expected a JSON object"));
        };
        let kind = message.remove("type");
        let payload = message.remove("payload");
        let id = message.remove("id");
        match kind.as_ref().and_then(Value::as_str) {
            Some("connection_init") => match payload {
                None | Some(Value::Null) => Ok(Self::Init(Map::new())),
                Some(Value::Object(payload)) => Ok(Self::Init(payload)),
                Some(_) => Err(Close::bad("expected an object as the payload of connection_init")),
            },
            Some("ping") => Ok(Self::Ping(payload)),
            Some("pong") => Ok(Self::Pong),
            Some("subscribe") => {
                let ask =
                    Ask::read(payload.unwrap_or_default()).map_err(|failure| Close::bad(failure.message))?;
                Ok(Self::Subscribe(named(id)?, ask))
            }
            Some("complete") => Ok(Self::Complete(named(id)?)),
            _ => Err(Close::bad("expected a known `type`")),
        }
    }
}

fn named(id: Option<Value>) -> Result<String, Close> {
    match id {
        Some(Value::String(id)) if (1..=LONGEST_ID).contains(&id.len()) => Ok(id),
        _ => Err(Close::bad(format!("expected an `id` of 1 to {LONGEST_ID} bytes"))),
    }
}

/// Formats the confirmation of `connection_init`.
pub(super) fn ack() -> String {
    json!({"type": "connection_ack"}).to_string()
}

pub(super) fn pong(payload: Option<Value>) -> String {
    let mut message = json!({"type": "pong"});
    if let Some(payload) = payload {
        message["payload"] = payload;
    }
    message.to_string()
}

/// Formats a result of an operation, which is already JSON.
pub(super) fn next(id: &str, result: &[u8]) -> String {
    let id = Value::from(id).to_string();
    let result = String::from_utf8_lossy(result);
    format!("{{\"id\":{id},\"type\":\"next\",\"payload\":{result}}}")
}

/// Formats the error of an operation that did not run or was ended by the server.
pub(super) fn error(id: &str, errors: &Value) -> String {
    json!({"id": id, "type": "error", "payload": errors}).to_string()
}

/// Formats the end of the results.
pub(super) fn complete(id: &str) -> String {
    json!({"id": id, "type": "complete"}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl ClientMessage {
        fn read_alone(text: &str) -> Result<Self, Close> {
            Self::read(text, &Charge::unlimited())
        }
    }

    #[test]
    fn a_message_of_many_values_is_refused() {
        let memory = crate::budget::Budget::new(1 << 20).account().charge();
        let many =
            format!(r#"{{"type":"ping","payload":{{"a":[{}]}}}}"#, vec!["{\"b\":1}"; 10_000].join(","));
        let close = ClientMessage::read(&many, &memory).unwrap_err();
        assert_eq!((close.code, close.why.len() < 124), (1013, true), "{}", close.why);
    }

    #[test]
    fn messages_are_read_strictly() {
        assert_eq!(
            ClientMessage::read_alone(r#"{"type":"connection_init"}"#),
            Ok(ClientMessage::Init(Map::new()))
        );
        assert_eq!(
            ClientMessage::read_alone(r#"{"type":"ping","payload":{"a":1}}"#),
            Ok(ClientMessage::Ping(Some(json!({"a": 1}))))
        );
        assert_eq!(
            ClientMessage::read_alone(r#"{"type":"complete","id":"1"}"#),
            Ok(ClientMessage::Complete("1".to_owned()))
        );
        let subscribe =
            ClientMessage::read_alone(r#"{"type":"subscribe","id":"1","payload":{"query":"{ one }"}}"#);
        assert!(
            matches!(subscribe, Ok(ClientMessage::Subscribe(id, ask)) if id == "1" && ask.query == "{ one }")
        );
        for bad in [
            "",
            "[]",
            "{",
            r#"{"type":"start"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"complete","id":7}"#,
            r#"{"type":"complete","id":""}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#,
            r#"{"type":"connection_init","payload":7}"#,
            r#"{"type":"ping","type":"pong"}"#,
        ] {
            assert_eq!(ClientMessage::read_alone(bad).map_err(|close| close.code), Err(4400), "{bad}");
        }
        assert!(
            ClientMessage::read_alone(&json!({"type": "complete", "id": "x".repeat(257)}).to_string())
                .is_err()
        );
    }

    #[test]
    fn messages_are_written_as_json() {
        let id = "a\"b";
        for text in [next(id, b"{\"data\":1}"), error(id, &json!([])), complete(id)] {
            let message: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(message["id"], id);
        }
    }
}
