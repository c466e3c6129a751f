//! Archives: zip, tar, gzip of either a tar or one file. They are unpacked into a temporary folder,
//! once for each input, as they are read; compressions that are not read are refused by name.

mod root;
mod shard;
mod tar;
mod unpack;
mod zip;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use super::super::fault::Reason;
use super::super::reader::Skipped;
use root::root_of;
pub(crate) use shard::{IMAGE_ENDINGS, has_samples, sample_name};
pub(crate) use tar::{Allowance, Guarded};
use unpack::{UnpackLimits, Unpacker};

/// The size of a block of a tar, in bytes.
const BLOCK: usize = 512;

/// The first bytes of a format, its name, and the command that unpacks it.
const REFUSED: [(&[u8], &str, &str); 8] = [
    (b"\xfd7zXZ\0", "an xz file", "xz -dk"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "zstd -dk"),
    (b"\x04\x22\x4d\x18", "an lz4 file", "lz4 -dk"),
    (b"BZh", "a bzip2 file", "bzip2 -dk"),
    (b"\x1f\x9d", "a file of `compress`", "uncompress -k"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x"),
    (b"Rar!\x1a\x07", "a rar archive", "unrar x"),
    (b"PK\x07\x08", "a part of a zip of several files", "7z x"),
];

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArchiveKind {
    Zip,
    Tar,
    TarGz,
    /// One file, compressed with gzip.
    Gz,
}

/// The content of an archive.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// The temporary folder, which is removed when this is dropped.
    pub folder: TempDir,
    /// The folder of the files, or the only file.
    pub root: PathBuf,
    /// The entries that were left out.
    pub skipped: Skipped,
}

/// Returns the kind of a file by its first bytes; `None` if it is no archive, or if it is a shard of
/// a WebDataset, which is read as it is.
pub(super) fn kind_of(file: &Path, name: &str) -> Result<Option<ArchiveKind>, Reason> {
    let head = head(open(file)?).map_err(unreadable)?;
    if let Some((_, found, command)) = REFUSED.iter().find(|(magic, ..)| head.starts_with(magic)) {
        let is_tar = [".tar.", ".tbz", ".txz", ".tzst"].iter().any(|part| name.contains(part));
        let command = if is_tar { "tar -xf" } else { command };
        return Err(Reason::record(format!(
            "expected a file or folder that is not compressed, or a zip, tar or gzip file, found {found}; unpack it \
             with `{command} {name}`"
        )));
    }
    let kind = match &head[..] {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => ArchiveKind::Zip,
        [0x1f, 0x8b, ..] => match self::head(MultiGzDecoder::new(open(file)?)) {
            Ok(head) if is_tar(&head) => ArchiveKind::TarGz,
            _ => ArchiveKind::Gz,
        },
        head if is_tar(head) => ArchiveKind::Tar,
        _ => return Ok(None),
    };
    let is_shard = match kind {
        ArchiveKind::Tar => has_samples(open(file)?),
        ArchiveKind::TarGz => has_samples(MultiGzDecoder::new(open(file)?)),
        ArchiveKind::Zip | ArchiveKind::Gz => false,
    };
    Ok(Some(kind).filter(|_| !is_shard))
}

/// Unpacks an archive.
pub(super) fn unpack(file: &Path, name: &str, kind: ArchiveKind) -> Result<Unpacked, Reason> {
    unpack_within(file, name, kind, UnpackLimits::DEFAULT)
}

fn unpack_within(
    file: &Path,
    name: &str,
    kind: ArchiveKind,
    limits: UnpackLimits,
) -> Result<Unpacked, Reason> {
    let refused = |error: io::Error| {
        Reason::record(format!("the temporary folder for unpacking cannot be made: {error}; set TMPDIR"))
    };
    let folder = tempfile::Builder::new().prefix("stemma-").tempdir().map_err(refused)?;
    let packed = std::fs::metadata(file).map_err(unreadable)?.len();
    let mut unpacker = Unpacker::new(folder.path(), name, packed, limits);
    match kind {
        ArchiveKind::Zip => zip::unpack(open(file)?, &mut unpacker)?,
        ArchiveKind::Tar => tar::unpack(open(file)?, &mut unpacker)?,
        ArchiveKind::TarGz => tar::unpack(MultiGzDecoder::new(open(file)?), &mut unpacker)?,
        ArchiveKind::Gz => {
            let name = name_without_gz(name);
            unpacker.write(name, &mut MultiGzDecoder::new(open(file)?))?;
            let root = folder.path().join(name);
            return Ok(Unpacked { folder, root, skipped: Skipped::default() });
        }
    }
    let skipped = unpacker.finish()?;
    let root = root_of(folder.path())
        .map_err(|error| Reason::record(format!("the unpacked files cannot be listed: {error}")))?;
    Ok(Unpacked { folder, root, skipped })
}

/// Opens a tar, compressed or not.
///
/// # Errors
/// Returns the error of the file.
pub(crate) fn open_tar(file: &Path) -> io::Result<Box<dyn Read + Send>> {
    let input = || File::open(file).map(BufReader::new);
    let is_gz = head(input()?)?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gz { Box::new(MultiGzDecoder::new(input()?)) } else { Box::new(input()?) })
}

/// Returns the name of the file in a gzip file: `a.json` for `a.json.gz`.
fn name_without_gz(name: &str) -> &str {
    let ends =
        name.len() > 3 && name.get(name.len() - 3..).is_some_and(|end| end.eq_ignore_ascii_case(".gz"));
    if ends { &name[..name.len() - 3] } else { name }
}

/// Returns true if a block is the header of a tar, by its check sum.
fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..BLOCK) else { return false };
    let sum: u32 =
        (0..).zip(block).map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    block[0] != 0 && ::tar::Header::from_byte_slice(block).cksum().is_ok_and(|said| said == sum)
}

fn head(input: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(BLOCK as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn open(file: &Path) -> Result<BufReader<File>, Reason> {
    File::open(file).map(|file| BufReader::with_capacity(256 * 1024, file)).map_err(unreadable)
}

fn unreadable(error: io::Error) -> Reason {
    Reason::record(format!("cannot be read: {error}"))
}

#[cfg(test)]
mod tests;
