//! Encodes small grey pictures as PNG without compression, so that their bytes and digests are the
//! same in every release.
//!
//! After the PNG specification (W3C, third edition), with the stored blocks of RFC 1951 in the
//! format of RFC 1950.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The most bytes of a stored block. No picture of the demo is larger.
const BLOCK: usize = 0xffff;

/// Encodes a picture of 8 bits per pixel, row by row. Black is 0.
pub(super) fn grey(width: usize, pixels: &[u8]) -> Vec<u8> {
    let rows = pixels.chunks(width.max(1));
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let mut header = [number(width), number(rows.len())].concat();
    // 8 bits, grey; deflate, no adaptive filters, not interlaced.
    header.extend([8, 0, 0, 0, 0]);
    // Filter type 0 (none) before each row.
    let raw: Vec<u8> = rows.flat_map(|row| [&[0], row].concat()).collect();
    let mut file = SIGNATURE.to_vec();
    chunk(&mut file, b"IHDR", &header);
    chunk(&mut file, b"IDAT", &stored(&raw));
    chunk(&mut file, b"IEND", &[]);
    file
}

/// Returns a zlib stream of stored blocks.
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = raw.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler(raw).to_be_bytes());
    stream
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    file.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(content);
    file.extend(crc(&file[start..]).to_be_bytes());
}

/// Computes the checksum of chunks: CRC-32, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let mut rest = u32::MAX;
    for byte in bytes {
        rest ^= u32::from(*byte);
        for _ in 0..8 {
            rest = if rest & 1 == 1 { 0xedb8_8320 ^ (rest >> 1) } else { rest >> 1 };
        }
    }
    !rest
}

/// Computes the checksum of streams: Adler-32.
fn adler(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1, 0);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    (b << 16) | a
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published check values of both algorithms.
    #[test]
    fn the_checksums_are_the_published_ones() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc(b"IEND"), 0xae42_6082);
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
    }

    /// The expected file was made with Python's zlib and struct.
    #[test]
    fn a_picture_is_the_expected_file() {
        let file = grey(2, &[0, 255, 128, 64]);
        assert_eq!(file.len(), 74);
        assert_eq!(file[..16], *b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR");
        assert_eq!(file[16..29], [0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
        assert_eq!(file, EXPECTED);
    }

    const EXPECTED: &[u8] = &[
        137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0,
        87, 221, 82, 248, 0, 0, 0, 17, 73, 68, 65, 84, 120, 1, 1, 6, 0, 249, 255, 0, 0, 255, 0, 128, 64, 5,
        66, 1, 192, 121, 233, 9, 196, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
    ];
}
