//! The labelling interface with which Label Studio shows the tasks of an export.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The controls that an export uses, with the labels of each.
#[derive(Debug, Default)]
pub(super) struct Controls {
    used: BTreeMap<String, BTreeSet<String>>,
    /// The names of keypoints, by their position.
    keypoints: BTreeSet<(usize, String)>,
}

impl Controls {
    /// Notes the labels of a result.
    pub(super) fn note<'l>(&mut self, control: &str, labels: impl IntoIterator<Item = &'l String>) {
        let known = match self.used.get_mut(control) {
            Some(known) => known,
            None => self.used.entry(control.to_owned()).or_default(),
        };
        for label in labels {
            if !known.contains(label) {
                known.insert(label.clone());
            }
        }
    }

    /// Notes the name of a keypoint.
    pub(super) fn note_keypoint(&mut self, place: usize, name: &str) {
        self.keypoints.insert((place, name.to_owned()));
    }

    /// Returns the interface; `None` if no controls are used.
    pub(super) fn to_xml(&self, classes: &[String]) -> Option<String> {
        if self.used.is_empty() {
            return None;
        }
        let mut xml = "<View>\n".to_owned();
        if self.used.keys().any(|control| control != "labels") {
            xml.push_str("  <Image name=\"image\" value=\"$image\"/>\n");
        }
        if self.used.contains_key("labels") {
            xml.push_str("  <Text name=\"text\" value=\"$text\"/>\n");
        }
        for (control, used) in &self.used {
            let (tag, of) = (tag(control), object_of(control));
            let _ = write!(xml, "  <{tag} name=\"{control}\" toName=\"{of}\"");
            let labels = self.labels(control, used, classes);
            if labels.is_empty() {
                xml.push_str("/>\n");
                continue;
            }
            xml.push_str(">\n");
            let label_tag = if control == "choices" { "Choice" } else { "Label" };
            for (label, index) in labels {
                let _ = write!(xml, "    <{label_tag} value=\"{}\"", escaped(label));
                // By it the converter orders the keypoints.
                let _ = index.map(|index| write!(xml, " model_index=\"{index}\""));
                xml.push_str("/>\n");
            }
            let _ = writeln!(xml, "  </{tag}>");
        }
        xml.push_str("</View>\n");
        Some(xml)
    }

    /// Returns the labels of a control: the classes of the list and others that are used, or the
    /// keypoints with their positions.
    fn labels<'l>(
        &'l self,
        control: &str,
        used: &'l BTreeSet<String>,
        classes: &'l [String],
    ) -> Vec<(&'l str, Option<usize>)> {
        if control == "keypointlabels" {
            let mut seen = BTreeSet::new();
            let points = self.keypoints.iter().map(|(place, name)| (name.as_str(), Some(*place)));
            let others = used.iter().map(|name| (name.as_str(), None));
            return points.chain(others).filter(|(name, _)| seen.insert(*name)).collect();
        }
        if !is_labelled(control) {
            return Vec::new();
        }
        let others = used.iter().filter(|label| !classes.contains(*label));
        classes.iter().chain(others).map(|label| (label.as_str(), None)).collect()
    }
}

/// Returns the name of the object tag of a control.
pub(super) fn object_of(control: &str) -> &'static str {
    if control == "labels" { "text" } else { "image" }
}

fn is_labelled(control: &str) -> bool {
    control.ends_with("labels") || control == "choices"
}

fn tag(control: &str) -> &'static str {
    match control {
        "brush" => "Brush",
        "brushlabels" => "BrushLabels",
        "choices" => "Choices",
        "keypoint" => "KeyPoint",
        "keypointlabels" => "KeyPointLabels",
        "labels" => "Labels",
        "polygon" => "Polygon",
        "polygonlabels" => "PolygonLabels",
        "rectangle" => "Rectangle",
        "rectanglelabels" => "RectangleLabels",
        "vector" => "Vector",
        "vectorlabels" => "VectorLabels",
        _ => "TextArea",
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_has_the_classes_of_the_list_first() {
        let mut controls = Controls::default();
        assert_eq!(controls.to_xml(&["b".to_owned()]), None);
        controls.note("rectanglelabels", &["a<b".to_owned()]);
        controls.note("textarea", &[]);
        let expected = "<View>\n  <Image name=\"image\" value=\"$image\"/>\n  \
                        <RectangleLabels name=\"rectanglelabels\" toName=\"image\">\n    <Label value=\"b\"/>\n    \
                        <Label value=\"a&lt;b\"/>\n  </RectangleLabels>\n  <TextArea name=\"textarea\" \
                        toName=\"image\"/>\n</View>\n";
        assert_eq!(controls.to_xml(&["b".to_owned()]).unwrap(), expected);
    }
}
