//! References resolved to versions.

use super::at::At;
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::id::VersionId;
use crate::domain::reference::{Reference, Which};
use crate::domain::rules::Invalid;

impl At<'_> {
    /// The version that a reference names.
    ///
    /// # Errors
    /// [`Invalid::NotFound`]; [`Invalid::Conflict`] where it could be several; [`Invalid::AsOfUnavailable`] for a head at
    /// a later moment, also of an item that there is not yet.
    pub fn resolve(self, reference: &Reference, text: &str) -> Result<VersionNo, Invalid> {
        let missing = || Invalid::not_found("version", text);
        match reference {
            Reference::Version(id) => self.version(id).ok_or_else(missing),
            Reference::Prefix(prefix) => self.by_prefix(prefix, text),
            Reference::Item { whole, split } => {
                if let Some(item) = self.item(&whole.id()) {
                    return self.head(item).ok_or_else(missing);
                }
                let (key, which) = split.as_ref().ok_or_else(missing)?;
                if matches!(which, Which::Seq(seq) if *seq > self.seq()) {
                    return Err(Invalid::not_yet(text, self.seq()));
                }
                let item = self.item(&key.id()).ok_or_else(missing)?;
                self.which(item, which, text)
            }
        }
    }

    fn which(self, item: ItemNo, which: &Which, text: &str) -> Result<VersionNo, Invalid> {
        let missing = || Invalid::not_found("version", text);
        match which {
            Which::Number(number) => {
                self.history(item).get(*number as usize - 1).copied().ok_or_else(missing)
            }
            Which::Seq(seq) => At::new(self.index(), *seq).head(item).ok_or_else(missing),
            Which::Tag(tag) => {
                let mut tagged: Vec<VersionNo> = self
                    .item_tags(item)
                    .iter()
                    .filter(|moved| self.index().text(moved.name) == tag)
                    .map(|moved| moved.version)
                    .collect();
                tagged.dedup();
                match tagged[..] {
                    [] => Err(missing()),
                    [version] => Ok(version),
                    _ => Err(Invalid::Conflict(format!(
                        "{} versions carry the tag {tag:?}; name one by `#number` or id",
                        tagged.len()
                    ))),
                }
            }
        }
    }

    /// Looks at every id: a convenience for people, who type prefixes one at a time.
    fn by_prefix(self, prefix: &str, text: &str) -> Result<VersionNo, Invalid> {
        let starts = |id: &VersionId| id.hex().starts_with(prefix);
        let first = u8::from_str_radix(&prefix[..2], 16).unwrap_or(0);
        let visible = &self.index.versions.ids[..self.visible() as usize];
        let mut found = (0_u32..).zip(visible).filter(|(_, id)| id.as_bytes()[0] == first && starts(id));
        match (found.next(), found.next()) {
            (None, _) => Err(Invalid::not_found("version", text)),
            (Some((version, _)), None) => Ok(VersionNo(version)),
            (Some(_), Some(_)) => {
                Err(Invalid::Conflict(format!("several versions start with {prefix}; give more digits")))
            }
        }
    }
}
