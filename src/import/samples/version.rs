//! Version records of images, labels and predictions.

use serde_json::{Map, Value, json};

use super::super::record::fault::Reason;
use super::super::record::name::VersionReference;
use super::super::record::overflow::{DividedAttributes, JSON, divide, divide_classes};
use super::super::record::payload::ImportPayload;
use super::super::record::{ImportedActivity, ImportedSource, ImportedVersion};
use super::before::VersionsBefore;
use super::image_names::{is_copy, is_in_folder, name_from};
use super::known::{KnownStore, StoredImage};
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::{FILE_NAME, HEIGHT, REGIONS, SEGMENTATION, WIDTH};
use crate::annotations::model::{Image, Label};
use crate::annotations::names;
use crate::annotations::normal::is_same;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::item::ItemKey;
use crate::domain::version::Activity;

/// The fields that are read from the bytes of an image.
const MEASURED: [&str; 3] = [WIDTH, HEIGHT, ORIENTATION];
/// Fields of images that only COCO has.
const OF_COCO: [&str; 4] = ["license", "coco_url", "flickr_url", "date_captured"];
/// The field of the EXIF orientation.
const ORIENTATION: &str = "orientation";
/// The role of the image of a label.
const LABELS: &str = "LABELS";
/// The role of the image of a prediction.
const INPUT: &str = "INPUT";

/// The image of a label, and the further files of its task.
pub(super) type Labelled<'a> = (&'a ItemKey, &'a [ItemKey]);

/// A version record, and its payload if it has one.
pub(super) type Made = (ImportedVersion, Option<ImportPayload>);

/// Returns the activity of an import of an export.
pub(crate) fn activity(format: &str, prefix: &str) -> Result<ImportedActivity, Reason> {
    activity_with(&json!({"format": format, "prefix": prefix}))
}

fn activity_with(parameters: &Value) -> Result<ImportedActivity, Reason> {
    Ok(ImportedActivity {
        name: Activity::IMPORT.to_owned(),
        code_reference: None,
        parameters: attributes(parameters)?,
        started_at: None,
        ended_at: None,
    })
}

