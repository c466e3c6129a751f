//! The index compared with simple models of it.

pub(super) mod histories;
pub(super) mod worlds;
