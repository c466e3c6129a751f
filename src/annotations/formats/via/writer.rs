//! The writer: an export for each split, at the top. Keeps its text until the end.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value, json};

use super::{region_attributes, written_shape};
use crate::annotations::formats::shared::beside::path_in_export;
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CLASS, CORNERS, FILE_NAME, HEIGHT, KEYPOINTS, POLYLINE, ROTATION, SEGMENTATION, SPAN,
    WIDTH,
};
use crate::annotations::model::{ClassList, Image, LabelOrigin, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// Writes `via_region_data.json` for each split.
#[derive(Default)]
pub(super) struct ViaWriter {
    splits: BTreeMap<String, String>,
}

impl SampleWriter for ViaWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        for class in classes.classes.iter().filter(|class| class.id.is_some() || !class.fields.is_empty()) {
            left_out.note("id or other field of a class", || class.name.clone());
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let split = image.split.clone().unwrap_or_default();
        if !matches!(split.as_str(), "" | "TRAIN" | "VALIDATION" | "TEST") {
            left_out.note(
                "split other than TRAIN, VALIDATION and TEST (only the name of the file says it)",
                || split.clone(),
            );
        }
        for name in image.fields.keys() {
            if !matches!(name.as_str(), FILE_NAME | WIDTH | HEIGHT | "file_size" | ATTRIBUTES) {
                left_out.note("other field of an image", || format!("{name} of {}", image.name));
            }
        }
        let mut regions = Vec::new();
        for label in &sample.labels {
            let mut note = |what: &'static str| left_out.note(what, || image.name.clone());
            if label.id.is_some() {
                note("id of a label");
            }
            if label.author.is_some() {
                note("author of a label");
            }
            if label.origin == LabelOrigin::Prediction {
                note("origin of a label (a prediction is written like a label)");
            }
            for name in label.fields.keys() {
                let is_held = matches!(
                    name.as_str(),
                    CLASS
                        | BBOX
                        | ROTATION
                        | CORNERS
                        | SEGMENTATION
                        | POLYLINE
                        | KEYPOINTS
                        | SPAN
                        | ATTRIBUTES
                );
                if !is_held {
                    note("other field of a label");
                }
            }
            let written = written_shape(&label.fields);
            if let Some(what) = written.left_out {
                note(what);
            }
            let (attributes, has_reserved) = region_attributes(label, written.is_round);
            if has_reserved {
                note("attribute with the name of the class");
            }
            for shape in written.shapes {
                regions.push(json!({"shape_attributes": shape, "region_attributes": attributes.clone()}));
            }
        }
        let size = image.fields.get("file_size").cloned().unwrap_or_else(|| (-1).into());
        let attributes = image.fields.get(ATTRIBUTES).cloned().unwrap_or_else(|| Value::Object(Map::new()));
        let key = json!(format!("{}{size}", image.name));
        let entry =
            json!({"filename": image.name, "size": size, "regions": regions, "file_attributes": attributes});
        let text = self.splits.entry(split).or_default();
        text.push_str(if text.is_empty() { "\n" } else { ",\n" });
        text.push_str(&format!("{key}:{entry}"));
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        for (split, entries) in &self.splits {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let word: String =
                split.to_lowercase().chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
            let dash = if split.is_empty() { "" } else { "_" };
            out.file(&format!("via_region_data{dash}{word}.json"), format!("{{{entries}\n}}\n").as_bytes())?;
        }
        Ok(())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        path_in_export(&image.name)
    }
}
