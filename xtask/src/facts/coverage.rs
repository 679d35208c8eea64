//! Compares the facts with the tests and with `facts.toml`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    REASONS,
    fact::Fact,
    mentions::Mentions,
    untested::{ReasonGroup, UntestedFacts},
};

/// Every fact with its evidence, and the errors found.
#[derive(Debug)]
pub(super) struct Coverage {
    /// In the order of the facts.
    pub(super) facts: Vec<CoveredFact>,
    /// One sentence each.
    pub(super) errors: Vec<String>,
}

/// A fact with its evidence.
#[derive(Debug)]
pub(super) struct CoveredFact {
    pub(super) fact: Fact,
    pub(super) evidence: Evidence,
}

/// Which tests show a fact, or why none does.
#[derive(Debug, PartialEq)]
pub(super) enum Evidence {
    /// Tests in these files name the fact.
    Tested(Vec<String>),
    /// No test shows the fact, for this reason.
    NotTested(String),
    /// The operation is not served yet.
    NotServedYet,
    /// There is no evidence, or it contradicts itself; an error says so.
    Missing,
}

impl Coverage {
    /// Finds the evidence of each fact.
    pub(super) fn new(facts: Vec<Fact>, reasons: &UntestedFacts, mentions: &Mentions) -> Self {
        let operations: BTreeMap<String, String> =
            facts.iter().map(|fact| (fact.id.clone(), fact.operation.clone())).collect();
        let mut errors = Vec::new();
        for (id, places) in &mentions.places {
            if !operations.contains_key(id) {
                errors.push(format!("{}: there is no fact {id}", places.join(", ")));
            }
        }
        let mut listed = read_reasons(reasons, &operations, &mut errors);
        let facts = facts.into_iter().map(|fact| {
            let evidence = match (mentions.tests.get(&fact.id), listed.remove(&fact.id)) {
                (Some(files), None) => Evidence::Tested(files.clone()),
                (None, Some(evidence)) => evidence,
                (Some(files), Some(_)) => {
                    let files = files.join(", ");
                    errors.push(format!("{} is tested in {files}: remove it from {REASONS}", fact.id));
                    Evidence::Missing
                }
                (None, None) => {
                    let Fact { id, operation, situation, .. } = &fact;
                    errors.push(format!("{id} ({operation}: {situation}) has neither a test nor a reason"));
                    Evidence::Missing
                }
            };
            CoveredFact { fact, evidence }
        });
        let facts = facts.collect();
        Self { facts, errors }
    }

    /// Returns a summary: how many facts there are of each kind of evidence.
    pub(super) fn counts(&self) -> String {
        let count = |is_meant: fn(&Evidence) -> bool| {
            self.facts.iter().filter(|fact| is_meant(&fact.evidence)).count()
        };
        format!(
            "{} facts: {} tested, {} not tested for a reason, {} of operations that are not served yet",
            self.facts.len(),
            count(|evidence| matches!(evidence, Evidence::Tested(_))),
            count(|evidence| matches!(evidence, Evidence::NotTested(_))),
            count(|evidence| matches!(evidence, Evidence::NotServedYet)),
        )
    }
}

/// Returns the evidence that `facts.toml` has for each fact, and collects the errors in it.
fn read_reasons(
    reasons: &UntestedFacts,
    operations: &BTreeMap<String, String>,
    errors: &mut Vec<String>,
) -> BTreeMap<String, Evidence> {
    let mut listed = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut list = |id: &String, evidence| {
        if !seen.insert(id.clone()) {
            errors.push(format!("{REASONS} lists {id} twice"));
        }
        listed.insert(id.clone(), evidence);
    };
    let mut other_errors = Vec::new();
    for (operation, ids) in &reasons.not_served_yet {
        for id in ids {
            list(id, Evidence::NotServedYet);
            if operations.get(id) != Some(operation) {
                other_errors
                    .push(format!("{REASONS} lists {id} under {operation}, but it is not a fact about it"));
            }
        }
    }
    for ReasonGroup { reason, facts } in &reasons.not_tested {
        for id in facts {
            list(id, Evidence::NotTested(reason.trim().to_owned()));
            if !operations.contains_key(id) {
                other_errors.push(format!("{REASONS} lists {id}, but there is no such fact"));
            }
            if reason.trim().is_empty() {
                other_errors.push(format!("{REASONS} lists {id} without a reason"));
            }
        }
    }
    errors.append(&mut other_errors);
    listed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fact::{Answer, Confidence};

    fn fact(id: &str, operation: &str) -> Fact {
        let (id, operation) = (id.to_owned(), operation.to_owned());
        Fact {
            id,
            operation,
            situation: "a situation".into(),
            answer: Answer::default(),
            confidence: Confidence::Recorded,
            source: "a source".into(),
            note: None,
        }
    }

    fn errors(reasons: &str, tests: &[&str]) -> Vec<String> {
        let mut mentions = Mentions::default();
        for id in tests {
            mentions.tests.insert((*id).to_owned(), vec!["server/tests/it/a.rs".to_owned()]);
            mentions.places.insert((*id).to_owned(), vec!["server/tests/it/a.rs:1".to_owned()]);
        }
        let facts = vec![fact("cog-0001", "SignUp"), fact("cog-0002", "GetUser")];
        Coverage::new(facts, &toml::from_str(reasons).expect("a file of reasons"), &mentions).errors
    }

    #[test]
    fn every_fact_has_either_a_test_or_a_reason() {
        let later = "[not_served_yet]\nGetUser = [\"cog-0002\"]\n";
        let listed = "[[not_tested]]\nreason = \"why\"\nfacts = [\"cog-0002\"]\n";
        assert_eq!(errors(later, &["cog-0001"]), [""; 0]);
        assert_eq!(errors(listed, &["cog-0001"]), [""; 0]);
        assert_eq!(
            errors("", &["cog-0001"]),
            ["cog-0002 (GetUser: a situation) has neither a test nor a reason"]
        );
        assert_eq!(
            errors(listed, &["cog-0001", "cog-0002"]),
            ["cog-0002 is tested in server/tests/it/a.rs: remove it from server/tests/facts.toml"]
        );
        let unknown = ["server/tests/it/a.rs:1: there is no fact cog-0003"];
        assert_eq!(errors(later, &["cog-0001", "cog-0003"]), unknown);
    }

    #[test]
    fn contradictory_reasons_are_errors() {
        let all = &["cog-0001", "cog-0002"];
        let unknown = "[[not_tested]]\nreason = \"why\"\nfacts = [\"cog-0004\"]\n";
        let text = ["server/tests/facts.toml lists cog-0004, but there is no such fact"];
        assert_eq!(errors(unknown, all), text);
        let bare = "[[not_tested]]\nreason = \" \"\nfacts = [\"cog-0002\"]\n";
        let text = ["server/tests/facts.toml lists cog-0002 without a reason"];
        assert_eq!(errors(bare, &["cog-0001"]), text);
        let twice = "[[not_tested]]\nreason = \"why\"\nfacts = [\"cog-0002\", \"cog-0002\"]\n";
        assert_eq!(errors(twice, &["cog-0001"]), ["server/tests/facts.toml lists cog-0002 twice"]);
        let misplaced = "[not_served_yet]\nSignUp = [\"cog-0002\"]\n";
        let text = ["server/tests/facts.toml lists cog-0002 under SignUp, but it is not a fact about it"];
        assert_eq!(errors(misplaced, &["cog-0001"]), text);
    }
}
