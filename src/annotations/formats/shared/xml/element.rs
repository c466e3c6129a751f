//! Elements.

use serde_json::{Map, Value};

use super::{XmlFault, XmlReader};

/// An element with its content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct XmlElement {
    /// The name, with its prefix.
    pub name: String,
    /// The attributes, in the order of the document.
    pub attributes: Vec<(String, String)>,
    /// The text of all its parts, without white space around it.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Self>,
    /// The line of its start tag, from 1.
    pub line: u64,
    /// The position of its first byte, from 0.
    pub start: u64,
}

impl XmlElement {
    /// Reads a document.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, XmlFault> {
        let mut reader = XmlReader::new(bytes);
        let Some(root) = reader.start()? else {
            return Err(XmlFault { line: 1, why: "expected an XML document, found no element".to_owned() });
        };
        let root = reader.content(root)?;
        reader.end()?;
        Ok(root)
    }

    /// Returns the value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns the first element with a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Returns the text of the first element with a name, if it has any.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Returns the content as JSON: a text, or an object of elements and attributes, in which
    /// repeated elements are a list and a text next to elements is `text`.
    pub(crate) fn to_value(&self) -> Value {
        if self.children.is_empty() && self.attributes.is_empty() {
            return self.text.as_str().into();
        }
        let mut fields = Map::new();
        let attributes = self.attributes.iter().map(|(name, value)| (name, value.as_str().into()));
        let children = self.children.iter().map(|child| (&child.name, child.to_value()));
        for (name, value) in attributes.chain(children) {
            match fields.get_mut(name) {
                None => {
                    fields.insert(name.clone(), value);
                }
                Some(Value::Array(list)) => list.push(value),
                Some(one) => *one = Value::Array(vec![one.take(), value]),
            }
        }
        if !self.text.is_empty() {
            fields.insert("text".to_owned(), self.text.as_str().into());
        }
        Value::Object(fields)
    }
}
