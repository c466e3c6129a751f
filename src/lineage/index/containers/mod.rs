//! Containers of dense numbers and byte strings, of which the columns of the index are made. They
//! know nothing of lineage.

pub mod column;
pub mod dictionary;
pub mod digests;
pub mod flat_lists;
pub mod arena;
pub mod small_lists;
pub mod sorted;
pub mod number_table;
