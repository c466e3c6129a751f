//! One lock at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Generation, Generations};
use crate::lineage::Index;

fn generation() -> Arc<Generation> {
    Generations::new(Index::default()).newest()
}

#[test]
fn a_lock_inside_a_lock_is_a_panic_that_names_both() {
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
fn who_reads_an_older_generation_goes_on_reading_it() {
    let generations = Generations::new(Index::default());
    let older = generations.newest();
    generations.replace(Index::default());
    let newer = generations.newest();
    assert_eq!((older.number(), newer.number()), (0, 1));
    drop(older.read());
    drop(newer.read());
}
