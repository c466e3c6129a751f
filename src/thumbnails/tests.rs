//! Images of every supported kind, and hostile ones.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

use super::*;

const PIXELS: u64 = 1_000_000;

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../fixtures/thumbnails/", $name)).as_slice())
    };
}

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const BLACK: [u8; 4] = [0, 0, 0, 255];
const WHITE: [u8; 4] = [255; 4];
const NOTHING: [u8; 4] = [0; 4];

fn make(bytes: &[u8], size: ThumbnailSize) -> Result<Thumbnail, ThumbnailError> {
    let length = bytes.len() as u64;
    ImageSource::read(Cursor::new(bytes), length, PIXELS, Stop::default())?.render(size)
}

fn picture(bytes: &[u8], size: ThumbnailSize) -> RgbaImage {
    let thumbnail = make(bytes, size).unwrap();
    let found = image::load_from_memory(&thumbnail.bytes).unwrap();
    let format = image::guess_format(&thumbnail.bytes).unwrap();
    assert_eq!(format.to_mime_type(), thumbnail.format.media_type());
    found.to_rgba8()
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn plain(width: u32, height: u32) -> Vec<u8> {
    encoded(RgbImage::from_pixel(width, height, Rgb([200, 100, 50])), ImageFormat::Png)
}

/// Compares colours; lossy formats change them a little, and a conversion of inks more.
#[track_caller]
fn assert_near(found: Rgba<u8>, expected: [u8; 4], name: &str) {
    let is_near = found.0.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 12);
    assert!(is_near, "{name}: found {:?}, expected {expected:?}", found.0);
}

#[test]
fn every_kind_of_pixel_is_shown_as_it_is() {
    for ((name, bytes), left, right) in [
        (fixture!("progressive.jpg"), RED, BLUE),
        (fixture!("cmyk.jpg"), RED, BLUE),
        (fixture!("orientation-1.jpg"), RED, BLUE),
        (fixture!("lossy.webp"), RED, BLUE),
        (fixture!("transparent.webp"), RED, NOTHING),
        (fixture!("transparent-palette.png"), RED, NOTHING),
        (fixture!("black-white.png"), BLACK, WHITE),
        (fixture!("12-bits.png"), BLACK, WHITE),
        (fixture!("palette.bmp"), RED, BLUE),
        (fixture!("animated.gif"), RED, BLUE),
        (fixture!("lzw.tif"), RED, BLUE),
        (fixture!("cmyk.tif"), RED, BLUE),
        (fixture!("black-white.tif"), BLACK, WHITE),
    ] {
        let shown = picture(bytes, ThumbnailSize::Px64);
        assert_eq!(shown.dimensions(), (40, 20), "{name} is not enlarged");
        assert_near(*shown.get_pixel(4, 4), left, name);
        assert_near(*shown.get_pixel(35, 4), right, name);
        let format = make(bytes, ThumbnailSize::Px64).unwrap().format;
        assert_eq!(format, ThumbnailFormat::Png, "{name}: pixels of a small image are kept");
    }
}

#[test]
fn images_are_upright() {
    for (name, bytes) in [
        fixture!("orientation-1.jpg"),
        fixture!("orientation-2.jpg"),
        fixture!("orientation-3.jpg"),
        fixture!("orientation-4.jpg"),
        fixture!("orientation-5.jpg"),
        fixture!("orientation-6.jpg"),
        fixture!("orientation-7.jpg"),
        fixture!("orientation-8.jpg"),
    ] {
        let shown = picture(bytes, ThumbnailSize::Px64);
        assert_eq!(shown.dimensions(), (40, 20), "{name}");
        assert_near(*shown.get_pixel(4, 4), RED, name);
        assert_near(*shown.get_pixel(35, 4), BLUE, name);
        assert_near(*shown.get_pixel(20, 16), GREEN, name);
    }
}

