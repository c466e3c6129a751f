//! The tables of the main question: their columns, and the lines of a row.

use serde_json::Value;

use super::rfc4180;

/// The table that is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AffectedTable {
    /// A row for each model, evaluation and deployment.
    Models,
    /// A row for each training set version.
    Sets,
    /// A row for each member of a training set version and what is wrong with it.
    Members,
}

impl AffectedTable {
    pub(super) const ALL: [Self; 3] = [Self::Models, Self::Sets, Self::Members];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Sets => "sets",
            Self::Members => "members",
        }
    }

    /// Returns the name of its query.
    pub(super) const fn operation(self) -> &'static str {
        match self {
            Self::Models => "Models",
            Self::Sets => "Sets",
            Self::Members => "Members",
        }
    }

    /// Returns the columns: for models and sets those that the pages write, for members those that
    /// they write of one set version, after the set version and the split.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Models => &[
                "consumer",
                "inclusion",
                "wrongCount",
                "throughCount",
                "through",
                "staleAtBuild",
                "fixedIn",
                "tags",
            ],
            Self::Sets => &[
                "trainingSet",
                "affectedCount",
                "memberCount",
                "affectedFraction",
                "staleAtBuild",
                "fixedIn",
                "tags",
            ],
            Self::Members => &[
                "trainingSet",
                "split",
                "pinned",
                "wrong",
                "inclusion",
                "status",
                "replacement",
                "was",
                "now",
                "statement",
                "reason",
                "author",
                "seq",
                "time",
            ],
        }
    }

    /// Appends the lines of a row.
    pub(super) fn write(self, out: &mut Vec<u8>, row: &Value) {
        match self {
            Self::Models => {
                let through = row["inner"]["nodes"].as_array().into_iter().flatten().map(reference);
                let cells = [
                    reference(&row["consumer"]),
                    row["inclusion"].clone(),
                    row["wrongCount"].clone(),
                    row["inner"]["totalCount"].clone(),
                    joined(through),
                    row["staleAtBuild"].clone(),
                    reference(&row["fixedIn"]),
                    tags(row),
                ];
                rfc4180::line(out, &cells);
            }
            Self::Sets => {
                let cells = [
                    reference(&row["trainingSet"]),
                    row["affectedCount"].clone(),
                    row["memberCount"].clone(),
                    row["affectedFraction"].clone(),
                    row["staleAtBuild"].clone(),
                    reference(&row["fixedIn"]),
                    tags(row),
                ];
                rfc4180::line(out, &cells);
            }
            Self::Members => {
                let set = reference(&row["trainingSet"]);
                for member in row["inner"]["nodes"].as_array().into_iter().flatten() {
                    rfc4180::line(out, &member_cells(&set, member));
                }
            }
        }
    }
}

fn member_cells(set: &Value, member: &Value) -> [Value; 14] {
    let statement = &member["statement"];
    [
        set.clone(),
        member["split"].clone(),
        reference(&member["pinned"]),
        reference(&member["wrong"]),
        member["inclusion"].clone(),
        member["status"].clone(),
        reference(&member["replacement"]),
        text(&member["pinned"]["attributes"]),
        text(&member["replacement"]["attributes"]),
        statement["kind"].clone(),
        statement["reason"].clone(),
        statement["author"].clone(),
        statement["commit"]["seq"].clone(),
        statement["commit"]["time"].clone(),
    ]
}

/// Returns the reference of a version, such as `mnist/MODEL/baseline#1`.
fn reference(version: &Value) -> Value {
    let item = &version["item"];
    let part = |name: &str| item[name].as_str().unwrap_or_default();
    match version {
        Value::Null => Value::Null,
        _ => format!("{}/{}/{}#{}", part("namespace"), part("kind"), part("key"), version["number"]).into(),
    }
}

fn tags(row: &Value) -> Value {
    joined(row["tags"].as_array().into_iter().flatten().map(|tag| tag["name"].clone()))
}

fn joined(texts: impl Iterator<Item = Value>) -> Value {
    let texts: Vec<String> = texts.filter_map(|text| Some(text.as_str()?.to_owned())).collect();
    texts.join(" ").into()
}

/// Returns attributes as JSON text.
fn text(attributes: &Value) -> Value {
    if attributes.is_null() { Value::Null } else { attributes.to_string().into() }
}
