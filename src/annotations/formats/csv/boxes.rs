//! Tables of boxes in pixels: those of TensorFlow, and those of keras-retinanet without a header.

use std::collections::BTreeSet;

use super::kind::{CLASSES, NAMES, TableHead, TableKind, matches};
use super::rows::{RowKind, TableContext, name_in, others, set_others, set_size, sides};
use super::table::Row;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::model::{Class, Label, Rectangle, Sample, Shape};
use crate::annotations::reader::Skipped;

const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// The columns of a table of boxes.
pub(super) struct BoxRows {
    name: usize,
    class: usize,
    sides: [usize; 4],
    width: Option<usize>,
    height: Option<usize>,
    others: Vec<(usize, String)>,
    classes: BTreeSet<String>,
    /// The ids that another file gives the classes.
    ids: Vec<Class>,
    /// The largest side, and true if one has a fraction.
    extent: (f64, bool),
}

impl BoxRows {
    /// Finds the columns; `ids` are the classes that another file lists.
    pub(super) fn new(head: &TableHead, ids: Vec<Class>) -> Option<Self> {
        let column = |names: &[&str]| {
            names.iter().find_map(|name| head.columns.iter().position(|own| matches(own, &[name])))
        };
        let mut rows = Self {
            name: 0,
            class: 5,
            sides: [1, 2, 3, 4],
            width: None,
            height: None,
            others: Vec::new(),
            classes: BTreeSet::new(),
            ids,
            extent: (0.0, false),
        };
        if head.kind == TableKind::RetinaNet {
            return Some(rows);
        }
        (rows.name, rows.class) = (column(&NAMES)?, column(&CLASSES)?);
        for (place, name) in SIDES.iter().enumerate() {
            rows.sides[place] = column(&[name])?;
        }
        (rows.width, rows.height) = (column(&["width"]), column(&["height"]));
        let own = [rows.name, rows.class].into_iter().chain(rows.sides).chain(rows.width).chain(rows.height);
        rows.others = others(head, &own.collect::<Vec<_>>());
        Some(rows)
    }

    /// Returns the class and the sides of a row; `None` if they are empty: the image has no labels.
    fn box_of<'r>(&self, row: &'r Row<'_>) -> Result<Option<(&'r str, [f64; 4])>, Reason> {
        let class = row.text(self.class);
        if class.trim().is_empty() && self.sides.iter().all(|side| row.text(*side).trim().is_empty()) {
            return Ok(None);
        }
        if class.is_empty() {
            let why = "expected a class, found nothing; write it, or leave all sides empty for an image without labels";
            return Err(Reason::new("class", why));
        }
        let mut sides = [0.0; 4];
        for ((side, column), name) in sides.iter_mut().zip(self.sides).zip(SIDES) {
            *side = row.number(column, name)?;
        }
        for (low, high) in [(0, 2), (1, 3)] {
            if sides[low] > sides[high] {
                let why = format!(
                    "expected at least {} of `{}`, found {}; exchange them, or if it is a length, add {} to it",
                    sides[low], SIDES[low], sides[high], SIDES[low]
                );
                return Err(Reason::new(SIDES[high], why));
            }
        }
        Ok(Some((class, sides)))
    }
}

impl RowKind for BoxRows {
    fn image_name(&self, row: &Row<'_>, context: &TableContext) -> Result<String, Reason> {
        name_in(row, self.name, "filename", context)
    }

    fn note(&mut self, row: &Row<'_>) -> Result<(), Reason> {
        let Some((class, sides)) = self.box_of(row)? else { return Ok(()) };
        if !self.classes.contains(class) {
            self.classes.insert(class.to_owned());
        }
        for side in sides {
            self.extent = (self.extent.0.max(side), self.extent.1 || side.fract() != 0.0);
        }
        Ok(())
    }

    fn classes(&mut self, _: &mut Skipped) -> Result<Vec<Class>, Reason> {
        if self.extent.1 && self.extent.0 <= 1.0 {
            let why =
                "expected boxes in pixels, found only numbers from 0 to 1; multiply them by width and height";
            return Err(Reason::record(why));
        }
        let mut classes = std::mem::take(&mut self.ids);
        let known: BTreeSet<&str> = classes.iter().map(|class| class.name.as_str()).collect();
        let new: Vec<Class> =
            self.classes.iter().filter(|name| !known.contains(name.as_str())).map(Class::named).collect();
        classes.extend(new);
        Ok(classes)
    }

    fn columns(&self) -> Vec<&str> {
        self.others.iter().map(|(_, name)| name.as_str()).collect()
    }

    fn add(
        &self,
        row: &Row<'_>,
        place: RecordPlace,
        _: &TableContext,
        sample: &mut Sample,
        skipped: &mut Skipped,
    ) -> Result<(), Reason> {
        set_size(&mut sample.image, sides(row, self.width, self.height)?)?;
        let Some((class, [x1, y1, x2, y2])) = self.box_of(row)? else {
            if self.others.iter().any(|(column, _)| !row.text(*column).is_empty()) {
                skipped.note("other column of an image without labels", || place.to_string());
            }
            return Ok(());
        };
        let rectangle = Shape::Box(Rectangle::between(x1, y1, x2, y2));
        let mut label = Label::new(place).of_class(class).with_shape(&rectangle);
        set_others(row, &self.others, &mut label);
        sample.labels.push(label);
        Ok(())
    }
}
