//! The reader: the samples of all shards in the order of their paths.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::CLASSES;
use super::held::held;
use super::parts::{SampleContent, content};
use super::shards::{Shard, find};
use crate::annotations::fault::Reason;
use crate::annotations::files::Files;
use crate::annotations::formats::huggingface::classes::{RowContext, add_classes, add_found};
use crate::annotations::formats::huggingface::features::ClassNames;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::model::{ClassList, ImageBytes, Sample};
use crate::annotations::names::normal_name;
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};
use crate::annotations::splits::split_of;

/// Reads the samples of shards.
pub(super) struct WebDatasetReader {
    files: Files,
    shards: Vec<(String, PathBuf)>,
    /// The names of the classes to which numbers refer.
    names: ClassNames,
    classes: Option<ClassList>,
    pass: ShardPass,
    /// The number of samples of each name that were returned.
    named: HashMap<String, u64>,
    samples: (u64, u64),
    skipped: Skipped,
}

/// A pass over the shards.
#[derive(Default)]
struct ShardPass {
    next: usize,
    shard: Option<Shard>,
}

impl ShardPass {
    /// Returns the content of the next sample.
    fn next(
        &mut self,
        shards: &[(String, PathBuf)],
        images: bool,
        skipped: &mut Skipped,
    ) -> Result<Option<SampleContent>, ReadStop> {
        loop {
            if let Some(shard) = &mut self.shard {
                match shard.next() {
                    Some(sample) => return content(shard, &sample, images, skipped).map(Some),
                    None => self.shard = None,
                }
            }
            let Some((path, file)) = shards.get(self.next) else { return Ok(None) };
            self.next += 1;
            self.shard = Some(Shard::open(path, file, skipped)?);
        }
    }
}

impl WebDatasetReader {
    /// Finds the shards, and reads the names of the classes.
    pub(super) fn open(files: Files) -> Result<Self, ReadStop> {
        let shards = find(&files);
        if shards.is_empty() {
            let why = "expected the shards of a WebDataset, such as train-000000.tar, found none";
            return Err(ReadStop::Unreadable(why.to_owned()));
        }
        let mut names = ClassNames::new();
        let mut skipped = Skipped::default();
        let listed = files
            .paths()
            .filter(|path| files.archive().is_none() && !shards.iter().any(|(shard, _)| shard == path));
        let listed: Vec<String> = listed.map(str::to_owned).collect();
        for path in listed {
            if CLASSES.contains(&path.as_str()) && names.is_empty() {
                let text = files.text(&path)?;
                names.insert("label".to_owned(), text.lines().map(|line| line.trim().to_owned()).collect());
            } else {
                skipped.note("file that is not a shard", || path);
            }
        }
        Ok(Self {
            files,
            shards,
            names,
            classes: None,
            pass: ShardPass::default(),
            named: HashMap::new(),
            samples: (0, 0),
            skipped,
        })
    }

