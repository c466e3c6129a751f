//! The message to a receiver, and its signature.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::Wants;
use crate::domain::id::Seq;

/// The largest message, in bytes.
pub(super) const LARGEST: usize = 256 * 1024;

/// The key that signs messages. It is never printed.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// A text that is not a valid secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `whsec_` and 24 to 64 bytes in base64; make a secret with `echo whsec_$(openssl rand -base64 32)`"
)]
pub struct BadSecret;

impl Secret {
    /// Parses a secret. Ignores white space around it, as files have it.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub fn new(text: &str) -> Result<Self, BadSecret> {
        let text = text.trim();
        let text = text.strip_prefix("whsec_").ok_or(BadSecret)?;
        let key = STANDARD.decode(text).map_err(|_| BadSecret)?;
        if (24..=64).contains(&key.len()) { Ok(Self(key)) } else { Err(BadSecret) }
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC accepts a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An event as it is sent to a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HookMessage {
    /// The id, which is the same for every try.
    pub(super) id: String,
    pub(super) body: Vec<u8>,
}

impl HookMessage {
    /// Creates the message for a commit; `data` is the data of the event.
    pub(super) fn new(hook: &str, secret: &Secret, wants: &Wants, seq: Seq, mut data: Value) -> Self {
        let (kind, time) = match wants {
            Wants::Changes => ("commit.made", data["time"].clone()),
            Wants::Affected { .. } => ("training_set.affected", data["commit"]["time"].clone()),
        };
        let number = seq.to_string();
        let when = time.as_str().unwrap_or_default().to_owned();
        // The time distinguishes stores that have commits with the same number.
        let mac = secret.mac(&[hook.as_bytes(), b"\n", number.as_bytes(), b"\n", when.as_bytes()]);
        let id = format!("msg_{}", mac[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let write = |data: &Value| json!({"type": kind, "timestamp": time, "data": data}).to_string();
        let mut body = write(&data);
        if body.len() > LARGEST
            && let Some(lists) = data.as_object_mut()
        {
            for list in ["statements", "versions", "tagMoves", "trainingSets", "message"] {
                lists.remove(list);
            }
            lists.insert("shortened".to_owned(), Value::Bool(true));
            if let Some(commit) = lists.get_mut("commit").and_then(Value::as_object_mut) {
                commit.remove("message");
            }
            body = write(&data);
        }
        Self { id, body: body.into_bytes() }
    }

    /// Signs the message at a Unix time in seconds.
    pub(super) fn sign(&self, secret: &Secret, second: i64) -> Signature {
        let second = second.to_string();
        Signature(secret.mac(&[self.id.as_bytes(), b".", second.as_bytes(), b".", &self.body]))
    }
}

/// The signature of one try.
pub(super) struct Signature([u8; 32]);

impl Signature {
    pub(super) fn header(&self) -> String {
        format!("v1,{}", STANDARD.encode(self.0))
    }
}

/// Returns the subscription of a hook, and its variables.
pub(super) fn subscription(wants: &Wants) -> (&'static str, serde_json::Map<String, Value>) {
    let variables = match wants {
        Wants::Changes => return (include_str!("changes.graphql"), serde_json::Map::new()),
        Wants::Affected { training_set, tag, namespace } => [
            ("trainingSet", training_set.clone().map(Value::from)),
            ("tag", tag.clone().map(Value::from)),
            ("namespace", Some(Value::from(namespace.clone()))),
        ],
    };
    let given = variables.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    (include_str!("affected.graphql"), given.collect())
}
