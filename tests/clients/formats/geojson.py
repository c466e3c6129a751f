#!/usr/bin/env python3
"""Compares what an import of GeoJSON stores, and what an export as GeoJSON writes, with what geopandas reads from the
same files.

    python geojson.py path/to/stemma --sets 20 --seed 1

Random files are written by geopandas, in pixels, with the image of the same name beside them: polygons of one or
several parts, boxes, lines and points, with properties.

Needs geopandas.
"""

import warnings

import stemma
import geopandas
from PIL import Image as Pixels
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry.polygon import orient

CLASSES = ["wren", "blue tit", "möwe", "a & b"]
warnings.filterwarnings("ignore")


def polygon(rng, x):
    """Returns a convex polygon, at a place where no other one is."""
    corners = [(x + rng.randint(0, 3) / 8, 2), (x + 8, 3 + rng.randint(0, 9) / 8), (x + 7, 20), (x + 1, 12.5)]
    return Polygon(corners)


def made(rng, folder):
    """Writes random files and their images."""
    for number in range(rng.randint(1, 5)):
        Pixels.new("RGB", (90, 70), (number, 0, 0)).save(folder / f"photo {number}.png")
        rows = []
        for _ in range(rng.randint(1, 8)):
            x, y = rng.randint(0, 200) / 8, rng.randint(0, 200) / 8
            shape = rng.choice([
                polygon(rng, x),
                MultiPolygon([polygon(rng, x), polygon(rng, x + 20)]),
                box(x, y, x + 7.5, y + 9),
                LineString([(x, y), (x + 3, y), (x + 4, y + 9)]),
                Point(x, y),
                MultiPoint([(x, y), (x + 1, y + 2)]),
            ])
            rows.append({"class": rng.choice(CLASSES), "age": rng.randint(1, 9), "note": rng.choice(["", "a\nnote"]), "geometry": shape})
        geopandas.GeoDataFrame(rows, geometry="geometry").to_file(folder / f"photo {number}.geojson", driver="GeoJSON")
    return (folder,)


def points_of(shape):
    """Returns the kind of a geometry, and the points of its parts from the first one, clockwise as seen."""
    if isinstance(shape, Polygon):
        return "polygon", [ring(list(shape.exterior.coords)[:-1])]
    if isinstance(shape, MultiPolygon):
        return "polygon", sorted(ring(list(part.exterior.coords)[:-1]) for part in shape.geoms)
    if isinstance(shape, LineString):
        return "line", stemma.rounded(list(shape.coords), 6)
    points = [shape] if isinstance(shape, Point) else shape.geoms
    return "points", stemma.rounded([(point.x, point.y) for point in points], 6)


def ring(points):
    """Returns the points of a ring in one direction, from the smallest."""
    points = list(orient(Polygon(points)).exterior.coords)[:-1]
    first = points.index(min(points))
    return stemma.rounded(points[first:] + points[:first], 6)


def read(folder):
    """Returns the labels of each image as geopandas reads them."""
    found, paths = [], sorted(folder.rglob("*.geojson"))
    for path in paths:
        for _, row in geopandas.read_file(path).iterrows():
            found.append((path.stem, [row["class"], *points_of(row.geometry), int(row["age"]), row["note"] or ""]))
    return stemma.by_image(found, [path.stem for path in paths])


def pairs(numbers, of=2):
    return [tuple(numbers[place : place + 2]) for place in range(0, len(numbers), of)]


def label_of(fields):
    """Returns a stored label in the form of `read`."""
    if "bbox" in fields:
        x, y, width, height = fields["bbox"]
        shape = "polygon", [ring([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])]
    elif "segmentation" in fields:
        shape = "polygon", sorted(ring(pairs(part)) for part in fields["segmentation"])
    elif "polyline" in fields:
        shape = "line", stemma.rounded(pairs(fields["polyline"]), 6)
    else:
        shape = "points", stemma.rounded(pairs(fields["keypoints"], 3), 6)
    attributes = fields.get("attributes", {})
    return [fields["class"], *shape, attributes.get("age"), attributes.get("note", "")]


def check(program, path):
    want = read(path)
    stored = program.imported(path, "--format", "geojson")
    found = [(label.image.rsplit(".", 1)[0], label_of(label.fields)) for label in stored.labels]
    yield "labels", want, stemma.by_image(found, [image.rsplit(".", 1)[0] for image in stored.images])
    yield "exported labels", want, read(program.exported("geojson"))


if __name__ == "__main__":
    stemma.run(__doc__, made, check)
