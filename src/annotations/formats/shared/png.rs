//! Masks as greyscale PNG images, and the parts of PNG that images with colours have as well.

use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::Crc;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// The largest image, in pixels.
const MAX_PIXELS: u64 = 1 << 28;

/// A greyscale image of which pixels are zero or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bitmap {
    /// The width, in pixels.
    pub width: u32,
    /// The height, in pixels.
    pub height: u32,
    /// The pixels, row by row.
    pub pixels: Vec<bool>,
}

impl Bitmap {
    /// Returns a pixel; false outside.
    pub(crate) fn at(&self, x: u32, y: u32) -> bool {
        let place = y as usize * self.width as usize + x as usize;
        x < self.width && self.pixels.get(place).copied().unwrap_or_default()
    }

    /// Decodes a PNG image.
    ///
    /// # Errors
    /// Returns the expectation and the finding for other bytes, colours, and interlaced images.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let (header, data) = parts(bytes)?;
        header.check()?;
        header.pixels(&data).ok_or_else(|| "expected a complete PNG image, found a damaged one".to_owned())
    }

    /// Encodes a PNG image with 8 bits a pixel, 0 or 1.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let width = self.width.max(1) as usize;
        encode([self.width, self.height], 0, &mut |encoder| {
            for row in self.pixels.chunks(width) {
                encoder.write_all(&[0])?;
                let row: Vec<u8> = row.iter().map(|pixel| u8::from(*pixel)).collect();
                encoder.write_all(&row)?;
            }
            Ok(())
        })
    }
}

/// The encoder of the rows of an image.
pub(super) type RowEncoder = ZlibEncoder<Vec<u8>>;

/// Returns a PNG image with 8 bits a channel. `rows` writes each row after the number of its filter.
pub(super) fn encode(
    [width, height]: [u32; 2],
    color: u8,
    rows: &mut dyn FnMut(&mut RowEncoder) -> io::Result<()>,
) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = rows(&mut encoder);
    let data = encoder.finish().unwrap_or_default();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, color, 0, 0, 0]);
    let mut png = SIGNATURE.to_vec();
    for (kind, content) in [(b"IHDR", &header), (b"IDAT", &data), (b"IEND", &Vec::new())] {
        #[expect(clippy::cast_possible_truncation, reason = "less than the pixels of a mask")]
        png.extend((content.len() as u32).to_be_bytes());
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(content);
        png.extend(kind);
        png.extend(content);
        png.extend(crc.sum().to_be_bytes());
    }
    png
}

/// Returns the header and the compressed rows of a PNG image.
pub(super) fn parts(bytes: &[u8]) -> Result<(Header, Vec<u8>), String> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or("expected a PNG image, found other bytes")?;
    let (mut header, mut data) = (None, Vec::new());
    while let Some((kind, content, after)) = chunk(rest) {
        match kind {
            b"IHDR" => header = Header::of(content),
            b"IDAT" => data.extend_from_slice(content),
            _ => {}
        }
        rest = after;
    }
    Ok((header.ok_or("expected a PNG image, found one without a valid header")?, data))
}

/// Returns the kind and the content of a chunk, and the bytes after it.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let (content, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((kind, content, rest.get(4..)?))
}

/// The header of a PNG image.
pub(super) struct Header {
    pub width: u32,
    pub height: u32,
    pub depth: u8,
    pub color: u8,
    pub interlace: u8,
}

impl Header {
    fn of(content: &[u8]) -> Option<Self> {
        let (width, rest) = content.split_first_chunk::<4>()?;
        let (height, rest) = rest.split_first_chunk::<4>()?;
        let [depth, color, _, _, interlace] = *rest else { return None };
        Some(Self {
            width: u32::from_be_bytes(*width),
            height: u32::from_be_bytes(*height),
            depth,
            color,
            interlace,
        })
    }

