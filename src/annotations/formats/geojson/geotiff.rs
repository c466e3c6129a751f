//! The position of a GeoTIFF in the world, from the tags of its first image.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::transform::Transform;

/// The most tags of an image, and the most bytes of one of them.
const MOST_TAGS: u64 = 4096;
const MOST_BYTES: u64 = 64 * 1024;

const PIXEL_SCALE: u16 = 33_550;
const TIE_POINTS: u16 = 33_922;
const TRANSFORMATION: u16 = 34_264;
const GEO_KEYS: u16 = 34_735;
/// The key that says if coordinates are those of the corner (1) or of the centre (2) of a pixel.
const RASTER_TYPE: u16 = 1025;

/// Returns the transform that the tags of a TIFF give; `None` if it has none.
pub(super) fn transform_of(system: &Path) -> Option<Transform> {
    let mut tiff = Tiff::open(system)?;
    let (mut scale, mut tie, mut matrix, mut is_point) = (Vec::new(), Vec::new(), Vec::new(), false);
    for tag in tiff.tags()? {
        match tag.code {
            PIXEL_SCALE => scale = tiff.doubles(&tag)?,
            TIE_POINTS => tie = tiff.doubles(&tag)?,
            TRANSFORMATION => matrix = tiff.doubles(&tag)?,
            GEO_KEYS => is_point = tiff.read_raster_type(&tag)?,
            _ => {}
        }
    }
    let [a, b, c, d, e, f] = match (scale.as_slice(), tie.as_slice(), matrix.as_slice()) {
        (_, _, [a, b, _, c, d, e, _, f, ..]) => [*a, *b, *c, *d, *e, *f],
        // Several tie points would warp the image.
        ([across, down, ..], [column, row, _, x, y, _], _) => {
            [*across, 0.0, x - column * across, 0.0, -down, y + row * down]
        }
        _ => return None,
    };
    let half = if is_point { 0.5 } else { 0.0 };
    Transform::new([a, b, c - half * (a + b), d, e, f - half * (d + e)])
}

struct Tiff {
    file: File,
    is_little: bool,
    is_big: bool,
}

struct Tag {
    code: u16,
    kind: u16,
    count: u64,
    /// The value, or its position.
    value: Vec<u8>,
}

impl Tiff {
    fn open(system: &Path) -> Option<Self> {
        let mut file = File::open(system).ok()?;
        let mut head = [0; 4];
        file.read_exact(&mut head).ok()?;
        let (is_little, is_big) = match head {
            [b'I', b'I', 42, 0] => (true, false),
            [b'M', b'M', 0, 42] => (false, false),
            [b'I', b'I', 43, 0] => (true, true),
            [b'M', b'M', 0, 43] => (false, true),
            _ => return None,
        };
        Some(Self { file, is_little, is_big })
    }

    fn tags(&mut self) -> Option<Vec<Tag>> {
        let (offset, word, count) = if self.is_big { (8, 8, 8) } else { (4, 4, 2) };
        let first = self.bytes(offset, word)?;
        let first = self.number(&first);
        let found = self.bytes(first, count)?;
        let found = self.number(&found);
        let length = 4 + 2 * word;
        if found > MOST_TAGS {
            return None;
        }
        let text = self.bytes(first + count, found * length)?;
        let tag = |tag: &[u8]| {
            let at = |from: usize, to: usize| tag.get(from..to).map(|bytes| self.number(bytes));
            let word = usize::try_from(word).ok()?;
            Some(Tag {
                code: u16::try_from(at(0, 2)?).ok()?,
                kind: u16::try_from(at(2, 4)?).ok()?,
                count: at(4, 4 + word)?,
                value: tag.get(4 + word..)?.to_vec(),
            })
        };
        text.chunks_exact(usize::try_from(length).ok()?).map(tag).collect()
    }

    /// Returns the bytes of a tag's values, which have `size` bytes each.
    fn value(&mut self, tag: &Tag, size: u64) -> Option<Vec<u8>> {
        let length = tag.count.checked_mul(size).filter(|length| *length <= MOST_BYTES)?;
        if length <= tag.value.len() as u64 {
            return Some(tag.value[..usize::try_from(length).ok()?].to_vec());
        }
        let at = self.number(&tag.value);
        self.bytes(at, length)
    }

