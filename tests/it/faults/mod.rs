//! Kills, full disks, idle and slow clients, races, attacks.

mod copies;
mod idle;
pub(crate) mod kill;
mod limits;
mod races;
mod soak;
