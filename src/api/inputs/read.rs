//! The steps that all inputs share: references, attributes, sizes, and the place of an error.

use std::fmt::Display;

use async_graphql::{Error, ID, MaybeUndefined, Result};

use crate::api::errors;
use crate::api::scalars::Json;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::invalid::Invalid;
use crate::domain::moment;
use crate::domain::reference::Reference;
use crate::domain::write::proposal::{Expected, Ref};

/// The most entries of a list in an input.
pub const MAX_LIST: usize = 10_000;
/// The most members given in one list.
pub const MAX_MEMBERS: usize = 1_000_000;

/// The version that an argument names: `@name` of an earlier change, an id as it stands, or a reference.
///
/// Nothing is looked up here: what names nothing is refused by the rules, which know its place in the commit.
pub(super) fn reference(id: &ID) -> Result<Ref> {
    if let Some(name) = id.strip_prefix('@') {
        return Ok(Ref::Local(name.to_owned()));
    }
    let parsed = id.parse::<Reference>().map_err(|error| errors::malformed(&error))?;
    Ok(match parsed {
        Reference::Version(id) => Ref::Id(id),
        Reference::Prefix(_) | Reference::Item { .. } => Ref::Named(moment::without(id).to_owned()),
    })
}

/// The version that an argument names, where it names one.
pub(super) fn maybe_reference(id: Option<&ID>) -> Result<Option<Ref>> {
    id.map(reference).transpose()
}

/// What a writer expects: null says that there is nothing yet, and what is left out is not checked.
pub(super) fn expected(given: &MaybeUndefined<ID>) -> Result<Option<Expected>> {
    Ok(match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Expected::Nothing),
        MaybeUndefined::Value(id) => Some(Expected::Version(reference(id)?)),
    })
}

/// Attributes; none where they are absent or null.
pub(super) fn attributes(given: Option<&Json>) -> Result<Attributes> {
    given.map_or_else(|| Ok(Attributes::empty()), whole)
}

/// Attributes that are given.
pub(super) fn whole(given: &Json) -> Result<Attributes> {
    Attributes::new(&given.0).map_err(|error| errors::invalid(&error.into()))
}

/// Passes where `given` is at most `most`.
pub(super) fn limit(what: &'static str, given: usize, most: usize) -> Result<()> {
    Invalid::limit(what, given, most).map_err(|error| errors::invalid(&error))
}

/// Passes where a list of names is absent or short enough.
///
/// # Errors
/// LIMIT_EXCEEDED.
pub fn names(what: &'static str, given: Option<&Vec<String>>) -> Result<()> {
    limit(what, given.map_or(0, Vec::len), MAX_LIST)
}

/// A list that may be absent, of at most [`MAX_LIST`] entries.
pub(super) fn list<T>(what: &'static str, given: Option<Vec<T>>) -> Result<Vec<T>> {
    let given = given.unwrap_or_default();
    limit(what, given.len(), MAX_LIST)?;
    Ok(given)
}

/// The same error with the place where it came up.
pub(super) fn placed(place: impl Display, error: Error) -> Error {
    Error { message: format!("{place}: {}", error.message), ..error }
}
