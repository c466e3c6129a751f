//! Exports a training set version as COCO: images, annotations, categories.
//!
//! An annotation is a label that the set pins, or each of its classes; its image is the one that it
//! labels. Images that the set pins without a label are included. Categories are those of the
//! complete set, even for one split, so that the files of its splits are consistent.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::document::{Container, JsonDocument};
use super::flow::{ExportSink, outflow};
use super::members::{self, MemberEntry, MemberList, MemberRecords, NamedSet};
use super::memory::ExportMemory;
use super::{Outflow, rows::RowTime};
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::ledger::{LedgerError, View};

/// The maximum number of categories of a set.
const CATEGORIES: usize = 100_000;

impl View {
    /// Returns a training set version as one COCO document; all of it, or one split.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if `set` is not a training set version, or has no such
    /// split.
    pub fn coco(&self, set: &str, split: Option<&str>, memory: ExportMemory) -> Result<Outflow, LedgerError> {
        let version = self.named_set(set)?;
        self.read(|at| split.map(|split| at.split(&[version], split)).transpose())?;
        let set = NamedSet::of(self, version);
        let (view, split) = (self.clone(), split.map(str::to_owned));
        Ok(outflow(move |sink| async move { CocoExport::new(view, set, split, memory)?.write(sink).await }))
    }
}

struct CocoExport {
    view: View,
    set: NamedSet,
    split: Option<String>,
    members: MemberList,
    memory: ExportMemory,
    /// In version order; the id of an image is its index, from 1.
    images: Vec<VersionNo>,
    categories: BTreeMap<Category, u64>,
}

/// A category, in sort order: integers, then all other classes by name, then labels without a
/// class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Category {
    Number(i64),
    Name(String, ClassType),
    /// The category of labels without a class, because a COCO annotation needs one.
    Unclassified,
}

/// The JSON type of a class: `1`, `"1"` and `true` are other classes than `"1"` and `"true"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ClassType {
    Text,
    Number,
    Boolean,
    Null,
    List,
    Object,
}

impl Category {
    fn of(class: &Value) -> Self {
        let form = match class {
            Value::String(name) => return Self::Name(name.clone(), ClassType::Text),
            Value::Number(number) => match number.as_i64() {
                Some(number) => return Self::Number(number),
                None => ClassType::Number,
            },
            Value::Bool(_) => ClassType::Boolean,
            Value::Null => ClassType::Null,
            Value::Array(_) => ClassType::List,
            Value::Object(_) => ClassType::Object,
        };
        Self::Name(class.to_string(), form)
    }

    /// Returns the class as a text, and its type if it is not a text.
    fn describe(&self) -> (String, Option<&'static str>) {
        match self {
            Self::Number(number) => (number.to_string(), Some("number")),
            Self::Unclassified => ("unclassified".to_owned(), Some("no class")),
            Self::Name(name, form) => {
                let what = match form {
                    ClassType::Text => None,
                    ClassType::Number => Some("number"),
                    ClassType::Boolean => Some("boolean"),
                    ClassType::Null => Some("null"),
                    ClassType::List => Some("list"),
                    ClassType::Object => Some("object"),
                };
                (name.clone(), what)
            }
        }
    }
}

/// Returns a unique name for each category: if a text has the same spelling, another type is added,
/// as in `1 (number)`. Readers of COCO identify categories by their names.
fn names<'a>(categories: impl Iterator<Item = &'a Category> + Clone) -> Vec<String> {
    let texts = categories.clone().map(Category::describe).filter(|(_, what)| what.is_none());
    let mut taken: HashSet<String> = texts.map(|(name, _)| name).collect();
    let mut own = |(name, what): (String, Option<&str>)| {
        let Some(what) = what else { return name };
        let others = (1..).map(|n| match n {
            1 => format!("{name} ({what})"),
            n => format!("{name} ({what} {n})"),
        });
        let free = std::iter::once(name.clone()).chain(others).find(|name| !taken.contains(name));
        let free = free.unwrap_or(name);
        taken.insert(free.clone());
        free
    };
    categories.map(|category| own(category.describe())).collect()
}

impl CocoExport {
    fn new(
        view: View,
        set: NamedSet,
        split: Option<String>,
        memory: ExportMemory,
    ) -> Result<Self, LedgerError> {
        let members = members::entries(&view, set.version, &memory)?;
        Ok(Self { view, set, split, members, memory, images: Vec::new(), categories: BTreeMap::new() })
    }

    fn is_wanted(&self, entry: &MemberEntry) -> bool {
        self.split.as_ref().is_none_or(|split| *split == entry.pinned.split)
    }

