//! The names of the fields of images and labels.

/// An image's name: a path or an address.
pub const FILE_NAME: &str = "file_name";
/// An image's width, in pixels.
pub const WIDTH: &str = "width";
/// An image's height, in pixels.
pub const HEIGHT: &str = "height";
/// The class of a label: a name, or a list of names.
pub const CLASS: &str = "class";
/// A rectangle: `[x, y, width, height]`, in pixels.
pub const BBOX: &str = "bbox";
/// The angle by which [`BBOX`] is turned about its centre, in degrees, clockwise as seen.
pub const ROTATION: &str = "rotation";
/// The four corners of a rectangle that is not parallel to the sides of the image:
/// `[x1, y1, …, x4, y4]`, in pixels.
pub const CORNERS: &str = "corners";
/// Polygons `[[x1, y1, x2, y2, …], …]` in pixels, or a mask `{"size": [height, width],
/// "counts": …}` in run lengths, column by column, beginning with zeros, as COCO writes them.
pub const SEGMENTATION: &str = "segmentation";
/// A line of several points: `[x1, y1, x2, y2, …]`, in pixels.
pub const POLYLINE: &str = "polyline";
/// Points with their visibility: `[x1, y1, v1, …]`; 0 is absent, 1 hidden, 2 visible.
pub const KEYPOINTS: &str = "keypoints";
/// The range of a text: `[start, end]`, in characters; the end is not included.
pub const SPAN: &str = "span";
/// A sentence about the image.
pub const CAPTION: &str = "caption";
/// The confidence of a prediction, from 0 to 1.
pub const SCORE: &str = "score";
/// The identity of an object through the frames of a video.
pub const TRACK_ID: &str = "track_id";
/// An object of all further properties, by their names in the tool: `occluded`, `difficult`, ….
pub const ATTRIBUTES: &str = "attributes";
/// The regions of a label that has several: a list of objects.
pub const REGIONS: &str = "regions";
