//! Reads an event leniently: whatever is wrong with a part of it is noted, and the rest is read.
//!
//! A client cannot send an event again in another form. So an event is refused only if its run, job
//! or data set cannot be identified.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::error::IntakeError;
use super::event::{BadEvent, Dataset, Event, EventSubject, MAX_DATASETS, QualifiedName};
use super::notes::{Notes, shown};
use super::time::read_time;
use crate::budget::{Charge, Charging};
use crate::domain::canonical::attributes::type_name;
use crate::domain::canonical::json;
use crate::domain::version::Timestamp;

/// The types of events that are known.
const KINDS: [&str; 6] = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"];
/// The most other names of one data set, and of all data sets of an event.
const MAX_ALIASES: (usize, usize) = (16, 1_000);

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// [`BadEvent`] if the event has no run, job or data set that can be identified.
    pub fn read(value: &Value) -> Result<Self, BadEvent> {
        EventReader::new(value).event()
    }
}

/// Reads an event. Charges its values while they are parsed, and afterwards the part that is kept,
/// which is at most as large as its text.
pub(super) fn read(bytes: &[u8], memory: &Charge) -> Result<Event, IntakeError> {
    let reading = memory.sibling();
    let mut meter = Charging::new(&reading, 1);
    let value = json::parse_lenient(bytes, &mut meter).map_err(|error| match meter.met {
        Some(exhausted) => IntakeError::Exhausted(exhausted),
        None => BadEvent(error.to_string()).into(),
    })?;
    let event = Event::read(&value)?;
    memory.grow(event.length() as u64)?;
    Ok(event)
}

/// Reads one event and collects what is irregular.
struct EventReader<'a> {
    event: &'a Value,
    notes: Notes,
    aliases: usize,
}

impl<'a> EventReader<'a> {
    /// Creates a reader of an event.
    fn new(event: &'a Value) -> Self {
        Self { event, notes: Notes::default(), aliases: 0 }
    }

    /// Reads the event.
    fn event(mut self) -> Result<Event, BadEvent> {
        if !self.event.is_object() {
            return Err(bad(format!("expected a JSON object, found {}", type_name(self.event))));
        }
        let what = self.subject()?;
        let (mut inputs, mut outputs) = match what {
            EventSubject::Dataset(_) => (Vec::new(), Vec::new()),
            _ => (self.datasets("inputs"), self.datasets("outputs")),
        };
        let count = inputs.len() + outputs.len();
        if count > MAX_DATASETS {
            outputs.truncate(MAX_DATASETS);
            inputs.truncate(MAX_DATASETS - outputs.len());
            let why = format!(
                "expected at most {MAX_DATASETS} data sets, found {count}; send several events of the same run"
            );
            self.notes.leave_out(count - MAX_DATASETS, why);
        }
        let kind = self.kind();
        let (time, time_text) = self.time();
        let processing = self.text_at("/job/facets/jobType/processingType").map(str::to_ascii_uppercase);
        let parent = self.text_at("/run/facets/parent/run/runId");
        // The name of this facet in earlier versions of the specification.
        let parent = parent.or_else(|| self.text_at("/run/facets/parentRun/run/runId"));
        Ok(Event {
            what,
            kind,
            time,
            time_text,
            producer: self.text_at("/producer").map(str::to_owned),
            inputs,
            outputs,
            code: self.text_at("/job/facets/sourceCodeLocation/url").map(str::to_owned),
            parent_run: parent.map(str::to_owned),
            is_streaming: match processing.as_deref() {
                Some("STREAMING") => Some(true),
                Some("BATCH") => Some(false),
                _ => None,
            },
            notes: self.notes,
        })
    }

