//! Tables of the HTML file: a caption, and headers of columns and rows.

use std::fmt::Write as _;

use crate::cli::shared::output::count;
use crate::cli::shared::version::NamedVersion;
use crate::cli::trace::report::markup::{Escaped, Foreign};

/// A column: its header and alignment.
pub(super) struct Column {
    name: &'static str,
    is_number: bool,
}

impl Column {
    pub(super) const fn text(name: &'static str) -> Self {
        Self { name, is_number: false }
    }

    pub(super) const fn number(name: &'static str) -> Self {
        Self { name, is_number: true }
    }
}

/// The content of a cell as HTML.
pub(super) struct Cell(String);

impl Cell {
    /// A reference that can be pasted.
    pub(super) fn code(reference: String) -> Self {
        Self::code_and(reference, "")
    }

    /// A reference, and a text after it.
    pub(super) fn code_and(reference: String, more: &str) -> Self {
        Self(format!("<code>{}</code>{}", Foreign(&reference), Escaped(more)))
    }

    /// A text that someone wrote.
    pub(super) fn text(text: String) -> Self {
        if text.is_empty() { Self::none() } else { Self(Foreign(&text).to_string()) }
    }

    /// A text of this program.
    pub(super) fn plain(text: impl AsRef<str>) -> Self {
        Self(Escaped(text.as_ref()).to_string())
    }

    pub(super) fn none() -> Self {
        Self::plain("–")
    }

    /// References, one per line. `is_least` is true if `total` is a lower bound.
    pub(super) fn versions(versions: &[NamedVersion], total: u64, is_least: bool) -> Self {
        let mut lines: Vec<String> =
            versions.iter().map(|version| Self::code(version.reference()).0).collect();
        match total.saturating_sub(lines.len() as u64) {
            0 if lines.is_empty() => return Self::none(),
            0 if is_least => lines.push("and perhaps more".to_owned()),
            0 => {}
            more if is_least => lines.push(format!("and at least {} more", count(more))),
            more => lines.push(format!("and {} more", count(more))),
        }
        Self(lines.join("<br/>"))
    }
}

/// Writes a table. The first cell of a row is its header.
pub(super) fn table(
    page: &mut String,
    caption: &str,
    columns: &[Column],
    rows: impl Iterator<Item = Vec<Cell>>,
) {
    let caption = Escaped(caption);
    // A box that scrolls must be reachable by keyboard. Writing to a string does not fail.
    let _ = write!(
        page,
        "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n<caption>{caption}</caption>\n<thead>\n<tr>"
    );
    let class = |column: &Column| if column.is_number { " class=\"number\"" } else { "" };
    for column in columns {
        let _ = write!(page, "<th scope=\"col\"{}>{}</th>", class(column), Escaped(column.name));
    }
    page.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for (place, (column, cell)) in columns.iter().zip(&row).enumerate() {
            let _ = match place {
                0 => write!(page, "<th scope=\"row\"{}>{}</th>", class(column), cell.0),
                _ => write!(page, "<td{}>{}</td>", class(column), cell.0),
            };
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}
