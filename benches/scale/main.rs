//! The time of a start and the memory of the index: one million versions, ten million memberships.
//!
//! `cargo bench --bench scale -- memory [versions] [memberships]`: facts packed, unpacked and
//! applied, without a store.
//! `cargo bench --bench scale -- make DIR [versions] [memberships]`: writes such a store, with all
//! its rows.
//! `cargo bench --bench scale -- open DIR`: opens a store as the server does, and prints the time
//! of each step.
//! `cargo bench --bench scale -- export DIR`: exports a store, as lines and as Parquet.
//! `cargo bench --bench scale -- shapes`: single large structures.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for measuring")]

mod export;
mod shapes;
mod store;
mod world;

use std::time::{Duration, Instant};

use stemma::domain::id::Seq;
use stemma::domain::log::facts::{Facts, PackedFacts, Stamp};
use stemma::lineage::Loading;
use world::{Size, World};

/// Returns the memory of the process in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1_024.0
}

/// Returns the processor time of the process in seconds; other programs disturb it less than
/// wall-clock time.
fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // In hundredths of a second, as on every Linux.
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
        / 100.0
}

fn show(name: &str, time: Duration, per: usize) {
    let each = time.as_secs_f64() * 1e9 / per.max(1) as f64;
    println!("{name:28} {:>8.3} s  {each:>7.0} ns each of {per}", time.as_secs_f64());
}

/// Applies packed commits to an index; returns the times of unpacking alone and of applying, which
/// unpacks again.
fn apply(index: &mut Loading, seq: &mut Seq, commits: &[PackedFacts]) -> (Duration, Duration) {
    let (mut unpacking, mut applying) = (Duration::ZERO, Duration::ZERO);
    for packed in commits {
        let start = Instant::now();
        std::hint::black_box(Facts::read(packed).unwrap());
        unpacking += start.elapsed();
        // The index takes the bytes; the copy kept here prevents it from reusing their memory.
        let packed = packed.clone();
        let start = Instant::now();
        *seq = seq.next();
        index.apply(Stamp { seq: *seq, time: seq.0.cast_signed(), author: "bench" }, packed).unwrap();
        applying += start.elapsed();
    }
    (unpacking, applying)
}

fn memory(size: Size) {
    let mut world = World::new(size);
    let (mut versions, mut sets) = (Vec::new(), Vec::new());
    let mut packing = Duration::ZERO;
    while let Some(made) = world.next() {
        let start = Instant::now();
        let packed = made.facts.pack();
        packing += start.elapsed();
        if made.facts.memberships.is_empty() { versions.push(packed) } else { sets.push(packed) }
    }
    let (made, intervals) = (world.versions(), world.intervals());
    drop(world);
    let bytes = |commits: &[PackedFacts]| commits.iter().map(PackedFacts::size).sum::<usize>();
    println!(
        "{made} versions, {intervals} memberships: {} commits, {} and {} bytes of facts",
        versions.len() + sets.len(),
        bytes(&versions),
        bytes(&sets)
    );
    show("pack", packing, made);
    let (before, start, worked_before) = (resident(), Instant::now(), worked());
    let mut seq = Seq::ZERO;
    let mut index = Loading::default();
    let (unpacking, applying) = apply(&mut index, &mut seq, &versions);
    show("unpack versions", unpacking, size.versions);
    show("apply versions", applying, size.versions);
    let between = resident();
    let (unpacking, applying) = apply(&mut index, &mut seq, &sets);
    show("unpack memberships", unpacking, intervals);
    show("apply memberships", applying, intervals);
    let ending = Instant::now();
    let index = index.settled().unwrap();
    show("put in order", ending.elapsed(), made);
    println!("all: {:.3} s, {:.2} s of processors", start.elapsed().as_secs_f64(), worked() - worked_before);
    let after = resident();
    println!(
        "memory of the index: {:.0} MB, {:.0} bytes a version, {:.1} a membership",
        after - before,
        (between - before) * 1_048_576.0 / size.versions as f64,
        (after - between) * 1_048_576.0 / intervals.max(1) as f64
    );
    assert_eq!(index.seq(), seq);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |at: usize, otherwise| arguments.get(at).map_or(otherwise, |text| text.parse().unwrap());
    let size = |at| Size { versions: number(at, 100_000), memberships: number(at + 1, 1_000_000) };
    match arguments.first().map(String::as_str) {
        None => memory(Size { versions: 100_000, memberships: 1_000_000 }),
        Some("memory") => memory(size(1)),
        Some("make") => store::make(arguments[1].as_ref(), size(2)),
        Some("shapes") => shapes::all(),
        Some("open") => store::open(arguments[1].as_ref()),
        Some("export") => export::export(arguments[1].as_ref()),
        Some(other) => println!("no measure is called {other}"),
    }
}
