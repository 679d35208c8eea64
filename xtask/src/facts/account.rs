//! Holds facts, tests and list against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Fact, LIST,
    list::{List, NotTested},
    scan::Mentions,
};

/// Every fact with what is said of it, and what does not fit.
#[derive(Debug)]
pub(super) struct Accounts {
    /// In the order of the facts.
    pub(super) lines: Vec<Line>,
    /// What does not fit, a sentence each.
    pub(super) faults: Vec<String>,
}

/// A fact and what is said of it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) fact: Fact,
    pub(super) account: Account,
}

/// What is said of a fact.
#[derive(Debug, PartialEq)]
pub(super) enum Account {
    /// These files have a test that names it.
    Tested(Vec<String>),
    /// It is listed with this reason.
    Listed(String),
    /// It is listed as one of an operation that is not served yet.
    Later,
    /// Nothing.
    Missing,
}

impl Accounts {
    /// Accounts for `facts`.
    pub(super) fn take(facts: Vec<Fact>, list: &List, mentions: &Mentions) -> Self {
        let known: BTreeMap<String, String> =
            facts.iter().map(|fact| (fact.id.clone(), fact.operation.clone())).collect();
        let mut faults = Vec::new();
        for (id, files) in mentions.tests.iter().chain(&mentions.elsewhere) {
            if !known.contains_key(id) {
                faults.push(format!("{id} is no fact, and is named in {}", files.join(", ")));
            }
        }
        let mut listed = listed(list, &known, &mut faults);
        let lines = facts.into_iter().map(|fact| {
            let account = match (mentions.tests.get(&fact.id), listed.remove(&fact.id)) {
                (Some(files), None) => Account::Tested(files.clone()),
                (None, Some(account)) => account,
                (Some(files), Some(_)) => {
                    let files = files.join(", ");
                    faults.push(format!("{} is named in {files}: take it off {LIST}", fact.id));
                    Account::Missing
                }
                (None, None) => {
                    faults.push(format!(
                        "{} ({}: {}) is neither tested nor listed",
                        fact.id, fact.operation, fact.situation
                    ));
                    Account::Missing
                }
            };
            Line { fact, account }
        });
        let lines = lines.collect();
        Self { lines, faults }
    }

    /// How many facts there are of each account.
    pub(super) fn counts(&self) -> String {
        let count = |is: fn(&Account) -> bool| self.lines.iter().filter(|line| is(&line.account)).count();
        format!(
            "{} facts: {} tested, {} listed with the reason, {} of what is not served yet",
            self.lines.len(),
            count(|account| matches!(account, Account::Tested(_))),
            count(|account| matches!(account, Account::Listed(_))),
            count(|account| matches!(account, Account::Later)),
        )
    }
}

/// What the list says of each fact.
fn listed(
    list: &List,
    known: &BTreeMap<String, String>,
    faults: &mut Vec<String>,
) -> BTreeMap<String, Account> {
    let mut accounts = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut note = |id: &String, account| {
        if !seen.insert(id.clone()) {
            faults.push(format!("{LIST} lists {id} twice"));
        }
        accounts.insert(id.clone(), account);
    };
    let mut strangers = Vec::new();
    for (operation, ids) in &list.not_served_yet {
        for id in ids {
            note(id, Account::Later);
            if known.get(id) != Some(operation) {
                strangers.push(format!("{LIST} lists {id} below {operation}, of which it is no fact"));
            }
        }
    }
    for NotTested { reason, facts: ids } in &list.not_tested {
        for id in ids {
            note(id, Account::Listed(reason.trim().to_owned()));
            if !known.contains_key(id) {
                strangers.push(format!("{LIST} lists {id}, which is no fact"));
            }
            if reason.trim().is_empty() {
                strangers.push(format!("{LIST} lists {id} without a reason"));
            }
        }
    }
    faults.append(&mut strangers);
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(id: &str, operation: &str) -> Fact {
        let (id, operation) = (id.to_owned(), operation.to_owned());
        Fact { id, operation, situation: "a situation".into(), confidence: "recorded".into() }
    }

    fn faults(list: &str, tests: &[&str]) -> Vec<String> {
        let mut mentions = Mentions::default();
        for id in tests {
            mentions.tests.insert((*id).to_owned(), vec!["server/tests/it/a.rs".to_owned()]);
        }
        let facts = vec![fact("cog-0001", "SignUp"), fact("cog-0002", "GetUser")];
        Accounts::take(facts, &toml::from_str(list).expect("a list"), &mentions).faults
    }

    #[test]
    fn every_fact_is_tested_or_listed_and_never_both() {
        let later = "[not_served_yet]\nGetUser = [\"cog-0002\"]\n";
        let listed = "[[not_tested]]\nreason = \"why\"\nfacts = [\"cog-0002\"]\n";
        assert_eq!(faults(later, &["cog-0001"]), [""; 0]);
        assert_eq!(faults(listed, &["cog-0001"]), [""; 0]);
        assert_eq!(
            faults("", &["cog-0001"]),
            ["cog-0002 (GetUser: a situation) is neither tested nor listed"]
        );
        assert_eq!(
            faults(listed, &["cog-0001", "cog-0002"]),
            ["cog-0002 is named in server/tests/it/a.rs: take it off server/tests/facts.toml"]
        );
        let unknown = ["cog-0003 is no fact, and is named in server/tests/it/a.rs"];
        assert_eq!(faults(later, &["cog-0001", "cog-0003"]), unknown);
    }

    #[test]
    fn the_list_must_make_sense() {
        let all = &["cog-0001", "cog-0002"];
        let unknown = "[[not_tested]]\nreason = \"why\"\nfacts = [\"cog-0004\"]\n";
        assert_eq!(faults(unknown, all), ["server/tests/facts.toml lists cog-0004, which is no fact"]);
        let bare = "[[not_tested]]\nreason = \" \"\nfacts = [\"cog-0002\"]\n";
        let text = ["server/tests/facts.toml lists cog-0002 without a reason"];
        assert_eq!(faults(bare, &["cog-0001"]), text);
        let twice = "[[not_tested]]\nreason = \"why\"\nfacts = [\"cog-0002\", \"cog-0002\"]\n";
        assert_eq!(faults(twice, &["cog-0001"]), ["server/tests/facts.toml lists cog-0002 twice"]);
        let astray = "[not_served_yet]\nSignUp = [\"cog-0002\"]\n";
        let text = ["server/tests/facts.toml lists cog-0002 below SignUp, of which it is no fact"];
        assert_eq!(faults(astray, &["cog-0001"]), text);
    }
}
