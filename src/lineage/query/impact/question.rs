//! The main question: what is asked, and how it is asked where nothing else is said.

use std::collections::BTreeSet;

use super::Inclusion;
use crate::domain::numbers::VersionNo;
use crate::lineage::walk::flow::Walls;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// The versions asked about. Those that are not wrong are passed over.
    pub versions: Vec<VersionNo>,
    /// The inclusions wanted.
    pub inclusion: BTreeSet<Inclusion>,
    /// Whether rows of status RESTORED are wanted.
    pub include_restored: bool,
    /// Whether labels with a class that changed its meaning count as wrong.
    pub include_ontology_stale: bool,
    /// Only sets whose current version is affected, and only that version.
    pub only_heads: bool,
    /// Only set versions with one of these tags, which are in order.
    pub tagged: Option<Vec<String>>,
    /// Whether to follow models to what they made.
    pub through_models: bool,
    /// How many edges may be followed.
    pub edges: u64,
}

impl Question {
    /// Which sets are any of these versions or hold them, DIRECT or DERIVED, without what is restored.
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
    /// Which walls are open to it.
    #[must_use]
    pub fn walls(&self) -> Walls {
        Walls { through_models: self.through_models, coarse: self.inclusion.contains(&Inclusion::Coarse) }
    }
}
