//! How often each message left.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    time::{Duration, Instant},
};

use crate::{mail_server::MailServer, workload::Report};

/// How long a message may take. What a server has claimed and could not send, because it was killed or the database did not answer
/// it, is sent by any server once the claim has expired, after three minutes.
const PATIENCE: Duration = Duration::from_secs(240);

/// Asserts that every message that was asked for left once. With servers that are killed one may have left twice: it is sent
/// at least once.
#[track_caller]
pub(crate) fn assert_sent_once(report: &Report, mail: &MailServer, servers_are_killed: bool) {
    let until = Instant::now() + PATIENCE;
    let wrong = || -> Vec<String> {
        let mut sent: BTreeMap<String, usize> = BTreeMap::new();
        for to in mail.mails().iter().flat_map(|mail| &mail.to) {
            *sent.entry(to.trim_matches(['<', '>']).to_owned()).or_default() += 1;
        }
        let wrong = |(to, allowed): (&String, &RangeInclusive<usize>)| {
            let count = sent.get(to).copied().unwrap_or(0);
            let is_right = allowed.contains(&count) || (servers_are_killed && count > *allowed.end());
            (!is_right).then(|| format!("{to}: {count} mails instead of {allowed:?}"))
        };
        report.messages.iter().filter_map(wrong).collect()
    };
    while !wrong().is_empty() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(wrong().is_empty(), "{:?}", wrong());
}
