//! The labels of all fixtures, written in every format and read again.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::super::regions::{completed, divided};
use super::super::shared::round_trip::write_variant;
use super::super::{FORMATS, ReaderOptions, named};
use super::held::WRITTEN;
use crate::annotations::checked::check_shapes;
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::held::HeldFields;
use crate::annotations::model::{ClassList, ImageBytes, LabelOrigin, Sample};
use crate::annotations::normal::is_same;
use crate::annotations::reader::Skipped;

/// Returns the size in the name of an image, such as `7-64x48.png`; that of the birds for others.
fn size_of(path: &Path) -> Option<(u64, u64)> {
    let stem = path.file_stem()?.to_str()?;
    let side = |text: &str| text.parse::<u64>().ok();
    let size = stem.rsplit_once('-').and_then(|(_, size)| size.split_once('x'));
    size.and_then(|(width, height)| side(width).zip(side(height))).or(Some((64, 48)))
}

fn read(files: Files, format: Option<&str>, variant: Option<&str>) -> (HeldFields, Vec<Sample>) {
    let options = ReaderOptions {
        labels_from_folders: false,
        size_of,
        reference: None,
        variant: variant.map(str::to_owned),
    };
    let found = FORMATS.iter().find(|own| (own.recognises)(&files));
    let format = format.and_then(named).or(found).unwrap();
    let mut reader = (format.reader)(files, &options).unwrap();
    reader.classes().unwrap();
    let held = reader.holds();
    let mut samples = Vec::new();
    while let Some(sample) = reader.next().unwrap_or_else(|stop| panic!("{}", stop.about(format.name))) {
        samples.push(sample);
    }
    (held, samples)
}

/// Returns each label of the fixtures, with an image to itself.
fn stored() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports");
    let listed = |name: &str| {
        let mut paths: Vec<_> =
            fs::read_dir(folder.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        paths.sort();
        paths
    };
    let mut paths: Vec<_> = ["birds", "label-studio"].into_iter().flat_map(listed).collect();
    paths.extend(["cvat", "huggingface", "labelme", "voc"].map(|name| folder.join(name)));
    let mut samples = Vec::new();
    for sample in paths.iter().flat_map(|path| read(Files::open(path).unwrap(), None, None).1) {
        let (width, height) = sample.image.size().unwrap_or((640.0, 480.0));
        for mut label in sample.labels {
            assert_eq!(check_shapes(&label), Ok(()), "{}", label.place);
            let name = format!("{}-{width}x{height}.png", samples.len());
            (label.id, label.exported, label.author) = (None, None, None);
            label.origin = LabelOrigin::Annotation;
            let mut image = sample.image.clone();
            image.place = RecordPlace::Element(name.clone());
            image.exported = None;
            image.bytes = ImageBytes::Memory(b"\x89PNG".to_vec());
            image.split = Some("TRAIN".to_owned());
            let fields = [
                ("file_name", name.as_str().into()),
                ("width", (width as u64).into()),
                ("height", (height as u64).into()),
            ];
            image.fields =
                fields.map(|(name, value): (&str, Value)| (name.to_owned(), value)).into_iter().collect();
            image.name = name;
            samples.push(Sample { image, labels: vec![label] });
        }
    }
    samples
}

#[test]
fn labels_of_the_fixtures_are_the_same_after_any_format() {
    let stored = stored();
    let mut names: Vec<&str> = stored.iter().flat_map(|sample| sample.labels[0].classes()).collect();
    names.sort_unstable();
    names.dedup();
    let classes = ClassList::of_names(names);
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (name, variant) in WRITTEN {
        let format = named(name).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut left_out = Skipped::default();
        let written: Vec<Sample> =
            stored.iter().map(|sample| divided(format, sample.clone(), &mut left_out)).collect();
        write_variant(format, variant, &classes, &written, folder.path());
        let files = Files::open(folder.path()).unwrap();
        let (held, found) = read(files, Some(name), variant.filter(|_| name == "csv"));
        for (sample, written) in stored.iter().zip(&written) {
            let is_own =
                |found: &&Sample| found.image.name.rsplit('/').next() == Some(sample.image.name.as_str());
            let found = found.iter().find(is_own).map_or(&[][..], |found| found.labels.as_slice());
            let ([one], [_]) = (found, written.labels.as_slice()) else { continue };
            compared += 1;
            let fields = &sample.labels[0].fields;
            let complete = completed(&held, &one.fields, fields, one.precision);
            if !is_same(&complete, fields) {
                let shown = |fields: &Map<String, Value>| Value::Object(fields.clone()).to_string();
                wrong.push(format!(
                    "{name} {variant:?} {}:\n  stored   {}\n  found    {}\n  complete {}",
                    sample.image.name,
                    shown(fields),
                    shown(&one.fields),
                    shown(&complete)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 500, "{compared}");
}
