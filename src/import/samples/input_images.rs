//! The images of all inputs of a command, by name: an image has left its name only if none of them
//! has it there.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::OnceLock;

use super::addresses::Address;
use super::files::{FoundBytes, SampleFiles};
use super::listed::{ListedImage, ListedImages};
use crate::annotations::checked::check_shapes;
use crate::annotations::matching::LabelHash;
use crate::annotations::model::{ImageBytes, LabelOrigin};
use crate::annotations::names;
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::domain::id::Digest;
use crate::import::record::payload::ImportPayload;

/// Opens an input at its beginning; `None` if that fails, which its import reports.
pub(crate) type OpenInput = Box<dyn Fn() -> Option<(Box<dyn SampleReader>, SampleFiles)> + Send + Sync>;

/// One input of a command.
pub(crate) struct CommandInput {
    /// Opens it.
    pub open: OpenInput,
    /// The split of its images: the one that all have, or `None` if they may have their own.
    pub split: Option<String>,
    /// The split of images that have none.
    pub default_split: String,
}

/// The images of all inputs of a command. They are read when one is looked up for the first time,
/// which is rare: if the item of an image depends on others, such as one of the same bytes.
pub(crate) struct InputImages {
    inputs: Vec<CommandInput>,
    read: OnceLock<ReadImages>,
    /// The hashes of the names of the images of each file, by the hash of its path.
    owners: OnceLock<Owners>,
}

type Owners = HashMap<u64, Vec<u64>>;

#[derive(Default)]
struct ReadImages {
    files: Vec<SampleFiles>,
    /// The images of each name, as a key.
    images: HashMap<Box<str>, Vec<InputImage>>,
    splits: BTreeSet<String>,
    /// The first input that cannot be read to its end.
    failed: Option<FailedInput>,
}

/// An input that cannot be read to its end.
pub(crate) struct FailedInput {
    /// The position of the input.
    pub input: usize,
    /// The reason; `None` if it cannot be opened.
    pub stop: Option<ReadStop>,
}

/// An image of an input.
struct InputImage {
    /// The position of the input.
    input: usize,
    name: Box<str>,
    /// The item that the file names as an export of stemma.
    exported: Option<Box<str>>,
    /// The field and the address of its file, if its name is a number.
    address: Option<(String, String)>,
    /// Its bytes; `None` if they were in memory and are hashed.
    bytes: Option<ImageBytes>,
    hashed: OnceLock<HashedBytes>,
}

/// The bytes of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HashedBytes {
    /// There are none.
    None,
    Some(Digest),
    /// The file is not imported.
    Skipped,
}

impl InputImages {
    /// Creates it from all inputs.
    pub(crate) fn new(inputs: Vec<CommandInput>) -> Self {
        Self { inputs, read: OnceLock::new(), owners: OnceLock::new() }
    }

    /// Returns true if an input has an image of these bytes under this name, or an input or the folder
    /// of payloads such a file, which is not that of an image with another name, or if that is not known
    /// because an input cannot be read.
    pub(crate) fn has(&self, name: &str, digest: &Digest) -> bool {
        let read = self.read();
        let name = names::key_of(name);
        let mut images = read.images.get(name.as_str()).into_iter().flatten();
        read.failed.is_some()
            || images.any(|image| read.hashed(image) == HashedBytes::Some(*digest))
            || read.files.iter().any(|files| files.at(&name).any(|file| self.is_copy(file, &name, digest)))
    }

    /// Returns true if a file has these bytes, and is not the file of images with other names.
    fn is_copy(&self, file: PathBuf, name: &str, digest: &Digest) -> bool {
        let owners = self.owners.get_or_init(|| self.read().owners());
        let is_others = owners.get(&hash(file.as_os_str())).is_some_and(|names| !names.contains(&hash(name)));
        let payload = || ImportPayload::of_file(file).ok();
        !is_others && payload().is_some_and(|payload| payload.meta.digest == *digest)
    }

    /// Returns an image of which two inputs have different bytes under one name: the positions of both, and
    /// the name.
    pub(crate) fn contradiction(&self) -> Option<(usize, usize, String)> {
        if self.inputs.len() < 2 {
            return None;
        }
        let read = self.read();
        let of_name = |images: &Vec<InputImage>| {
            let first =
                images.first().filter(|first| images.iter().any(|image| image.input != first.input))?;
            let HashedBytes::Some(digest) = read.hashed(first) else { return None };
            let is_other = |image: &&InputImage| {
                image.name == first.name
                    && matches!(read.hashed(image), HashedBytes::Some(other) if other != digest)
            };
            let other = images.iter().filter(|image| image.input != first.input).find(is_other)?;
            Some((first.input, other.input, first.name.to_string()))
        };
        read.images.values().filter_map(of_name).min_by(|a, b| a.2.cmp(&b.2))
    }

    /// Reads all inputs; returns the first one that cannot be read to its end, or that has a shape that
    /// cannot be.
    pub(crate) fn failed(&self) -> Option<&FailedInput> {
        self.read().failed.as_ref()
    }

