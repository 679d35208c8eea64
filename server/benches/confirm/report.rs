//! The results: medians of all runs, what bounds them, and ratios to the baselines, which are printed last.

use crate::{
    CONNECTIONS,
    database::Counts,
    process::median,
    run::{Operation, RunResult},
    standing::Standing,
};

/// Where the reads and commits of each operation are counted.
const TRIPS: &str = include_str!("../../tests/TRIPS.md");

/// The results of the same run, repeated.
#[derive(Default)]
struct Cell {
    per_second: Vec<f64>,
    lido_micros: Vec<f64>,
    database_micros: Vec<f64>,
    lido_share: Vec<f64>,
    machine_share: Vec<f64>,
}

/// The results of an operation on a store, by the number of connections.
struct Row {
    target: String,
    operation: Operation,
    cells: [Cell; CONNECTIONS.len()],
}

/// All results.
pub(crate) struct Report {
    rows: Vec<Row>,
    echoes: [Vec<f64>; CONNECTIONS.len()],
    syncs: Vec<f64>,
    counted: Option<String>,
    standings: Vec<(String, Standing)>,
}

fn column(connections: usize) -> usize {
    CONNECTIONS.iter().position(|known| *known == connections).unwrap_or_default()
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            rows: Vec::new(),
            echoes: Default::default(),
            syncs: Vec::new(),
            counted: None,
            standings: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, target: &str, operation: Operation, connections: usize, run: &RunResult) {
        let found = self.rows.iter().position(|row| row.target == target && row.operation == operation);
        let place = found.unwrap_or_else(|| {
            self.rows.push(Row { target: target.to_owned(), operation, cells: Default::default() });
            self.rows.len() - 1
        });
        let cell = self.rows.get_mut(place).and_then(|row| row.cells.get_mut(column(connections)));
        if let Some(cell) = cell {
            cell.per_second.push(run.per_second);
            cell.lido_micros.push(run.lido_micros);
            cell.database_micros.extend(run.database_micros);
            cell.lido_share.push(run.lido_share);
            cell.machine_share.extend(run.machine_share);
        }
    }

    pub(crate) fn add_standing(&mut self, target: &str, standing: Standing) {
        self.standings.push((target.to_owned(), standing));
    }

    pub(crate) fn add_baseline(&mut self, connections: usize, echoes: f64, syncs: f64) {
        if let Some(cell) = self.echoes.get_mut(column(connections)) {
            cell.push(echoes);
        }
        self.syncs.push(syncs);
    }

    pub(crate) fn add_counts(&mut self, confirmed: usize, before: Counts, after: Counts) {
        #[expect(clippy::cast_precision_loss, reason = "counts of a few minutes")]
        let confirmed = confirmed as f64;
        let transactions = (after.transactions - before.transactions) / confirmed;
        let flushes = before.flushes.zip(after.flushes).map(|(before, after)| (after - before) / confirmed);
        let flushes = flushes.map_or("not told".to_owned(), |flushes| format!("{flushes:.2}"));
        self.counted = Some(format!(
            "PostgreSQL: {transactions:.2} transactions and {flushes} flushes of the log for each request, over all runs"
        ));
    }

    /// Prints the results.
    pub(crate) fn print(self) {
        let line = |name: &str, values: [String; CONNECTIONS.len()]| {
            println!("{name:<44}{}", values.map(|value| format!("{value:>18}")).concat());
        };
        let numbers = |values: [f64; CONNECTIONS.len()]| values.map(|value| format!("{value:.0}"));
        let echoes = self.echoes.map(median);
        let syncs = median(self.syncs);
        let mut ratios = Vec::new();
        line("", CONNECTIONS.map(|count| format!("{count} connections")));
        for Row { target, operation, cells } in self.rows {
            let cells = cells.map(|cell| Medians {
                per_second: median(cell.per_second),
                lido_micros: median(cell.lido_micros),
                database_micros: median(cell.database_micros),
                lido_share: median(cell.lido_share),
                machine_share: median(cell.machine_share),
            });
            let name = format!("{}, {target}", operation.name());
            let mut place = 0;
            let bounds = cells.each_ref().map(|cell| {
                place += 1;
                cell.bound(CONNECTIONS.get(place - 1).copied().unwrap_or_default()).to_owned()
            });
            let rates = cells.each_ref().map(|cell| cell.per_second);
            println!("{name}; {}", trips(operation));
            line("  requests a second", numbers(rates));
            line("  us CPU of Lido a request", numbers(cells.each_ref().map(|cell| cell.lido_micros)));
            if target.starts_with("PostgreSQL") {
                line("  us CPU of the database", numbers(cells.each_ref().map(|cell| cell.database_micros)));
            }
            line("  % of Lido's core", numbers(cells.each_ref().map(|cell| cell.lido_share * 100.0)));
            line("  % of the machine", numbers(cells.each_ref().map(|cell| cell.machine_share * 100.0)));
            line("  bounded by", bounds);
            ratios.push((name, rates));
        }
        if let Some(text) = self.counted {
            println!("{text}");
        }
        for (name, Standing { start, mebibytes, by_mail, by_status }) in self.standings {
            let memory = mebibytes.map_or("not told".to_owned(), |mebibytes| format!("{mebibytes:.0} MiB"));
            println!(
                "{name}: start to first answer {:.0} ms, memory {memory}; ListUsers by e-mail {:.2} ms, by status {:.2} ms",
                start.as_secs_f64() * 1e3,
                by_mail.as_secs_f64() * 1e3,
                by_status.as_secs_f64() * 1e3,
            );
        }
        println!("Baselines of the same run");
        line("bare hyper echo", numbers(echoes));
        line("fdatasync of the disk", numbers([syncs; CONNECTIONS.len()]));
        for (name, rates) in ratios {
            let mut echoes = echoes.iter();
            let of_echo = rates.map(|rate| rate / echoes.next().copied().unwrap_or(f64::NAN));
            line(&format!("{name} / echo"), of_echo.map(|ratio| format!("{ratio:.2}")));
            line("  / fdatasync", rates.map(|rate| format!("{:.2}", rate / syncs)));
        }
    }
}

/// The medians of a cell.
struct Medians {
    per_second: f64,
    lido_micros: f64,
    database_micros: f64,
    lido_share: f64,
    machine_share: f64,
}

impl Medians {
    /// Returns what bounds the rate: what is used up, else what is waited for.
    fn bound(&self, connections: usize) -> &'static str {
        match self {
            _ if connections == 1 => "one at a time",
            Self { lido_share, .. } if *lido_share > 0.9 => "Lido's core",
            Self { machine_share, .. } if *machine_share > 0.93 => "all cores",
            _ => "the disk",
        }
    }
}

/// Returns the reads and commits of an operation, as the tests count them.
fn trips(operation: Operation) -> String {
    let row = TRIPS.lines().find(|line| line.starts_with(&format!("| {} |", operation.name())));
    let cells: Vec<&str> = row.unwrap_or_default().split('|').map(str::trim).collect();
    match cells.as_slice() {
        [_, _, reads, commits, ..] => format!("{reads} reads, {commits} commit"),
        _ => "reads and commits are not counted".to_owned(),
    }
}
