//! The reader of elements.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::counted::Counted;
use super::element::XmlElement;
use super::text::{TextPieces, attribute_value, resolved};
use super::{LONGEST, MAX_DEPTH, XmlFault};

/// Reads the elements of a document in order, each as a whole or level by level.
pub(crate) struct XmlReader<R> {
    reader: Reader<Counted<R>>,
    buffer: Vec<u8>,
    encoding: Encoding,
    /// The number of open elements.
    depth: usize,
    has_root: bool,
}

/// The encoding that the declaration names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Latin1,
    Other(String),
}

/// A part of a document.
enum Part {
    Start(XmlElement),
    End,
    Text(String),
    /// Text of which the white space counts.
    Exact(String),
    /// The end of the document.
    Document,
}

impl<R: BufRead> XmlReader<R> {
    /// Creates a reader at the beginning of a document.
    pub(crate) fn new(input: R) -> Self {
        let mut reader = Reader::from_reader(Counted::new(input));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Self { reader, buffer: Vec::new(), encoding: Encoding::Utf8, depth: 0, has_root: false }
    }

    /// Returns the number of bytes read.
    pub(crate) fn position(&self) -> u64 {
        self.reader.get_ref().position
    }

    /// Returns the line of the next byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    /// Returns the next element in the open one, without its content; `None` at the end of the open
    /// one, or of the document. The returned element is open then, until its end was returned or
    /// [`content`](Self::content) has read it.
    pub(crate) fn start(&mut self) -> Result<Option<XmlElement>, XmlFault> {
        self.limit();
        loop {
            match self.part()? {
                Part::Start(element) => return Ok(Some(element)),
                Part::End | Part::Document => return Ok(None),
                Part::Text(_) | Part::Exact(_) => {}
            }
        }
    }

    /// Reads the content of the element that [`start`](Self::start) returned last, to its end.
    pub(crate) fn content(&mut self, element: XmlElement) -> Result<XmlElement, XmlFault> {
        let mut open = vec![(element, TextPieces::default())];
        loop {
            match self.part()? {
                Part::Start(child) => open.push((child, TextPieces::default())),
                Part::Text(text) => open.iter_mut().last().into_iter().for_each(|(_, own)| own.add(&text)),
                Part::Exact(text) => {
                    open.iter_mut().last().into_iter().for_each(|(_, own)| own.add_exact(&text));
                }
                Part::End => {
                    let Some((mut element, text)) = open.pop() else { return Err(self.cut()) };
                    element.text = text.finish();
                    match open.last_mut() {
                        Some((parent, _)) => parent.children.push(element),
                        None => return Ok(element),
                    }
                }
                Part::Document => return Err(self.cut()),
            }
        }
    }

    /// Reads to the end of the document, which must have no further element.
    pub(crate) fn end(&mut self) -> Result<(), XmlFault> {
        self.limit();
        loop {
            match self.part()? {
                Part::Document => return Ok(()),
                Part::Text(_) | Part::Exact(_) => {}
                Part::Start(_) | Part::End => return Err(self.fault("expected the end of the document")),
            }
        }
    }

    fn limit(&mut self) {
        let counted = self.reader.get_mut();
        counted.limit = counted.position.saturating_add(LONGEST);
    }

    fn part(&mut self) -> Result<Part, XmlFault> {
        loop {
            self.buffer.clear();
            let (line, start) = (self.line(), self.position());
            let mut buffer = std::mem::take(&mut self.buffer);
            let read = self.reader.read_event_into(&mut buffer);
            let part = match read {
                Err(error) => Err(self.broken(line, &error)),
                Ok(event) => {
                    event_part(&event, &mut self.encoding, line).map(|part| part.map(|part| (part, start)))
                }
            };
            self.buffer = buffer;
            let Some((part, start)) = part? else { continue };
            return self.accepted(part, line, start);
        }
    }

