//! The place of an image in the world, and the decision if coordinates are pixels.

use std::path::Path;

use super::geotiff;
use super::transform::Transform;
use crate::annotations::fault::Reason;
use crate::annotations::files::Files;
use crate::annotations::model::Rectangle;

/// The meaning of the coordinates of an image's features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coordinates {
    /// Pixels from the upper left corner of the image.
    Pixels,
    /// Coordinates of a reference system.
    World,
}

impl Coordinates {
    /// Returns the name, as a variant.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pixels => "pixels",
            Self::World => "world",
        }
    }

    /// Returns the meaning with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Pixels, Self::World].into_iter().find(|own| own.name() == name)
    }
}

/// Returns the transform of an image: of its tags, else of the world file beside.
pub(super) fn transform_of(files: &Files, image: &str) -> Option<Transform> {
    let system = files.get(image)?;
    if let Some(transform) = geotiff::transform_of(system) {
        return Some(transform);
    }
    let (stem, ending) = image.rsplit_once('.')?;
    let first = ending.chars().next()?;
    let last = ending.chars().next_back()?;
    let endings = [format!("{first}{last}w"), format!("{ending}w"), "wld".to_owned()];
    let upper: Vec<String> = endings.iter().map(|ending| ending.to_uppercase()).collect();
    let lower: Vec<String> = endings.iter().map(|ending| ending.to_lowercase()).collect();
    let found = lower.iter().chain(&upper).find_map(|ending| files.get(&format!("{stem}.{ending}")))?;
    Transform::of_world_file(&world_file(found)?)
}

/// Reads a world file, which has a line for each of six numbers.
fn world_file(path: &Path) -> Option<String> {
    let is_small = std::fs::metadata(path).is_ok_and(|file| file.len() < 4096);
    is_small.then(|| std::fs::read_to_string(path).ok()).flatten()
}

/// What is known of an image and the coordinates of its features.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoordinateFacts {
    /// What the user or the file says.
    pub said: Option<Coordinates>,
    /// True if the file names a reference system.
    pub has_crs: bool,
    /// The transform of the image.
    pub transform: Option<Transform>,
    /// Width and height of the image.
    pub size: Option<(f64, f64)>,
    /// The rectangle around all coordinates; `None` without any.
    pub bounds: Option<Rectangle>,
}

const FOLDER: &str = "import the folder that has the image, with its world file if it is no GeoTIFF";

impl CoordinateFacts {
    /// Decides what the coordinates are.
    ///
    /// # Errors
    /// Returns the reason if they cannot be pixels of the image, and its place is unknown, or if
    /// they can be both.
    pub(super) fn decide(self) -> Result<Coordinates, Reason> {
        let refused = |why: String| Err(Reason::record(why));
        let Some(bounds) = self.bounds else { return Ok(Coordinates::Pixels) };
        let shown = format!(
            "{} to {}, {} to {}",
            bounds.x,
            bounds.x + bounds.width,
            bounds.y,
            bounds.y + bounds.height
        );
        let is_world = self.transform.zip(self.size).map(|(transform, (width, height))| {
            let corners = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]
                .map(|corner| transform.to_world(corner));
            Rectangle::around(&corners.concat()).is_some_and(|extent| touches(&extent, &bounds))
        });
        let is_pixels = self.size.map(|(width, height)| {
            let extent = Rectangle { x: 0.0, y: 0.0, width, height };
            touches(&extent, &bounds)
        });
        match self.said {
            Some(Coordinates::Pixels) => return Ok(Coordinates::Pixels),
            Some(Coordinates::World) if self.transform.is_none() => {
                return refused(format!(
                    "expected the place of the image in the world, found neither GeoTIFF tags nor a world file; {FOLDER}"
                ));
            }
            Some(Coordinates::World) if is_world == Some(false) => {
                return refused(format!(
                    "expected coordinates within the image, found {shown}; write them in the reference system of the image"
                ));
            }
            Some(Coordinates::World) => return Ok(Coordinates::World),
            None => {}
        }
        // Degrees of a small area lie within the first pixels of a large image.
        let is_small = bounds.width < 2.0 && bounds.height < 2.0;
        let may_be_degrees = is_small && bounds.x.abs() <= 180.0 && bounds.y.abs() <= 90.0;
        match (is_world, is_pixels) {
            (Some(true), Some(true)) if !self.has_crs => refused(format!(
                "expected coordinates that are clearly pixels or those of the world, found {shown}, which can be both; \
                 name the variant `pixels` or `world`"
            )),
            (Some(true), _) => Ok(Coordinates::World),
            (_, Some(true)) if !self.has_crs && !may_be_degrees => Ok(Coordinates::Pixels),
            (Some(false), _) => refused(format!(
                "expected coordinates within the image, found {shown}; write them in the reference system of the image"
            )),
            (None, None) if self.transform.is_none() => refused(format!(
                "expected the image, because its size says if coordinates are pixels, found none; {FOLDER}, or name the \
                 variant `pixels`"
            )),
            (None, None) => Ok(Coordinates::World),
            (None, Some(_)) => refused(format!(
                "expected pixels of the image, found coordinates {shown}, and neither GeoTIFF tags nor a world file; \
                 {FOLDER}, or name the variant `pixels`"
            )),
        }
    }
}

