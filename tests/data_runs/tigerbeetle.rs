//! TigerBeetle's tables of accounts and transfers through the primitive commands. Each row is
//! sent and answered as `row::expected` says, or it is listed there with the reason why groat does
//! not have what it asks; a row that is neither fails the test.
//!
//! Ledgers are currencies (L1 CNY, L2 USD, L3 EUR, L9 GBP), a linked chain is an atomic batch,
//! user data and codes are metadata, an amount is in minor units, the largest amount is groat's.
//! A row of many mistakes, as they stand there to show precedence, is sent with the one mistake
//! that its status names: groat's own order is in `tests/rules/precedence.rs`. A transfer's id is
//! its command's id, so a retry is a replay; where TigerBeetle lets go of a refused id and groat
//! does not, the row has an id of its own.

mod row;

use crate::journal::others_agree;
use groat_ledger::{Account, Id};
use groat_shard::Books;
use groat_tests::feed::{Feed, money, text};
use groat_tests::local::{Local, ledger_key, verdict};
use groat_tests::served::same_state;
use row::Expected::{Listed, Malformed, Refused, Replayed, Sent};
use row::{ID_MAX, Row, START, ZERO, expected};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What TigerBeetle reads back and groat cannot have.
const NOT_READ_BACK: [(&str, &str); 2] = [("-0", ID_MAX), ("T8", ZERO)];

/// All cases as commands, with what each must come to.
#[derive(Default)]
struct Cases {
    rows: Vec<Row>,
    lines: String,
    records: u64,
    malformed: usize,
    /// Row and verdict of each outcome in their order; no row for what sets a row up.
    verdicts: Vec<(Option<usize>, &'static str, bool)>,
    listed: BTreeMap<&'static str, usize>,
    matched: usize,
}

fn cases() -> Cases {
    let mut cases = Cases::default();
    for (case, line) in text("ledger-states/tigerbeetle_cases.jsonl.xz").lines().enumerate() {
        let case_object: Value = serde_json::from_str(line).unwrap();
        let first = cases.rows.len();
        for step in case_object["steps"].as_array().unwrap() {
            let fields = step.as_object().unwrap().clone();
            cases.rows.push(Row { case, fields, in_open_chain: false });
        }
        mark_open_chains(&mut cases.rows[first..]);
    }
    let mut feed = Feed::starting(START);
    let mut at = 0;
    while at < cases.rows.len() {
        let chain = cases.rows[at..].iter().position(|row| !row.is("linked")).unwrap() + 1;
        cases.put(&mut feed, at, chain);
        at += chain;
    }
    cases
}

/// Rows linked to a next one that does not come before the request ends.
fn mark_open_chains(rows: &mut [Row]) {
    for at in 0..rows.len() {
        let next = rows[at..].iter().find(|row| !row.is("linked"));
        rows[at].in_open_chain = rows[at].is("linked") && next.is_none_or(|r| r.op() == "commit");
    }
}

impl Cases {
    /// Rows from `at`, linked into one chain.
    fn put(&mut self, feed: &mut Feed, at: usize, chain: usize) {
        let rows: Vec<usize> = (at..at + chain).collect();
        let mut commands = Vec::new();
        for no in rows {
            match self.rows[no].op() {
                "account" | "transfer" => {}
                "setup" => {
                    for command in set_up(&self.rows[no], feed) {
                        self.line(&command);
                        self.verdicts.push((None, "accepted", false));
                    }
                    continue;
                }
                // Read back from the books at the end; requests and time are not rows.
                _ => continue,
            }
            let expected = expected(&self.rows[no]);
            let verdict = match expected {
                Listed(reason) => {
                    *self.listed.entry(reason).or_default() += 1;
                    // Said of a row that can be sent: it is, and is refused.
                    match reason.split_once("refused as ") {
                        Some((_, name)) => name,
                        None => continue,
                    }
                }
                Sent | Replayed => "accepted",
                Refused(name) => name,
                Malformed => "malformed",
            };
            self.malformed += usize::from(expected == Malformed);
            self.matched += usize::from(!matches!(expected, Listed(_)));
            self.verdicts.push((Some(no), verdict, expected == Replayed));
            commands.push(self.rows[no].command(feed));
        }
        match &commands[..] {
            [] => {}
            [command] if chain == 1 => self.line(command),
            commands => self.line(&json!({ "atomic": true, "commands": commands })),
        }
    }

    fn line(&mut self, command: &Value) {
        let text = command.to_string();
        self.lines.push_str(&text);
        self.lines.push('\n');
        self.records += 1;
    }

