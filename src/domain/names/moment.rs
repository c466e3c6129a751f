//! The moment in a global id: `version:<64 hex>@26`, and `…@26~30` if statements are read up to
//! another seq.
//!
//! An id without a moment names the current state. Only [`split`] reads the form, and only
//! [`IdMoment`]'s `Display` writes it.

use std::fmt;

use crate::domain::id::Seq;

/// Prefixes of the ids that may have a moment.
const CARRIERS: [&str; 4] = ["item:", "version:", "commit:", "statement:"];

/// The moment at which the object of an id was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdMoment {
    /// The seq that is read.
    pub seq: Seq,
    /// The seq up to which statements count.
    pub known: Seq,
}

impl IdMoment {
    /// Reads the text after the `@`. Each moment has one text: `known` is not written if it equals
    /// `seq`.
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

/// Splits the moment off an id. Any other text is returned unchanged: in `namespace/KIND/key@26`,
/// `26` is a tag.
#[must_use]
pub fn split(text: &str) -> (&str, Option<IdMoment>) {
    let carries = CARRIERS.iter().any(|carrier| text.starts_with(carrier));
    let end = if carries { text.rsplit_once('@') } else { None };
    let moment = end.and_then(|(name, end)| Some((name, IdMoment::parse(end)?)));
    moment.map_or((text, None), |(name, moment)| (name, Some(moment)))
}

/// Returns an id without its moment.
#[must_use]
pub fn strip(text: &str) -> &str {
    split(text).0
}