fn touches(one: &Rectangle, other: &Rectangle) -> bool {
    let apart = |a: f64, a_length: f64, b: f64, b_length: f64| a > b + b_length || b > a + a_length;
    !apart(one.x, one.width, other.x, other.width) && !apart(one.y, one.height, other.y, other.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_told_apart() {
        let utm = Transform::new([0.5, 0.0, 500_000.0, 0.0, -0.5, 5_000_000.0]);
        let facts = CoordinateFacts {
            said: None,
            has_crs: false,
            transform: utm,
            size: Some((1000.0, 800.0)),
            bounds: None,
        };
        let at = |x: f64, y: f64, width: f64| Some(Rectangle { x, y, width, height: width });
        let plain = CoordinateFacts { transform: None, ..facts };
        for (facts, decided) in [
            (CoordinateFacts { bounds: at(500_010.0, 4_999_900.0, 20.0), ..facts }, Ok(Coordinates::World)),
            (CoordinateFacts { bounds: at(10.0, 20.0, 300.0), ..facts }, Ok(Coordinates::Pixels)),
            (CoordinateFacts { bounds: at(11.5, 48.1, 0.01), ..facts }, Err("within the image")),
            (CoordinateFacts { bounds: at(-11.5, 48.1, 0.01), ..facts }, Err("within the image")),
            (CoordinateFacts { bounds: at(10.0, 20.0, 300.0), ..plain }, Ok(Coordinates::Pixels)),
            (CoordinateFacts { bounds: at(-5.0, 20.0, 300.0), ..plain }, Ok(Coordinates::Pixels)),
            (CoordinateFacts { bounds: at(11.5, 48.1, 0.01), ..plain }, Err("neither GeoTIFF tags nor")),
            (
                CoordinateFacts { bounds: at(10.0, 20.0, 300.0), has_crs: true, ..plain },
                Err("neither GeoTIFF"),
            ),
            (CoordinateFacts { bounds: at(5e5, 5e6, 9.0), ..plain }, Err("neither GeoTIFF tags")),
            (CoordinateFacts { bounds: at(5e5, 5e6, 9.0), size: None, ..plain }, Err("expected the image")),
            (
                CoordinateFacts {
                    bounds: at(1.0, 1.0, 9.0),
                    size: None,
                    said: Some(Coordinates::Pixels),
                    ..plain
                },
                Ok(Coordinates::Pixels),
            ),
            (
                CoordinateFacts { bounds: at(1.0, 1.0, 9.0), said: Some(Coordinates::World), ..plain },
                Err("expected the place"),
            ),
        ] {
            match (facts.decide(), decided) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(reason), Err(said)) => {
                    let why = reason.at(1).to_string();
                    assert!(why.contains(said), "{why}");
                }
                (found, expected) => panic!("{found:?} {expected:?}"),
            }
        }
        let near = Transform::new([0.5, 0.0, 0.0, 0.0, -0.5, 300.0]);
        let both = CoordinateFacts { bounds: at(10.0, 20.0, 30.0), transform: near, ..facts };
        assert!(both.decide().unwrap_err().at(1).to_string().contains("can be both"));
    }
}
