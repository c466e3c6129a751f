//! Name resolution during the translation of one commit: first in its own records, then in earlier
//! commits of the file, then in the store as of the commit before.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::super::record::fault::Reason;
use super::super::record::name::VersionReference;
use super::super::record::shape::numbered;
use super::super::record::{ImportedSource, ImportedVersion};
use super::super::reimport::{self, ReimportOptions};
use super::super::unstored::UnstoredItems;
use crate::domain::id::{ItemId, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::names::reference::Reference;
use crate::domain::text;
use crate::domain::write::proposal::{Expected, Ref};
use crate::lineage::At;

/// The state before the commit.
#[derive(Clone, Copy)]
pub(crate) struct BeforeCommit<'a> {
    /// The store; `None` if there is no store yet.
    pub at: Option<At<'a>>,
    /// Names from records of earlier commits.
    pub names: &'a HashMap<String, VersionId>,
    /// The items that earlier commits of a dry run would have made.
    pub unstored: &'a UnstoredItems,
    /// The options of the comparison with the store.
    pub reimport: &'a ReimportOptions,
    /// The stored records for the comparison.
    pub records: &'a reimport::StoredRecords,
    /// The seq of the store that the records of an export are made from, and the commits of the
    /// import after it.
    pub since: Option<(Seq, &'a HashSet<Seq>)>,
}

/// A version that a record made or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MadeVersion {
    /// The result of the change at this position.
    By(usize),
    /// An existing version.
    Found(VersionId),
}

/// A placeholder for a version that a dry run did not store.
pub(crate) const UNSTORED: VersionId = VersionId::from_bytes([0; 32]);

impl MadeVersion {
    /// Returns the reference to it for changes of the same commit.
    fn to_ref(self) -> Ref {
        match self {
            Self::By(place) => Ref::Local(local(place)),
            Self::Found(id) => Ref::Id(id),
        }
    }
}

/// Returns the name of the change at a position of the commit.
pub(crate) fn local(place: usize) -> String {
    format!("r{place}")
}

/// The names that are valid at the current record of a commit.
pub(crate) struct Lookup<'a> {
    known: BeforeCommit<'a>,
    /// The versions of the names given by records of this commit.
    names: HashMap<String, MadeVersion>,
    /// The newest version of each item that this commit makes a version of.
    heads: HashMap<ItemId, MadeVersion>,
    /// The item of each version that this commit makes, by the name of its change.
    items: HashMap<String, ItemId>,
    /// True if a version was named that a dry run did not store.
    has_named_unstored: Cell<bool>,
}

impl<'a> Lookup<'a> {
    /// Creates a lookup without names of this commit.
    pub(crate) fn new(known: BeforeCommit<'a>) -> Self {
        Self {
            known,
            names: HashMap::new(),
            heads: HashMap::new(),
            items: HashMap::new(),
            has_named_unstored: Cell::new(false),
        }
    }

    /// Returns true if a version was named that a dry run did not store.
    pub(crate) const fn has_named_unstored(&self) -> bool {
        self.has_named_unstored.get()
    }

    /// Returns true if an earlier commit of a dry run would have made the version of a record of an
    /// export.
    pub(crate) fn is_unstored_again(&self, version: &ImportedVersion) -> bool {
        self.known.reimport.export && version.is_said(self.known.unstored)
    }

    fn unstored(&self) -> Ref {
        self.has_named_unstored.set(true);
        Ref::Id(UNSTORED)
    }

    /// Checks that a name is valid and not in use.
    pub(crate) fn check_new(&self, name: &str) -> Result<(), Reason> {
        text::name("name", name).map_err(|invalid| Reason::new("as", invalid.to_string()))?;
        if self.names.contains_key(name) || self.known.names.contains_key(name) {
            let taken = format!("duplicate name {name:?}; names are unique in a file");
            return Err(Reason::new("as", taken));
        }
        Ok(())
    }

    /// Defines `name` for the following records.
    pub(crate) fn define(&mut self, name: &str, made: MadeVersion) {
        self.names.insert(name.to_owned(), made);
    }

    /// Sets the newest version of an item to the result of the change at `place`.
    pub(crate) fn set_head(&mut self, item: ItemId, place: usize) {
        self.heads.insert(item, MadeVersion::By(place));
        self.items.insert(local(place), item);
    }

    /// Returns true if this commit, or an earlier one of a dry run, makes a version of the item.
    pub(crate) fn has_new_head(&self, item: &ItemId) -> bool {
        self.heads.contains_key(item) || self.known.unstored.contains(item)
    }

