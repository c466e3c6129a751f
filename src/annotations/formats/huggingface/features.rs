//! The names of classes, by the columns whose numbers mean them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::reader::ReadStop;
use crate::annotations::splits::split_of;

/// The deepest nesting of features.
const MAX_DEPTH: u32 = 32;

/// The split and the folder of images without a split, in our own exports.
pub(super) const UNSPLIT: &str = "unsplit";

/// The class names of columns, by their paths such as `objects.category`.
pub(crate) type ClassNames = BTreeMap<String, Vec<String>>;

/// The parts of a data set card that are read.
#[derive(Debug, Default)]
pub(super) struct Card {
    /// The class names.
    pub names: ClassNames,
    /// The beginnings of the paths of splits, and the splits.
    splits: Vec<(String, String)>,
}

impl Card {
    /// Returns true if the card says that a data file has the images without a split.
    pub(super) fn is_unsplit(&self, path: &str) -> bool {
        self.splits
            .iter()
            .find(|(start, _)| path.starts_with(start))
            .is_some_and(|(_, split)| split == UNSPLIT)
    }

    /// Returns the split of a data file: the one that the card says, else the one that its name or
    /// its folders say.
    pub(super) fn split(&self, path: &str) -> Option<String> {
        match self.splits.iter().find(|(start, _)| path.starts_with(start)) {
            Some((_, split)) if split == UNSPLIT => None,
            Some((_, split)) => Some(split_named(split)),
            None => split_of_part(path).or_else(|| split_of(path).map(str::to_owned)),
        }
    }
}

/// Returns the split of a file such as `data/unlabeled-00000-of-00001.parquet`.
fn split_of_part(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let (start, parts) = name.rsplit_once("-of-")?;
    let (split, part) = start.rsplit_once('-')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(part) && is_number(parts.split(['.', '-']).next()?)).then(|| split_named(split))
}

fn split_named(name: &str) -> String {
    let is_word = name.chars().all(char::is_alphabetic);
    split_of(name).filter(|_| is_word).map_or_else(|| name.to_uppercase(), str::to_owned)
}

/// Reads the data set card, `README.md`, or the class names of `dataset_infos.json`.
pub(super) fn of_files(files: &Files) -> Result<Card, ReadStop> {
    if files.get("README.md").is_some() {
        let text = files.text("README.md")?;
        if let Some(header) = header(&text) {
            return of_card(header)
                .map_err(|reason| reason.at(RecordPlace::File("README.md".to_owned())).into());
        }
    }
    for path in ["dataset_infos.json", "dataset_info.json"] {
        if files.get(path).is_none() {
            continue;
        }
        let refused = |why: String| Reason::record(why).at(RecordPlace::File(path.to_owned()));
        let info: Value = serde_json::from_str(&files.text(path)?)
            .map_err(|error| refused(format!("expected JSON, found something else: {error}")))?;
        let infos = match &info {
            Value::Object(fields) if !fields.contains_key("features") => fields.values().collect(),
            info => vec![info],
        };
        let all = infos.into_iter().map(|info| of_json(info.get("features").unwrap_or(&Value::Null)));
        let names = agreed(all).map_err(|reason| reason.at(RecordPlace::File(path.to_owned())))?;
        return Ok(Card { names, splits: Vec::new() });
    }
    Ok(Card::default())
}

/// Reads the value of the key `huggingface` of the schema of a Parquet file.
pub(super) fn of_schema(text: &str) -> Option<(ClassNames, Value)> {
    let info: Value = serde_json::from_str(text).ok()?;
    let features = info.get("info")?.get("features")?.clone();
    Some((of_json(&features), features))
}

/// Returns the YAML between the first two lines `---`.
fn header(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---")?.trim_start_matches('\r').strip_prefix('\n')?;
    let end = rest.starts_with("---").then_some(0).or_else(|| rest.find("\n---").map(|end| end + 1))?;
    rest.get(..end)
}

