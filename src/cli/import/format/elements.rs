//! A JSON document cut into its elements, one at a time, however long it is.
//!
//! The document is an object of lists, or a list. Only where an element begins and ends is found out here; what it says is
//! for the strict parser, which sees each of them whole. Lists that nobody asks for are passed over unread.

use std::collections::HashSet;
use std::io::{self, BufRead};

use super::super::record::fault::Place;

/// The longest element, in bytes.
pub(in crate::cli::import) const LONGEST: usize = 16 * 1024 * 1024;

/// A document that could not be cut.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli::import) enum CutError {
    /// An element does not end soon enough.
    #[error("{0} is longer than 16 MiB; split it")]
    TooLong(Place),
    /// It is no JSON document of this kind.
    #[error("byte {at}: {why}")]
    Malformed {
        /// From 0.
        at: u64,
        /// What is wrong there.
        why: &'static str,
    },
    /// The input broke.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// An element of a list.
pub(in crate::cli::import) struct Element<'a> {
    /// The name of the list; empty where the document is one.
    pub section: &'a str,
    /// Its place in the list, from 0.
    pub index: u64,
    /// What it says.
    pub text: &'a [u8],
}

impl Element<'_> {
    /// How messages call it.
    pub(in crate::cli::import) fn place(&self) -> Place {
        place(self.section, self.index)
    }
}

fn place(section: &str, index: u64) -> Place {
    Place::Element(format!("{section}[{index}]"))
}

/// What comes next in a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Document,
    /// A name, where `first` tells whether the object may end before it without having had any.
    Name {
        first: bool,
    },
    Element {
        first: bool,
    },
    End,
}

/// Cuts a document. Holds one element at a time.
pub(in crate::cli::import) struct Elements<R> {
    input: R,
    next: Next,
    in_object: bool,
    section: String,
    index: u64,
    text: Vec<u8>,
    bytes: u64,
    /// The names that the object has had.
    names: HashSet<String>,
}

impl<R: BufRead> Elements<R> {
    /// A document from its beginning.
    pub(in crate::cli::import) fn new(input: R) -> Self {
        Self {
            input,
            next: Next::Document,
            in_object: false,
            section: String::new(),
            index: 0,
            text: Vec::new(),
            bytes: 0,
            names: HashSet::new(),
        }
    }

    /// How many bytes were read.
    pub(in crate::cli::import) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next element of the lists that are wanted; none at the end of the document.
    pub(in crate::cli::import) fn next(
        &mut self,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Element<'_>>, CutError> {
        loop {
            match self.next {
                Next::Document => self.document(&wanted)?,
                Next::Name { first } => self.name(first, &wanted)?,
                Next::Element { first } => {
                    if self.element(first)? {
                        let (section, index) = (self.section.as_str(), self.index - 1);
                        return Ok(Some(Element { section, index, text: &self.text }));
                    }
                }
                Next::End => return self.end().map(|()| None),
            }
        }
    }

    fn document(&mut self, wanted: impl Fn(&str) -> bool) -> Result<(), CutError> {
        // Some editors begin a file with a mark of its encoding.
        if self.input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.consume(3);
        }
        match self.peek()? {
            Some(b'{') => {
                self.in_object = true;
                self.next = Next::Name { first: true };
            }
            Some(b'[') if wanted("") => self.next = Next::Element { first: true },
            _ => return Err(self.malformed("a JSON object or list begins here")),
        }
        self.consume(1);
        Ok(())
    }

    fn name(&mut self, first: bool, wanted: impl Fn(&str) -> bool) -> Result<(), CutError> {
        if self.closes(b'}', first)? {
            self.next = Next::End;
            return Ok(());
        }
        if self.peek()? != Some(b'"') {
            return Err(self.malformed("a name in quotes stands here"));
        }
        self.value(true)?;
        let name: String =
            serde_json::from_slice(&self.text).map_err(|_| self.malformed("this name is no JSON text"))?;
        if !self.names.insert(name.clone()) {
            return Err(self.malformed("this name stands there for the second time"));
        }
        if self.peek()? != Some(b':') {
            return Err(self.malformed("a colon stands here"));
        }
        self.consume(1);
        self.next = Next::Name { first: false };
        self.section = name;
        self.index = 0;
        if self.peek()? == Some(b'[') && wanted(&self.section) {
            self.consume(1);
            self.next = Next::Element { first: true };
            return Ok(());
        }
        self.value(false)
    }

    /// Takes the next element of the list; false where the list ends.
    fn element(&mut self, first: bool) -> Result<bool, CutError> {
        if self.closes(b']', first)? {
            self.next = if self.in_object { Next::Name { first: false } } else { Next::End };
            return Ok(false);
        }
        self.value(true)?;
        self.next = Next::Element { first: false };
        self.index += 1;
        Ok(true)
    }

    fn end(&mut self) -> Result<(), CutError> {
        match self.peek()? {
            None => Ok(()),
            Some(_) => Err(self.malformed("the document has ended before this")),
        }
    }

    /// Whether a list or object ends here; else what comes before the next of its parts is taken.
    fn closes(&mut self, bracket: u8, first: bool) -> Result<bool, CutError> {
        match self.peek()? {
            Some(byte) if byte == bracket => {
                self.consume(1);
                Ok(true)
            }
            Some(b',') if !first => {
                self.consume(1);
                Ok(false)
            }
            Some(_) if first => Ok(false),
            Some(_) => Err(self.malformed("a comma or the end of the list or object stands here")),
            None => Err(self.malformed("the document breaks off")),
        }
    }

    /// Takes one value; its text is kept or not.
    fn value(&mut self, keep: bool) -> Result<(), CutError> {
        self.text.clear();
        if matches!(self.peek()?, None | Some(b',' | b']' | b'}' | b':')) {
            return Err(self.malformed("a value is missing here"));
        }
        let mut scan = Scan::default();
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if available.is_empty() {
                return Err(self.malformed("the document breaks off"));
            }
            let (taken, ends) = scan.over(available);
            if keep {
                if self.text.len() + taken > LONGEST {
                    return Err(CutError::TooLong(place(&self.section, self.index)));
                }
                self.text.extend_from_slice(&available[..taken]);
            }
            self.consume(taken);
            if ends {
                return Ok(());
            }
        }
    }

    /// The next byte that is no white space; it is not taken.
    fn peek(&mut self) -> Result<Option<u8>, CutError> {
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if available.is_empty() {
                return Ok(None);
            }
            let blank = available.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = available.get(blank).copied();
            self.consume(blank);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn consume(&mut self, bytes: usize) {
        self.input.consume(bytes);
        self.bytes += bytes as u64;
    }

    const fn malformed(&self, why: &'static str) -> CutError {
        CutError::Malformed { at: self.bytes, why }
    }
}

