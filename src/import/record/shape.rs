//! Conversion of parts of records that need no lookup.

use super::fault::Reason;
use super::{ImportedActivity, ImportedClassChange, ImportedClassChangeKind};
use crate::domain::{class_change, version};

pub(crate) fn activity(activity: &ImportedActivity) -> version::Activity {
    version::Activity {
        name: activity.name.clone(),
        code_reference: activity.code_reference.clone(),
        parameters: activity.parameters.clone(),
        started_at: activity.started_at,
        ended_at: activity.ended_at,
    }
}

pub(crate) fn class_change(
    field: &str,
    change: &ImportedClassChange,
) -> Result<class_change::ClassChange, Reason> {
    let kind = match change.kind {
        ImportedClassChangeKind::Rename => class_change::ClassChangeKind::Rename,
        ImportedClassChangeKind::Merge => class_change::ClassChangeKind::Merge,
        ImportedClassChangeKind::Split => class_change::ClassChangeKind::Split,
        ImportedClassChangeKind::Redefine => class_change::ClassChangeKind::Redefine,
    };
    let list = |classes: &Option<Vec<_>>| classes.clone().unwrap_or_default();
    match (&change.classes, &change.from) {
        (Some(classes), None) if change.to.is_none() => {
            Ok(class_change::ClassChange::listed(kind, classes.clone()))
        }
        (None, Some(from)) => Ok(class_change::ClassChange::mapped(kind, from.clone(), list(&change.to))),
        _ => Err(Reason::new(
            field,
            "expected `from` and `to` (`to` is absent for REDEFINE), or `classes` alone",
        )),
    }
}

/// Converts each element of a list, with its field: `sources[0]`, `sources[1]`…
pub(crate) fn numbered<T, U>(
    field: &str,
    all: &[T],
    each: impl Fn(&str, &T) -> Result<U, Reason>,
) -> Result<Vec<U>, Reason> {
    all.iter().enumerate().map(|(place, one)| each(&format!("{field}[{place}]"), one)).collect()
}
