//! The parts of a sample: the image, and the columns that the others mean.

use serde_json::{Map, Value};

use super::shards::{SamplePart, Shard, ShardSample};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::archive::IMAGE_ENDINGS;
use crate::annotations::formats::huggingface::columns::{CAPTIONS, CLASSES, OBJECTS};
use crate::annotations::formats::shared::object::object;
use crate::annotations::reader::{ReadStop, Skipped};

/// The content of a sample.
pub(super) struct SampleContent {
    pub place: RecordPlace,
    /// The name of the image: the key with the ending of the image.
    pub name: Option<String>,
    /// The columns, as Hugging Face names them.
    pub fields: Map<String, Value>,
    /// The bytes of the image, if they were asked for.
    pub bytes: Option<Vec<u8>>,
}

/// Reads a sample. Images are read if `images` is true.
pub(super) fn content(
    shard: &mut Shard,
    sample: &ShardSample,
    images: bool,
    skipped: &mut Skipped,
) -> Result<SampleContent, ReadStop> {
    let place = RecordPlace::FileElement(shard.path.clone(), sample.key.clone());
    let image = image(sample);
    let mut content = SampleContent {
        place,
        name: image.map(|part| format!("{}.{}", sample.key, part.ending)),
        fields: Map::new(),
        bytes: None,
    };
    if let Some(part) = image.filter(|_| images) {
        content.bytes = Some(shard.read(sample, part)?);
    }
    let mut others = Vec::new();
    for part in &sample.parts {
        let refused = |reason: Reason| {
            let name = format!("{}.{}", sample.key, part.ending);
            reason.at(RecordPlace::FileElement(shard_path(&content.place), name))
        };
        match part.ending.as_str() {
            "json" | "jsn" => {
                let bytes = shard.read(sample, part)?;
                let fields = match bytes.trim_ascii().first() {
                    Some(b'[') => list(&bytes),
                    _ => object(&bytes),
                };
                content.fields.extend(fields.map_err(refused)?);
            }
            "cls" | "txt" | "text" | "caption" => {
                let text = String::from_utf8(shard.read(sample, part)?);
                let text =
                    text.map_err(|_| refused(Reason::record("expected text in UTF-8, found other bytes")))?;
                others.push((part.ending == "cls", text.trim_end_matches(['\n', '\r']).to_owned()));
            }
            _ if Some(part) == image => {}
            _ => skipped.note("part of a sample that is not read", || {
                format!("{}, {}.{}", shard.path, sample.key, part.ending)
            }),
        }
    }
    for (is_class, text) in others {
        if is_class { content.add_class(&text, skipped) } else { content.add_caption(text) }
    }
    Ok(content)
}

fn shard_path(place: &RecordPlace) -> String {
    match place {
        RecordPlace::FileElement(path, _) => path.clone(),
        other => other.to_string(),
    }
}

/// Returns the part that is the image: `jpg` before `image.jpg`, and that before the only one of
/// another name.
fn image(sample: &ShardSample) -> Option<&SamplePart> {
    let is = |wanted: &str| sample.parts.iter().find(|part| part.ending == wanted);
    let named = |start: &str| IMAGE_ENDINGS.iter().find_map(|ending| is(&format!("{start}{ending}")));
    ["", "image.", "img.", "input."].into_iter().find_map(named).or_else(|| {
        let is_image = |part: &&SamplePart| {
            let last = part.ending.rsplit('.').next();
            last.is_some_and(|last| IMAGE_ENDINGS.contains(&last))
        };
        let mut images = sample.parts.iter().filter(is_image);
        images.next().filter(|_| images.next().is_none())
    })
}

/// Reads a list of objects, as if it were in an object.
fn list(bytes: &[u8]) -> Result<Map<String, Value>, Reason> {
    object(&[b"{\"objects\":", bytes, b"}"].concat())
}

impl SampleContent {
    /// Adds the class of a `.cls` file: a number or a name. The JSON often has it, too.
    fn add_class(&mut self, text: &str, skipped: &mut Skipped) {
        let text = text.trim();
        let class = text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from);
        let Some(column) = CLASSES.into_iter().find(|column| self.fields.contains_key(*column)) else {
            self.fields.insert("label".to_owned(), class);
            return;
        };
        let said = self.fields.get(column);
        // A name in the JSON is the name of the number.
        let agrees = class.is_number() && said.is_some_and(Value::is_string) || said == Some(&class);
        if !agrees {
            skipped.note("class of a `.cls` file that is not that of the JSON", || self.place.to_string());
        }
    }

    /// Adds a caption. The JSON often has it, too.
    fn add_caption(&mut self, text: String) {
        let text = Value::from(text);
        let is_known = CAPTIONS.iter().any(|column| self.fields.get(*column) == Some(&text));
        if is_known || text == "" {
            return;
        }
        let column = if self.fields.contains_key("text") { "captions" } else { "text" };
        match self.fields.get_mut(column) {
            Some(Value::Array(list)) => list.push(text),
            _ => drop(self.fields.insert(column.to_owned(), text)),
        }
    }

    /// Returns the columns of objects that are lists, for messages.
    pub(super) fn has_labels(&self) -> bool {
        OBJECTS.iter().chain(&CLASSES).chain(&CAPTIONS).any(|column| self.fields.contains_key(*column))
    }
}
