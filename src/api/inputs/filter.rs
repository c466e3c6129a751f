//! Which items are meant.

use async_graphql::{InputObject, MaybeUndefined, Result};

use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::api::scalars::{Json, Seq, Time};
use crate::domain::item::{Kind, Namespace};
use crate::domain::search::conditions::{self, Conditions};
use crate::domain::search::selection::{Predicate, Selection, Span, Words};

/// Which items are meant. Every field narrows; an absent one does not; an empty list finds nothing.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ItemFilter {
    /// In one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<ItemKind>>,
    /// With a key that starts so.
    pub key_prefix: Option<String>,
    /// With a current version that carries one of these tags.
    pub tags: Option<Vec<String>>,
    /// With a current version whose attribute passes.
    pub attribute: Option<AttributeFilter>,
    /// With a current version whose attributes pass, all of them; at most 32 conditions.
    pub attributes: Option<Vec<AttributeFilter>>,
    /// With a current version that was committed in this span.
    pub committed: Option<CommitSpan>,
    /// First committed in this span.
    pub created: Option<CommitSpan>,
    /// With a current version that one of these authors committed.
    pub authors: Option<Vec<String>>,
    /// With a current version that is wrong, or that is not.
    pub wrong: Option<bool>,
    /// With a current version that was made from something wrong or pins it, directly or through anything else, models
    /// included; or that was not. A version is not stale for being wrong itself.
    pub stale: Option<bool>,
    /// With all these words, in the key or in a text of the current version's attributes. Words are runs of letters and
    /// digits, compared without regard to case and to the form of Unicode they are written in. The last one may be the
    /// beginning of a word, unless something follows it, such as a space. In scripts without spaces between words (Han,
    /// kana, Thai and others) each pair of neighbouring characters is a word. At most 32.
    pub words: Option<String>,
}

/// An attribute and what it must be: all that is given holds. Numbers are compared by size, texts by their code points,
/// so that times in RFC 3339 of one offset are in order. A bound finds values of its own kind only.
#[derive(InputObject, Debug, Clone, Default)]
pub struct AttributeFilter {
    /// The names from the outside in, separated by dots; a dot inside a name is written `\.`.
    pub path: String,
    /// The whole value at that path; null finds null.
    pub equals: MaybeUndefined<Json>,
    /// One of these values, each the whole value at that path; at most 10,000.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<Json>>,
    /// This number or a greater one, or this text or a later one, of at most 64 bytes.
    pub at_least: Option<Json>,
    /// A greater number, or a later text.
    pub above: Option<Json>,
    /// This number or a smaller one, or this text or an earlier one.
    pub at_most: Option<Json>,
    /// A smaller number, or an earlier text.
    pub below: Option<Json>,
    /// Whether there is anything at that path, null included.
    pub exists: Option<bool>,
}

/// A span of commits. All that is given holds; both ends are included.
#[derive(InputObject, Debug, Clone, Default)]
pub struct CommitSpan {
    /// From this commit on.
    pub from: Option<Seq>,
    /// Up to this commit.
    pub to: Option<Seq>,
    /// At this time or later.
    pub since: Option<Time>,
    /// At this time or earlier.
    pub until: Option<Time>,
}

impl ItemFilter {
    /// The search that is meant, at no particular moment.
    ///
    /// # Errors
    /// BAD_USER_INPUT; LIMIT_EXCEEDED for too long a list.
    pub fn selection(self) -> Result<Selection> {
        let attributes = predicates(self.attribute.clone(), self.attributes.clone())?;
        let words = self.words()?;
        let namespaces = self
            .namespaces
            .map(|names| names.iter().map(|name| name.parse()).collect::<Result<Vec<Namespace>, _>>())
            .transpose()
            .map_err(|error| errors::malformed(&error))?;
        let selection = Selection {
            namespaces,
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

    fn words(&self) -> Result<Option<Words>> {
        let Some(text) = &self.words else { return Ok(None) };
        let words = Words::new(text).ok_or_else(|| {
            errors::bad_input("`words` holds no word; give letters or digits, or leave it out")
        })?;
        Ok(Some(words))
    }
}

/// The conditions of one that is given alone and of several in a list.
pub(super) fn predicates(
    one: Option<AttributeFilter>,
    several: Option<Vec<AttributeFilter>>,
) -> Result<Option<Vec<Predicate>>> {
    let one = one.map(AttributeFilter::predicates).transpose()?;
    let several = several.map(|all| all.into_iter().map(AttributeFilter::predicates).collect());
    conditions::joined(one, several.transpose()?).map_err(|error| errors::invalid(&error))
}

impl AttributeFilter {
    /// What is tested.
    ///
    /// # Errors
    /// BAD_USER_INPUT for values that no attribute can have, bounds without an order, and where nothing is asked.
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
    fn span(self) -> Span {
        let Self { from, to, since, until } = self;
        Span {
            from: from.map(|seq| seq.0),
            to: to.map(|seq| seq.0),
            since: since.map(|time| time.0),
            until: until.map(|time| time.0),
        }
    }
}
