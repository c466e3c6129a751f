//! What a record says against what the store has of its item: how an export that is imported again changes only what has
//! changed in it.
//!
//! A version says something (attributes, payload) *of* something (its sources), in the words of a class list. An export does not
//! know versions: that a class list grew, or that somebody put a label right here, is no change in the export. So what is
//! said is compared apart from what it is said of.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::record::name::Named;
use super::super::record::{Record, Version};
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::domain::version::{Activity, Content, Source, VersionRecord};
use crate::domain::write::proposal::Ref;
use crate::lineage::At;

/// What made a version that an import of an export made.
pub(in crate::cli::import) const ACTIVITY: &str = "import";

/// How records of versions are compared with the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli::import) struct Again {
    /// The records are those of an export: it says what labels are, not what is to be done.
    pub export: bool,
    /// A label that says something else is a correction of what was there, for this reason.
    pub corrections: Option<String>,
}

/// Version records that a comparison needs.
pub(in crate::cli::import) type Known = HashMap<VersionId, Arc<VersionRecord>>;

/// What came of comparing a record with its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli::import) enum Verdict {
    /// There is no such item, or its newest version is not stored yet.
    New,
    /// The newest version says the same of the same.
    Same(VersionId),
    /// The newest version says the same, but of something that has a newer version.
    Moved,
    /// The export says what it said before, and here something else has been said since: that stands.
    Kept(VersionId),
    /// It says something else than this newest version.
    Changed(VersionId),
}

impl Again {
    /// Whether anything is compared.
    pub(in crate::cli::import) const fn compares(&self) -> bool {
        self.export || self.corrections.is_some()
    }

    /// Whether a label that says something else counts as a correction.
    fn corrects(&self, version: &Version) -> bool {
        self.corrections.is_some() && version.item.0.kind == Kind::Label
    }
}

/// The records of one commit, to be compared with the store as it was before it.
pub(in crate::cli::import) struct Compare<'a> {
    again: &'a Again,
    at: At<'a>,
    /// What named records of earlier commits made.
    earlier: &'a HashMap<String, VersionId>,
    /// The items of the commit's own named records.
    here: HashMap<&'a str, ItemId>,
}

impl<'a> Compare<'a> {
    /// The records of a commit.
    pub(in crate::cli::import) fn new(
        again: &'a Again,
        at: At<'a>,
        earlier: &'a HashMap<String, VersionId>,
        records: impl Iterator<Item = &'a Record>,
    ) -> Self {
        let here = records.filter_map(|record| Some((record.name()?, record.item()?.id()))).collect();
        Self { again, at, earlier, here }
    }

    /// Whether the records are those of an export.
    pub(in crate::cli::import) const fn is_of_export(&self) -> bool {
        self.again.export
    }

    /// The stored records that [`judge`](Self::judge) needs to judge this one.
    pub(in crate::cli::import) fn needs(&self, version: &Version) -> Vec<VersionId> {
        let Some((history, says)) = self.history(version) else { return Vec::new() };
        let Some((head, before)) = history.split_last() else { return Vec::new() };
        if says.said_by(self.at, *head) {
            return Vec::new();
        }
        let corrected = self.again.corrects(version).then_some(*head);
        let since = self.last_said(&says, before).map_or(&[] as &[_], |last| &history[last + 1..]);
        corrected.iter().chain(since).map(|version| self.at.id(*version)).collect()
    }

    /// What a record comes to, given what it was made from.
    pub(in crate::cli::import) fn judge(
        &self,
        known: &Known,
        version: &Version,
        sources: &[(String, Ref)],
    ) -> Verdict {
        let Some((history, says)) = self.history(version) else { return Verdict::New };
        let Some((head, before)) = history.split_last() else { return Verdict::New };
        let id = self.at.id(*head);
        if says.said_by(self.at, *head) {
            // It was retracted here; that the export still has it, or has it again, is nothing new.
            if self.again.export && self.at.is_wrong(*head) {
                return Verdict::Kept(id);
            }
            return if is_of(self.at, *head, sources) { Verdict::Same(id) } else { Verdict::Moved };
        }
        let imported = |later: &VersionNo| {
            let record = known.get(&self.at.id(*later));
            record.and_then(|record| record.activity.as_ref()).is_some_and(is_import)
        };
        match self.last_said(&says, before) {
            Some(last) if !history[last + 1..].iter().any(imported) => Verdict::Kept(id),
            _ => Verdict::Changed(id),
        }
    }

