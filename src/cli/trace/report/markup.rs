//! Text in HTML and XML. What people wrote is hostile: it is escaped, shortened and isolated.

use std::fmt::{self, Write as _};

/// The most characters of a text that are shown.
const LONGEST: usize = 1_000;

/// A text as content or as the value of an attribute.
pub(super) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\r' => f.write_str("&#13;")?,
                c if is_allowed(c) => f.write_char(c)?,
                _ => f.write_char(char::REPLACEMENT_CHARACTER)?,
            }
        }
        Ok(())
    }
}

/// Returns true if a character may be in both HTML and XML 1.0: no control characters and no
/// noncharacters.
fn is_allowed(c: char) -> bool {
    let is_noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    matches!(c, '\n' | '\t') || !(c.is_control() || is_noncharacter)
}

/// A text that someone wrote, in HTML: isolated, so that marks of direction in it do not reorder
/// what is around it, and shortened with the number of characters that are left out.
pub(super) struct Foreign<'a>(pub &'a str);

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(LONGEST) {
            None => write!(f, "<bdi>{}</bdi>", Escaped(self.0)),
            Some((end, _)) => {
                let (shown, rest) = self.0.split_at(end);
                let more = crate::cli::shared::output::count(rest.chars().count() as u64);
                write!(f, "<bdi>{}</bdi>… ({more} more characters)", Escaped(shown))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_only_text() {
        let text = "<script>alert('x')</script>\"&\u{0}\u{1b}[31m\u{ffff}\u{85}\r\n";
        let escaped = Escaped(text).to_string();
        assert_eq!(
            escaped,
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\u{fffd}\u{fffd}[31m\u{fffd}\u{fffd}&#13;\n"
        );
    }

    #[test]
    fn a_long_text_says_how_much_is_left_out() {
        let long = "é".repeat(3_500);
        let shown = Foreign(&long).to_string();
        assert!(shown.ends_with("</bdi>… (2,500 more characters)"), "{shown}");
        assert_eq!(shown.matches('é').count(), 1_000);
        assert_eq!(Foreign("\u{202e}a").to_string(), "<bdi>\u{202e}a</bdi>");
    }
}
