//! Decodes an image, reduces it, and encodes the result.

use std::io::{Cursor, Read, Seek};

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, ImageDecoder as _, ImageFormat, Pixel};

use super::source::ImageSource;
use super::{Thumbnail, ThumbnailError, ThumbnailFormat, ThumbnailSize};

/// The longest side of images whose pixels are kept: JPEG would blur digits and icons.
const KEPT: u32 = 128;

/// The quality of JPEG thumbnails.
const QUALITY: u8 = 85;

impl<F: Read + Seek> ImageSource<F> {
    /// Makes the thumbnail: at most `size` pixels on the longest side, never enlarged, upright if
    /// the image notes its orientation. Of an animation it shows the first frame.
    ///
    /// # Errors
    /// Returns [`ThumbnailError`] if the image is damaged, needs more than
    /// [`memory`](Self::memory), or the rendering is stopped.
    pub fn render(mut self, size: ThumbnailSize) -> Result<Thumbnail, ThumbnailError> {
        let (image, orientation) = self.decode()?;
        if self.is_stopped() {
            return Err(ThumbnailError::Stopped);
        }
        let mut image = eight_bits(image)?;
        // The fourth band of aerial imagery is infrared more often than transparency.
        let is_transparent = self.header.format != ImageFormat::Tiff && premultiply(&mut image);
        let (long, side) = (image.width().max(image.height()), size.pixels());
        let mut reduced = if long > side { reduce(&image, side) } else { image };
        if is_transparent {
            unmultiply(&mut reduced);
        } else {
            reduced = opaque(reduced);
        }
        reduced.apply_orientation(orientation);
        encode(&reduced, is_transparent || long <= KEPT.min(side))
    }

    fn decode(&mut self) -> Result<(DynamicImage, Orientation), ThumbnailError> {
        let mut decoder = self.decoder()?;
        // An unreadable note is none.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        Ok((DynamicImage::from_decoder(decoder)?, orientation))
    }
}

/// Converts samples of 16 bits to 8. If their upper bits are unused, as in images of sensors with 10
/// to 14 bits, the highest bit in use becomes the highest of the result; otherwise such images would
/// be black.
fn eight_bits(image: DynamicImage) -> Result<DynamicImage, ThumbnailError> {
    Ok(match image {
        DynamicImage::ImageLuma16(image) => DynamicImage::ImageLuma8(narrowed(&image)?),
        DynamicImage::ImageLumaA16(image) => DynamicImage::ImageLumaA8(narrowed(&image)?),
        DynamicImage::ImageRgb16(image) => DynamicImage::ImageRgb8(narrowed(&image)?),
        DynamicImage::ImageRgba16(image) => DynamicImage::ImageRgba8(narrowed(&image)?),
        other => other,
    })
}

fn narrowed<P, Q>(image: &ImageBuffer<P, Vec<u16>>) -> Result<ImageBuffer<Q, Vec<u8>>, ThumbnailError>
where
    P: Pixel<Subpixel = u16>,
    Q: Pixel<Subpixel = u8>,
{
    let channels = usize::from(P::CHANNEL_COUNT);
    let colours = if matches!(channels, 2 | 4) { channels - 1 } else { channels };
    let pixels = image.as_raw().chunks_exact(channels);
    let highest = pixels.clone().flat_map(|pixel| &pixel[..colours]).copied().max().unwrap_or(0);
    let unused = highest.leading_zeros().min(8);
    let mut bytes = Vec::with_capacity(image.as_raw().len());
    for pixel in pixels {
        // At most 255, because at least the 8 highest bits that are used remain.
        bytes.extend(pixel[..colours].iter().map(|sample| (sample >> (8 - unused)) as u8));
        bytes.extend(pixel[colours..].iter().map(|alpha| (alpha >> 8) as u8));
    }
    ImageBuffer::from_raw(image.width(), image.height(), bytes)
        .ok_or_else(|| ThumbnailError::Damaged("its pixels are incomplete".to_owned()))
}

/// Multiplies colours by their opacity, so that invisible ones do not mix into the edges of others.
/// Returns false, and changes nothing, if all pixels are opaque.
fn premultiply(image: &mut DynamicImage) -> bool {
    let times = |colour: u8, alpha: u8| ((u16::from(colour) * u16::from(alpha) + 127) / 255) as u8;
    each_translucent(image, times)
}

fn unmultiply(image: &mut DynamicImage) {
    each_translucent(image, |colour, alpha| match alpha {
        0 => 0,
        _ => ((u16::from(colour) * 255 + u16::from(alpha) / 2) / u16::from(alpha)).min(255) as u8,
    });
}

/// Changes the colours of pixels that are not opaque; returns true if there are any.
fn each_translucent(image: &mut DynamicImage, change: impl Fn(u8, u8) -> u8) -> bool {
    let (samples, channels): (&mut [u8], _) = match image {
        DynamicImage::ImageLumaA8(image) => (image.as_mut(), 2),
        DynamicImage::ImageRgba8(image) => (image.as_mut(), 4),
        _ => return false,
    };
    let mut found = false;
    for pixel in samples.chunks_exact_mut(channels) {
        if let Some((alpha, colours)) = pixel.split_last_mut()
            && *alpha < u8::MAX
        {
            found = true;
            colours.iter_mut().for_each(|colour| *colour = change(*colour, *alpha));
        }
    }
    found
}

/// Removes the channel of transparency.
fn opaque(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageLumaA8(_) => DynamicImage::ImageLuma8(image.to_luma8()),
        DynamicImage::ImageRgba8(_) => DynamicImage::ImageRgb8(image.to_rgb8()),
        other => other,
    }
}

/// Reduces an image until its longest side has `side` pixels. A large one is first averaged to twice
/// that, which needs one look at each pixel.
fn reduce(image: &DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let long = u64::from(width.max(height));
    let scaled = |length: u32, side: u32| {
        let rounded = (u64::from(length) * u64::from(side) + long / 2) / long;
        u32::try_from(rounded).unwrap_or(side).clamp(1, length)
    };
    let (to_width, to_height) = (scaled(width, side), scaled(height, side));
    if long <= 4 * u64::from(side) {
        return image.resize_exact(to_width, to_height, FilterType::Triangle);
    }
    image.thumbnail_exact(scaled(width, 2 * side), scaled(height, 2 * side)).resize_exact(
        to_width,
        to_height,
        FilterType::Triangle,
    )
}

fn encode(image: &DynamicImage, keeps_pixels: bool) -> Result<Thumbnail, ThumbnailError> {
    let mut out = Cursor::new(Vec::new());
    let format = if keeps_pixels {
        image.write_to(&mut out, ImageFormat::Png)?;
        ThumbnailFormat::Png
    } else {
        image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))?;
        ThumbnailFormat::Jpeg
    };
    Ok(Thumbnail { format, bytes: Bytes::from(out.into_inner()) })
}
