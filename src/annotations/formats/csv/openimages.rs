//! The boxes of OpenImages: relative to the size of the image, with the ids of images and classes.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use super::kind::{TableHead, matches};
use super::rows::{RowKind, TableContext, others, set_others, set_size, value_of};
use super::table::Row;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::beside::relative_to;
use crate::annotations::formats::shared::shown::size_as_shown;
use crate::annotations::model::fields::{FILE_NAME, HEIGHT, SCORE, WIDTH};
use crate::annotations::model::{Class, Label, LabelOrigin, Rectangle, Sample, Shape};
use crate::annotations::names::normal_name;
use crate::annotations::reader::Skipped;

/// The columns of a table of OpenImages.
pub(super) struct OpenImagesRows {
    image: usize,
    class: usize,
    /// `XMin`, `YMin`, `XMax`, `YMax`.
    sides: [(usize, &'static str); 4],
    score: Option<usize>,
    others: Vec<(usize, String)>,
    names: HashMap<String, String>,
    found: BTreeSet<String>,
}

impl OpenImagesRows {
    /// Finds the columns; `names` are those of the classes by their ids.
    pub(super) fn new(head: &TableHead, names: HashMap<String, String>) -> Option<Self> {
        let column = |name: &str| head.columns.iter().position(|own| matches(own, &[name]));
        let side = |name: &'static str| Some((column(name)?, name));
        let sides = [side("XMin")?, side("YMin")?, side("XMax")?, side("YMax")?];
        let (image, class, score) = (column("ImageID")?, column("LabelName")?, column("Confidence"));
        let own = sides.iter().map(|(column, _)| *column).chain([image, class]).chain(score);
        let others = others(head, &own.collect::<Vec<_>>());
        Some(Self { image, class, sides, score, others, names, found: BTreeSet::new() })
    }

    fn class(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}

impl RowKind for OpenImagesRows {
    fn image_name(&self, row: &Row<'_>, context: &TableContext) -> Result<String, Reason> {
        let id = normal_name("ImageID", row.text(self.image))?;
        let ending = ["jpg", "png", "jpeg", "JPG", "tif", "webp"].into_iter().find_map(|ending| {
            // The file may have the ending in other letters.
            let path = context.find(&format!("{id}.{ending}"))?;
            let (_, ending) = path.rsplit_once('.')?;
            Some(format!("{id}.{ending}"))
        });
        let whole = context.find(&id).map(|_| id.clone());
        let name = ending.or(whole).unwrap_or_else(|| format!("{id}.jpg"));
        Ok(relative_to(&context.folder, &name))
    }

    fn note(&mut self, row: &Row<'_>) -> Result<(), Reason> {
        let class = row.text(self.class);
        if class.is_empty() {
            return Err(Reason::new("LabelName", "expected the id of a class, found nothing"));
        }
        if !self.found.contains(class) {
            self.found.insert(class.to_owned());
        }
        Ok(())
    }

    fn classes(&mut self, skipped: &mut Skipped) -> Result<Vec<Class>, Reason> {
        if !self.names.is_empty() {
            for id in self.found.iter().filter(|id| !self.names.contains_key(*id)) {
                skipped.note("name of a class (its id is not in the descriptions)", || id.clone());
            }
        }
        let mut ids: HashMap<String, &str> = HashMap::new();
        for id in &self.found {
            if let Some(other) = ids.insert(self.class(id), id) {
                let why = format!(
                    "duplicate description {:?} of the classes {other} and {id}; labels refer to classes by \
                     their names, so rename one of them in the descriptions",
                    self.class(id)
                );
                return Err(Reason::new("LabelName", why));
            }
        }
        let class = |id: &String| {
            let mut class = Class::named(self.class(id));
            class.id = (class.name != *id).then(|| id.as_str().into());
            class
        };
        // The descriptions list 600 classes or more: only those of the boxes are those of the set.
        Ok(self.found.iter().map(class).collect())
    }

    fn columns(&self) -> Vec<&str> {
        self.others.iter().map(|(_, name)| name.as_str()).collect()
    }

    fn add(
        &self,
        row: &Row<'_>,
        place: RecordPlace,
        context: &TableContext,
        sample: &mut Sample,
        _: &mut Skipped,
    ) -> Result<(), Reason> {
        if sample.image.size().is_none() {
            let name = sample.image.fields.get(FILE_NAME).and_then(|name| name.as_str()).unwrap_or_default();
            let system = context.find(name).and_then(|path| context.systems.get(path));
            let size = system.and_then(|system| size_as_shown(system, context.size_of));
            let (width, height) = size.ok_or_else(|| {
                let why = if system.is_some() {
                    format!("expected an image whose size can be read as {name:?}, found other bytes; replace it")
                } else {
                    format!(
                        "expected the image {name:?} in the input, because its size is needed, found none; import \
                         the folder that has both the tables and the images"
                    )
                };
                Reason::new("ImageID", why)
            })?;
            #[expect(clippy::cast_precision_loss, reason = "pixels are far below 2^53")]
            let sides = [(WIDTH, Some(width as f64)), (HEIGHT, Some(height as f64))];
            set_size(&mut sample.image, sides)?;
        }
        let Some((width, height)) = sample.image.size() else { return Ok(()) };
        let mut sides = [0.0; 4];
        for (side, (column, name)) in sides.iter_mut().zip(self.sides) {
            *side = row.number(column, name)?;
            // A box can reach beyond the image; farther away are numbers of pixels.
            if !(-1.0..=2.0).contains(side) {
                let why = format!(
                    "expected a part of the image's size, from 0 to 1, or from -1 to 2 beyond the image, found {side}; divide pixels by the size"
                );
                return Err(Reason::new(name, why));
            }
        }
        let [x1, y1, x2, y2] = sides;
        if x1 > x2 || y1 > y2 {
            let why =
                format!("expected the smaller sides as `XMin` and `YMin`, found {x1}, {y1} and {x2}, {y2}");
            return Err(Reason::record(why));
        }
        let rectangle = Rectangle::between(x1 * width, y1 * height, x2 * width, y2 * height);
        let mut label = Label::new(place).of_class(self.class(row.text(self.class)));
        label = label.with_shape(&Shape::Box(rectangle));
        if let Some(score) = self.score.filter(|column| !row.text(*column).trim().is_empty()) {
            let score = row.number(score, "Confidence")?;
            // Boxes that people have drawn have the confidence 1.
            if score != 1.0 {
                label.origin = LabelOrigin::Prediction;
                let whole = value_of(row.text(self.score.unwrap_or_default()));
                label.fields.insert(SCORE.to_owned(), if whole.is_number() { whole } else { json!(score) });
            }
        }
        // -1 is unknown.
        let is_known =
            |(column, name): &&(usize, String)| !(name.starts_with("Is") && row.text(*column).trim() == "-1");
        let others: Vec<(usize, String)> = self.others.iter().filter(is_known).cloned().collect();
        set_others(row, &others, &mut label);
        sample.labels.push(label);
        Ok(())
    }
}
