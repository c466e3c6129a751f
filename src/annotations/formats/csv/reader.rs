//! The reader: one pass notes the rows of each image, then they are read by their positions.
//!
//! The pass needs 24 bytes of memory a row, and for each image its name twice.

use std::collections::HashMap;
use std::sync::Arc;

use super::held::held;
use super::inputs::{AskedVariant, kind_of, last_two, open, refuse_cut_off, tables};
use super::kind::TableKind;
use super::rows::{RowKind, TableContext};
use super::table::{CsvRows, CsvTable, RowPosition};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::beside::ImagesBeside;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::model::{ClassList, Image, ImageBytes, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};
use crate::annotations::splits::split_of;

/// Reads the samples of tables.
pub(super) struct CsvReader {
    files: Files,
    tables: Vec<ReadTable>,
    is_indexed: bool,
    classes: ClassList,
    /// The next image: the number of the table, of the image in it, and of its first entry.
    next: (usize, usize, usize),
    rows: Option<(usize, CsvRows)>,
    skipped: Skipped,
}

struct ReadTable {
    table: CsvTable,
    kind: Box<dyn RowKind>,
    context: TableContext,
    images: Vec<Box<str>>,
    /// The rows, by image.
    entries: Vec<RowEntry>,
}

#[derive(Debug, Clone, Copy)]
struct RowEntry {
    image: u32,
    position: RowPosition,
}

impl CsvReader {
    /// Creates a reader of the tables of an input.
    pub(super) fn new(files: Files, options: &ReaderOptions) -> Result<Self, ReadStop> {
        let asked = AskedVariant::of(options.variant.as_deref())?;
        let mut skipped = Skipped::default();
        let found = tables(&files, asked.kind, &mut skipped);
        if found.is_empty() {
            let path = files.paths().next().filter(|_| files.is_one_file()).unwrap_or(".").to_owned();
            let known = TableKind::ALL.map(TableKind::name).join("`, `");
            let why = format!(
                "expected a table in UTF-8 whose header is known, such as \
                 `filename,width,height,class,xmin,ymin,xmax,ymax`, found none; rename the columns, or name the \
                 variant: `{known}`"
            );
            return Err(Reason::record(why).at(RecordPlace::File(path)).into());
        }
        refuse_cut_off(&files, &found)?;
        let images = Arc::new(ImagesBeside::of(&files));
        let system = |path: &str| files.get(path).map(|system| (path.to_owned(), system.to_owned()));
        let systems: Arc<HashMap<_, _>> = Arc::new(images.paths().into_iter().filter_map(system).collect());
        let mut read = Vec::with_capacity(found.len());
        for (path, head) in found {
            let split = if files.is_one_file() { split_of(&last_two(files.root())) } else { split_of(&path) };
            let folder = image_folder(&path);
            let table = open(&files, path, head)?;
            let kind = kind_of(&files, &table, asked.class)?;
            let (images, systems, size_of) = (images.clone(), systems.clone(), options.size_of);
            let context = TableContext { folder, split, images, systems, size_of };
            read.push(ReadTable { table, kind, context, images: Vec::new(), entries: Vec::new() });
        }
        Ok(Self {
            files,
            tables: read,
            is_indexed: false,
            classes: ClassList::default(),
            next: (0, 0, 0),
            rows: None,
            skipped,
        })
    }

    /// Notes the rows of each image, if that was not done yet.
    fn index(&mut self) -> Result<(), ReadStop> {
        if std::mem::replace(&mut self.is_indexed, true) {
            return Ok(());
        }
        let mut names: HashMap<Box<str>, (usize, u32)> = HashMap::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for number in 0..self.tables.len() {
            self.index_table(number, &mut names)?;
            let ReadTable { table, kind, .. } = &mut self.tables[number];
            let classes = kind
                .classes(&mut self.skipped)
                .map_err(|reason| reason.at(RecordPlace::File(table.path.clone())))?;
            for class in classes {
                match known.get(&class.name).and_then(|place| self.classes.classes.get_mut(*place)) {
                    Some(other) => other.id = other.id.take().or(class.id),
                    None => {
                        known.insert(class.name.clone(), self.classes.classes.len());
                        self.classes.classes.push(class);
                    }
                }
            }
        }
        let named: std::collections::HashSet<String> = self
            .tables
            .iter()
            .flat_map(|table| table.images.iter().filter_map(|name| table.context.find_named(name)))
            .map(str::to_owned)
            .collect();
        if let Some(first) = self.tables.first() {
            for path in first.context.images.paths().into_iter().filter(|path| !named.contains(*path)) {
                self.skipped.note("image that no table names", || path.to_owned());
            }
        }
        Ok(())
    }

