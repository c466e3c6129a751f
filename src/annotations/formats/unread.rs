//! Tools whose annotations no format reads: named, so that their files are not taken for a folder of
//! images.

mod choice;

use std::fs::File;
use std::io::Read as _;

use self::choice::Choice;
use super::shared::image_files::parted;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::{Files, damage};

/// The bytes of a file that are examined.
const HEAD: u64 = 8 * 1024;
/// The files of a kind that are examined.
const EXAMINED: usize = 16;
/// The lists of Pascal VOC, by task.
const VOC_LISTS: [&str; 4] = ["Main", "Segmentation", "Layout", "Action"];

/// Endings of files that have labels.
const LABELS: [&str; 9] =
    ["csv", "geojson", "json", "jsonl", "parquet", "tfrecord", "tfrecords", "tsv", "xml"];
/// Endings of files that may have labels, and are often notes.
const TEXTS: [&str; 4] = ["ndjson", "txt", "yaml", "yml"];
/// The least numbers in a line of YOLO: a class and a box.
const NUMBERS: usize = 5;

/// Finds one file of a tool.
type FindFile = fn(&Files) -> Option<String>;

/// A tool: what its files are, what to convert them to, and a search for one of them.
const TOOLS: [(&str, &str, FindFile); 8] = [
    ("XML of the web tool LabelMe", DATUMARO, label_me),
    ("a sequence of MOTChallenge (`gt.txt`, `det.txt`)", DATUMARO, mot),
    ("labels of KITTI (`label_2`)", DATUMARO, kitti),
    (
        "JSON of Supervisely",
        "export the project as COCO or Pascal VOC, with its app for that format",
        supervisely,
    ),
    ("masks of Pascal VOC without the folder `Annotations`", DATUMARO, voc_masks),
    (
        "lists of Pascal VOC (`ImageSets`) without the folder `Annotations`",
        "import the folder that has both",
        voc_lists,
    ),
    ("masks of Cityscapes", "convert them to COCO panoptic, with `createPanopticImgs.py`", cityscapes),
    (
        "masks of COCO-Stuff",
        "import the COCO files of the same labels, such as `stuff_train2017.json`",
        coco_stuff,
    ),
];

const DATUMARO: &str = "convert them to COCO, such as with `datum convert -i DIR -f coco -o OUT` of Datumaro";

/// Returns a refusal that names the tool, if the files are surely annotations of one that no format
/// reads. For files that no format of annotations recognises.
#[must_use]
pub fn unread_tool(files: &Files) -> Option<RecordFault> {
    TOOLS.iter().find_map(|(what, remedy, find)| {
        let path = find(files)?;
        let alone = if files.is_one_file() { "" } else { "; `--format images` imports the images alone" };
        let why = format!("expected annotations of a known format, found {what}; {remedy}{alone}");
        Some(Reason::record(why).at(RecordPlace::File(path)))
    })
}

/// Returns a refusal that names the first file in UTF-16 or UTF-32 that may have labels. Formats do
/// not recognise such files, and would leave out what they say.
#[must_use]
pub fn wide_text(files: &Files) -> Option<RecordFault> {
    first_wide_text(files, &LABELS)
}

fn first_wide_text(files: &Files, endings: &[&str]) -> Option<RecordFault> {
    let wide = |path: &str| {
        let mut head = [0; 4];
        let read = File::open(files.get(path)?).and_then(|mut file| file.read(&mut head)).ok()?;
        damage::other_text(&head[..read]).filter(|found| matches!(*found, "UTF-16" | "UTF-32"))
    };
    let (path, found) =
        files.paths().filter(|path| has_ending(path, endings)).find_map(|path| Some((path, wide(path)?)))?;
    let why = damage::not_utf_8(found);
    Some(Reason::record(why).at(RecordPlace::File(path.to_owned())))
}

/// Returns a refusal that names the first file that probably has labels, in a folder that would be
/// read as images alone.
#[must_use]
pub fn unread_labels(files: &Files) -> Option<RecordFault> {
    if let Some(fault) = [&LABELS[..], &TEXTS].into_iter().find_map(|endings| first_wide_text(files, endings))
    {
        return Some(fault);
    }
    let is_numbers = |line: &str| {
        let numbers = || line.split_ascii_whitespace().map(str::parse::<f64>);
        numbers().count() >= NUMBERS && numbers().all(|number| number.is_ok())
    };
    let is_rows = |text: &str| lines(text).next().is_some() && lines(text).all(is_numbers);
    let (path, Choice { found, hint }) = match choice::of_labels(files) {
        Some(found) => found,
        None => {
            // One file in which something else is, too, does not make the others no labels.
            let of_yolo = || {
                let in_labels =
                    files.ending(".txt").filter(|path| folder_of(path) == "labels" || is_in(path, "labels"));
                let has_rows =
                    |path: &&str| head(files, path).is_some_and(|text| lines(&text).any(is_numbers));
                in_labels.take(EXAMINED).find(has_rows).map(str::to_owned)
            };
            let path = all_are(files, files.ending(".txt"), is_rows).or_else(of_yolo)?;
            let hint = "read them with `--format yolo`".to_owned();
            (path, Choice { found: "lines of numbers, as YOLO has them".to_owned(), hint })
        }
    };
    let why = format!(
        "expected images alone or labels of a known format, found {found}; {hint}, or import the images alone with \
         `--format images`"
    );
    Some(Reason::record(why).at(RecordPlace::File(path)))
}

/// Returns a refusal that names the variant which an input of one table may have.
#[must_use]
pub fn unclear_table(files: &Files) -> Option<RecordFault> {
    let path = files.paths().next().filter(|_| files.is_one_file())?;
    let Choice { found, hint } = choice::of_table(files, path)?;
    let why = format!("expected annotations of a known format, found {found}; {hint}");
    Some(Reason::record(why).at(RecordPlace::File(path.to_owned())))
}

