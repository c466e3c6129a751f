//! One row of the main question's answer, and its vocabulary.

use crate::domain::numbers::VersionNo;
use crate::lineage::index::names::Name;
use crate::lineage::index::statements::Said;
use crate::lineage::walk::flow::Flow;

/// How something wrong is in a set, or was seen by what learnt from sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inclusion {
    /// The version is wrong itself: it was retracted or corrected.
    Itself,
    /// The wrong version is a member.
    Direct,
    /// A member was made from it.
    Derived,
    /// Only a derivation of the set as a whole connects them, and its manifest is incomplete.
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
    /// Something else took its place.
    Stale,
    /// The item's head has the same content again, and is not wrong.
    Restored,
    /// Nothing took its place.
    Retracted,
    /// It is not wrong, but a class that it uses means something else now.
    OntologyStale,
}

/// Why a version counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A statement says so.
    Said(Said),
    /// This version of its class list changed the meaning of a class it uses.
    ClassList(VersionNo),
}

/// One member of one set version, and one wrong version that it holds.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The member. In a SELF row: the set version. In a COARSE row: the member through which it came, of this set or of
    /// the set upstream.
    pub pinned: VersionNo,
    /// The wrong version.
    pub wrong: VersionNo,
    /// Why it is wrong.
    pub cause: Cause,
    /// How the set holds it.
    pub inclusion: Inclusion,
    /// The state of its item.
    pub status: Status,
    /// The member's split; `None` in a SELF row, and in a COARSE row if no set on the way pins the member.
    pub split: Option<Name>,
    /// True if it was known to be wrong when the set version was made.
    pub stale_at_build: bool,
    /// The place of the member (COARSE: of the set) in the wrong version's flow.
    pub(super) node: u32,
}

impl Row {
    /// The shortest way from the wrong version, whose flow this is, to the member; a COARSE row's goes on to the set.
    #[must_use]
    pub fn way(&self, flow: &Flow) -> Vec<VersionNo> {
        flow.way(self.node)
    }
}
