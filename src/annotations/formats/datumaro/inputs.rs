//! The subsets of an input.

use serde_json::{Map, Value};

use super::categories::LabelNames;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::shared::document::{JsonDocument, fields_before, fields_of, head_of};
use crate::annotations::formats::shared::object::object;
use crate::annotations::model::Class;
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::splits::split_of;

/// A subset.
pub(super) struct Subset {
    /// The file of its items.
    pub document: JsonDocument,
    /// The name, as the file has it.
    pub name: String,
    /// The folder above `annotations`, with a slash at its end; empty at the top.
    pub above: String,
    /// The split; `None` for `default`.
    pub split: Option<String>,
    /// The names of the labels.
    pub labels: LabelNames,
}

/// Returns the paths of the files of items: those in folders of the name `annotations`, or the one
/// file that is the input.
pub(super) fn documents(files: &Files) -> Vec<&str> {
    let is_datumaro = |path: &&str| {
        let Some(head) = files.get(path).and_then(head_of) else { return false };
        let fields = fields_of(&head);
        let has = |wanted: &str| fields.iter().any(|(name, _)| *name == wanted);
        let is_object = |wanted: &str| {
            let at = fields.iter().find(|(name, _)| *name == wanted).map(|(name, at)| at + name.len() + 2);
            let after =
                at.and_then(|at| head.get(at..)).map(|after| after.trim_start().trim_start_matches(':'));
            after.is_some_and(|after| after.trim_start().starts_with('{'))
        };
        is_object("categories") && !has("images") && (has("items") || has("dm_format_version"))
    };
    files
        .ending(".json")
        .filter(|path| files.is_one_file() || is_in_annotations(path))
        .filter(is_datumaro)
        .collect()
}

fn is_in_annotations(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.rsplit('/').next() == Some("annotations")
}

/// Opens the subsets, and returns the classes.
pub(super) fn open(files: &Files, skipped: &mut Skipped) -> Result<(Vec<Subset>, Vec<Class>), ReadStop> {
    let (mut subsets, mut classes) = (Vec::new(), Vec::<Class>::new());
    let paths = documents(files);
    if paths.is_empty() {
        let why = "expected files in `annotations/` with `categories` and `items`, found none; name the folder above it";
        return Err(Reason::record(why).at(RecordPlace::File(".".to_owned())).into());
    }
    let read: std::collections::HashSet<&str> = paths.iter().copied().collect();
    for path in files.ending(".json").filter(|path| is_in_annotations(path) && !read.contains(path)) {
        skipped.note("JSON file of another kind", || path.to_owned());
    }
    for path in paths {
        let document = JsonDocument::open(files, path)?;
        let members = members(files, path)?;
        let refused = |reason: Reason| reason.at(RecordPlace::File(path.to_owned()));
        if members
            .get("infos")
            .or(members.get("info"))
            .and_then(Value::as_object)
            .is_some_and(|info| !info.is_empty())
        {
            skipped.note("description of the set (`infos`)", || path.to_owned());
        }
        let categories = members.get("categories").cloned().unwrap_or_default();
        let (labels, own) = LabelNames::of(&categories, path, skipped).map_err(refused)?;
        let mut known: std::collections::HashMap<String, usize> =
            classes.iter().enumerate().map(|(place, class)| (class.name.clone(), place)).collect();
        for class in own {
            if !known.contains_key(&class.name) {
                known.insert(class.name.clone(), classes.len());
                classes.push(class);
            }
        }
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let above = folder.strip_suffix("annotations").unwrap_or_default().to_owned();
        let name = file.rsplit_once('.').map_or(file, |(name, _)| name).to_owned();
        let split =
            split_of(&name).map(str::to_owned).or_else(|| (name != "default").then(|| name.to_uppercase()));
        subsets.push(Subset { document, name, above, split, labels });
    }
    // The classes of several subsets have the ids of the first.
    let mut ids = std::collections::HashSet::new();
    for class in &mut classes {
        if class.id.as_ref().is_some_and(|id| !ids.insert(id.to_string())) {
            class.id = None;
        }
    }
    Ok((subsets, classes))
}

/// Reads the fields of a document other than its items.
fn members(files: &Files, path: &str) -> Result<Map<String, Value>, ReadStop> {
    let head = files.get(path).and_then(head_of).unwrap_or_default();
    if let Some(members) = fields_before(&head, "items").filter(|members| members.contains_key("categories"))
    {
        return Ok(members);
    }
    let refused = |reason: Reason| ReadStop::from(reason.at(RecordPlace::File(path.to_owned())));
    object(files.text(path)?.as_bytes()).map_err(refused)
}
