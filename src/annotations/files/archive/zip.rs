//! Zip files.

use std::borrow::Cow;
use std::io::{Read, Seek};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::unpack::{EntryKind, Unpacker, damaged};
use crate::annotations::fault::Reason;

/// Unpacks a zip file.
pub(super) fn unpack(input: impl Read + Seek, to: &mut Unpacker<'_>) -> Result<(), Reason> {
    let mut archive = ZipArchive::new(input).map_err(|error| unreadable(&error))?;
    if archive.has_duplicate_names() {
        return Err(Reason::record("duplicate name in the archive; pack each file once"));
    }
    let bytes = archive.decompressed_size().and_then(|size| u64::try_from(size).ok());
    to.declared(archive.len() as u64, bytes.unwrap_or(0))?;
    for place in 0..archive.len() {
        let entry = archive.by_index_data(place).map_err(|error| unreadable(&error))?;
        let name = separated(entry.name_raw());
        let kind = match () {
            () if entry.is_symlink() => EntryKind::Link,
            () if name.ends_with(b"/") => EntryKind::Folder,
            () => EntryKind::File,
        };
        let (name, is_encrypted, method) = (name.into_owned(), entry.encrypted(), entry.compression());
        let Some(path) = to.admitted(&name, kind)? else { continue };
        if is_encrypted {
            let why = "the entry is encrypted; unpack the archive with its password, and import the folder";
            return Err(Reason::new(path, why));
        }
        if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
            let why = format!(
                "expected the compression `deflate`, found {method}; unpack it with `7z x`, and import the folder"
            );
            return Err(Reason::new(path, why));
        }
        let mut content = archive.by_index(place).map_err(|error| unreadable(&error).within(&path))?;
        to.write(&path, &mut content)?;
    }
    Ok(())
}

/// Returns a name with `/` as separator: programs of Windows write backslashes.
fn separated(name: &[u8]) -> Cow<'_, [u8]> {
    if name.contains(&b'\\') {
        name.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect()
    } else {
        name.into()
    }
}

fn unreadable(error: &ZipError) -> Reason {
    match error {
        ZipError::UnsupportedArchive(what) => {
            Reason::record(format!("{what}; unpack it with `7z x`, and import the folder"))
        }
        error => damaged(error),
    }
}
