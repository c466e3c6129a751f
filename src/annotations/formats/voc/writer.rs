//! The writer: the layout of VOC, with `labelmap.txt`.
//!
//! Needs memory for the names of images, twice, and for the names of classes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;

use super::label_map::{self, LABEL_MAP};
use super::output;
use super::splits::NO_SPLIT;
use crate::annotations::formats::shared::image_files::{LabelFileNames, export_path, parted};
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::model::{Class, ClassList, Image, Sample};
use crate::annotations::names::is_address;
use crate::annotations::reader::Skipped;
use crate::annotations::splits::split_of;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// Writes one XML file per image.
#[derive(Debug, Default)]
pub(super) struct VocWriter {
    classes: ClassList,
    /// The names in the list.
    known: HashSet<String>,
    /// The classes of labels that the list does not have.
    others: BTreeSet<String>,
    /// The ids of images by the name of their list.
    lists: BTreeMap<String, Vec<String>>,
    images: HashSet<String>,
    ids: LabelFileNames,
}

impl VocWriter {
    fn list(&mut self, image: &Image, id: &str, left_out: &mut Skipped) {
        let mut list = NO_SPLIT.to_owned();
        if let Some(split) = &image.split {
            match list_of(split) {
                Some(name) => list = name,
                None => left_out.note("split whose name a file cannot have", || split.clone()),
            }
        }
        if id.trim() != id || id.starts_with('#') || id.contains(['"', '\n', '\r']) {
            left_out.note("image in no list, because of its name (ImageSets)", || image.name.clone());
            return;
        }
        self.lists.entry(list).or_default().push(id.to_owned());
    }
}

/// Returns the name of the list of a split.
fn list_of(split: &str) -> Option<String> {
    let name = match split {
        "TRAIN" => "train",
        "VALIDATION" => "val",
        "TEST" => "test",
        other => {
            let name = other.to_lowercase();
            let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
            let is_same = name.to_uppercase() == other && split_of(&name).is_none() && name != NO_SPLIT;
            return (is_plain && is_same && !name.is_empty()).then_some(name);
        }
    };
    Some(name.to_owned())
}

impl SampleWriter for VocWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        // The file is written at the end, when all classes are known.
        label_map::write(classes, left_out);
        self.known = classes.classes.iter().map(|class| class.name.clone()).collect();
        self.classes = classes.clone();
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let path = export_path(&image.name);
        if !self.images.insert(path.clone()) {
            left_out.note("image whose path is that of another one", || image.name.clone());
            return Ok(());
        }
        if path != image.name && !is_address(&image.name) {
            left_out.note("name of an image that is no path below a folder", || image.name.clone());
        }
        let id = self.ids.stem(&path);
        self.list(image, &id, left_out);
        let given = image.fields.get(FILE_NAME).and_then(serde_json::Value::as_str);
        let file_name = match given {
            _ if is_address(&image.name) => image.name.as_str(),
            Some(given) if given == parted(&path).1 || given == path => given,
            Some(_) => {
                left_out.note("`file_name` that is not the name of the image", || image.name.clone());
                path.as_str()
            }
            None => path.as_str(),
        };
        for class in sample.labels.iter().flat_map(|label| label.classes()) {
            if !class.is_empty() && !self.known.contains(class) && !self.others.contains(class) {
                label_map::write(&ClassList::of_names([class]), left_out);
                self.others.insert(class.to_owned());
            }
        }
        out.file(&format!("Annotations/{id}.xml"), output::document(sample, file_name, left_out).as_bytes())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        let both: Vec<&String> =
            ["train", "val", "trainval"].iter().filter_map(|list| self.lists.get(*list)).flatten().collect();
        let lines = |ids: &[&String]| ids.iter().flat_map(|id| [id.as_str(), "\n"]).collect::<String>();
        if !both.is_empty() {
            out.file("ImageSets/Main/trainval.txt", lines(&both).as_bytes())?;
        }
        for (list, ids) in self.lists.iter().filter(|(list, _)| *list != "trainval") {
            out.file(
                &format!("ImageSets/Main/{list}.txt"),
                lines(&ids.iter().collect::<Vec<_>>()).as_bytes(),
            )?;
        }
        let others = self.others.iter().map(Class::named);
        let classes = ClassList { classes: self.classes.classes.iter().cloned().chain(others).collect() };
        out.file(LABEL_MAP, label_map::write(&classes, &mut Skipped::default()).as_bytes())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        Some(format!("JPEGImages/{}", export_path(&image.name)))
    }
}
