//! Resolves `\p{…}`: the properties of ECMA-262, and Java's names that ECMA-262 does not have.

use super::class::Class;

/// The values of General_Category, which may be written without a property name.
const CATEGORIES: &str = "C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps \
    S Sc Sk Sm So Z Zl Zp Zs \
    Other Control Format Unassigned Private_Use Surrogate Letter Cased_Letter Lowercase_Letter \
    Modifier_Letter Other_Letter Titlecase_Letter Uppercase_Letter Mark Spacing_Mark Enclosing_Mark \
    Nonspacing_Mark Number Decimal_Number Letter_Number Other_Number Punctuation Connector_Punctuation \
    Dash_Punctuation Close_Punctuation Final_Punctuation Initial_Punctuation Other_Punctuation \
    Open_Punctuation Symbol Currency_Symbol Modifier_Symbol Math_Symbol Other_Symbol Separator \
    Line_Separator Paragraph_Separator Space_Separator";

/// The binary properties.
const BINARY: &str = "ASCII AHex ASCII_Hex_Digit Alpha Alphabetic Any Assigned Bidi_C Bidi_Control Bidi_M \
    Bidi_Mirrored CI Case_Ignorable Cased CWCF Changes_When_Casefolded CWCM Changes_When_Casemapped CWL \
    Changes_When_Lowercased CWKCF Changes_When_NFKC_Casefolded CWT Changes_When_Titlecased CWU \
    Changes_When_Uppercased Dash DI Default_Ignorable_Code_Point Dep Deprecated Dia Diacritic Emoji EComp \
    Emoji_Component EMod Emoji_Modifier EBase Emoji_Modifier_Base EPres Emoji_Presentation ExtPict \
    Extended_Pictographic Ext Extender Gr_Base Grapheme_Base Gr_Ext Grapheme_Extend Hex Hex_Digit IDSB \
    IDS_Binary_Operator IDST IDS_Trinary_Operator IDC ID_Continue IDS ID_Start Ideo Ideographic Join_C \
    Join_Control LOE Logical_Order_Exception Lower Lowercase Math NChar Noncharacter_Code_Point Pat_Syn \
    Pattern_Syntax Pat_WS Pattern_White_Space QMark Quotation_Mark Radical RI Regional_Indicator STerm \
    Sentence_Terminal SD Soft_Dotted Term Terminal_Punctuation UIdeo Unified_Ideograph Upper Uppercase VS \
    Variation_Selector space White_Space XIDC XID_Continue XIDS XID_Start";

/// Returns the set that `\p{text}` names.
///
/// *Chosen*: `Alpha`, `Lower` and `Upper` are Unicode properties in ECMA-262 and ASCII sets in Java. They are resolved as
/// in ECMA-262, the dialect of Smithy.
pub(super) fn property(text: &str) -> Option<Class> {
    if let Some((name, value)) = text.split_once('=') {
        return match name {
            "General_Category" | "gc" if is_listed(CATEGORIES, value) => category(value),
            "Script" | "sc" if is_name(value) => Class::named(&format!(r"\p{{sc={value}}}")),
            "Script_Extensions" | "scx" if is_name(value) => Class::named(&format!(r"\p{{scx={value}}}")),
            _ => None,
        };
    }
    if is_listed(CATEGORIES, text) {
        category(text)
    } else if is_listed(BINARY, text) {
        Class::named(&format!(r"\p{{{text}}}"))
    } else {
        java(text)
    }
}

fn category(value: &str) -> Option<Class> {
    match value {
        // No Rust string contains a surrogate.
        "Cs" | "Surrogate" => Some(Class::empty()),
        _ => Class::named(&format!(r"\p{{{value}}}")),
    }
}

/// Returns Java's POSIX classes, which are ASCII only, the categories that only Java has, and the names with the prefix
/// `Is` for categories, binary properties and scripts.
fn java(name: &str) -> Option<Class> {
    if let Some(name) = name.strip_prefix("Is") {
        // Java's own names of binary properties that are categories elsewhere.
        return match name {
            "Digit" => category("Nd"),
            "Letter" | "Punctuation" | "Control" => category(name),
            "Titlecase" => category("Lt"),
            _ if is_listed(CATEGORIES, name) => category(name),
            "Alphabetic"
            | "Assigned"
            | "Emoji"
            | "Emoji_Component"
            | "Emoji_Modifier"
            | "Emoji_Modifier_Base"
            | "Emoji_Presentation"
            | "Extended_Pictographic"
            | "Hex_Digit"
            | "Ideographic"
            | "Join_Control"
            | "Lowercase"
            | "Noncharacter_Code_Point"
            | "Uppercase"
            | "White_Space" => Class::named(&format!(r"\p{{{name}}}")),
            _ if is_name(name) => Class::named(&format!(r"\p{{sc={name}}}")),
            _ => None,
        };
    }
    Some(match name {
        "all" => Class::any(),
        "Alnum" => Class::of(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        "Blank" => Class::of(&[('\t', '\t'), (' ', ' ')]),
        "Cntrl" => Class::of(&[('\0', '\x1F'), ('\x7F', '\x7F')]),
        "Digit" => Class::digit(),
        "Graph" => Class::of(&[('!', '~')]),
        "Print" => Class::of(&[(' ', '~')]),
        "Punct" => Class::of(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        "Space" => Class::of(&[('\t', '\r'), (' ', ' ')]),
        "XDigit" => Class::of(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        "LD" => category("L")?.union(&category("Nd")?),
        "L1" => Class::of(&[('\0', '\u{FF}')]),
        _ => return None,
    })
}

fn is_listed(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == name)
}

/// Returns whether `value` has the form of a name. Engines accept `greek` for `Greek`; ECMA-262 does not.
fn is_name(value: &str) -> bool {
    value.starts_with(|first: char| first.is_ascii_uppercase())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
