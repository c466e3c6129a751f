//! The store before an import: the images, labels and class list of earlier imports.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};
use tokio::runtime::Handle;

use super::super::record::ImportedVersion;
use super::super::record::naming::ItemNaming;
use super::super::record::overflow::JSON;
use super::super::record::reader::ReadStop;
use super::super::reimport::{Compare, ReimportOptions};
use super::LABELS;
use super::members::image_of;
use crate::annotations::matching::LabelHash;
use crate::annotations::model::ClassList;
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::names;
use crate::blob::{BlobStore, read_all};
use crate::domain::canonical::attributes::Leaf;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::searchable::ValueKey;
use crate::domain::version::VersionRecord;
use crate::ledger::{LedgerError, View};
use crate::lineage::At;

/// The largest payload that is read as the fields of a label, in bytes.
const MAX_FIELDS: u64 = 64 * 1024 * 1024;

/// The attribute with the classes of a class list.
const CLASSES: &str = "classes";

/// A label of an earlier import.
#[derive(Debug, Clone)]
pub(crate) struct KnownLabel {
    /// The item.
    pub item: ItemKey,
    /// The id that the tool gave it, from its key; `None` if the key has none.
    pub id: Option<String>,
    /// Its versions, oldest first; never empty.
    pub history: Vec<VersionId>,
    /// The newest of them.
    pub head: VersionNo,
    /// True if its newest version is known to be wrong, such as a retracted one.
    pub is_wrong: bool,
}

/// An image of an earlier import.
pub(super) struct StoredImage {
    /// Its fields.
    pub fields: Map<String, Value>,
    /// Its bytes and their media type, if it has any.
    pub picture: Option<(Digest, Option<String>)>,
}

/// Reads the store as of before the import. Waits for records, so it is used by the thread that
/// reads the input and never by a thread of the runtime.
#[derive(Clone)]
pub(crate) struct KnownStore {
    view: View,
    blobs: Arc<dyn BlobStore>,
    runtime: Handle,
    naming: ItemNaming,
    /// Why the first read failed, if one did.
    failed: Arc<OnceLock<String>>,
}

impl KnownStore {
    /// Creates the reader. Must be called within the runtime.
    pub(crate) fn new(view: View, blobs: Arc<dyn BlobStore>, naming: ItemNaming) -> Self {
        Self { view, blobs, runtime: Handle::current(), naming, failed: Arc::default() }
    }

    /// Checks that all reads so far have succeeded. A read that failed was answered like an item that
    /// does not exist, so nothing may be made of what was found since.
    ///
    /// # Errors
    /// Returns why the first read failed.
    pub(super) fn check(&self) -> Result<(), ReadStop> {
        match self.failed.get() {
            None => Ok(()),
            Some(why) => Err(ReadStop::Unreadable(format!("the store of earlier imports: {why}"))),
        }
    }

    /// Returns what was read, and notes a failure for [`KnownStore::check`].
    fn noted<T>(&self, read: Result<T, LedgerError>) -> Option<T> {
        read.map_err(|error| self.failed.get_or_init(|| error.to_string())).ok()
    }

    /// Returns the seq of the store.
    pub(super) fn seq(&self) -> Seq {
        self.view.seq()
    }

    /// Returns the prefix of the keys of the import.
    pub(super) fn prefix(&self) -> &str {
        &self.naming.prefix
    }

    /// Returns true if the item exists.
    pub(super) fn has(&self, item: &ItemKey) -> bool {
        self.view.read(|at| at.item(&item.id()).is_some())
    }

    /// Returns the id of an item's newest version.
    pub(super) fn head(&self, item: &ItemKey) -> Option<VersionId> {
        self.view.read(|at| at.head(at.item(&item.id())?).map(|head| at.id(head)))
    }

    /// Returns all versions of an item, oldest first.
    pub(super) fn history(&self, item: &ItemKey) -> Vec<VersionId> {
        self.view.read(|at| match at.item(&item.id()) {
            Some(item) => at.history(item).iter().map(|version| at.id(*version)).collect(),
            None => Vec::new(),
        })
    }

    /// Returns true if an item has more than one version.
    pub(super) fn has_older(&self, item: &ItemKey) -> bool {
        self.view.read(|at| at.item(&item.id()).is_some_and(|item| at.history(item).len() > 1))
    }

