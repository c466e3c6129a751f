//! Names of the items for data sets, runs and jobs, and of activities.

use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::names::key;
use crate::domain::text::MAX_NAME;

use super::event::{BadEvent, QualifiedName};

/// The namespace of all items.
const NAMESPACE: &str = "openlineage";

/// Returns the item of a data set.
pub(super) fn dataset(name: &QualifiedName) -> Result<ItemKey, BadEvent> {
    item(Kind::Derived, &key::joined([&name.namespace, &name.name]))
}

/// Returns the item for the events of a run.
pub(super) fn run(run: &str) -> Result<ItemKey, BadEvent> {
    item(Kind::Bundle, &key::joined(["run", run]))
}

/// Returns the item for the events of a job.
pub(super) fn job(job: &QualifiedName) -> Result<ItemKey, BadEvent> {
    item(Kind::Bundle, &key::joined(["job", &job.namespace, &job.name]))
}

/// Returns the item for the events of a data set without a job.
pub(super) fn described(name: &QualifiedName) -> Result<ItemKey, BadEvent> {
    item(Kind::Bundle, &key::joined(["dataset", &name.namespace, &name.name]))
}

/// Returns the item with this key. A key that is too long or has invalid characters ends with its
/// hash.
fn item(kind: Kind, text: &str) -> Result<ItemKey, BadEvent> {
    let namespace: Result<Namespace, _> = NAMESPACE.parse();
    let item = namespace.and_then(|namespace| ItemKey::new(namespace, kind, &key::fitted(text)));
    item.map_err(|malformed| BadEvent(malformed.to_string()))
}

/// Returns the activity name of a job. Characters that a name cannot have become `_`.
pub(super) fn activity(job: &QualifiedName) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '/' | '+' | '-');
    let name: String = job.name.chars().map(|c| if fits(c) { c } else { '_' }).take(MAX_NAME - 1).collect();
    if name.starts_with(|c: char| c.is_ascii_alphanumeric()) { name } else { format!("j{name}") }
}
