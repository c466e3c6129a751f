//! Archives as programs and attackers make them.

use std::fs;
use std::io::{Cursor, Write as _};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::*;
use crate::annotations::files::Files;

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        match name.strip_suffix('/') {
            Some(folder) => zip.add_directory(folder, SimpleFileOptions::default()).unwrap(),
            None => {
                zip.start_file(*name, SimpleFileOptions::default()).unwrap();
                zip.write_all(bytes).unwrap();
            }
        }
    }
    zip.finish().unwrap().into_inner()
}

/// Makes a tar of files; a type other than `0` is that of a link, a folder or a device.
fn tarred(entries: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, kind, bytes) in entries {
        let mut header = ::tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_entry_type(::tar::EntryType::new(*kind));
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.extend_from_slice(header.as_bytes());
        tar.extend_from_slice(bytes);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    tar.resize(tar.len() + 2 * BLOCK, 0);
    tar
}

fn files_in_tar(names: &[&str]) -> Vec<u8> {
    let entries: Vec<(&[u8], u8, &[u8])> =
        names.iter().map(|name| (name.as_bytes(), b'0', &b"x"[..])).collect();
    tarred(&entries)
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn opened(name: &str, bytes: &[u8]) -> (TempDir, Result<Files, Reason>) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name), bytes).unwrap();
    let files = Files::open(&dir.path().join(name));
    (dir, files)
}

fn paths(name: &str, bytes: &[u8]) -> Vec<String> {
    let (_dir, files) = opened(name, bytes);
    files.unwrap().paths().map(str::to_owned).collect()
}

fn refused(name: &str, bytes: &[u8]) -> String {
    opened(name, bytes).1.unwrap_err().after_a_name()
}

fn counted(files: &mut Files) -> Vec<(String, u64, String)> {
    let skipped = files.skipped();
    skipped.all().map(|(what, count, first)| (what.to_owned(), count, first.to_owned())).collect()
}

#[test]
fn archives_of_all_kinds_have_the_same_files() {
    let expected = ["images/a.jpg", "labels/a.txt"];
    let names = ["set/images/a.jpg", "set/labels/a.txt"];
    let zip = zipped(&[("set/", b""), ("set/images/a.jpg", b"x"), ("set/labels/a.txt", b"x")]);
    assert_eq!(paths("a.zip", &zip), expected);
    assert_eq!(
        paths("a.zip", &zipped(&[("set\\images\\a.jpg", b"x"), ("set\\labels\\a.txt", b"x")])),
        expected
    );
    let tar = files_in_tar(&names);
    assert_eq!(paths("a.tar", &tar), expected);
    assert_eq!(paths("a.tgz", &gzipped(&tar)), expected);
    // The first bytes decide, not the name.
    assert_eq!(paths("a", &gzipped(&tar)), expected);
    let (_dir, files) = opened("a.zip", &zip);
    let files = files.unwrap();
    assert_eq!(fs::read(files.get("images/a.jpg").unwrap()).unwrap(), b"x");
    assert!(!files.is_one_file() && files.archive().unwrap().ends_with("a.zip"));
    assert_eq!(files.get("labels/a.txt").unwrap(), files.root().join("labels/a.txt"));
    // The folder remains while a clone exists.
    let (clone, root) = (files.clone(), files.root().to_owned());
    drop(files);
    assert!(clone.text("labels/a.txt").is_ok());
    drop(clone);
    assert!(!root.exists());
}

