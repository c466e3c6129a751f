//! How fresh a training set version is.

use async_graphql::SimpleObject;

/// How much of a training set version has been overtaken by what was learnt since.
#[derive(SimpleObject, Clone)]
pub struct Freshness {
    /// The number of versions it stands for: its members, with those of member sets in place of the sets, each once.
    pub member_count: i32,
    /// How many of them are wrong, or were made from something wrong.
    pub wrong_count: i32,
    /// How many of them are no longer their item's head, wrong or not.
    pub superseded_count: i32,
    /// Whether no member is wrong.
    pub sound: bool,
    /// Whether every member is its item's head, and none is wrong.
    pub fresh: bool,
}
