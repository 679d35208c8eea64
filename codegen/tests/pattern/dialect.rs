//! The dialect: one row for each form, with values that match and values that do not.

use super::{check_agreement, parse};
use lido_codegen::pattern::Pattern;

#[rustfmt::skip]
const MATCHES: &[(&str, &[&str], &[&str])] = &[
    // ECMA-262: a search unless anchored, and anchors match at the ends of the string only.
    ("b", &["abc"], &["ac"]),
    ("^b", &["bc"], &["abc", "a\nb"]),
    ("b$", &["ab"], &["ba", "b\n"]),
    ("", &["", "a"], &[]),
    ("^(?:a|b)$", &["a", "b"], &["", "ab"]),
    (r"^\w$", &["a", "Z", "0", "_"], &["-", "é", "ü", "٣"]),
    (r"^\W$", &["-", "é"], &["a", "_"]),
    (r"^\d$", &["0", "9"], &["٣", "a"]),
    (r"^\D$", &["٣", "a"], &["0"]),
    (r"^\s$", &[" ", "\t", "\u{B}", "\u{FEFF}", "\u{A0}", "\u{2028}", "\u{3000}", "\u{1680}"], &["\u{85}", "\u{180E}", "a"]),
    (r"^\S$", &["a", "\u{85}"], &[" ", "\u{FEFF}"]),
    ("^.$", &["a", "\u{85}", "😀"], &["\n", "\r", "\u{2028}", "\u{2029}", ""]),
    ("^(?s).$", &["a", "\n", "\u{2028}"], &["", "ab"]),
    ("^(?:(?s).*)$", &["", "a\nb"], &[]),
    (r"^a\b", &["a", "a-", "aé"], &["ab", "a_"]),
    (r"^a\B", &["ab"], &["a", "a-", "aé"]),
    ("^[^]$", &["a", "\n"], &[""]),
    ("^a{2,3}$", &["aa", "aaa"], &["a", "aaaa"]),
    ("^a{2,}?$", &["aa", "aaaaa"], &["a"]),
    ("^a*?b??$", &["", "aab"], &["bb"]),
    (r"^(?:a|)$", &["", "a"], &["b"]),
    (r"^\t\n\v\f\r\cJ$", &["\t\n\u{B}\u{C}\r\n"], &["tnvfr"]),
    (r"^\x41\u0042\u{43}\u{1F600}\uD83D\uDE00$", &["ABC😀😀"], &["abc"]),
    (r"^\p{L}$", &["a", "é", "中"], &["1", "-"]),
    (r"^\P{L}$", &["1"], &["a"]),
    (r"^\p{Lu}\p{Uppercase_Letter}\p{gc=Lu}$", &["AÉÀ"], &["aaa"]),
    (r"^\p{Script=Greek}\p{sc=Grek}\p{scx=Greek}$", &["αβγ"], &["abc"]),
    (r"^\p{White_Space}\p{Alphabetic}\p{ASCII}\p{Any}$", &["\u{85}éa\n"], &["aaaa"]),
    (r"^[\b]$", &["\u{8}"], &["b"]),
    (r"^[\u{1F600}-\u{1F64F}]$", &["😀"], &["a"]),
    (r"^[a-c-e]$", &["a", "c", "-", "e"], &["d"]),
    (r"^[--/]$", &["-", ".", "/"], &[","]),
    (r"^[^a-c]$", &["d", "é"], &["a", ""]),
    (r"^[[&&]$", &["[", "&"], &["]"]),
    (r"^(?<year>\d)-\k<year>$", &["1-1"], &["1-2"]),
    (r"^(a)?\1b$", &["aab", "b"], &["ab"]),
    (r"^(a|b)\1$", &["aa", "bb"], &["ab"]),
    (r"^(a)\x31$", &["a1"], &["aa"]),
    (r"^(?=.*\d)(?!.*x)\w+$", &["a1"], &["a", "1x"]),
    (r"^[a.]*(?<!\.)$", &["", "a.a"], &["a."]),
    (r"(?<=a+)b", &["aab"], &["b"]),
    // Forms that ECMA-262 accepts without the `u` flag, as Java does.
    (r"^\-\_\@\:\=\ \#$", &["-_@:= #"], &["-_@:="]),
    (r"^[\w-_.]$", &["a", "-", "_", "."], &[":"]),
    (r"^[\w+=/,.@-]+$", &["a+=/,.@-"], &["a b"]),
    (r"^[A-Za-z0-9-_+/=.]+$", &["a-_"], &["a b"]),
    (r"^\{a}$", &["{a}"], &["a"]),
    // Forms of Java.
    // A possessive quantifier that is followed by other characters is greedy.
    ("^[a-z]++[0-9]*+$", &["a", "abc12"], &["", "1", "a1b"]),
    ("^[a-z]{1,2}+-(?:[0-9]++!|x)$", &["a-1!", "ab-x"], &["abc-1!", "a-", "a-1"]),
    ("^(?:a*+b)+$", &["b", "aab", "abb"], &["a", "aba"]),
    ("a*+", &["", "b"], &[]),
    ("^(?i)a[b-d]é$", &["aBé", "ADé"], &["aBÉ"]),
    ("^(?:(?i)a)b$", &["Ab", "ab"], &["aB"]),
    ("^(?:x|(?i)a|b)$", &["x", "A", "B"], &["X"]),
    ("^(?si).A$", &["\na"], &[""]),
    ("^(?i)[^k]$", &["a", "\u{212A}"], &["k", "K"]),
    (r"^\p{Alnum}\p{Punct}\p{Print}\p{Graph}\p{Blank}\p{Digit}\p{XDigit}\p{Space}\p{Cntrl}$", &["a- !\t1F\n\0"], &["é- !\t1F\n\0"]),
    (r"^\p{all}\p{IsAlphabetic}\p{IsLatin}\p{IsLetter}\p{IsDigit}\p{IsLu}$", &["\nßéa٣A"], &["\n1éa٣A", "\nßαa٣A"]),
    (r"^\p{IsPunctuation}\P{IsControl}$", &["-a"], &["a-", "-\0"]),
    (r"\A(?ms).*\z", &["", "a\nb"], &[]),
    (r"^(?:(?m)a)b$", &["ab"], &["a\nb", "ab\n"]),
    (r"^\p{LD}\pL$", &["1a", "éé"], &["-a"]),
    (r"^[\p{Print}&&[^|:/]]+$", &["a b"], &["a:b", "é"]),
    (r"^[^/:|\000-\037]+$", &["a b"], &["a\u{1F}", "\0"]),
    (r"^\x{1F600}$", &["😀"], &["x"]),
    (r"^[\uD800\uDC00-\uDBFF\uDFFF]$", &["😀", "\u{10FFFF}"], &["a", "\u{FFFF}"]),
    (r"^[\uD7FF-\uE000]$", &["\u{D7FF}", "\u{E000}"], &["a"]),
    (r"^[^ -\uD7FF\uE000-\uFFFD]$", &["\t", "😀"], &["\u{D7FF}", "\u{E000}", "a"]),
    (r"^(?:[ -\uD7FF]|[\uE000-\uFFFD])[\0- -\uD7FF\uE000-\u{10FFFF}]$", &["\u{E000}\u{D7FF}"], &["\t "]),
    (r"\uD800", &[], &["a", "\u{FFFD}"]),
    (r"\Aa\z", &["a"], &["a\n", "ba"]),
    (r"^[0-9A-Z]{2}+$", &["A1"], &["A", "A1B"]),
    (r"^(a*)${1,128}$", &["aa"], &["ab"]),
];

