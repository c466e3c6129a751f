//! Filters, groups and counts of lists.

mod facets;
mod filters;
mod log;
