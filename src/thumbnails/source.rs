//! The header of an image: its format, its declared size, and the memory that decoding needs.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use image::{ColorType, ExtendedColorType, ImageDecoder as _, ImageFormat, ImageReader, Limits};

use super::jpeg::JpegFrame;
use super::{Stop, ThumbnailError, ThumbnailSize, of_io};

/// The longest side that is decoded: the most that a JPEG can have.
pub(super) const LONGEST: u32 = 65_535;

/// The memory of a decoder in addition to its pixels, in bytes: profiles, tables, rows.
const OVERHEAD: u64 = 4 * 1024 * 1024;

/// An image whose header has been read.
#[derive(Debug)]
pub struct ImageSource<F> {
    file: F,
    pub(super) header: ImageHeader,
    stop: Stop,
}

/// What the header of an image declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImageHeader {
    pub(super) format: ImageFormat,
    pub(super) width: u32,
    pub(super) height: u32,
    /// The size of the decoded pixels in bytes.
    pub(super) decoded: u64,
    /// The peak of the decoder's memory in bytes, with the decoded pixels.
    peak: u64,
}

/// The memory that copying an image and reading its header needs, in bytes.
pub const HEADER_MEMORY: u64 = OVERHEAD + 1024 * 1024;

impl<F: Read + Seek> ImageSource<F> {
    /// Reads the header of an image in a file of `length` bytes, from its beginning. Needs at most
    /// [`HEADER_MEMORY`], and decodes no pixels.
    ///
    /// # Errors
    /// Returns [`ThumbnailError`] if this is not an image of a supported kind with at most `pixels`
    /// pixels.
    pub fn read(mut file: F, length: u64, pixels: u64, stop: Stop) -> Result<Self, ThumbnailError> {
        let mut head = Vec::new();
        file.by_ref().take(32).read_to_end(&mut head)?;
        let format = format_of(&head)?;
        file.rewind()?;
        let reader = BufReader::new(Stoppable { file: &mut file, stop: &stop });
        let header = if format == ImageFormat::Jpeg {
            of_jpeg(reader, length)
        } else {
            of_decoder(reader, format, length)
        }?;
        let (width, height) = (header.width, header.height);
        if u64::from(width) * u64::from(height) > pixels || width.max(height) > LONGEST {
            return Err(ThumbnailError::TooManyPixels { width, height, limit: pixels });
        }
        Ok(Self { file, header, stop })
    }

    /// Returns the memory that making a thumbnail of this size needs, in bytes.
    pub fn memory(&self, size: ThumbnailSize) -> u64 {
        let (long, side) = (self.header.width.max(self.header.height), u64::from(size.pixels()));
        // The copy that is reduced in a second step, with samples of four bytes in between.
        let reduced = u64::from(long).min(4 * side) * side * 16 + 32 * side * side;
        self.header.peak + OVERHEAD + reduced
    }

    /// Returns a decoder of the image, which keeps to the memory of its header.
    pub(super) fn decoder(&mut self) -> Result<impl image::ImageDecoder + '_, ThumbnailError> {
        self.file.seek(SeekFrom::Start(0))?;
        let reader = BufReader::new(Stoppable { file: &mut self.file, stop: &self.stop });
        let mut reader = ImageReader::with_format(reader, self.header.format);
        let most = match self.header.format {
            // Its decoder does not count the pixels.
            ImageFormat::Png => OVERHEAD,
            _ => self.header.peak + OVERHEAD,
        };
        reader.limits(limits(most));
        let decoder = reader.into_decoder()?;
        let is_declared = decoder.dimensions() == (self.header.width, self.header.height);
        if !is_declared || decoder.total_bytes() > self.header.decoded {
            return Err(ThumbnailError::Damaged("its header contradicts itself".to_owned()));
        }
        Ok(decoder)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}

/// Returns the format that the first bytes show.
fn format_of(head: &[u8]) -> Result<ImageFormat, ThumbnailError> {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    match image::guess_format(head) {
        Ok(format @ (Bmp | Gif | Jpeg | Png | Tiff | WebP)) => Ok(format),
        Ok(other) => Err(ThumbnailError::Unsupported(format!("{other:?} images"))),
        Err(_) => match (head.get(4..8), head.get(8..12)) {
            (Some(b"ftyp"), Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1")) => {
                Err(ThumbnailError::Unsupported("HEIC images".to_owned()))
            }
            _ => Err(ThumbnailError::NotAnImage),
        },
    }
}

fn of_jpeg(
    mut reader: BufReader<Stoppable<'_, impl Read + Seek>>,
    length: u64,
) -> Result<ImageHeader, ThumbnailError> {
    let frame = JpegFrame::read(&mut reader).map_err(of_io)?;
    let decoded = u64::from(frame.width) * u64::from(frame.height) * frame.bytes_per_pixel();
    // Its decoder reads the complete file into memory, which doubles while it grows.
    let peak = decoded + 2 * length + frame.coefficients();
    Ok(ImageHeader { format: ImageFormat::Jpeg, width: frame.width, height: frame.height, decoded, peak })
}

fn of_decoder(
    reader: BufReader<Stoppable<'_, impl Read + Seek>>,
    format: ImageFormat,
    length: u64,
) -> Result<ImageHeader, ThumbnailError> {
    let mut reader = ImageReader::with_format(reader, format);
    let mut most = limits(OVERHEAD);
    // Checked by the caller, with a better message.
    (most.max_image_width, most.max_image_height) = (None, None);
    reader.limits(most);
    let decoder = reader.into_decoder().map_err(|error| match format {
        // A text may begin with the two letters of a bitmap.
        ImageFormat::Bmp => ThumbnailError::NotAnImage,
        _ => error.into(),
    })?;
    let ((width, height), decoded) = (decoder.dimensions(), decoder.total_bytes());
    let narrowed = match decoder.color_type() {
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => 0,
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => decoded / 2,
        other => return Err(ThumbnailError::Unsupported(format!("images with samples of {other:?}"))),
    };
    if width == 0 || height == 0 {
        return Err(ThumbnailError::Damaged("it has no pixels".to_owned()));
    }
    let decoding = match format {
        // The first frame, beside the picture that it is put into.
        ImageFormat::Gif => decoded,
        // Planes of luminance and colour, or a frame and its transparency; and the compressed frame.
        ImageFormat::WebP => decoded.saturating_mul(2).saturating_add(2 * length),
        // Samples as they are stored: four for three if they are inks.
        ImageFormat::Tiff => match decoder.original_color_type() {
            ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16 => decoded / 3 * 4,
            _ => decoded,
        },
        _ => 0,
    };
    // The samples of 16 bits are converted when the decoder is gone.
    let peak = decoded.saturating_add(decoding.max(narrowed));
    Ok(ImageHeader { format, width, height, decoded, peak })
}

fn limits(memory: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(memory);
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits
}

/// A file whose next read fails once the rendering is stopped.
struct Stoppable<'a, F> {
    file: &'a mut F,
    stop: &'a Stop,
}

impl<F: Read> Read for Stoppable<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_stopped() {
            // `Interrupted` would be tried again.
            return Err(io::Error::new(io::ErrorKind::TimedOut, "stopped"));
        }
        self.file.read(buffer)
    }
}

impl<F: Seek> Seek for Stoppable<'_, F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
