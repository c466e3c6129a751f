//! `labelmap.txt` of CVAT and Datumaro: the classes with their colours, parts and actions.

use serde_json::{Map, Value, json};

use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::model::{Class, ClassList};
use crate::annotations::reader::Skipped;

/// The name of the file.
pub(super) const LABEL_MAP: &str = "labelmap.txt";

const HEADER: &str = "# label:color_rgb:parts:actions\n";
const COLOR: &str = "color";
const PARTS: &str = "parts";
const ACTIONS: &str = "actions";

/// Reads the classes of a file.
pub(super) fn read(path: &str, text: &str) -> Result<Vec<Class>, RecordFault> {
    let mut classes: Vec<Class> = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let class = class(text).map_err(|reason| reason.at(RecordPlace::FileLine(path.to_owned(), line)))?;
        if classes.iter().any(|other| other.name == class.name) {
            let why = format!("duplicate class {:?}; remove one of them", class.name);
            return Err(Reason::record(why).at(RecordPlace::FileLine(path.to_owned(), line)));
        }
        classes.push(class);
    }
    Ok(classes)
}

fn class(line: &str) -> Result<Class, Reason> {
    let parts: Vec<&str> = line.split(':').map(str::trim).collect();
    let [name, color, parts, actions] = parts[..] else {
        let why =
            format!("expected `name:r,g,b:parts:actions`, found {} parts; add or remove `:`", parts.len());
        return Err(Reason::record(why));
    };
    let mut fields = Map::new();
    if !color.is_empty() {
        let rgb: Vec<u8> = color.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        if rgb.len() != 3 || color.split(',').count() != 3 {
            let why =
                format!("expected a colour such as `128,0,0`, found {color:?}; correct it or leave it empty");
            return Err(Reason::record(why));
        }
        fields.insert(COLOR.to_owned(), json!(rgb));
    }
    for (field, list) in [(PARTS, parts), (ACTIONS, actions)] {
        let names: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if !names.is_empty() {
            fields.insert(field.to_owned(), json!(names));
        }
    }
    Ok(Class { name: name.to_owned(), id: None, fields })
}

/// Writes the classes. What a line cannot hold is noted.
pub(super) fn write(classes: &ClassList, left_out: &mut Skipped) -> String {
    let mut text = HEADER.to_owned();
    for class in &classes.classes {
        let name = class.name.as_str();
        if name.is_empty() || name.trim() != name || name.starts_with('#') || name.contains([':', '\n', '\r'])
        {
            left_out.note("class whose name labelmap.txt cannot hold", || name.to_owned());
            continue;
        }
        if class.id.is_some() {
            left_out.note("id of a class (VOC has names)", || name.to_owned());
        }
        let mut known = 0;
        let mut field = |name: &str, to_text: &dyn Fn(&Value) -> Option<String>| {
            let text = class.fields.get(name).and_then(to_text);
            known += usize::from(text.is_some());
            text.unwrap_or_default()
        };
        let line = [field(COLOR, &color_text), field(PARTS, &names_text), field(ACTIONS, &names_text)];
        if known < class.fields.len() {
            left_out.note("other fields of a class (VOC has colour, parts and actions)", || name.to_owned());
        }
        text.push_str(&format!("{name}:{}\n", line.join(":")));
    }
    text
}

/// Returns `r,g,b` of a list of three numbers or of `#rrggbb`.
fn color_text(color: &Value) -> Option<String> {
    let rgb: Vec<u64> = match color {
        Value::Array(parts) => parts.iter().filter_map(Value::as_u64).filter(|part| *part < 256).collect(),
        Value::String(text) => {
            let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
            let part = |at: usize| digits.get(at..at + 2).and_then(|pair| u64::from_str_radix(pair, 16).ok());
            [0, 2, 4].into_iter().filter_map(part).collect()
        }
        _ => return None,
    };
    let [r, g, b] = rgb[..] else { return None };
    Some(format!("{r},{g},{b}"))
}

fn names_text(names: &Value) -> Option<String> {
    let names: Option<Vec<&str>> = names.as_array()?.iter().map(Value::as_str).collect();
    names
        .filter(|names| names.iter().all(|name| !name.contains([':', ',', '\n'])))
        .map(|names| names.join(","))
}
