//! Reading packed facts: [`Facts::read`].

use super::VersionFact;
use super::{
    ANSWERED, AssertedFact, ClassMoveFact, FORMAT, FORMER, FORMER_WITH_CLASS_MOVES, Facts, MembershipFact,
    Outcome, PackedFacts, RULES, RequestFact, StatementFact, TagFact,
};
use crate::domain::canonical::attributes::Leaf;
use crate::domain::canonical::wire::{Broken, Reader};
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::numbers::ItemNo;
use crate::domain::numbers::VersionNo;
use crate::domain::pins::Pins;
use crate::domain::search::searchable::KeyBytes;
use crate::domain::statement::StatementKind;

impl<'a> Facts<&'a str, KeyBytes<'a>> {
    /// Reads facts without copying the texts and values of versions.
    ///
    /// # Errors
    /// [`Broken`] if the bytes are not written by [`Facts::pack`].
    pub fn read(packed: &'a PackedFacts) -> Result<Self, Broken> {
        let (covered, texts) = match packed {
            PackedFacts::Current { covered, texts } => (covered, texts),
            PackedFacts::Former(bytes) => return Self::read_former(bytes),
        };
        let (mut r, mut texts) = (Reader::new(covered)?, Reader::new(texts)?);
        if r.number()? != FORMAT {
            return Err(Broken("facts of another format"));
        }
        if texts.number()? != RULES {
            return Err(Broken("texts by rules of another release"));
        }
        let mut texts = Some(texts);
        let mut facts = read_all(&mut r, &mut texts)?;
        facts.class_moves = r.list(read_class_move)?;
        r.end()?;
        texts.map_or(Ok(()), |texts| texts.end())?;
        Ok(facts)
    }

    /// Reads facts of entry format 1, which are one record.
    fn read_former(bytes: &'a [u8]) -> Result<Self, Broken> {
        let mut r = Reader::new(bytes)?;
        let format = r.number()?;
        if ![FORMER, FORMER_WITH_CLASS_MOVES].contains(&format) {
            return Err(Broken("facts of another format"));
        }
        let mut facts = read_all(&mut r, &mut None)?;
        if format == FORMER_WITH_CLASS_MOVES {
            facts.class_moves = r.list(read_class_move)?;
            // One form per content: this format is written for class moves only.
            if facts.class_moves.is_empty() {
                return Err(Broken("facts of another format"));
            }
        }
        r.end()?;
        Ok(facts)
    }

    pub(super) fn copied(self) -> Facts {
        let Self { items, versions, memberships, asserted, statements, tags, request, class_moves } = self;
        let versions = versions.into_iter().map(VersionFact::copied).collect();
        Facts { items, versions, memberships, asserted, statements, tags, request, class_moves }
    }
}

/// Reads everything up to the class moves. Without `texts`, keys and values are in the record itself.
fn read_all<'a>(
    r: &mut Reader<'a>,
    texts: &mut Option<Reader<'a>>,
) -> Result<Facts<&'a str, KeyBytes<'a>>, Broken> {
    let mut last: Option<(&str, Namespace)> = None;
    Ok(Facts {
        items: r.list(|r| {
            let text = r.text()?;
            // Most items have the namespace of the item before them.
            let namespace = match &last {
                Some((same, namespace)) if *same == text => namespace.clone(),
                _ => text.parse().map_err(|_| Broken("namespace"))?,
            };
            last = Some((text, namespace.clone()));
            let kind = code(r.number()?, Kind::from_code).ok_or(Broken("kind"))?;
            let id = if texts.is_some() { Some(ItemId::from_bytes(r.raw()?)) } else { None };
            let key = ItemKey::new(namespace, kind, texts_of(r, texts).text()?);
            let key = key.map_err(|_| Broken("item key"))?;
            // The digest of the commit covers the id, and the id the key.
            if id.is_some_and(|id| id != key.id()) { Err(Broken("item key")) } else { Ok(key) }
        })?,
        versions: r.list(|r| read_version(r, texts))?,
        memberships: r.list(|r| {
            Ok(MembershipFact {
                set: VersionNo(r.small()?),
                complete: r.flag()?,
                removed: r.ascending(VersionNo)?,
                added: Pins::unpack(r)?,
            })
        })?,
        asserted: r.list(|r| {
            Ok(AssertedFact {
                derived: VersionNo(r.small()?),
                source: VersionNo(r.small()?),
                role: r.text()?.to_owned(),
            })
        })?,
        statements: r.list(|r| {
            Ok(StatementFact {
                kind: code(r.number()?, StatementKind::from_code).ok_or(Broken("statement kind"))?,
                version: VersionNo(r.small()?),
                by: r.optional_small()?.map(VersionNo),
                reason: r.raw()?,
            })
        })?,
        tags: r.list(|r| {
            Ok(TagFact {
                name: r.text()?.to_owned(),
                alias: r.flag()?,
                set: r.flag()?,
                version: VersionNo(r.small()?),
            })
        })?,
        request: if r.flag()? { Some(unpack_request(r)?) } else { None },
        class_moves: Vec::new(),
    })
}

