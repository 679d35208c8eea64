/// The constraints of one operation.
pub(crate) struct Table {
    pub(crate) operation: &'static str,
    /// The number of constraints, counted in the model.
    pub(crate) constraints: usize,
    pub(crate) places: &'static [Place],
    /// The paths of places for which no valid body was found.
    pub(crate) skipped: &'static [&'static str],
}

/// A place in the input, by one path that leads to it.
pub(crate) struct Place {
    pub(crate) form: PlaceKind,
    /// The path in a message: of the value, or of the list or map that contains it.
    pub(crate) path: &'static str,
    /// The body, with the placeholder `«»` for the tested value. Otherwise it is valid.
    pub(crate) body: &'static str,
    /// The body without the member, if it is required.
    pub(crate) without: Option<&'static str>,
    /// Whether `null` is refused.
    pub(crate) no_null: bool,
    /// The value as a message shows it, with the placeholder. `None` if the message must not show it.
    pub(crate) shows: Option<&'static str>,
    /// The constraints of the value's shape, if it has any.
    pub(crate) shape: Option<&'static Shape>,
}

/// Whether a place is a member, or an element, key or value of a list or map.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    Member,
    Element,
    Key,
    Value,
}

impl Place {
    const fn new(form: PlaceKind, path: &'static str, body: &'static str) -> Self {
        Self { form, path, body, without: None, no_null: false, shows: None, shape: None }
    }

    pub(crate) const fn member(path: &'static str, body: &'static str) -> Self {
        Self::new(PlaceKind::Member, path, body)
    }

    pub(crate) const fn element(path: &'static str, body: &'static str) -> Self {
        Self::new(PlaceKind::Element, path, body)
    }

    pub(crate) const fn key(path: &'static str, body: &'static str) -> Self {
        Self::new(PlaceKind::Key, path, body)
    }

    pub(crate) const fn value(path: &'static str, body: &'static str) -> Self {
        Self::new(PlaceKind::Value, path, body)
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
    /// The rules that a message lists if the value is in a list or map.
    pub(crate) rules: &'static [&'static str],
    pub(crate) checks: &'static [Check],
    /// The constraints that no value violates: the rule and the reason.
    pub(crate) unbreakable: &'static [(&'static str, &'static str)],
}

/// The check of one constraint.
pub(crate) struct Check {
    pub(crate) rule: &'static str,
    /// Values at the bound, which pass.
    pub(crate) passes: &'static [Sample],
    /// Values beyond the bound, each with every rule that it breaks.
    pub(crate) refused: &'static [(Sample, &'static [&'static str])],
}

/// A value in a compact form.
#[derive(Clone, Copy)]
pub(crate) enum Sample {
    Json(&'static str),
    Text(&'static str, &'static str, usize, &'static str),
    TextShown(&'static str, &'static str, usize, &'static str, &'static str),
    List(&'static str, usize),
    Shown(&'static str, &'static str),
    Listed(&'static str, &'static str, usize),
}

/// Returns the value with this JSON text.
pub(crate) const fn json(json: &'static str) -> Sample {
    Sample::Json(json)
}

/// Returns a string: `start`, then `repeated` as often as `count` says, then `end`.
pub(crate) const fn text(
    start: &'static str,
    repeated: &'static str,
    count: usize,
    end: &'static str,
) -> Sample {
    Sample::Text(start, repeated, count, end)
}

/// Returns a string as [`text`] does, which messages show as `shown`.
pub(crate) const fn text_shown(
    start: &'static str,
    repeated: &'static str,
    count: usize,
    end: &'static str,
    shown: &'static str,
) -> Sample {
    Sample::TextShown(start, repeated, count, end, shown)
}

/// Returns a list of `count` equal elements.
pub(crate) const fn list(element: &'static str, count: usize) -> Sample {
    Sample::List(element, count)
}

/// Returns the value with this JSON text, which messages show as `shown`.
pub(crate) const fn shown(json: &'static str, shown: &'static str) -> Sample {
    Sample::Shown(json, shown)
}

/// Returns a list of `count` equal elements, each of which messages show as `shown`.
pub(crate) const fn listed(element: &'static str, shown: &'static str, count: usize) -> Sample {
    Sample::Listed(element, shown, count)
}

impl Sample {
    /// Returns the JSON text.
    pub(crate) fn json(self) -> String {
        match self {
            Self::Json(json) | Self::Shown(json, _) => json.to_owned(),
            Self::Text(start, repeated, count, end) | Self::TextShown(start, repeated, count, end, _) => {
                // Escaped before it is repeated, which is faster.
                let [start, repeated, end] = [start, repeated, end].map(escaped);
                format!("\"{start}{}{end}\"", repeated.repeat(count))
            }
            Self::List(element, count) | Self::Listed(element, _, count) => {
                format!("[{}]", vec![element; count].join(","))
            }
        }
    }

    /// Returns the value as messages show it.
    pub(crate) fn shown(self) -> String {
        match self {
            Self::Shown(_, shown) | Self::TextShown(.., shown) => shown.to_owned(),
            Self::Listed(_, shown, count) => format!("[{}]", vec![shown; count].join(", ")),
            Self::Text(start, repeated, count, end) => format!("{start}{}{end}", repeated.repeat(count)),
            Self::Json(_) | Self::List(..) => {
                let json = self.json();
                serde_json::from_str(&json).map_or_else(|error| error.to_string(), |value| java(&value))
            }
        }
    }
}

/// Returns a JSON value as Java prints it.
fn java(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(java).collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{key}={}", java(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Escapes a text for a JSON string, without the quotes.
fn escaped(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.strip_prefix('"').unwrap_or_default().strip_suffix('"').unwrap_or_default().to_owned()
}
