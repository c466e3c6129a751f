//! Documents and their faults.

use serde_json::json;

use super::*;

fn why(text: &str) -> String {
    let fault = XmlElement::parse(text.as_bytes()).unwrap_err();
    format!("{}: {}", fault.line, fault.why)
}

#[test]
fn a_document_is_read() {
    let text = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<!-- a -->\r\n<a b='1 &lt; 2' c=\"x\ny\">\r\n  \
                <name> Tom &amp; Jerry&#33;\r\n </name><e/>\n<e>&#32;<![CDATA[ <x> ]]></e></a>\n";
    let root = XmlElement::parse(text.as_bytes()).unwrap();
    assert_eq!(
        (root.attribute("b"), root.attribute("c"), root.attribute("d")),
        (Some("1 < 2"), Some("x y"), None)
    );
    assert_eq!(root.text_of("name"), Some("Tom & Jerry!"));
    assert_eq!((root.line, root.child("name").unwrap().line), (3, 5));
    let empty: Vec<&str> =
        root.children.iter().filter(|child| child.name == "e").map(|e| e.text.as_str()).collect();
    assert_eq!(empty, ["", "  <x> "]);
    assert_eq!(
        root.to_value(),
        json!({"b": "1 < 2", "c": "x y", "name": "Tom & Jerry!", "e": ["", "  <x> "]})
    );
    let position = usize::try_from(root.child("name").unwrap().start).unwrap();
    assert!(text[position..].starts_with("<name>"), "{}", &text[position..]);
}

#[test]
fn faults_have_their_line() {
    for (text, said) in [
        ("", "1: expected an XML document, found no element"),
        ("{\"a\": 1}", "1: expected an XML element, found the text"),
        ("<a>\n<b></a>", "2: expected well-formed XML"),
        ("<a>\n<b>", "2: expected the end of an element, found the end of the document"),
        ("<a/>\n<b/>", "2: expected the end of the document, found another element \"b\""),
        (
            "<a>\n&nbsp;</a>",
            "2: expected one of the five entities of XML or the number of a character, found `&nbsp`",
        ),
        ("<a>\n<b c='&x;'/></a>", "2: expected one of the five entities"),
        ("<a>&#0;</a>", "1: expected one of the five entities"),
        ("<a b='1' b='2'/>", "1: expected valid attributes of \"a\""),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "1: expected no entities of a document type"),
    ] {
        assert!(why(text).starts_with(said), "{text}: {}", why(text));
    }
    let deep = "<a>".repeat(65);
    assert!(why(&deep).contains("at most 64 nested elements"));
    assert!(XmlElement::parse(b"<!DOCTYPE annotation><annotation/>").is_ok());
}

#[test]
fn encodings_are_read_or_named() {
    let with = |encoding: &str, bytes: &[u8]| {
        let mut text = format!("<?xml version='1.0' encoding='{encoding}'?><a>").into_bytes();
        text.extend(bytes);
        text.extend(b"</a>");
        XmlElement::parse(&text).map(|root| root.text).map_err(|fault| fault.why)
    };
    assert_eq!(with("ISO-8859-1", b"\xe9").unwrap(), "é");
    assert_eq!(with("gb2312", b"cat").unwrap(), "cat");
    assert!(with("gb2312", "é".as_bytes()).unwrap_err().contains("found the encoding \"gb2312\""));
    assert!(with("utf-8", b"\xe9").unwrap_err().contains("expected text in UTF-8"));
}

#[test]
fn written_texts_are_read() {
    for text in ["a", " a ", "a & <b> \"c\" 'd'", "\ta\r\nb\n", "  ", "é\u{a0}", "]]>"] {
        let document = format!("<a b=\"{0}\">{0}</a>", XmlText(text));
        let root = XmlElement::parse(document.as_bytes()).unwrap();
        // A text of several spaces is not trimmed at its ends alone.
        assert_eq!(root.text, text, "{document}");
        assert_eq!(root.attribute("b"), Some(text), "{document}");
    }
    assert!(is_xml_text("a\n") && !is_xml_text("a\u{1}"));
    assert_eq!(XmlText("\u{1}").to_string(), "\u{fffd}");
    assert!(is_xml_name("riding_bike") && !is_xml_name("2x") && !is_xml_name("a b") && !is_xml_name(""));
}

#[test]
fn elements_are_read_one_by_one() {
    let text = "<a>\n <meta><x>1</x></meta>\n <track id='1'>\n  <box/>\n  <box/>\n </track>\n</a>";
    let mut reader = XmlReader::new(text.as_bytes());
    assert_eq!(reader.start().unwrap().unwrap().name, "a");
    let meta = reader.start().unwrap().unwrap();
    assert_eq!(reader.content(meta).unwrap().text_of("x"), Some("1"));
    assert_eq!(reader.start().unwrap().unwrap().attribute("id"), Some("1"));
    let mut lines = Vec::new();
    while let Some(shape) = reader.start().unwrap() {
        let shape = reader.content(shape).unwrap();
        let (start, end) =
            (usize::try_from(shape.start).unwrap(), usize::try_from(reader.position()).unwrap());
        assert_eq!(&text[start..end], "<box/>");
        lines.push(shape.line);
    }
    assert_eq!(lines, [4, 5]);
    assert!(reader.start().unwrap().is_none());
    reader.end().unwrap();
}
