//! The characters that names may have: those of the pattern of usernames, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+` (*Documented*,
//! UsernameType).

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The most characters of a username (*Documented*, UsernameType).
const MAX_NAME_CHARACTERS: usize = 128;

/// Returns whether the character is a letter, mark, symbol, number or punctuation. Others are blanks, control characters and
/// those without an appearance, such as the zero-width ones.
pub fn is_name_character(character: char) -> bool {
    !matches!(
        character.general_category_group(),
        GeneralCategoryGroup::Separator | GeneralCategoryGroup::Other
    )
}

/// Returns whether a text follows the rules of usernames.
///
/// They do not keep names apart that only look alike, such as those of Latin and Cyrillic letters: usernames may differ so too.
pub fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_CHARACTERS).contains(&text.chars().count()) && text.chars().all(is_name_character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_visible_characters_only() {
        let long = "a".repeat(MAX_NAME_CHARACTERS);
        for name in ["a", "Anna-Maria.2", "größe", "名前", "e\u{301}", "+1", "💡", long.as_str()] {
            assert!(is_name(name), "{name:?}");
        }
        let too_long = format!("{long}a");
        for other in [
            "",
            " ",
            "a b",
            " ann",
            "ann ",
            "a\0",
            "a\n",
            "\u{200b}ann",
            "an\u{200d}n",
            "\u{feff}",
            "\u{202e}nna",
            "\u{a0}",
            "\u{85}",
            "\u{ad}",
            "\u{e000}",
            too_long.as_str(),
        ] {
            assert!(!is_name(other), "{other:?}");
        }
    }
}
