//! Formats the answer as tables and as JSON.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value, json};

use super::answer::{
    AffectedRow, Consumer, NotWrongSubject, TagName, TraceAnswer, WrongMember, WrongMembers,
};
use crate::cli::shared::moment::ReadAt;
use crate::cli::shared::output::count;
use crate::cli::shared::version::NamedVersion;

/// The most names in a cell.
const NAMED: usize = 3;

/// A line of the table of training sets.
pub(crate) struct SetLine {
    /// The version.
    pub training_set: String,
    /// The number of its members.
    pub members: u64,
    /// The number of its affected members.
    pub wrong: u64,
    /// True if `wrong` is a lower bound.
    pub at_least: bool,
    /// True if the set version itself is wrong.
    pub itself: bool,
    /// `wrong` as a share of all members.
    pub share: f64,
    /// When it was built: before the fix, after it, or with errors that were known.
    pub built: &'static str,
    /// The version that contains nothing wrong any more.
    pub fixed_in: String,
    /// The consumers.
    pub seen_by: String,
    /// The tags that point at it.
    pub tags: String,
}

impl From<&AffectedRow> for SetLine {
    fn from(row: &AffectedRow) -> Self {
        Self {
            training_set: row.training_set.reference(),
            members: row.member_count,
            wrong: row.affected_count,
            at_least: row.bounds.affected,
            itself: row.training_set.wrong,
            share: row.affected_fraction,
            built: built(row.stale_at_build),
            fixed_in: fixed(row.fixed_in.as_ref(), row.bounds.fixed),
            seen_by: consumers(&row.consumers.nodes, row.consumers.total_count),
            tags: tags(&row.tags),
        }
    }
}

/// The table of training sets.
pub(crate) fn sets(lines: impl IntoIterator<Item = SetLine>) -> Table {
    let mut table = table(["training set", "members", "wrong", "built", "fixed in", "seen by", "tags"]);
    for (column, alignment) in [(1, CellAlignment::Right), (2, CellAlignment::Right)] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(alignment);
        }
    }
    for line in lines {
        table.add_row([
            line.training_set,
            count(line.members),
            format!(
                "{}{} ({}){}",
                if line.at_least { "at least " } else { "" },
                count(line.wrong),
                percent(line.share),
                if line.itself { "\nand itself" } else { "" }
            ),
            line.built.to_owned(),
            line.fixed_in,
            line.seen_by,
            line.tags,
        ]);
    }
    table
}

/// The table of affected consumers.
pub(crate) fn consumers_table(consumers: &[Consumer]) -> Table {
    let mut table = table(["seen by", "wrong", "built", "fixed in", "through", "tags"]);
    for row in consumers {
        table.add_row([
            row.consumer.reference(),
            seen(row),
            built(row.stale_at_build).to_owned(),
            fixed(row.fixed_in.as_ref(), row.bounds.fixed),
            listed(
                row.through.nodes.iter().map(NamedVersion::reference),
                row.through.total_count,
                row.bounds.through,
            ),
            tags(&row.tags),
        ]);
    }
    table
}

/// A cell with the number of wrong versions that a consumer saw. The consumer itself is not among
/// those that it saw.
pub(crate) fn seen(row: &Consumer) -> String {
    // What is new does not include the consumer itself if it was wrong before.
    let itself = match row.wrong.nodes.as_slice() {
        [] => row.inclusion == "SELF",
        listed => listed.iter().any(|seen| seen.version.id == row.consumer.id),
    };
    match (itself, row.wrong_count.saturating_sub(u64::from(itself))) {
        (true, 0) => "itself".to_owned(),
        (true, seen) => format!("itself, and {}", count(seen)),
        (false, seen) => count(seen),
    }
}

/// The table of one set's wrong members.
pub(crate) fn members(members: &WrongMembers) -> Table {
    let mut table = table(["member", "split", "through", "was", "is", "why"]);
    for member in &members.nodes {
        let (was, is) = change(member);
        table.add_row([
            member.pinned.reference(),
            member.split.clone(),
            through(member),
            was,
            is,
            member.reason().to_owned(),
        ]);
    }
    table
}