/// Makes the record of an image. An image whose fields mean the same as those of its newest version
/// keeps these, so that another spelling is no change; and what the input cannot hold is as it was.
pub(super) fn image(
    image: &Image,
    item: &ItemKey,
    payload: Option<ImportPayload>,
    (activity, holds): (&ImportedActivity, &HeldFields),
    before: VersionsBefore<'_>,
) -> Result<Made, Reason> {
    let mut version =
        ImportedVersion { activity: Some(activity.clone()), ..ImportedVersion::new(item.clone()) };
    let mut fields = image.fields.clone();
    if let Some(payload) = &payload {
        keep_turned_size(&mut fields, payload, || before.newest_image(item));
    }
    if let Some(payload) = &payload {
        set_picture(&mut version, &mut fields, payload)?;
    }
    let unchanged = completed(version.clone(), fields.clone(), payload.clone())?;
    let is_named = is_named(image, item, &fields, before);
    if is_named && before.is_newest(&unchanged.0) {
        return Ok(unchanged);
    }
    if !is_named {
        note_move(image, item, &mut fields, (activity, before));
        let unchanged = completed(version.clone(), fields.clone(), payload.clone())?;
        if before.is_newest(&unchanged.0) {
            return Ok(unchanged);
        }
    }
    if let Some(StoredImage { fields: stored, picture }) = before.newest_image(item) {
        let bytes = picture.as_ref().map(|(digest, _)| *digest);
        let kept = picture.filter(|_| payload.is_none() && !contradicts(&fields, &stored));
        if let Some((picture, media_type)) = kept {
            // The input has no bytes, which does not say that the image has none.
            version.payload = Some(picture);
            version.media_type = media_type;
            for name in MEASURED {
                if let Some(value) = stored.get(name) {
                    fields.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        if *holds != HeldFields::All {
            for name in OF_COCO {
                if let Some(value) = stored.get(name) {
                    fields.entry(name).or_insert_with(|| value.clone());
                }
            }
            // Without bytes, nothing says that it is another file.
            let is_same_file = payload.as_ref().is_none_or(|payload| Some(payload.meta.digest) == bytes);
            if let Some(name) = stored.get(FILE_NAME)
                && (is_same_file && is_below(&fields, name) || is_above(&fields, name))
            {
                // An export has put the same file into another folder, or the item has its folder.
                fields.insert(FILE_NAME.to_owned(), name.clone());
            }
        }
        if stored != fields && is_same(&stored, &fields) {
            fields = stored;
        }
    }
    completed(version, fields, payload)
}

/// Returns true if the newest version of an item has exactly what the input says about an image.
pub(super) fn is_unchanged(
    image: &Image,
    item: &ItemKey,
    payload: &ImportPayload,
    activity: &ImportedActivity,
    known: &KnownStore,
) -> bool {
    let made = self::image(
        image,
        item,
        Some(payload.clone()),
        (activity, &HeldFields::All),
        VersionsBefore::default(),
    );
    made.is_ok_and(|(version, _)| known.is_newest(&version))
}

/// Returns true if the path of an image is this one in another folder.
fn is_below(fields: &Map<String, Value>, stored: &Value) -> bool {
    let path = fields.get(FILE_NAME).and_then(Value::as_str);
    path.zip(stored.as_str()).is_some_and(|(path, stored)| is_in_folder(path, stored))
}

/// Returns true if the path of an image is this one without a folder.
fn is_above(fields: &Map<String, Value>, stored: &Value) -> bool {
    let path = fields.get(FILE_NAME).and_then(Value::as_str);
    path.zip(stored.as_str()).is_some_and(|(path, stored)| is_in_folder(stored, path))
}

/// Returns true if the key and the fields of an image tell its name in the input, or if nothing is to tell.
fn is_named(image: &Image, item: &ItemKey, fields: &Map<String, Value>, before: VersionsBefore<'_>) -> bool {
    let Some(known) = before.known().filter(|_| image.exported.is_none()) else { return true };
    let key = known.key_of(item);
    !fields.get(FILE_NAME).is_some_and(Value::is_string)
        || (!is_copy(key) && name_from(key, Some(fields)) == names::key_of(&image.name))
}

/// Sets the name of an image that was moved, with its folder, if the format leaves that out of
/// `file_name`: the key is another name. Another format has other folders, which is no move.
fn note_move(
    image: &Image,
    item: &ItemKey,
    fields: &mut Map<String, Value>,
    (activity, before): (&ImportedActivity, VersionsBefore<'_>),
) {
    let Some(known) = before.known() else { return };
    let (key, name) = (known.key_of(item), names::key_of(&image.name));
    let stored = before.newest_fields(item);
    let now = name_from(key, stored.as_ref());
    let format = activity.parameters.to_map().remove("format");
    let is_same = || known.is_of_format(item, format.as_ref().and_then(Value::as_str).unwrap_or_default());
    let is_moved = match &stored {
        Some(_) if now == name => false,
        Some(_) => !is_in_folder(&name, &now) && is_same(),
        None => is_copy(key),
    };
    if is_moved {
        fields.insert(FILE_NAME.to_owned(), name.into());
    } else if now == name
        && let Some(said) = stored.as_ref().and_then(|stored| stored.get(FILE_NAME))
    {
        fields.insert(FILE_NAME.to_owned(), said.clone());
    }
}

/// Adds the size of an image that is stored as EXIF turns it, if the input has no size: its labels
/// are in these lengths, because an export has written them.
fn keep_turned_size(
    fields: &mut Map<String, Value>,
    payload: &ImportPayload,
    stored: impl FnOnce() -> Option<StoredImage>,
) {
    let Some(size) = payload.meta.media.and_then(|media| media.size) else { return };
    if !payload.is_turned() || fields.contains_key(WIDTH) || fields.contains_key(HEIGHT) {
        return;
    }
    let Some(StoredImage { fields: stored, picture: Some((digest, _)) }) = stored() else { return };
    let has = |name: &str, side: u32| stored.get(name).and_then(Value::as_f64) == Some(f64::from(side));
    if digest == payload.meta.digest && has(WIDTH, size.height) && has(HEIGHT, size.width) {
        fields.insert(WIDTH.to_owned(), size.height.into());
        fields.insert(HEIGHT.to_owned(), size.width.into());
    }
}

/// Sets the fields of an image. Those that are too large are its payload, if it has no bytes.
fn completed(
    mut version: ImportedVersion,
    fields: Map<String, Value>,
    payload: Option<ImportPayload>,
) -> Result<Made, Reason> {
    if version.payload.is_some() {
        version.attributes = attributes(&Value::Object(fields))?;
        return Ok((version, payload));
    }
    let payload = set_attributes(&mut version, fields, &[])?;
    Ok((version, payload))
}

/// Returns true if an image has another size than its stored bytes.
fn contradicts(fields: &Map<String, Value>, stored: &Map<String, Value>) -> bool {
    let number = |fields: &Map<String, Value>, name: &str| fields.get(name).and_then(Value::as_f64);
    [WIDTH, HEIGHT].into_iter().any(|name| {
        let (given, measured) = (number(fields, name), number(stored, name));
        given.is_some() && measured.is_some() && given != measured
    })
}

/// Makes the record of a label of an image, which uses a class list if there is one.
pub(super) fn label(
    label: &Label,
    item: ItemKey,
    image: Labelled<'_>,
    classes: Option<&ItemKey>,
    activity: &ImportedActivity,
) -> Result<Made, Reason> {
    let mut activity = activity.clone();
    if let Some(author) = &label.author {
        let mut parameters = activity.parameters.to_map();
        parameters.insert("annotator".to_owned(), author.clone());
        activity = activity_with(&Value::Object(parameters))?;
    }
    let version = ImportedVersion {
        activity: Some(activity),
        ontology: classes.map(VersionReference::head_of),
        ..ImportedVersion::new(item)
    };
    let mut version = made_from(version, LABELS, image);
    let payload = set_attributes(&mut version, label.fields.clone(), &[SEGMENTATION, REGIONS])?;
    Ok((version, payload))
}

/// Makes the record of a prediction about an image.
pub(super) fn prediction(
    prediction: Label,
    item: ItemKey,
    image: Labelled<'_>,
    activity: &ImportedActivity,
) -> Result<Made, Reason> {
    let version = ImportedVersion { activity: Some(activity.clone()), ..ImportedVersion::new(item) };
    let mut version = made_from(version, INPUT, image);
    let payload = set_attributes(&mut version, prediction.fields, &[SEGMENTATION, REGIONS])?;
    Ok((version, payload))
}

/// Sets the sources of a version.
fn made_from(version: ImportedVersion, role: &str, (image, further): Labelled<'_>) -> ImportedVersion {
    let source = |item| ImportedSource { version: VersionReference::head_of(item), role: role.to_owned() };
    let sources = std::iter::once(image).chain(further).map(source).collect();
    ImportedVersion { sources, ..version }
}

/// Sets the fields as attributes of a version. If they are too large, all of them become its
/// payload, and those named in `large` are left out of the attributes first.
pub(super) fn set_attributes(
    version: &mut ImportedVersion,
    fields: Map<String, Value>,
    large: &[&str],
) -> Result<Option<ImportPayload>, Reason> {
    Ok(set_divided(version, divide(fields, large)?))
}

/// Sets the classes of a class list. If they are too large, all of them become its payload.
pub(super) fn set_classes(
    version: &mut ImportedVersion,
    classes: Vec<Value>,
) -> Result<Option<ImportPayload>, Reason> {
    Ok(set_divided(version, divide_classes(classes)?))
}

fn set_divided(version: &mut ImportedVersion, divided: DividedAttributes) -> Option<ImportPayload> {
    let DividedAttributes { attributes, payload } = divided;
    version.attributes = attributes;
    if let Some(payload) = &payload {
        version.payload = Some(payload.meta.digest);
        version.media_type = Some(JSON.to_owned());
    }
    payload
}

/// Converts a value to attributes.
pub(super) fn attributes(value: &Value) -> Result<Attributes, Reason> {
    Attributes::new(value).map_err(|error| Reason::record(error.to_string()))
}

/// Sets the payload of an image, its media type and its size. A size in the fields must be that of
/// the image as it is stored, or as it is shown if EXIF says that it is turned.
fn set_picture(
    version: &mut ImportedVersion,
    fields: &mut Map<String, Value>,
    payload: &ImportPayload,
) -> Result<(), Reason> {
    version.payload = Some(payload.meta.digest);
    // A recording or a text: its media type is not known.
    let Some(media) = payload.meta.media else { return Ok(()) };
    version.media_type = Some(media.media_type.to_owned());
    let Some(size) = media.size else { return Ok(()) };
    let given = |name: &str| fields.get(name).and_then(Value::as_f64);
    let measured = (f64::from(size.width), f64::from(size.height));
    let turned = (measured.1, measured.0);
    match (given(WIDTH), given(HEIGHT)) {
        // The tool measured the image as it is shown; its labels use these lengths.
        (Some(width), Some(height)) if payload.is_turned() && (width, height) == turned => {
            fields.extend(payload.orientation.map(|value| (ORIENTATION.to_owned(), value.into())));
        }
        (width, height) => {
            for (name, given, measured) in [(WIDTH, width, size.width), (HEIGHT, height, size.height)] {
                if let Some(given) = given.filter(|given| *given != f64::from(measured)) {
                    let why = format!("expected {measured} pixels as in the image, found {given}");
                    return Err(Reason::new(name, why));
                }
                fields.insert(name.to_owned(), measured.into());
            }
        }
    }
    Ok(())
}
