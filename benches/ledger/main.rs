//! The ledger and its index on a store of 20,000 versions: durable writes, and queries without
//! HTTP.
//!
//! `cargo bench --bench ledger`; `-- affected` runs those with that word in their name.

#![expect(clippy::unwrap_used, reason = "a program for measuring")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use serde_json::json;
use stemma::domain::canonical::attributes::Attributes;
use stemma::domain::item::{ItemKey, Kind};
use stemma::domain::numbers::VersionNo;
use stemma::domain::write::proposal::{Change, Correct, Members, NewMember, Proposal, Put, Ref, Snapshot};
use stemma::ledger::{Ledger, MemStore, Settings, SystemClock, View};
use stemma::lineage::query::impact::Question;
use stemma::lineage::walk::closure::{Direction, Walk};
use stemma::lineage::{At, Walker};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The number of labels, and of crops made from them.
const LABELS: usize = 10_000;
/// The number of members of each set, and of sets.
const MEMBERS: usize = 1_000;
const SETS: usize = 10;
/// The distance between two wrong labels.
const WRONG: usize = 100;

static STORE: LazyLock<Store> = LazyLock::new(Store::new);

fn main() {
    divan::main();
}

struct Store {
    runtime: Runtime,
    ledger: Ledger,
    /// Returns keys that no item has yet.
    fresh: AtomicUsize,
    _dir: TempDir,
}

impl Store {
    fn new() -> Self {
        let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
        let dir = TempDir::new().unwrap();
        let settings = Settings {
            record_cache: 64 << 20,
            ..Settings::new(dir.path(), Arc::new(MemStore::new()), Arc::new(SystemClock))
        };
        let ledger = runtime.block_on(Ledger::open(settings, |_, _| ())).unwrap();
        let store = Self { runtime, ledger, fresh: AtomicUsize::new(0), _dir: dir };
        for batch in (0..LABELS).collect::<Vec<_>>().chunks(1_000) {
            store.commit(batch.iter().map(|n| label(&format!("l{n}"))).collect());
            store.commit(batch.iter().map(|n| crop(*n)).collect());
        }
        for set in 0..SETS {
            // Half of the members are those of the set before.
            store.commit(vec![snapshot(set)]);
        }
        store.commit((0..LABELS).step_by(WRONG).map(correct).collect());
        store
    }

    fn commit(&self, changes: Vec<Change>) {
        let proposal = Proposal {
            author: "bench".to_owned(),
            message: None,
            idempotency_key: None,
            repeat_statements: false,
            changes,
        };
        self.runtime.block_on(self.ledger.commit(proposal)).unwrap();
    }

    fn new_label(&self) -> Change {
        label(&format!("new{}", self.fresh.fetch_add(1, Ordering::Relaxed)))
    }
}

fn item(kind: Kind, key: &str) -> ItemKey {
    ItemKey::new("bench".parse().unwrap(), kind, key).unwrap()
}

fn label(key: &str) -> Change {
    let attributes = Attributes::new(&json!({"class": key.len() % 10, "given": "cat"})).unwrap();
    Change::Put(Put { attributes, ..Put::new(item(Kind::Label, key)) })
}

fn named(kind: Kind, key: &str) -> Ref {
    Ref::Named(format!("bench/{kind}/{key}"))
}

fn crop(label: usize) -> Change {
    let sources = vec![("LABEL".to_owned(), named(Kind::Label, &format!("l{label}")))];
    Change::Put(Put { sources, ..Put::new(item(Kind::Derived, &format!("c{label}"))) })
}

fn snapshot(set: usize) -> Change {
    let first = set * MEMBERS / 2;
    let member = |n: usize| NewMember {
        version: named(Kind::Derived, &format!("c{n}")),
        split: "TRAIN".to_owned(),
        weight: None,
    };
    Change::Snapshot(Snapshot {
        name: None,
        item: item(Kind::TrainingSet, &format!("set{set}")),
        members: Members::All((first..first + MEMBERS).map(member).collect()),
        complete: true,
        expect_head: None,
        attributes: Attributes::empty(),
        sources: Vec::new(),
        tags: Vec::new(),
        message: None,
    })
}

