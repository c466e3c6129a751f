//! The data set card, `README.md`: the splits, and the names of the classes.

use serde_json::Value;

use super::features::UNSPLIT;
use crate::annotations::writer::SetInfo;

/// Returns the card. `folders` are the splits that have images.
pub(super) fn card(set: &SetInfo, folders: &[&str], columns: &[(&str, bool)], classes: &[String]) -> String {
    let mut card = "---\n".to_owned();
    if !folders.is_empty() {
        card += "configs:\n- config_name: default\n  data_files:\n";
        for folder in folders {
            card += &format!("  - split: {folder}\n    path: {folder}/**\n");
        }
    }
    if !classes.is_empty() && !columns.is_empty() {
        card += "dataset_info:\n  features:\n";
        for (column, is_of_objects) in columns {
            let indent = if *is_of_objects {
                card += &format!("  - name: objects\n    struct:\n    - name: {column}\n      list:\n");
                "        "
            } else {
                card += &format!("  - name: {column}\n    dtype:\n");
                "      "
            };
            card += &format!("{indent}class_label:\n{indent}  names:\n");
            for (number, name) in classes.iter().enumerate() {
                card += &format!("{indent}    '{number}': {}\n", Value::from(name.as_str()));
            }
        }
    }
    card + &ending(set, folders)
}

/// Returns the card of Parquet shards, whose schema has the features.
pub(super) fn shards_card(set: &SetInfo, folders: &[&str]) -> String {
    let mut card = "---\n".to_owned();
    if !folders.is_empty() {
        card += "configs:\n- config_name: default\n  data_files:\n";
        for folder in folders {
            card += &format!("  - split: {folder}\n    path: data/{folder}-*\n");
        }
    }
    card + &ending(set, folders)
}

fn ending(set: &SetInfo, folders: &[&str]) -> String {
    let folder = if folders.contains(&UNSPLIT) { " Images without a split are in `unsplit`." } else { "" };
    format!("---\n\nExported by stemma: {}, {}.{folder}\n", set.name, set.version)
}
