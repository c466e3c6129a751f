//! Reads HTML and XML with a parser that accepts only well-formed text.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The elements, attributes and text of a document.
#[derive(Default)]
pub(super) struct Markup {
    elements: BTreeMap<String, usize>,
    /// The names of all attributes.
    pub(super) attributes: Vec<String>,
    /// The number of attributes `scope`.
    pub(super) scopes: usize,
    /// The text without markup.
    pub(super) text: String,
}

impl Markup {
    pub(super) fn read(document: &str) -> Self {
        let mut reader = Reader::from_str(document);
        let (mut markup, mut open) = (Self::default(), 0_usize);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(element) => {
                    markup.add(&element);
                    open += 1;
                }
                Event::Empty(element) => markup.add(&element),
                Event::End(_) => open -= 1,
                Event::Text(text) => markup.text.push_str(&text.decode().unwrap()),
                Event::GeneralRef(name) => {
                    let character = name.resolve_char_ref().unwrap();
                    let named = match name.decode().unwrap().as_ref() {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "quot" => '"',
                        other => character.unwrap_or_else(|| panic!("&{other}; is not XML")),
                    };
                    markup.text.push(named);
                }
                Event::Decl(_) | Event::DocType(_) => {}
                Event::Eof => break,
                other => panic!("unexpected: {other:?}"),
            }
        }
        assert_eq!(open, 0, "an element is not closed");
        assert!(document.chars().all(|c| matches!(c, '\n' | '\t') || !c.is_control()));
        markup
    }

    fn add(&mut self, element: &BytesStart<'_>) {
        let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
        *self.elements.entry(name).or_default() += 1;
        for attribute in element.attributes() {
            // A duplicate or an attribute without quotes is an error.
            let attribute = attribute.unwrap();
            let name = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
            self.scopes += usize::from(name == "scope");
            self.attributes.push(name);
        }
    }

    pub(super) fn count(&self, element: &str) -> usize {
        self.elements.get(element).copied().unwrap_or(0)
    }
}
