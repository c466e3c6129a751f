//! Transfers of the log and of unreferenced payloads: `/export`, `/backup`, `/garbage`.

pub(super) mod backup;
pub(super) mod export;
pub(super) mod garbage;
mod meter;
