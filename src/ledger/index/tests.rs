//! One lock at a time, and the release of the lock in a pause.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{Generation, Generations};
use crate::lineage::{Index, IndexLock};

fn generation() -> Arc<Generation> {
    Generations::new(Index::default()).newest()
}

#[test]
fn a_nested_lock_panics_and_names_both_call_sites() {
    let index = generation();
    let first = index.read();
    let second = catch_unwind(AssertUnwindSafe(|| drop(index.read()))).unwrap_err();
    let said = second.downcast_ref::<String>().unwrap();
    assert_eq!(said.matches("src/ledger/index/tests.rs").count(), 2, "{said}");
    assert!(catch_unwind(AssertUnwindSafe(|| drop(index.write()))).is_err(), "a write would never end");
    drop(first);
    drop((index.read(), "the thread holds nothing any more"));
    drop(index.write());
}

#[test]
fn a_panic_while_the_index_is_read_leaves_the_thread_free() {
    let index = generation();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _reading = index.read();
        panic!("as a resolver may");
    }));
    assert!(panicked.is_err());
    drop(index.read());
}

#[test]
fn a_pause_lets_a_waiting_writer_in_and_costs_nothing_without_one() {
    let index = generation();
    let wrote = Arc::new(AtomicBool::new(false));
    let mut reading = index.read();
    reading.pause();
    let (other, done) = (Arc::clone(&index), Arc::clone(&wrote));
    let writer = thread::spawn(move || {
        let _index = other.write();
        done.store(true, Ordering::SeqCst);
    });
    // The writer waits, so only a pause can let it in.
    while index.is_readable() {
        thread::sleep(Duration::from_millis(1));
    }
    assert!(!wrote.load(Ordering::SeqCst));
    reading.pause();
    assert!(wrote.load(Ordering::SeqCst), "the pause ends after the writer does");
    drop(reading);
    writer.join().unwrap();
    assert!(index.is_readable());
}

#[test]
fn a_short_read_does_not_queue_behind_a_writer_that_waits_for_a_walk() {
    let index = generation();
    let walking = index.walk();
    let other = Arc::clone(&index);
    let writer = thread::spawn(move || drop(other.write()));
    while index.is_readable() {
        thread::sleep(Duration::from_millis(1));
    }
    let (sender, read) = std::sync::mpsc::channel();
    let other = Arc::clone(&index);
    thread::spawn(move || {
        drop(other.read());
        sender.send(())
    });
    read.recv_timeout(Duration::from_secs(10)).expect("the read is not held up");
    assert!(!writer.is_finished());
    drop(walking);
    writer.join().unwrap();
    assert_eq!(index.walks.load(Ordering::SeqCst), 0);
}

#[test]
fn a_reader_of_an_older_generation_keeps_it() {
    let generations = Generations::new(Index::default());
    let older = generations.newest();
    generations.replace(Index::default());
    let newer = generations.newest();
    assert_eq!((older.number(), newer.number()), (0, 1));
    drop(older.read());
    drop(newer.read());
}
