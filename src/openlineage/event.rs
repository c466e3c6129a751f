//! An event of a run, a job or a data set. Fields that are not read here are kept in the payload.

use super::notes::Notes;
use crate::domain::version::Timestamp;

/// The most data sets of one event, inputs and outputs together: they fit into one commit with
/// their statements.
pub(super) const MAX_DATASETS: usize = 2_000;

/// The largest event in bytes. A larger payload of another client is not read.
pub const LARGEST_EVENT: usize = 16 * 1024 * 1024;

/// The reason why a value is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadEvent(pub String);

/// The fields of an event that the lineage uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The run, job or data set of the event.
    pub what: EventSubject,
    /// START, RUNNING, COMPLETE, ABORT, FAIL or OTHER; OTHER if the event has no type or an unknown
    /// one.
    pub kind: String,
    /// The time of the event; `None` if it has none that can be read.
    pub time: Option<Timestamp>,
    /// The time as written in the event.
    pub time_text: Option<String>,
    /// The producer of the event.
    pub producer: Option<String>,
    /// The data sets that were read.
    pub inputs: Vec<Dataset>,
    /// The data sets that were written.
    pub outputs: Vec<Dataset>,
    /// The URL of the job's code.
    pub code: Option<String>,
    /// The run that this one is part of.
    pub parent_run: Option<String>,
    /// True if the job says that it runs without an end, false if it says that it ends; `None` if
    /// it says neither.
    pub is_streaming: Option<bool>,
    /// The irregularities of the event.
    pub notes: Notes,
}

/// The run, job or data set that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSubject {
    /// A run of a job.
    Run {
        /// Its id.
        run: String,
        /// The job; `None` if the event does not name one.
        job: Option<QualifiedName>,
    },
    /// A job, without a run.
    Job(QualifiedName),
    /// A data set, without a job.
    Dataset(Dataset),
}

/// A name in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct QualifiedName {
    /// Such as `postgres://db:5432`.
    pub namespace: String,
    /// Such as `shop.public.orders`.
    pub name: String,
}

/// A data set, and optionally one version of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dataset {
    /// Its name.
    pub name: QualifiedName,
    /// The name of the version in its own system, from the facet `version`.
    pub version: Option<String>,
    /// Other names of the data set, from the facet `symlinks`; ordered, each once.
    pub aliases: Vec<QualifiedName>,
}

impl Event {
    /// Returns the approximate size of the event in memory, in bytes.
    pub(super) fn length(&self) -> usize {
        let texts = [&self.producer, &self.code, &self.parent_run, &self.time_text];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        let sets = self.inputs.iter().chain(&self.outputs).map(Dataset::length).sum::<usize>();
        size_of::<Self>() + texts + sets + self.notes.length()
    }

    /// Returns the job of the event.
    #[must_use]
    pub fn job(&self) -> Option<&QualifiedName> {
        match &self.what {
            EventSubject::Run { job, .. } => job.as_ref(),
            EventSubject::Job(job) => Some(job),
            EventSubject::Dataset(_) => None,
        }
    }

    /// Returns true if the outputs of the run that other events name are written by the time of
    /// this one: it is complete, or its job runs without an end.
    #[must_use]
    pub fn shows_outputs(&self) -> bool {
        match self.kind.as_str() {
            "COMPLETE" => true,
            "FAIL" | "ABORT" => false,
            _ => self.is_streaming == Some(true),
        }
    }
}

impl Dataset {
    /// Returns the approximate size of the data set in memory, in bytes.
    pub(super) fn length(&self) -> usize {
        let aliases = self.aliases.iter().map(QualifiedName::length).sum::<usize>();
        size_of::<Self>() - size_of::<QualifiedName>()
            + self.name.length()
            + self.version.as_ref().map_or(0, String::len)
            + aliases
    }

    /// Returns true if the data set is in a system that passes on records while they are written,
    /// by the scheme of its namespace.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        const SCHEMES: [&str; 11] = [
            "kafka",
            "kinesis",
            "pulsar",
            "pubsub",
            "eventhubs",
            "amqp",
            "rabbitmq",
            "mqtt",
            "nats",
            "rocketmq",
            "redpanda",
        ];
        let scheme = self.name.namespace.split([':', '/']).next().unwrap_or_default();
        SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
    }
}

impl QualifiedName {
    /// Returns the approximate size of the name in memory, in bytes.
    pub(super) fn length(&self) -> usize {
        size_of::<Self>() + self.namespace.len() + self.name.len()
    }
}
