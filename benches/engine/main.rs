//! The lineage index alone, queried over pipes: the process that `benches/lineage/run.py --engine`
//! starts.
//!
//! `cargo bench --bench engine -- DATADIR` reads one query per line from standard input and answers
//! each with one line: the answer, and the nanoseconds that the index took for it, without HTTP,
//! GraphQL or JSON. The queries are described in `benches/lineage/engine.py`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for measuring"
)]

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use stemma::domain::id::Seq;
use stemma::domain::item::Kind;
use stemma::domain::numbers::VersionNo;
use stemma::ledger::{Ledger, MemStore, Settings, SystemClock, View};
use stemma::lineage::query::impact::Question;
use stemma::lineage::walk::closure::{Direction, Walk};
use stemma::lineage::walk::flow::EdgeBudget;
use stemma::lineage::{At, Walker};

/// The split under which the workload pins sets as members.
const INCLUDED: &str = "INCLUDES";
/// The number of entries of a page.
const PAGE: usize = 100;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let Some(dir) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        eprintln!("no data directory is named; see benches/lineage/README.md");
        return;
    };
    let started = Instant::now();
    let settings = Settings::new(PathBuf::from(dir), Arc::new(MemStore::new()), Arc::new(SystemClock));
    let ledger = Ledger::open(settings, |_, _| ()).await.unwrap();
    eprintln!("opened in {:?}", started.elapsed());
    let view = ledger.view();
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line.unwrap()).unwrap();
        println!("{}", answer(&view, &asked));
    }
    ledger.close().await.unwrap();
}

fn answer(view: &View, asked: &Value) -> Value {
    let named = |field: &str| {
        let text = asked[field].as_str().unwrap();
        view.read(|at| at.resolve(&text.parse().unwrap(), text).unwrap())
    };
    match asked["q"].as_str().unwrap() {
        "q3" => {
            let version = named("version");
            let (ns, sets) = timed(|| view.read(|at| affected(at, vec![version])));
            json!({"ns": ns, "answer": pairs(view, sets.into_iter().map(|(set, _)| set))})
        }
        "q3b" => {
            let (ns, sets) = timed(|| {
                view.read(|at| {
                    let labels = at.all_wrong().filter(|version| at.kind(*version) == Kind::Label);
                    affected(at, labels.collect())
                })
            });
            let named = |(set, count): &(VersionNo, u32)| {
                let pair = pair(view, *set);
                json!([pair[0], pair[1], count])
            };
            json!({"ns": ns, "answer": sets.iter().map(named).collect::<Vec<_>>()})
        }
        "q4" => {
            let version = named("version");
            let (ns, (count, images, first)) = timed(|| view.read(|at| upstream(at, version)));
            json!({"ns": ns, "answer": {"count": count, "images": images, "first": pairs(view, first.into_iter())}})
        }
        "q5" => {
            let (from, to) = (named("from"), named("to"));
            let (ns, paths) = timed(|| {
                view.walk(|walker| walker.shortest_path(from, to, &mut EdgeBudget::edges(u64::MAX)))
            });
            json!({"ns": ns, "answer": paths.paths[0].len() - 1})
        }
        "q6" => then(view, named("version"), asked["seq"].as_str().unwrap().parse().unwrap()),
        "q7" => {
            let (a, b) = (named("a"), named("b"));
            let (ns, (added, removed)) = timed(|| view.read(|at| changed(at, a, b)));
            let first = |all: &[VersionNo]| pairs(view, all.iter().copied().take(PAGE));
            json!({"ns": ns, "answer": {"added": added.len(), "removed": removed.len(),
                "first_added": first(&added), "first_removed": first(&removed)}})
        }
        other => panic!("there is no question {other}"),
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let started = Instant::now();
    let done = work();
    (u64::try_from(started.elapsed().as_nanos()).unwrap(), done)
}

/// Returns the set versions that contain any of these, each with the number of them.
fn affected(at: At<'_>, versions: Vec<VersionNo>) -> Vec<(VersionNo, u32)> {
    let question = Question { include_restored: true, ..Question::plain(versions, u64::MAX) };
    at.affected(&question).sets.iter().map(|affected| (affected.set, affected.wrong)).collect()
}

/// Returns the number of versions upstream, the number of images among them, and the nearest.
fn upstream(at: At<'_>, version: VersionNo) -> (usize, usize, Vec<VersionNo>) {
    let visits = at.closure(&[version], &Walk::unbounded(Direction::Up)).visits;
    let images = visits.iter().filter(|visit| at.kind(visit.version) == Kind::Source).count();
    (visits.len(), images, visits.iter().take(PAGE).map(|visit| visit.version).collect())
}

/// Returns the state at a seq, judged by what is known now.
fn then(view: &View, version: VersionNo, seq: u64) -> Value {
    let known = view.seq();
    let (ns, (sets, stale)) = timed(|| {
        view.read(|now| {
            let then = At::new(now.index(), Seq(seq)).knowing(known);
            if !then.sees(version) {
                return (Vec::new(), false);
            }
            (affected(then, vec![version]), At::new(now.index(), Seq(seq)).wrong(version).is_some())
        })
    });
    json!({"ns": ns, "answer": pairs(view, sets.into_iter().map(|(set, _)| set)), "stale": stale})
}

/// Returns the members of the second set version that the first does not have, and the reverse,
/// without members that are sets.
fn changed(at: At<'_>, a: VersionNo, b: VersionNo) -> (Vec<VersionNo>, Vec<VersionNo>) {
    let difference = Walker::from(at).difference(a, b);
    let included = at.name(INCLUDED);
    let moved = difference.repinned.iter().filter(|(old, new)| old.member != new.member);
    let (old, new): (Vec<_>, Vec<_>) = moved.copied().unzip();
    let versions = |lists: [&[_]; 2]| {
        let intervals = lists.into_iter().flatten();
        let mut versions: Vec<VersionNo> = intervals
            .filter(|stay: &&stemma::lineage::index::membership::MembershipInterval| {
                Some(stay.split) != included
            })
            .map(|stay| stay.member)
            .collect();
        versions.sort_unstable();
        versions
    };
    (versions([&difference.added, &new]), versions([&difference.removed, &old]))
}

fn pairs(view: &View, versions: impl Iterator<Item = VersionNo>) -> Vec<Value> {
    versions.map(|version| pair(view, version)).collect()
}

fn pair(view: &View, version: VersionNo) -> Value {
    view.read(|at| json!([at.key(at.item_of(version)).key(), at.number(version)]))
}