#[test]
fn a_single_document_is_one_file() {
    for (name, bytes) in [
        ("a.json.gz", gzipped(b"{}")),
        ("a.json.GZ", gzipped(b"{}")),
        ("b.zip", zipped(&[("a.json", b"{}")])),
        ("b.zip", zipped(&[("export/", b""), ("export/a.json", b"{}"), ("__MACOSX/export/._a.json", b"")])),
        ("b.tar.gz", gzipped(&files_in_tar(&["./a.json"]))),
    ] {
        let (_dir, files) = opened(name, &bytes);
        let files = files.unwrap();
        assert!(files.is_one_file() && files.get("a.json") == Some(files.root()), "{files:?}");
    }
    // Several members are one file, as gzip reads them.
    let (_dir, files) = opened("a.txt.gz", &[gzipped(b"one "), gzipped(b"two")].concat());
    assert_eq!(files.unwrap().text("a.txt").unwrap(), "one two");
    // A single image is a folder of images.
    assert_eq!(paths("b.zip", &zipped(&[("cats/1.jpg", b"x")])), ["cats/1.jpg"]);
    assert!(!opened("b.zip", &zipped(&[("1.jpg", b"x")])).1.unwrap().is_one_file());
}

#[test]
fn folders_around_all_files_are_left_out() {
    for (names, expected) in [
        (&["a/b/images/1.jpg", "a/b/labels/1.txt"][..], &["images/1.jpg", "labels/1.txt"][..]),
        // Names with a meaning remain.
        (&["a/train/images/1.jpg", "a/train/labels/1.txt"], &["train/images/1.jpg", "train/labels/1.txt"]),
        (&["train2017/x/1.jpg", "train2017/y/2.jpg"], &["train2017/x/1.jpg", "train2017/y/2.jpg"]),
        (&["annotations/instances_val2017.json"], &["annotations/instances_val2017.json"]),
        // A folder of images only can be their class.
        (&["a/cats/1.jpg", "a/cats/2.JPG"], &["cats/1.jpg", "cats/2.JPG"]),
        (&["a/1.jpg", "a/_annotations.coco.json"], &["1.jpg", "_annotations.coco.json"]),
        (&["a/1.jpg", "b.txt"], &["a/1.jpg", "b.txt"]),
    ] {
        assert_eq!(paths("a.tar", &files_in_tar(names)), expected);
    }
}

#[test]
fn no_entry_leaves_the_folder() {
    for name in
        ["../a.txt", "a/../../b.txt", "/etc/a.txt", "C:\\a.txt", "c:a.txt", "\\\\host\\a.txt", "a\\..\\..\\b"]
    {
        let why = refused("a.tar", &files_in_tar(&["ok.txt", name]));
        assert!(
            why.starts_with(": expected relative paths that remain in the folder, found the entry "),
            "{why}"
        );
        let why = refused("a.zip", &zipped(&[("ok.txt", b"x"), (name, b"x")]));
        assert!(why.starts_with(": expected relative paths that remain in the folder"), "{why}");
    }
    let deep = format!("{}a.txt", "d/".repeat(65));
    assert!(refused("a.zip", &zipped(&[(&deep, b"x")])).contains("at most 64 nested folders"));
    assert_eq!(paths("a.tar", &files_in_tar(&["./b/a..txt", "./b//c.txt"])), ["a..txt", "c.txt"]);
}

#[test]
fn what_is_not_unpacked_is_counted() {
    let tar = tarred(&[
        (b"a.txt", b'0', b"x"),
        (b"link.txt", b'2', b""),
        (b"hard.txt", b'1', b""),
        (b"device", b'3', b""),
        (b"x\xff.jpg", b'0', b"x"),
        (b".git/a", b'0', b"x"),
        (b".git/b", b'0', b"x"),
        (b"pax_global_header", b'g', b"18 comment=abcdef\n"),
        (b"more.zip", b'0', b"x"),
        (b"empty/", b'5', b""),
        (b"old/", b'0', b""),
        (b"b/c.txt", b'0', b""),
    ]);
    let (_dir, files) = opened("a.tar", &tar);
    let mut files = files.unwrap();
    assert_eq!(files.paths().collect::<Vec<_>>(), ["a.txt", "b/c.txt"]);
    let counted = counted(&mut files);
    let expected = [
        ("archive in the archive (unpack it, and import it by itself)", 1, "more.zip"),
        ("file whose name is not UTF-8 (rename it)", 1, "x\u{fffd}.jpg"),
        ("hidden file", 1, ".git"),
        ("link in the archive (pack the file itself)", 2, "link.txt"),
        ("special file", 1, "device"),
    ];
    let expected = expected.map(|(what, count, first)| (what.to_owned(), count, first.to_owned()));
    assert_eq!(counted, expected);
    let why = refused("a.zip", &zipped(&[("more.zip", b"x")]));
    assert!(why.contains("expected files in the archive, found none; left out: 1 archive"), "{why}");
}

