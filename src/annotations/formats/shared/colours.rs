//! Images whose colours are numbers: red and 256 times green and 65,536 times blue, as panoptic files
//! have the ids of segments.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use flate2::read::ZlibDecoder;

use super::png::{encode, parts, unfilter};
use crate::annotations::model::Mask;

/// The largest number of a colour.
pub(crate) const LARGEST: u32 = 0xff_ffff;
/// The most pixels of an image.
pub(crate) const MAX_PIXELS: u64 = 1 << 26;

/// An image of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColourMap {
    /// The width, in pixels.
    pub width: u32,
    /// The height, in pixels.
    pub height: u32,
    /// The numbers, row by row.
    pub numbers: Vec<u32>,
}

impl ColourMap {
    /// Creates an image of zeros; `None` if it would have too many pixels.
    pub(crate) fn new(width: u32, height: u32) -> Option<Self> {
        let pixels = u64::from(width) * u64::from(height);
        let pixels = usize::try_from(pixels).ok().filter(|_| pixels <= MAX_PIXELS)?;
        Some(Self { width, height, numbers: vec![0; pixels] })
    }

    /// Sets the pixels of runs, which count column by column. Returns how many had another number.
    pub(crate) fn draw(&mut self, runs: &[(u64, u64)], number: u32) -> u64 {
        let (width, height) = (u64::from(self.width), u64::from(self.height.max(1)));
        let mut changed = 0;
        for place in runs.iter().flat_map(|(start, length)| *start..*start + *length) {
            let at = place % height * width + place / height;
            if let Some(pixel) = usize::try_from(at).ok().and_then(|at| self.numbers.get_mut(at)) {
                changed += u64::from(*pixel != number);
                *pixel = number;
            }
        }
        changed
    }

    /// Returns the mask of each number.
    pub(crate) fn masks(&self) -> BTreeMap<u32, Mask> {
        let mut found: BTreeMap<u32, MaskRuns> = BTreeMap::new();
        let (width, height) = (self.width as usize, self.height as usize);
        // The run that is not ended.
        let (mut start, mut of, mut at) = (0_u64, None, 0_u64);
        for column in 0..width {
            for row in 0..height {
                let number = self.numbers.get(row * width + column).copied();
                if number != of {
                    if let Some(of) = of {
                        found.entry(of).or_default().push(start, at);
                    }
                    (start, of) = (at, number);
                }
                at += 1;
            }
        }
        if let Some(of) = of {
            found.entry(of).or_default().push(start, at);
        }
        let mask = |runs: MaskRuns| Mask { height: self.height, width: self.width, counts: runs.end(at) };
        found.into_iter().map(|(number, runs)| (number, mask(runs))).collect()
    }

    /// Decodes a PNG image.
    ///
    /// # Errors
    /// Returns the expectation and the finding for other bytes, other colours than red, green and blue
    /// of 8 bits, and interlaced images.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let (header, data) = parts(bytes)?;
        let step = match (header.color, header.depth, header.interlace) {
            (2, 8, 0) => 3,
            (6, 8, 0) => 4,
            (color, depth, interlace) => {
                return Err(format!(
                    "expected a PNG image of red, green and blue with 8 bits each, found colour type {color} \
                     with {depth} bits{}",
                    if interlace == 0 { "" } else { ", interlaced" }
                ));
            }
        };
        let mut map = Self::new(header.width, header.height).ok_or_else(|| {
            format!("expected at most {MAX_PIXELS} pixels, found {} x {}", header.width, header.height)
        })?;
        let damaged = || "expected a complete PNG image, found a damaged one".to_owned();
        let mut rows = ZlibDecoder::new(&data[..]);
        let stride = header.width as usize * step;
        let (mut row, mut above, mut filter) = (vec![0; stride], vec![0; stride], [0]);
        for numbers in map.numbers.chunks_mut(header.width.max(1) as usize) {
            rows.read_exact(&mut filter).and_then(|()| rows.read_exact(&mut row)).map_err(|_| damaged())?;
            unfilter(filter[0], &mut row, &above, step).ok_or_else(damaged)?;
            for (number, pixel) in numbers.iter_mut().zip(row.chunks_exact(step)) {
                *number = u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0]);
            }
            std::mem::swap(&mut row, &mut above);
        }
        Ok(map)
    }

    /// Encodes a PNG image of red, green and blue.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let width = self.width.max(1) as usize;
        let mut above = vec![0; self.width as usize * 3];
        encode([self.width, self.height], 2, &mut |encoder| {
            for numbers in self.numbers.chunks(width) {
                // Rows that repeat the one above are zeros.
                encoder.write_all(&[2])?;
                let mut row = Vec::with_capacity(above.len());
                for number in numbers {
                    row.extend_from_slice(&number.to_le_bytes()[..3]);
                }
                let filtered: Vec<u8> =
                    row.iter().zip(&above).map(|(byte, up)| byte.wrapping_sub(*up)).collect();
                encoder.write_all(&filtered)?;
                above = row;
            }
            Ok(())
        })
    }
}

