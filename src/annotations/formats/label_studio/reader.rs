//! The reader: each task once, with all its annotations and predictions.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::shared::object::object;
use super::addresses::{self, FileAddress};
use super::an_object;
use super::annotation::{annotation, prediction};
use super::input::documents::{Documents, ElementAt, UNREAD};
use super::input::ids::annotation_ids;
use super::input::index::TaskIndex;
use super::marks::Mark;
use super::own;
use super::task::{Task, take_page};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::model::{ClassList, FurtherFile, Image, ImageBytes, Label, Sample};
use crate::annotations::names::{Found, How, Resolver};
use crate::annotations::normal::is_same;
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// Reads the tasks of an export.
pub(super) struct LabelStudioReader {
    documents: Documents,
    /// Made when the reader is first used.
    index: Option<TaskIndex>,
    /// The entry of the next task.
    next: usize,
    /// The tasks of the last page of the API.
    page: Option<(ElementAt, Vec<Value>)>,
    /// The files of the input, in which those of tasks are looked up.
    files: Resolver,
    /// The images that an export of ours names, with the places of their tasks.
    named: HashMap<Box<str>, Box<str>>,
    size: u64,
    done: u64,
    skipped: Skipped,
}

/// An element of a task.
struct Part {
    place: RecordPlace,
    task: Task,
}

impl LabelStudioReader {
    /// Creates a reader of the documents of an input.
    pub(super) fn new(mut files: Files) -> Result<Self, ReadStop> {
        let documents = Documents::of(&files);
        if documents.len() == 0 {
            let why =
                "expected JSON files of Label Studio at the top of the folder, found none; name the export";
            return Err(ReadStop::Unreadable(why.to_owned()));
        }
        let others = || files.paths().map(str::to_owned);
        let resolver = if files.is_one_file() { Resolver::default() } else { Resolver::new(others()) };
        let (size, skipped) = (documents.size(), files.skipped());
        Ok(Self {
            documents,
            index: None,
            next: 0,
            page: None,
            files: resolver,
            named: HashMap::new(),
            size,
            done: 0,
            skipped,
        })
    }

    /// Indexes all documents, if that was not done yet.
    fn index(&mut self) -> Result<(), ReadStop> {
        if self.index.is_none() {
            self.index = Some(TaskIndex::of(&self.documents)?);
        }
        Ok(())
    }

    /// Returns the positions of the elements of the task at an entry.
    fn positions(&self, from: usize) -> Vec<ElementAt> {
        let entries = self.index.as_ref().map(|index| index.task(from)).unwrap_or_default();
        entries.iter().map(|(_, at)| *at).collect()
    }

    /// Reads an element of a task.
    fn part(&mut self, at: ElementAt) -> Result<Part, ReadStop> {
        let place = self.documents.place(at);
        let refused = |reason: Reason| ReadStop::from(reason.at(place.clone()));
        let fields = match &mut self.page {
            Some((page, tasks)) if (page.document, page.start) == (at.document, at.start) => {
                of_page(tasks, at.page).map_err(refused)?
            }
            _ => {
                let text = self.documents.text(at)?;
                let mut fields = object(&text).map_err(refused)?;
                match take_page(&mut fields) {
                    None => fields,
                    Some(tasks) if at.page == UNREAD => {
                        let tasks = tasks.into_iter().enumerate();
                        let mut wrong = tasks.filter(|(_, task)| !task.is_object());
                        let reason = match wrong.next() {
                            Some((number, task)) => {
                                Reason::expected(format!("tasks[{number}]"), "an object", Some(&task))
                            }
                            None => {
                                Reason::record("expected a page of tasks, found other fields beside them")
                            }
                        };
                        return Err(refused(reason));
                    }
                    Some(tasks) => {
                        let (_, tasks) = self.page.insert((at, tasks));
                        of_page(tasks, at.page).map_err(refused)?
                    }
                }
            }
        };
        let task = Task::of(fields).map_err(refused)?;
        Ok(Part { place, task })
    }

    /// Reads a task of one or several elements.
    fn task(&mut self, positions: &[ElementAt]) -> Result<Option<Sample>, ReadStop> {
        let Some(first) = positions.first() else { return Ok(None) };
        let Part { place, task } = self.part(*first)?;
        let (mut annotations, mut predictions) = (Vec::new(), Vec::new());
        add(&mut annotations, task.annotations, &place);
        add(&mut predictions, task.predictions, &place);
        let mut drafts = task.drafts;
        for at in positions.iter().skip(1) {
            let Part { place: other, task: more } = self.part(*at)?;
            if !is_same(&more.data, &task.data) {
                let why = format!(
                    "duplicate task {}, first in {place} with other data; import the files one by one, each with \
                     its own --prefix",
                    task.id
                );
                return Err(Reason::new("id", why).at(other).into());
            }
            add(&mut annotations, more.annotations, &other);
            add(&mut predictions, more.predictions, &other);
            drafts = drafts.max(more.drafts);
        }
        let mut image = self.image(&task.id, task.data, &task.mark, place)?;
        let split = task.mark.text("split").map(str::to_owned);
        image.split = split.or_else(|| self.documents.split(first.document).map(str::to_owned));
        let mut labels = Vec::with_capacity(annotations.len());
        for entry in annotations {
            let refused = entry.refused("annotations");
            match annotation(entry.value, &entry.place).map_err(refused)? {
                Ok(read) => labels.extend(read),
                Err(id) => self.skipped.note("cancelled annotation", || id),
            }
        }
        for entry in predictions {
            let refused = entry.refused("predictions");
            match prediction(entry.value, &entry.place).map_err(refused)? {
                Some(read) => labels.extend(read),
                None => self.skipped.note(
                    "prediction of which the export has only the id (a snapshot with `predictions` and `only_id` \
                     false has all of it)",
                    || format!("of task {}", task.id),
                ),
            }
        }
        for _ in 0..drafts {
            self.skipped.note("draft", || format!("of task {}", task.id));
        }
        forget_copies(&mut labels);
        self.refuse_duplicates(&labels)?;
        Ok(Some(Sample { image, labels }))
    }

