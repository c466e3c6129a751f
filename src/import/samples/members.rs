//! The training set of an import: its members, and what it keeps of the version before.

use std::collections::{BTreeMap, HashSet};

use super::super::findings::SetMembers;
use super::super::record::fault::Reason;
use super::super::record::name::VersionReference;
use super::super::record::{ImportedMember, ImportedSource, ImportedTrainingSet, Record};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;

/// The training set that an import pins.
#[derive(Debug, Clone)]
pub(crate) struct PinnedSet {
    /// The set.
    pub item: ItemKey,
    /// True if the set is replaced, and false if it keeps the members of other imports and splits.
    pub replaces: bool,
}

/// A pinned version with its split and weight.
type Pinned = (VersionId, String, Option<f64>);

/// What becomes of a member of the version before that is not in an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberFate {
    /// It is kept.
    Kept,
    /// It is not kept.
    Dropped,
    /// It is kept if an import with another prefix made it, which its records tell.
    KeptIfOfAnotherPrefix,
}

/// A member that is kept if it is of another prefix.
#[derive(Debug)]
pub(crate) struct OpenMember {
    member: Pinned,
    /// All versions of its item, oldest first.
    pub history: Vec<VersionId>,
}

/// The members that a set keeps of its version before.
#[derive(Debug, Default)]
pub(crate) struct KeptMembers {
    members: Vec<Pinned>,
    /// The images of the import whose labels are kept: those of inputs without labels.
    pub labelled: HashSet<ItemId>,
    /// The number of kept members, by split.
    pub splits: BTreeMap<String, u64>,
    /// The newest version of the set; `None` if it is new.
    head: Option<VersionId>,
}

impl KeptMembers {
    /// Returns the versions.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &VersionId> {
        self.members.iter().map(|(version, ..)| version)
    }

    /// Keeps a member of another prefix.
    pub(crate) fn keep(&mut self, open: OpenMember) {
        self.add(open.member);
    }

    fn add(&mut self, member: Pinned) {
        *self.splits.entry(member.1.clone()).or_default() += 1;
        self.members.push(member);
    }
}

impl PinnedSet {
    /// Creates it from a key, or from `namespace/TRAINING_SET/key`.
    pub(crate) fn named(text: &str, namespace: &Namespace, replaces: bool) -> Result<Self, Reason> {
        let refused = |why: String| Reason::new("--training-set", why);
        let marker = format!("/{}/", Kind::TrainingSet);
        let (namespace, key) = match text.split_once(&marker) {
            Some((namespace, key)) => (namespace.parse().map_err(|error| refused(format!("{error}")))?, key),
            None => (namespace.clone(), text),
        };
        let names_version = key.contains('@')
            || key
                .rsplit_once('#')
                .is_some_and(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
        let names_kind = key.split('/').any(|part| part.parse::<Kind>().is_ok());
        if names_version || names_kind {
            return Err(refused(format!(
                "expected the key of a set, or {namespace}{marker}KEY, found {text:?}: the next version of the set is pinned, so leave `#N` and `@tag` out"
            )));
        }
        let item = ItemKey::new(namespace, Kind::TrainingSet, key);
        Ok(Self { item: item.map_err(|error| refused(error.to_string()))?, replaces })
    }

    /// Returns the members of the set's newest version that it keeps: those of other splits, of the
    /// splits of the import those of other prefixes, and the labels of images of which the input does
    /// not say which labels they have, `unlabelled`. `fate` is asked for other items that are not in
    /// the import, with `true` for those of its splits. Members of which the index does not tell the
    /// prefix are returned separately.
    pub(crate) fn kept(
        &self,
        at: At<'_>,
        (members, unlabelled): (&SetMembers, &HashSet<ItemId>),
        fate: impl Fn(&ItemKey, bool) -> MemberFate,
    ) -> (KeptMembers, Vec<OpenMember>) {
        let (mut kept, mut open) = (KeptMembers::default(), Vec::new());
        let head = at.item(&self.item.id()).and_then(|item| at.head(item));
        kept.head = head.map(|head| at.id(head));
        let Some(head) = head.filter(|_| !self.replaces) else { return (kept, open) };
        for interval in at.members(head) {
            let item = at.item_of(interval.member);
            let (key, split) = (at.key(item), at.index().text(interval.split));
            let image = match key.kind {
                Kind::Label if !unlabelled.is_empty() => {
                    image_of(at, interval.member).map(|image| at.key(image).id())
                }
                _ => None,
            };
            let image = image.filter(|image| unlabelled.contains(image));
            kept.labelled.extend(image);
            if members.has(key) {
                continue;
            }
            let member = || (at.id(interval.member), split.to_owned(), interval.weight);
            let fate = image.map_or_else(|| fate(key, members.has_split(split)), |_| MemberFate::Kept);
            match fate {
                MemberFate::Kept => kept.add(member()),
                MemberFate::Dropped => {}
                MemberFate::KeptIfOfAnotherPrefix => {
                    let history = at.history(item).iter().map(|version| at.id(*version)).collect();
                    open.push(OpenMember { member: member(), history });
                }
            }
        }
        (kept, open)
    }

    /// Returns the record of the set's next version, which follows the one whose members are kept, and
    /// is made from these class lists.
    pub(crate) fn record(
        &self,
        members: &SetMembers,
        kept: KeptMembers,
        attributes: Attributes,
        lists: Vec<ImportedSource>,
    ) -> Record {
        let new = members.by_split().flat_map(|(split, items)| {
            items.iter().map(|item| ImportedMember {
                version: VersionReference::Newest(*item),
                split: split.to_owned(),
                weight: None,
            })
        });
        let old = kept.members.into_iter().map(|(version, split, weight)| ImportedMember {
            version: VersionReference::of_version(version),
            split,
            weight,
        });
        let set = ImportedTrainingSet::of(self.item.clone(), new.chain(old).collect());
        let (expect_head, expect_new) = (kept.head.map(VersionReference::of_version), kept.head.is_none());
        let set = ImportedTrainingSet { attributes, sources: lists, expect_head, expect_new, ..set };
        Record::TrainingSet(Box::new(set))
    }
}

/// Returns the image of a label.
pub(crate) fn image_of(at: At<'_>, label: VersionNo) -> Option<ItemNo> {
    let mut sources = at.sources(label).map(|edge| at.item_of(edge.other));
    sources.find(|source| at.key(*source).kind == Kind::Source)
}