    /// Returns the images whose newest version has this payload and whose key begins with the prefix, by
    /// key.
    pub(super) fn images_with(&self, payload: &Digest) -> Vec<ItemKey> {
        let mut images: Vec<ItemKey> = self.view.read(|at| {
            let heads = at.with_payload(payload).iter().filter(|version| at.is_head(**version));
            let items = heads.map(|version| at.key(at.item_of(*version)));
            items.filter(|key| key.kind == Kind::Source && self.naming.covers(key)).cloned().collect()
        });
        images.sort_unstable();
        images.dedup();
        images
    }

    /// Returns the newest versions of all images whose key begins with the prefix, with their items.
    pub(super) fn images(&self) -> Vec<(ItemKey, VersionId)> {
        self.view.read(|at| {
            let items = (0..at.items_made_by(self.view.seq()).end).map(ItemNo);
            let images = items.filter(|item| {
                let key = at.key(*item);
                key.kind == Kind::Source && self.naming.covers(key)
            });
            images.filter_map(|item| Some((at.key(item).clone(), at.id(at.head(item)?)))).collect()
        })
    }

    /// Returns the images of the prefix whose newest version has this name in the file, which may differ
    /// from the key.
    pub(super) fn images_named(&self, name: &str) -> Vec<ItemKey> {
        let value = ValueKey::new(&name.into());
        let mut images: Vec<ItemKey> = self.view.read(|at| {
            let heads = at.with_attribute(FILE_NAME, &value).filter(|version| at.is_head(*version));
            let keys = heads.map(|version| at.key(at.item_of(version)));
            keys.filter(|key| key.kind == Kind::Source && self.naming.covers(key)).cloned().collect()
        });
        images.retain(|image| self.is_of_prefix(image));
        images
    }

    /// Returns true if an item whose key begins with the prefix is of this prefix.
    pub(super) fn is_of_prefix(&self, item: &ItemKey) -> bool {
        let newest = self.newest(item).and_then(|record| self.naming.made(record.activity.as_ref()?));
        newest.unwrap_or_else(|| {
            let history = self.noted(self.versions(&self.history(item))).unwrap_or_default();
            self.naming.is_of(history.iter().flatten().map(AsRef::as_ref))
        })
    }

