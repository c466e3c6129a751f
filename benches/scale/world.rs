//! Generated data of a given size: pictures and their labels, then training sets in snapshots that
//! differ by 1%.

use serde_json::json;
use stemma::domain::canonical::attributes::Attributes;
use stemma::domain::id::{Digest, ItemId, VersionId};
use stemma::domain::item::{ItemKey, Kind};
use stemma::domain::log::entry::{BlobRecord, CommitRecord, Entry, Head, MemberChunk};
use stemma::domain::log::facts::{Facts, MembershipFact, Pin, VersionFact};
use stemma::domain::numbers::{ItemNo, VersionNo};
use stemma::domain::version::{Content, Manifest, Source, VersionRecord};

/// The size of the data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Versions of pictures and labels.
    pub(crate) versions: usize,
    /// Membership intervals of all set versions: a member that a snapshot shares with the one
    /// before counts once.
    pub(crate) memberships: usize,
}

/// Versions in a commit.
const COMMIT: usize = 5_000;
/// Members of a large set, and how many of them the next snapshot replaces.
const LARGE: usize = 100_000;
/// Snapshots of a large set.
const SNAPSHOTS: usize = 10;
/// Members of a small set.
const SMALL: usize = 100;
/// Small sets in a commit.
const SMALL_SETS: usize = 1_000;

/// The state of the generator.
pub(crate) struct World {
    size: Size,
    ids: Vec<VersionId>,
    items: Vec<(ItemId, VersionNo, u32)>,
    intervals: usize,
    large: Option<Large>,
    large_sets: usize,
    sets: usize,
    random: u64,
}

/// A large set between two snapshots.
struct Large {
    item: ItemNo,
    members: Vec<VersionNo>,
    snapshots: usize,
}

/// One commit before it has a position in a log.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) facts: Facts,
    records: Vec<VersionRecord>,
    chunks: Vec<MemberChunk>,
    blobs: Vec<BlobRecord>,
}

impl World {
    pub(crate) fn new(size: Size) -> Self {
        let (ids, items) = (Vec::new(), Vec::new());
        let members = LARGE.min(size.versions / 2);
        let large_sets = size.memberships * 9 / 10 / (members + (SNAPSHOTS - 1) * members / 100).max(1);
        Self { size, ids, items, intervals: 0, large: None, large_sets, sets: 0, random: 1 }
    }

