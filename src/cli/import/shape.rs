//! Parts of records as parts of changes, where nothing has to be looked up.

use super::fault::Reason;
use super::record::{Activity, ClassChange, ClassChangeKind};
use crate::domain::{statement, version};

pub(super) fn activity(activity: &Activity) -> version::Activity {
    version::Activity {
        name: activity.name.clone(),
        code_reference: activity.code_reference.clone(),
        parameters: activity.parameters.clone(),
        started_at: activity.started_at,
        ended_at: activity.ended_at,
    }
}

pub(super) fn class_change(change: &ClassChange) -> statement::ClassChange {
    let kind = match change.kind {
        ClassChangeKind::Rename => statement::ClassChangeKind::Rename,
        ClassChangeKind::Merge => statement::ClassChangeKind::Merge,
        ClassChangeKind::Split => statement::ClassChangeKind::Split,
        ClassChangeKind::Redefine => statement::ClassChangeKind::Redefine,
    };
    statement::ClassChange { kind, classes: change.classes.clone() }
}

/// Each of a list, told its field: `sources[0]`, `sources[1]`…
pub(super) fn numbered<T, U>(
    field: &str,
    all: &[T],
    each: impl Fn(&str, &T) -> Result<U, Reason>,
) -> Result<Vec<U>, Reason> {
    all.iter().enumerate().map(|(place, one)| each(&format!("{field}[{place}]"), one)).collect()
}
