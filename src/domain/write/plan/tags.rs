//! Tags: aliases, which are unique within an item and move, and label tags, which are set on any
//! number of versions.

use crate::domain::invalid::Invalid;
use crate::domain::log::entry::TagMove;
use crate::domain::log::facts::{Outcome, TagFact};
use crate::domain::numbers::VersionNo;
use crate::domain::text;
use crate::domain::write::proposal::{RemoveTag, SetTag};
use crate::domain::write::world::World;

use super::Planner;

const ALIASES_ONLY: &str = "expected `expectVersion` with an alias, found it with a label tag, which points to many versions; leave it out";

impl<W: World> Planner<'_, W> {
    pub(super) fn set_tag(&mut self, tag: &SetTag) -> Result<Outcome, Invalid> {
        let version = self.resolve(&tag.version)?;
        if tag.alias {
            return self.set_alias(tag, version);
        }
        if tag.expect.is_some() {
            return Err(Invalid::refused(ALIASES_ONLY));
        }
        self.mark(&tag.name, version)
    }

    fn set_alias(&mut self, tag: &SetTag, version: VersionNo) -> Result<Outcome, Invalid> {
        self.check_form(&tag.name, version, true)?;
        let now = self.alias(self.item_of(version), &tag.name);
        if let Some((at, seq)) = now
            && at == version
        {
            return Ok(Outcome { version: Some(version), seq, ..Outcome::default() });
        }
        self.expect_alias(&tag.name, now.map(|(at, _)| at), tag.expect.as_ref())?;
        Ok(self.move_tag(&tag.name, true, version, true))
    }

    /// Sets a label tag on a version.
    fn mark(&mut self, name: &str, version: VersionNo) -> Result<Outcome, Invalid> {
        self.check_form(name, version, false)?;
        match self.label(version, name) {
            Some(seq) => Ok(Outcome { version: Some(version), seq, ..Outcome::default() }),
            None => Ok(self.move_tag(name, false, version, true)),
        }
    }

    /// Sets the label tags that were given with a version.
    pub(super) fn tag_all(&mut self, names: &[String], outcome: &mut Outcome) -> Result<(), Invalid> {
        let Some(version) = outcome.version else { return Ok(()) };
        for name in names {
            let marked = self.mark(name, version)?;
            outcome.created |= marked.created;
            outcome.seq = outcome.seq.max(marked.seq);
        }
        Ok(())
    }

    pub(super) fn remove_tag(&mut self, tag: &RemoveTag) -> Result<Outcome, Invalid> {
        let version = self.resolve(&tag.version)?;
        let alias = self.alias(self.item_of(version), &tag.name);
        if let Some((at, _)) = alias {
            self.expect_alias(&tag.name, Some(at), tag.expect.as_ref())?;
            return if at == version {
                Ok(self.move_tag(&tag.name, true, version, false))
            } else {
                Err(Invalid::Conflict(format!(
                    "expected the alias {:?} to point at {}, found {}; read it and decide again",
                    tag.name,
                    self.id_of(version),
                    self.id_of(at)
                )))
            };
        }
        if self.label(version, &tag.name).is_some() {
            if tag.expect.is_some() {
                return Err(Invalid::refused(ALIASES_ONLY));
            }
            return Ok(self.move_tag(&tag.name, false, version, false));
        }
        // The tag is not set, so there is nothing to do.
        text::name("tag", &tag.name)?;
        let moved = match self.draft.is_new(version) {
            true => None,
            false => self.world.tag_moved(version, &tag.name),
        };
        let seq = moved.unwrap_or_else(|| self.seq_of(version));
        Ok(Outcome { version: Some(version), seq, ..Outcome::default() })
    }

    /// Checks that a name is not both an alias and a label tag in one namespace: otherwise
    /// `key@name` could mean two things.
    fn check_form(&mut self, name: &str, version: VersionNo, alias: bool) -> Result<(), Invalid> {
        text::name("tag", name)?;
        if name.starts_with("seq:") {
            return Err(Invalid::refused(format!(
                "expected a tag that does not begin with `seq:`, found {name:?}; key@seq:12 names a version by its \
                 commit: choose another name"
            )));
        }
        let namespace = self.item_key(self.item_of(version)).namespace.as_str().to_owned();
        let place = (namespace, name.to_owned());
        let form = self.draft.forms.get(&place).copied().or_else(|| self.world.tag_form(&place.0, name));
        if form == Some(!alias) {
            let (is, asked) = if alias { ("a label tag", "an alias") } else { ("an alias", "a label tag") };
            return Err(Invalid::Conflict(format!(
                "expected {name:?} to be {asked} in the namespace {:?}, found that it is {is} there, and it cannot be both; \
                 choose another name",
                place.0
            )));
        }
        self.draft.forms.insert(place, alias);
        Ok(())
    }

    fn move_tag(&mut self, name: &str, alias: bool, version: VersionNo, set: bool) -> Outcome {
        let item = self.item_of(version);
        let record = TagMove {
            seq: self.given.seq,
            place: u32::try_from(self.draft.tags.len()).unwrap_or(u32::MAX),
            name: name.to_owned(),
            alias,
            item: self.item_key(item).id(),
            version: self.id_of(version),
            set,
        };
        self.draft.tags.push(record);
        self.draft.tagged.entry((item, name.to_owned())).or_default().push(version);
        self.draft.facts.tags.push(TagFact { name: name.to_owned(), alias, version, set });
        if alias {
            self.draft.aliases.insert((item, name.to_owned()), set.then_some(version));
        } else {
            self.draft.labels.insert((version, name.to_owned()), set);
        }
        Outcome { version: Some(version), seq: self.given.seq, created: true, ..Outcome::default() }
    }
}
