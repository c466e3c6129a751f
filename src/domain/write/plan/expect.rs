//! The expectations of a write, and the parent of a new version.
//!
//! The result of the same write is looked for first, so that a retry finds it even if the head has
//! moved since. Only then are expectations checked. Every CONFLICT has the expected and the found
//! state.

use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::numbers::VersionNo;
use crate::domain::version::Content;
use crate::domain::write::proposal::{Expected, Ref};
use crate::domain::write::world::World;

use super::Planner;

/// The inputs that decide the parent of a new version.
pub(super) struct Follows<'a> {
    /// The parent, if it is given.
    pub parent: Option<&'a Ref>,
    /// The version that a change of members was made from; it must be the head.
    pub base: Option<VersionNo>,
    /// The required head.
    pub expect_head: Option<&'a Expected>,
}

/// An expectation with its reference resolved.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expectation {
    /// There is no version yet.
    Absent,
    /// It is this version.
    Is(VersionNo),
}

impl Expectation {
    fn holds(self, found: Option<VersionNo>) -> bool {
        match self {
            Self::Absent => found.is_none(),
            Self::Is(version) => found == Some(version),
        }
    }
}

impl<W: World> Planner<'_, W> {
    /// Returns the parent of the new version: the given parent, the base, the expected head, or the
    /// current head. `content` must be normalised.
    pub(super) fn parent(
        &self,
        key: &ItemKey,
        follows: &Follows<'_>,
        content: &Content,
    ) -> Result<Option<VersionNo>, Invalid> {
        let head = self.item(key).and_then(|item| self.head(item));
        let expected = self.expectation(key, follows.expect_head)?;
        let given = follows.parent.map(|named| self.resolve_of(key, named)).transpose()?;
        let parent = match (given.or(follows.base), expected) {
            (Some(given), _) => Some(given),
            (None, Some(Expectation::Is(version))) => Some(version),
            (None, Some(Expectation::Absent)) => None,
            (None, None) => head,
        };
        let is_judged = expected.is_some() || follows.base.is_some();
        if !is_judged || self.own_result(key, parent, content) {
            return Ok(parent);
        }
        self.judge_head(key, expected)?;
        if let Some(base) = follows.base.filter(|base| head != Some(*base)) {
            return Err(Invalid::Conflict(format!(
                "expected the base {} to be the head of {key}, found {}; read the set and decide again, or say \
                 `onto: HEAD` to apply the change to the head",
                self.id_of(base),
                self.shown(head)
            )));
        }
        Ok(parent)
    }

    /// Checks that the head of an item is as expected.
    pub(super) fn expect_head(&self, key: &ItemKey, expected: Option<&Expected>) -> Result<(), Invalid> {
        self.judge_head(key, self.expectation(key, expected)?)
    }

    /// Returns the expectation about an item, resolved.
    pub(super) fn expectation(
        &self,
        key: &ItemKey,
        expected: Option<&Expected>,
    ) -> Result<Option<Expectation>, Invalid> {
        Ok(match expected {
            None => None,
            Some(Expected::Nothing) => Some(Expectation::Absent),
            Some(Expected::Version(named)) => Some(Expectation::Is(self.resolve_of(key, named)?)),
        })
    }

    pub(super) fn judge_head(&self, key: &ItemKey, expected: Option<Expectation>) -> Result<(), Invalid> {
        let head = self.item(key).and_then(|item| self.head(item));
        let Some(expected) = expected.filter(|expected| !expected.holds(head)) else { return Ok(()) };
        let found = self.shown(head);
        Err(Invalid::Conflict(match expected {
            Expectation::Absent => format!(
                "expected that {key} does not exist yet (`expectHead` is null, or `expectNew` is true), found its head \
                 {found}; read it and decide again"
            ),
            Expectation::Is(version) => format!(
                "expected {} to be the head of {key}, found {found}; read it and decide again",
                self.id_of(version)
            ),
        }))
    }

    /// Checks that an alias points to the expected version.
    pub(super) fn expect_alias(
        &self,
        name: &str,
        now: Option<VersionNo>,
        expected: Option<&Expected>,
    ) -> Result<(), Invalid> {
        let expected = match expected {
            None => return Ok(()),
            Some(Expected::Nothing) => Expectation::Absent,
            Some(Expected::Version(named)) => Expectation::Is(self.resolve(named)?),
        };
        if expected.holds(now) {
            return Ok(());
        }
        let found = self.shown(now);
        Err(Invalid::Conflict(match expected {
            Expectation::Absent => format!(
                "expected that there is no alias {name:?} yet (`expectVersion` is null, or `expectNew` is true), found it \
                 at {found}; read it and decide again"
            ),
            Expectation::Is(version) => format!(
                "expected the alias {name:?} to point at {}, found {found}; read it and decide again",
                self.id_of(version)
            ),
        }))
    }

    /// Returns true if this content on this parent is a version already. Content equal to that of
    /// the parent makes no version: such a write is judged like any other, so that it does not
    /// succeed against an unexpected head.
    pub(super) fn own_result(&self, key: &ItemKey, parent: Option<VersionNo>, content: &Content) -> bool {
        self.find(&content.version_id(key.id(), parent.map(|parent| self.id_of(parent)))).is_some()
    }

    /// Returns the version that a reference names, which must be one of this item.
    fn resolve_of(&self, key: &ItemKey, named: &Ref) -> Result<VersionNo, Invalid> {
        let version = self.resolve(named)?;
        let of = self.item_key(self.item_of(version));
        if of == key {
            return Ok(version);
        }
        Err(Invalid::refused(format!(
            "{} is a version of {of}, not of {key}; name a version of the same item, or leave it out",
            self.id_of(version)
        )))
    }

    /// Returns a version as messages name it.
    pub(super) fn shown(&self, version: Option<VersionNo>) -> String {
        version.map_or_else(|| "nothing".to_owned(), |version| self.id_of(version).to_string())
    }
}
