//! Reading and writing in tests.

use std::fs;
use std::io;
use std::path::Path;

use crate::annotations::files::Files;
use crate::annotations::formats::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::model::{ClassList, ImageBytes, Sample};
use crate::annotations::normal;
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::writer::{Output, SetInfo};

/// The content of an input.
#[derive(Debug)]
pub(crate) struct ReadInput {
    pub classes: ClassList,
    pub samples: Vec<Sample>,
    pub skipped: Skipped,
}

impl ReadInput {
    /// Returns the kinds of skipped entries and their numbers.
    pub(crate) fn skipped_kinds(&self) -> Vec<(&str, u64)> {
        self.skipped.all().map(|(what, count, _)| (what, count)).collect()
    }
}

/// Writes files, and the folders above them.
pub(crate) fn write_files(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        Folder(folder).file(path, text.as_bytes()).unwrap();
    }
}

/// Reads a file or folder to its end, or returns the message. Every image is 64 x 48 pixels.
pub(crate) fn read(format: &AnnotationFormat, path: &Path) -> Result<ReadInput, String> {
    let options = ReaderOptions {
        labels_from_folders: false,
        size_of: |_| Some((64, 48)),
        reference: None,
        variant: None,
    };
    let files = Files::open(path).map_err(|reason| reason.at(1).to_string())?;
    let read = || -> Result<ReadInput, ReadStop> {
        let mut reader = (format.reader)(files, &options)?;
        let (classes, mut samples) = (reader.classes()?, Vec::new());
        while let Some(sample) = reader.next()? {
            samples.push(sample);
            let (done, all) = reader.progress();
            assert!(all.is_none_or(|all| done <= all), "{done} {all:?}");
        }
        Ok(ReadInput { classes, samples, skipped: reader.skipped() })
    };
    read().map_err(|stop| match stop {
        ReadStop::Bad(fault) => fault.to_string(),
        ReadStop::Unreadable(why) => why,
    })
}

/// Writes samples to a folder, with an empty file for each image whose bytes are known. Returns what was left out.
pub(crate) fn write(
    format: &AnnotationFormat,
    classes: &ClassList,
    samples: &[Sample],
    folder: &Path,
) -> Skipped {
    write_variant(format, None, classes, samples, folder)
}

/// Writes samples in a variant of a format, as [`write`] does.
pub(crate) fn write_variant(
    format: &AnnotationFormat,
    variant: Option<&str>,
    classes: &ClassList,
    samples: &[Sample],
    folder: &Path,
) -> Skipped {
    let mut left_out = Skipped::default();
    let mut writer = format.writer.unwrap()(&WriterOptions { variant: variant.map(str::to_owned) });
    let set = SetInfo {
        name: "t/TRAINING_SET/a#1".to_owned(),
        version: format!("version:{}", "0".repeat(64)),
        committed_at: "2026-01-01T00:00:00Z".to_owned(),
        splits: Vec::new(),
    };
    let mut out = Folder(folder);
    writer.begin(&set, classes, &mut left_out, &mut out).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut out).unwrap();
        let path = writer.sample_path(sample).filter(|_| sample.image.bytes != ImageBytes::ByName);
        if let Some(path) = path.filter(|path| !folder.join(path).exists()) {
            out.file(&path, b"").unwrap();
        }
    }
    writer.end(&left_out, &mut out).unwrap();
    left_out
}

/// Checks that two lists of samples are the same, but for their order and places.
pub(crate) fn assert_same(one: &[Sample], other: &[Sample]) {
    let by_name = |samples: &[Sample]| {
        let mut samples = samples.to_vec();
        samples.sort_by(|a, b| a.image.name.cmp(&b.image.name));
        samples
    };
    let (one, other) = (by_name(one), by_name(other));
    assert_eq!(one.len(), other.len());
    for (a, b) in one.iter().zip(&other) {
        assert_eq!((&a.image.name, &a.image.split), (&b.image.name, &b.image.split));
        assert!(
            normal::is_same(&a.image.fields, &b.image.fields),
            "{:?}\n{:?}",
            a.image.fields,
            b.image.fields
        );
        assert_eq!(a.labels.len(), b.labels.len(), "{}", a.image.name);
        for (a, b) in a.labels.iter().zip(&b.labels) {
            assert!(normal::is_same(&a.fields, &b.fields), "{:?}\n{:?}", a.fields, b.fields);
            assert_eq!((a.origin, &a.id), (b.origin, &b.id));
        }
    }
}

/// Reads a folder, writes it, and reads that: the samples and classes must be the same. Returns the
/// first reading and what was left out.
pub(crate) fn assert_round_trip(format: &AnnotationFormat, path: &Path) -> (ReadInput, Skipped) {
    let input = read(format, path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let left_out = write(format, &input.classes, &input.samples, folder.path());
    let again = read(format, folder.path()).unwrap();
    assert_same(&input.samples, &again.samples);
    assert_eq!(input.classes, again.classes);
    assert!((format.recognises)(&Files::open(folder.path()).unwrap()));
    let known =
        |samples: &[Sample]| samples.iter().filter(|one| one.image.bytes != ImageBytes::ByName).count();
    assert_eq!(known(&input.samples), known(&again.samples));
    (input, left_out)
}

/// Checks that a format recognises those folders of `fixtures/imports` that have its name, and no
/// others; reads and writes its own.
pub(crate) fn assert_only_own_fixtures(format: &AnnotationFormat) {
    let mut own = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports")).unwrap() {
        let path = entry.unwrap().path();
        let is_own = path.file_name().and_then(|name| name.to_str()) == Some(format.name);
        if path.is_dir() {
            let is_recognised = (format.recognises)(&Files::open(&path).unwrap());
            assert_eq!(is_recognised, is_own, "{} as {}", path.display(), format.name);
        }
        if is_own {
            own += 1;
            assert!(
                assert_round_trip(format, &path).0.samples.iter().any(|sample| !sample.labels.is_empty())
            );
        }
    }
    assert_eq!(own, 1);
}

struct Folder<'a>(&'a Path);

impl Output for Folder<'_> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(path);
        assert!(!path.exists(), "written twice: {}", path.display());
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(path, bytes)
    }
}
