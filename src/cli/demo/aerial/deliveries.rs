//! The pictures and labels of the demo, and the reader of them.
//!
//! Generated, see `fixtures/datasets/aerial/README.md` (CC0). Compiled into the program. The labels
//! are GeoJSON in coordinates of the world, and are read as an import reads them.

use std::fs;

use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::formats::{self, ReaderOptions};
use crate::annotations::model::Sample;
use crate::annotations::reader::ReadStop;
use crate::blob::media::size_of_file;
use crate::cli::shared::failure::{Failure, Result};

/// A file: its name and content.
pub(super) type DeliveredFile = (&'static str, &'static [u8]);

/// The tiles of a flight with their world files, and labels of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivery {
    /// The pictures, each with its world file.
    pub tiles: &'static [(DeliveredFile, DeliveredFile)],
    labels: &'static [u8],
}

macro_rules! fixture {
    ($($part:literal)*) => {
        include_bytes!(concat!("../../../../fixtures/datasets/aerial/" $(, $part)*)).as_slice()
    };
}

macro_rules! tiles {
    ($flight:literal: $($name:literal)*) => {
        &[$((
            (concat!($name, ".jpg"), fixture!($flight "/" $name ".jpg")),
            (concat!($name, ".jgw"), fixture!($flight "/" $name ".jgw")),
        )),*]
    };
}

/// The first flight, and all labels of it.
pub(super) const MARCH: Delivery = Delivery {
    tiles: tiles!("march": "a1" "a2" "a3" "a4" "b1" "b2" "b3" "b4" "c1" "c2" "c3" "c4" "d1" "d2" "d3" "d4"),
    labels: fixture!("march/labels.geojson"),
};

/// The second flight: the eastern strip again, with all labels of it.
pub(super) const JUNE: Delivery =
    Delivery { tiles: tiles!("june": "a4" "b4" "c4" "d4"), labels: fixture!("june/labels.geojson") };

/// The labels that the review found to be wrong, as they should be.
pub(super) const REVIEW: Delivery = Delivery { tiles: MARCH.tiles, labels: fixture!("review.geojson") };

impl Delivery {
    /// Reads the tiles that have labels, with their labels in pixels.
    pub(super) fn read(&self) -> Result<Vec<Sample>> {
        let folder = tempfile::tempdir()?;
        let tiles = self.tiles.iter().flat_map(|(picture, world)| [picture, world]);
        for (name, content) in tiles.chain([&("labels.geojson", self.labels)]) {
            fs::write(folder.path().join(name), content)?;
        }
        let options = ReaderOptions {
            labels_from_folders: false,
            size_of: size_of_file,
            reference: None,
            variant: None,
        };
        let stopped = |stop: ReadStop| Failure::new(stop.about("the labels of the demo"));
        let files = Files::open(folder.path())
            .map_err(|reason| stopped(reason.at(RecordPlace::File(".".to_owned())).into()))?;
        let format = formats::named("geojson").ok_or_else(|| Failure::new("there is no format geojson"))?;
        let mut reader = (format.reader)(files, &options).map_err(stopped)?;
        reader.classes().map_err(stopped)?;
        let mut samples = Vec::new();
        while let Some(sample) = reader.next().map_err(stopped)? {
            samples.push(sample);
        }
        Ok(samples)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::annotations::geometry::area;
    use crate::annotations::model::Shape;
    use crate::domain::id::Digest;

    #[test]
    fn coordinates_of_the_world_become_pixels_of_the_tile() {
        for (delivery, tiles, labels) in [(MARCH, 16, 213), (JUNE, 4, 47), (REVIEW, 9, 13)] {
            let samples = delivery.read().unwrap();
            let count = samples.iter().map(|sample| sample.labels.len()).sum::<usize>();
            assert_eq!((samples.len(), count), (tiles, labels));
            for label in samples.iter().flat_map(|sample| &sample.labels) {
                let Shape::Polygons(rings) = Shape::of(&label.fields) else { panic!("{label:?}") };
                assert!(rings.iter().flatten().all(|part| (0.0..=512.0).contains(part)), "{label:?}");
                assert!(area(&Shape::Polygons(rings)) >= 70.0, "{label:?}");
            }
        }
        let samples = MARCH.read().unwrap();
        let labels = || samples.iter().flat_map(|sample| &sample.labels);
        let of = |class| labels().filter(|label| label.classes() == [class]).count();
        let counts = ["building", "vehicle", "road", "vegetation", "water"].map(of);
        assert_eq!(counts, [113, 45, 29, 21, 5], "as in the README of the data");
        let sample = samples.iter().find(|sample| sample.image.name == "c3.jpg").unwrap();
        let size = [&sample.image.fields["width"], &sample.image.fields["height"]];
        assert_eq!(size, [&json!(512), &json!(512)]);
        // 0.25 m a pixel; the upper left corner of the tile in the third row and the third column.
        let transform = json!([0.25, 0.0, 512_256.0, 0.0, -0.25, 5_402_256.0]);
        assert_eq!(sample.image.fields["geotransform"], transform);
    }

    #[test]
    fn every_label_of_the_review_is_one_of_the_first_flight() {
        let ids = |delivery: Delivery| {
            let samples = delivery.read().unwrap();
            samples
                .into_iter()
                .flat_map(|sample| sample.labels)
                .filter_map(|label| label.id)
                .collect::<Vec<_>>()
        };
        let known = ids(MARCH);
        assert!(ids(REVIEW).iter().all(|id| known.contains(id)));
    }

    /// The bytes of a file determine ids in existing stores.
    #[test]
    fn the_files_never_change() {
        let mut all = Vec::new();
        for (tiles, labels) in [(MARCH.tiles, MARCH.labels), (JUNE.tiles, JUNE.labels), (&[], REVIEW.labels)]
        {
            for ((_, picture), (_, world)) in tiles {
                all.extend([*picture, *world].concat());
            }
            all.extend(labels);
        }
        assert_eq!(
            Digest::of(&all).to_string(),
            "b3:b95171cf8fcc2d9dd6b46a19bf9398065846cf8a5b57c8969fbfe084990a1d64"
        );
        assert!(all.len() < 1_000_000, "{} bytes", all.len());
    }
}
