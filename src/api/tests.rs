//! The API over a store in a folder: what it costs, what it refuses, and how it goes on.

mod answers;
mod away;
mod budgets;
mod cursors;
mod fields;
mod filled;
mod ids;
mod language;
mod longest;
mod memory;
mod parts;
mod reads;
mod roots;
mod sizes;
mod spending;
mod store;
mod subscriptions;
