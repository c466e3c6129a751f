//! The frame header of a JPEG, which tells the memory that its decoder needs.
//!
//! A decoder of a progressive image, and of one whose components are in separate scans, keeps all
//! coefficients: up to four times the bytes of the pixels.

use std::io::{self, BufRead, Seek};

/// What the frame header declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JpegFrame {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Horizontal and vertical sampling factor of each component.
    sampling: Vec<(u64, u64)>,
    /// True if the image is decoded only after its last scan.
    keeps_coefficients: bool,
}

const START_OF_SCAN: u8 = 0xDA;
const PROGRESSIVE: u8 = 0xC2;
const END: u8 = 0xD9;

impl JpegFrame {
    /// Reads the markers up to the first scan. The error says what was expected.
    pub(super) fn read(reader: &mut (impl BufRead + Seek)) -> io::Result<Self> {
        let mut frame: Option<(u8, Self)> = None;
        loop {
            let marker = next_marker(reader)?;
            match marker {
                // Markers without a segment.
                0x01 | 0xD0..=0xD8 => continue,
                END => return Err(damaged("the image ends before its pixels")),
                _ => {}
            }
            let length = u16::from_be_bytes(bytes(reader)?);
            let rest =
                length.checked_sub(2).ok_or_else(|| damaged("a segment is shorter than its length"))?;
            match marker {
                0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                    if frame.is_some() {
                        return Err(damaged("there are two frame headers"));
                    }
                    let mut segment = vec![0; rest.into()];
                    reader.read_exact(&mut segment)?;
                    frame = Some((marker, Self::parse(&segment)?));
                }
                START_OF_SCAN => {
                    let (kind, mut frame) =
                        frame.ok_or_else(|| damaged("a scan comes before the frame header"))?;
                    let [components] = bytes(reader)?;
                    frame.keeps_coefficients =
                        kind == PROGRESSIVE || usize::from(components) < frame.sampling.len();
                    return Ok(frame);
                }
                _ => reader.seek_relative(rest.into())?,
            }
        }
    }

    fn parse(segment: &[u8]) -> io::Result<Self> {
        let [_, h1, h0, w1, w0, count, components @ ..] = segment else {
            return Err(damaged("the frame header is too short"));
        };
        let sampling: Vec<(u64, u64)> = components
            .chunks_exact(3)
            .map(|component| (u64::from(component[1] >> 4), u64::from(component[1] & 0x0F)))
            .collect();
        let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
        let is_good = sampling.len() == usize::from(*count)
            && matches!(count, 1 | 3 | 4)
            && sampling.iter().all(|(h, v)| (1..=4).contains(h) && (1..=4).contains(v))
            && width > 0
            && height > 0;
        if !is_good {
            return Err(damaged("the frame header is invalid"));
        }
        Ok(Self { width: width.into(), height: height.into(), sampling, keeps_coefficients: false })
    }

    /// Returns the number of bytes per decoded pixel: four components become three.
    pub(super) fn bytes_per_pixel(&self) -> u64 {
        if self.sampling.len() == 1 { 1 } else { 3 }
    }

    /// Returns the size of the coefficients that the decoder keeps.
    pub(super) fn coefficients(&self) -> u64 {
        if !self.keeps_coefficients {
            return 0;
        }
        let across = self.sampling.iter().map(|(h, _)| *h).max().unwrap_or(1);
        let down = self.sampling.iter().map(|(_, v)| *v).max().unwrap_or(1);
        let units = u64::from(self.width).div_ceil(8 * across) * u64::from(self.height).div_ceil(8 * down);
        let blocks: u64 = self.sampling.iter().map(|(h, v)| h * v).sum();
        // 64 coefficients of two bytes in each block.
        units * blocks * 128
    }
}

/// Skips to the byte after the next 0xFF that begins a marker.
fn next_marker(reader: &mut impl BufRead) -> io::Result<u8> {
    loop {
        let [byte] = bytes(reader)?;
        if byte != 0xFF {
            continue;
        }
        let mut marker = 0xFF;
        while marker == 0xFF {
            [marker] = bytes(reader)?;
        }
        if marker != 0 {
            return Ok(marker);
        }
    }
}

fn bytes<const N: usize>(reader: &mut impl BufRead) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn damaged(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A JPEG up to its first scan, which has `scanned` components.
    fn head(frame: u8, sampling: &[u8], scanned: u8) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xC2, 1, 2];
        let count = u8::try_from(sampling.len()).unwrap();
        bytes.extend([0xFF, frame, 0, 8 + 3 * count, 8, 0, 100, 0, 200, count]);
        for (id, factors) in (1..).zip(sampling) {
            bytes.extend([id, *factors, 0]);
        }
        bytes.extend([0xFF, 0xFF, 0xDA, 0, 3, scanned]);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<JpegFrame, String> {
        JpegFrame::read(&mut Cursor::new(bytes)).map_err(|error| error.to_string())
    }

    #[test]
    fn coefficients_are_kept_if_there_are_several_scans() {
        let baseline = read(&head(0xC0, &[0x22, 0x11, 0x11], 3)).unwrap();
        assert_eq!((baseline.width, baseline.height, baseline.bytes_per_pixel()), (200, 100, 3));
        assert_eq!(baseline.coefficients(), 0);
        // 13 by 7 units of six blocks.
        assert_eq!(read(&head(0xC2, &[0x22, 0x11, 0x11], 3)).unwrap().coefficients(), 13 * 7 * 6 * 128);
        assert_eq!(read(&head(0xC0, &[0x22, 0x11, 0x11], 1)).unwrap().coefficients(), 13 * 7 * 6 * 128);
        let grey = read(&head(0xC2, &[0x11], 1)).unwrap();
        assert_eq!((grey.bytes_per_pixel(), grey.coefficients()), (1, 25 * 13 * 128));
    }

    #[test]
    fn headers_that_lie_are_refused() {
        let twice = [head(0xC0, &[0x11], 1), head(0xC0, &[0x11], 1)].concat();
        assert!(read(&twice).is_ok(), "nothing after the first scan is read");
        let whole = head(0xC0, &[0x11], 1);
        let doubled = [&whole[..whole.len() - 6], &whole[2..]].concat();
        assert_eq!(read(&doubled), Err("there are two frame headers".to_owned()));
        for wrong in
            [head(0xC0, &[], 1), head(0xC0, &[0x01], 1), head(0xC0, &[0x15], 1), head(0xC4, &[0x11], 1)]
        {
            assert!(read(&wrong).is_err(), "{wrong:?}");
        }
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_err(), "{end} bytes");
        }
    }
}