#[test]
fn duplicates_are_refused() {
    for names in [["a.txt", "./a.txt"], ["a", "a/b"], ["a/b", "a"]] {
        let why = refused("a.tar", &files_in_tar(&names));
        assert!(why.contains("duplicate name in the archive"), "{why}");
    }
    // The zip writer refuses two equal names, so one is renamed afterwards.
    let mut zip = zipped(&[("a.txt", b"x"), ("b.txt", b"y")]);
    while let Some(at) = zip.windows(5).position(|five| five == b"b.txt") {
        zip[at] = b'a';
    }
    assert!(refused("a.zip", &zip).contains("duplicate name in the archive"));
    assert!(refused("a.zip", &zipped(&[("d/a", b"x"), ("d\\a", b"y")])).contains("d/a: duplicate name"));
}

#[test]
fn large_archives_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a");
    let zeros = vec![0; 1024 * 1024];
    let limits = UnpackLimits { entries: 3, bytes: 4_000_000, ratio: 100, free: 10_000 };
    let why = |bytes: &[u8], kind| {
        fs::write(&file, bytes).unwrap();
        unpack_within(&file, "a.bin", kind, limits).map(|_| ()).unwrap_err().after_a_name()
    };
    let bomb = gzipped(&tarred(&[(b"a", b'0', &zeros)]));
    assert!(why(&bomb, ArchiveKind::TarGz).contains("expected at most 100 times the"));
    assert!(why(&gzipped(&zeros), ArchiveKind::Gz).contains("times the"));
    let bomb = zipped(&[("a", &zeros)]);
    let said = why(&bomb, ArchiveKind::Zip);
    assert!(
        said.contains("times the")
            && said.ends_with("if you trust a.bin, unpack it yourself and import the folder")
    );
    let large = tarred(&[
        (b"a", b'0', &zeros),
        (b".b", b'0', &zeros),
        (b"c", b'0', &[zeros.as_slice(), &zeros].concat()),
    ]);
    assert!(why(&large, ArchiveKind::Tar).contains("at most 4000000 bytes"));
    let many = files_in_tar(&["a", "b", "c", "d"]);
    assert!(why(&many, ArchiveKind::Tar).contains("at most 3 entries"));
    let many = zipped(&[("a", b""), ("b", b""), ("c", b""), ("d", b"")]);
    assert!(why(&many, ArchiveKind::Zip).contains("at most 3 entries"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    // A name of 20 MB, which would be kept in memory.
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::GNULongName);
    header.as_mut_bytes()[..13].copy_from_slice(b"././@LongLink");
    header.set_size(20_000_000);
    header.set_cksum();
    let long = gzipped(&[header.as_bytes(), &vec![b'a'; 20_000_000][..]].concat());
    assert!(refused("a.tar.gz", &long).contains("header of more than"));
}

#[test]
fn damaged_archives_are_refused() {
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    })
    .take(64_000)
    .collect();
    let tar = tarred(&[(b"a.txt", b'0', &noise)]);
    let gz = gzipped(&tar);
    for (name, bytes) in [
        ("a.tar", &tar[..20_000]),
        ("a.tgz", &gz[..20_000]),
        ("a.gz", &gzipped(&noise)[..20_000]),
        ("a.zip", &zipped(&[("a.txt", &noise)])[..20_000]),
    ] {
        let why = refused(name, bytes);
        assert!(why.contains("damaged or incomplete"), "{name}: {why}");
    }
    let mut zip = zipped(&[("a.txt", &noise)]);
    zip[1_000] ^= 1;
    let why = refused("a.zip", &zip);
    assert!(why.starts_with(", a.txt: the archive is damaged"), "{why}");
}

