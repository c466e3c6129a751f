//! What names mean while one commit is translated: first among its own records, then in earlier commits of the file, then in
//! the store as it was before it.

use std::collections::{HashMap, HashSet};

use super::super::record::Source;
use super::super::record::fault::Reason;
use super::super::record::name::Named;
use super::super::record::shape::numbered;
use super::reimport::{self, Again};
use crate::domain::id::{ItemId, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::reference::Reference;
use crate::domain::text;
use crate::domain::write::proposal::{Expected, Ref};
use crate::lineage::At;

/// What was there before the commit.
#[derive(Clone, Copy)]
pub(in crate::cli::import) struct Known<'a> {
    /// The store; none where there is no store yet.
    pub at: Option<At<'a>>,
    /// Names given by records of earlier commits.
    pub names: &'a HashMap<String, VersionId>,
    /// Items of earlier commits whose newest version was only checked and not stored.
    pub unstored: &'a HashSet<ItemId>,
    /// How records are compared with the store.
    pub again: &'a Again,
    /// Stored records that the comparison needs.
    pub records: &'a reimport::Known,
}

/// What a record made or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli::import) enum Made {
    /// The result of the change at this place.
    By(usize),
    /// A version that was there.
    Found(VersionId),
}

/// Stands for a version that a dry run did not store.
pub(in crate::cli::import) const UNSTORED: VersionId = VersionId::from_bytes([0; 32]);

impl Made {
    /// How changes of the same commit name it.
    fn to_ref(self) -> Ref {
        match self {
            Self::By(place) => Ref::Local(local(place)),
            Self::Found(id) => Ref::Id(id),
        }
    }
}

/// The name of the change at a place, within its commit.
pub(in crate::cli::import) fn local(place: usize) -> String {
    format!("r{place}")
}

/// The names of one commit, as they come into use.
pub(in crate::cli::import) struct Lookup<'a> {
    known: Known<'a>,
    /// What `@name` means where a record of this commit gave the name.
    names: HashMap<String, Made>,
    /// The newest version of each item that this commit makes a version of.
    heads: HashMap<ItemId, Made>,
    /// The item of each version that this commit makes, by the name of the change.
    items: HashMap<String, ItemId>,
}

impl<'a> Lookup<'a> {
    /// Nothing is named yet.
    pub(in crate::cli::import) fn new(known: Known<'a>) -> Self {
        Self { known, names: HashMap::new(), heads: HashMap::new(), items: HashMap::new() }
    }

    /// Refuses a name that is malformed or taken.
    pub(in crate::cli::import) fn check_new(&self, name: &str) -> Result<(), Reason> {
        text::name("name", name).map_err(|invalid| Reason::new("as", invalid.to_string()))?;
        if self.names.contains_key(name) || self.known.names.contains_key(name) {
            let taken = format!("{name:?} is the name of an earlier record; names are unique in a file");
            return Err(Reason::new("as", taken));
        }
        Ok(())
    }

    /// From here on `name` means this.
    pub(in crate::cli::import) fn give(&mut self, name: &str, made: Made) {
        self.names.insert(name.to_owned(), made);
    }

    /// From here on the item's newest version is what the change at this place makes.
    pub(in crate::cli::import) fn grow(&mut self, item: ItemId, place: usize) {
        self.heads.insert(item, Made::By(place));
        self.items.insert(local(place), item);
    }

    /// Whether this commit, or an earlier one that was not stored, makes a version of the item.
    pub(in crate::cli::import) fn has_grown(&self, item: &ItemId) -> bool {
        self.heads.contains_key(item) || self.known.unstored.contains(item)
    }

    /// The item's newest version; none where there is no such item.
    pub(in crate::cli::import) fn head(&self, item: &ItemId) -> Option<Made> {
        let stored =
            || self.known.at.and_then(|at| at.head(at.item(item)?).map(|head| Made::Found(at.id(head))));
        self.heads.get(item).copied().or_else(stored)
    }

    /// The item of a version; none where only the rules can tell.
    pub(in crate::cli::import) fn item_of(&self, version: &Ref) -> Option<ItemId> {
        match version {
            Ref::Id(id) => self.known.at.and_then(|at| Some(at.key(at.item_of(at.version(id)?)).id())),
            Ref::Local(name) => self.items.get(name).copied(),
            Ref::Named(_) => None,
        }
    }

    /// The version that a name in this field stands for.
    pub(in crate::cli::import) fn version(&self, field: &str, named: &Named) -> Result<Ref, Reason> {
        match named {
            Named::Earlier(name) => {
                let here = self.names.get(name).map(|made| made.to_ref());
                let before = || self.known.names.get(name).copied().map(Ref::Id);
                here.or_else(before).ok_or_else(|| {
                    Reason::new(field, format!("no earlier record is named {name:?}; `as` names a record"))
                })
            }
            // An id may be that of a version this commit makes: only the rules can tell.
            Named::Reference(Reference::Version(id), _) => Ok(Ref::Id(*id)),
            Named::Reference(reference, text) => {
                self.refer(reference, text).map_err(|invalid| Reason::new(field, invalid.to_string()))
            }
        }
    }

    /// The same where nothing may be named.
    pub(in crate::cli::import) fn optional(
        &self,
        field: &str,
        named: Option<&Named>,
    ) -> Result<Option<Ref>, Reason> {
        named.map(|named| self.version(field, named)).transpose()
    }

    /// What must be there, or with `is_new` that there is nothing.
    pub(in crate::cli::import) fn expected(
        &self,
        field: &str,
        named: Option<&Named>,
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

    /// Sources with their roles.
    pub(in crate::cli::import) fn sources(&self, sources: &[Source]) -> Result<Vec<(String, Ref)>, Reason> {
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
                return Ok(Ref::Id(UNSTORED));
            }
        }
        let found = match self.known.at {
            Some(at) => at.resolve(reference, text).map(|version| Ref::Id(at.id(version))),
            None => Err(Invalid::not_found("version", text)),
        };
        found
            .or_else(|invalid| if self.is_unstored(reference) { Ok(Ref::Id(UNSTORED)) } else { Err(invalid) })
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
