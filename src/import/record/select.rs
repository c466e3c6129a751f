//! Members of a training set, given as a search.

use std::str::FromStr;

use super::fault::Reason;
use super::shape::numbered;
use super::{AttributeTest, ImportedCommitSpan, Select};
use crate::domain::id::{Malformed, Seq};
use crate::domain::search::conditions::{self, Conditions};
use crate::domain::search::selection::{Predicate, Selection, Span, Words};

pub(crate) fn selection(select: &Select) -> Result<Selection, Reason> {
    let words = select.words.as_ref().map(|text| {
        Words::new(text).ok_or_else(|| Reason::new("select.words", "expected at least one word, found none"))
    });
    let selection = Selection {
        namespaces: select.namespaces.as_deref().map(|all| parsed("select.namespaces", all)).transpose()?,
        kinds: select.kinds.as_deref().map(|all| parsed("select.kinds", all)).transpose()?,
        key_prefix: select.key_prefix.clone(),
        tags: select.tags.clone(),
        attributes: predicates(select)?,
        committed: span(&select.committed),
        created: span(&select.created),
        authors: select.authors.clone(),
        wrong: select.wrong,
        stale: select.stale,
        words: words.transpose()?,
        at: None,
    };
    selection.check().map_err(|limit| Reason::new("select", limit.to_string()))?;
    Ok(selection)
}

fn parsed<T: FromStr<Err = Malformed>>(field: &str, texts: &[String]) -> Result<Vec<T>, Reason> {
    numbered(field, texts, |field, text| {
        text.parse().map_err(|malformed: Malformed| Reason::new(field, malformed.to_string()))
    })
}

fn predicates(select: &Select) -> Result<Option<Vec<Predicate>>, Reason> {
    let one = select.attribute.as_ref().map(|test| tests("select.attribute", test)).transpose()?;
    let several = select.attributes.as_deref().map(|all| numbered("select.attributes", all, tests));
    conditions::joined(one, several.transpose()?)
        .map_err(|limit| Reason::new("select.attributes", limit.to_string()))
}

fn tests(field: &str, test: &AttributeTest) -> Result<Vec<Predicate>, Reason> {
    let AttributeTest { path, equals, r#in, at_least, above, at_most, below, exists } = test.clone();
    let conditions = Conditions { equals, one_of: r#in, at_least, above, at_most, below, exists };
    conditions.predicates(&path).map_err(|invalid| Reason::new(field, invalid.to_string()))
}

fn span(span: &ImportedCommitSpan) -> Span {
    Span { from: span.from.map(Seq), to: span.to.map(Seq), since: span.since, until: span.until }
}