/// Returns the runs of ones of a mask: the start and the length of each.
pub(crate) fn runs_of(mask: &Mask) -> Vec<(u64, u64)> {
    let mut at = 0_u64;
    let runs = mask.counts.iter().enumerate().filter_map(|(number, run)| {
        let (start, length) = (at, u64::from(*run));
        at += length;
        (number % 2 == 1 && length > 0).then_some((start, length))
    });
    runs.collect()
}

/// The run lengths of a mask while it is made.
#[derive(Debug, Default)]
struct MaskRuns {
    counts: Vec<u32>,
    end: u64,
}

impl MaskRuns {
    fn push(&mut self, start: u64, end: u64) {
        let length = |length: u64| u32::try_from(length).unwrap_or(u32::MAX);
        self.counts.extend([length(start - self.end), length(end - start)]);
        self.end = end;
    }

    fn end(mut self, pixels: u64) -> Vec<u32> {
        if pixels > self.end {
            self.counts.push(u32::try_from(pixels - self.end).unwrap_or(u32::MAX));
        }
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::annotations::formats::shared::base64;

    #[test]
    fn colours_are_numbers() {
        let map = ColourMap { width: 3, height: 2, numbers: vec![0, 1, 256, LARGEST, 65_536, 1] };
        assert_eq!(ColourMap::decode(&map.encode()).unwrap(), map);
        let masks = map.masks();
        assert_eq!(masks.keys().copied().collect::<Vec<_>>(), [0, 1, 256, 65_536, LARGEST]);
        // Column by column: 0, LARGEST; 1, 65536; 256, 1.
        assert_eq!(masks[&1], Mask { height: 2, width: 3, counts: vec![2, 1, 2, 1] });
        assert_eq!(masks[&LARGEST].counts, [1, 1, 4]);
        let mut drawn = ColourMap::new(3, 2).unwrap();
        let changed: Vec<u64> =
            masks.iter().map(|(number, mask)| drawn.draw(&runs_of(mask), *number)).collect();
        assert_eq!((drawn, changed), (map.clone(), vec![0, 2, 1, 1, 1]));
        let why = |bytes: &[u8]| ColourMap::decode(bytes).unwrap_err();
        assert!(why(b"GIF89a").contains("expected a PNG image, found other bytes"));
        let png = map.encode();
        assert!(why(&png[..60]).contains("damaged"), "{}", why(&png[..60]));
        let mut grey = png.clone();
        grey[25] = 0;
        assert!(why(&grey).contains("found colour type 0 with 8 bits"));
        let mut large = png;
        large[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(why(&large).contains("found 65536 x 65536"), "{}", why(&large));
        assert_eq!(ColourMap::new(0, 5).unwrap().masks(), BTreeMap::new());
    }

    /// An image of Pillow, whose rows have other filters.
    #[test]
    fn images_of_other_programs_are_read() {
        let map = ColourMap::decode(&base64::decode(PILLOW).unwrap()).unwrap();
        let expected: Vec<u32> = (0..35).map(|at| at % 7 * 70_000 + at / 7 * 300 + at).collect();
        assert_eq!((map.width, map.height, map.numbers), (7, 5, expected));
    }

    const PILLOW: &str = "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAIAAAAG+GGPAAAAPUlEQVR42mNmYGAoFGRcJcX0SJlptjbzZVPmHlsWJmNGBmNGBmMmBiiDkcGYkYEJmQOVY4KIoipEVcuEIAHm+AqzCoYJIAAAAABJRU5ErkJggg==";

    proptest! {
        #[test]
        fn maps_survive(numbers in prop::collection::vec(prop_oneof![0..4_u32, 0..=LARGEST], 12)) {
            let map = ColourMap { width: 4, height: 3, numbers };
            prop_assert_eq!(&ColourMap::decode(&map.encode()).unwrap(), &map);
            let mut drawn = ColourMap::new(4, 3).unwrap();
            for (number, mask) in map.masks() {
                prop_assert_eq!(mask.counts.iter().sum::<u32>(), 12);
                drawn.draw(&runs_of(&mask), number);
            }
            prop_assert_eq!(drawn, map);
        }
    }
}
