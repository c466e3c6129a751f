//! The images of an input, with their splits and the files of their labels.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::description::Description;
use super::paths::{folder_of, is_image, joined, label_paths, name_of, parts, stem_of};
use super::places::{Folders, Target, target};
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::names::{Found, Resolver};
use crate::annotations::reader::{SAME_SPLIT, SECOND_SPLIT, Skipped};
use crate::annotations::splits::split_of;

/// An image of the input.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InputImage {
    /// Its path.
    pub path: String,
    /// Its split.
    pub split: Option<Box<str>>,
    /// The file of its labels, if there is one.
    pub labels: Option<Box<str>>,
}

/// Returns the images, in the order of their paths.
pub(super) fn images(
    files: &Files,
    description: &mut Description,
    skipped: &mut Skipped,
) -> Result<Vec<InputImage>, RecordFault> {
    let paths: Vec<&str> = files.paths().filter(|path| is_image(path)).collect();
    let splits = if description.splits.is_empty() {
        let of_folder = |path: &&str| split_of(folder_of(path).trim_end_matches('/')).map(str::to_owned);
        paths.iter().map(|path| Some(of_folder(path))).collect()
    } else {
        splits(files, &paths, description, skipped)?
    };
    let mut used: HashSet<String> = HashSet::new();
    let mut images = Vec::with_capacity(paths.len());
    for (path, split) in paths.iter().zip(splits) {
        let labels = label_paths(path).into_iter().find(|path| {
            files.get(path).is_some() && !description.used.contains(path) && !is_text_of_tool(path)
        });
        // The labels of an image that no split names are not read either.
        used.extend(labels.clone());
        let Some(split) = split else {
            skipped.note("image that is in no split of the data set", || (*path).to_owned());
            continue;
        };
        let (split, labels) = (split.map(Into::into), labels.map(Into::into));
        images.push(InputImage { path: (*path).to_owned(), split, labels });
    }
    others(files, description, &used, !paths.is_empty(), skipped)?;
    Ok(images)
}

/// Returns the split of each image: `None` if no split has it.
fn splits(
    files: &Files,
    paths: &[&str],
    description: &mut Description,
    skipped: &mut Skipped,
) -> Result<Vec<Option<Option<String>>>, RecordFault> {
    let mut splits: Vec<Option<Option<String>>> = vec![None; paths.len()];
    let folders = Folders::new(files);
    let mut names: Option<Resolver> = None;
    let mut lists = BTreeSet::new();
    let (mut found_any, mut first_missing) = (false, None);
    for (place, entry) in description.splits.iter().enumerate() {
        let same = description.splits.iter().take(place).find(|before| before.path == entry.path);
        if let Some(before) = same.filter(|before| before.split != entry.split && entry.is_sure) {
            // Ultralytics needs `val`, so a set without it names the images of another split there.
            skipped.note(SAME_SPLIT, || format!("{} and {}", before.field, entry.field));
            continue;
        }
        let mut set = |image: usize, skipped: &mut Skipped| match splits.get_mut(image) {
            Some(split @ None) => *split = Some(Some(entry.split.clone())),
            Some(Some(Some(before))) if *before != entry.split => {
                let path = paths.get(image).copied().unwrap_or_default();
                skipped.note(SECOND_SPLIT, || path.to_owned());
            }
            _ => {}
        };
        let target = target(files, &folders, description, &entry.path, entry.is_sure);
        match target.filter(|target| entry.is_sure || is_named_like(target, &entry.field)) {
            Some(Target::Folder(folder)) => {
                let from = paths.partition_point(|path| *path < folder.as_str());
                let inside = paths.get(from..).unwrap_or_default();
                let count = inside.iter().take_while(|path| path.starts_with(folder.as_str())).count();
                found_any |= count > 0;
                (from..from + count).for_each(|image| set(image, skipped));
            }
            Some(Target::File(path)) if is_image(&path) => {
                found_any = true;
                paths.binary_search(&path.as_str()).into_iter().for_each(|image| set(image, skipped));
            }
            Some(Target::File(list)) => {
                let names =
                    names.get_or_insert_with(|| Resolver::new(paths.iter().map(|path| (*path).to_owned())));
                for (line, number) in files.text(&list)?.lines().zip(1_u64..) {
                    let line = line.trim();
                    if line.is_empty() {
                        continue;
                    }
                    let place = || RecordPlace::FileLine(list.clone(), number);
                    let found = listed(names, paths, &list, &description.base, line);
                    match found.map_err(|reason| reason.at(place()))? {
                        Some(image) => set(image, skipped),
                        None => skipped.note("image of a list that is not in the input", || {
                            format!("{}: {line}", place())
                        }),
                    }
                }
                found_any = true;
                lists.insert(list);
            }
            None if entry.is_sure => {
                let shown = format!("{}: {}", entry.field, entry.path);
                skipped.note("split whose folder or list is not in the input", || shown.clone());
                first_missing.get_or_insert(shown);
            }
            None => skipped
                .note("field of data.yaml that is not stored", || format!("{}: {}", entry.field, entry.path)),
        }
    }
    if let Some(missing) = first_missing.filter(|_| !found_any) {
        let why = format!(
            "expected the images of the splits in the input, found none of them ({missing}); import the folder that \
             has this file, the images and the labels"
        );
        return Err(Reason::record(why).at(RecordPlace::File(description.file.clone())));
    }
    if !found_any && lists.is_empty() && description.splits.iter().all(|entry| !entry.is_sure) {
        // Only fields that are no splits.
        splits = paths.iter().map(|path| Some(split_of(folder_of(path)).map(str::to_owned))).collect();
    }
    description.used.extend(lists);
    Ok(splits)
}