fn of_card(yaml: &str) -> Result<Card, Reason> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    let card: Value = serde_saphyr::from_str_with_options(yaml, options).map_err(|error| {
        Reason::record(format!("expected YAML between `---`, found something else: {error}"))
    })?;
    let infos = match card.get("dataset_info") {
        Some(Value::Array(infos)) => infos.iter().collect(),
        Some(info) => vec![info],
        None => Vec::new(),
    };
    let names = agreed(infos.into_iter().map(|info| {
        let mut names = ClassNames::new();
        columns(info.get("features").unwrap_or(&Value::Null), "", MAX_DEPTH, &mut names);
        names
    }))?;
    let configs = card.get("configs").and_then(Value::as_array).into_iter().flatten();
    let files = configs.filter_map(|config| config.get("data_files")?.as_array()).flatten();
    let mut splits = Vec::new();
    for file in files {
        let Some(split) = file.get("split").and_then(Value::as_str) else { continue };
        let paths = match file.get("path") {
            Some(Value::Array(paths)) => paths.iter().filter_map(Value::as_str).collect(),
            path => path.and_then(Value::as_str).into_iter().collect::<Vec<_>>(),
        };
        let start =
            |path: &str| path.split('*').next().unwrap_or_default().trim_start_matches("./").to_owned();
        splits.extend(paths.into_iter().map(|path| (start(path), split.to_owned())));
    }
    splits.retain(|(start, _)| !start.is_empty());
    Ok(Card { names, splits })
}

/// Joins the class names of several configurations, which must agree.
fn agreed(all: impl Iterator<Item = ClassNames>) -> Result<ClassNames, Reason> {
    let mut joined = ClassNames::new();
    for names in all {
        for (column, names) in names {
            if joined.get(&column).is_some_and(|other| *other != names) {
                let why = format!(
                    "expected one list of classes for `{column}`, found several configurations that differ; import \
                     the files of one configuration, with its `dataset_info`"
                );
                return Err(Reason::new("dataset_info", why));
            }
            joined.insert(column, names);
        }
    }
    Ok(joined)
}

/// Reads features as the card lists them: `- name: label`, `dtype: {class_label: {names: …}}`.
fn columns(list: &Value, path: &str, depth: u32, names: &mut ClassNames) {
    for column in list.as_array().into_iter().flatten() {
        let Some(name) = column.get("name").and_then(Value::as_str) else { continue };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        for kind in ["dtype", "sequence", "list", "struct"] {
            of_type(column.get(kind), &path, depth, names);
        }
    }
}

fn of_type(kind: Option<&Value>, path: &str, depth: u32, names: &mut ClassNames) {
    let (Some(kind), Some(depth)) = (kind, depth.checked_sub(1)) else { return };
    match kind {
        Value::Array(_) => columns(kind, path, depth, names),
        Value::Object(fields) => {
            if let Some(list) =
                fields.get("class_label").and_then(|label| label.get("names")).and_then(class_names)
            {
                names.insert(path.to_owned(), list);
            }
            for kind in ["dtype", "sequence", "list", "struct"] {
                of_type(fields.get(kind), path, depth, names);
            }
        }
        _ => {}
    }
}

/// Reads `["a", "b"]` or `{"0": "a", "1": "b"}`.
fn class_names(names: &Value) -> Option<Vec<String>> {
    let text = |name: &Value| match name {
        Value::String(name) => Some(name.clone()),
        Value::Number(_) | Value::Bool(_) => Some(name.to_string()),
        _ => None,
    };
    match names {
        Value::Array(names) => names.iter().map(text).collect(),
        Value::Object(names) => {
            let mut numbered = names
                .iter()
                .map(|(number, name)| Some((number.parse::<usize>().ok()?, text(name)?)))
                .collect::<Option<Vec<_>>>()?;
            numbered.sort_unstable();
            let in_turn = numbered.iter().enumerate().all(|(place, (number, _))| place == *number);
            in_turn.then(|| numbered.into_iter().map(|(_, name)| name).collect())
        }
        _ => None,
    }
}