    /// Returns the newest version of an item; `None` if it does not exist.
    pub(crate) fn head(&self, item: &ItemId) -> Option<MadeVersion> {
        let stored = || {
            self.known.at.and_then(|at| at.head(at.item(item)?).map(|head| MadeVersion::Found(at.id(head))))
        };
        self.heads.get(item).copied().or_else(stored)
    }

    /// Returns true if another client has made a label of an image since the records were made.
    pub(crate) fn has_other_labels(&self, image: &ItemId) -> bool {
        let (Some(at), Some((since, own))) = (self.known.at, self.known.since) else { return false };
        let Some(image) = at.item(image) else { return false };
        at.history(image).iter().flat_map(|version| at.flow_from(*version)).any(|derived| {
            let seq = at.seq_of(derived);
            at.kind(derived) == Kind::Label && seq > since && !own.contains(&seq)
        })
    }

    /// Returns the item of a version; `None` if it is known only after the commit.
    pub(crate) fn item_of(&self, version: &Ref) -> Option<ItemId> {
        match version {
            Ref::Id(id) => self.known.at.and_then(|at| Some(at.key(at.item_of(at.version(id)?)).id())),
            Ref::Local(name) => self.items.get(name).copied(),
            Ref::Named(_) => None,
        }
    }

    /// Resolves a name in a field.
    pub(crate) fn version(&self, field: &str, named: &VersionReference) -> Result<Ref, Reason> {
        match named {
            VersionReference::Earlier(name) => {
                let here = self.names.get(name).map(|made| made.to_ref());
                let before = || match *self.known.names.get(name)? {
                    UNSTORED => Some(self.unstored()),
                    id => Some(Ref::Id(id)),
                };
                here.or_else(before).ok_or_else(|| {
                    Reason::new(field, format!("no earlier record is named {name:?}; `as` names a record"))
                })
            }
            VersionReference::Newest(item) if self.known.unstored.contains(item) => Ok(self.unstored()),
            VersionReference::Newest(item) => self
                .head(item)
                .map(MadeVersion::to_ref)
                .ok_or_else(|| Reason::new(field, format!("the item {item} is not stored"))),
            // An id may be that of a version of this commit, so the ledger checks it.
            VersionReference::Reference(Reference::Version(id), _) => Ok(Ref::Id(*id)),
            VersionReference::Reference(reference, text) => {
                self.refer(reference, text).map_err(|invalid| Reason::new(field, invalid.to_string()))
            }
        }
    }

    /// Resolves an optional name in a field.
    pub(crate) fn optional(
        &self,
        field: &str,
        named: Option<&VersionReference>,
    ) -> Result<Option<Ref>, Reason> {
        named.map(|named| self.version(field, named)).transpose()
    }

    /// Returns the expected version; with `is_new`, that no version is expected.
    pub(crate) fn expected(
        &self,
        field: &str,
        named: Option<&VersionReference>,
        is_new: bool,
    ) -> Result<Option<Expected>, Reason> {
        match (named, is_new) {
            (Some(_), true) => {
                Err(Reason::new("expectNew", format!("give `{field}` or `expectNew`, not both")))
            }
            (Some(named), false) => self.version(field, named).map(Expected::Version).map(Some),
            (None, true) => Ok(Some(Expected::Nothing)),
            (None, false) => Ok(None),
        }
    }

    /// Resolves sources, with their roles.
    pub(crate) fn sources(&self, sources: &[ImportedSource]) -> Result<Vec<(String, Ref)>, Reason> {
        numbered("sources", sources, |field, source| {
            Ok((source.role.clone(), self.version(&format!("{field}.version"), &source.version)?))
        })
    }

    fn refer(&self, reference: &Reference, text: &str) -> Result<Ref, Invalid> {
        if let Reference::Item { whole: Some(whole), .. } = reference {
            if let Some(head) = self.heads.get(&whole.id()) {
                return Ok(head.to_ref());
            }
            if self.known.unstored.contains(&whole.id()) {
                return Ok(self.unstored());
            }
        }
        let found = match self.known.at {
            Some(at) => at.resolve(reference, text).map(|version| Ref::Id(at.id(version))),
            None => Err(Invalid::not_found("version", text)),
        };
        found.or_else(|invalid| if self.is_unstored(reference) { Ok(self.unstored()) } else { Err(invalid) })
    }

    fn is_unstored(&self, reference: &Reference) -> bool {
        let unstored = |key: &ItemKey| self.known.unstored.contains(&key.id());
        match reference {
            Reference::Item { whole, split } => {
                whole.as_ref().is_some_and(unstored) || split.as_ref().is_some_and(|(key, _)| unstored(key))
            }
            Reference::Version(_) | Reference::Prefix(_) => false,
        }
    }
}
