//! Conversions that all inputs share: references, attributes, sizes, and the position of an error.

use std::fmt::Display;

use async_graphql::{Error, ID, MaybeUndefined, Result};

use crate::api::errors;
use crate::api::scalars::Json;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::invalid::Invalid;
use crate::domain::names::moment;
use crate::domain::names::reference::Reference;
use crate::domain::write::proposal::{Expected, Ref};

/// The maximum number of entries of a list in an input.
pub const MAX_LIST: usize = 10_000;
/// The maximum number of members in one list.
pub const MAX_MEMBERS: usize = 1_000_000;

/// Parses the reference to a version: `@name` of an earlier change, an id as it is written, or a
/// reference.
///
/// Nothing is looked up here: a reference that names nothing is rejected when the change is
/// planned, where its position in the commit is known.
pub(super) fn reference(id: &ID) -> Result<Ref> {
    if let Some(name) = id.strip_prefix('@') {
        return Ok(Ref::Local(name.to_owned()));
    }
    let parsed = id.parse::<Reference>().map_err(|error| errors::malformed(&error))?;
    Ok(match parsed {
        Reference::Version(id) => Ref::Id(id),
        Reference::Prefix(_) | Reference::Item { .. } => Ref::Named(moment::strip(id).to_owned()),
    })
}

/// Parses an optional reference to a version.
pub(super) fn maybe_reference(id: Option<&ID>) -> Result<Option<Ref>> {
    id.map(reference).transpose()
}

/// Converts the expected version: null means that there is none yet; an absent value is not
/// checked.
pub(super) fn expected(given: &MaybeUndefined<ID>) -> Result<Option<Expected>> {
    Ok(match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Expected::Nothing),
        MaybeUndefined::Value(id) => Some(Expected::Version(reference(id)?)),
    })
}

/// Converts attributes; none if they are absent or null.
pub(super) fn attributes(given: Option<&Json>) -> Result<Attributes> {
    given.map_or_else(|| Ok(Attributes::empty()), given_attributes)
}

/// Converts attributes that are given.
pub(super) fn given_attributes(given: &Json) -> Result<Attributes> {
    Attributes::new(&given.0).map_err(|error| errors::invalid(&error.into()))
}

/// Checks that `given` is at most `most`.
pub(super) fn limit(what: &'static str, given: usize, most: usize) -> Result<()> {
    Invalid::limit(what, given, most).map_err(|error| errors::invalid(&error))
}

/// Checks that a list of names is absent or short enough.
///
/// # Errors
/// LIMIT_EXCEEDED for more than the maximum.
pub fn names(what: &'static str, given: Option<&Vec<String>>) -> Result<()> {
    limit(what, given.map_or(0, Vec::len), MAX_LIST)
}

/// Converts a list that may be absent, of at most [`MAX_LIST`] entries.
pub(super) fn list<T>(what: &'static str, given: Option<Vec<T>>) -> Result<Vec<T>> {
    let given = given.unwrap_or_default();
    limit(what, given.len(), MAX_LIST)?;
    Ok(given)
}

/// Returns the same error with its position in front of the message.
pub(in crate::api) fn placed(place: impl Display, error: Error) -> Error {
    Error { message: format!("{place}: {}", error.message), ..error }
}