/// Returns the record that has keys and values.
fn texts_of<'r, 'a>(r: &'r mut Reader<'a>, texts: &'r mut Option<Reader<'a>>) -> &'r mut Reader<'a> {
    texts.as_mut().unwrap_or(r)
}

impl VersionFact<&str, KeyBytes<'_>> {
    pub(super) fn copied(self) -> VersionFact {
        let Self { id, item, parent, content, payload, ontology, classes, stale_classes, .. } = self;
        VersionFact {
            id,
            item,
            parent,
            content,
            payload,
            sources: self.sources.into_iter().map(|(role, source)| (role.to_owned(), source)).collect(),
            ontology,
            attributes: self
                .attributes
                .iter()
                .map(|(path, value)| ((*path).to_owned(), value.key()))
                .collect(),
            words: self.words.into_iter().map(str::to_owned).collect(),
            classes,
            stale_classes,
        }
    }
}

fn code<T>(number: u64, from: impl Fn(u8) -> Option<T>) -> Option<T> {
    u8::try_from(number).ok().and_then(from)
}

fn read_version<'a>(
    r: &mut Reader<'a>,
    texts: &mut Option<Reader<'a>>,
) -> Result<VersionFact<&'a str, KeyBytes<'a>>, Broken> {
    Ok(VersionFact {
        id: VersionId::from_bytes(r.raw()?),
        item: ItemNo(r.small()?),
        parent: r.optional_small()?.map(VersionNo),
        content: r.raw()?,
        payload: if r.flag()? { Some(Digest::from_bytes(r.raw()?)) } else { None },
        sources: r.list(|r| Ok((r.text()?, VersionNo(r.small()?))))?,
        ontology: r.optional_small()?.map(VersionNo),
        attributes: texts_of(r, texts).list(|r| Ok((r.text()?, KeyBytes::unpack(r)?)))?,
        words: texts_of(r, texts).list(Reader::text)?,
        classes: leaves(r)?,
        stale_classes: leaves(r)?,
    })
}

fn leaves(r: &mut Reader<'_>) -> Result<Vec<Leaf>, Broken> {
    r.list(|r| Ok(Leaf::from_le_bytes(r.raw()?)))
}

fn read_class_move(r: &mut Reader<'_>) -> Result<ClassMoveFact, Broken> {
    let pair = |r: &mut Reader<'_>| Ok((Leaf::from_le_bytes(r.raw()?), Leaf::from_le_bytes(r.raw()?)));
    Ok(ClassMoveFact { list: VersionNo(r.small()?), made: leaves(r)?, renamed: r.list(pair)? })
}

fn unpack_request(r: &mut Reader<'_>) -> Result<RequestFact, Broken> {
    Ok(RequestFact { key: r.raw()?, asked: r.raw()?, outcomes: r.list(unpack_outcome)? })
}

fn unpack_outcome(r: &mut Reader<'_>) -> Result<Outcome, Broken> {
    let found = Outcome {
        version: r.optional_small()?.map(VersionNo),
        statement: if r.flag()? { Some((Seq(r.number()?), r.small()?)) } else { None },
        source: r.optional_small()?.map(VersionNo),
        seq: Seq(r.number()?),
        ..Outcome::default()
    };
    match r.raw::<1>()? {
        [0] => Ok(found),
        [1] => Ok(Outcome { created: true, ..found }),
        [ANSWERED] => Ok(Outcome { answered_by: Some((Seq(r.number()?), r.small()?)), ..found }),
        _ => Err(Broken("outcome")),
    }
}
