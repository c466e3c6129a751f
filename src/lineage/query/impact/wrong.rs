//! Wrong versions, the reasons, and the states of their items.

use super::{Cause, Question, Status};
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;

/// A [`Cause`] by position, before it is looked up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why {
    /// The position of the statement.
    Said(u32),
    ClassList(VersionNo),
}

/// A wrong version that was followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct FollowedWrong {
    pub version: VersionNo,
    why: Why,
    pub status: Status,
    /// The commit that made it wrong.
    pub known: Seq,
    /// True if it yields rows: it was asked about, and is not excluded as restored. The other wrong
    /// versions of its item count for `fixedIn`.
    pub wanted: bool,
}

impl FollowedWrong {
    /// The reason why a version is wrong; `None` if it is not.
    pub(super) fn new(
        at: At<'_>,
        question: &Question,
        version: VersionNo,
        is_asked: impl Fn() -> bool,
    ) -> Option<Self> {
        let said = at.index().statements.made_wrong(version, at.known());
        let (why, known, status) = match said {
            Some((place, seq)) => (Why::Said(place), seq, at.status_of_said(version)),
            None if question.include_ontology_stale => {
                let list = at.ontology_stale(version)?;
                (Why::ClassList(list), at.seq_of(list), Status::OntologyStale)
            }
            None => return None,
        };
        let wanted = is_asked() && (status != Status::Restored || question.include_restored);
        Some(Self { version, why, status, known, wanted })
    }

    pub(super) fn cause(&self, at: At<'_>) -> Cause {
        match self.why {
            Why::Said(place) => Cause::Said(*at.index().statements.at(place)),
            Why::ClassList(list) => Cause::ClassList(list),
        }
    }
}

impl At<'_> {
    /// The reason why a version counts as wrong; `None` if it does not.
    #[must_use]
    pub fn cause(self, version: VersionNo, include_ontology_stale: bool) -> Option<Cause> {
        match self.wrong(version) {
            Some(said) => Some(Cause::Said(*said)),
            None if include_ontology_stale => self.ontology_stale(version).map(Cause::ClassList),
            None => None,
        }
    }

    /// Returns true if a version counts as wrong.
    pub(in crate::lineage) fn counts_as_wrong(
        self,
        version: VersionNo,
        include_ontology_stale: bool,
    ) -> bool {
        self.is_wrong(version) || (include_ontology_stale && self.ontology_stale(version).is_some())
    }

    /// The state of a wrong version's item.
    #[must_use]
    pub fn status(self, version: VersionNo, cause: Cause) -> Status {
        match cause {
            Cause::Said(_) => self.status_of_said(version),
            Cause::ClassList(_) => Status::OntologyStale,
        }
    }

    /// The state of the item of a version that is wrong by a statement.
    fn status_of_said(self, version: VersionNo) -> Status {
        match self.head(self.item_of(version)) {
            Some(head) if head == version => Status::Retracted,
            // A head that is wrong itself restores nothing.
            Some(head) if self.content(head) == self.content(version) && !self.is_wrong(head) => {
                Status::Restored
            }
            _ => Status::Stale,
        }
    }
}