/// A table of this program.
pub(crate) fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}

/// When something affected was built: with an error that was known then, or before the fix.
pub(crate) const fn built(stale_at_build: bool) -> &'static str {
    if stale_at_build { "with known errors" } else { "before the fix" }
}

/// A cell with the consumers of a set.
pub(crate) fn consumers(consumers: &[NamedVersion], total: u64) -> String {
    listed(consumers.iter().map(NamedVersion::reference), total, false)
}

/// A cell with tags.
pub(crate) fn tags(tags: &[TagName]) -> String {
    listed(tags.iter().map(|tag| tag.name.clone()), tags.len() as u64, false)
}

/// The text of an empty cell.
pub(crate) fn none() -> String {
    "–".to_owned()
}

/// The attributes that differ between the wrong version and its replacement: before and after.
pub(crate) fn change(member: &WrongMember) -> (String, String) {
    match (&member.replacement, member.status.as_str()) {
        (Some(replacement), "STALE" | "RESTORED") => {
            difference(&member.wrong.attributes, &replacement.attributes)
        }
        (_, status) => (all_of(&member.wrong.attributes), status.to_lowercase()),
    }
}

/// The attributes that differ between two versions: before and after.
pub(crate) fn difference(was: &Value, is: &Value) -> (String, String) {
    (differing(was, is), differing(is, was))
}

/// All attributes of a version.
pub(crate) fn all_of(attributes: &Value) -> String {
    differing(attributes, &Value::Null)
}

/// The attributes that another version lacks or has with another value.
fn differing(attributes: &Value, other: &Value) -> String {
    let empty = Map::new();
    let mut text = String::new();
    for (name, value) in attributes.as_object().unwrap_or(&empty) {
        let other = other.get(name);
        if other != Some(value) {
            let rounded = shown(&rounded(value));
            let is_same = other.is_some_and(|other| shown(&self::rounded(other)) == rounded);
            let shown = if is_same { shown(value) } else { rounded };
            let comma = if text.is_empty() { "" } else { ", " };
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{name} {shown}");
        }
    }
    if text.is_empty() { none() } else { text }
}

/// A value as a cell shows it.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value with fractions rounded to a thousandth, or to a millionth below 1.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(exact) => {
                let scale = if exact.abs() < 1.0 { 1e6 } else { 1e3 };
                let near = (exact * scale).round() / scale;
                // Readers of a table expect 35 and not 35.0.
                match format!("{near}").parse::<i64>() {
                    Ok(whole) => json!(whole),
                    Err(_) => json!(near),
                }
            }
            None => value.clone(),
        },
        Value::Array(list) => list.iter().map(rounded).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), rounded(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// The way in which the wrong version is in the set: itself, or by something derived from it.
fn through(member: &WrongMember) -> String {
    match member.inclusion.as_str() {
        "SELF" => "the set itself".to_owned(),
        _ if member.pinned.id == member.wrong.id => "itself".to_owned(),
        _ => member.wrong.reference(),
    }
}

/// A cell with the version in which something is fixed, or the earliest possible one.
pub(crate) fn fixed(fixed_in: Option<&NamedVersion>, is_earliest: bool) -> String {
    let later = if is_earliest { " or later" } else { "" };
    fixed_in.map_or_else(none, |fixed| format!("#{}{later}", fixed.number))
}

/// Names, one per line. `is_least` is true if `total` is a lower bound.
fn listed(names: impl Iterator<Item = String>, total: u64, is_least: bool) -> String {
    let mut names: Vec<String> = names.take(NAMED).collect();
    match total.saturating_sub(names.len() as u64) {
        0 if names.is_empty() => return none(),
        0 if is_least => names.push("and perhaps more".to_owned()),
        0 => {}
        more => {
            let least = if is_least { "at least " } else { "" };
            names.push(format!("and {least}{} more", count(more)));
        }
    }
    names.join("\n")
}

/// A share in percent. A share above zero is never shown as zero.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.01 { "< 0.01 %".to_owned() } else { format!("{percent:.2} %") }
}

