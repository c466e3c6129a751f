//! `atLeastSeq`: read-your-writes across processes of one store.
//!
//! It is an extension of the request and no argument of a field, because it applies to the complete
//! answer: everything in it is read at one moment, which is chosen after the process has reached
//! the position.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::api::engine::budget::TimeUp;
use crate::api::engine::code::Code;
use crate::api::engine::execute::{Execute, Pace, Subscribed};
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::Outcome;
use crate::api::engine::request::{Ask, Caller};
use crate::api::errors;
use crate::domain::id::Seq;
use crate::domain::log::position::Position;
use crate::domain::principal::Principal;
use crate::ledger::{Ledger, LedgerError};

/// The key among the request's extensions.
pub const EXTENSION: &str = "atLeastSeq";

/// The time that a request waits for commits of another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// Executes requests after the ledger has reached the position that they ask for.
pub struct AtLeast {
    ledger: Ledger,
    answering: Arc<dyn Execute>,
    patience: Duration,
}

impl AtLeast {
    pub(in crate::api) fn new(ledger: Ledger, answering: Arc<dyn Execute>) -> Self {
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
        let position = match asked(&ask.extensions) {
            Ok(None) => return self.answering.execute_until(ask, caller, time_up),
            Ok(Some(position)) => position,
            Err(failure) => return Box::pin(std::future::ready(Outcome::failed(&failure))),
        };
        let (ledger, answering, patience) = (self.ledger.clone(), Arc::clone(&self.answering), self.patience);
        Box::pin(async move {
            match reach(&ledger, position, patience).await {
                Ok(()) => answering.execute_until(ask, caller, time_up).await,
                Err(error) => Outcome::failed(&errors::failure(error)),
            }
        })
    }

    fn subscribe(&self, ask: Ask, principal: Principal) -> Pin<Box<dyn Future<Output = Subscribed> + Send>> {
        let position = match asked(&ask.extensions) {
            Ok(None) => return self.answering.subscribe(ask, principal),
            Ok(Some(position)) => position,
            Err(failure) => {
                return Box::pin(std::future::ready(Subscribed::Refused(Outcome::failed(&failure))));
            }
        };
        let (ledger, answering, patience) = (self.ledger.clone(), Arc::clone(&self.answering), self.patience);
        Box::pin(async move {
            match reach(&ledger, position, patience).await {
                Ok(()) => answering.subscribe(ask, principal).await,
                Err(error) => Subscribed::Refused(Outcome::failed(&errors::failure(error))),
            }
        })
    }

    fn pace(&self, ask: &Ask) -> Option<Pace> {
        self.answering.pace(ask)
    }
}

/// Returns the position that a request asks for.
fn asked(extensions: &Map<String, Value>) -> Result<Option<Position>, Failure> {
    let position = match extensions.get(EXTENSION) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(Value::Number(number)) => number.as_u64().map(|seq| Position::from(Seq(seq))),
        Some(_) => None,
    };
    let wrong = || {
        let message =
            "`atLeastSeq` must be the seq of a commit, such as \"120\", or a value of the header Stemma-Seq";
        Failure::new(Code::BadUserInput, message)
    };
    position.map(Some).ok_or_else(wrong)
}

/// Waits for a commit, which must be of this log. That is checked again once the commit is known:
/// before it, only a store of one process can tell.
async fn reach(ledger: &Ledger, position: Position, patience: Duration) -> Result<(), LedgerError> {
    let seq = ledger.fits(position)?;
    ledger.reach(seq, patience).await?;
    ledger.fits(position).map(|_| ())
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
        assert_eq!(read(json!("120")), Ok(Some(Position::from(Seq(120)))));
        assert_eq!(read(json!(7)), Ok(Some(Position::from(Seq(7)))));
        let marked = read(json!("120-00000000000000ff")).unwrap().unwrap();
        assert_eq!(marked.to_string(), "120-00000000000000ff");
        for wrong in [
            json!(""),
            json!("a"),
            json!("120-"),
            json!("120-ff"),
            json!(-1),
            json!(1.5),
            json!([1]),
            json!(true),
        ] {
            let refused = read(wrong.clone()).unwrap_err();
            assert_eq!(refused.code, Code::BadUserInput, "{wrong}");
        }
    }
}
