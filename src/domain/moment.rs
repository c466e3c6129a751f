//! The moment that a global id carries: `version:<64 hex>@26`, and `…@26~30` where knowledge is set apart.
//!
//! An id without one names the thing as it is now. [`cut`] is the only place that reads the form, and [`IdMoment`]'s
//! `Display` the only one that writes it.

use std::fmt;

use super::id::Seq;

/// The names that may carry a moment begin so.
const CARRIERS: [&str; 4] = ["item:", "version:", "commit:", "statement:"];

/// The moment at which the bearer of an id was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdMoment {
    /// The seq read at.
    pub seq: Seq,
    /// The seq up to which statements count.
    pub known: Seq,
}

impl IdMoment {
    /// Reads what follows the `@`. Each moment has one text: knowledge that is not set apart is not written.
    fn parse(text: &str) -> Option<Self> {
        let Some((seq, known)) = text.split_once('~') else {
            let seq = text.parse().ok()?;
            return Some(Self { seq, known: seq });
        };
        let moment = Self { seq: seq.parse().ok()?, known: known.parse().ok()? };
        (moment.seq != moment.known).then_some(moment)
    }
}

impl fmt::Display for IdMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.seq)?;
        if self.known == self.seq { Ok(()) } else { write!(f, "~{}", self.known) }
    }
}

/// Cuts the moment off an id. Any other text is returned as it is: in `namespace/KIND/key@26`, `26` is a tag.
#[must_use]
pub fn cut(text: &str) -> (&str, Option<IdMoment>) {
    let carries = CARRIERS.iter().any(|carrier| text.starts_with(carrier));
    let end = if carries { text.rsplit_once('@') } else { None };
    let moment = end.and_then(|(name, end)| Some((name, IdMoment::parse(end)?)));
    moment.map_or((text, None), |(name, moment)| (name, Some(moment)))
}

/// An id without the moment that it may carry.
#[must_use]
pub fn without(text: &str) -> &str {
    cut(text).0
}
