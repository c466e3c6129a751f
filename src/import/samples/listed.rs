//! The images of all inputs of a command, by what they may be recognised.

use crate::annotations::matching::LabelHash;
use crate::domain::id::Digest;

/// An image of the inputs of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedImage {
    /// Its name in the input.
    pub name: String,
    /// The item that the file names as an export of stemma.
    pub exported: Option<String>,
    /// The field and the address of its file, if its name is a number.
    pub address: Option<(String, String)>,
    /// Its bytes; `None` if they are not imported.
    pub bytes: Option<Digest>,
    /// The names under which the inputs of the command have the same bytes, if another process has
    /// looked.
    pub elsewhere: Vec<String>,
    /// Its labels, sorted, if there may be several images of its bytes.
    pub labels: Vec<LabelHash>,
}

/// The images of all inputs of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListedImages {
    /// The images, by name.
    pub images: Vec<ListedImage>,
    /// The splits of the inputs.
    pub splits: Vec<String>,
}