/// How far into a value a scan has come.
#[derive(Default)]
struct Scan {
    depth: u64,
    in_text: bool,
    escaped: bool,
    begun: bool,
}

impl Scan {
    /// How many of these bytes belong to the value, and whether it ends with them.
    fn over(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (place, byte) in bytes.iter().enumerate() {
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_text = false;
                        if self.depth == 0 {
                            return (place + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' if self.depth == 1 => return (place + 1, true),
                b',' | b'}' | b']' if self.depth == 0 => return (place, true),
                byte if self.depth == 0 && self.begun && byte.is_ascii_whitespace() => return (place, true),
                _ => {}
            }
            self.begun = true;
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The elements of a document, read in pieces of so many bytes.
    fn cut(text: &str, piece: usize) -> Result<Vec<String>, String> {
        let mut elements = Elements::new(BufReader::with_capacity(piece, text.as_bytes()));
        let mut found = Vec::new();
        let wanted = |section: &str| section != "info";
        loop {
            match elements.next(wanted) {
                Ok(Some(element)) => {
                    let text = String::from_utf8(element.text.to_vec()).unwrap();
                    found.push(format!("{} {text}", element.place()));
                }
                Ok(None) => {
                    assert_eq!(elements.bytes(), text.len() as u64);
                    return Ok(found);
                }
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    #[test]
    fn elements_are_cut_wherever_the_buffer_ends() {
        let text = r#" {"info": [1, {"a": "]}"}], "x": {"images": [0]}, "images" :[ {"id": 1, "n": "a\"]\\"}, [1,[2]] ,7 , "t\\" ,null], "none": [],
            "annotations": [{"b": [1.5e3, {}]}] } "#;
        let expected = [
            r#"images[0] {"id": 1, "n": "a\"]\\"}"#,
            "images[1] [1,[2]]",
            "images[2] 7",
            r#"images[3] "t\\""#,
            "images[4] null",
            r#"annotations[0] {"b": [1.5e3, {}]}"#,
        ];
        for piece in 1..80 {
            assert_eq!(cut(text, piece).unwrap(), expected, "{piece}");
        }
        assert_eq!(cut("[1,2]\n", 3).unwrap(), ["[0] 1", "[1] 2"]);
        assert_eq!(cut("\u{feff}[{}]", 64).unwrap(), ["[0] {}"]);
        assert_eq!(cut("{}", 64).unwrap(), [] as [&str; 0]);
        assert_eq!(cut("[ ]", 64).unwrap(), [] as [&str; 0]);
    }

    #[test]
    fn what_is_no_document_is_refused_where_it_goes_wrong() {
        for (text, said) in [
            ("", "byte 0: a JSON object or list begins here"),
            ("7", "byte 0: a JSON object or list begins here"),
            ("[1,2", "byte 4: the document breaks off"),
            ("[1 2]", "byte 3: a comma or the end of the list or object stands here"),
            ("[,1]", "byte 1: a value is missing here"),
            (r#"{"a":[],"a":[]}"#, "byte 11: this name stands there for the second time"),
            ("[1,]", "byte 3: a value is missing here"),
            ("[1]]", "byte 3: the document has ended before this"),
            (r#"{"a":[1]"#, "byte 8: the document breaks off"),
            (r#"{"a" [1]}"#, "byte 5: a colon stands here"),
            ("{a:1}", "byte 1: a name in quotes stands here"),
            (r#"{"a":}"#, "byte 5: a value is missing here"),
            (r#"{"a":[{"b":"c]}"#, "byte 15: the document breaks off"),
        ] {
            let refused = cut(text, 4).unwrap_err();
            assert_eq!(refused, said, "{text}");
        }
    }

    #[test]
    fn an_element_that_never_ends_is_given_up() {
        let long = format!("{{\"images\":[0,\"{}\"]}}", "x".repeat(LONGEST));
        assert_eq!(cut(&long, 4096).unwrap_err(), "images[1] is longer than 16 MiB; split it");
        let unwanted = format!("{{\"info\":[\"{}\"],\"images\":[1]}}", "x".repeat(LONGEST));
        assert_eq!(cut(&unwanted, 4096).unwrap(), ["images[0] 1"]);
    }
}