    async fn write(mut self, sink: ExportSink) -> Result<(), LedgerError> {
        self.categories = self.all_categories().await?;
        let wanted = self.members.entries.iter().filter(|entry| self.is_wanted(entry));
        let images: BTreeSet<VersionNo> = wanted.filter_map(image_of).collect();
        self.images = images.into_iter().collect();
        let mut document = JsonDocument::new(sink);
        document.open("images", Container::List).await?;
        self.write_images(&mut document).await?;
        document.close(Container::List);
        document.open("annotations", Container::List).await?;
        let annotations = self.write_annotations(&mut document).await?;
        document.close(Container::List);
        document.open("categories", Container::List).await?;
        for (name, id) in names(self.categories.keys()).into_iter().zip(self.categories.values()) {
            document.entry(&json!({"id": id, "name": name, "supercategory": ""})).await?;
        }
        document.close(Container::List);
        document.member("licenses", &json!([])).await?;
        document.member("info", &self.info(annotations)).await?;
        document.end().await
    }

    fn info(&self, annotations: u64) -> Value {
        let wanted = || self.members.entries.iter().filter(|entry| self.is_wanted(entry));
        let skipped = wanted().filter(|entry| image_of(entry).is_none()).count();
        let time = self.view.read(|at| at.index().time(self.set.seq)).unwrap_or_default();
        json!({
            "description": format!("{}, exported by stemma", self.set.name),
            "version": self.set.number.to_string(),
            "date_created": RowTime(time).text(),
            "stemma": {
                "trainingSet": self.set.name,
                "version": self.set.id.to_string(),
                "split": self.split,
                "members": wanted().count(),
                "annotations": annotations,
                // Members that are neither an image nor a label of one.
                "skipped": skipped,
            },
        })
    }

    /// Returns the categories of all labels of the set, with their ids from 1.
    async fn all_categories(&self) -> Result<BTreeMap<Category, u64>, LedgerError> {
        let labels: Vec<VersionNo> = self.labels(|_| true).map(|entry| entry.pinned.member).collect();
        let mut found = BTreeSet::new();
        for page in members::pages(&labels) {
            let held = members::held(&self.view, page, &self.memory).await?;
            found.extend(
                held.records.values().flat_map(|record| classes(&record.content.attributes.to_map())),
            );
            Invalid::limit("categories of the set", found.len(), CATEGORIES)?;
        }
        Ok(found.into_iter().zip(1..).collect())
    }

    /// Returns the labels of images, of members for which `fits` returns true.
    fn labels(&self, fits: impl Fn(&MemberEntry) -> bool) -> impl Iterator<Item = &MemberEntry> {
        let labels = self
            .members
            .entries
            .iter()
            .filter(|entry| entry.kind == Kind::Label && image_of(entry).is_some());
        labels.filter(move |entry| fits(entry))
    }

    async fn write_images(&self, document: &mut JsonDocument) -> Result<(), LedgerError> {
        let mut id = 0_u64;
        for page in members::pages(&self.images) {
            let held = members::held(&self.view, page, &self.memory).await?;
            for version in page {
                id += 1;
                document.entry(&image(id, *version, &held)).await?;
            }
        }
        Ok(())
    }

    async fn write_annotations(&self, document: &mut JsonDocument) -> Result<u64, LedgerError> {
        let labels: Vec<&MemberEntry> = self.labels(|entry| self.is_wanted(entry)).collect();
        let mut id = 0_u64;
        for page in members::pages(&labels) {
            let numbers: Vec<VersionNo> = page.iter().map(|entry| entry.pinned.member).collect();
            let held = members::held(&self.view, &numbers, &self.memory).await?;
            for entry in page {
                let Some(record) = held.records.get(&entry.pinned.member) else { continue };
                let attributes = record.content.attributes.to_map();
                let image = image_of(entry).and_then(|image| self.images.binary_search(&image).ok());
                let categories: BTreeSet<Category> = classes(&attributes).collect();
                for category in categories.iter().filter_map(|category| self.categories.get(category)) {
                    id += 1;
                    let mut annotation = annotation(&attributes);
                    annotation.insert("id".to_owned(), id.into());
                    annotation.insert("image_id".to_owned(), image.map(|place| place as u64 + 1).into());
                    annotation.insert("category_id".to_owned(), (*category).into());
                    let label = json!({
                        "version": record.id.to_string(),
                        "label": held.names.get(&entry.pinned.member),
                        "split": entry.pinned.split,
                    });
                    annotation.insert("stemma".to_owned(), label);
                    document.entry(&annotation).await?;
                }
            }
        }
        Ok(id)
    }
}