#[test]
fn encrypted_entries_and_other_compressions_are_refused() {
    // The first bit of the flags, in the header and in the directory.
    let mut zip = zipped(&[("a.txt", b"x")]);
    let directory = zip.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    for flags in [6, directory + 8] {
        zip[flags] |= 1;
    }
    let why = refused("a.zip", &zip);
    assert!(why.starts_with(", a.txt: the entry is encrypted"), "{why}");
    let mut other = zipped(&[("a.txt", b"x")]);
    for method in [8, directory + 10] {
        other[method] = 12;
    }
    let why = refused("a.zip", &other);
    assert!(why.starts_with(", a.txt: expected the compression `deflate`, found "), "{why}");
    for (magic, found, command) in REFUSED {
        let why = refused("a.json", &[magic, b"rest"].concat());
        assert!(why.contains(found) && why.contains(&format!("`{command} a.json`")), "{why}");
        let why = refused("a.tar.xz", &[magic, b"rest"].concat());
        assert!(why.contains("`tar -xf a.tar.xz`"), "{why}");
    }
    for text in ["", "7z", "{}", "Rar!", "PK", "\u{1f}"] {
        let (_dir, files) = opened("a.json", text.as_bytes());
        assert!(files.unwrap().archive().is_none(), "{text}");
    }
}

#[test]
fn shards_of_a_web_dataset_are_not_unpacked() {
    let is_shard = |entries: &[(&[u8], &[u8])]| {
        let entries: Vec<_> = entries.iter().map(|(name, bytes)| (*name, b'0', *bytes)).collect();
        let tar = tarred(&entries);
        let (_dir, files) = opened("a.tar", &tar);
        let as_it_is = files.unwrap().archive().is_none();
        assert_eq!(opened("a.tar.gz", &gzipped(&tar)).1.unwrap().archive().is_none(), as_it_is);
        as_it_is
    };
    assert!(is_shard(&[(b"0.cls", b"3"), (b"0.jpg", b"x"), (b"1.cls", b"4"), (b"1.jpg", b"x")]));
    assert!(is_shard(&[(b"0.jpg", b"x"), (b"0.json", br#"{"caption": "a"}"#), (b"0.txt", b"a red bird")]));
    for other in [
        // A folder of images, YOLO, labelme, COCO, and images and labels apart.
        &[(&b"cats/0.jpg"[..], &b"x"[..]), (b"cats/1.jpg", b"x")][..],
        &[(b"0.jpg", b"x"), (b"0.txt", b"0 0.5 0.5 0.1 0.1\n")],
        &[(b"0.jpg", b"x"), (b"0.txt", b"")],
        &[(b"0.jpg", b"x"), (b"0.json", br#"{"shapes": [], "imagePath": "0.jpg"}"#)],
        &[(b"a.json", br#"{"images": []}"#), (b"0.jpg", b"x")],
        &[(b"images/0.jpg", b"x"), (b"labels/0.txt", b"a b")],
        &[(b"0.cls", b"3"), (b"README", b"x")],
        &[(b"0.jpg", b"x"), (b"1.jpg", b"x"), (b"0.cls", b"1")],
    ] {
        assert!(!is_shard(other), "{other:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_name_is_refused_or_remains_in_the_folder(name in "[a./\\\\C: -]{0,24}") {
        if let Ok(path) = unpack::safe(&name) {
            let parts: Vec<&str> = path.split(['/', '\\']).collect();
            proptest::prop_assert!(!parts.contains(&".."), "{path}");
            proptest::prop_assert!(!Path::new(&path).is_absolute() && !path.starts_with('\\'), "{path}");
        }
    }
}