    fn index_table(
        &mut self,
        number: usize,
        names: &mut HashMap<Box<str>, (usize, u32)>,
    ) -> Result<(), ReadStop> {
        let Some(ReadTable { table, kind, context, images, entries }) = self.tables.get_mut(number) else {
            return Ok(());
        };
        let mut rows = table.rows()?;
        while let Some(row) = rows.next()? {
            let position = row.position;
            let refused = |reason: Reason| reason.at(table.place(position));
            let name = kind.image_name(&row, context).map_err(refused)?;
            kind.note(&row).map_err(refused)?;
            let image = match names.get(name.as_str()) {
                Some((other, image)) if *other == number => *image,
                Some(_) => {
                    let why = format!(
                        "{name:?} is also an image of another table; give the images different names, or import the \
                         tables one by one"
                    );
                    return Err(refused(Reason::new("filename", why)).into());
                }
                None => {
                    let image = u32::try_from(images.len()).map_err(|_| {
                        refused(Reason::record("expected at most 4,294,967,296 images, found more"))
                    })?;
                    images.push(name.as_str().into());
                    names.insert(name.into(), (number, image));
                    image
                }
            };
            entries.push(RowEntry { image, position });
        }
        for _ in 0..rows.empty {
            self.skipped.note("row without text", || table.path.clone());
        }
        // Stable: the rows of an image keep their order.
        entries.sort_by_key(|entry| entry.image);
        Ok(())
    }

    /// Reads an image, with the rows that begin at an entry. Returns the number of rows.
    fn sample(&mut self, number: usize, image: usize, first: usize) -> Result<(Sample, usize), ReadStop> {
        let read = &self.tables[number];
        if self.rows.as_ref().is_none_or(|(of, _)| *of != number) {
            self.rows = Some((number, read.table.rows()?));
        }
        let ReadTable { table, kind, context, images, entries } = read;
        let is_own = |entry: &&RowEntry| entry.image as usize == image;
        let own: Vec<RowEntry> = entries[first..].iter().take_while(is_own).copied().collect();
        let name = images[image].to_string();
        let place =
            own.first().map_or(RecordPlace::File(table.path.clone()), |entry| table.place(entry.position));
        let mut read = Image::new(place, name.clone());
        let shown = name.strip_prefix(context.folder.as_str()).unwrap_or(&name);
        read.fields.insert(FILE_NAME.to_owned(), shown.into());
        read.split = context.split.map(str::to_owned);
        read.bytes =
            context.find_named(&name).map_or(ImageBytes::ByName, |path| ImageBytes::File(path.to_owned()));
        let mut sample = Sample { image: read, labels: Vec::new() };
        if let Some((_, rows)) = &mut self.rows {
            for entry in &own {
                rows.seek(entry.position)?;
                let Some(row) = rows.next()? else { break };
                let place = table.place(entry.position);
                kind.add(&row, place.clone(), context, &mut sample, &mut self.skipped)
                    .map_err(|reason| reason.at(place))?;
            }
        }
        Ok((sample, own.len()))
    }
}

impl SampleReader for CsvReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        self.index()?;
        Ok(self.classes.clone())
    }

    fn holds(&self) -> HeldFields {
        held(
            self.tables.first().map(|table| table.table.head.kind),
            self.tables.iter().map(|table| &*table.kind),
        )
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        self.index()?;
        loop {
            let (number, image, entry) = self.next;
            let Some(table) = self.tables.get(number) else { return Ok(None) };
            if image == table.images.len() {
                self.next = (number + 1, 0, 0);
                continue;
            }
            let (sample, rows) = self.sample(number, image, entry)?;
            self.next = (number, image + 1, entry + rows);
            return Ok(Some(sample));
        }
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        let whole: u64 = self.tables.iter().map(|table| table.table.size).sum();
        if !self.is_indexed {
            return (0, Some(2 * whole));
        }
        let (number, _, entry) = self.next;
        let before: u64 = self.tables.iter().take(number).map(|table| table.table.size).sum();
        let part = self.tables.get(number).map_or(0, |table| {
            let rows = table.entries.len().max(1) as u128;
            u64::try_from(u128::from(table.table.size) * entry as u128 / rows).unwrap_or(u64::MAX)
        });
        (whole + before + part, Some(2 * whole))
    }
}

/// Returns the folder to which the names of a table are relative, with a slash at its end: its own,
/// or the one above a folder of annotations.
fn image_folder(path: &str) -> String {
    let Some((folder, _)) = path.rsplit_once('/') else { return String::new() };
    let (above, name) = folder.rsplit_once('/').map_or(("", folder), |(above, name)| (above, name));
    let folder = if matches!(name, "annotations" | "labels" | "csv" | "metadata") { above } else { folder };
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}
