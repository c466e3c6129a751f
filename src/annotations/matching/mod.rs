//! Matching: which label of an earlier import is which label of a later file, within one image.
//!
//! Rules, in this order: the item that an export of stemma names; equal content; then the best
//! assignment of the others by class, overlap and id ([`candidates`]). The result does not depend
//! on the order of the labels: they are compared in the order of their content.

mod assignment;
mod candidates;

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::model::{Label, Shape};
use super::normal;

/// The rule by which labels are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatchMode {
    /// By ids alone.
    Ids,
    /// By content, then by class and overlap, without ids.
    Content,
    /// By content, then by class, overlap and ids.
    #[default]
    Auto,
}

/// The way in which a label was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// An export of stemma names the item.
    Exported,
    /// The content is equal.
    Content,
    /// The id is equal, and class or shape fit.
    Id,
    /// Class and shape fit.
    Overlap,
}

/// Evidence of the complete file about its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IdEvidence {
    /// True if an id of the file is that of a stored label of another image.
    pub contradicted: bool,
}

/// A label of the store.
#[derive(Debug, Clone, Copy)]
pub struct StoredLabel<'a> {
    /// The id in the tool.
    pub id: Option<&'a str>,
    /// The item: `namespace/LABEL/key`.
    pub item: &'a str,
    /// Its fields.
    pub fields: &'a Map<String, Value>,
    /// True if it is known to be wrong.
    pub is_retracted: bool,
}

/// A label of the file.
#[derive(Debug, Clone, Copy)]
pub struct FoundLabel<'a> {
    label: &'a Label,
}

/// The matched labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assignment {
    /// For each label of the file the position of the stored one; `None` for a new label.
    pub pairs: Vec<Option<(usize, MatchedBy)>>,
    /// The number of labels for which another stored label was equally good.
    pub ambiguous: u64,
    /// The number of labels in groups that are too large for the best assignment; they have a good
    /// one.
    pub approximate: u64,
}

impl<'a> FoundLabel<'a> {
    /// Creates it from a label.
    #[must_use]
    pub const fn of(label: &'a Label) -> Self {
        Self { label }
    }

    fn id(&self) -> Option<&'a str> {
        self.label.id.as_deref()
    }
}

/// Matches the labels of one image.
#[must_use]
pub fn assign(
    mode: MatchMode,
    stored: &[StoredLabel<'_>],
    found: &[FoundLabel<'_>],
    evidence: IdEvidence,
) -> Assignment {
    let mut matching = Matching::new(stored, found);
    matching.exported();
    match mode {
        MatchMode::Ids => matching.equal_ids(),
        MatchMode::Content => {
            matching.equal_content(false);
            matching.overlapping(false);
        }
        MatchMode::Auto => {
            matching.equal_content(!evidence.contradicted);
            let stable = !evidence.contradicted && !matching.exchanged_ids();
            matching.overlapping(stable);
        }
    }
    matching.done
}

/// The state of a matching.
struct Matching<'a> {
    stored: &'a [StoredLabel<'a>],
    found: &'a [FoundLabel<'a>],
    /// Positions of stored labels that are not matched, the live ones first, then by item.
    free: Vec<usize>,
    /// Positions of the labels of the file, by content.
    order: Vec<usize>,
    digests: Vec<[u8; 16]>,
    done: Assignment,
}

