//! The attributes and the activity that describe an event and its subject.

use serde_json::{Value, json};

use super::event::{Dataset, Event, EventSubject, QualifiedName};
use super::names;
use super::subject::Subject;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::Digest;
use crate::domain::version::Activity;
use crate::domain::write::proposal::Change;

/// The longest text of an event that is copied into attributes, in bytes. The payload has all of
/// it.
const MAX_TEXT: usize = 1_024;

/// Returns the attributes of the first version of a subject's item. They are the same for all its
/// events.
pub(super) fn identity(subject: &Subject) -> Value {
    let job = |job: &QualifiedName| json!({"namespace": short(&job.namespace), "name": short(&job.name)});
    match &subject.what {
        EventSubject::Run { run, job: Some(of) } => json!({"run": short(run), "job": job(of)}),
        EventSubject::Run { run, job: None } => json!({"run": short(run)}),
        EventSubject::Job(of) => json!({"job": job(of)}),
        EventSubject::Dataset(set) => {
            json!({"describes": {"namespace": short(&set.name.namespace), "name": short(&set.name.name)}})
        }
    }
}

/// Returns the attributes of an event that are searched for. The payload has the rest.
pub(super) fn summary(event: &Event) -> Value {
    let mut said = json!({
        "eventType": event.kind,
        "inputs": event.inputs.len(),
        "outputs": event.outputs.len(),
    });
    if let Some(time) = &event.time_text {
        said["eventTime"] = short(time).into();
    }
    if event.is_streaming == Some(true) {
        said["processingType"] = "STREAMING".into();
    }
    let streams = event.outputs.iter().filter(|set| set.is_stream()).count();
    if streams > 0 {
        said["streams"] = streams.into();
    }
    if let Some(noted) = event.notes.attribute() {
        said["noted"] = noted;
    }
    if let Some(producer) = &event.producer {
        said["producer"] = short(producer).into();
    }
    if let Some(parent) = &event.parent_run {
        said["parentRun"] = short(parent).into();
    }
    said
}

/// Returns the activity of a run or job.
pub(super) fn activity(subject: &Subject) -> Option<Activity> {
    let (job, run) = match &subject.what {
        EventSubject::Run { job, run } => (job.as_ref(), Some(run)),
        EventSubject::Job(job) => (Some(job), None),
        EventSubject::Dataset(_) => return None,
    };
    let mut parameters = json!({});
    if let Some(job) = job {
        parameters["job"] = json!({"namespace": short(&job.namespace), "name": short(&job.name)});
    }
    if let Some(run) = run {
        parameters["run"] = short(run).into();
    }
    if let Some(parent) = &subject.parent_run {
        parameters["parentRun"] = short(parent).into();
    }
    let code = subject.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let ended = subject.ended.filter(|ended| subject.started.is_none_or(|started| started <= *ended));
    Some(Activity {
        name: job.map_or_else(|| "unknown".to_owned(), names::activity),
        code_reference: code.map(|code| short(code).replace(char::is_control, " ")),
        parameters: attributes(&parameters),
        started_at: subject.started,
        ended_at: ended,
    })
}

/// Returns the identity of a data set as attributes of its first version.
pub(super) fn dataset(name: &QualifiedName) -> Value {
    json!({"dataset": {"namespace": short(&name.namespace), "name": short(&name.name)}})
}

/// Returns attributes of a few short texts and numbers, which are always valid.
pub(super) fn attributes(says: &Value) -> Attributes {
    Attributes::new(says).unwrap_or_else(|_| Attributes::empty())
}

/// Returns a text of at most [`MAX_TEXT`] bytes. A longer one is cut and ends with its hash.
pub(super) fn short(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    let end = (0..=MAX_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}~{}", &text[..end], &Digest::of(text.as_bytes()).hex()[..32])
}

/// Returns the approximate size of the changes of a subject in memory, in bytes: of those that are
/// written, and of their copy without the lineage.
pub(super) fn weight(subject: &Subject) -> usize {
    /// An item, a version and a derivation.
    const MOST: usize = 3;
    let set = |set: &Dataset| {
        let names = std::iter::once(&set.name).chain(&set.aliases);
        names.map(|name| MOST * (size_of::<Change>() + 2 * name.length() + 2 * MAX_TEXT)).sum::<usize>()
    };
    2 * subject.inputs.iter().chain(&subject.outputs).map(set).sum::<usize>()
}
