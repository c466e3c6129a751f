//! The state of one assignment.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::extent::LabelExtent;
use super::{Assignment, FoundLabel, MatchedBy, StoredLabel};
use crate::annotations::model::Exported;
use crate::annotations::model::fields::CLASS;
use crate::annotations::normal;

/// A label of either side, with what the rules compare.
pub(super) struct Subject<'a> {
    /// The position in the caller's list.
    place: usize,
    pub(super) id: Option<&'a str>,
    pub(super) exported: Option<&'a Exported>,
    pub(super) fields: &'a Map<String, Value>,
    pub(super) is_retracted: bool,
    pub(super) digest: [u8; 16],
    extent: Option<LabelExtent>,
}

impl<'a> Subject<'a> {
    /// Returns the classes, in order and without repeats.
    pub(super) fn classes(&self) -> Vec<&'a str> {
        let mut classes: Vec<&str> = match self.fields.get(CLASS) {
            Some(Value::String(class)) => vec![class],
            Some(Value::Array(classes)) => classes.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    /// Reads the shape, which takes time and is not needed for labels that did not change.
    pub(super) fn read_extent(&mut self) {
        if self.extent.is_none() {
            self.extent = Some(LabelExtent::of(self.fields));
        }
    }

    /// Returns the shape.
    pub(super) fn extent(&self) -> &LabelExtent {
        const WHOLE: &LabelExtent = &LabelExtent::WHOLE;
        self.extent.as_ref().unwrap_or(WHOLE)
    }
}

/// Both sides in an order that depends on the labels alone, and the pairs so far. Positions are
/// those in that order.
pub(super) struct Work<'a> {
    pub(super) stored: Vec<Subject<'a>>,
    pub(super) found: Vec<Subject<'a>>,
    /// The items of the stored labels.
    pub(super) items: Vec<&'a str>,
    taken: Vec<bool>,
    matches: Vec<Option<(usize, MatchedBy)>>,
    pub(super) ambiguous: u64,
    pub(super) approximate: u64,
}

impl<'a> Work<'a> {
    pub(super) fn new(stored: &[StoredLabel<'a>], found: &[FoundLabel<'a>]) -> Self {
        let subject = |place, id, exported, fields, is_retracted| Subject {
            place,
            id,
            exported,
            fields,
            is_retracted,
            digest: normal::digest(fields),
            extent: None,
        };
        let mut order: Vec<usize> = (0..stored.len()).collect();
        order.sort_by_key(|place| (stored[*place].item, *place));
        let items = order.iter().map(|place| stored[*place].item).collect();
        let of_stored = |place: usize| {
            let StoredLabel { id, fields, is_retracted, .. } = stored[place];
            subject(place, id, None, fields, is_retracted)
        };
        let stored: Vec<Subject<'_>> = order.into_iter().map(of_stored).collect();
        let of_found = |(place, label): (usize, &FoundLabel<'a>)| {
            subject(place, label.id, label.exported, label.fields, false)
        };
        let mut found: Vec<Subject<'_>> = found.iter().enumerate().map(of_found).collect();
        found.sort_by(compare_found);
        Self {
            items,
            taken: vec![false; stored.len()],
            matches: vec![None; found.len()],
            stored,
            found,
            ambiguous: 0,
            approximate: 0,
        }
    }

    /// Returns true if a stored label has no pair yet.
    pub(super) fn is_free(&self, stored: usize) -> bool {
        !self.taken[stored]
    }

    /// Returns true if a label of the file has no pair yet.
    pub(super) fn is_open(&self, found: usize) -> bool {
        self.matches[found].is_none()
    }

    /// Returns the stored labels without a pair.
    pub(super) fn free(&self) -> Vec<usize> {
        (0..self.stored.len()).filter(|stored| self.is_free(*stored)).collect()
    }

    /// Returns the labels of the file without a pair.
    pub(super) fn open(&self) -> Vec<usize> {
        (0..self.found.len()).filter(|found| self.is_open(*found)).collect()
    }

    /// Returns true if one side has no label left.
    pub(super) fn is_finished(&self) -> bool {
        self.taken.iter().all(|taken| *taken) || self.matches.iter().all(Option::is_some)
    }

    /// Makes a pair if both labels have none.
    pub(super) fn pair(&mut self, found: usize, stored: usize, by: MatchedBy) {
        if self.is_open(found) && self.is_free(stored) {
            self.matches[found] = Some((stored, by));
            self.taken[stored] = true;
        }
    }

    /// Returns the pairs so far: found, stored, rule.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize, MatchedBy)> {
        let pair =
            |(found, of): (usize, &Option<(usize, MatchedBy)>)| of.map(|(stored, by)| (found, stored, by));
        self.matches.iter().enumerate().filter_map(pair)
    }

    /// Returns true if the contents are equal.
    pub(super) fn is_same(&self, found: usize, stored: usize) -> bool {
        let (found, stored) = (&self.found[found], &self.stored[stored]);
        found.digest == stored.digest || normal::is_same(found.fields, stored.fields)
    }

    /// Returns true if both have the same classes.
    pub(super) fn is_same_class(&self, found: usize, stored: usize) -> bool {
        self.found[found].classes() == self.stored[stored].classes()
    }

    /// Returns true if both have the same id.
    pub(super) fn is_same_id(&self, found: usize, stored: usize) -> bool {
        self.found[found].id.is_some() && self.found[found].id == self.stored[stored].id
    }

    /// Returns true if both are without a shape and have ids that differ.
    pub(super) fn are_other_answers(&self, found: usize, stored: usize) -> bool {
        let (found, stored) = (&self.found[found], &self.stored[stored]);
        let has_ids = found.id.is_some() && stored.id.is_some();
        has_ids && found.id != stored.id && found.extent().is_whole() && stored.extent().is_whole()
    }

    /// Reads the shapes of all labels without a pair.
    pub(super) fn read_extents(&mut self) {
        for stored in self.free() {
            self.stored[stored].read_extent();
        }
        for found in self.open() {
            self.found[found].read_extent();
        }
    }

    /// Returns the overlap of two labels whose shapes were read.
    pub(super) fn overlap(&self, found: usize, stored: usize) -> f64 {
        self.stored[stored].extent().overlap(self.found[found].extent())
    }

    /// Returns the pairs in the order of the caller.
    pub(super) fn finish(self) -> Assignment {
        let mut assignment = Assignment {
            pairs: vec![None; self.found.len()],
            ambiguous: self.ambiguous,
            approximate: self.approximate,
        };
        for (found, stored, by) in self.pairs() {
            assignment.pairs[self.found[found].place] = Some((self.stored[stored].place, by));
        }
        assignment
    }
}

/// Compares by what the labels contain; equal ones are interchangeable.
fn compare_found(a: &Subject<'_>, b: &Subject<'_>) -> Ordering {
    let exported = |subject: &Subject<'_>| {
        let exported = subject.exported?;
        Some((exported.item.clone(), exported.version.clone()))
    };
    let text = |subject: &Subject<'_>| Value::Object(subject.fields.clone()).to_string();
    a.digest
        .cmp(&b.digest)
        .then_with(|| a.id.cmp(&b.id))
        .then_with(|| exported(a).cmp(&exported(b)))
        .then_with(|| text(a).cmp(&text(b)))
}