impl<'a> Matching<'a> {
    fn new(stored: &'a [StoredLabel<'a>], found: &'a [FoundLabel<'a>]) -> Self {
        let mut free: Vec<usize> = (0..stored.len()).collect();
        free.sort_by_key(|place| (stored[*place].is_retracted, stored[*place].item));
        let digests: Vec<[u8; 16]> = found.iter().map(|found| normal::digest(&found.label.fields)).collect();
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by_key(|place| (digests[*place], found[*place].id()));
        let done = Assignment { pairs: vec![None; found.len()], ..Assignment::default() };
        Self { stored, found, free, order, digests, done }
    }

    fn pair(&mut self, found: usize, stored: usize, by: MatchedBy) {
        self.done.pairs[found] = Some((stored, by));
        self.free.retain(|free| *free != stored);
    }

    fn open(&self) -> Vec<usize> {
        self.order.iter().copied().filter(|place| self.done.pairs[*place].is_none()).collect()
    }

    fn exported(&mut self) {
        for place in self.open() {
            let Some(exported) = &self.found[place].label.exported else { continue };
            let named = self.free.iter().copied().find(|free| self.stored[*free].item == exported.item);
            if let Some(named) = named {
                self.pair(place, named, MatchedBy::Exported);
            }
        }
    }

    fn equal_ids(&mut self) {
        for place in self.open() {
            let Some(id) = self.found[place].id() else { continue };
            let same = self.free.iter().copied().find(|free| self.stored[*free].id == Some(id));
            if let Some(same) = same {
                self.pair(place, same, MatchedBy::Id);
            }
        }
    }

    /// Matches labels of equal content; of several, one with an equal id first if ids count.
    fn equal_content(&mut self, ids_count: bool) {
        let mut by_digest: HashMap<[u8; 16], Vec<usize>> = HashMap::new();
        for place in &self.free {
            by_digest.entry(normal::digest(self.stored[*place].fields)).or_default().push(*place);
        }
        // First those with an equal id, so that no other label takes them.
        for by_id in [true, false] {
            for place in self.open() {
                let Some(same) = by_digest.get_mut(&self.digests[place]) else { continue };
                let id = self.found[place].id();
                let wanted = if by_id {
                    same.iter().position(|stored| ids_count && id.is_some() && self.stored[*stored].id == id)
                } else {
                    (!same.is_empty()).then_some(0)
                };
                if let Some(wanted) = wanted {
                    let stored = same.remove(wanted);
                    self.pair(place, stored, MatchedBy::Content);
                }
            }
        }
        // Numbers on both sides of an edge of rounding have different fingerprints.
        for place in self.open() {
            let fields = &self.found[place].label.fields;
            let same = self.free.iter().copied().find(|free| {
                fields.get("class") == self.stored[*free].fields.get("class")
                    && normal::is_same(self.stored[*free].fields, fields)
            });
            if let Some(same) = same {
                self.pair(place, same, MatchedBy::Content);
            }
        }
    }

    /// Returns true if labels of equal content have exchanged ids: the tool numbered them anew.
    fn exchanged_ids(&self) -> bool {
        let of_store: Vec<&str> = self.stored.iter().filter_map(|stored| stored.id).collect();
        let of_file: Vec<&str> = self.found.iter().filter_map(FoundLabel::id).collect();
        let pairs = self.done.pairs.iter().zip(self.found);
        pairs.filter_map(|(pair, found)| Some((self.stored[(*pair)?.0].id?, found.id()?))).any(
            |(stored, found)| stored != found && (of_store.contains(&found) || of_file.contains(&stored)),
        )
    }

    /// Matches the others by the best assignment.
    fn overlapping(&mut self, ids_count: bool) {
        let open = self.open();
        let old: Vec<candidates::Compared<'_>> = self
            .free
            .iter()
            .map(|place| {
                let StoredLabel { id, fields, is_retracted, .. } = self.stored[*place];
                candidates::Compared {
                    id,
                    class: fields.get("class"),
                    shape: Shape::of(fields),
                    is_retracted,
                }
            })
            .collect();
        let new: Vec<candidates::Compared<'_>> = open
            .iter()
            .map(|place| {
                let (id, fields) = (self.found[*place].id(), &self.found[*place].label.fields);
                let class = fields.get("class");
                candidates::Compared { id, class, shape: Shape::of(fields), is_retracted: false }
            })
            .collect();
        let edges = candidates::find(&new, &old, ids_count);
        let best = assignment::best(new.len(), old.len(), &edges);
        let free = self.free.clone();
        for (row, column) in best.pairs.iter().copied() {
            let is_id = ids_count && new[row].id.is_some() && new[row].id == old[column].id;
            self.pair(open[row], free[column], if is_id { MatchedBy::Id } else { MatchedBy::Overlap });
        }
        self.done.ambiguous += best.ambiguous;
        self.done.approximate += best.approximate;
    }
}

#[cfg(test)]
mod tests;
