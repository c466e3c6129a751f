//! The orientation of a JPEG, as cameras note it in EXIF.

/// Tag of the orientation (EXIF 2.32, section 4.6.4).
const ORIENTATION: u16 = 0x0112;

/// Returns the orientation in the first bytes of a JPEG, from 1 to 8; `None` if it has none.
#[must_use]
pub fn orientation(head: &[u8]) -> Option<u8> {
    let mut rest = head.strip_prefix(&[0xFF, 0xD8])?;
    while let [0xFF, marker, high, low, ..] = *rest {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let segment = rest.get(4..length + 2)?;
        // The scan begins: no more segments.
        if marker == 0xDA {
            return None;
        }
        if marker == 0xE1
            && let Some(tiff) = segment.strip_prefix(b"Exif\0\0")
        {
            return of_tiff(tiff);
        }
        rest = rest.get(length + 2..)?;
    }
    None
}

/// Reads the orientation from the first directory of a TIFF structure.
pub(crate) fn of_tiff(tiff: &[u8]) -> Option<u8> {
    let is_little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| {
        let bytes: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = (0..usize::from(short(directory)?)).map(|number| directory + 2 + 12 * number);
    let mut found = entries.filter(|entry| short(*entry) == Some(ORIENTATION));
    let value = short(found.next()? + 8)?;
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(orientation: u16, is_little: bool) -> Vec<u8> {
        let short = |value: u16| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        let long = |value: u32| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend(if is_little { b"II" } else { b"MM" });
        exif.extend(short(42));
        exif.extend(long(8));
        exif.extend(short(1));
        exif.extend(short(ORIENTATION));
        exif.extend(short(3));
        exif.extend(long(1));
        exif.extend(short(orientation));
        exif.extend([0, 0]);
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xE1];
        bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        bytes.extend(exif);
        bytes.extend([0xFF, 0xDA, 0, 2]);
        bytes
    }

    #[test]
    fn the_orientation_is_read() {
        assert_eq!(orientation(&jpeg(6, true)), Some(6));
        assert_eq!(orientation(&jpeg(8, false)), Some(8));
        assert_eq!(orientation(&jpeg(9, false)), None);
        assert_eq!(orientation(b"\xFF\xD8\xFF\xDA\0\x02"), None);
        assert_eq!(orientation(b"\x89PNG"), None);
        // Every beginning of it is read without a fault.
        let whole = jpeg(6, true);
        assert!((0..whole.len() - 8).all(|end| orientation(&whole[..end]).is_none()));
    }
}
