/// The constraints of one operation.
pub(crate) struct Table {
    pub(crate) operation: &'static str,
    /// How many there are, as they were counted on the way through the model.
    pub(crate) constraints: usize,
    pub(crate) places: &'static [Place],
    /// Paths for which no valid body was found.
    pub(crate) lost: &'static [&'static str],
}

/// A place in the input by one path that leads to it.
pub(crate) struct Place {
    pub(crate) form: Form,
    /// The path that a message tells: that of the list or map where the value is a direct part of one.
    pub(crate) path: &'static str,
    /// A valid body but for the hole, `«»`, in this place.
    pub(crate) body: &'static str,
    /// The body without the member, where it is required.
    pub(crate) without: Option<&'static str>,
    /// Whether `null` is refused there.
    pub(crate) no_null: bool,
    /// What a message shows, with the hole; nothing where it may not.
    pub(crate) shows: Option<&'static str>,
    /// The constraints of what stands there.
    pub(crate) shape: Option<&'static Shape>,
}

/// What of its surroundings a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Member,
    Element,
    Key,
    Value,
}

impl Place {
    const fn new(form: Form, path: &'static str, body: &'static str) -> Self {
        Self { form, path, body, without: None, no_null: false, shows: None, shape: None }
    }

    pub(crate) const fn member(path: &'static str, body: &'static str) -> Self {
        Self::new(Form::Member, path, body)
    }

    pub(crate) const fn element(path: &'static str, body: &'static str) -> Self {
        Self::new(Form::Element, path, body)
    }

    pub(crate) const fn key(path: &'static str, body: &'static str) -> Self {
        Self::new(Form::Key, path, body)
    }

    pub(crate) const fn value(path: &'static str, body: &'static str) -> Self {
        Self::new(Form::Value, path, body)
    }

    pub(crate) const fn required(mut self, without: &'static str) -> Self {
        self.without = Some(without);
        self.no_null()
    }

    pub(crate) const fn no_null(mut self) -> Self {
        self.no_null = true;
        self
    }

    pub(crate) const fn shows(mut self, shown: &'static str) -> Self {
        self.shows = Some(shown);
        self
    }

    pub(crate) const fn of(mut self, shape: &'static Shape) -> Self {
        self.shape = Some(shape);
        self
    }
}

/// The constraints of a shape.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// The rules that a list or map quotes of its parts.
    pub(crate) rules: &'static [&'static str],
    pub(crate) checks: &'static [Check],
    /// What no value breaks: the rule and the reason.
    pub(crate) unbreakable: &'static [(&'static str, &'static str)],
}

/// What is tried of one constraint.
pub(crate) struct Check {
    pub(crate) rule: &'static str,
    /// Values at the bound.
    pub(crate) passes: &'static [Sample],
    /// Values beyond, with every rule that they break.
    pub(crate) refused: &'static [(Sample, &'static [&'static str])],
}

/// A value in as little room as it takes to tell it.
#[derive(Clone, Copy)]
pub(crate) enum Sample {
    Json(&'static str),
    Text(&'static str, &'static str, usize, &'static str),
    List(&'static str, usize),
}

/// JSON as it stands.
pub(crate) const fn json(json: &'static str) -> Sample {
    Sample::Json(json)
}

/// A string: what it begins with, what is repeated, how often, and what it ends with.
pub(crate) const fn text(
    start: &'static str,
    repeated: &'static str,
    count: usize,
    end: &'static str,
) -> Sample {
    Sample::Text(start, repeated, count, end)
}

/// A list of so many equal elements.
pub(crate) const fn list(element: &'static str, count: usize) -> Sample {
    Sample::List(element, count)
}

impl Sample {
    /// The JSON text.
    pub(crate) fn json(self) -> String {
        match self {
            Self::Json(json) => json.to_owned(),
            Self::Text(start, repeated, count, end) => {
                // Each part is escaped before it is repeated, which is much less work.
                let [start, repeated, end] = [start, repeated, end].map(escaped);
                format!("\"{start}{}{end}\"", repeated.repeat(count))
            }
            Self::List(element, count) => format!("[{}]", vec![element; count].join(",")),
        }
    }
}

/// The text as it stands between the quotes of a JSON string.
fn escaped(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.strip_prefix('"').unwrap_or_default().strip_suffix('"').unwrap_or_default().to_owned()
}
