//! Filters over items.

use async_graphql::{InputObject, MaybeUndefined, Result};

use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::api::scalars::{Json, Seq, Time};
use crate::domain::item::{Kind, Namespace};
use crate::domain::search::conditions::{self, Conditions};
use crate::domain::search::selection::{Predicate, Selection, Span, Words};

/// A filter over items. All given fields must match; an absent field matches everything; an empty
/// list matches nothing.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ItemFilter {
    /// Items in one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Items of one of these kinds.
    pub kinds: Option<Vec<ItemKind>>,
    /// Items whose key starts with this text.
    pub key_prefix: Option<String>,
    /// Items whose current version has one of these tags.
    pub tags: Option<Vec<String>>,
    /// Items whose current version matches this condition.
    pub attribute: Option<AttributeFilter>,
    /// Items whose current version matches all of these conditions; at most 32.
    pub attributes: Option<Vec<AttributeFilter>>,
    /// Items whose current version was committed in this span.
    pub committed: Option<CommitSpan>,
    /// Items whose first version was committed in this span.
    pub created: Option<CommitSpan>,
    /// Items whose current version was committed by one of these authors.
    pub authors: Option<Vec<String>>,
    /// True: items whose current version is wrong. False: the others.
    pub wrong: Option<bool>,
    /// True: items whose current version was made from something wrong or pins it, directly or
    /// through other versions, models included. False: the others. A version that is wrong itself
    /// is not stale for that reason.
    pub stale: Option<bool>,
    /// Items with all these words in the key or in a text of the current version's attributes.
    /// Words are runs of letters and digits, compared without regard to case and Unicode
    /// normalization. The last word is a prefix, unless another character follows it, such as a
    /// space. In scripts without spaces (Han, kana, Thai and others) each pair of adjacent
    /// characters is a word. At most 32 words.
    pub words: Option<String>,
}

/// A condition on an attribute. All given tests must hold. Numbers compare by value, texts by code
/// points, so that RFC 3339 times with the same offset compare by time. A bound matches values of
/// its own type only.
#[derive(InputObject, Debug, Clone, Default)]
pub struct AttributeFilter {
    /// The path of the attribute: names from the outside in, separated by dots. A dot in a name is
    /// written `\.`.
    pub path: String,
    /// Equal to this complete value; null matches null.
    pub equals: MaybeUndefined<Json>,
    /// Equal to one of these complete values; at most 10,000.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<Json>>,
    /// Greater than or equal to this number or text; a text of at most 64 bytes.
    pub at_least: Option<Json>,
    /// Greater than this number or text.
    pub above: Option<Json>,
    /// Less than or equal to this number or text.
    pub at_most: Option<Json>,
    /// Less than this number or text.
    pub below: Option<Json>,
    /// True: the path has a value, null included. False: it has none.
    pub exists: Option<bool>,
}

/// A span of commits. All given bounds must hold; they are inclusive.
#[derive(InputObject, Debug, Clone, Default)]
pub struct CommitSpan {
    /// This commit or a later one.
    pub from: Option<Seq>,
    /// This commit or an earlier one.
    pub to: Option<Seq>,
    /// This time or a later one.
    pub since: Option<Time>,
    /// This time or an earlier one.
    pub until: Option<Time>,
}

impl ItemFilter {
    /// Converts the filter into a selection, which is independent of the moment.
    ///
    /// # Errors
    /// BAD_USER_INPUT for invalid values; LIMIT_EXCEEDED for a list that is too long.
    pub fn selection(self) -> Result<Selection> {
        let attributes = predicates(self.attribute.clone(), self.attributes.clone())?;
        let words = self.words.as_deref().map(words).transpose()?;
        let selection = Selection {
            namespaces: namespaces(self.namespaces)?,
            kinds: self.kinds.map(|kinds| kinds.into_iter().map(Kind::from).collect()),
            key_prefix: self.key_prefix,
            tags: self.tags,
            attributes,
            committed: self.committed.unwrap_or_default().span(),
            created: self.created.unwrap_or_default().span(),
            authors: self.authors,
            wrong: self.wrong,
            stale: self.stale,
            words,
            at: None,
        };
        selection.check().map_err(|error| errors::invalid(&error))?;
        Ok(selection)
    }
}

/// Reads the words of a filter.
pub(super) fn words(text: &str) -> Result<Words> {
    let words = Words::new(text).ok_or_else(|| {
        errors::bad_input(
            "`words` must contain a letter or digit, found none; leave it out to match everything",
        )
    })?;
    words.check().map_err(|error| errors::invalid(&error))?;
    Ok(words)
}

/// Reads the namespaces of a filter.
pub(super) fn namespaces(given: Option<Vec<String>>) -> Result<Option<Vec<Namespace>>> {
    given
        .map(|names| names.iter().map(|name| name.parse()).collect::<Result<Vec<Namespace>, _>>())
        .transpose()
        .map_err(|error| errors::malformed(&error))
}

/// Joins the conditions of `attribute` and `attributes`.
pub(super) fn predicates(
    one: Option<AttributeFilter>,
    several: Option<Vec<AttributeFilter>>,
) -> Result<Option<Vec<Predicate>>> {
    let one = one.map(AttributeFilter::predicates).transpose()?;
    let several = several.map(|all| all.into_iter().map(AttributeFilter::predicates).collect());
    conditions::joined(one, several.transpose()?).map_err(|error| errors::invalid(&error))
}

impl AttributeFilter {
    /// Returns the test of this condition.
    ///
    /// # Errors
    /// BAD_USER_INPUT for values that no attribute can have, bounds that have no order, and a
    /// condition without a test.
    pub fn predicates(self) -> Result<Vec<Predicate>> {
        let value = |given: Option<Json>| given.map(|json| json.0);
        let conditions = Conditions {
            equals: match self.equals {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(serde_json::Value::Null),
                MaybeUndefined::Value(json) => Some(json.0),
            },
            one_of: self.one_of.map(|values| values.into_iter().map(|json| json.0).collect()),
            at_least: value(self.at_least),
            above: value(self.above),
            at_most: value(self.at_most),
            below: value(self.below),
            exists: self.exists,
        };
        conditions.predicates(&self.path).map_err(|error| errors::invalid(&error))
    }
}

impl CommitSpan {
    pub(super) fn span(self) -> Span {
        let Self { from, to, since, until } = self;
        Span {
            from: from.map(|seq| seq.0),
            to: to.map(|seq| seq.0),
            since: since.map(|time| time.0),
            until: until.map(|time| time.0),
        }
    }
}
