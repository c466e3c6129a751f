//! Transfers of the log and of unreferenced payloads: `/export`, `/backup`, `/garbage`.

mod affected;
pub(super) mod backup;
pub(super) mod export;
pub(super) mod garbage;
mod meter;
mod streamed;