/// The answer as one JSON object.
pub(crate) fn json(read_at: &ReadAt, answer: &TraceAnswer) -> Value {
    json!({
        "readAt": {"seq": read_at.seq, "time": read_at.time},
        "complete": answer.incomplete.is_none(),
        "incompleteReason": answer.incomplete,
        "asked": {
            "wrongCount": answer.asked.wrong_count,
            "notWrongCount": answer.asked.not_wrong_count,
            "notWrong": answer.asked.not_wrong.iter().map(NotWrongSubject::reference).collect::<Vec<_>>(),
        },
        "rows": answer.rows.iter().map(row).collect::<Vec<_>>(),
        "consumers": answer.consumers.iter().map(consumer).collect::<Vec<_>>(),
    })
}

fn row(row: &AffectedRow) -> Value {
    let mut object = json!({
        "trainingSet": version(&row.training_set),
        "isHead": row.is_head,
        "tags": row.tags.iter().map(|tag| &tag.name).collect::<Vec<_>>(),
        "affectedCount": row.affected_count,
        "memberCount": row.member_count,
        "affectedFraction": row.affected_fraction,
        "bySplit": row.by_split.iter().map(|split| json!({
            "split": split.split, "affectedCount": split.affected_count, "memberCount": split.member_count,
        })).collect::<Vec<_>>(),
        "staleAtBuild": row.stale_at_build,
        "fixedIn": row.fixed_in.as_ref().map(version),
        "consumerCount": row.consumers.total_count,
        "consumers": row.consumers.nodes.iter().map(version).collect::<Vec<_>>(),
        "members": row.members.nodes.iter().map(member).collect::<Vec<_>>(),
    });
    let bounds = [("affectedCountIsLeast", row.bounds.affected), ("fixedInIsEarliest", row.bounds.fixed)];
    mark(&mut object, &bounds);
    object
}

fn consumer(consumer: &Consumer) -> Value {
    let mut object = json!({
        "consumer": version(&consumer.consumer),
        "isHead": consumer.is_head,
        "tags": consumer.tags.iter().map(|tag| &tag.name).collect::<Vec<_>>(),
        "inclusion": consumer.inclusion,
        "wrongCount": consumer.wrong_count,
        "staleAtBuild": consumer.stale_at_build,
        "fixedIn": consumer.fixed_in.as_ref().map(version),
        "throughCount": consumer.through.total_count,
        "through": consumer.through.nodes.iter().map(version).collect::<Vec<_>>(),
    });
    let bounds =
        [("throughCountIsLeast", consumer.bounds.through), ("fixedInIsEarliest", consumer.bounds.fixed)];
    mark(&mut object, &bounds);
    object
}

/// Adds the names of the bounds that are set.
fn mark(object: &mut Value, bounds: &[(&str, bool)]) {
    for (name, _) in bounds.iter().filter(|(_, is_bound)| *is_bound) {
        object[*name] = json!(true);
    }
}

fn member(member: &WrongMember) -> Value {
    json!({
        "pinned": version(&member.pinned),
        "wrong": version(&member.wrong),
        "statement": member.statement.as_ref().map(|said| json!({"id": said.id(), "kind": said.kind, "reason": said.reason})),
        "replacement": member.replacement.as_ref().map(version),
        "inclusion": member.inclusion,
        "status": member.status,
        "split": member.split,
        "path": member.path.iter().map(|step| &step.id).collect::<Vec<_>>(),
    })
}

fn version(version: &NamedVersion) -> Value {
    let mut object = json!({"id": version.id, "ref": version.reference()});
    if !version.attributes.is_null() {
        object["attributes"] = version.attributes.clone();
    }
    object
}

#[cfg(test)]
mod tests;
