//! stemma: a lineage server for machine-learning data.

pub mod domain;
pub mod lineage;
pub mod blob;
pub mod graph;
pub mod ledger;
pub mod api;
pub mod http;
pub mod cli;
pub mod config;
pub mod telemetry;
