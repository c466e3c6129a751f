//! What a receiver gets, and its signature.

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

/// What signs messages. Never shown.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// A text that is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a secret is `whsec_` and 24 to 64 bytes in base64; make one with `echo whsec_$(openssl rand -base64 32)`"
)]
pub struct BadSecret;

impl Secret {
    /// The secret of this text; white space around it, as files have it, is not part of it.
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
        // A key of any length will do.
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

/// An event for a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// The same for every try.
    pub(super) id: String,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// What is told of a commit; `told` is the data of the event.
    pub(super) fn new(hook: &str, secret: &Secret, wants: &Wants, seq: Seq, mut told: Value) -> Self {
        let (kind, time) = match wants {
            Wants::Changes => ("commit.made", told["time"].clone()),
            Wants::Affected { .. } => ("training_set.affected", told["commit"]["time"].clone()),
        };
        let number = seq.to_string();
        let when = time.as_str().unwrap_or_default().to_owned();
        // The time tells stores apart that number their commits alike.
        let mac = secret.mac(&[hook.as_bytes(), b"\n", number.as_bytes(), b"\n", when.as_bytes()]);
        let id = format!("msg_{}", mac[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let write = |told: &Value| json!({"type": kind, "timestamp": time, "data": told}).to_string();
        let mut body = write(&told);
        if body.len() > LARGEST
            && let Some(lists) = told.as_object_mut()
        {
            for list in ["statements", "versions", "tagMoves", "trainingSets", "message"] {
                lists.remove(list);
            }
            lists.insert("shortened".to_owned(), Value::Bool(true));
            if let Some(commit) = lists.get_mut("commit").and_then(Value::as_object_mut) {
                commit.remove("message");
            }
            body = write(&told);
        }
        Self { id, body: body.into_bytes() }
    }

    /// The signature of the message at a second.
    pub(super) fn sign(&self, secret: &Secret, second: i64) -> Signature {
        let second = second.to_string();
        Signature(secret.mac(&[self.id.as_bytes(), b".", second.as_bytes(), b".", &self.body]))
    }
}

/// A signature of one try.
pub(super) struct Signature([u8; 32]);

impl Signature {
    pub(super) fn header(&self) -> String {
        format!("v1,{}", STANDARD.encode(self.0))
    }

    /// A number that nobody can foresee, the same for the same try: from 0 to 1.
    pub(super) fn chance(&self) -> f64 {
        f64::from(u16::from_be_bytes([self.0[0], self.0[1]])) / f64::from(u16::MAX)
    }
}

/// The subscription that a hook is, and its variables.
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
