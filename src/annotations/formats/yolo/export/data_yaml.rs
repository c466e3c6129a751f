//! The text of `data.yaml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::data_file::KeypointShape;
use super::super::rules::Task;
use super::classes::ExportClasses;
use crate::annotations::formats::shared::ids::MADE;
use crate::annotations::reader::Skipped;
use crate::annotations::writer::SetInfo;

/// The splits that Ultralytics needs.
const NEEDED: [&str; 2] = ["train", "val"];

/// Returns the folder that is named for a split that the set does not have.
fn substitute(folders: &BTreeMap<String, u64>) -> &str {
    let first = ["train", "val", "test"].into_iter().find(|folder| folders.contains_key(*folder));
    first.or(folders.keys().next().map(String::as_str)).unwrap_or("train")
}

/// Returns a note for each split that the set does not have and the file names nevertheless.
pub(super) fn notes(folders: &BTreeMap<String, u64>) -> Vec<String> {
    let substitute = substitute(folders);
    let absent = NEEDED.into_iter().filter(|field| !folders.contains_key(*field));
    absent
        .map(|field| {
            format!(
                "the set has no split for `{field}`, so data.yaml names images/{substitute} there: Ultralytics needs both `train` and `val`"
            )
        })
        .collect()
}

/// Returns the data file. `folders` are those of the splits that have images.
pub(super) fn text(
    set: Option<&SetInfo>,
    folders: &BTreeMap<String, u64>,
    task: Task,
    keypoints: Option<KeypointShape>,
    classes: &ExportClasses,
    left_out: &Skipped,
) -> String {
    let mut text = String::new();
    if let Some(set) = set {
        let _ = writeln!(
            text,
            "# {}\n# {}, {}",
            comment(&set.name),
            comment(&set.version),
            comment(&set.committed_at)
        );
    }
    for (what, count, first) in left_out.all() {
        let _ = writeln!(text, "# left out: {count} {what}, the first: {}", comment(first));
    }
    let substitute = substitute(folders);
    for field in NEEDED {
        if folders.contains_key(field) {
            let _ = writeln!(text, "{field}: images/{field}");
        } else {
            let _ = writeln!(text, "{field}: images/{substitute}  # the set has no split of its own for it");
        }
    }
    for folder in folders.keys().filter(|folder| !matches!(folder.as_str(), "train" | "val")) {
        let _ = writeln!(text, "{}: {}", quoted(folder), quoted(&format!("images/{folder}")));
    }
    let name = match task {
        Task::Detect => "detect",
        Task::Segment => "segment",
        Task::Pose => "pose",
        Task::Obb => "obb",
    };
    let _ = writeln!(text, "task: {name}\nnc: {}", classes.names.len());
    text.push_str(if classes.names.is_empty() { "names: {}\n" } else { "names:\n" });
    for (number, name) in classes.names.iter().enumerate() {
        let _ = writeln!(text, "  {number}: {}", quoted(name));
    }
    if let Some(shape) = keypoints {
        let _ = writeln!(text, "kpt_shape: [{}, {}]", shape.points, shape.numbers);
        if !classes.has_shape {
            // No class has it, so an import of the file adds it to none.
            let _ = writeln!(text, "{MADE}: kpt_shape");
        }
    }
    if let Some(flip) = &classes.flip {
        let flip: Vec<String> = flip.iter().map(u64::to_string).collect();
        let _ = writeln!(text, "flip_idx: [{}]", flip.join(", "));
    }
    if !classes.keypoint_names.is_empty() {
        text.push_str("kpt_names:\n");
        for (number, names) in &classes.keypoint_names {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            let _ = writeln!(text, "  {number}: [{}]", names.join(", "));
        }
    }
    text
}

/// Returns a text in quotes, unless it is a plain word. All YAML readers read words such as `no` in
/// quotes as text.
fn quoted(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/'));
    let is_reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    if is_word && !is_reserved.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            // Readers refuse control characters and noncharacters, and fold line separators.
            c if c.is_control() || matches!(u32::from(c), 0x2028 | 0x2029 | 0xFEFF | 0xFFFE | 0xFFFF) => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns a text on one line.
fn comment(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(u32::from(c), 0x2028 | 0x2029 | 0xFEFF..=0xFFFF) { ' ' } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotations::model::ClassList;

    #[test]
    fn names_are_read_as_they_were() {
        let names = [
            "wren",
            "no",
            "Null",
            "1.5",
            "a: b",
            "it's \"x\" \\",
            "é 鳥",
            "\u{7f}\n\t",
            " a ",
            "- a",
            "#",
            "\u{2028}\u{feff}",
        ];
        let mut left_out = Skipped::default();
        let classes = ExportClasses::new(&ClassList::of_names(names), &mut left_out);
        let folders = BTreeMap::from([("train".to_owned(), 1), ("mini".to_owned(), 1)]);
        left_out.note("mask", || "a\nb".to_owned());
        assert_eq!(
            notes(&folders),
            [
                "the set has no split for `val`, so data.yaml names images/train there: Ultralytics needs both `train` and `val`"
            ]
        );
        let text = text(None, &folders, Task::Segment, None, &classes, &left_out);
        let data = super::super::super::data_file::DataFile::read("data.yaml", &text).unwrap();
        let read: Vec<String> = data.names.unwrap().into_iter().map(|(_, name)| name).collect();
        assert_eq!(read, names);
        assert_eq!((data.task.as_deref(), data.count), (Some("segment"), Some(12)));
        assert!(
            text.starts_with("# left out: 1 mask, the first: a b\ntrain: images/train\nval: images/train  #"),
            "{text}"
        );
        assert!(text.contains("\nmini: images/mini\n"));
    }
}