    fn check(&self) -> Result<(), String> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        if pixels > MAX_PIXELS {
            return Err(format!("expected at most {MAX_PIXELS} pixels, found {pixels}"));
        }
        if self.color != 0 || !matches!(self.depth, 1 | 2 | 4 | 8) || self.interlace != 0 {
            return Err(format!(
                "expected a greyscale PNG image of at most 8 bits, found colour type {} with {} bits{}",
                self.color,
                self.depth,
                if self.interlace == 0 { "" } else { ", interlaced" }
            ));
        }
        Ok(())
    }

    fn pixels(&self, data: &[u8]) -> Option<Bitmap> {
        let (width, depth) = (self.width as usize, usize::from(self.depth));
        let stride = (width * depth).div_ceil(8);
        let length = (stride + 1) * self.height as usize;
        let mut rows = Vec::with_capacity(length);
        ZlibDecoder::new(data).take(length as u64).read_to_end(&mut rows).ok()?;
        if rows.len() != length {
            return None;
        }
        let mut pixels = Vec::with_capacity(width * self.height as usize);
        let mut above = vec![0; stride];
        for row in rows.chunks_exact_mut(stride + 1) {
            let (filter, row) = row.split_first_mut()?;
            unfilter(*filter, row, &above, 1)?;
            pixels.extend((0..width).map(|x| {
                let byte = row.get(x * depth / 8).copied().unwrap_or_default();
                let shift = 8 - depth - x * depth % 8;
                byte >> shift & (u8::MAX >> (8 - depth)) != 0
            }));
            above.copy_from_slice(row);
        }
        Some(Bitmap { width: self.width, height: self.height, pixels })
    }
}

/// Restores a row from the one above it. A pixel has `step` bytes.
pub(super) fn unfilter(filter: u8, row: &mut [u8], above: &[u8], step: usize) -> Option<()> {
    for at in 0..row.len() {
        let before = |row: &[u8]| at.checked_sub(step).and_then(|at| row.get(at)).copied().unwrap_or(0);
        let up = above.get(at).copied().unwrap_or(0);
        let expected = match filter {
            0 => return Some(()),
            1 => before(row),
            2 => up,
            3 => u8::midpoint(before(row), up),
            4 => paeth(before(row), up, before(above)),
            _ => return None,
        };
        if let Some(byte) = row.get_mut(at) {
            *byte = byte.wrapping_add(expected);
        }
    }
    Some(())
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let guess = a + b - c;
    let distance = |value: i16| (guess - value).abs();
    if distance(a) <= distance(b) && distance(a) <= distance(c) {
        left
    } else if distance(b) <= distance(c) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotations::formats::shared::base64;

    #[test]
    fn bitmaps_are_encoded_and_decoded() {
        let bitmap = Bitmap { width: 3, height: 2, pixels: vec![true, false, true, false, false, true] };
        assert_eq!(Bitmap::decode(&bitmap.encode()).unwrap(), bitmap);
        assert!(bitmap.at(0, 0) && !bitmap.at(3, 0) && !bitmap.at(0, 2));
        // Read alike by Pillow: 5 x 4 pixels of one bit, and of eight bits with each filter.
        let one = base64::decode(ONE_BIT).unwrap();
        let eight = base64::decode(EIGHT_BITS).unwrap();
        let expected: Vec<bool> = (0..20).map(|place| place % 3 == 0).collect();
        for png in [one, eight] {
            let read = Bitmap::decode(&png).unwrap();
            assert_eq!((read.width, read.height, &read.pixels), (5, 4, &expected));
        }
        assert!(Bitmap::decode(b"GIF89a").unwrap_err().contains("expected a PNG image"));
        let mut cut = bitmap.encode();
        cut.truncate(45);
        assert!(Bitmap::decode(&cut).unwrap_err().contains("damaged"));
        let mut color = bitmap.encode();
        color[25] = 2;
        assert!(Bitmap::decode(&color).unwrap_err().contains("found colour type 2 with 8 bits"));
    }

    const ONE_BIT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAEAQAAAABuSMjtAAAAEElEQVR4nGOYwODBoMAwAQAGUAGJjv/s2wAAAABJRU5ErkJggg==";
    const EIGHT_BITS: &str = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAECAAAAABjWKqcAAAAIElEQVR4nAXBAQEAMAjDsB0uqmInqLJInkQGg5vafkEOZgwI346bQZwAAAAASUVORK5CYII=";
}
