//! The writer: one `annotations.xml`, with the images in `images`.
//!
//! Collects the elements of all images in memory, about 200 bytes for a label with a box, because
//! the types of attributes are written before them.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::io;

use super::index::NO_SUBSET;
use super::output::{CvatOutput, group_of};
use super::specs::LabelSpecs;
use crate::annotations::formats::shared::image_files::export_path;
use crate::annotations::formats::shared::xml::XmlText;
use crate::annotations::model::{ClassList, Image, Sample};
use crate::annotations::names::is_address;
use crate::annotations::reader::Skipped;
use crate::annotations::splits::split_of;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// Writes the form for images.
#[derive(Debug, Default)]
pub(super) struct CvatWriter {
    specs: LabelSpecs,
    name: String,
    images: HashSet<String>,
    subsets: BTreeSet<String>,
    /// The places in `body` of the attributes of images without a split.
    unsplit: Vec<usize>,
    body: String,
    count: u64,
}

/// Returns the name of the subset of a split, as CVAT names it.
fn subset_of(split: &str) -> String {
    match split {
        "TRAIN" => "Train",
        "VALIDATION" => "Validation",
        "TEST" => "Test",
        other => other,
    }
    .to_owned()
}

/// Returns true if a reader takes the subset for this split.
fn is_read(split: &str) -> bool {
    let subset = subset_of(split);
    let read = split_of(&subset).map_or_else(|| subset.to_uppercase(), str::to_owned);
    read == split && !subset.eq_ignore_ascii_case(NO_SUBSET)
}

/// Returns the tasks of a project, one for each subset. CVAT writes them, and Datumaro finds the
/// subsets in them.
fn tasks(subsets: &[&str]) -> String {
    let mut text = String::from("      <tasks>\n");
    for (number, subset) in subsets.iter().enumerate() {
        let (id, subset) = (number + 1, XmlText(subset));
        let _ = write!(
            text,
            "        <task>\n          <id>{id}</id>\n          <name>{subset}</name>\n          \
             <mode>annotation</mode>\n          <subset>{subset}</subset>\n        </task>\n"
        );
    }
    text + "      </tasks>\n"
}

impl SampleWriter for CvatWriter {
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        self.specs = LabelSpecs::new(classes, left_out);
        self.name.clone_from(&set.name);
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let path = export_path(&image.name);
        if !self.images.insert(format!("{}/{path}", image.split.as_deref().unwrap_or_default())) {
            left_out.note("image whose path is that of another one", || image.name.clone());
            return Ok(());
        }
        if path != image.name && !is_address(&image.name) {
            left_out.note("name of an image that is no path below a folder", || image.name.clone());
        }
        if let Some(split) = image.split.as_deref().filter(|split| !is_read(split)) {
            left_out.note("split whose name is read as another one", || split.to_owned());
        }
        let subset = image.split.as_deref().map(subset_of);
        self.subsets.insert(subset.clone().unwrap_or_else(|| NO_SUBSET.to_owned()));
        let next_group =
            sample.labels.iter().filter_map(group_of).max().unwrap_or_default().saturating_add(1);
        let (text, specs) = (&mut self.body, &mut self.specs);
        let mut output = CvatOutput { text, specs, image: &image.name, left_out, next_group };
        if subset.is_none() {
            self.unsplit.push(output.text.len() + "  <image".len());
        }
        output.image(self.count, image, &sample.labels, subset.as_deref());
        self.count += 1;
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        let has_subsets = self.subsets.iter().any(|subset| subset != NO_SUBSET);
        let root = if has_subsets { "project" } else { "task" };
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n",
        );
        let _ = write!(text, "  <meta>\n    <{root}>\n      <name>{}</name>\n", XmlText(&self.name));
        if has_subsets {
            let subsets: Vec<&str> = self.subsets.iter().map(String::as_str).collect();
            let _ = writeln!(text, "      <subsets>{}</subsets>", subsets.join("\n"));
            text.push_str(&tasks(&subsets));
        } else {
            let last = self.count.saturating_sub(1);
            let _ = write!(
                text,
                "      <size>{}</size>\n      <mode>annotation</mode>\n      <overlap>0</overlap>\n      \
                 <start_frame>0</start_frame>\n      <stop_frame>{last}</stop_frame>\n",
                self.count
            );
        }
        text.push_str(&self.specs.to_text(3));
        let _ = write!(text, "    </{root}>\n  </meta>\n");
        let body = std::mem::take(&mut self.body);
        let mut written = 0;
        // In a file with subsets, Datumaro reads an image without one into each of them.
        for end in std::mem::take(&mut self.unsplit).into_iter().filter(|_| has_subsets) {
            text.push_str(body.get(written..end).unwrap_or_default());
            let _ = write!(text, " subset=\"{NO_SUBSET}\"");
            written = end;
        }
        text.push_str(body.get(written..).unwrap_or_default());
        text.push_str("</annotations>\n");
        out.file("annotations.xml", text.as_bytes())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        let folder = image.split.as_deref().map(|split| format!("{}/", export_path(&subset_of(split))));
        Some(format!("images/{}{}", folder.unwrap_or_default(), export_path(&image.name)))
    }
}
