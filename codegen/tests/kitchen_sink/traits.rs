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
    types::{Credentials, Kind, Name, Rating, Recipe, Servings, Sides},
};

fn total<T: Clone + Debug + Eq + Hash>() {}
fn ordered<T: Ord>() {}
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
