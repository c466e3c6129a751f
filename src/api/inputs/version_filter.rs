//! Filters over versions.

use async_graphql::{InputObject, Result};

use super::filter::{AttributeFilter, predicates, words};
use super::read::{MAX_LIST, limit};
use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::api::scope::Scope;
use crate::domain::item::{Kind, Namespace};
use crate::domain::numbers::VersionNo;
use crate::domain::search::selection::Predicate;
use crate::lineage::At;
use crate::lineage::query::search::VersionWords;

/// A filter over versions. All given fields must match; an absent field matches everything; an
/// empty list matches nothing.
#[derive(InputObject, Clone, Default)]
pub struct VersionFilter {
    /// Versions of items of one of these kinds.
    pub kinds: Option<Vec<ItemKind>>,
    /// Versions of items in one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Versions of items whose key starts with this text.
    pub key_prefix: Option<String>,
    /// Versions with one of these tags.
    pub tags: Option<Vec<String>>,
    /// True: versions that are wrong. False: the others.
    pub wrong: Option<bool>,
    /// True: current versions of their items. False: the others.
    pub is_head: Option<bool>,
    /// Versions that match this condition.
    pub attribute: Option<AttributeFilter>,
    /// Versions that match all of these conditions; at most 32.
    pub attributes: Option<Vec<AttributeFilter>>,
    /// Versions with all these words in the key of their item or in a text of their own attributes;
    /// see `ItemFilter`. At most 32 words.
    pub words: Option<String>,
}

/// A validated filter, with sorted lists.
pub struct PreparedFilter {
    kinds: Option<Vec<Kind>>,
    namespaces: Option<Vec<Namespace>>,
    attributes: Option<Vec<Predicate>>,
    words: Option<VersionWords>,
    filter: VersionFilter,
}

impl VersionFilter {
    /// Validates the filter, for versions that are read in this scope.
    ///
    /// # Errors
    /// BAD_USER_INPUT, also for a condition without a test; LIMIT_EXCEEDED for a list that is too
    /// long.
    pub fn prepare(mut self, scope: &Scope) -> Result<PreparedFilter> {
        limit("kinds of one filter", self.kinds.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        limit("namespaces of one filter", self.namespaces.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        limit("tags of one filter", self.tags.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        let kinds = self.kinds.as_ref().map(|kinds| kinds.iter().map(|kind| Kind::from(*kind)).collect());
        let parse = |names: &Vec<String>| {
            names.iter().map(|name| name.parse()).collect::<std::result::Result<_, _>>()
        };
        let namespaces =
            self.namespaces.as_ref().map(parse).transpose().map_err(|error| errors::malformed(&error))?;
        self.tags = self.tags.map(in_order);
        let attributes = predicates(self.attribute.take(), self.attributes.take())?;
        let (kinds, namespaces) = (kinds.map(in_order), namespaces.map(in_order));
        let words = self.words.take().map(|text| words(&text)).transpose()?;
        let words = words.map(|words| scope.walk(|walker| walker.version_words(&words)));
        Ok(PreparedFilter { kinds, namespaces, attributes, words, filter: self })
    }
}

fn in_order<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}

impl PreparedFilter {
    /// Returns true if a version matches the filter, in the scope that it was prepared for.
    #[must_use]
    pub fn finds(&self, at: At<'_>, version: VersionNo) -> bool {
        let key = at.key(at.item_of(version));
        let filter = &self.filter;
        self.kinds.as_ref().is_none_or(|kinds| kinds.binary_search(&key.kind).is_ok())
            && self
                .namespaces
                .as_ref()
                .is_none_or(|namespaces| namespaces.binary_search(&key.namespace).is_ok())
            && filter.key_prefix.as_ref().is_none_or(|prefix| key.key().starts_with(prefix.as_str()))
            && filter.is_head.is_none_or(|head| at.is_head(version) == head)
            && filter.wrong.is_none_or(|wrong| at.wrong(version).is_some() == wrong)
            && filter.tags.as_ref().is_none_or(|tags| at.carries(version, tags))
            // An empty list of conditions matches nothing, as any empty list.
            && self.attributes.as_ref().is_none_or(|conditions| {
                !conditions.is_empty() && conditions.iter().all(|one| at.passes(version, one))
            })
            && self.words.as_ref().is_none_or(|words| words.are_in(at, version))
    }
}