    fn subject(&mut self) -> Result<EventSubject, BadEvent> {
        let event = self.event;
        let part = |name: &str| event.get(name).filter(|value| !value.is_null());
        match (part("run"), part("job"), part("dataset")) {
            (Some(run), job, _) => {
                let run = match run.get("runId") {
                    Some(Value::Number(number)) => number.to_string(),
                    _ => text(run, "runId", "`run`")?.to_owned(),
                };
                Ok(EventSubject::Run { run, job: self.job_of_run(job) })
            }
            (None, Some(job), _) => Ok(EventSubject::Job(name(job, "`job`")?)),
            (None, None, Some(set)) => Ok(EventSubject::Dataset(Dataset {
                name: name(set, "`dataset`")?,
                ..self.facets(set, "`dataset`")
            })),
            (None, None, None) => {
                Err(bad("expected `run` and `job`, or `job`, or `dataset`, found none of them"))
            }
        }
    }

    /// Reads the job of a run, which is no part of the run's identity.
    fn job_of_run(&mut self, job: Option<&Value>) -> Option<QualifiedName> {
        match job.map(|job| name(job, "`job`")) {
            Some(Ok(job)) => Some(job),
            Some(Err(why)) => {
                self.notes.ignore(why.0);
                None
            }
            None => {
                self.notes.ignore("expected `job` in an event with `run`, found nothing".to_owned());
                None
            }
        }
    }

    fn kind(&mut self) -> String {
        match self.event.get("eventType") {
            None | Some(Value::Null) => {}
            Some(Value::String(kind)) => {
                let upper = kind.trim().to_ascii_uppercase();
                if KINDS.contains(&upper.as_str()) {
                    return upper;
                }
                let (known, kind_shown) = (KINDS.join(", "), shown(kind));
                self.notes.describe(format!(
                    "expected `eventType` to be one of {known}, found {kind_shown:?}; the event is kept as OTHER"
                ));
                self.notes.reported_kind = Some(shown(kind));
            }
            Some(other) => {
                self.notes.ignore(format!("`eventType` must be a string, found {}", type_name(other)))
            }
        }
        "OTHER".to_owned()
    }

    fn time(&mut self) -> (Option<Timestamp>, Option<String>) {
        const EXPECTED: &str = "expected `eventTime` to be a time such as 2026-01-01T12:00:00.000Z";
        let Some(text) = self.event.get("eventTime").and_then(Value::as_str) else {
            let found = self.event.get("eventTime").map_or("nothing", type_name);
            self.notes.ignore(format!("{EXPECTED}, found {found}; the event has no time"));
            return (None, None);
        };
        let read = read_time(text);
        match read {
            None => self.notes.ignore(format!("{EXPECTED}, found {:?}; the event has no time", shown(text))),
            Some((_, has_offset)) if !has_offset => {
                self.notes.assumed_utc = true;
                self.notes.describe(format!(
                    "`eventTime` {:?} has no offset and is read as UTC; send a time such as {}Z",
                    shown(text),
                    shown(text.trim())
                ));
            }
            Some(_) => {}
        }
        (read.map(|(time, _)| time), Some(text.to_owned()))
    }