    /// The lines that are commands at all, for the broker.
    fn publishable(&self) -> (String, u64) {
        let readable = |line: &&str| groat_proto::json::read_line(line).is_ok();
        let lines: Vec<&str> = self.lines.lines().filter(readable).collect();
        (lines.join("\n"), lines.len() as u64)
    }
}

/// Counters come about by ordinary transfers with an account that has no other purpose. Negative
/// ones are counted from the largest; from 10,000 here, which keeps every difference.
fn set_up(row: &Row, feed: &mut Feed) -> Vec<Value> {
    let counter = |name: &str| -> u64 {
        let value: i64 = row.text(name).parse().unwrap();
        if value < 0 { (10_000 + value).unsigned_abs() } else { value.unsigned_abs() }
    };
    let (account, other) = (row.account("account").unwrap(), format!("c{}.other", row.case));
    let mut commands = Vec::new();
    if row.text("account") == "A1" {
        let body = json!({ "account": other, "currency": "CNY" });
        commands.push(feed.command("open_ledger_account", body));
    }
    // The side that gives room comes first.
    let mut sides = [("credits", &other, &account), ("debits", &account, &other)];
    if row.text("account") == "A5" {
        sides.reverse();
    }
    for phase in ["posted", "pending"] {
        for (side, debit, credit) in sides {
            let amount = counter(&format!("{side}_{phase}"));
            if amount > 0 {
                let amount = money(amount, "CNY");
                let mut body = json!({ "debit": debit, "credit": credit, "amount": amount });
                if phase == "pending" {
                    body["phase"] = json!("PENDING");
                }
                let mut command = feed.command("post_transfer", body);
                command["at"] = json!(START);
                commands.push(command);
            }
        }
    }
    commands
}

/// Compares what TigerBeetle reads back; true if groat has it.
fn check_lookup(row: &Row, books: &Books, local: &Local) -> bool {
    if NOT_READ_BACK.iter().any(|(id, _)| *id == row.text("id")) {
        return false;
    }
    let found = row.is("found");
    if row.op() == "lookup_account" {
        let account = row.account("id").and_then(|id| books.ledger().account(&ledger_key(&id)));
        assert_eq!(account.is_some(), found, "{:?}", row.fields);
        let Some(Account {
            debits_pending, debits_posted, credits_pending, credits_posted, ..
        }) = account
        else {
            return true;
        };
        for (field, counter) in [
            ("debits_pending", debits_pending),
            ("debits_posted", debits_posted),
            ("credits_pending", credits_pending),
            ("credits_posted", credits_posted),
        ] {
            assert_eq!(row.text(field), counter.to_string(), "{field} of {:?}", row.fields);
        }
        return true;
    }
    let id: Id = row.shared_id().parse().unwrap();
    let answers = local.outcomes.iter().filter(|o| o.id == Some(id.into()));
    let exists = answers.map(verdict).any(|verdict| verdict == "accepted");
    assert_eq!(exists.to_string(), row.text("value"), "{:?}", row.fields);
    true
}

#[test]
fn every_row_is_matched_or_listed_and_the_balances_are_tigerbeetles() {
    let cases = cases();
    let local = Local::run(&cases.lines, cases.malformed);
    assert_eq!(local.outcomes.len(), cases.verdicts.len());
    for (outcome, (row, expected, replay)) in local.outcomes.iter().zip(&cases.verdicts) {
        let row = row.map(|row| &cases.rows[row].fields);
        assert_eq!(
            (verdict(outcome), outcome.replay),
            (*expected, *replay),
            "{row:?}: {outcome:?}"
        );
    }
    let shard = local.restored();
    let (mut read_back, mut not_read_back) = (0, 0);
    let (mut set_up, mut frames) = (0, 0);
    for row in &cases.rows {
        match row.op() {
            "account" | "transfer" => {}
            "lookup_account" | "lookup_transfer" => {
                let has = check_lookup(row, shard.books(), &local);
                *(if has { &mut read_back } else { &mut not_read_back }) += 1;
            }
            "setup" => set_up += 1,
            // A request's end, and TigerBeetle's clock moved to where a timeout overflows.
            "commit" | "tick" => frames += 1,
            op => panic!("no rule for {op}"),
        }
    }
    println!("rows not in groat: {:#?}", cases.listed);
    println!("not read back: {NOT_READ_BACK:#?}");
    let listed: usize = cases.listed.values().sum();
    assert_eq!((cases.matched, listed), (68, 29), "rows matched and listed");
    assert_eq!((read_back, not_read_back), (23, 3));
    let all = cases.matched + listed + read_back + not_read_back + set_up + frames;
    assert_eq!(all, cases.rows.len());
}

#[test]
fn kafka_mode_comes_to_the_state_of_local_mode() {
    let cases = cases();
    let local = Local::run(&cases.lines, cases.malformed);
    let (lines, records) = cases.publishable();
    assert_eq!(records + cases.malformed as u64, cases.records);
    same_state("tigerbeetle", &lines, records, &local.digest);
}

#[test]
fn auditors_hledger_and_ledger_agree() {
    let cases = cases();
    others_agree("tigerbeetle", &Local::run(&cases.lines, cases.malformed));
}