#[test]
fn the_longest_side_is_at_most_the_size() {
    let size = |bytes: &[u8], size| picture(bytes, size).dimensions();
    for (width, height, at_64, at_256) in [
        (1000, 500, (64, 32), (256, 128)),
        (300, 299, (64, 64), (256, 255)),
        (100, 200, (32, 64), (100, 200)),
        (64, 64, (64, 64), (64, 64)),
        (65, 1, (64, 1), (65, 1)),
        (1, 9000, (1, 64), (1, 256)),
        (9000, 3, (64, 1), (256, 1)),
        (1, 1, (1, 1), (1, 1)),
    ] {
        let bytes = plain(width, height);
        assert_eq!(size(&bytes, ThumbnailSize::Px64), at_64, "{width} x {height}");
        assert_eq!(size(&bytes, ThumbnailSize::Px256), at_256, "{width} x {height}");
        assert_near(*picture(&bytes, ThumbnailSize::Px64).get_pixel(0, 0), [200, 100, 50, 255], "its colour");
    }
    assert_eq!(make(&plain(1000, 500), ThumbnailSize::Px64).unwrap().format, ThumbnailFormat::Jpeg);
    assert_eq!(make(&plain(200, 200), ThumbnailSize::Px256).unwrap().format, ThumbnailFormat::Jpeg);
    for (text, expected) in [("64", Some(64)), ("512", Some(512)), ("100", None), ("064", None), ("", None)] {
        assert_eq!(text.parse().ok().map(ThumbnailSize::pixels), expected, "{text}");
    }
}

#[test]
fn upper_bits_that_no_sample_uses_are_left_out() {
    for (highest, expected) in [(65_535, 255), (32_768, 128), (1_023, 255), (512, 128), (255, 255), (7, 7)] {
        let image =
            image::ImageBuffer::from_fn(40, 20, |x, _| Rgb([if x < 20 { 0_u16 } else { highest }; 3]));
        let shown = picture(&encoded(DynamicImage::ImageRgb16(image), ImageFormat::Png), ThumbnailSize::Px64);
        assert_eq!(shown.get_pixel(39, 0).0, [expected, expected, expected, 255], "{highest}");
        assert_eq!(shown.get_pixel(0, 0).0, BLACK);
    }
    // Opacity has all of its bits.
    let image = image::ImageBuffer::from_pixel(2, 2, Rgba([15_u16, 0, 0, 65_535]));
    let shown = picture(&encoded(DynamicImage::ImageRgba16(image), ImageFormat::Png), ThumbnailSize::Px64);
    assert_eq!(shown.get_pixel(0, 0).0, [15, 0, 0, 255]);
}

#[test]
fn the_fourth_band_of_aerial_imagery_is_no_transparency() {
    let image = RgbaImage::from_pixel(40, 20, Rgba([200, 100, 50, 3]));
    let shown = picture(&encoded(image.clone(), ImageFormat::Tiff), ThumbnailSize::Px64);
    assert_eq!(shown.get_pixel(5, 5).0, [200, 100, 50, 255]);
    assert_eq!(picture(&encoded(image, ImageFormat::Png), ThumbnailSize::Px64).get_pixel(5, 5).0[3], 3);
}

#[test]
fn invisible_colours_do_not_mix_into_visible_ones() {
    let image = RgbaImage::from_fn(999, 999, |x, _| Rgba(if x < 500 { RED } else { [0, 255, 0, 0] }));
    let thumbnail = make(&encoded(image, ImageFormat::Png), ThumbnailSize::Px64).unwrap();
    assert_eq!(thumbnail.format, ThumbnailFormat::Png, "it is transparent");
    let shown = image::load_from_memory(&thumbnail.bytes).unwrap().to_rgba8();
    let mixed: Vec<_> = shown.pixels().filter(|pixel| (1..255).contains(&pixel.0[3])).collect();
    assert!(!mixed.is_empty());
    assert!(mixed.iter().all(|pixel| pixel.0[1] == 0), "{mixed:?}");
}

#[test]
fn what_is_no_image_or_of_another_kind_is_said() {
    for bytes in [&b""[..], b"a", b"BMW is a car maker, and this is a text of some length", &[0; 100], b"{}"]
    {
        assert!(matches!(make(bytes, ThumbnailSize::Px64), Err(ThumbnailError::NotAnImage)), "{bytes:?}");
    }
    let other =
        [fixture!("float.tif"), fixture!("palette.tif"), ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")];
    for (name, bytes) in other.into_iter().chain([("qoi", &b"qoif\0\0\0\x01\0\0\0\x01\x04\0"[..])]) {
        let found = make(bytes, ThumbnailSize::Px64);
        assert!(matches!(found, Err(ThumbnailError::Unsupported(_))), "{name}: {found:?}");
    }
}

/// A PNG that declares a size, and has no pixels.
fn declared(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = plain(1, 1);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let check = checksum(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&check.to_be_bytes());
    bytes
}

/// CRC-32, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    })
}