fn correct(label: usize) -> Change {
    Change::Correct(Correct {
        name: None,
        version: named(Kind::Label, &format!("l{label}")),
        attributes: Some(Attributes::new(&json!({"class": 10, "given": "cat"})).unwrap()),
        payload: None,
        media_type: None,
        record_image_size: false,
        ontology: None,
        sources: None,
        reason: "seen again".to_owned(),
        activity: None,
        message: None,
        expect_head: None,
    })
}

#[divan::bench(sample_count = 200)]
fn commit_of_one(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| vec![STORE.new_label()]).bench_values(|changes| STORE.commit(changes));
}

#[divan::bench(sample_count = 20)]
fn commit_of_1000(bencher: Bencher<'_, '_>) {
    let changes = || (0..1_000).map(|_| STORE.new_label()).collect::<Vec<_>>();
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .with_inputs(changes)
        .bench_values(|changes| STORE.commit(changes));
}

/// Queries the newest view.
fn ask<T>(bencher: Bencher<'_, '_>, question: impl Fn(At<'_>) -> T + Sync) {
    let view: View = STORE.ledger.view();
    bencher.bench(|| view.read(|at| black_box(question(at))));
}

fn version(at: At<'_>, kind: Kind, key: &str) -> VersionNo {
    let text = format!("bench/{kind}/{key}#1");
    at.resolve(&text.parse().unwrap(), &text).unwrap()
}

#[divan::bench]
fn affected_by_one_label(bencher: Bencher<'_, '_>) {
    let wrong = STORE.ledger.view().read(|at| version(at, Kind::Label, "l500"));
    ask(bencher, move |at| {
        let impact = at.affected(&Question::plain(vec![wrong], u64::MAX));
        assert_eq!(impact.sets.len(), 2);
        impact
    });
}

#[divan::bench]
fn affected_by_everything_wrong(bencher: Bencher<'_, '_>) {
    ask(bencher, |at| {
        let impact = at.affected(&Question::plain(at.all_wrong().collect(), u64::MAX));
        assert_eq!(impact.sets.len(), SETS);
        impact
    });
}

#[divan::bench]
fn upstream_of_a_set(bencher: Bencher<'_, '_>) {
    let set = STORE.ledger.view().read(|at| version(at, Kind::TrainingSet, "set3"));
    ask(bencher, move |at| {
        let closure = at.closure(&[set], &Walk::unbounded(Direction::Up));
        assert_eq!(closure.visits.len(), 2 * MEMBERS);
        closure
    });
}

#[divan::bench]
fn difference_of_two_sets(bencher: Bencher<'_, '_>) {
    let set = |key: &str| STORE.ledger.view().read(|at| version(at, Kind::TrainingSet, key));
    let (first, second) = (set("set3"), set("set4"));
    ask(bencher, move |at| {
        let (gone, come) = Walker::from(at).pins_changed(first, second, None);
        assert_eq!((gone.len(), come.len()), (MEMBERS / 2, MEMBERS / 2));
        (gone, come)
    });
}

#[divan::bench]
fn newly_affected(bencher: Bencher<'_, '_>) {
    ask(bencher, |at| {
        let before = stemma::domain::id::Seq((2 * LABELS / 1_000 + SETS) as u64);
        let newly = Walker::from(at).newly_affected(
            before,
            u64::MAX,
            &stemma::lineage::query::impact::ImpactPart::WHOLE,
        );
        let sets: BTreeSet<VersionNo> = newly.into_impact().sets.iter().map(|set| set.set).collect();
        assert_eq!(sets.len(), SETS);
        sets
    });
}
