mod message;
mod operations;
mod router;
mod send;
mod shapes;
mod table;
mod work;

use std::{collections::BTreeMap, process::ExitCode};

use router::TestRouter;
use send::send;
use table::{Place, Table};

/// Maximum number of characters of a body or response that a failure shows.
const MAX_SHOWN: usize = 600;
/// Maximum number of failures of one operation that are shown.
const MAX_FAILURES: usize = 5;

/// The counts of all operations.
#[derive(Default)]
struct Tally {
    requests: usize,
    /// Constraints for which a value at the bound passes and one beyond it is refused with the exact message.
    refused: usize,
    /// The number of places for each constraint that no value violates.
    unbreakable: BTreeMap<(&'static str, &'static str, &'static str), usize>,
    /// Bodies with very many violations, whose work was compared with that of shorter ones.
    compared: usize,
}

/// Runs the tests. Of the arguments that `cargo test` passes on it supports `--list` and a filter: only operations whose
/// name contains it are tested.
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
        let (refused, failures) = try_operation(&mut routers, table, &mut tally);
        let verdict = if failures.is_empty() { "ok" } else { "FAILED" };
        println!("test {} ... {verdict} ({refused} constraints)", table.operation);
        failures.iter().take(MAX_FAILURES).for_each(|failure| println!("    {failure}"));
        if failures.is_empty() {
            passed += 1;
            // An operation with a failure is not counted.
            tally.refused += refused;
        } else {
            failed += 1;
        }
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
    println!("work: {} bodies with very many violations cost no more for each byte than shorter ones", tally.compared);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns the number of tested constraints of an operation, and the failures.
fn try_operation(routers: &mut [TestRouter], table: &Table, tally: &mut Tally) -> (usize, Vec<String>) {
    let (mut refused, mut unbreakable) = (0, 0);
    let mut failures: Vec<_> =
        table.skipped.iter().map(|path| format!("no valid body was found for {path}")).collect();
    for place in table.places {
        match work::compare(table.operation, place) {
            Ok(compared) => tally.compared += compared,
            Err(failure) => failures.push(format!("{} (work): {failure}", place.path)),
        }
        for router in &mut *routers {
            tally.requests += try_place(router, table.operation, place, &mut failures);
        }
        // A constraint counts once, although it is tested on several routers.
        refused += usize::from(place.no_null);
        let Some(shape) = place.shape else { continue };
        refused += shape.checks.len();
        unbreakable += shape.unbreakable.len();
        for (rule, reason) in shape.unbreakable {
            *tally.unbreakable.entry((rule, shape.name, reason)).or_default() += 1;
        }
    }
    if refused + unbreakable != table.constraints {
        failures.push(format!(
            "{} of {} constraints are in the table",
            refused + unbreakable,
            table.constraints
        ));
    }
    (refused, failures)
}

/// Runs the checks of a place, and returns the number of requests.
fn try_place(router: &mut TestRouter, operation: &str, place: &Place, failures: &mut Vec<String>) -> usize {
    let mut requests = 0;
    let mut expect = |body: String, message: Option<&str>, why: &str| {
        requests += 1;
        let shown = cut(&body);
        let outcome = send(router, operation, body);
        let result = match message {
            Some(message) => outcome.refused(message),
            None => outcome.passed(operation),
        };
        if let Err(outcome) = result {
            let expected = message.map_or_else(|| "that it passes".to_owned(), cut);
            failures.push(format!(
                "{} ({why}): {shown}\n      expected {expected}\n      but got  {}",
                place.path,
                cut(&outcome)
            ));
        }
    };
    if let Some(without) = place.without {
        expect(without.to_owned(), Some(&message::missing(place)), "required, absent");
    }
    if place.no_null {
        expect(filled(place, "null"), Some(&message::missing(place)), "null");
    }
    for check in place.shape.map_or(&[][..], |shape| shape.checks) {
        for sample in check.passes {
            expect(filled(place, &sample.json()), None, check.rule);
        }
        for (sample, rules) in check.refused {
            let message = message::broken(place, &sample.shown(), rules);
            expect(filled(place, &sample.json()), Some(&message), check.rule);
        }
    }
    requests
}

/// Returns the body with `json` in place of the placeholder.
pub(crate) fn filled(place: &Place, json: &str) -> String {
    place.body.replacen("«»", json, 1)
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(MAX_SHOWN).collect();
    if cut.len() < text.len() {
        cut.push_str(" …");
    }
    cut
}
