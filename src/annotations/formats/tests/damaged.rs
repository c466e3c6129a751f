//! For all formats: a file that is damaged is refused by name, whatever the others are recognised as.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::super::shared::round_trip::write_variant;
use super::super::{FORMATS, ReaderOptions, named};
use super::held::WRITTEN;
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::files::damage::damaged;
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, Sample};
use crate::annotations::reader::ReadStop;

const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n";
const PAGE: &[u8] = b"<!DOCTYPE html><html><body>404</body></html>";

/// Writes an image of each split, with a label.
fn write(format: &str, variant: Option<&str>, folder: &Path) {
    let sample = |(name, split): (&str, &str)| {
        let mut image = Image::new(RecordPlace::Line(1), format!("{name}.jpg"));
        image.fields =
            json!({"file_name": image.name, "width": 64, "height": 48}).as_object().unwrap().clone();
        image.split = Some(split.to_owned());
        image.bytes = match format {
            "webdataset" => ImageBytes::Memory(b"\x89PNG".to_vec()),
            _ => ImageBytes::File(image.name.clone()),
        };
        let fields =
            json!({"class": "katze", "bbox": [4, 4, 20, 20], "segmentation": [[4, 4, 24, 4, 24, 24]]});
        let label = Label { fields: fields.as_object().unwrap().clone(), ..Label::new(RecordPlace::Line(1)) };
        Sample { image, labels: vec![label] }
    };
    let samples = [("a", "TRAIN"), ("b", "VALIDATION")].map(sample);
    write_variant(named(format).unwrap(), variant, &ClassList::of_names(["katze"]), &samples, folder);
}

/// Returns the message with which an input is refused.
fn refusal(folder: &Path) -> Option<String> {
    let files = Files::open(folder).unwrap();
    let format = FORMATS.iter().find(|format| (format.recognises)(&files)).unwrap();
    if let Some(fault) = damaged(&files, format.files) {
        return Some(fault.to_string());
    }
    let options = ReaderOptions {
        labels_from_folders: false,
        size_of: |_| Some((64, 48)),
        reference: None,
        variant: None,
    };
    let read = || -> Result<(), ReadStop> {
        let mut reader = (format.reader)(files.clone(), &options)?;
        reader.classes()?;
        while reader.next()?.is_some() {}
        Ok(())
    };
    read().err().map(|stop| stop.about("set"))
}

#[test]
fn damaged_files_of_labels_are_refused_by_name() {
    let (mut tried, mut left_out) = (0, Vec::new());
    for (format, variant) in WRITTEN {
        let dir = tempfile::tempdir().unwrap();
        write(format, variant, dir.path());
        assert_eq!(refusal(dir.path()), None, "{format} {variant:?}");
        let paths: Vec<String> = Files::open(dir.path()).unwrap().paths().map(str::to_owned).collect();
        for path in paths {
            let file = dir.path().join(&path);
            let right = fs::read(&file).unwrap();
            let ending = path.rsplit('.').next().unwrap();
            let middle = right.len() / 2;
            let other = [&right[..middle], b"\xe4", &right[middle..]].concat();
            let zeros = [&right[..], b"\0\0"].concat();
            let of_all = vec![("pointer", LFS.to_vec()), ("bytes", other), ("zeros", zeros)];
            let mut of_documents = vec![("page", PAGE.to_vec()), ("empty", Vec::new())];
            // Rows without a header may end anywhere.
            let has_header = variant != Some("retinanet") && path != "class-descriptions-boxable.csv";
            of_documents.extend(has_header.then(|| ("cut off", right[..right.len().min(20)].to_vec())));
            let damages = match ending {
                // No format reads the configuration of a project.
                "xml" if path == "labeling_config.xml" => continue,
                "md" | "jpg" | "tar" => continue,
                "json" | "geojson" | "jsonl" | "csv" | "xml" => [of_all, of_documents].concat(),
                "txt" | "yaml" => of_all,
                other => panic!("{other} in {format}"),
            };
            for (what, bytes) in damages {
                fs::write(&file, bytes).unwrap();
                let said = refusal(dir.path()).unwrap_or_default();
                if !said.contains(&path) {
                    left_out.push(format!("{format} {variant:?}, {path}, {what}: {said:?}"));
                }
                tried += 1;
            }
            fs::write(&file, right).unwrap();
        }
    }
    assert!(left_out.is_empty(), "{} of {tried}:\n{}", left_out.len(), left_out.join("\n"));
    assert!(tried > 100, "{tried}");
}