    /// Returns the key of an item without the prefix.
    pub(super) fn key_of<'k>(&self, item: &'k ItemKey) -> &'k str {
        item.key().strip_prefix(self.prefix()).unwrap_or_default()
    }

    /// Returns the images that members of other splits than these are, or are made from, in the newest
    /// version of a set.
    pub(super) fn images_of_other_splits(&self, set: &ItemKey, splits: &[String]) -> HashSet<ItemId> {
        self.view.read(|at| {
            let Some(head) = at.item(&set.id()).and_then(|item| at.head(item)) else { return HashSet::new() };
            let others = at.members(head).filter(|interval| {
                let split = at.index().text(interval.split);
                !splits.iter().any(|known| known == split)
            });
            let items = others.flat_map(|interval| {
                let sources = at.sources(interval.member).map(|edge| edge.other);
                std::iter::once(interval.member).chain(sources).map(|version| at.key(at.item_of(version)))
            });
            items.filter(|key| key.kind == Kind::Source).map(ItemKey::id).collect()
        })
    }

    /// Returns the labels of an image whose newest version is made from it, by key: those of the
    /// prefix, and those that the file names as an export of stemma.
    pub(super) fn labels_of(&self, image: &ItemKey, named: &HashSet<&str>) -> Vec<KnownLabel> {
        let mut labels: Vec<KnownLabel> = self.view.read(|at| {
            let Some(image) = at.item(&image.id()) else { return Vec::new() };
            let derived = at.history(image).iter().flat_map(|version| at.flow_from(*version));
            let of_image = |label: &VersionNo| {
                let is_wanted = || {
                    self.is_label(at, *label, image)
                        || named.contains(at.key(at.item_of(*label)).to_string().as_str())
                };
                at.kind(*label) == Kind::Label && at.is_head(*label) && is_wanted()
            };
            let labels = derived.filter(of_image).map(|head| {
                let item = at.item_of(head);
                KnownLabel {
                    item: at.key(item).clone(),
                    id: self.id_of(at.key(item)),
                    history: at.history(item).iter().map(|version| at.id(*version)).collect(),
                    head,
                    is_wrong: at.is_wrong(head),
                }
            });
            labels.collect()
        });
        labels.sort_by(|a, b| a.item.cmp(&b.item));
        labels.dedup_by(|a, b| a.item == b.item);
        labels
    }

    /// Returns the labels of an image as an import last said them, sorted, without those that are retracted.
    pub(super) fn label_hashes(&self, image: &ItemKey) -> Vec<LabelHash> {
        let labels = self.labels_of(image, &HashSet::new()).into_iter().filter(|label| !label.is_wrong);
        let of_label = |label: KnownLabel| {
            let records = self.noted(self.records(label.history.clone())).unwrap_or_default();
            let newest = label.history.iter().rev().filter_map(|version| records.get(version));
            let imported = newest.clone().find(|record| record.is_imported());
            let fields = self.noted(self.fields(imported.or_else(|| newest.clone().next())?))?;
            Some(LabelHash::of(&fields))
        };
        let mut hashes: Vec<LabelHash> = labels.filter_map(of_label).collect();
        hashes.sort_unstable();
        hashes
    }

    /// Returns the image of the label that has this id in the tool; `None` if there is none.
    pub(super) fn image_of_id(&self, id: &str) -> Option<ItemKey> {
        let label = self.naming.item(Kind::Label, "id", &format!("{LABELS}{id}")).ok()?;
        self.view.read(|at| {
            let head = at.head(at.item(&label.id())?)?;
            image_of(at, head).map(|image| at.key(image).clone())
        })
    }

    /// Returns the keys that an image of this name may have, without the prefix.
    pub(super) fn keys_of_name(name: &str) -> [String; 2] {
        [names::key_of(name), name.to_owned()]
    }

    /// Returns the fields of an item's newest version; `None` if there is none.
    pub(super) fn newest_fields(&self, item: &ItemKey) -> Option<Map<String, Value>> {
        self.noted(self.fields(&*self.newest(item)?))
    }

    /// Returns the fields of stored versions, in the order of the ids.
    pub(super) fn fields_of(&self, ids: &[VersionId]) -> Vec<Map<String, Value>> {
        let records = self.noted(self.runtime.block_on(self.view.versions_uncached(ids))).unwrap_or_default();
        let fields = |record: Option<_>| record.and_then(|record| self.noted(self.fields(&record)));
        records.into_iter().map(|record| fields(record).unwrap_or_default()).collect()
    }

    /// Returns what the newest version of an image has; `None` if there is no such version.
    pub(super) fn newest_image(&self, item: &ItemKey) -> Option<StoredImage> {
        let record = self.newest(item)?;
        let media_type = record.content.media_type.clone();
        let payload = record.content.payload.filter(|_| media_type.as_deref() != Some(JSON));
        let picture = payload.map(|payload| (payload, media_type));
        Some(StoredImage { fields: self.noted(self.fields(&record))?, picture })
    }

    /// Returns true if the newest version of a class list changed classes of the one before.
    pub(super) fn made_class_changes(&self, item: &ItemKey) -> bool {
        self.newest(item).is_some_and(|record| !record.content.class_changes.is_empty())
    }

    /// Returns true if a version of a class list ever renamed a class.
    pub(super) fn renames_classes(&self, list: &ItemKey) -> bool {
        self.view.read(|at| at.item(&list.id()).is_some_and(|list| at.renames_classes(list)))
    }

    /// Returns the newest version of the class list of this version.
    pub(super) fn newest_of(&self, list: VersionId) -> Option<VersionId> {
        self.view.read(|at| at.head(at.item_of(at.version(&list)?)).map(|head| at.id(head)))
    }

    /// Returns the classes of a version of a class list.
    pub(super) fn classes_of(&self, list: VersionId) -> ClassList {
        let record = self.noted(self.versions(&[list])).and_then(|mut records| records.pop().flatten());
        let fields = record.and_then(|record| self.noted(self.fields(&record)));
        fields.map(|fields| ClassList::of_value(&Value::Object(fields))).unwrap_or_default()
    }

    /// Returns what classes of a version of a class list are in its newest version.
    pub(super) fn follow_classes(&self, list: VersionId, mut classes: Vec<Leaf>) -> Vec<Leaf> {
        self.view.read(|at| {
            if let Some(list) = at.version(&list) {
                at.follow_classes(list, None, &mut classes);
            }
        });
        classes
    }

    /// Returns an item's newest version; `None` if there is none.
    pub(super) fn newest(&self, item: &ItemKey) -> Option<Arc<VersionRecord>> {
        let head = self.head(item)?;
        self.noted(self.versions(&[head]))?.pop().flatten()
    }

    /// Returns true if a version of the record's item has its content.
    pub(super) fn has_content(&self, version: &ImportedVersion) -> bool {
        self.compared(|compare| compare.has_content(version))
    }

    /// Returns true if the newest version of the record's item has its content.
    pub(super) fn is_newest(&self, version: &ImportedVersion) -> bool {
        self.compared(|compare| compare.is_newest(version))
    }

    /// Returns for each record the positions of those labels whose newest version has its content.
    pub(super) fn equal<'v>(
        &self,
        records: impl Iterator<Item = &'v ImportedVersion>,
        labels: &[KnownLabel],
    ) -> Vec<Vec<usize>> {
        let heads: Vec<VersionNo> = labels.iter().map(|label| label.head).collect();
        self.compared(|compare| compare.equal(records, &heads))
    }

    /// Compares records of an export with the store.
    fn compared<T>(&self, ask: impl FnOnce(Compare<'_>) -> T) -> T {
        let (options, names) = (ReimportOptions { export: true, corrections: None }, HashMap::new());
        self.view.read(|at| ask(Compare::new(&options, at, &names, std::iter::empty())))
    }

    /// Returns stored versions by their ids. They are read together, and not kept in the cache.
    pub(super) fn records(
        &self,
        ids: Vec<VersionId>,
    ) -> Result<HashMap<VersionId, Arc<VersionRecord>>, LedgerError> {
        let found = self.runtime.block_on(self.view.versions_uncached(&ids))?;
        Ok(ids.into_iter().zip(found).filter_map(|(id, found)| Some((id, Arc::new(found?)))).collect())
    }

    /// Returns stored versions, in the order of the ids.
    pub(super) fn versions(&self, ids: &[VersionId]) -> Result<Vec<Option<Arc<VersionRecord>>>, LedgerError> {
        self.runtime.block_on(self.view.versions(ids))
    }

    /// Returns the fields of a version: its attributes, or those in its payload if they were too
    /// large.
    pub(super) fn fields(&self, version: &VersionRecord) -> Result<Map<String, Value>, LedgerError> {
        let fields = version.content.attributes.to_map();
        let content = &version.content;
        let (Some(payload), Some(JSON)) = (content.payload, content.media_type.as_deref()) else {
            return Ok(fields);
        };
        let bytes = self.runtime.block_on(read_all(self.blobs.as_ref(), payload, MAX_FIELDS))?;
        let Ok(Value::Object(mut all)) = serde_json::from_slice(&bytes) else { return Ok(fields) };
        // A later correction may have changed attributes; classes are a summary.
        let is_newer = |name: &String| name != CLASSES || !all.contains_key(CLASSES);
        let newer: Map<String, Value> = fields.into_iter().filter(|(name, _)| is_newer(name)).collect();
        all.extend(newer);
        Ok(all)
    }

    /// Returns true if a label of this image is one of the prefix.
    fn is_label(&self, at: At<'_>, label: VersionNo, image: ItemNo) -> bool {
        let key = at.key(at.item_of(label));
        if key.namespace != self.naming.namespace {
            return false;
        }
        let Some(rest) = key.key().strip_prefix(&self.naming.prefix) else { return false };
        // The label of an image by its folder has the key of the image.
        rest.starts_with(LABELS) || key.key() == at.key(image).key()
    }

    fn id_of(&self, key: &ItemKey) -> Option<String> {
        let id = key.key().strip_prefix(&self.naming.prefix)?.strip_prefix(LABELS)?;
        Some(id.to_owned())
    }
}
