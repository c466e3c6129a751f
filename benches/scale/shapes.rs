//! Single large structures: a thousand snapshots, a label in 200,000 sets, a chain of 100,000, a
//! commit of 10,000 changes.

use std::collections::BTreeSet;
use std::time::Instant;

use stemma::domain::id::{Digest, Seq, VersionId};
use stemma::domain::item::{ItemKey, Kind};
use stemma::domain::log::facts::{Facts, MembershipFact, Pin, Stamp, VersionFact};
use stemma::domain::numbers::{ItemNo, VersionNo};
use stemma::lineage::query::impact::Inclusion;
use stemma::lineage::walk::flow::EdgeBudget;
use stemma::lineage::{At, Index, Walker};

use super::{resident, show};

/// An index that grows commit by commit, as in a running server.
#[derive(Default)]
struct Fed {
    index: Index,
    facts: Facts,
    items: u32,
    versions: u32,
}

impl Fed {
    fn item(&mut self, kind: Kind) -> ItemNo {
        let key = ItemKey::new("city".parse().unwrap(), kind, &format!("{:08}", self.items)).unwrap();
        self.facts.items.push(key);
        self.items += 1;
        ItemNo(self.items - 1)
    }

    fn version(&mut self, item: ItemNo, source: Option<VersionNo>) -> VersionNo {
        let digest = Digest::of(&self.versions.to_le_bytes());
        self.facts.versions.push(VersionFact {
            id: VersionId::from_bytes(*digest.as_bytes()),
            item,
            parent: None,
            content: *digest.as_bytes(),
            payload: None,
            sources: source.map(|source| ("INPUT".to_owned(), source)).into_iter().collect(),
            ontology: None,
            attributes: Vec::new(),
            words: Vec::new(),
            classes: Vec::new(),
            stale_classes: Vec::new(),
        });
        self.versions += 1;
        VersionNo(self.versions - 1)
    }

    fn set(&mut self, item: ItemNo, removed: Vec<VersionNo>, added: impl Iterator<Item = u32>) -> VersionNo {
        let set = self.version(item, None);
        let pin = |version| Pin { version: VersionNo(version), split: "TRAIN".to_owned(), weight: None };
        let added = added.map(pin).collect();
        self.facts.memberships.push(MembershipFact { set, complete: true, removed, added });
        set
    }

    /// Commits the changes so far; returns the bytes of their facts.
    fn commit(&mut self) -> usize {
        let (seq, facts) = (self.index.seq().next(), std::mem::take(&mut self.facts));
        let stamp = Stamp { seq, time: seq.0.cast_signed(), author: "bench" };
        self.index.apply(stamp, &facts).unwrap();
        facts.pack().size()
    }

    fn labels(&mut self, count: usize) {
        for n in 0..count {
            let item = self.item(Kind::Label);
            self.version(item, None);
            if n % 10_000 == 9_999 {
                self.commit();
            }
        }
        self.commit();
    }
}

fn snapshots() {
    let mut fed = Fed::default();
    fed.labels(200_000);
    let item = fed.item(Kind::TrainingSet);
    fed.set(item, Vec::new(), 0..100_000);
    fed.commit();
    let (before, start) = (resident(), Instant::now());
    let mut bytes = 0;
    for n in 1..1_000 {
        let here = |n: u32| (n % 200) * 1_000;
        let gone = here(n - 1)..here(n - 1) + 1_000;
        fed.set(item, gone.map(VersionNo).collect(), here(n + 99)..here(n + 99) + 1_000);
        bytes += fed.commit();
    }
    show("999 snapshots", start.elapsed(), 999);
    println!("  {} bytes of facts and {:.1} MB of memory", bytes, resident() - before);
    let at = At::new(&fed.index, Seq(fed.index.seq().0 - 1));
    let start = Instant::now();
    let set = at.head(item).unwrap();
    show("members of the last but one", start.elapsed(), at.members(set).count());
}

fn label_in_many_sets() {
    let mut fed = Fed::default();
    fed.labels(1);
    let (before, start) = (resident(), Instant::now());
    for _ in 0..20 {
        for _ in 0..10_000 {
            let item = fed.item(Kind::TrainingSet);
            fed.set(item, Vec::new(), 0..1);
        }
        let start = Instant::now();
        fed.commit();
        if fed.versions > 190_001 {
            show("a commit of 10,000 sets", start.elapsed(), 10_000);
        }
    }
    show("a label in 200,000 sets", start.elapsed(), 200_000);
    println!("  {:.1} MB of memory", resident() - before);
    ask(&fed, "  the sets that hold it", 200_000);
}

fn chain() {
    let mut fed = Fed::default();
    let start = Instant::now();
    let mut last = None;
    for n in 0..100_000 {
        let item = fed.item(Kind::Derived);
        last = Some(fed.version(item, last));
        if n % 10_000 == 9_999 {
            fed.commit();
        }
    }
    let item = fed.item(Kind::TrainingSet);
    fed.set(item, Vec::new(), 99_999..100_000);
    fed.commit();
    show("a chain 100,000 deep", start.elapsed(), 100_000);
    ask(&fed, "  the set at its end", 1);
}

/// Queries the sets that contain the first version, or a version made from it.
fn ask(fed: &Fed, name: &str, expected: usize) {
    let mut walker = Walker::from(At::new(&fed.index, fed.index.seq()));
    let how = BTreeSet::from([Inclusion::Direct, Inclusion::Derived]);
    let start = Instant::now();
    let found = walker.holders(&[VersionNo(0)], &how, &mut EdgeBudget::edges(10_000_000)).unwrap();
    show(name, start.elapsed(), found.len());
    assert_eq!(found.len(), expected);
}

/// Measures all of them.
pub(crate) fn all() {
    snapshots();
    label_in_many_sets();
    chain();
}