#[test]
fn dialect_forms_match_expected_values() {
    for (text, matching, other) in MATCHES {
        let pattern = parse(text);
        for value in *matching {
            assert!(pattern.is_match(value), "{text:?} matches {value:?}");
        }
        for value in *other {
            assert!(!pattern.is_match(value), "{text:?} does not match {value:?}");
        }
    }
}

#[test]
fn dialect_forms_agree_between_engines() {
    for (text, matching, other) in MATCHES {
        check_agreement(text);
        let runtime = super::at_run_time(&parse(text).plan().unwrap());
        for value in *matching {
            assert!(runtime.is_match(value), "{text:?} matches {value:?}");
        }
        for value in *other {
            assert!(!runtime.is_match(value), "{text:?} does not match {value:?}");
        }
    }
}

#[rustfmt::skip]
const REFUSED: &[(&str, usize, &str)] = &[
    ("a(b", 1, "a group is not closed"),
    ("ab)", 2, "a closing parenthesis has no opening one"),
    ("é[a", 2, "a bracket is not closed"),
    ("a]", 1, "a closing bracket has no opening one"),
    ("[]a]", 0, "a bracket expression is empty"),
    ("*a", 0, "a quantifier has nothing to repeat"),
    ("a**", 2, "a quantifier follows a quantifier"),
    ("(a*+)b", 3, "a quantifier is possessive, and what follows may begin with the same characters"),
    ("^[a-c]++c$", 7, "a quantifier is possessive, and what follows may begin with the same characters"),
    ("^[a-c]?+(?:d|b)$", 7, "a quantifier is possessive, and what follows may begin with the same characters"),
    (r"^a*+\b", 3, "a quantifier is possessive, and what follows may begin with the same characters"),
    ("^(?:ab)*+c$", 8, "a quantifier is possessive, and what follows may begin with the same characters"),
    (r"^(x)a*+b\1$", 6, "a quantifier is possessive in a pattern with a back-reference"),
    ("(?=a)*", 5, "a quantifier repeats a part that matches no character"),
    (r"\b+", 2, "a quantifier repeats a part that matches no character"),
    ("a{2,1}", 1, "the bounds of a count are out of order"),
    ("a{,2}", 1, "a count is malformed"),
    ("a{99999999999}", 11, "a count is too large"),
    ("{a", 0, "a count has nothing to repeat"),
    ("[z-a]", 1, "a range's ends are out of order"),
    (r"\y", 0, "an escape is not supported"),
    (r"\Qa.b\E", 0, "an escape is not supported"),
    (r"a\Z", 1, "an escape is not supported"),
    (r"\u12", 0, "an escape is not supported"),
    (r"\u{110000}", 0, "an escape is not supported"),
    (r"\0101", 0, "an escape is not supported"),
    ("a\\", 1, "an escape is not supported"),
    (r"\p{Nonsense}", 0, "\"Nonsense\" is not a known set of characters"),
    (r"\p{greek}", 0, "\"greek\" is not a known set of characters"),
    ("(?m)^a", 4, "an anchor matches at the ends of lines, because of (?m)"),
    ("(?:(?ms).*)(?m)a$", 16, "an anchor matches at the ends of lines, because of (?m)"),
    ("(?x)a", 2, "this kind of group is not supported"),
    (r"\p{Isgreek}", 0, "\"Isgreek\" is not a known set of characters"),
    (r"\p{InGreek}", 0, "\"InGreek\" is not a known set of characters"),
    ("(?>a)", 2, "this kind of group is not supported"),
    ("(?#a)", 2, "this kind of group is not supported"),
    (r"\1(a)", 0, "a back-reference does not name an earlier group, or ignores case"),
    (r"(?:(a)|b\1)*", 8, "the meaning of a back-reference depends on the engine"),
    (r"(a\1)", 2, "the meaning of a back-reference depends on the engine"),
    ("(?<a>b)(?<a>c)", 12, "two groups have the same name"),
    ("(?<1>b)", 3, "the name of a group is malformed"),
];

#[test]
fn text_outside_dialect_is_refused_with_position() {
    for &(text, offset, message) in REFUSED {
        let error = Pattern::parse(text).map(|_| ()).unwrap_err();
        assert_eq!((error.offset, error.message.as_str()), (offset, message), "{text:?}");
        assert!(!error.remedy.is_empty(), "{text:?}");
    }
}

#[test]
fn deeply_nested_groups_are_refused() {
    let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Pattern::parse(&nested(60)).is_ok());
    let error = Pattern::parse(&nested(100_000)).map(|_| ()).unwrap_err();
    assert_eq!(error.message, "groups are nested deeper than 64");
    assert!(Pattern::parse(&"[&&".repeat(200)).is_err());
}
