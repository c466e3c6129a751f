//! Objects that answer questions about something wrong.

pub(super) mod affected;
pub(super) mod answer;
pub(super) mod consumer;
pub(super) mod freshness;
pub(super) mod leakage;