    /// Checks that a part may occur here.
    fn accepted(&mut self, part: Part, line: u64, start: u64) -> Result<Part, XmlFault> {
        let fault = |why: String| Err(XmlFault { line, why });
        match part {
            Part::Start(mut element) => {
                if self.depth == 0 && std::mem::replace(&mut self.has_root, true) {
                    return fault(format!(
                        "expected the end of the document, found another element {:?}",
                        element.name
                    ));
                }
                if self.depth >= MAX_DEPTH {
                    return fault(format!("expected at most {MAX_DEPTH} nested elements, found more"));
                }
                self.depth += 1;
                element.start = start;
                Ok(Part::Start(element))
            }
            Part::End => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Part::End)
            }
            Part::Document if self.depth > 0 => Err(self.cut()),
            Part::Text(text) if self.depth == 0 && !text.trim().is_empty() => {
                fault(format!("expected an XML element, found the text {:?}", shortened(text.trim())))
            }
            part => Ok(part),
        }
    }

    fn cut(&self) -> XmlFault {
        self.fault(
            "expected the end of an element, found the end of the document; the file seems to be cut off",
        )
    }

    fn fault(&self, why: &str) -> XmlFault {
        XmlFault { line: self.line(), why: why.to_owned() }
    }

    fn broken(&self, line: u64, error: &quick_xml::Error) -> XmlFault {
        let counted = self.reader.get_ref();
        if counted.is_at_limit() {
            let size = LONGEST / (1024 * 1024);
            let why =
                format!("expected an element of at most {size} MiB, found a longer one; split the file");
            return XmlFault { line, why };
        }
        XmlFault { line, why: format!("expected well-formed XML, found an error: {error}") }
    }
}

/// Returns the part that an event is; `None` for what has no meaning.
fn event_part(event: &Event<'_>, encoding: &mut Encoding, line: u64) -> Result<Option<Part>, XmlFault> {
    let fault = |why: String| XmlFault { line, why };
    Ok(match event {
        Event::Start(tag) | Event::Empty(tag) => Some(Part::Start(element(tag, encoding, line)?)),
        Event::End(_) => Some(Part::End),
        Event::Text(text) => Some(Part::Text(decoded(text, encoding).map_err(fault)?.into_owned())),
        Event::CData(text) => Some(Part::Exact(decoded(text, encoding).map_err(fault)?.into_owned())),
        Event::GeneralRef(reference) => {
            let name = decoded(reference, encoding).map_err(fault)?;
            let c = resolved(&name).ok_or_else(|| unresolved(&name, line))?;
            Some(Part::Exact(c.to_string()))
        }
        Event::Decl(declaration) => {
            if let Some(Ok(name)) = declaration.encoding() {
                *encoding = named(&String::from_utf8_lossy(&name));
            }
            None
        }
        Event::DocType(text) => {
            if text.windows(8).any(|window| window == b"<!ENTITY") {
                return Err(fault(
                    "expected no entities of a document type, found `<!ENTITY`; remove it".to_owned(),
                ));
            }
            None
        }
        Event::Comment(_) | Event::PI(_) => None,
        Event::Eof => Some(Part::Document),
    })
}

fn element(tag: &BytesStart<'_>, encoding: &Encoding, line: u64) -> Result<XmlElement, XmlFault> {
    let fault = |why: String| XmlFault { line, why };
    let name = decoded(tag.name().into_inner(), encoding).map_err(fault)?.into_owned();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| {
            fault(format!("expected valid attributes of {name:?}, found an error: {error}"))
        })?;
        let key = decoded(attribute.key.into_inner(), encoding).map_err(fault)?.into_owned();
        let raw = decoded(&attribute.value, encoding).map_err(fault)?;
        attributes.push((key, attribute_value(&raw).map_err(|name| unresolved(&name, line))?));
    }
    Ok(XmlElement { name, attributes, line, ..XmlElement::default() })
}

fn unresolved(name: &str, line: u64) -> XmlFault {
    let why = format!(
        "expected one of the five entities of XML or the number of a character, found `&{}`; write `&` as `&amp;`",
        shortened(name)
    );
    XmlFault { line, why }
}

fn named(encoding: &str) -> Encoding {
    match encoding.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Encoding::Utf8,
        "iso-8859-1" | "latin1" | "latin-1" => Encoding::Latin1,
        _ => Encoding::Other(encoding.to_owned()),
    }
}

fn decoded<'b>(bytes: &'b [u8], encoding: &Encoding) -> Result<Cow<'b, str>, String> {
    match (std::str::from_utf8(bytes), encoding) {
        (Ok(text), _) if text.is_ascii() => Ok(text.into()),
        (Ok(text), Encoding::Utf8) => Ok(text.into()),
        (_, Encoding::Latin1) => Ok(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into()),
        (_, Encoding::Other(name)) => {
            Err(format!("expected text in UTF-8, found the encoding {name:?}; save the file as UTF-8"))
        }
        (Err(_), Encoding::Utf8) => {
            Err("expected text in UTF-8, found other bytes; save the file as UTF-8".to_owned())
        }
    }
}

/// Returns the start of a text for messages.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
