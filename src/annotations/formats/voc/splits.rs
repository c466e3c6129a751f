//! The lists of images in `ImageSets`, which give images their splits.

use std::collections::HashMap;

use crate::annotations::fault::RecordFault;
use crate::annotations::files::Files;
use crate::annotations::formats::shared::image_files::{parted, stem_of};
use crate::annotations::reader::Skipped;
use crate::annotations::splits::split_of;

/// The folder of the lists.
const LISTS: &str = "ImageSets/";
/// The folders in it, the first of which is read.
const TASKS: [&str; 4] = ["Main/", "Segmentation/", "Layout/", "Action/"];
/// The list of the images of `train` and `val`.
const BOTH: &str = "TRAINVAL";
/// The list of images without a split.
pub(super) const NO_SPLIT: &str = "default";

/// The splits of images.
#[derive(Debug, Default)]
pub(super) struct SplitLists {
    /// By the folder of the data set and the id of the image; the second is true once it was used.
    by_id: HashMap<String, (Option<String>, bool)>,
}

impl SplitLists {
    /// Reads all lists of an input.
    pub(super) fn read(files: &Files, skipped: &mut Skipped) -> Result<Self, RecordFault> {
        let mut lists = Self::default();
        let mut paths: Vec<(&str, &str)> = files
            .ending(".txt")
            .filter_map(|path| {
                let at = path.find(LISTS).filter(|at| *at == 0 || path[..*at].ends_with('/'))?;
                Some((path, &path[..at]))
            })
            .collect();
        // The list of both counts for images that no other list has.
        paths.sort_by_key(|(path, _)| (split(path).as_deref() == Some(BOTH), *path));
        for (path, root) in &paths {
            let (path, root, folder) = (*path, *root, parted(path).0);
            let has = |task: &str| {
                let folder = format!("{root}{LISTS}{task}");
                paths.iter().any(|(path, _)| path.starts_with(&folder))
            };
            let first = TASKS.into_iter().find(|task| has(task)).unwrap_or_default();
            if folder != format!("{root}{LISTS}{first}") {
                skipped.note("list of images of another task (ImageSets)", || path.to_owned());
                continue;
            }
            let text = files.text(path)?;
            if parted(path).1.contains('_') && is_class_list(&text) {
                skipped.note("list of images that have a class (ImageSets)", || path.to_owned());
                continue;
            }
            lists.add(root, &text, &split(path), path, skipped);
        }
        Ok(lists)
    }

    fn add(&mut self, root: &str, text: &str, split: &Option<String>, path: &str, skipped: &mut Skipped) {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let id = format!("{root}{}", line.trim_matches('"'));
            match self.by_id.get(&id) {
                None => {
                    self.by_id.insert(id, (split.clone(), false));
                }
                Some((other, _)) if other == split || split.as_deref() == Some(BOTH) => {}
                Some(_) => {
                    skipped.note("entry of an image that another list has (ImageSets)", || {
                        format!("{path}: {line}")
                    });
                }
            }
        }
    }

    /// Returns the split of an image; `None` if no list has it.
    pub(super) fn of(&mut self, id: &str) -> Option<Option<String>> {
        let (split, is_used) = self.by_id.get_mut(id)?;
        *is_used = true;
        Some(split.clone())
    }

    /// Counts entries of which no image was found.
    pub(super) fn count_unused(&self, skipped: &mut Skipped) {
        let mut unused: Vec<&String> =
            self.by_id.iter().filter(|(_, (_, is_used))| !is_used).map(|(id, _)| id).collect();
        unused.sort_unstable();
        for id in unused {
            skipped.note("entry of a list without an image (ImageSets)", || id.clone());
        }
    }
}

/// Returns the split that the name of a list says.
fn split(path: &str) -> Option<String> {
    let name = stem_of(parted(path).1);
    if name.eq_ignore_ascii_case(NO_SPLIT) {
        return None;
    }
    Some(split_of(name).map_or_else(|| name.to_uppercase(), str::to_owned))
}

/// Returns true if each line is an id and a number that says if the image has a class.
fn is_class_list(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(100).peekable();
    let has_number = |line: &str| {
        line.rsplit_once([' ', '\t']).is_some_and(|(id, last)| {
            matches!(last, "1" | "-1" | "0") && (id.ends_with([' ', '\t']) || !id.trim().contains(' '))
        })
    };
    lines.peek().is_some() && lines.all(has_number)
}
