//! Moments on the command line, and the moment at which an answer is read.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::shared::client::Client;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::Seq;

const DOCUMENT: &str = include_str!("moment.graphql");

/// A moment as an argument names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MomentArg {
    /// A seq.
    Seq(Seq),
    /// The last commit at or before this time, in RFC 3339.
    Time(String),
}

impl MomentArg {
    /// Converts the moment to the API's input `AsOf`.
    pub(crate) fn to_input(&self) -> Value {
        match self {
            Self::Seq(seq) => json!({"seq": seq.to_string()}),
            Self::Time(time) => json!({"time": time}),
        }
    }
}

impl FromStr for MomentArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(seq) = text.parse() {
            return Ok(Self::Seq(seq));
        }
        let time = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
        // A date is its first instant.
        let date = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc());
        time.ok()
            .or_else(date)
            .map(|time| Self::Time(time.to_rfc3339_opts(SecondsFormat::AutoSi, true)))
            .ok_or_else(|| {
                "use a seq such as 120, a time such as 2026-03-01T12:00:00Z, or a date such as 2026-03-01, which is its first instant in UTC"
                    .to_owned()
            })
    }
}

/// The moment that an answer is read at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ReadAt {
    /// The seq.
    pub seq: String,
    /// The time of its commit.
    pub time: String,
}

#[derive(Deserialize)]
struct NowData {
    view: ReadAt,
}

#[derive(Deserialize)]
struct FirstData {
    commits: CommitTimes,
}

#[derive(Deserialize)]
struct CommitTimes {
    nodes: Vec<CommitTime>,
}

#[derive(Deserialize)]
struct CommitTime {
    time: String,
}

#[derive(Deserialize)]
struct ThenData {
    at: NowData,
}

/// Resolves a moment, or now, so that all later requests read at the same seq.
pub(crate) async fn read_at(client: &Client, as_of: Option<&MomentArg>) -> Result<ReadAt> {
    match as_of {
        None => Ok(client.ask::<NowData>(DOCUMENT, "Now", json!({})).await?.view),
        Some(moment) => {
            let variables = json!({"asOf": moment.to_input()});
            let read_at = client.ask::<ThenData>(DOCUMENT, "Then", variables).await?.at.view;
            match moment {
                MomentArg::Time(time) if read_at.seq == "0" => Err(before_all(client, time).await?),
                _ => Ok(read_at),
            }
        }
    }
}

/// Returns the failure of a time before the first commit. The empty store is an answer to seq 0 alone:
/// a date is easily meant to be its end.
async fn before_all(client: &Client, time: &str) -> Result<Failure> {
    let first = client.ask::<FirstData>(DOCUMENT, "First", json!({})).await?.commits.nodes;
    let first = first.first().map_or_else(
        || "the store has none".to_owned(),
        |commit| format!("the first one is at {}", commit.time),
    );
    Ok(Failure::new(format!("there is no commit at or before {time}; {first}")).hint(
        "a date is its first instant in UTC; give a later time such as 2026-03-01T18:00:00+01:00, or a seq",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_seqs_dates_or_times() {
        for (text, input) in [
            ("120", json!({"seq": "120"})),
            ("2026-03-01", json!({"time": "2026-03-01T00:00:00Z"})),
            ("2026-03-01T12:00:00+02:00", json!({"time": "2026-03-01T10:00:00Z"})),
            ("2026-03-01T12:00:00.000001Z", json!({"time": "2026-03-01T12:00:00.000001Z"})),
        ] {
            assert_eq!(text.parse::<MomentArg>().unwrap().to_input(), input, "{text}");
        }
        for wrong in ["", "-1", "yesterday", "2026-13-01", "007"] {
            assert!(wrong.parse::<MomentArg>().is_err(), "{wrong}");
        }
    }
}
