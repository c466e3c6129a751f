//! Tests of the API over a store in a folder: costs, refusals and pagination.

mod result_cache;
mod away;
mod budgets;
mod cursors;
mod fields;
mod filled;
mod ids;
mod item_states;
mod language;
mod lists;
mod longest;
mod memory;
mod parts;
mod reads;
mod roots;
mod sizes;
mod shared_budget;
mod store;
mod subscriptions;