/// Returns true if a folder or list has the name of a field that may be a split: `images/mini` of
/// `mini`, but not `images` of `images`.
fn is_named_like(target: &Target, field: &str) -> bool {
    let (Target::Folder(path) | Target::File(path)) = target;
    let (name, field) = (stem_of(path.trim_end_matches('/')).to_lowercase(), field.to_lowercase());
    name.ends_with(&field) && !matches!(field.as_str(), "images" | "labels" | "data")
}

/// Finds the image that a line of a list names: below the folder of the list, below the folder of
/// the description, or by the end of its path.
fn listed(
    names: &Resolver,
    paths: &[&str],
    list: &str,
    base: &str,
    line: &str,
) -> Result<Option<usize>, Reason> {
    let own = parts(line);
    for folder in [folder_of(list), base] {
        let path = joined(parts(folder).into_iter().chain(own.iter().copied()));
        if let Some(Ok(image)) = path.map(|path| paths.binary_search(&path.as_str())) {
            return Ok(Some(image));
        }
    }
    match names.find(line) {
        Found::One(path, _) => Ok(paths.binary_search(&path).ok()),
        Found::None => Ok(None),
        Found::Several(several) => Err(Reason::record(format!(
            "expected one image for {line:?}, found {} that end alike, such as {}; write its path in the input",
            several.len(),
            several.first().copied().unwrap_or_default()
        ))),
    }
}

/// Returns true for texts that tools write next to labels.
fn is_text_of_tool(path: &str) -> bool {
    let name = name_of(path).to_ascii_lowercase();
    name.starts_with("readme")
        || matches!(name.as_str(), "classes.txt" | "predefined_classes.txt" | "requirements.txt")
}

/// Counts the files that are neither images nor read. Labels of images that are not in the input
/// are refused if it has no images at all, because their sizes are needed.
fn others(
    files: &Files,
    description: &Description,
    used: &HashSet<String>,
    has_images: bool,
    skipped: &mut Skipped,
) -> Result<(), RecordFault> {
    for path in files.paths() {
        if is_image(path) || used.contains(path) || description.used.contains(path) {
            continue;
        }
        let is_text =
            path.get(path.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".txt"));
        if !is_text || is_text_of_tool(path) {
            skipped.note("file that is neither an image nor a label", || path.to_owned());
        } else if has_images {
            skipped.note("text file without an image of its name", || path.to_owned());
        } else {
            let why = "expected the image of these labels in the input, found no images: the numbers are parts of \
                       the image's size; add the images (in CVAT and Label Studio: export with images)";
            return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())));
        }
    }
    Ok(())
}

/// Returns the images of a data set for which there are predictions: by the names of their files
/// without the ending.
pub(super) fn predicted(
    images: Vec<InputImage>,
    results: &Files,
    skipped: &mut Skipped,
) -> Result<Vec<InputImage>, RecordFault> {
    let mut by_stem: HashMap<&str, &str> = HashMap::new();
    for path in results.ending(".txt").filter(|path| !is_text_of_tool(path)) {
        if let Some(before) = by_stem.insert(stem_of(path), path) {
            let why = format!(
                "expected one file of predictions for an image, found {before} too; import each folder"
            );
            return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())));
        }
    }
    let mut found: HashMap<&str, String> = HashMap::new();
    let mut labelled = Vec::new();
    for mut image in images {
        let stem = stem_of(&image.path);
        let Some((stem, labels)) = by_stem.get_key_value(stem) else { continue };
        if let Some(before) = found.insert(stem, image.path.clone()) {
            let why = format!(
                "expected one image for the predictions, found {before} and {} in the data set; rename one",
                image.path
            );
            return Err(Reason::record(why).at(RecordPlace::File((*labels).to_owned())));
        }
        image.labels = Some((*labels).into());
        labelled.push(image);
    }
    for path in results.paths() {
        match by_stem.get(stem_of(path)) {
            Some(labels) if *labels == path && found.contains_key(stem_of(path)) => {}
            Some(labels) if *labels == path => {
                skipped.note("predictions of an image that is not in the data set", || path.to_owned());
            }
            _ => skipped.note("file that has no predictions", || path.to_owned()),
        }
    }
    Ok(labelled)
}
