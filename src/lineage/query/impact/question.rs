//! The arguments of the main question, with their defaults.

use std::collections::BTreeSet;

use super::Inclusion;
use crate::domain::numbers::VersionNo;
use crate::lineage::walk::flow::OpenBarriers;

/// The main question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// The versions asked about. Those that are not wrong are ignored.
    pub versions: Vec<VersionNo>,
    /// The wanted inclusions.
    pub inclusion: BTreeSet<Inclusion>,
    /// True if rows of status RESTORED are wanted.
    pub include_restored: bool,
    /// True if labels with a class that changed its meaning count as wrong.
    pub include_ontology_stale: bool,
    /// Only sets whose current version is affected, and only that version.
    pub only_heads: bool,
    /// Only set versions with one of these tags, which are sorted.
    pub tagged: Option<Vec<String>>,
    /// True if the flow continues out of models.
    pub through_models: bool,
    /// The most edges that are followed.
    pub edges: u64,
}

impl Question {
    /// The sets that are any of these versions or hold them, DIRECT or DERIVED, without restored
    /// ones.
    #[must_use]
    pub fn plain(versions: Vec<VersionNo>, edges: u64) -> Self {
        Self {
            versions,
            inclusion: BTreeSet::from(Inclusion::PLAIN),
            include_restored: false,
            include_ontology_stale: false,
            only_heads: false,
            tagged: None,
            through_models: false,
            edges,
        }
    }
    /// The traversal barriers that are open for it.
    #[must_use]
    pub fn open_barriers(&self) -> OpenBarriers {
        OpenBarriers {
            through_models: self.through_models,
            coarse: self.inclusion.contains(&Inclusion::Coarse),
        }
    }
}
