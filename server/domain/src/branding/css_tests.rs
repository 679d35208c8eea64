use super::*;

/// The template that the console of the service offers, by the guide's list of its classes and properties.
pub(in crate::branding) const TEMPLATE: &str = "
.logo-customizable { max-width: 60%; max-height: 30%; }
.banner-customizable { padding: 25px 0px 25px 0px; background-color: lightgray; }
.label-customizable { font-weight: 400; }
.textDescription-customizable { padding-top: 10px; padding-bottom: 10px; display: block; font-size: 16px; }
.submitButton-customizable { font-size: 14px; font-weight: bold; margin: 20px 0px 10px 0px; height: 40px;
  width: 100%; color: #fff; background-color: #337ab7; }
.submitButton-customizable:hover { color: #fff; background-color: #286090; }
.errorMessage-customizable { padding: 5px; background: #F5F5F5; border: 2px solid #D64958; color: #D64958; }
.inputField-customizable { width: 100%; height: 34px; color: #555; background-color: #fff; border: 1px solid #ccc; }
.background-customizable { background-color: #fff; }
.inputField-customizable:focus { border-color: #66afe9; outline: 0; }
.socialButton-customizable { border-radius: 2px; text-align: left; }
.passwordCheck-notValid-customizable { color: #DF3312; }
";

/// oau-0189.
#[test]
fn template_of_the_service_is_accepted_and_has_its_effect() {
    assert_eq!(check(TEMPLATE), Ok(()));
    let css = Stylesheet::read(TEMPLATE);
    assert_eq!(css.value("submitButton-customizable", "background-color"), Some("#337ab7"));
    assert_eq!(css.value("submitButton-customizable:hover", "background-color"), Some("#286090"));
    assert_eq!(css.value("submitButton-customizable", "margin"), Some("20px 0px 10px 0px"));
    assert_eq!(css.value("errorMessage-customizable", "border"), Some("2px solid #D64958"));
    assert_eq!(css.value("inputField-customizable:focus", "outline"), None, "what has the focus is seen");
    assert_eq!(css.value("label-customizable", "color"), None);
    let written = css.to_css();
    assert!(written.contains(".logo-customizable{max-width:60%;max-height:30%}"), "{written}");
    // What is written is read as what it was.
    assert_eq!(Stylesheet::read(&written).to_css(), written);
    let stored = serde_json::to_value(&css).expect("JSON");
    assert_eq!(stored, serde_json::json!(TEMPLATE));
    assert_eq!(serde_json::from_value::<Stylesheet>(stored).expect("a style sheet"), css);
}

#[test]
fn every_class_may_be_styled_and_no_other() {
    for class in CLASSES {
        let text = format!(".{class}{{color:red}}");
        assert_eq!((check(&text), Stylesheet::read(&text).to_css()), (Ok(()), text.clone()), "{class}");
    }
    let both = ".label-customizable, .legalText-customizable { color: RED }";
    assert_eq!(check(both), Ok(()));
    assert_eq!(Stylesheet::read(both).to_css(), ".label-customizable,.legalText-customizable{color:RED}");
    // api-0237 has the first.
    let others = [
        ("body", "body"),
        (".body", "body"),
        ("*", "*"),
        ("#label-customizable", "#label-customizable"),
        ("label-customizable", "label-customizable"),
        (".label-customizable:hover", "label-customizable:hover"),
        (".label-customizable::after", "label-customizable::after"),
        (".label-customizable *", "label-customizable *"),
        (".label-customizable>b", "label-customizable>b"),
        (".LABEL-customizable", "LABEL-customizable"),
        (".label-customizable, body", "body"),
        ("body, .label-customizable", "body"),
        ("</style><b>", "</style><b>"),
        ("[a=\"{\"]", "[a=\"{\"]"),
    ];
    for (selector, named) in others {
        let text = format!("{selector} {{ color: red }}");
        assert_eq!(check(&text), Err(CssFault::Class(named.to_owned())), "{selector}");
        let written = Stylesheet::read(&text).to_css();
        assert!(["", ".label-customizable{color:red}"].contains(&written.as_str()), "{selector}: {written}");
    }
}

/// api-0238.
#[test]
fn at_rules_scripts_and_other_text_are_refused() {
    let at = |name: &str| Err(CssFault::AtRule(name.to_owned()));
    let cases = [
        ("@import url(//evil.example/a.css);", at("import")),
        ("@media print { .label-customizable { color: red } }", at("media")),
        ("@supports (color: red) { }", at("supports")),
        ("@page { margin: 0 }", at("page")),
        ("@font-face { font-family: x }", at("font-face")),
        (".label-customizable { @import 'x'; color: red }", at("import")),
        (".label-customizable { color: @import }", at("import")),
        (".label-customizable { unknown: @media }", at("media")),
        (".label-customizable { color: javascript:alert(1) }", Err(CssFault::Script)),
        (".label-customizable { width: EXPRESSION(alert(1)) }", Err(CssFault::Script)),
        ("<script>alert(1)</script>", Err(CssFault::Script)),
        ("color: red", Err(CssFault::Class("color: red".to_owned()))),
        (".label-customizable", Err(CssFault::Malformed)),
        ("", Ok(())),
        ("/* nothing */", Ok(())),
        (".label-customizable { }", Ok(())),
        (".label-customizable { color: red", Ok(())),
    ];
    for (text, expected) in cases {
        assert_eq!(check(text), expected, "{text}");
    }
}

#[test]
fn declaration_that_could_load_or_cover_anything_is_left_out() {
    let others = [
        "background: url(https://evil.example/x.png)",
        "background: url('x')",
        "background: image-set('x' 1x)",
        "background: image(x)",
        "background-image: linear-gradient(red, blue)",
        "color: var(--x)",
        "color: env(x)",
        "color: attr(x)",
        "width: calc(1px + 2px)",
        "--x: red",
        "position: fixed",
        "z-index: 9",
        "content: 'x'",
        "behavior: x",
        "-moz-binding: x",
        "filter: blur(1px)",
        "color: red; } body { color: blue",
        "color: \\3c /style",
        "color: \"</style>\"",
        "color: \"a\\62 </style>\"",
        "color: red !import",
        "color: red !important blue",
        "color: rgb(1, 2, 3 !important)",
        "color: { red }",
        "color: [red]",
        "color: (red)",
        "color: <!-- red",
        "color: #ggg",
        "color: 1foo",
        "color: rgb(rgb(rgb(rgb(rgb(rgb(1))))))",
        "color",
        "color:",
        "font-family: \"a;b\"",
    ];
    for declaration in others {
        let text = format!(".label-customizable {{ height: 1px; {declaration}; width: 2px }}");
        let css = Stylesheet::read(&text);
        assert_eq!(css.value("label-customizable", "height"), Some("1px"), "{declaration}");
        let property = declaration.split(':').next().unwrap_or_default();
        if property != "width" && !declaration.starts_with("color: red; }") {
            assert_eq!(css.value("label-customizable", property), None, "{declaration}");
            assert_eq!(css.value("label-customizable", "width"), Some("2px"), "{declaration}");
        }
        assert_harmless(&css.to_css(), &text);
    }
    let kept = [
        ("color: rgba( 1 , 2, 3,.5 )", "rgba(1,2,3,0.5)"),
        ("color: RED", "RED"),
        ("color: a\\62 c", "abc"),
        ("font-family: \"Open Sans\", Arial", "\"Open Sans\",Arial"),
        ("background: linear-gradient(45deg, #007bff, rgb(0 86 179 / 50%))", ""),
        ("margin: -5px 1.5em 0 10%", "-5px 1.5em 0 10%"),
        ("color: red !IMPORTANT", "red"),
        ("transition: color .2s", "color 0.2s"),
        ("border: 1px/**/solid", "1px solid"),
    ];
    for (declaration, value) in kept {
        let css = Stylesheet::read(&format!(".label-customizable{{{declaration}}}"));
        let (property, _) = declaration.split_once(':').expect("a property");
        let found = css.value("label-customizable", property).unwrap_or_default();
        assert!(
            if value.is_empty() {
                found.starts_with("linear-gradient(45deg,#007bff,rgb(0 86 179/50%)")
            } else {
                found == value
            },
            "{declaration}: {found}"
        );
        assert_eq!(css.to_css().contains("!important"), declaration.contains("IMPORTANT"), "{declaration}");
    }
}

/// Fails if CSS has anything but the characters that [`Stylesheet::to_css`] promises.
fn assert_harmless(css: &str, text: &str) {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || " .,:;{}()#%!/+-\"".contains(c);
    assert!(css.chars().all(is_allowed), "{text}\n{css}");
    for harmful in ["url(", "@", "expression", "*/", "/*"] {
        assert!(!css.contains(harmful), "{text}\n{css}");
    }
}

/// Joins pieces of CSS in pseudo-random order: whatever they make, what is written is harmless and is read as itself.
#[test]
fn css_of_any_pieces_is_written_harmlessly() {
    const PIECES: [&str; 40] = [
        ".label-customizable",
        "{",
        "}",
        ";",
        ":",
        "color",
        "red",
        "background",
        "url(",
        "//evil.example",
        ")",
        "@import",
        " ",
        "\n",
        "\\",
        "\"",
        "'",
        "<",
        "</style>",
        "<!--",
        "-->",
        "/*",
        "*/",
        "!important",
        "#fff",
        "#",
        "1px",
        "-1e99",
        "rgb(",
        "expression(",
        ",",
        "(",
        "[",
        "]",
        ".submitButton-customizable:hover",
        "/",
        "\u{0}",
        "\u{fffd}",
        "ü",
        "--x",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut written = 0;
    for _ in 0..20_000 {
        let mut text = String::from(".label-customizable{color:");
        for _ in 0..(state % 24) {
            // xorshift, so that the test is the same in every run.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text.push_str(PIECES[usize::try_from(state % 40).expect("small")]);
        }
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let css = Stylesheet::read(&text).to_css();
        assert_harmless(&css, &text);
        assert_eq!(Stylesheet::read(&css).to_css(), css, "{text}");
        written += usize::from(!css.is_empty());
    }
    assert!(written > 200, "{written} style sheets had a rule");
}
