//! One row of the main question's answer, and its vocabulary.

use crate::domain::numbers::VersionNo;
use crate::lineage::index::names::NameNo;
use crate::lineage::index::statements::IndexedStatement;
use crate::lineage::walk::flow::Flow;

/// The relation of something wrong to a set, or to a consumer of sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inclusion {
    /// The version is wrong itself: it was retracted or corrected.
    Itself,
    /// The wrong version is a member.
    Direct,
    /// A member was made from it.
    Derived,
    /// Only a derivation into the set itself connects them, and its manifest is incomplete.
    Coarse,
}

impl Inclusion {
    /// All but COARSE, which names no member of the set.
    pub const PLAIN: [Self; 3] = [Self::Itself, Self::Direct, Self::Derived];

    /// Returns true if a row names a member of the set: such rows are counted as affected members.
    #[must_use]
    pub const fn is_of_member(self) -> bool {
        matches!(self, Self::Direct | Self::Derived)
    }
}

/// The state of the wrong version's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Something else replaced it.
    Stale,
    /// The item's head has the same content again, and is not wrong.
    Restored,
    /// Nothing replaced it.
    Retracted,
    /// It is not wrong, but a class that it uses has another meaning now.
    OntologyStale,
}

/// The reason why a version counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A statement.
    Said(IndexedStatement),
    /// A version of its class list that changed the meaning of a class it uses.
    ClassList(VersionNo),
}

/// One member of one set version, and one wrong version that it holds.
#[derive(Debug, Clone, Copy)]
pub struct ImpactRow {
    /// The member. In a SELF row: the set version. In a COARSE row: the member on the path, of this
    /// set or of the set upstream.
    pub pinned: VersionNo,
    /// The wrong version.
    pub wrong: VersionNo,
    /// The reason why it is wrong.
    pub cause: Cause,
    /// The relation to the set.
    pub inclusion: Inclusion,
    /// The state of its item.
    pub status: Status,
    /// The member's split; `None` in a SELF row, and in a COARSE row if no set on the path pins the
    /// member.
    pub split: Option<NameNo>,
    /// True if it was known to be wrong when the set version was made.
    pub stale_at_build: bool,
    /// The position of the member in the wrong version's flow; in a COARSE row, of the set or of the
    /// set that it pins.
    pub(super) node: u32,
}

impl ImpactRow {
    /// The shortest path from the wrong version, whose flow this is, to the member; in a COARSE row
    /// to the set, or to the set that it pins.
    #[must_use]
    pub fn path(&self, flow: &Flow) -> Vec<VersionNo> {
        flow.path_to(self.node)
    }
}