/// Reads features as `datasets` writes them to JSON: `{"label": {"_type": "ClassLabel", "names": …}}`.
fn of_json(features: &Value) -> ClassNames {
    let mut names = ClassNames::new();
    of_feature(features, "", MAX_DEPTH, &mut names);
    names
}

fn of_feature(feature: &Value, path: &str, depth: u32, names: &mut ClassNames) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match feature {
        Value::Array(inner) => inner.iter().for_each(|inner| of_feature(inner, path, depth, names)),
        Value::Object(fields) => match fields.get("_type").and_then(Value::as_str) {
            Some("ClassLabel") => {
                if let Some(list) = fields.get("names").and_then(class_names) {
                    names.insert(path.to_owned(), list);
                }
            }
            Some(_) => of_feature(fields.get("feature").unwrap_or(&Value::Null), path, depth, names),
            None => {
                for (name, inner) in fields {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    of_feature(inner, &path, depth, names);
                }
            }
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_are_read_from_cards_and_schemas() {
        let card = "---\nlicense: mit\ndataset_info:\n  features:\n  - name: image\n    dtype: image\n  - name: label\n    \
                    dtype:\n      class_label:\n        names:\n          '0': cat\n          '1': dog\n  - name: objects\n    \
                    sequence:\n    - name: category\n      dtype:\n        class_label:\n          names:\n            0: a\n  \
                    - name: tags\n    sequence:\n      class_label:\n        names: [x, y]\n---\n# Title\n";
        let names = of_card(header(card).unwrap()).unwrap().names;
        assert_eq!(names["label"], ["cat", "dog"]);
        assert_eq!(names["objects.category"], ["a"]);
        assert_eq!(names["tags"], ["x", "y"]);
        assert_eq!(header("# Title\n---\n"), None);
        let schema = r#"{"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["cat"], "_type": "ClassLabel"},
            "objects": {"feature": {"category": {"names": ["a"], "_type": "ClassLabel"}}, "_type": "Sequence"},
            "others": {"category": {"feature": {"names": ["b"], "_type": "ClassLabel"}, "_type": "List"}}}}}"#;
        let (names, _) = of_schema(schema).unwrap();
        assert_eq!(names["label"], ["cat"]);
        assert_eq!(
            (&names["objects.category"][..], &names["others.category"][..]),
            (&["a".to_owned()][..], &["b".to_owned()][..])
        );
    }

    #[test]
    fn splits_are_those_of_the_card_or_of_the_files() {
        let card = of_card(
            "configs:\n- config_name: default\n  data_files:\n  - split: holdout\n    path: kept/**\n  - split: train\n    path:\n    - \"a/x-*\"\n",
        )
        .unwrap();
        for (path, split) in [
            ("kept/metadata.jsonl", Some("HOLDOUT")),
            ("a/x-1.parquet", Some("TRAIN")),
            ("valid/metadata.jsonl", Some("VALIDATION")),
            ("data/test-00000-of-00002-abcdef.parquet", Some("TEST")),
            ("data/unlabeled-00000-of-00001.parquet", Some("UNLABELED")),
            ("metadata.jsonl", None),
        ] {
            assert_eq!(card.split(path).as_deref(), split, "{path}");
        }
    }

    #[test]
    fn configurations_that_differ_are_refused() {
        let card = |second: &str| {
            let config = |name: &str| {
                format!(
                    "- config_name: {name}\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names: [{name}]\n"
                )
            };
            of_card(&format!("dataset_info:\n{}{}", config("a"), config(second)))
        };
        assert!(card("a").is_ok());
        assert!(card("b").unwrap_err().after_a_name().contains("several configurations that differ"));
    }
}