    /// Returns all images, with the digests of their bytes, and their splits.
    ///
    /// # Errors
    /// An input cannot be read to its end.
    pub(crate) fn listed(&self) -> Result<ListedImages, ReadStop> {
        let read = self.read();
        if let Some(failed) = &read.failed {
            let why =
                failed.stop.as_ref().map_or_else(|| "an input cannot be opened".to_owned(), ReadStop::fault);
            let why = format!("its images cannot be told from those of the other inputs: {why}");
            return Err(ReadStop::Unreadable(why));
        }
        let listed = |image: &InputImage| {
            let bytes = match read.hashed(image) {
                HashedBytes::None => None,
                HashedBytes::Some(digest) => Some(digest),
                HashedBytes::Skipped => return None,
            };
            Some(ListedImage {
                name: image.name.to_string(),
                exported: image.exported.as_deref().map(str::to_owned),
                address: image.address.clone(),
                bytes,
                elsewhere: Vec::new(),
                labels: Vec::new(),
            })
        };
        let images = read.images.values().flatten().filter_map(listed).collect();
        Ok(ListedImages { images, splits: read.splits.iter().cloned().collect() })
    }

    /// Adds the labels of images that have the same bytes as others of the list, or for whose bytes
    /// `has_several` is true. Reads the inputs again, if there are any.
    ///
    /// # Errors
    /// An input cannot be read to its end.
    pub(crate) fn add_labels(
        &self,
        listed: &mut ListedImages,
        has_several: &dyn Fn(&Digest) -> bool,
    ) -> Result<(), ReadStop> {
        let mut counts: HashMap<Digest, usize> = HashMap::new();
        for digest in listed.images.iter().filter_map(|image| image.bytes) {
            *counts.entry(digest).or_default() += 1;
        }
        counts.retain(|digest, count| *count > 1 || has_several(digest));
        let is_shared =
            |image: &&mut ListedImage| image.bytes.is_some_and(|bytes| counts.contains_key(&bytes));
        let mut shared: HashMap<String, &mut Vec<LabelHash>> = listed
            .images
            .iter_mut()
            .filter(is_shared)
            .map(|image| (image.name.clone(), &mut image.labels))
            .collect();
        if shared.is_empty() {
            return Ok(());
        }
        let unread = || ReadStop::Unreadable("an input cannot be opened".to_owned());
        for input in &self.inputs {
            let (mut reader, _) = (input.open)().ok_or_else(unread)?;
            reader.classes()?;
            while let Some(sample) = reader.next()? {
                let Some(labels) = shared.get_mut(&sample.image.name) else { continue };
                let own = sample.labels.iter().filter(|label| label.origin == LabelOrigin::Annotation);
                labels.extend(own.map(|label| LabelHash::of(&label.fields)));
            }
        }
        shared.into_values().for_each(|labels| labels.sort_unstable());
        Ok(())
    }

    fn read(&self) -> &ReadImages {
        self.read.get_or_init(|| {
            let mut read = ReadImages::default();
            for (input, opened) in self.inputs.iter().enumerate() {
                if let Err(stop) = read.add(opened) {
                    read.failed.get_or_insert(FailedInput { input, stop });
                }
            }
            read
        })
    }
}

impl ReadImages {
    /// Reads an input.
    ///
    /// # Errors
    /// Returns why it cannot be read to its end; `None` if it cannot be opened.
    fn add(&mut self, input: &CommandInput) -> Result<(), Option<ReadStop>> {
        let (mut reader, files) = (input.open)().ok_or(None)?;
        let place = self.files.len();
        self.files.push(files);
        reader.classes()?;
        while let Some(sample) = reader.next()? {
            for label in &sample.labels {
                check_shapes(label).map_err(|reason| ReadStop::Bad(reason.at(label.place.clone())))?;
            }
            let image = sample.image;
            let split = input.split.as_ref().or(image.split.as_ref()).unwrap_or(&input.default_split);
            if !self.splits.contains(split) {
                self.splits.insert(split.clone());
            }
            let address = Address::of(&image).map(Address::into_parts);
            let exported = image.exported.map(|exported| exported.item.into_boxed_str());
            let (bytes, hashed) = match image.bytes {
                ImageBytes::Memory(bytes) => {
                    (None, OnceLock::from(HashedBytes::Some(ImportPayload::of_bytes(bytes).meta.digest)))
                }
                bytes => (Some(bytes), OnceLock::new()),
            };
            let key = names::key_of(&image.name).into_boxed_str();
            let name = image.name.into();
            let image = InputImage { input: place, name, exported, address, bytes, hashed };
            self.images.entry(key).or_default().push(image);
        }
        Ok(())
    }

    /// Returns the names of the images of each file.
    fn owners(&self) -> Owners {
        let mut owners = Owners::new();
        for (name, image) in
            self.images.iter().flat_map(|(name, images)| images.iter().map(move |i| (name, i)))
        {
            let bytes = image.bytes.as_ref();
            let file = bytes.and_then(|bytes| self.files[image.input].file_of(bytes, &image.name));
            if let Some(file) = file {
                owners.entry(hash(file.as_os_str())).or_default().push(hash(&**name));
            }
        }
        owners
    }

    /// Returns the bytes of an image.
    fn hashed(&self, image: &InputImage) -> HashedBytes {
        *image.hashed.get_or_init(|| {
            let bytes = image.bytes.as_ref();
            match bytes.map(|bytes| self.files[image.input].bytes(bytes, &image.name)) {
                Some(Ok(FoundBytes::Payload(payload))) => HashedBytes::Some(payload.meta.digest),
                Some(Ok(FoundBytes::Skipped(_))) => HashedBytes::Skipped,
                Some(Ok(FoundBytes::None) | Err(_)) | None => HashedBytes::None,
            }
        })
    }
}

/// Returns a hash, which is valid within this process.
fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