    /// Returns the text at a path of the event.
    fn text_at(&self, path: &str) -> Option<&'a str> {
        self.event.pointer(path).and_then(Value::as_str)
    }

    /// Reads a list of data sets, each once with all other names that its entries give.
    fn datasets(&mut self, field: &'static str) -> Vec<Dataset> {
        let sets = match self.event.get(field) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(sets)) => sets,
            Some(other) => {
                self.notes.leave_out(1, format!("`{field}` must be a list, found {}", type_name(other)));
                return Vec::new();
            }
        };
        let mut found: BTreeMap<_, BTreeSet<QualifiedName>> = BTreeMap::new();
        let mut repeated = 0;
        for (position, set) in sets.iter().enumerate() {
            let place = format!("{field}[{position}]");
            match name(set, &place) {
                Ok(name) => {
                    let Dataset { version, aliases, .. } = self.facets(set, &place);
                    let entry = found.entry((name, version));
                    repeated += usize::from(matches!(entry, std::collections::btree_map::Entry::Occupied(_)));
                    entry.or_default().extend(aliases);
                }
                Err(why) => self.notes.leave_out(1, format!("{}; the data set is left out", why.0)),
            }
        }
        if repeated > 0 {
            self.notes
                .describe(format!("`{field}` names a data set more than once, {repeated} times in all"));
        }
        let dataset =
            |((name, version), aliases): ((QualifiedName, Option<String>), BTreeSet<QualifiedName>)| {
                let aliases = aliases.into_iter().filter(|alias| *alias != name).collect();
                Dataset { name, version, aliases }
            };
        found.into_iter().map(dataset).collect()
    }

    /// Reads the facets of a data set. The name is empty.
    fn facets(&mut self, set: &'a Value, place: &str) -> Dataset {
        let name = QualifiedName { namespace: String::new(), name: String::new() };
        let mut read = Dataset { name, version: None, aliases: Vec::new() };
        match set.get("facets") {
            None | Some(Value::Null) => return read,
            Some(Value::Object(_)) => {}
            Some(other) => {
                let found = type_name(other);
                self.notes.ignore(format!("`facets` of {place} must be an object, found {found}"));
                return read;
            }
        }
        if let Some(facet) = self.facet(set, "version", place) {
            match facet.get("datasetVersion") {
                Some(Value::String(version)) if !version.is_empty() => read.version = Some(version.clone()),
                Some(Value::Number(number)) => read.version = Some(number.to_string()),
                other => {
                    let found = other.map_or("nothing", type_name);
                    let expected = "must be a string that is not empty";
                    self.notes.ignore(format!("`datasetVersion` of {place} {expected}, found {found}"));
                }
            }
        }
        if let Some(facet) = self.facet(set, "symlinks", place) {
            match facet.get("identifiers") {
                Some(Value::Array(names)) => read.aliases = self.aliases(names, place),
                other => {
                    let found = other.map_or("nothing", type_name);
                    self.notes.ignore(format!("`identifiers` of {place} must be a list, found {found}"));
                }
            }
        }
        read
    }

    /// Returns a facet of a data set; `None` if it is absent or deleted.
    fn facet(&mut self, set: &'a Value, name: &str, place: &str) -> Option<&'a Value> {
        let facet = set.get("facets").and_then(|facets| facets.get(name))?;
        match facet {
            Value::Null => None,
            Value::Object(fields) => (fields.get("_deleted") != Some(&Value::Bool(true))).then_some(facet),
            other => {
                let found = type_name(other);
                self.notes.ignore(format!("the facet `{name}` of {place} must be an object, found {found}"));
                None
            }
        }
    }

    fn aliases(&mut self, names: &[Value], place: &str) -> Vec<QualifiedName> {
        let mut aliases = BTreeSet::new();
        for (position, value) in names.iter().enumerate() {
            let (most, most_of_all) = MAX_ALIASES;
            if aliases.len() >= most || self.aliases >= most_of_all {
                let why = format!(
                    "expected at most {most} symlinks of a data set and {most_of_all} of an event, {place} has more"
                );
                self.notes.ignore(why);
                break;
            }
            match name(value, &format!("identifiers[{position}] of {place}")) {
                Ok(alias) => self.aliases += usize::from(aliases.insert(alias)),
                Err(why) => self.notes.ignore(why.0),
            }
        }
        aliases.into_iter().collect()
    }
}

fn name(value: &Value, place: &str) -> Result<QualifiedName, BadEvent> {
    if !value.is_object() {
        return Err(bad(format!(
            "{place} must be an object with `namespace` and `name`, found {}",
            type_name(value)
        )));
    }
    let part = |field| text(value, field, place).map(str::to_owned);
    Ok(QualifiedName { namespace: part("namespace")?, name: part("name")? })
}

fn text<'a>(value: &'a Value, field: &str, place: &str) -> Result<&'a str, BadEvent> {
    match value.get(field).and_then(Value::as_str) {
        Some(text) if text.trim().is_empty() => Err(bad(format!("`{field}` of {place} is empty"))),
        Some(text) => Ok(text),
        None => {
            let found = value.get(field).map_or("nothing", type_name);
            Err(bad(format!("`{field}` of {place} must be a string, found {found}")))
        }
    }
}

fn bad(why: impl Into<String>) -> BadEvent {
    BadEvent(why.into())
}
