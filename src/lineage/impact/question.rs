//! The main question as it is asked where nothing else is said.

use std::collections::BTreeSet;

use super::{Inclusion, Question};
use crate::domain::facts::VersionNo;

impl Question {
    /// Which sets hold any of these versions, DIRECT or DERIVED, without what is restored.
    #[must_use]
    pub fn plain(versions: Vec<VersionNo>, edges: u64) -> Self {
        Self {
            versions,
            inclusion: BTreeSet::from([Inclusion::Direct, Inclusion::Derived]),
            include_restored: false,
            include_ontology_stale: false,
            only_heads: false,
            tagged: None,
            through_models: false,
            edges,
        }
    }
}