#[test]
fn a_declared_size_is_checked_before_pixels_are_decoded() {
    let mut gif = Vec::new();
    GifEncoder::new(&mut gif).encode(&[1; 3], 1, 1, image::ExtendedColorType::Rgb8).unwrap();
    gif[6..10].fill(0xFF);
    let mut bitmap = encoded(RgbImage::new(1, 1), ImageFormat::Bmp);
    bitmap[18..22].copy_from_slice(&60_000_u32.to_le_bytes());
    bitmap[22..26].copy_from_slice(&60_000_u32.to_le_bytes());
    for bytes in [declared(60_000, 60_000), declared(1_001, 1_000), declared(70_000, 1), gif, bitmap] {
        let found = make(&bytes, ThumbnailSize::Px64);
        assert!(matches!(found, Err(ThumbnailError::TooManyPixels { limit: PIXELS, .. })), "{found:?}");
    }
    assert!(matches!(make(&declared(1_000, 1_000), ThumbnailSize::Px64), Err(ThumbnailError::Damaged(_))));
}

#[test]
fn a_frame_that_is_larger_than_its_picture_is_refused() {
    let mut gif = Vec::new();
    GifEncoder::new(&mut gif).encode(&[1; 3], 1, 1, image::ExtendedColorType::Rgb8).unwrap();
    // The picture has one pixel, and its first frame four thousand million.
    let frame = gif.iter().position(|byte| *byte == b',').unwrap();
    gif[frame + 5..frame + 9].fill(0xFF);
    let found = make(&gif, ThumbnailSize::Px64);
    assert!(matches!(found, Err(ThumbnailError::TooLarge(_) | ThumbnailError::Damaged(_))), "{found:?}");
}

#[test]
fn the_memory_that_is_announced_grows_with_the_pixels() {
    let memory = |bytes: &[u8]| {
        let source = ImageSource::read(Cursor::new(bytes), bytes.len() as u64, PIXELS, Stop::default());
        source.unwrap().memory(ThumbnailSize::Px256)
    };
    let (small, large) = (memory(&plain(1, 1)), memory(&declared(1_000, 1_000)));
    assert_eq!(large - small, 3 * 999_999 + 16 * 256 * 999);
    let (_, progressive) = fixture!("progressive.jpg");
    // Pixels, coefficients of 5 x 3 units with three blocks, the file.
    let jpeg = 40 * 20 * 3 + 5 * 3 * 3 * 128 + 2 * progressive.len() as u64;
    assert_eq!(memory(progressive) - small, jpeg - 3 + 16 * 256 * 39);
}

#[test]
fn a_rendering_can_be_stopped() {
    for (name, bytes) in [fixture!("lzw.tif"), fixture!("orientation-1.jpg"), fixture!("12-bits.png")] {
        let stop = Stop::default();
        let source = ImageSource::read(Cursor::new(bytes), bytes.len() as u64, PIXELS, stop.clone()).unwrap();
        stop.stop();
        let found = source.render(ThumbnailSize::Px64);
        assert!(matches!(found, Err(ThumbnailError::Stopped)), "{name}: {found:?}");
    }
}

const SAMPLES: [&[u8]; 10] = [
    fixture!("progressive.jpg").1,
    fixture!("cmyk.jpg").1,
    fixture!("orientation-6.jpg").1,
    fixture!("lossy.webp").1,
    fixture!("transparent.webp").1,
    fixture!("transparent-palette.png").1,
    fixture!("palette.bmp").1,
    fixture!("animated.gif").1,
    fixture!("lzw.tif").1,
    fixture!("jpeg.tif").1,
];

#[test]
fn a_beginning_of_an_image_is_a_picture_or_an_error() {
    for whole in SAMPLES {
        for end in (0..whole.len()).step_by(7) {
            match make(&whole[..end], ThumbnailSize::Px64) {
                Ok(thumbnail) => assert!(image::load_from_memory(&thumbnail.bytes).is_ok()),
                Err(error) => assert!(!matches!(error, ThumbnailError::Io(_)), "{error}"),
            }
        }
    }
}

proptest! {
    #[test]
    fn damaged_images_are_pictures_or_errors(
        sample in 0..SAMPLES.len(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = SAMPLES[sample].to_vec();
        for (place, value) in damage {
            *place.get_mut(&mut bytes) = value;
        }
        match make(&bytes, ThumbnailSize::Px64) {
            Ok(thumbnail) => prop_assert!(image::load_from_memory(&thumbnail.bytes).is_ok()),
            Err(error) => prop_assert!(!matches!(error, ThumbnailError::Io(_)), "{}", error),
        }
    }
}
