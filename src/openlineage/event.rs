//! One event: a run's, a job's, or a data set's. What is not named here is not looked at, and kept.

use chrono::DateTime;
use serde_json::Value;

use crate::domain::version::Timestamp;

/// The most data sets of one event, inputs and outputs together: what fits into a commit with what belongs to them.
pub(super) const MAX_DATASETS: usize = 2_000;

/// The longest name or namespace, in bytes.
const MAX_NAME: usize = 8_192;

/// Why something is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadEvent(pub String);

/// What the lineage takes from an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What it speaks of.
    pub what: What,
    /// START, RUNNING, COMPLETE, ABORT, FAIL or OTHER; OTHER where a run's event says nothing.
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    /// The same as it was written.
    pub time_said: String,
    /// Who says it.
    pub producer: Option<String>,
    /// What was read.
    pub inputs: Vec<Dataset>,
    /// What was written.
    pub outputs: Vec<Dataset>,
    /// Where the code of the job is.
    pub code: Option<String>,
    /// The run that this one is part of.
    pub parent_run: Option<String>,
}

/// What an event speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A run of a job.
    Run {
        /// Its id.
        run: String,
        /// The job.
        job: Name,
    },
    /// A job, whether or not it runs.
    Job(Name),
    /// A data set, whoever reads or writes it.
    Dataset(Dataset),
}

/// A name in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Such as `postgres://db:5432`.
    pub namespace: String,
    /// Such as `shop.public.orders`.
    pub name: String,
}

/// A data set, and which version of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dataset {
    /// Its name.
    pub name: Name,
    /// What its own system calls the version: the facet `version`.
    pub version: Option<String>,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// [`BadEvent`] says what is missing, and where.
    pub fn read(value: &Value) -> Result<Self, BadEvent> {
        if !value.is_object() {
            return Err(bad("an event is a JSON object"));
        }
        let what = match (value.get("run"), value.get("job"), value.get("dataset")) {
            (Some(run), Some(job), _) => {
                What::Run { run: text(run, "runId", "run")?, job: name(job, "job")? }
            }
            (None, Some(job), _) => What::Job(name(job, "job")?),
            (None, None, Some(set)) => What::Dataset(dataset(set, "dataset")?),
            (Some(_), None, _) => return Err(bad("`job` is missing; an event with `run` names the job too")),
            (None, None, None) => return Err(bad("an event has `run` and `job`, or `job`, or `dataset`")),
        };
        let time_said = text(value, "eventTime", "the event")?;
        let time = DateTime::parse_from_rfc3339(&time_said)
            .map_err(|_| bad("`eventTime` is not a time such as 2026-01-01T12:00:00.000Z"))?
            .timestamp_micros();
        let (inputs, outputs) = match what {
            What::Dataset(_) => (Vec::new(), Vec::new()),
            _ => (datasets(value, "inputs")?, datasets(value, "outputs")?),
        };
        if inputs.len() + outputs.len() > MAX_DATASETS {
            return Err(bad(format!(
                "it names {} data sets, and {MAX_DATASETS} is the limit; send several events of the same run",
                inputs.len() + outputs.len()
            )));
        }
        let said = |path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let kind = match value.get("eventType") {
            None | Some(Value::Null) => "OTHER".to_owned(),
            Some(Value::String(kind)) => kind.to_ascii_uppercase(),
            Some(_) => return Err(bad("`eventType` is not a text")),
        };
        const KINDS: [&str; 6] = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"];
        if !KINDS.contains(&kind.as_str()) {
            return Err(bad(format!("`eventType` is one of {}", KINDS.join(", "))));
        }
        Ok(Self {
            what,
            kind,
            time,
            time_said,
            producer: said("/producer"),
            inputs,
            outputs,
            code: said("/job/facets/sourceCodeLocation/url"),
            parent_run: said("/run/facets/parent/run/runId"),
        })
    }

    /// About how many bytes its texts have.
    pub(super) fn length(&self) -> usize {
        let set = |set: &Dataset| {
            let name = set.name.namespace.len() + set.name.name.len();
            size_of::<Dataset>() + name + set.version.as_ref().map_or(0, String::len)
        };
        let texts = [&self.producer, &self.code, &self.parent_run];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        size_of::<Self>() + texts + self.inputs.iter().chain(&self.outputs).map(set).sum::<usize>()
    }

    /// The job that it speaks of.
    #[must_use]
    pub fn job(&self) -> Option<&Name> {
        match &self.what {
            What::Run { job, .. } | What::Job(job) => Some(job),
            What::Dataset(_) => None,
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
        Some(_) => Err(bad(format!("`{field}` is not a list"))),
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

fn name(value: &Value, place: &str) -> Result<Name, BadEvent> {
    Ok(Name { namespace: text(value, "namespace", place)?, name: text(value, "name", place)? })
}

fn text(value: &Value, field: &str, place: &str) -> Result<String, BadEvent> {
    match value.get(field).and_then(Value::as_str) {
        Some(text) if text.trim().is_empty() => Err(bad(format!("`{field}` of {place} is empty"))),
        Some(text) if text.len() > MAX_NAME => {
            Err(bad(format!("`{field}` of {place} is longer than {MAX_NAME} bytes")))
        }
        Some(text) => Ok(text.to_owned()),
        None => Err(bad(format!("`{field}` of {place} is missing or not a text"))),
    }
}

fn bad(why: impl Into<String>) -> BadEvent {
    BadEvent(why.into())
}