    pub(crate) fn versions(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn intervals(&self) -> usize {
        self.intervals
    }

    /// xorshift64*: the same data in every run.
    fn random(&mut self, below: usize) -> usize {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        ((self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as usize * below) >> 32
    }

    fn item(&mut self, made: &mut Made, kind: Kind, key: &str) -> ItemNo {
        let key = ItemKey::new("city".parse().unwrap(), kind, key).unwrap();
        self.items.push((key.id(), VersionNo(u32::MAX), 0));
        made.facts.items.push(key);
        ItemNo(self.items.len() as u32 - 1)
    }

    fn version(
        &mut self,
        made: &mut Made,
        item: ItemNo,
        mut content: Content,
        sources: &[VersionNo],
    ) -> VersionNo {
        let number = VersionNo(self.ids.len() as u32);
        content.sources = sources
            .iter()
            .map(|source| Source { role: "INPUT".to_owned(), version: self.ids[source.at()] })
            .collect();
        content.normalise();
        let (owner, last, count) = self.items[item.at()];
        let parent = (count > 0).then_some(last);
        let id = content.version_id(owner, parent.map(|parent| self.ids[parent.at()]));
        let ontology = content.ontology.map(|_| VersionNo(0));
        made.facts.versions.push(VersionFact {
            id,
            item,
            parent,
            content: content.digest(),
            payload: content.payload,
            sources: sources.iter().map(|source| ("INPUT".to_owned(), *source)).collect(),
            ontology,
            attributes: content.attributes.placed(),
            words: content.attributes.further_words(),
            classes: if ontology.is_some() { content.attributes.classes() } else { Vec::new() },
            stale_classes: Vec::new(),
        });
        made.blobs.extend(content.payload.map(|digest| BlobRecord {
            digest,
            sha256: *digest.as_bytes(),
            size: 1,
        }));
        let parent = parent.map(|parent| self.ids[parent.at()]);
        self.items[item.at()] = (owner, number, count + 1);
        self.ids.push(id);
        made.records.push(VersionRecord {
            id,
            item: owner,
            parent,
            seq: stemma::domain::id::Seq::ZERO,
            number: count + 1,
            content,
            activity: None,
            message: None,
        });
        number
    }

    /// Returns six attributes, two of them nearly unique.
    fn content(&mut self) -> Content {
        let n = self.ids.len();
        let class = ["car", "bus", "tree", "house", "road", "water", "field", "person", "bicycle", "sign"];
        let (day, minute, second) = (self.random(28) + 1, self.random(1_440), self.random(60));
        let mut content = Content::empty();
        content.attributes = Attributes::new(&json!({
            "class": class[self.random(class.len())],
            "site": format!("site {}", self.random(200)),
            "camera": format!("cam-{}", self.random(40)),
            "width": 256 << self.random(4),
            "score": self.random(1 << 31) as f64 / (1_u64 << 31) as f64,
            "taken": format!("2026-03-{day:02}T{:02}:{:02}:{second:02}.{:03}Z", minute / 60, minute % 60, n % 1_000),
        }))
        .unwrap();
        content
    }

    /// Returns the next commit; `None` when the requested size is reached.
    pub(crate) fn next(&mut self) -> Option<Made> {
        let mut made = Made::default();
        if self.ids.is_empty() {
            let list = self.item(&mut made, Kind::Ontology, "classes");
            self.version(&mut made, list, Content::empty(), &[]);
        }
        if self.ids.len() < self.size.versions {
            for _ in 0..COMMIT.min(self.size.versions - self.ids.len()) {
                self.picture_or_label(&mut made);
            }
        } else if self.large.is_some() || self.large_sets > 0 {
            self.snapshot(&mut made);
        } else if self.intervals < self.size.memberships {
            for _ in 0..SMALL_SETS {
                self.small_set(&mut made);
            }
        } else {
            return None;
        }
        Some(made)
    }

    /// Adds a picture or label. Four of five are new items, half of them labels of two pictures;
    /// the fifth is a new version of an item.
    fn picture_or_label(&mut self, made: &mut Made) {
        let n = self.ids.len();
        let mut content = self.content();
        if n % 5 == 4 {
            let item = ItemNo(1 + self.random(self.items.len() - 1) as u32);
            self.version(made, item, content, &[]);
        } else if n.is_multiple_of(2) && n > 2 {
            content.ontology = Some(self.ids[0]);
            let item = self.item(made, Kind::Label, &format!("tiles/2026/{n:08}"));
            let other = VersionNo(1 + self.random(n - 1) as u32);
            self.version(made, item, content, &[other.min(VersionNo(n as u32 - 2)), VersionNo(n as u32 - 1)]);
        } else {
            content.payload = Some(Digest::of(&n.to_le_bytes()));
            let item = self.item(made, Kind::Source, &format!("tiles/2026/{n:08}"));
            self.version(made, item, content, &[]);
        }
    }

    fn set_version(&mut self, made: &mut Made, item: ItemNo, removed: Vec<VersionNo>, added: Vec<VersionNo>) {
        let mut content = Content::empty();
        // No members are hashed: this digest is not compared at start-up.
        let digest = *Digest::of(&self.ids.len().to_le_bytes()).as_bytes();
        content.manifest = Some(Manifest { digest, count: added.len() as u32, complete: true });
        let set = self.version(made, item, content, &[]);
        let ids = [(false, &removed), (true, &added)];
        for (added, members) in ids {
            for members in members.chunks(MemberChunk::MOST) {
                made.chunks.push(MemberChunk {
                    set: self.ids[set.at()],
                    place: made.chunks.len() as u32,
                    split: "TRAIN".to_owned(),
                    weight: None,
                    added,
                    versions: members.iter().map(|member| self.ids[member.at()]).collect(),
                });
            }
        }
        self.intervals += added.len();
        let pin = |version: &VersionNo| {
            let split = if version.0.is_multiple_of(10) { "TEST" } else { "TRAIN" };
            Pin { version: *version, split: split.into(), weight: None }
        };
        let added = added.iter().map(pin).collect();
        made.facts.memberships.push(MembershipFact { set, complete: true, removed, added });
    }

    /// Adds the first or the next snapshot of a large set.
    fn snapshot(&mut self, made: &mut Made) {
        let all = self.size.versions;
        let Some(mut large) = self.large.take() else {
            self.large_sets -= 1;
            let item = self.item(made, Kind::TrainingSet, &format!("sets/{}", self.large_sets));
            let members: Vec<VersionNo> = self.some(LARGE.min(all / 2));
            self.set_version(made, item, Vec::new(), members.clone());
            self.large = Some(Large { item, members, snapshots: 1 });
            return;
        };
        let mut removed: Vec<VersionNo> = Vec::new();
        for _ in 0..large.members.len() / 100 {
            let place = self.random(large.members.len());
            removed.push(large.members.swap_remove(place));
        }
        removed.sort_unstable();
        large.members.sort_unstable();
        let mut added = Vec::new();
        while added.len() < removed.len() {
            let version = VersionNo(1 + self.random(all - 1) as u32);
            if large.members.binary_search(&version).is_err() && removed.binary_search(&version).is_err() {
                added.push(version);
            }
            if added.len() == removed.len() {
                added.sort_unstable();
                added.dedup();
            }
        }
        large.members.extend(&added);
        large.members.sort_unstable();
        self.set_version(made, large.item, removed, added);
        large.snapshots += 1;
        self.large = (large.snapshots < SNAPSHOTS).then_some(large);
    }

    fn small_set(&mut self, made: &mut Made) {
        self.sets += 1;
        let item = self.item(made, Kind::TrainingSet, &format!("experiments/{:06}", self.sets));
        let members = self.some(SMALL.min(self.size.versions / 2));
        self.set_version(made, item, Vec::new(), members);
    }

    /// Returns this many pictures and labels, evenly distributed.
    fn some(&mut self, count: usize) -> Vec<VersionNo> {
        let step = (self.size.versions - 1) / count;
        (0..count).map(|n| VersionNo((1 + n * step + self.random(step)) as u32)).collect()
    }
}

impl Made {
    /// Returns the commit as the next one of a log.
    pub(crate) fn entry(mut self, head: Head) -> Entry {
        let seq = head.seq.next();
        self.records.iter_mut().for_each(|record| record.seq = seq);
        let commit = CommitRecord {
            seq,
            time: 1_700_000_000_000_000 + seq.0.cast_signed() * 1_000_000,
            author: "bench".to_owned(),
            message: None,
            facts: self.facts.pack(),
            rows: Entry::rows_tree(&self.records, &[], &[], &self.blobs),
            previous: head.digest,
        };
        Entry {
            commit,
            items: self.facts.items.clone(),
            facts: self.facts,
            versions: self.records,
            chunks: self.chunks,
            asserted: Vec::new(),
            statements: Vec::new(),
            tags: Vec::new(),
            blobs: self.blobs,
        }
    }
}
