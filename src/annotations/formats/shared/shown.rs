//! The size of an image as it is shown: tools that work on the shown image turn it as EXIF says.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::annotations::exif::of_tiff;

/// The largest segment of a JPEG.
const SEGMENT: usize = 65_536;

/// Returns width and height of an image as it is shown: exchanged if EXIF says that it is turned by
/// a right angle. `size_of` returns those of the image as it is stored.
pub(crate) fn size_as_shown(path: &Path, size_of: fn(&Path) -> Option<(u64, u64)>) -> Option<(u64, u64)> {
    let (width, height) = size_of(path)?;
    let is_turned = exif(path).and_then(|tiff| of_tiff(&tiff)).is_some_and(|value| (5..=8).contains(&value));
    Some(if is_turned { (height, width) } else { (width, height) })
}

/// Returns the EXIF segment of a JPEG, without its name.
fn exif(path: &Path) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let mut head = [0; 2];
    file.read_exact(&mut head).ok()?;
    if head != [0xFF, 0xD8] {
        return None;
    }
    let mut segment = [0; 4];
    loop {
        file.read_exact(&mut segment).ok()?;
        let [0xFF, marker, high, low] = segment else { return None };
        let length = usize::from(u16::from_be_bytes([high, low])).checked_sub(2)?;
        match marker {
            // The scan begins: no more segments.
            0xDA => return None,
            0xE1 => {
                let mut bytes = Vec::with_capacity(length.min(SEGMENT));
                file.by_ref().take(length as u64).read_to_end(&mut bytes).ok()?;
                if let Some(tiff) = bytes.strip_prefix(b"Exif\0\0") {
                    return Some(tiff.to_vec());
                }
            }
            _ => drop(file.seek(SeekFrom::Current(i64::try_from(length).ok()?)).ok()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_photo_has_its_sides_exchanged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jpg");
        for (value, size) in [(1_u8, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40)), (9, (40, 30))] {
            let mut bytes = b"\xFF\xD8\xFF\xE0\0\x04ab\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01".to_vec();
            bytes.extend(b"\x01\x12\0\x03\0\0\0\x01\0");
            bytes.extend([value, 0, 0, 0, 0, 0, 0]);
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(size_as_shown(&path, |_| Some((40, 30))), Some(size), "{value}");
        }
        assert_eq!(size_as_shown(&path, |_| None), None);
        assert_eq!(size_as_shown(Path::new("/gone"), |_| Some((1, 2))), Some((1, 2)));
    }
}
