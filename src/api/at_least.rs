//! `atLeastSeq`: whoever has seen a commit at one process sees it at every other.
//!
//! It is no argument of a field but an extension of the request, for it holds for the whole answer: everything in it is read at
//! one moment, and that is chosen once the process has come so far.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::ask::{Ask, Caller};
use super::code::{Code, Reason};
use super::execute::{Execute, Pace, Subscribed};
use super::failure::Failure;
use super::outcome::Outcome;
use super::spending::TimeUp;
use crate::domain::id::Seq;
use crate::domain::principal::Principal;
use crate::ledger::{Ledger, LedgerError};

/// The name among the request's extensions.
pub const EXTENSION: &str = "atLeastSeq";

/// How long a request waits for what another process has written.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers requests once the ledger has come as far as they ask for.
pub struct AtLeast {
    ledger: Ledger,
    answering: Arc<dyn Execute>,
    patience: Duration,
}

impl AtLeast {
    pub(super) fn new(ledger: Ledger, answering: Arc<dyn Execute>) -> Self {
        Self { ledger, answering, patience: PATIENCE }
    }
}

impl Execute for AtLeast {
    fn execute_until(
        &self,
        ask: Ask,
        caller: Caller,
        time_up: TimeUp,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        let seq = match asked(&ask.extensions) {
            Ok(None) => return self.answering.execute_until(ask, caller, time_up),
            Ok(Some(seq)) => seq,
            Err(failure) => return Box::pin(std::future::ready(Outcome::failed(&failure))),
        };
        let (ledger, answering, patience) = (self.ledger.clone(), Arc::clone(&self.answering), self.patience);
        Box::pin(async move {
            match ledger.reach(seq, patience).await {
                Ok(()) => answering.execute_until(ask, caller, time_up).await,
                Err(error) => Outcome::failed(&not_reached(&error)),
            }
        })
    }

    fn subscribe(&self, ask: Ask, principal: Principal) -> Pin<Box<dyn Future<Output = Subscribed> + Send>> {
        let seq = match asked(&ask.extensions) {
            Ok(None) => return self.answering.subscribe(ask, principal),
            Ok(Some(seq)) => seq,
            Err(failure) => {
                return Box::pin(std::future::ready(Subscribed::Refused(Outcome::failed(&failure))));
            }
        };
        let (ledger, answering, patience) = (self.ledger.clone(), Arc::clone(&self.answering), self.patience);
        Box::pin(async move {
            match ledger.reach(seq, patience).await {
                Ok(()) => answering.subscribe(ask, principal).await,
                Err(error) => Subscribed::Refused(Outcome::failed(&not_reached(&error))),
            }
        })
    }

    fn pace(&self, ask: &Ask) -> Option<Pace> {
        self.answering.pace(ask)
    }
}

/// The seq that a request asks for.
fn asked(extensions: &Map<String, Value>) -> Result<Option<Seq>, Failure> {
    let seq = match extensions.get(EXTENSION) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(Value::Number(number)) => number.as_u64().map(Seq),
        Some(_) => None,
    };
    let wrong =
        || Failure::new(Code::BadUserInput, "`atLeastSeq` must be the seq of a commit, such as \"120\"");
    seq.map(Some).ok_or_else(wrong)
}

fn not_reached(error: &LedgerError) -> Failure {
    Failure::new(Code::BadUserInput, error.to_string()).because(Reason::AsOfUnavailable)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_seq_is_read_from_a_text_or_a_number() {
        let read = |value: Value| {
            let Value::Object(extensions) = json!({ "atLeastSeq": value }) else { return Ok(None) };
            asked(&extensions)
        };
        assert_eq!(asked(&Map::new()), Ok(None));
        assert_eq!(read(Value::Null), Ok(None));
        assert_eq!(read(json!("120")), Ok(Some(Seq(120))));
        assert_eq!(read(json!(7)), Ok(Some(Seq(7))));
        for wrong in [json!(""), json!("a"), json!(-1), json!(1.5), json!([1]), json!(true)] {
            let refused = read(wrong.clone()).unwrap_err();
            assert_eq!(refused.code, Code::BadUserInput, "{wrong}");
        }
    }
}