    fn doubles(&mut self, tag: &Tag) -> Option<Vec<f64>> {
        if tag.kind != 12 {
            return None;
        }
        let bytes = self.value(tag, 8)?;
        let double = |bytes: &[u8]| f64::from_bits(self.number(bytes));
        Some(bytes.chunks_exact(8).map(double).collect())
    }

    /// Returns true if coordinates are those of the centres of pixels. Reads the directory of keys:
    /// four numbers each, of which the last is the value.
    fn read_raster_type(&mut self, tag: &Tag) -> Option<bool> {
        let bytes = self.value(tag, 2)?;
        let keys: Vec<u64> = bytes.chunks_exact(2).map(|bytes| self.number(bytes)).collect();
        let raster = keys.chunks_exact(4).skip(1).find(|key| key[0] == u64::from(RASTER_TYPE));
        Some(raster.is_some_and(|key| key[1] == 0 && key[3] == 2))
    }

    fn bytes(&mut self, at: u64, length: u64) -> Option<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(length.min(MOST_TAGS * 20 + MOST_BYTES)).ok()?];
        self.file.seek(SeekFrom::Start(at)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let next = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.is_little { bytes.iter().rev().fold(0, next) } else { bytes.iter().fold(0, next) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Makes a TIFF of tags of doubles or of 16-bit numbers, without pixels.
    pub(in crate::annotations::formats::geojson) fn made(
        is_little: bool,
        tags: &[(u16, Vec<f64>)],
    ) -> Vec<u8> {
        let two = |n: u16| if is_little { n.to_le_bytes() } else { n.to_be_bytes() };
        let four = |n: u32| if is_little { n.to_le_bytes() } else { n.to_be_bytes() };
        let eight = |n: f64| if is_little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut file = if is_little { b"II".to_vec() } else { b"MM".to_vec() };
        file.extend(two(42));
        file.extend(four(8));
        file.extend(two(u16::try_from(tags.len()).unwrap()));
        let mut data = Vec::new();
        let start = 8 + 2 + 12 * tags.len() + 4;
        for (code, values) in tags {
            let is_short = *code == GEO_KEYS;
            file.extend(two(*code));
            file.extend(two(if is_short { 3 } else { 12 }));
            file.extend(four(u32::try_from(values.len()).unwrap()));
            file.extend(four(u32::try_from(start + data.len()).unwrap()));
            for value in values {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "keys of a test")]
                if is_short { data.extend(two(*value as u16)) } else { data.extend(eight(*value)) }
            }
        }
        file.extend(four(0));
        file.extend(data);
        file
    }

    #[test]
    fn tags_of_both_byte_orders_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.tif");
        let scale = (PIXEL_SCALE, vec![0.5, 0.25, 0.0]);
        let tie = (TIE_POINTS, vec![2.0, 4.0, 0.0, 101.0, 199.0, 0.0]);
        let matrix = vec![0.5, 0.1, 0.0, 7.0, 0.1, -0.5, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let point = (GEO_KEYS, vec![1.0, 1.0, 0.0, 1.0, 1025.0, 0.0, 1.0, 2.0]);
        for is_little in [true, false] {
            for (tags, expected) in [
                (vec![scale.clone(), tie.clone()], Some([0.5, 0.0, 100.0, 0.0, -0.25, 200.0])),
                (
                    vec![scale.clone(), tie.clone(), point.clone()],
                    Some([0.5, 0.0, 99.75, 0.0, -0.25, 200.125]),
                ),
                (vec![(TRANSFORMATION, matrix.clone())], Some([0.5, 0.1, 7.0, 0.1, -0.5, 9.0])),
                (vec![scale.clone()], None),
            ] {
                std::fs::write(&path, made(is_little, &tags)).unwrap();
                assert_eq!(transform_of(&path).map(|transform| transform.0), expected);
            }
        }
        for bad in [&b"II*\0"[..], b"II*\0\xff\xff\xff\xff", b"", b"GIF89a", b"MM\0*\0\0\0\x08\xff\xff"] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(transform_of(&path), None);
        }
    }
}
