//! An event of a run, a job or a data set. Fields that are not read here are kept in the payload.

use chrono::DateTime;
use serde_json::Value;

use crate::domain::canonical::attributes::type_name;
use crate::domain::version::Timestamp;

/// The most data sets of one event, inputs and outputs together: they fit into one commit with
/// their statements.
pub(super) const MAX_DATASETS: usize = 2_000;

/// The longest name or namespace, in bytes.
const MAX_NAME: usize = 8_192;

/// The reason why a value is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadEvent(pub String);

/// The fields of an event that the lineage uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The run, job or data set of the event.
    pub what: EventSubject,
    /// START, RUNNING, COMPLETE, ABORT, FAIL or OTHER; OTHER if the event has no type.
    pub kind: String,
    /// The time of the event.
    pub time: Timestamp,
    /// The time as written in the event.
    pub time_text: String,
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
}

/// The run, job or data set that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSubject {
    /// A run of a job.
    Run {
        /// Its id.
        run: String,
        /// The job.
        job: QualifiedName,
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
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// [`BadEvent`] names the field that is missing or invalid.
    pub fn read(value: &Value) -> Result<Self, BadEvent> {
        if !value.is_object() {
            return Err(bad(format!("expected a JSON object, found {}", type_name(value))));
        }
        let what = match (value.get("run"), value.get("job"), value.get("dataset")) {
            (Some(run), Some(job), _) => {
                EventSubject::Run { run: text(run, "runId", "run")?, job: name(job, "job")? }
            }
            (None, Some(job), _) => EventSubject::Job(name(job, "job")?),
            (None, None, Some(set)) => EventSubject::Dataset(dataset(set, "dataset")?),
            (Some(_), None, _) => return Err(bad("`job` is missing; an event with `run` names the job too")),
            (None, None, None) => {
                return Err(bad("expected `run` and `job`, or `job`, or `dataset`, found none of them"));
            }
        };
        let time_text = text(value, "eventTime", "the event")?;
        let time = DateTime::parse_from_rfc3339(&time_text)
            .map_err(|_| bad("`eventTime` must be a time such as 2026-01-01T12:00:00.000Z"))?
            .timestamp_micros();
        let (inputs, outputs) = match what {
            EventSubject::Dataset(_) => (Vec::new(), Vec::new()),
            _ => (datasets(value, "inputs")?, datasets(value, "outputs")?),
        };
        if inputs.len() + outputs.len() > MAX_DATASETS {
            return Err(bad(format!(
                "expected at most {MAX_DATASETS} data sets, found {}; send several events of the same run",
                inputs.len() + outputs.len()
            )));
        }
        let said = |path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let kind = match value.get("eventType") {
            None | Some(Value::Null) => "OTHER".to_owned(),
            Some(Value::String(kind)) => kind.to_ascii_uppercase(),
            Some(other) => {
                return Err(bad(format!("`eventType` must be a string, found {}", type_name(other))));
            }
        };
        const KINDS: [&str; 6] = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"];
        if !KINDS.contains(&kind.as_str()) {
            return Err(bad(format!("`eventType` must be one of {}", KINDS.join(", "))));
        }
        Ok(Self {
            what,
            kind,
            time,
            time_text,
            producer: said("/producer"),
            inputs,
            outputs,
            code: said("/job/facets/sourceCodeLocation/url"),
            parent_run: said("/run/facets/parent/run/runId"),
        })
    }

    /// Returns the approximate size of the event in memory, in bytes.
    pub(super) fn length(&self) -> usize {
        let set = |set: &Dataset| {
            let name = set.name.namespace.len() + set.name.name.len();
            size_of::<Dataset>() + name + set.version.as_ref().map_or(0, String::len)
        };
        let texts = [&self.producer, &self.code, &self.parent_run];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        size_of::<Self>() + texts + self.inputs.iter().chain(&self.outputs).map(set).sum::<usize>()
    }

    /// Returns the job of the event.
    #[must_use]
    pub fn job(&self) -> Option<&QualifiedName> {
        match &self.what {
            EventSubject::Run { job, .. } | EventSubject::Job(job) => Some(job),
            EventSubject::Dataset(_) => None,
        }
    }
}

fn datasets(event: &Value, field: &'static str) -> Result<Vec<Dataset>, BadEvent> {
    match event.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(sets)) => {
            let mut found = sets
                .iter()
                .enumerate()
                .map(|(place, set)| dataset(set, &format!("{field}[{place}]")))
                .collect::<Result<Vec<_>, _>>()?;
            found.sort();
            found.dedup();
            Ok(found)
        }
        Some(other) => Err(bad(format!("`{field}` must be a list, found {}", type_name(other)))),
    }
}

fn dataset(value: &Value, place: &str) -> Result<Dataset, BadEvent> {
    let version = match value.pointer("/facets/version/datasetVersion") {
        Some(Value::String(version)) if !version.is_empty() => Some(version.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    if version.as_ref().is_some_and(|version| version.len() > MAX_NAME) {
        return Err(bad(format!("`datasetVersion` of {place} is longer than {MAX_NAME} bytes")));
    }
    Ok(Dataset { name: name(value, place)?, version })
}

fn name(value: &Value, place: &str) -> Result<QualifiedName, BadEvent> {
    Ok(QualifiedName { namespace: text(value, "namespace", place)?, name: text(value, "name", place)? })
}

fn text(value: &Value, field: &str, place: &str) -> Result<String, BadEvent> {
    match value.get(field).and_then(Value::as_str) {
        Some(text) if text.trim().is_empty() => Err(bad(format!("`{field}` of {place} is empty"))),
        Some(text) if text.len() > MAX_NAME => {
            Err(bad(format!("`{field}` of {place} is longer than {MAX_NAME} bytes")))
        }
        Some(text) => Ok(text.to_owned()),
        None => {
            let found = value.get(field).map_or("nothing", type_name);
            Err(bad(format!("`{field}` of {place} must be a string, found {found}")))
        }
    }
}

fn bad(why: impl Into<String>) -> BadEvent {
    BadEvent(why.into())
}
