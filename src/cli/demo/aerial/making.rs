//! Commits of the story under construction: what the people of each office write.

use bytes::Bytes;
use chrono::DateTime;
use serde_json::Value;

use super::deliveries::DeliveredFile;
use crate::cli::demo::commits::{DemoCommit, invalid};
use crate::cli::shared::failure::Result;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::Digest;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::version::{Activity, Timestamp};
use crate::domain::write::proposal::{Change, Proposal, Put, Ref, SetTag};

/// The namespace of the items.
pub(super) const NAMESPACE: &str = "aerial";

/// A commit and its time.
pub(super) struct TimedCommit {
    pub time: Timestamp,
    pub commit: DemoCommit,
}

/// A commit under construction.
#[derive(Default)]
pub(super) struct Making {
    changes: Vec<Change>,
    payloads: Vec<Bytes>,
}

impl Making {
    pub(super) fn add(&mut self, change: Change) {
        self.changes.push(change);
    }

    pub(super) fn put(&mut self, put: Put) {
        self.add(Change::Put(put));
    }

    /// Points an alias at a version.
    pub(super) fn alias(&mut self, name: &str, version: Ref) {
        self.add(Change::SetTag(SetTag { name: name.to_owned(), version, alias: true, expect: None }));
    }

    /// Adds a picture to a version, whose size is recorded in its attributes.
    pub(super) fn with_picture(&mut self, put: Put, (_, file): DeliveredFile) -> Put {
        let file = Bytes::from_static(file);
        let payload = Some(Digest::of(&file));
        self.payloads.push(file);
        Put { payload, media_type: Some("image/jpeg".to_owned()), record_image_size: true, ..put }
    }

    /// Ends the commit: `what` makes its idempotency key.
    pub(super) fn end(self, what: &str, author: &str, time: &str, message: &str) -> Result<TimedCommit> {
        let proposal = Proposal {
            author: author.to_owned(),
            message: Some(message.to_owned()),
            idempotency_key: Some(format!("demo/{NAMESPACE}/{what}")),
            repeat_statements: false,
            changes: self.changes,
        };
        Ok(TimedCommit { time: moment(time)?, commit: DemoCommit { proposal, payloads: self.payloads } })
    }
}

/// Parses a time of the story.
pub(super) fn moment(text: &str) -> Result<Timestamp> {
    let time = DateTime::parse_from_rfc3339(text);
    let time = time.map_err(|error| invalid(&error))?;
    Ok(time.timestamp_micros())
}

/// Returns an activity that ran between two moments.
pub(super) fn activity(name: &str, (start, end): (&str, &str), parameters: &Value) -> Result<Activity> {
    Ok(Activity {
        name: name.to_owned(),
        code_reference: None,
        parameters: attributes(parameters)?,
        started_at: Some(moment(start)?),
        ended_at: Some(moment(end)?),
    })
}

/// Returns a version of an item with these attributes.
pub(super) fn put(kind: Kind, key: &str, values: &Value) -> Result<Put> {
    Ok(Put { attributes: attributes(values)?, ..Put::new(item(kind, key)?) })
}

pub(super) fn item(kind: Kind, key: &str) -> Result<ItemKey> {
    let namespace = NAMESPACE.parse().map_err(|error| invalid(&error))?;
    ItemKey::new(namespace, kind, key).map_err(|error| invalid(&error))
}

pub(super) fn attributes(values: &Value) -> Result<Attributes> {
    Attributes::new(values).map_err(|error| invalid(&error))
}

/// Names the newest version of an item.
pub(super) fn newest(kind: Kind, key: &str) -> Ref {
    Ref::Named(format!("{NAMESPACE}/{kind}/{key}"))
}

/// Names a version of an item by its number.
pub(super) fn numbered(kind: Kind, key: &str, number: u32) -> Ref {
    Ref::Named(format!("{NAMESPACE}/{kind}/{key}#{number}"))
}
