mod message;
mod operations;
mod router;
mod send;
mod shapes;
mod table;

use std::{collections::BTreeMap, process::ExitCode};

use router::Served;
use send::send;
use table::{Place, Table};

/// How much of a body or an answer a failure shows, in characters.
const SHOWN: usize = 600;
/// How many failures of one operation are shown.
const FAILURES: usize = 5;

/// What was found out.
#[derive(Default)]
struct Tally {
    requests: usize,
    refused: usize,
    /// How many places have a constraint that no value breaks.
    unbreakable: BTreeMap<(&'static str, &'static str, &'static str), usize>,
    failures: Vec<String>,
}

/// The arguments that `cargo test` passes on are understood as far as a name: only operations whose name
/// contains it are tried.
fn main() -> ExitCode {
    let (Ok(unserved), Ok(served)) = (router::unserved(), router::served()) else {
        println!("the router could not be built");
        return ExitCode::FAILURE;
    };
    let mut routers = [unserved, served];
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    if std::env::args().any(|argument| argument == "--list") {
        operations::ALL.iter().for_each(|table| println!("{}: test", table.operation));
        return ExitCode::SUCCESS;
    }
    let mut tally = Tally::default();
    let (mut passed, mut failed) = (0, 0);
    for table in operations::ALL.iter().filter(|table| table.operation.contains(&filter)) {
        let before = (tally.refused, tally.failures.len());
        try_operation(&mut routers, table, &mut tally);
        let failures = tally.failures.get(before.1..).unwrap_or_default();
        let verdict = if failures.is_empty() { "ok" } else { "FAILED" };
        println!("test {} ... {verdict} ({} constraints)", table.operation, tally.refused - before.0);
        failures.iter().take(FAILURES).for_each(|failure| println!("    {failure}"));
        if failures.is_empty() { passed += 1 } else { failed += 1 }
    }
    for ((rule, shape, reason), places) in &tally.unbreakable {
        println!("unbreakable: {rule} ({shape}, in {places} places): {reason}");
    }
    let unbreakable: usize = tally.unbreakable.values().sum();
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {verdict}. {passed} passed; {failed} failed; {} requests", tally.requests);
    println!(
        "constraints: {} of {passed} operations refused with the exact text, {unbreakable} unbreakable",
        tally.refused
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn try_operation(routers: &mut [Served], table: &Table, tally: &mut Tally) {
    let refused = tally.refused;
    let mut unbreakable = 0;
    for path in table.lost {
        tally.failures.push(format!("no valid body was found for {path}"));
    }
    for place in table.places {
        for router in &mut *routers {
            try_place(router, table.operation, place, tally);
        }
        // A constraint counts once, however many routers it is tried on.
        tally.refused += usize::from(place.no_null);
        let Some(shape) = place.shape else { continue };
        tally.refused += shape.checks.len();
        unbreakable += shape.unbreakable.len();
        for (rule, reason) in shape.unbreakable {
            *tally.unbreakable.entry((rule, shape.name, reason)).or_default() += 1;
        }
    }
    let found = tally.refused - refused + unbreakable;
    if found != table.constraints {
        tally.failures.push(format!("{found} of {} constraints are in the table", table.constraints));
    }
}

fn try_place(router: &mut Served, operation: &str, place: &Place, tally: &mut Tally) {
    let mut expect = |body: String, message: Option<&str>, why: &str| {
        tally.requests += 1;
        let shown = cut(&body);
        let outcome = send(router, operation, body);
        let result = match message {
            Some(message) => outcome.refused(message),
            None => outcome.passed(operation),
        };
        if let Err(told) = result {
            let expected = message.map_or_else(|| "that it passes".to_owned(), cut);
            tally.failures.push(format!(
                "{} ({why}): {shown}\n      expected {expected}\n      but got  {}",
                place.path,
                cut(&told)
            ));
        }
    };
    if let Some(without) = place.without {
        expect(without.to_owned(), Some(&message::missing(place)), "required, absent");
    }
    if place.no_null {
        expect(filled(place, "null"), Some(&message::missing(place)), "required, null");
    }
    for check in place.shape.map_or(&[][..], |shape| shape.checks) {
        for sample in check.passes {
            expect(filled(place, &sample.json()), None, check.rule);
        }
        for (sample, rules) in check.refused {
            let json = sample.json();
            expect(filled(place, &json), Some(&message::broken(place, &json, rules)), check.rule);
        }
    }
}

/// The body with `json` in the hole.
fn filled(place: &Place, json: &str) -> String {
    place.body.replacen("«»", json, 1)
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() {
        cut.push_str(" …");
    }
    cut
}
