//! Finds the folders and files that a description names.

use super::description::Description;
use super::paths::{is_absolute, joined, parts};
use crate::annotations::files::Files;
use crate::annotations::splits::split_of;

/// What a path of the description is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A folder, with a slash at its end; empty for the top.
    Folder(String),
    /// A file.
    File(String),
}

/// Finds the folder or file of a split. A path is looked up below `path` of the data file and below
/// its folder, also without `../` at its start, as Roboflow writes it. A path on another machine is
/// looked up by its end, if the rest says nothing about the split.
pub(super) fn target(
    files: &Files,
    folders: &Folders,
    description: &Description,
    entry: &str,
    by_end: bool,
) -> Option<Target> {
    let at = |path: String| {
        if files.get(&path).is_some() {
            return Some(Target::File(path));
        }
        folders.find(&path).map(Target::Folder)
    };
    let (base, own) = (parts(&description.base), parts(entry));
    let root = description.root.as_deref().unwrap_or_default();
    let root_parts = parts(root);
    let chain = |lists: &[&[&str]]| joined(lists.iter().flat_map(|list| list.iter().copied()));
    if !is_absolute(entry) {
        let without_up = own.iter().position(|part| *part != "..").unwrap_or(own.len());
        let below = if is_absolute(root) { None } else { chain(&[&base, &root_parts, &own]) };
        let literal = [below, chain(&[&base, &own]), chain(&[&base, own.get(without_up..)?])];
        if let Some(found) = literal.into_iter().flatten().find_map(at) {
            return Some(found);
        }
    }
    if !by_end {
        return None;
    }
    let whole: Vec<&str> =
        if is_absolute(entry) { own.clone() } else { root_parts.iter().chain(&own).copied().collect() };
    // At least the path itself, if only its root is on another machine.
    let last = if is_absolute(entry) { whole.len() } else { root_parts.len() + 1 };
    let split = split_of(&whole.join("/"));
    (0..last).find_map(|start| {
        let end = whole.get(start..)?;
        let path = chain(&[&base, end]).filter(|_| split_of(&end.join("/")) == split)?;
        at(path)
    })
}

/// The folders of an input.
#[derive(Debug)]
pub(super) struct Folders<'f> {
    paths: Vec<&'f str>,
}

impl<'f> Folders<'f> {
    /// Lists the folders.
    pub(super) fn new(files: &'f Files) -> Self {
        Self { paths: files.paths().collect() }
    }

    /// Returns a folder with a slash at its end, if it has files.
    fn find(&self, path: &str) -> Option<String> {
        if path.is_empty() {
            return Some(String::new());
        }
        let folder = format!("{path}/");
        let from = self.paths.partition_point(|path| *path < folder.as_str());
        self.paths.get(from).is_some_and(|path| path.starts_with(&folder)).then_some(folder)
    }
}
