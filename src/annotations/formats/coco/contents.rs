//! The lists that a document must have, and the tools that write other ones.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::document::{ByteExtent, CocoDocument};
use crate::annotations::elements::SkippedField;
use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::formats::shared::object::object;
use crate::annotations::reader::{ReadStop, Skipped};

/// The lists that are read.
const LISTS: [&str; 4] = ["images", "annotations", "categories", "videos"];

/// Fields by which the files of other tools are known.
const TOOLS: [(&str, &str); 9] = [
    ("_via_settings", "VIA"),
    ("_via_img_metadata", "VIA"),
    ("shapes", "labelme"),
    ("imagePath", "labelme"),
    ("items", "Datumaro"),
    ("objects", "Supervisely"),
    ("assets", "VoTT"),
    ("visitedRegionNames", "VoTT"),
    ("features", "GeoJSON"),
];

/// Checks that the lists of a document are lists, and that it has images. Counts other fields.
pub(super) fn check(
    document: &CocoDocument,
    others: &[SkippedField],
    names: &HashMap<String, u64>,
    is_reference: bool,
    skipped: &mut Skipped,
) -> Result<(), ReadStop> {
    for field in others {
        let name = field.name.as_str();
        if LISTS.contains(&name) {
            if field.first == b'[' && is_reference {
                continue;
            }
            let found = kind_of(field.first);
            let why = format!("expected a list, found {found}; export the data as COCO again");
            return Err(Reason::record(why).at(document.field(&format!("`{name}`"))).into());
        }
        // `{}` and `[]` hold nothing.
        if matches!(field.first, b'{' | b'[') && field.bytes > 2 && !is_about(field) {
            skipped.note("other fields of the document", || format!("`{name}`"));
        }
    }
    if names.contains_key("images") || names.contains_key("videos") {
        return Ok(());
    }
    let tool = TOOLS.iter().find(|(field, _)| names.contains_key(*field));
    let tool = tool.map_or(String::new(), |(_, tool)| format!(" (it seems to be a file of {tool})"));
    let mut found: Vec<(&u64, &String)> = names.iter().map(|(name, at)| (at, name)).collect();
    found.sort_unstable();
    let mut shown: Vec<String> = found.iter().take(8).map(|(_, name)| format!("`{name}`")).collect();
    if found.len() > shown.len() {
        shown.push(format!("{} more", found.len() - shown.len()));
    }
    let shown =
        if shown.is_empty() { "no fields".to_owned() } else { format!("the fields {}", shown.join(", ")) };
    let why = format!(
        "expected the list `images` of a COCO file, with `annotations` and `categories`, found {shown}{tool}; \
         choose its format with `--format`"
    );
    Err(Reason::record(why).at(document.field("")).into())
}

/// The largest field about the set that is read, in bytes.
const LARGEST: u64 = 32 * 1024;

/// Returns true for a field about the set: its licences, or information about it.
fn is_about(field: &SkippedField) -> bool {
    field.bytes <= LARGEST
        && match field.name.as_str() {
            "licenses" => field.first == b'[',
            "info" => field.first == b'{',
            _ => false,
        }
}

/// Reads the fields about the set. Information that an export of stemma wrote is left out.
pub(super) fn about(
    document: &CocoDocument,
    others: &[SkippedField],
) -> Result<Map<String, Value>, ReadStop> {
    let mut about = Map::new();
    for field in others.iter().filter(|field| is_about(field) && field.bytes > 2) {
        let text = document.text(ByteExtent { start: field.at, end: field.at + field.bytes })?;
        let whole = [b"{\"about\":", &text[..], b"}"].concat();
        let read = object(&whole).map_err(|reason| reason.at(document.field(&field.name)))?;
        let value = read.into_values().next().unwrap_or_default();
        let is_empty = value.as_array().is_some_and(Vec::is_empty) || value.get(STEMMA).is_some();
        if !is_empty {
            about.insert(field.name.clone(), value);
        }
    }
    Ok(about)
}

/// Adds the fields about the set of one more document: further licences, and information if there
/// was none. Other information is counted.
pub(super) fn merge_about(all: &mut Map<String, Value>, more: Map<String, Value>, skipped: &mut Skipped) {
    for (name, value) in more {
        match (all.get_mut(&name), value) {
            (None, value) => {
                all.insert(name, value);
            }
            (Some(Value::Array(known)), Value::Array(further)) => {
                let new: Vec<Value> = further.into_iter().filter(|one| !known.contains(one)).collect();
                known.extend(new);
            }
            (Some(known), value) if *known != value => {
                skipped.note("information about the set that differs between files", || format!("`{name}`"));
            }
            (Some(_), _) => {}
        }
    }
}

/// Checks that a list of results is a list.
pub(super) fn check_results(document: &CocoDocument, names: &HashMap<String, u64>) -> Result<(), ReadStop> {
    if names.is_empty() {
        return Ok(());
    }
    let why = "expected a list of COCO results, found an object; give the list of the predictions";
    Err(Reason::record(why).at(document.field("")).into())
}

/// Returns the type of the value that begins with a byte.
const fn kind_of(first: u8) -> &'static str {
    match first {
        b'{' => "an object",
        b'[' => "a list",
        b'"' => "a string",
        b'n' => "null",
        b't' | b'f' => "a boolean",
        _ => "a number",
    }
}