/// Returns the image of a member: itself, or the one that it labels.
fn image_of(entry: &MemberEntry) -> Option<VersionNo> {
    match entry.kind {
        Kind::Source => Some(entry.pinned.member),
        Kind::Label => entry.labelled().next(),
        _ => None,
    }
}

/// Returns the classes of a label: its attribute `class` or `category`, or each entry if it is a
/// list.
fn classes(attributes: &Map<String, Value>) -> impl Iterator<Item = Category> + use<> {
    let class = attributes.get("class").or_else(|| attributes.get("category"));
    let classes = match class {
        None | Some(Value::Null) => vec![Category::Unclassified],
        Some(Value::Array(classes)) if classes.is_empty() => vec![Category::Unclassified],
        Some(Value::Array(classes)) => classes.iter().map(Category::of).collect(),
        Some(class) => vec![Category::of(class)],
    };
    classes.into_iter()
}

fn image(id: u64, version: VersionNo, held: &MemberRecords) -> Value {
    let Some(record) = held.records.get(&version) else { return Value::Null };
    let attributes = record.content.attributes.to_map();
    let blob = record.content.payload.and_then(|payload| held.blobs.get(&payload));
    let name = held.names.get(&version).map_or("", String::as_str);
    let file_name = ["file_name", "fileName"].iter().find_map(|field| attributes.get(*field)?.as_str());
    let mut image = Map::new();
    image.insert("id".to_owned(), id.into());
    image.insert("file_name".to_owned(), file_name.unwrap_or(name).into());
    for field in ["width", "height", "license"] {
        if let Some(value) = attributes.get(field).filter(|value| value.is_number()) {
            image.insert(field.to_owned(), value.clone());
        }
    }
    for field in ["coco_url", "flickr_url", "date_captured"] {
        if let Some(value) = attributes.get(field).filter(|value| value.is_string()) {
            image.insert(field.to_owned(), value.clone());
        }
    }
    let source = json!({
        "version": record.id.to_string(),
        "source": name,
        "payload": record.content.payload.map(|payload| payload.to_string()),
        "sha256": blob.map(|blob| crate::domain::id::hex(&blob.sha256)),
        "size": blob.map(|blob| blob.size),
    });
    image.insert("stemma".to_owned(), source);
    Value::Object(image)
}

/// Returns the position in the image that a label describes. Missing values are left out.
fn annotation(attributes: &Map<String, Value>) -> Map<String, Value> {
    let mut annotation = Map::new();
    let numbers = |value: &&Value| {
        value.as_array().is_some_and(|corners| corners.len() == 4 && corners.iter().all(Value::is_number))
    };
    let bbox = attributes.get("bbox").filter(numbers).cloned().or_else(|| {
        let sides = attributes.get("box")?.as_object()?;
        let side = |name: &str| sides.get(name).filter(|value| value.is_number()).cloned();
        Some(Value::Array(vec![side("x")?, side("y")?, side("width")?, side("height")?]))
    });
    let side = |place: usize| bbox.as_ref()?.get(place)?.as_f64();
    let area = attributes.get("area").filter(|area| area.is_number()).cloned();
    let area = area.or_else(|| Some(json!(side(2)? * side(3)?)));
    if let Some(area) = area {
        annotation.insert("area".to_owned(), area);
    }
    if let Some(bbox) = bbox {
        annotation.insert("bbox".to_owned(), bbox);
    }
    for field in ["segmentation", "keypoints", "num_keypoints"] {
        if let Some(value) = attributes.get(field) {
            annotation.insert(field.to_owned(), value.clone());
        }
    }
    let crowd = match attributes.get("iscrowd") {
        Some(Value::Bool(true)) => 1,
        Some(crowd) => crowd.as_u64().unwrap_or(0),
        None => 0,
    };
    annotation.insert("iscrowd".to_owned(), crowd.into());
    annotation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_with_the_same_spelling_have_unique_names() {
        let classes = [
            json!("1"),
            json!(1),
            json!("true"),
            json!(true),
            json!(2),
            json!(1.5),
            json!("unclassified"),
            json!("1 (number)"),
        ];
        let mut categories: BTreeSet<Category> = classes.iter().map(Category::of).collect();
        categories.insert(Category::Unclassified);
        assert_eq!(categories.len(), classes.len() + 1);
        let expected = [
            "1 (number 2)",
            "2",
            "1",
            "1 (number)",
            "1.5",
            "true",
            "true (boolean)",
            "unclassified",
            "unclassified (no class)",
        ];
        assert_eq!(names(categories.iter()), expected);
        let plain: BTreeSet<Category> =
            [json!(3), json!("cat"), json!(false)].iter().map(Category::of).collect();
        assert_eq!(names(plain.iter()), ["3", "cat", "false"]);
    }
}