    /// Refuses two different annotations with one id.
    fn refuse_duplicates(&self, labels: &[Label]) -> Result<(), ReadStop> {
        let mut ids: Vec<_> = labels
            .iter()
            .filter_map(|label| Some((label.origin as u8, label.id.as_ref()?, &label.place)))
            .collect();
        ids.sort_by_key(|(origin, id, _)| (*origin, *id));
        let twice = ids.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1));
        let Some([(_, id, first), (_, _, place)]) = twice else { return Ok(()) };
        let why =
            format!("duplicate id {id} of annotations of one task, first in {first}; remove one of them");
        Err(Reason::new("annotations", why).at((*place).clone()).into())
    }

    /// Returns the image of a task, and its further files.
    fn image(
        &mut self,
        id: &str,
        mut data: Map<String, Value>,
        mark: &Mark,
        place: RecordPlace,
    ) -> Result<Image, ReadStop> {
        let name = mark.text("name").map_or_else(|| format!("tasks/{id}"), str::to_owned);
        if mark.text("name").is_some() {
            match self.named.get(name.as_str()) {
                Some(first) => {
                    let why = format!("duplicate task of {name:?}, first in {first}; remove one of them");
                    return Err(Reason::new("meta.stemma.name", why).at(place).into());
                }
                None => drop(self.named.insert(name.as_str().into(), place.to_string().into())),
            }
        }
        let mut image = Image::new(place, name.clone());
        image.exported = mark.exported("source");
        let path =
            mark.text("path").filter(|path| matches!(self.files.find(path), Found::One(_, How::Exact)));
        if let Some(fields) = mark.object(own::FIELDS) {
            data = fields.clone();
        } else {
            let mut files = addresses::files(&data).into_iter();
            let first = files.next();
            let is_field = |file: &&FileAddress| data.contains_key(&file.field);
            let is_numbered = mark.text("name").is_none();
            image.address =
                first.as_ref().filter(|file| is_numbered && is_field(file)).map(|file| file.field.clone());
            image.bytes = match first {
                Some(FileAddress { field, address, .. }) => self.bytes(&field, &address),
                None => ImageBytes::Named { field: "image".to_owned(), name: String::new() },
            };
            image.further = files
                .map(|FileAddress { field, key, address }| FurtherFile {
                    name: format!("{name}/{key}"),
                    bytes: self.bytes(&field, &address),
                    fields: Map::from_iter([("address".to_owned(), Value::String(address))]),
                })
                .collect();
        }
        if let Some(path) = path {
            image.bytes = ImageBytes::File(path.to_owned());
        }
        image.fields = data;
        Ok(image)
    }

    /// Returns where the file at an address is.
    fn bytes(&self, field: &str, address: &str) -> ImageBytes {
        let local = addresses::local(address);
        match self.files.find(local) {
            Found::One(path, _) => ImageBytes::File(path.to_owned()),
            _ => ImageBytes::Named { field: field.to_owned(), name: local.to_owned() },
        }
    }
}

/// Leaves the names and ids of our export to the first label that has them: annotators copy
/// annotations.
fn forget_copies(labels: &mut [Label]) {
    let mut seen = HashSet::new();
    for label in labels {
        let Some(exported) = &label.exported else { continue };
        if !seen.insert((label.origin as u8, exported.item.clone())) {
            label.exported = None;
            label.id = None;
        }
    }
}

/// An annotation or prediction, with its place.
struct Entry {
    place: RecordPlace,
    number: usize,
    value: Value,
}

impl Entry {
    fn refused(&self, list: &'static str) -> impl FnOnce(Reason) -> ReadStop + use<> {
        let (place, number) = (self.place.clone(), self.number);
        move |reason| reason.within(&format!("{list}[{number}]")).at(place).into()
    }
}

/// Adds the entries of an element, those left out that an earlier element has as well.
fn add(entries: &mut Vec<Entry>, more: Vec<Value>, place: &RecordPlace) {
    let before = entries.len();
    for (number, value) in more.into_iter().enumerate() {
        if entries[..before].iter().any(|entry| entry.value == value) {
            continue;
        }
        entries.push(Entry { place: place.clone(), number, value });
    }
}

fn of_page(tasks: &mut [Value], number: u32) -> Result<Map<String, Value>, Reason> {
    let task = tasks.get_mut(number as usize).map(Value::take).unwrap_or_default();
    an_object(task).map_err(|reason| reason.within(&format!("tasks[{number}]")))
}

impl SampleReader for LabelStudioReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        self.index()?;
        Ok(ClassList::default())
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        self.index()?;
        let positions = self.positions(self.next);
        self.next += positions.len();
        self.done += positions.iter().map(|at| u64::from(at.length)).sum::<u64>();
        self.task(&positions)
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        self.index()?;
        let mut from = 0;
        loop {
            let positions = self.positions(from);
            if positions.is_empty() {
                return Ok(());
            }
            from += positions.len();
            // The ids of a page are noted with those of its first task.
            for at in positions.into_iter().filter(|at| at.page == 0) {
                annotation_ids(&self.documents.text(at)?, |task, id| note(&format!("tasks/{task}"), id));
            }
        }
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }

    fn progress(&self) -> (u64, Option<u64>) {
        let indexed = if self.index.is_some() { self.size } else { 0 };
        (indexed + self.done.min(self.size), Some(2 * self.size))
    }
}
