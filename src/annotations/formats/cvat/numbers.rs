//! Numbers and points of elements.

use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::xml::XmlElement;

/// Reads the attribute `points`: `x1,y1;x2,y2`.
pub(super) fn points(element: &XmlElement) -> Result<Vec<f64>, Reason> {
    let text = element.attribute("points").unwrap_or_default();
    let mut read = Vec::new();
    for (place, pair) in text.split(';').enumerate() {
        let (x, y) = pair.split_once(',').unwrap_or((pair, ""));
        for part in [x, y] {
            let number = part.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            let number = number.ok_or_else(|| {
                let why = format!(
                    "expected points as `x,y;x,y`, found {:?} as point {place}; correct it",
                    shortened(pair)
                );
                Reason::new(format!("{}.points", element.name), why)
            })?;
            read.push(number);
        }
    }
    Ok(read)
}

/// Reads an attribute that is a number.
pub(super) fn number(element: &XmlElement, name: &str) -> Result<f64, Reason> {
    let text = element.attribute(name).unwrap_or_default();
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
        let found = if text.is_empty() { "nothing".to_owned() } else { format!("{:?}", shortened(text)) };
        Reason::new(
            format!("{}.{name}", element.name),
            format!("expected a number, found {found}; correct it"),
        )
    })
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
