//! Cursors: the position of an edge in a list, the identity of the list, and the moment at which it
//! was read.

use async_graphql::{Context, Name, Result, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::errors;
use super::scope::Scope;
use crate::domain::canonical::bytes::Canon;
use crate::domain::id::Seq;
use crate::domain::log::position::{LogMark, Position};

/// The version of the cursor format.
const FORM: &str = "3";

/// The arguments that choose a page of a list, as opposed to the list itself.
const PAGE: [&str; 4] = ["first", "after", "last", "before"];

/// The identity of a list: a digest of the field, of its arguments, and of the owner of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct List(u32);

impl List {
    /// Returns the list of the current field. `owner` identifies the object that has the field, if
    /// that is not the store.
    ///
    /// # Errors
    /// Those of reading the arguments.
    pub fn of(ctx: &Context<'_>, owner: impl std::fmt::Display) -> Result<Self> {
        let field = ctx.field();
        let mut arguments: Vec<(Name, Value)> = field.arguments()?;
        arguments.retain(|(name, value)| !PAGE.contains(&name.as_str()) && *value != Value::Null);
        arguments.sort_by(|a, b| a.0.cmp(&b.0));
        let mut canon = Canon::new("stemma list v1");
        canon.field(owner.to_string().as_bytes()).field(field.name().as_bytes());
        for (name, value) in arguments {
            let mut json = value.into_json().unwrap_or_default();
            json.sort_all_objects();
            canon.field(name.as_bytes()).field(json.to_string().as_bytes());
        }
        let [a, b, c, d, ..] = canon.hash();
        Ok(Self(u32::from_be_bytes([a, b, c, d])))
    }
}

impl std::fmt::Display for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// A part of a list that is answered in parts: a range of the items that the answer is computed
/// from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The index of the first item.
    pub from: usize,
    /// The index after the last item; `None` if the part has yet to be determined.
    pub to: Option<usize>,
}

/// A position in a list that was read at a seq, as known at another. The mark is that of the later
/// of both, so that a cursor of another log is detected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub seq: Seq,
    pub known: Seq,
    pub mark: LogMark,
    pub list: List,
    /// The position, relative to the part if there is one.
    pub place: u64,
    pub part: Option<Part>,
}

impl Cursor {
    pub(super) fn at(scope: &Scope, list: List, place: usize) -> Self {
        let (seq, known) = (scope.view.seq(), scope.view.known());
        let mark = scope.view.mark(seq.max(known)).unwrap_or_default();
        Self { seq, known, mark, list, place: place as u64, part: None }
    }

    /// Checks that the cursor belongs to the log that is read.
    ///
    /// # Errors
    /// `OTHER_HISTORY`.
    pub(super) fn fits(&self, scope: &Scope) -> Result<()> {
        let position = Position { seq: self.seq.max(self.known), mark: Some(self.mark) };
        scope.view.fits(position).map(|_| ()).map_err(errors::ledger)
    }

    pub(super) fn encode(self) -> String {
        let Self { seq, known, mark, list, place, part } = self;
        let part = match part {
            None => String::new(),
            Some(Part { from, to: Some(to) }) => format!(".{from}-{to}"),
            Some(Part { from, to: None }) => format!(".{from}-"),
        };
        URL_SAFE_NO_PAD.encode(format!("{FORM}.{seq}.{known}.{mark}.{list}.{place}{part}"))
    }

    /// Returns the position at which the page after this cursor starts: 0 for a part that has yet
    /// to be determined.
    pub(super) fn next(self) -> usize {
        match self.part {
            Some(Part { to: None, .. }) => 0,
            _ => usize::try_from(self.place).unwrap_or(usize::MAX).saturating_add(1),
        }
    }

    /// Decodes a cursor of `list`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` if the text is not a cursor, or is one of another list.
    pub(super) fn decode(text: &str, list: List) -> Result<Self> {
        let cursor = Self::parse(text).ok_or_else(|| {
            errors::bad_input(
                "expected a cursor from `pageInfo`, `edges` or `info.resume` of an earlier page, found another text",
            )
        })?;
        if cursor.list != list {
            return Err(errors::bad_input(
                "expected a cursor of this list, found one of another: pass it to the field that returned it, with the same \
                 arguments",
            ));
        }
        Ok(cursor)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.split('.');
        if parts.next()? != FORM {
            return None;
        }
        let (seq, known) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let mark = parts.next()?.parse().ok()?;
        let list = List(u32::from_str_radix(parts.next()?, 16).ok()?);
        let place = parts.next()?.parse().ok()?;
        let part = match parts.next() {
            None => None,
            Some(part) => Some(Part::parse(part)?),
        };
        parts.next().is_none().then_some(Self { seq, known, mark, list, place, part })
    }
}

impl Part {
    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let to = if to.is_empty() { None } else { Some(to.parse().ok()?) };
        Some(Self { from: from.parse().ok()?, to })
    }
}
