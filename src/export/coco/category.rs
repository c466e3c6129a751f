//! Classes as COCO categories, and unique names for them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::domain::canonical::attributes::{Leaf, class_leaf};

/// A category, in sort order: integers, then all other classes by name, then labels without a
/// class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Category {
    Number(i64),
    Name(String, ClassType),
    /// The category of labels without a class, because a COCO annotation needs one.
    Unclassified,
}

/// The JSON type of a class: `1`, `"1"` and `true` are other classes than `"1"` and `"true"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ClassType {
    Text,
    Number,
    Boolean,
    Null,
    List,
    Object,
}

impl Category {
    pub(super) fn of(class: &Value) -> Self {
        let form = match class {
            Value::String(name) => return Self::Name(name.clone(), ClassType::Text),
            Value::Number(number) => match number.as_i64() {
                Some(number) => return Self::Number(number),
                None => ClassType::Number,
            },
            Value::Bool(_) => ClassType::Boolean,
            Value::Null => ClassType::Null,
            Value::Array(_) => ClassType::List,
            Value::Object(_) => ClassType::Object,
        };
        Self::Name(class.to_string(), form)
    }

    /// Returns the class as a text, and its type if it is not a text.
    fn describe(&self) -> (String, Option<&'static str>) {
        match self {
            Self::Number(number) => (number.to_string(), Some("number")),
            Self::Unclassified => ("unclassified".to_owned(), Some("no class")),
            Self::Name(name, form) => {
                let what = match form {
                    ClassType::Text => None,
                    ClassType::Number => Some("number"),
                    ClassType::Boolean => Some("boolean"),
                    ClassType::Null => Some("null"),
                    ClassType::List => Some("list"),
                    ClassType::Object => Some("object"),
                };
                (name.clone(), what)
            }
        }
    }

    /// Returns the class in JSON if it is not a text; null if there is none.
    pub(super) fn other_than_text(&self) -> Option<Value> {
        match self {
            Self::Name(_, ClassType::Text) => None,
            Self::Number(number) => Some((*number).into()),
            Self::Unclassified => Some(Value::Null),
            Self::Name(text, _) => Some(serde_json::from_str(text).unwrap_or_default()),
        }
    }

    /// Returns the fingerprint of the class, by which the index knows it.
    pub(super) fn leaf(&self) -> Leaf {
        class_leaf(&self.value())
    }

    /// Returns the class.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Name(text, ClassType::Text) => text.clone().into(),
            other => other.other_than_text().unwrap_or_default(),
        }
    }
}

/// A category, and the name that the class list gives it next to its class.
pub(super) type NamedCategory<'a> = (&'a Category, Option<&'a str>);

/// Returns a unique name for each category: a text is its own name; another class has the name that
/// the class list gives it. If a text has the same spelling, the type is added, as in `1 (number)`.
/// Readers of COCO identify categories by their names.
pub(super) fn names<'a>(categories: impl Iterator<Item = NamedCategory<'a>> + Clone) -> Vec<String> {
    let describe = |(category, name): NamedCategory<'_>| match (category.describe(), name) {
        ((_, Some(what)), Some(name)) => (name.to_owned(), Some(what)),
        (described, _) => described,
    };
    let texts = categories.clone().map(describe).filter(|(_, what)| what.is_none());
    let mut taken: HashSet<String> = texts.map(|(name, _)| name).collect();
    let mut own = |(name, what): (String, Option<&str>)| {
        let Some(what) = what else { return name };
        let others = (1..).map(|n| match n {
            1 => format!("{name} ({what})"),
            n => format!("{name} ({what} {n})"),
        });
        let free = std::iter::once(name.clone()).chain(others).find(|name| !taken.contains(name));
        let free = free.unwrap_or(name);
        taken.insert(free.clone());
        free
    };
    categories.map(|category| own(describe(category))).collect()
}

/// Returns the classes of a label: its attribute `class` or `category`, or each entry if it is a
/// list; each once.
pub(super) fn classes(attributes: &Map<String, Value>) -> Vec<Category> {
    let class = attributes.get("class").or_else(|| attributes.get("category"));
    let mut classes = match class {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(classes)) => classes.iter().map(Category::of).collect(),
        Some(class) => vec![Category::of(class)],
    };
    // The format of captions has no categories.
    if classes.is_empty() && !attributes.get("caption").is_some_and(Value::is_string) {
        classes.push(Category::Unclassified);
    }
    classes.sort_unstable();
    classes.dedup();
    classes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn classes_with_the_same_spelling_have_unique_names() {
        let classes = [
            json!("1"),
            json!(1),
            json!("true"),
            json!(true),
            json!(2),
            json!(1.5),
            json!("unclassified"),
            json!("1 (number)"),
        ];
        let mut categories: BTreeSet<Category> = classes.iter().map(Category::of).collect();
        categories.insert(Category::Unclassified);
        assert_eq!(categories.len(), classes.len() + 1);
        let expected = [
            "1 (number 2)",
            "2",
            "1",
            "1 (number)",
            "1.5",
            "true",
            "true (boolean)",
            "unclassified",
            "unclassified (no class)",
        ];
        assert_eq!(names(categories.iter().map(|category| (category, None))), expected);
        let plain: BTreeSet<Category> =
            [json!(3), json!("cat"), json!(false)].iter().map(Category::of).collect();
        assert_eq!(names(plain.iter().map(|category| (category, None))), ["3", "cat", "false"]);
        assert_eq!(
            names(plain.iter().map(|category| (category, Some("cat")))),
            ["cat (number)", "cat", "cat (boolean)"]
        );
    }

    #[test]
    fn only_classes_that_are_no_texts_are_written_as_they_are() {
        for (class, written) in [
            (json!("wren"), None),
            (json!(3), Some(json!(3))),
            (json!(1.5), Some(json!(1.5))),
            (json!(["a"]), Some(json!(["a"]))),
        ] {
            assert_eq!(Category::of(&class).other_than_text(), written, "{class}");
        }
        assert_eq!(Category::Unclassified.other_than_text(), Some(Value::Null));
    }

    #[test]
    fn a_label_has_each_class_once() {
        let classes = |attributes: Value| classes(attributes.as_object().unwrap());
        let wren = Category::of(&json!("wren"));
        assert_eq!(classes(json!({"class": ["wren", "wren"]})), std::slice::from_ref(&wren));
        assert_eq!(classes(json!({"category": "wren"})), [wren]);
        assert_eq!(classes(json!({"class": []})), [Category::Unclassified]);
        assert_eq!(classes(json!({"caption": "a bird"})), []);
    }
}
