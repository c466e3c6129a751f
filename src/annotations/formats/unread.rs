//! Tools whose annotations no format reads: named, so that their files are not taken for a folder of
//! images.

use std::fs::File;
use std::io::Read as _;

use super::shared::image_files::parted;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;

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

/// Returns a refusal that names the first file in UTF-16 that may have labels. Formats do
/// not recognise such files, and would leave out what they say.
#[must_use]
pub fn wide_text(files: &Files) -> Option<RecordFault> {
    first_wide_text(files, &LABELS)
}

fn first_wide_text(files: &Files, endings: &[&str]) -> Option<RecordFault> {
    let is_wide = |path: &&str| {
        let mut head = [0; 4];
        let read = files.get(path).and_then(|file| File::open(file).ok()?.read(&mut head).ok());
        let head = &head[..read.unwrap_or_default()];
        let is_marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
        let is_zero: Vec<bool> = head.iter().map(|byte| *byte == 0).collect();
        is_marked
            || [[true, false, true, false], [false, true, false, true]]
                .iter()
                .any(|wide| *wide == is_zero[..])
    };
    let path = files.paths().filter(|path| has_ending(path, endings)).find(is_wide)?;
    let why = "expected text in UTF-8, found UTF-16; convert it, such as with `iconv -f UTF-16 -t UTF-8`";
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
    let (path, found) = match files.paths().find(|path| may_have_labels(path)) {
        Some(path) => (path.to_owned(), "a file that may have labels of another format"),
        None => (all_are(files, files.ending(".txt"), is_rows)?, "lines of numbers, as YOLO has them"),
    };
    let why = format!(
        "expected images alone or labels of a known format, found {found}; choose the format with `--format`, such as \
         `--format yolo`, or import the images alone with `--format images`"
    );
    Some(Reason::record(why).at(RecordPlace::File(path)))
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
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::annotations::formats::FORMATS;
    use crate::annotations::formats::shared::round_trip::write_files;

    fn refusal(paths: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        write_files(folder.path(), paths);
        let files = Files::open(folder.path()).unwrap();
        // They would be read as a folder of images.
        let format = FORMATS.iter().find(|format| (format.recognises)(&files)).unwrap();
        assert_eq!(format.name, "images", "{paths:?}");
        unread_tool(&files).map(|fault| fault.to_string())
    }

    const LABEL_ME: &str = "<annotation><filename>a.jpg</filename><folder>f</folder><source><sourceImage>The MIT-CSAIL \
                            database</sourceImage></source><object><name>car</name><polygon><username>a</username>\
                            <pt><x>1</x><y>2</y></pt></polygon></object></annotation>";
    const KITTI: &str = "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n\
                         DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10\n";

    #[test]
    fn tools_are_named() {
        for (paths, said) in [
            (
                &[("Images/a.jpg", ""), ("Annotations/a.xml", LABEL_ME)][..],
                "Annotations/a.xml: expected annotations of \
              a known format, found XML of the web tool LabelMe; convert them to COCO",
            ),
            (
                &[
                    ("S1/img1/000001.jpg", ""),
                    ("S1/gt/gt.txt", "1,1,912,484,97,109,0,7,1\n2,1,912,484,97,109,0,7,1\n"),
                ],
                "a sequence of MOTChallenge",
            ),
            (&[("det/det.txt", "1,-1,912.5,484,97,109,0.9,-1,-1,-1\n"), ("img1/1.jpg", "")], "MOTChallenge"),
            (
                &[
                    ("training/image_2/1.png", ""),
                    ("training/label_2/0.txt", ""),
                    ("training/label_2/1.txt", KITTI),
                ],
                "training/label_2/1.txt: expected annotations of a known format, found labels of KITTI",
            ),
            (
                &[
                    ("ds/img/a.jpg", ""),
                    ("meta.json", "{\"classes\": [], \"tags\": []}"),
                    (
                        "ds/ann/a.jpg.json",
                        "{\"description\": \"\", \"tags\": [], \"size\": {\"height\": 4, \"width\": 5}, \"objects\": []}",
                    ),
                ],
                "JSON of Supervisely; export the project as COCO",
            ),
            (
                &[("VOC2012/ImageSets/Main/train.txt", "a\n"), ("VOC2012/JPEGImages/a.jpg", "")],
                "lists of Pascal VOC (`ImageSets`) without the folder `Annotations`; import the folder that has both; \
                 `--format images` imports the images alone",
            ),
            (
                &[
                    ("ImageSets/Segmentation/train.txt", "a\n"),
                    ("JPEGImages/a.jpg", ""),
                    ("SegmentationClass/a.png", ""),
                ],
                "masks of Pascal VOC",
            ),
            (
                &[("gtFine/train/a/a_0_gtFine_labelIds.png", ""), ("leftImg8bit/train/a/a_0.png", "")],
                "Cityscapes",
            ),
            (
                &[
                    ("stuffthingmaps_trainval2017/train2017/000000000009.png", ""),
                    ("train2017/000000000009.jpg", ""),
                ],
                "masks of COCO-Stuff",
            ),
            (&[("annotations/train2017/000000000009_labelTrainIds.png", "")], "masks of COCO-Stuff"),
        ] {
            let why = refusal(paths).unwrap_or_else(|| panic!("{paths:?}"));
            assert!(why.contains(said), "{why}");
        }
    }

    #[test]
    fn other_folders_are_folders_of_images() {
        for paths in [
            &[("a.jpg", ""), ("notes.txt", KITTI)][..],
            &[("a.jpg", ""), ("labels/readme.txt", "Car is a class")],
            &[("a.jpg", ""), ("gt/gt.txt", "1,1,912\n")],
            &[("a.jpg", ""), ("gt.txt", "1,1,912,484,97,109,0,7,1\n")],
            &[("a.jpg", ""), ("a.xml", "<html><pt></html>")],
            &[("a.jpg", ""), ("ann/a.json", "{\"size\": 1}")],
            &[("ImageSets/train.txt", "a"), ("JPEGImages/a.jpg", "")],
            &[("000000000009.png", "")],
        ] {
            assert_eq!(refusal(paths), None);
        }
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports")).unwrap() {
            let files = Files::open(&entry.unwrap().path()).unwrap();
            assert_eq!(unread_tool(&files), None, "{}", files.root().display());
        }
    }

    #[test]
    fn a_single_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        write_files(folder.path(), &[("a.xml", LABEL_ME), ("1.txt", KITTI), ("gt.txt", "1,1,9,4,9,1,0,7,1")]);
        for name in ["a.xml", "1.txt", "gt.txt"] {
            let why = unread_tool(&Files::open(&folder.path().join(name)).unwrap()).unwrap().to_string();
            assert!(why.starts_with(name) && !why.contains("--format"), "{why}");
        }
    }
}