    /// Replaces the number of a class by its name. A name need not be in the list.
    fn name_class(&self, fields: &mut Map<String, Value>) -> Result<(), Reason> {
        let context = RowContext { names: &self.names };
        match fields.get_mut("label").filter(|label| label.is_number()) {
            Some(label) if !self.names.is_empty() => {
                *label = context
                    .class("label", label)
                    .map_err(|reason| reason.within("label"))?
                    .unwrap_or_default();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads a sample; `None` if it has no image.
    fn sample(&mut self, content: SampleContent) -> Result<Option<Sample>, ReadStop> {
        let SampleContent { place, name, mut fields, bytes } = content;
        self.name_class(&mut fields).map_err(|reason| reason.at(place.clone()))?;
        let refused = |reason: Reason| reason.at(place.clone());
        let said = match fields.remove(FILE_NAME) {
            Some(Value::String(name)) => Some(normal_name(FILE_NAME, &name).map_err(refused)?),
            Some(other) => {
                fields.insert(FILE_NAME.to_owned(), other);
                None
            }
            None => None,
        };
        let free = |name: &String| !self.named.contains_key(name);
        let Some(mut name) = said.filter(free).or(name) else {
            self.skipped.note("sample without an image", || place.to_string());
            return Ok(None);
        };
        if !free(&name) {
            name = format!("{}/{name}", shard_name(&place.to_string()));
        }
        let times = self.named.entry(name.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            return Err(refused(Reason::record("duplicate name of a sample; give each its own")).into());
        }
        let split = match fields.get("split") {
            Some(Value::String(split)) => {
                let split = split_of(split).map_or_else(|| split.to_uppercase(), str::to_owned);
                fields.remove("split");
                Some(split)
            }
            _ => None,
        };
        let context = RowContext { names: &ClassNames::new() };
        let mut sample = context.sample(fields, name.clone(), &place).map_err(refused)?;
        let own = sample.image.split.take();
        sample.image.split =
            own.or(split).or_else(|| split_of(shard_path(&place.to_string())).map(str::to_owned));
        sample.image.fields.entry(FILE_NAME).or_insert_with(|| name.into());
        sample.image.bytes = bytes.map_or(ImageBytes::ByName, ImageBytes::Memory);
        Ok(Some(sample))
    }
}

/// Returns the path of the shard in a place.
fn shard_path(place: &str) -> &str {
    place.split(", ").next().unwrap_or(place)
}

/// Returns the name of a shard without its ending.
fn shard_name(place: &str) -> &str {
    let path = shard_path(place);
    let start = path.rfind('/').map_or(0, |slash| slash + 1);
    let end = path.get(start..).and_then(|name| name.find('.')).map_or(path.len(), |dot| start + dot);
    path.get(..end).unwrap_or(path)
}

impl SampleReader for WebDatasetReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        if let Some(classes) = &self.classes {
            return Ok(classes.clone());
        }
        let (mut pass, mut found, mut unnoted) = (ShardPass::default(), BTreeSet::new(), Skipped::default());
        let mut count = 0;
        let mut classes = ClassList::default();
        if let Some(names) = self.names.get("label") {
            add_classes(&mut classes, names);
        }
        while let Some(content) = pass.next(&self.shards, false, &mut unnoted)? {
            count += 1;
            if !content.has_labels() {
                continue;
            }
            let SampleContent { place, mut fields, .. } = content;
            self.name_class(&mut fields).map_err(|reason| reason.at(place.clone()))?;
            let context = RowContext { names: &ClassNames::new() };
            let sample = context.sample(fields, String::new(), &place).map_err(|reason| reason.at(place))?;
            for class in sample.labels.iter().flat_map(|label| label.classes()) {
                if !found.contains(class) {
                    found.insert(class.to_owned());
                }
            }
        }
        add_found(&mut classes, found);
        self.samples.1 = count;
        self.classes = Some(classes.clone());
        Ok(classes)
    }

    fn holds(&self) -> HeldFields {
        held()
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        while let Some(content) = self.pass.next(&self.shards, true, &mut self.skipped)? {
            self.samples.0 += 1;
            if let Some(sample) = self.sample(content)? {
                return Ok(Some(sample));
            }
        }
        Ok(None)
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        let (mut pass, mut unnoted) = (ShardPass::default(), Skipped::default());
        let (named, skipped) = (std::mem::take(&mut self.named), std::mem::take(&mut self.skipped));
        let mut read = || -> Result<(), ReadStop> {
            while let Some(content) = pass.next(&self.shards, false, &mut unnoted)? {
                let Some(sample) = self.sample(content)? else { continue };
                for id in sample.labels.iter().filter_map(|label| label.id.as_deref()) {
                    note(&sample.image.name, id);
                }
            }
            Ok(())
        };
        let result = read();
        (self.named, self.skipped) = (named, skipped);
        result
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.samples.0, self.classes.as_ref().map(|_| self.samples.1))
    }
}
