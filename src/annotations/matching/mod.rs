//! Finds the labels of an earlier import in a later file, within one image.
//!
//! Most tools number labels again in each export, so an equal id alone proves nothing. [`assign`]
//! applies four rules, in this order: references of an export of stemma, equal content, ids that
//! the file proves stable, and the best assignment by class and overlap. It is a pure function, and
//! the pairs do not depend on the order of the labels. Labels of people and predictions of models
//! are assigned in separate calls.

mod exact;
mod extent;
mod groups;
mod ids;
mod images;
mod optimum;
mod overlap;
mod similarity;
mod sweep;
mod work;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use groups::with_stored_groups;
pub use images::{LabelHash, TwinImage, TwinPair, pair_twins};

use super::model::{Exported, Label};
use work::Work;

/// A label of an earlier import.
#[derive(Debug, Clone, Copy)]
pub struct StoredLabel<'a> {
    /// The id of the exporter by which it was imported.
    pub id: Option<&'a str>,
    /// The reference of its item, `namespace/KIND/key`. References are unique.
    pub item: &'a str,
    /// The attributes of its newest version.
    pub fields: &'a Map<String, Value>,
    /// True if it is retracted.
    pub is_retracted: bool,
}

/// A label of the file.
#[derive(Debug, Clone, Copy)]
pub struct FoundLabel<'a> {
    id: Option<&'a str>,
    exported: Option<&'a Exported>,
    fields: &'a Map<String, Value>,
}

impl<'a> FoundLabel<'a> {
    /// Creates it from a label.
    #[must_use]
    pub fn of(label: &'a Label) -> Self {
        Self { id: label.id.as_deref(), exported: label.exported.as_ref(), fields: &label.fields }
    }
}

/// The rules that apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchMode {
    /// References of stemma's exports and ids, whatever the labels contain.
    Ids,
    /// Content and overlap; neither ids nor references.
    Content,
    /// All rules.
    #[default]
    Auto,
}

/// The rule by which a label was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchedBy {
    /// The reference that an export of stemma wrote.
    Exported,
    /// An equal id.
    Id,
    /// Equal content.
    Content,
    /// Class and overlap.
    Overlap,
}

/// Evidence about the ids of a file, besides the labels that are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IdEvidence<'a> {
    /// True if an id of the file is that of a stored label of another image.
    pub contradicted: bool,
    /// The ids of labels of the image that are known to be unchanged and are not matched again.
    pub unchanged: &'a [&'a str],
    /// Pairs of labels of the image with equal content and different ids, which are not matched
    /// again.
    pub moved: &'a [MovedLabel<'a>],
}

/// A label with the content of a stored one that has another id, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedLabel<'a> {
    /// The id in the file.
    pub now: Option<&'a str>,
    /// The id of the stored label.
    pub before: Option<&'a str>,
}

/// The pairs of an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assignment {
    /// For each label of the file the position of the stored one and the rule; `None` for a new
    /// label.
    pub pairs: Vec<Option<(usize, MatchedBy)>>,
    /// The number of pairs for which another choice is equally good and differs in content.
    pub ambiguous: u64,
    /// The number of labels of the file in crowds of more than [`MOST_EXACT`] that overlap each
    /// other, which are matched in the order of their overlap and not by the best sum.
    pub approximate: u64,
}

/// The labels of one side that may overlap each other directly or by others, and are still matched
/// by the best sum.
pub const MOST_EXACT: usize = 400;

/// Finds the stored label of each label of an image.
///
/// 1. A label with a reference of stemma's export is that item. Of several copies, the one that
///    changed least is.
/// 2. Labels with equal content are the same: those with equal ids first, retracted ones last.
/// 3. Labels with equal ids are the same if class or place still fit, unless ids are contradicted:
///    by the file, by rule 2 (content that moved to another id while both ids are on both sides),
///    or by a label that left the place of its id for that of another id with the same class.
/// 4. The rest is assigned so that the sum of weights is the largest: the same class with an overlap
///    of at least 0.5 weighs 1 + overlap; another class weighs 1.95 on the same place exactly, and
///    its overlap from 0.8 on. Equal ids, then similar fields decide between equals. A label without
///    a shape covers its image; without a class its fields must be similar by half. If one label
///    without a shape is left on either side, it was relabelled; but if ids may be used, labels
///    without a shape and with two ids are the answers of two annotators. Retracted labels are
///    matched after all live ones: the label in their place is their correction.
///
/// Weights are compared in steps of a millionth.
#[must_use]
pub fn assign(
    mode: MatchMode,
    stored: &[StoredLabel<'_>],
    found: &[FoundLabel<'_>],
    evidence: IdEvidence<'_>,
) -> Assignment {
    let mut work = Work::new(stored, found);
    if mode != MatchMode::Content {
        exact::match_exported(&mut work);
    }
    if mode == MatchMode::Ids {
        ids::match_all(&mut work);
        return work.finish();
    }
    exact::match_content(&mut work, mode == MatchMode::Auto);
    if work.is_finished() {
        return work.finish();
    }
    let pairs = overlap::candidates(&mut work);
    exact::match_rounded(&mut work, &pairs);
    let may_use_ids =
        mode == MatchMode::Auto && !evidence.contradicted && !ids::is_contradicted(&work, &pairs, evidence);
    if may_use_ids {
        ids::match_stable(&mut work);
    }
    overlap::match_rest(&mut work, &pairs, may_use_ids);
    work.finish()
}

#[cfg(test)]
mod tests;
