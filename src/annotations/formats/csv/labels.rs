//! Tables of classes without shapes: one class in a column, or a column of 0 and 1 for each class.

use std::collections::BTreeSet;

use super::kind::{CLASSES, NAMES, TableHead, TableKind, matches};
use super::rows::{RowKind, TableContext, name_in, others, set_others};
use super::table::Row;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::model::{Class, Label, Sample};
use crate::annotations::reader::Skipped;

/// The columns of such a table.
pub(super) struct ClassRows {
    name: usize,
    /// The column of the class; `None` if each class has a column.
    class: Option<usize>,
    /// Columns of classes, or further ones.
    others: Vec<(usize, String)>,
    found: BTreeSet<String>,
}

impl ClassRows {
    /// Finds the columns.
    pub(super) fn new(head: &TableHead) -> Option<Self> {
        let column = |names: &[&str]| {
            names.iter().find_map(|name| head.columns.iter().position(|own| matches(own, &[name])))
        };
        let found = BTreeSet::new();
        if head.kind == TableKind::MultiLabel {
            return Some(Self { name: 0, class: None, others: others(head, &[0]), found });
        }
        let (name, class) = (column(&NAMES)?, column(&CLASSES)?);
        Some(Self { name, class: Some(class), others: others(head, &[name, class]), found })
    }
}

impl RowKind for ClassRows {
    fn image_name(&self, row: &Row<'_>, context: &TableContext) -> Result<String, Reason> {
        name_in(row, self.name, "filename", context)
    }

    fn note(&mut self, row: &Row<'_>) -> Result<(), Reason> {
        let Some(class) = self.class.map(|class| row.text(class)) else { return Ok(()) };
        if !class.is_empty() && !self.found.contains(class) {
            self.found.insert(class.to_owned());
        }
        Ok(())
    }

    fn classes(&mut self, _: &mut Skipped) -> Result<Vec<Class>, Reason> {
        if self.class.is_some() {
            return Ok(self.found.iter().map(Class::named).collect());
        }
        let mut seen = BTreeSet::new();
        if let Some((_, name)) = self.others.iter().find(|(_, name)| !seen.insert(name)) {
            let why =
                format!("expected each class once in the header, found {name:?} twice; remove one column");
            return Err(Reason::record(why));
        }
        Ok(self.others.iter().map(|(_, name)| Class::named(name)).collect())
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
        if let Some(class) = self.class.map(|class| row.text(class)) {
            if class.is_empty() {
                if self.others.iter().any(|(column, _)| !row.text(*column).is_empty()) {
                    skipped.note("other column of an image without labels", || place.to_string());
                }
            } else {
                let mut label = Label::new(place).of_class(class);
                set_others(row, &self.others, &mut label);
                sample.labels.push(label);
            }
            return Ok(());
        }
        let mut classes: Vec<&str> = Vec::new();
        for (column, name) in &self.others {
            match row.text(*column).trim() {
                "1" | "1.0" | "True" | "true" => classes.push(name),
                "0" | "0.0" | "False" | "false" | "" => {}
                other => {
                    let why = format!("expected 0 or 1, found {other:?}; write 1 if the image has the class");
                    return Err(Reason::new(name.clone(), why));
                }
            }
        }
        let label = Label::new(place);
        match classes.as_slice() {
            [] => {}
            [one] => sample.labels.push(label.of_class(*one)),
            _ => sample.labels.push(label.of_class(classes)),
        }
        Ok(())
    }
}
