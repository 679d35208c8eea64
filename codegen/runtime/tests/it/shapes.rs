//! Shapes for the tests: one structure with a member of every kind that is read differently.

use std::collections::BTreeMap;

use lido_runtime::{
    Bound, Form, Pattern, ReadJson, Reader, Rules, Run, Sensitive, Shape, Slot, StructureForm, constrained,
    constrained_collection, constrained_text,
    read::{self, ReadResult},
    string_enum,
    types::{BigDecimal, BigInteger, Blob, DateTime, Document},
};

static NAME: Pattern = Pattern::runs(r"[\w+]+", &[Run::new("[0-9A-Z_a-z+]", 1, None)]);

constrained! {
    /// A name.
    pub struct Name(String);
    Rules::NONE.min_length(1).max_length(5).pattern(&NAME)
}
constrained_text!(Name);

constrained! {
    /// A secret.
    pub sensitive struct Secret(String);
    Rules::NONE.min_length(2)
}

constrained! {
    /// A count.
    pub struct Count(i32);
    Rules::NONE.min(Bound::Whole(1)).max(Bound::Whole(10))
}

string_enum! {
    /// A flow.
    pub enum Flow {
        /// `code`
        Code = "code",
        /// `implicit`
        Implicit = "implicit",
    }
    Rules::NONE.values(&["code", "implicit"])
}

constrained_collection! {
    /// A list of names.
    pub struct Names(Vec<Name>);
    Rules::NONE.max_length(2);
    |reader, rules| read::list(reader, rules, Name::read_json)
}

constrained_collection! {
    /// A list of unique numbers.
    pub unique struct Numbers(Vec<i32>);
    Rules::NONE;
    |reader, rules| read::unique(reader, rules, |reader| read::list(reader, rules, i32::read_json))
}

constrained_collection! {
    /// A list of unique names.
    pub unique struct UniqueNames(Vec<Name>);
    Rules::NONE;
    |reader, rules| read::unique(reader, rules, |reader| read::list(reader, rules, Name::read_json))
}

/// A text or a number.
#[derive(Clone, Debug, PartialEq)]
pub enum Either {
    A(String),
    B(i32),
}

impl Shape for Either {}

impl ReadJson for Either {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        read::variant(reader, |name, variant| match &*name {
            "A" => variant.read(0, "A", String::read_json, Self::A),
            "B" => variant.read(1, "B", i32::read_json, Self::B),
            _ => variant.unknown(),
        })
    }
}

constrained_collection! {
    /// One or two counts, by name.
    pub struct CountsByName(BTreeMap<String, Count>);
    Rules::NONE.min_length(1).max_length(2);
    |reader, rules| read::map(reader, rules, Count::read_json)
}

constrained_collection! {
    /// At least two shelves.
    pub struct Shelves(Vec<Shelf>);
    Rules::NONE.min_length(2);
    |reader, rules| read::list(reader, rules, Shelf::read_json)
}

/// A structure that contains itself and nothing sensitive. Messages show one of its members by another name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    pub label: Option<Name>,
    pub count: Option<i32>,
    pub bytes: Option<Blob>,
    pub flags: Option<BTreeMap<String, bool>>,
    pub inner: Option<Box<Shelf>>,
}

impl Shape for Shelf {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn form() -> Form {
        static FORM: StructureForm = StructureForm::new(
            "Shelf",
            &[
                ("Label", "TheLabel", <Name as Shape>::form),
                ("Count", "Count", <i32 as Shape>::form),
                ("Bytes", "Bytes", <Blob as Shape>::form),
                ("Flags", "Flags", <BTreeMap<String, bool> as Shape>::form),
                ("Inner", "Inner", <Box<Shelf> as Shape>::form),
            ],
        );
        Form::Structure(&FORM)
    }
}

impl ReadJson for Shelf {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        let mut object = reader.structure()?;
        let mut label = Slot::new(0, "TheLabel");
        let mut count = Slot::new(1, "Count");
        let mut bytes = Slot::new(2, "Bytes");
        let mut flags = Slot::new(3, "Flags");
        let mut inner = Slot::new(4, "Inner");
        while let Some(key) = object.next_name()? {
            match &*key {
                "Label" => label.read(&mut object)?,
                "Count" => count.read(&mut object)?,
                "Bytes" => bytes.read(&mut object)?,
                "Flags" => flags.read(&mut object)?,
                "Inner" => inner.read(&mut object)?,
                _ => object.skip()?,
            }
        }
        Ok(Some(Self {
            label: label.optional(),
            count: count.optional(),
            bytes: bytes.optional(),
            flags: flags.optional(),
            inner: inner.optional(),
        }))
    }
}

/// A nested structure with a required and an optional member.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub name: Name,
    pub value: Option<Secret>,
}

impl Shape for Part {}

impl ReadJson for Part {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        let mut object = reader.structure()?;
        let mut name = Slot::new(0, "Name");
        let mut value = Slot::new(1, "Value");
        while let Some(key) = object.next_name()? {
            match &*key {
                "Name" => name.read(&mut object)?,
                "Value" => value.read(&mut object)?,
                _ => object.skip()?,
            }
        }
        let Some(name) = name.required(&mut object) else { return Ok(None) };
        Ok(Some(Self { name, value: value.optional() }))
    }
}

macro_rules! structure {
    ($($index:literal $wire:literal $field:ident: $type:ty,)*) => {
        /// A structure with a member of every type, all optional.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct AllTypes { $(pub $field: Option<$type>),* }

        impl Shape for AllTypes {}

        impl ReadJson for AllTypes {
            fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
                let mut object = reader.structure()?;
                $(let mut $field = Slot::new($index, $wire);)*
                while let Some(key) = object.next_name()? {
                    match &*key {
                        $($wire => $field.read(&mut object)?,)*
                        _ => object.skip()?,
                    }
                }
                Ok(Some(Self { $($field: $field.optional()),* }))
            }
        }
    };
}

structure! {
    0 "Text" text: String,
    1 "Name" name: Name,
    2 "Secret" secret: Secret,
    3 "Count" count: Count,
    4 "Flow" flow: Flow,
    5 "Flows" flows: Vec<Flow>,
    6 "Names" names: Names,
    7 "Numbers" numbers: Numbers,
    8 "Parts" parts: Vec<Part>,
    9 "Tags" tags: BTreeMap<Name, Name>,
    10 "Nested" nested: BTreeMap<String, Part>,
    11 "Flag" flag: bool,
    12 "Byte" byte: i8,
    13 "Long" long: i64,
    14 "Float" float: f32,
    15 "Double" double: f64,
    16 "Big" big: BigInteger,
    17 "Decimal" decimal: BigDecimal,
    18 "Bytes" bytes: Blob,
    19 "Instant" instant: DateTime,
    20 "Document" document: Document,
    21 "Hidden" hidden: Sensitive<Vec<Name>>,
    22 "Part" part: Part,
    23 "Words" words: Vec<String>,
    24 "PartsByName" parts_by_name: BTreeMap<Name, Part>,
    25 "Secrets" secrets: BTreeMap<Name, Secret>,
    26 "Counts" counts: CountsByName,
    27 "Lists" lists: Vec<Numbers>,
    28 "Shelves" shelves: Shelves,
    29 "Shelf" shelf: Shelf,
    30 "Either" either: Either,
    31 "UniqueNames" unique_names: UniqueNames,
}