/// Returns true if a file probably has labels: by the ending of its name.
#[must_use]
pub fn may_have_labels(path: &str) -> bool {
    has_ending(path, &LABELS)
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let ending = parted(path).1.rsplit_once('.').map_or("", |(_, ending)| ending);
    endings.iter().any(|own| own.eq_ignore_ascii_case(ending))
}

/// Returns the first bytes of a file as text.
fn head(files: &Files, path: &str) -> Option<String> {
    let mut head = Vec::new();
    File::open(files.get(path)?).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// Returns the first file with text, if its beginning and those of the next files with text are all
/// of a tool.
fn all_are<'p>(
    files: &Files,
    paths: impl Iterator<Item = &'p str>,
    is_own: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut first = None;
    for path in paths.take(EXAMINED) {
        let text = head(files, path)?;
        if text.trim().is_empty() {
            continue;
        }
        if !is_own(&text) {
            return None;
        }
        first.get_or_insert(path);
    }
    first.map(str::to_owned)
}

/// Returns the complete lines of the beginning of a file that are not blank.
fn lines(head: &str) -> impl Iterator<Item = &str> {
    let is_cut = head.len() as u64 >= HEAD;
    let whole = if is_cut { head.rsplit_once('\n').map_or("", |(whole, _)| whole) } else { head };
    whole.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Returns the name of the folder of a file.
fn folder_of(path: &str) -> &str {
    let folder = parted(path).0.trim_end_matches('/');
    folder.rsplit('/').next().unwrap_or_default()
}

fn label_me(files: &Files) -> Option<String> {
    let is_own = |text: &str| {
        let root = text.find('<').and_then(|at| text.get(at..)).unwrap_or_default();
        let is_root = root.starts_with("<annotation>") || text.contains("\n<annotation>");
        let marks = ["<sourceImage>", "<imagesize>", "<username>", "<pt>"];
        is_root && marks.iter().any(|mark| text.contains(mark))
    };
    all_are(files, files.ending(".xml"), is_own)
}

fn mot(files: &Files) -> Option<String> {
    let is_named = |path: &&str| {
        let name = parted(path).1;
        ["gt", "det"]
            .iter()
            .any(|part| name == format!("{part}.txt") && (files.is_one_file() || folder_of(path) == *part))
    };
    let is_row = |line: &str| {
        let fields: Vec<Option<f64>> = line.split(',').map(|field| field.trim().parse().ok()).collect();
        (6..=10).contains(&fields.len()) && fields.iter().all(Option::is_some)
    };
    all_are(files, files.ending(".txt").filter(is_named), |text| lines(text).all(is_row))
}

fn kitti(files: &Files) -> Option<String> {
    let is_named = |path: &&str| files.is_one_file() || folder_of(path).starts_with("label");
    // The type, then 14 numbers, and the score of a detection.
    let is_row = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [kind, numbers @ ..] = fields.as_slice() else { return false };
        (14..=15).contains(&numbers.len())
            && kind.parse::<f64>().is_err()
            && numbers.iter().all(|number| number.parse::<f64>().is_ok())
    };
    all_are(files, files.ending(".txt").filter(is_named), |text| lines(text).all(is_row))
}

fn supervisely(files: &Files) -> Option<String> {
    let is_named = |path: &&str| files.is_one_file() || folder_of(path) == "ann";
    let is_own = |text: &str| {
        text.trim_start().starts_with('{')
            && ["\"size\"", "\"objects\"", "\"tags\""].iter().all(|name| text.contains(name))
    };
    all_are(files, files.ending(".json").filter(is_named), is_own)
}

/// Returns true if a path is in a folder of this name.
fn is_in(path: &str, folder: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| part == folder)
}

fn voc_masks(files: &Files) -> Option<String> {
    voc_lists(files)?;
    files.ending(".png").find(|path| is_in(path, "SegmentationClass")).map(str::to_owned)
}

fn voc_lists(files: &Files) -> Option<String> {
    let is_list = |path: &&str| is_in(path, "ImageSets") && VOC_LISTS.contains(&folder_of(path));
    let list = files.ending(".txt").find(is_list)?;
    let has_images = files.paths().any(|path| is_in(path, "JPEGImages"));
    (has_images && files.ending(".xml").next().is_none()).then(|| list.to_owned())
}

fn cityscapes(files: &Files) -> Option<String> {
    let is_mask = |path: &&str| {
        ["_gtFine_", "_gtCoarse_"].iter().any(|mark| {
            let ends = ["labelIds.png", "instanceIds.png", "color.png", "labelTrainIds.png"];
            parted(path).1.split_once(mark).is_some_and(|(_, end)| ends.contains(&end))
        })
    };
    files.ending(".png").find(is_mask).map(str::to_owned)
}

fn coco_stuff(files: &Files) -> Option<String> {
    let is_mask = |path: &&str| {
        let is_folder = |part: &str| part.starts_with("stuffthingmaps") || part.ends_with("_pixelmaps");
        let name = parted(path).1;
        let stem = name.strip_suffix("_labelTrainIds.png").or_else(|| name.strip_suffix(".png"));
        // An image of COCO has a number of twelve digits.
        let is_number = stem.is_some_and(|stem| stem.len() == 12 && stem.bytes().all(|b| b.is_ascii_digit()));
        is_number && (name.contains("_labelTrainIds") || path.split('/').any(is_folder))
    };
    files.ending(".png").find(is_mask).map(str::to_owned)
}

#[cfg(test)]
mod tests;