    /// The reason for which a changed record is a correction of this version, and its record.
    pub(in crate::cli::import) fn correction<'k>(
        &self,
        known: &'k Known,
        version: &Version,
        verdict: Verdict,
    ) -> Option<(&'a str, &'k VersionRecord)> {
        let reason = self.again.corrections.as_deref().filter(|_| self.again.corrects(version))?;
        match verdict {
            Verdict::Changed(head) => Some((reason, known.get(&head)?)),
            _ => None,
        }
    }

    /// All versions of a record's item, and what the record says. A record that names its parent or what it expects is not compared.
    fn history(&self, version: &Version) -> Option<(&'a [VersionNo], Says)> {
        if version.parent.is_some() || version.expect_head.is_some() || version.expect_new {
            return None;
        }
        let item = self.at.item(&version.item.0.id())?;
        let lists = match &version.ontology {
            None => vec![None],
            Some(named) => self.lists(named),
        };
        let content = Content {
            payload: version.payload,
            media_type: version.media_type.clone(),
            attributes: version.attributes.clone(),
            ..Content::empty()
        };
        Some((self.at.history(item), Says { content, lists }))
    }

    /// The place of the newest of these versions that says this. Only an export is silent about what stays as it was.
    fn last_said(&self, says: &Says, versions: &[VersionNo]) -> Option<usize> {
        let last = || versions.iter().rposition(|older| says.said_by(self.at, *older));
        self.again.export.then(last).flatten()
    }

    /// All versions of a class list, the newest first.
    fn lists(&self, named: &Named) -> Vec<Option<VersionId>> {
        let item = match named {
            Named::Earlier(name) => match self.here.get(name.as_str()) {
                Some(item) => self.at.item(item),
                None => self.earlier.get(name).and_then(|id| self.at.version(id)).map(|v| self.at.item_of(v)),
            },
            Named::Reference(reference, text) => {
                self.at.resolve(reference, text).ok().map(|version| self.at.item_of(version))
            }
        };
        let history = item.map_or(&[] as &[_], |item| self.at.history(item));
        history.iter().rev().map(|list| Some(self.at.id(*list))).collect()
    }
}

/// What a record says, apart from what it says it of.
struct Says {
    content: Content,
    /// The class lists in whose words it may have been said.
    lists: Vec<Option<VersionId>>,
}

impl Says {
    fn said_by(&self, at: At<'_>, version: VersionNo) -> bool {
        let born = at.sources(version).filter(|edge| edge.asserted.is_none());
        let sources = born
            .map(|edge| Source { role: at.index().text(edge.role).to_owned(), version: at.id(edge.other) });
        let mut content = Content { sources: sources.collect(), ..self.content.clone() };
        content.normalise();
        self.lists.iter().any(|list| {
            content.ontology = *list;
            content.digest() == *at.content(version)
        })
    }
}

/// Whether a version was made of just these.
fn is_of(at: At<'_>, version: VersionNo, sources: &[(String, Ref)]) -> bool {
    let wanted = sources.iter().map(|(role, source)| match source {
        Ref::Id(id) => Some((role.as_str(), *id)),
        Ref::Local(_) | Ref::Named(_) => None,
    });
    let Some(mut wanted) = wanted.collect::<Option<Vec<_>>>() else { return false };
    let born = at.sources(version).filter(|edge| edge.asserted.is_none());
    let mut stored: Vec<_> = born.map(|edge| (at.index().text(edge.role), at.id(edge.other))).collect();
    for list in [&mut wanted, &mut stored] {
        list.sort_unstable();
        list.dedup();
    }
    wanted == stored
}

fn is_import(activity: &Activity) -> bool {
    activity.name == ACTIVITY
}
