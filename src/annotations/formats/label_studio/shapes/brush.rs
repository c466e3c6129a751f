//! The run lengths of brush strokes: the packing of `@thi.ng/rle-pack`, over the four channels of
//! each pixel, row by row. A pixel is part of the mask if its last channel is not zero.

use crate::annotations::model::Mask;

/// The bits of a value.
const WORD: u32 = 8;
/// The bits of the lengths of runs, of which a run names one.
const LENGTHS: [u32; 4] = [3, 4, 8, 16];
/// The largest image, in pixels: the number of values has 32 bits.
const PIXELS: u64 = 1 << 30;

/// Packs a mask; `None` if the image is too large, or the run lengths are not those of an image.
pub(super) fn pack(mask: &Mask) -> Option<Vec<u8>> {
    let pixels = u64::from(mask.width) * u64::from(mask.height);
    let covered: u64 = mask.counts.iter().map(|run| u64::from(*run)).sum();
    if pixels == 0 || pixels > PIXELS || covered != pixels {
        return None;
    }
    let mut bits = BitWriter::default();
    bits.write(u32::try_from(pixels * 4).ok()?, 32);
    bits.write(WORD - 1, 5);
    LENGTHS.iter().for_each(|length| bits.write(length - 1, 4));
    for (is_set, run) in turned(&mask.counts, mask.height, mask.width) {
        let (mut left, value) = (run * 4, if is_set { 255 } else { 0 });
        while left > 0 {
            let now = left.min(1 << 16);
            let size = LENGTHS.iter().position(|bits| now <= 1 << bits).unwrap_or(LENGTHS.len() - 1);
            bits.write(1, 1);
            bits.write(u32::try_from(size).ok()?, 2);
            bits.write(u32::try_from(now - 1).ok()?, LENGTHS[size]);
            bits.write(value, WORD);
            left -= now;
        }
    }
    // The SDK ends full bytes with an empty one.
    if bits.used == 0 {
        bits.bytes.push(0);
    }
    Some(bits.bytes)
}

/// Unpacks the mask of an image; `None` for other data.
pub(super) fn unpack(bytes: &[u8], width: u32, height: u32) -> Option<Mask> {
    let pixels = u64::from(width) * u64::from(height);
    let mut bits = BitReader { bytes, at: 0 };
    let values = u64::from(bits.read(32)?);
    if pixels == 0 || pixels > PIXELS || values != pixels * 4 {
        return None;
    }
    let word = bits.read(5)? + 1;
    let mut lengths = [0; 4];
    for length in &mut lengths {
        *length = bits.read(4)? + 1;
    }
    // The runs of set and unset pixels, row by row, beginning with unset ones.
    let (mut runs, mut at) = (vec![0_u64], 0_u64);
    let mut add = |is_set: bool, count: u64| {
        if (runs.len() % 2 == 0) != is_set {
            runs.push(0);
        }
        if let Some(run) = runs.last_mut() {
            *run += count;
        }
    };
    while at < values {
        let is_run = bits.read(1)? == 1;
        let size = bits.read(2)?;
        let end = (at + u64::from(bits.read(*lengths.get(size as usize)?)?) + 1).min(values);
        while at < end {
            let value = bits.read(word)?;
            let until = if is_run { end } else { at + 1 };
            // The last of the four channels of each pixel counts.
            add(value != 0, until / 4 - at / 4);
            at = until;
        }
    }
    let rows: Vec<u32> = runs.into_iter().map(u32::try_from).collect::<Result<_, _>>().ok()?;
    let mut counts = vec![0_u32];
    for (is_set, run) in turned(&rows, width, height) {
        if (counts.len() % 2 == 0) != is_set {
            counts.push(0);
        }
        if let Some(count) = counts.last_mut() {
            *count += u32::try_from(run).ok()?;
        }
    }
    Some(Mask { height, width, counts })
}

/// Returns the runs of an image of lines of `length` across: columns become rows, or the reverse.
fn turned(counts: &[u32], length: u32, lines: u32) -> Vec<(bool, u64)> {
    let (length, lines) = (u64::from(length), u64::from(lines));
    let mut set = vec![0_u64; usize::try_from((length * lines).div_ceil(64)).unwrap_or_default()];
    let mut at = 0_u64;
    for (number, run) in counts.iter().enumerate() {
        let end = at + u64::from(*run);
        if number % 2 == 1 {
            for place in at..end {
                let turned = (place % length) * lines + place / length;
                if let Some(word) = usize::try_from(turned / 64).ok().and_then(|word| set.get_mut(word)) {
                    *word |= 1 << (turned % 64);
                }
            }
        }
        at = end;
    }
    let mut runs: Vec<(bool, u64)> = Vec::new();
    let mut place = 0;
    while place < length * lines {
        let word =
            usize::try_from(place / 64).ok().and_then(|word| set.get(word)).copied().unwrap_or_default();
        let rest = word >> (place % 64);
        let is_set = rest & 1 == 1;
        let same = if is_set { rest.trailing_ones() } else { rest.trailing_zeros() };
        let count = u64::from(same).min(64 - place % 64).min(length * lines - place);
        match runs.last_mut() {
            Some((last, run)) if *last == is_set => *run += count,
            _ => runs.push((is_set, count)),
        }
        place += count;
    }
    runs
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    fn write(&mut self, value: u32, bits: u32) {
        for bit in (0..bits).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(value >> bit & 1 == 1) << (7 - self.used % 8);
            }
            self.used = (self.used + 1) % 8;
        }
    }
}

struct BitReader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl BitReader<'_> {
    fn read(&mut self, bits: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..bits {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bytes that `encode_rle` of the SDK of Label Studio returns for the same mask.
    #[test]
    fn masks_are_packed_as_the_sdk_does() {
        let mask = Mask { height: 2, width: 3, counts: vec![1, 2, 3] };
        let packed = pack(&mask).unwrap();
        assert_eq!(packed, SDK);
        assert_eq!(unpack(&packed, 3, 2), Some(mask));
        assert_eq!(unpack(&packed, 2, 2), None);
        assert_eq!(unpack(&packed[..8], 3, 2), None);
        assert_eq!(pack(&Mask { height: 2, width: 3, counts: vec![1] }), None);
    }

    const SDK: [u8; 16] = [0, 0, 0, 24, 57, 27, 252, 96, 17, 255, 198, 1, 31, 252, 224, 0];

    proptest! {
        #[test]
        fn masks_are_packed_and_unpacked(width in 1_u32..90, height in 1_u32..90, cuts in prop::collection::vec(0_u32..8100, 0..9)) {
            let mut cuts: Vec<u32> = cuts.into_iter().map(|cut| cut % (width * height + 1)).collect();
            cuts.sort_unstable();
            cuts.dedup();
            let mut counts = Vec::new();
            let mut at = 0;
            for cut in cuts.into_iter().chain([width * height]) {
                if cut > at || counts.is_empty() {
                    counts.push(cut - at);
                }
                at = cut;
            }
            let mask = Mask { height, width, counts };
            prop_assert_eq!(unpack(&pack(&mask).unwrap(), width, height), Some(mask));
        }
    }
}
