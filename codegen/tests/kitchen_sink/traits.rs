//! The traits of the standard library that generated types have wherever they can.

use std::{
    collections::BTreeSet,
    fmt::{Debug, Display},
    hash::Hash,
    str::FromStr,
};

use lido_runtime::Operation as _;

use crate::{
    ErrorKind, Operation,
    operations::TasteOutput,
    types::{Course, Credentials, Filling, Kind, Name, Rating, Recipe, Servings, Sides, Stock, TooHot},
};

fn total<T: Clone + Debug + Eq + Hash>() {}
fn ordered<T: Ord>() {}
fn partially_ordered<T: PartialOrd>() {}
fn copied<T: Copy>() {}
fn shown<T: Display>() {}
fn parsed<T: FromStr<Err = lido_runtime::BrokenRules>>() {}

#[test]
fn constrained_types_and_enums_have_the_traits_of_their_values() {
    total::<Name>();
    ordered::<Name>();
    shown::<Name>();
    parsed::<Name>();
    total::<Servings>();
    ordered::<Servings>();
    copied::<Servings>();
    shown::<Servings>();
    total::<Kind>();
    ordered::<Kind>();
    copied::<Kind>();
    shown::<Kind>();
    parsed::<Kind>();
    total::<Rating>();
    copied::<Rating>();
    shown::<Rating>();
    parsed::<Rating>();
    total::<Sides>();
    total::<Recipe>();
    ordered::<Recipe>();
    parsed::<Recipe>();
    total::<Credentials>();
    total::<Operation>();
    shown::<Operation>();
    shown::<ErrorKind>();
}

#[test]
fn structures_unions_and_collections_have_the_order_of_their_parts() {
    ordered::<Sides>();
    ordered::<Stock>();
    ordered::<Course>();
    ordered::<Filling>();
    ordered::<Credentials>();
    ordered::<TooHot>();
    // It has a member with a fraction.
    partially_ordered::<TasteOutput>();
    let taste = |score| TasteOutput { score, ..TasteOutput::new("good".to_owned()) };
    assert!(taste(Some(1.5)) < taste(Some(2.0)) && taste(None) < taste(Some(f32::MIN)));
    assert_eq!(taste(Some(f32::NAN)).partial_cmp(&taste(Some(1.0))), None);
}

#[test]
fn text_of_a_value_is_parsed_and_shown_again() {
    assert_eq!("stew".parse::<Name>().unwrap().to_string(), "stew");
    assert!("".parse::<Name>().is_err());
    for rating in Rating::VALUES {
        assert_eq!(rating.to_string().parse::<Rating>().map(i32::from), Ok(*rating));
    }
    assert!("many".parse::<Rating>().is_err());
    let names: BTreeSet<_> = Operation::ALL.iter().map(ToString::to_string).collect();
    assert!(names.contains("Cook"), "{names:?}");
}
