//! Names of the items for data sets, runs and jobs, and of activities.

use crate::domain::id::Digest;
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::text::MAX_NAME;

use super::event::{BadEvent, QualifiedName};

/// The namespace of all items.
const NAMESPACE: &str = "openlineage";

/// Returns the item of a data set.
pub(super) fn dataset(name: &QualifiedName) -> Result<ItemKey, BadEvent> {
    item(Kind::Derived, &[&name.namespace, &name.name])
}

/// Returns the item for the events of a run.
pub(super) fn run(run: &str) -> Result<ItemKey, BadEvent> {
    item(Kind::Bundle, &["run", run])
}

/// Returns the item for the events of a job.
pub(super) fn job(job: &QualifiedName) -> Result<ItemKey, BadEvent> {
    item(Kind::Bundle, &["job", &job.namespace, &job.name])
}

/// Returns the item for the events of a data set without a job.
pub(super) fn described(name: &QualifiedName) -> Result<ItemKey, BadEvent> {
    item(Kind::Bundle, &["dataset", &name.namespace, &name.name])
}

/// Returns an item by the parts of its key. A key that is too long or has invalid characters ends
/// with its hash.
fn item(kind: Kind, parts: &[&str]) -> Result<ItemKey, BadEvent> {
    let whole = parts.join("/");
    let plain = |key: &str| NAMESPACE.parse::<Namespace>().and_then(|ns| ItemKey::new(ns, kind, key));
    if let Ok(item) = plain(&whole) {
        return Ok(item);
    }
    const HASH: usize = 32;
    let mut key = String::new();
    for c in whole.trim().chars().map(|c| if c.is_control() { '_' } else { c }) {
        if key.len() + c.len_utf8() + 1 + HASH > ItemKey::MAX_KEY {
            break;
        }
        key.push(c);
    }
    let key = format!("{key}~{}", &Digest::of(whole.as_bytes()).hex()[..HASH]);
    plain(&key).map_err(|malformed| BadEvent(malformed.to_string()))
}

/// Returns the activity name of a job. Characters that a name cannot have become `_`.
pub(super) fn activity(job: &QualifiedName) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '/' | '+' | '-');
    let name: String = job.name.chars().map(|c| if fits(c) { c } else { '_' }).take(MAX_NAME - 1).collect();
    if name.starts_with(|c: char| c.is_ascii_alphanumeric()) { name } else { format!("j{name}") }
}
