//! Files that may have labels, in a folder that no format recognises: what the user can choose.

use super::{has_ending, may_have_labels};
use crate::annotations::files::Files;
use crate::annotations::formats::{coco, csv};

/// The annotation files that are named.
const NAMED: usize = 3;

/// The probable kind of a file, and a remedy.
pub(super) struct Choice {
    /// The finding.
    pub found: String,
    /// The command or the options.
    pub hint: String,
}

/// Returns the first file that may have labels, and the choices that there are for it; `None` if no
/// file may have some.
pub(super) fn of_labels(files: &Files) -> Option<(String, Choice)> {
    let documents = coco::documents_elsewhere(files);
    if let Some(first) = documents.first() {
        return Some(((*first).to_owned(), of_documents(&documents)));
    }
    let path = files.paths().find(|path| may_have_labels(path))?;
    let choice = of_table(files, path).unwrap_or_else(|| {
        let formats = match path {
            _ if has_ending(path, &["csv", "tsv"]) => {
                let hint = format!(
                    "name the kind of the table with `--format csv --variant`: `{}`",
                    csv::variants()
                );
                return another(hint);
            }
            _ if has_ending(path, &["xml"]) => "`--format voc` or `--format cvat`",
            _ if has_ending(path, &["geojson"]) => "`--format geojson`",
            _ if has_ending(path, &["jsonl", "parquet"]) => "`--format huggingface`",
            _ => "`--format`",
        };
        another(format!("choose the format with {formats}"))
    });
    Some((path.to_owned(), choice))
}

fn another(hint: String) -> Choice {
    Choice { found: "a file that may have labels of another format".to_owned(), hint }
}

/// Returns the choice for a table of which the rows alone do not show the kind; `None` for others.
pub(super) fn of_table(files: &Files, path: &str) -> Option<Choice> {
    let variant = csv::possible_variant(files, path)?;
    let found = format!("a table that may be of the kind `{variant}`, which its rows alone do not show");
    Some(Choice { found, hint: format!("if it is, read it with `--format csv --variant {variant}`") })
}

/// Returns the choice for COCO files that are not where a folder is searched for them.
fn of_documents(documents: &[&str]) -> Choice {
    let named: Vec<String> = documents.iter().take(NAMED).map(|path| shell(path)).collect();
    let more = if documents.len() > NAMED { " …" } else { "" };
    let named = named.join(" ");
    let hint = format!(
        "name the annotation files, and the folder of their images with `--payloads`: in this folder `stemma import \
         {named}{more} --payloads .`"
    );
    Choice { found: "COCO in none of the layouts that a folder may have".to_owned(), hint }
}

/// Returns a path as a shell reads it.
fn shell(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
