//! The one place that touches the ledger's interface: runs a table line by line.
//!
//! A line is a verb, its words, and after a bar the outcome: `ok`, the rejection's name, or
//! `again` when the business number was done before. `as tea …` asks in the name of an app. `at`
//! moves time; its outcome is what fell due, in order. `restart` puts the rows to rest and takes
//! them up. `repeat 50 … ; …` runs lines 50 times, `$` is the round. Verbs: `commands.rs` (what is
//! asked), `checks.rs` (what must be). Lines that begin with `//` are comments.
//!
//! After every line the invariants are checked; at the end the journal is folded into new books
//! and the rows are put to rest and taken up again.

use crate::words::{Args, id, time};
use crate::{checks, commands, hold_invariants, invariants};
use groat_ledger::table::Table;
use groat_ledger::{
    Body, Calendar, Decision, Fact, Id, Ledger, Movement, Refusal, Settlement, Tables, project,
};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A ledger with what a shard would keep beside it.
pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    now: u64,
    journal: Vec<(Fact, Vec<Movement>, u64)>,
    /// Names of the events of the last line.
    pub(crate) events: Vec<String>,
    /// Names of the settlements of the last line.
    pub(crate) told: Vec<String>,
    commands: u128,
    /// The app that the line is asked by, or none.
    asker: Id,
    /// A limit was cut, so a debt may be beyond it.
    limit_was_cut: bool,
}

/// Runs a table; the failing line is printed.
pub(crate) fn check(name: &str, text: &str) {
    let mut books = Books::new(Calendar::default());
    for (no, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        let run = catch_unwind(AssertUnwindSafe(|| books.line(line)));
        if let Err(why) = run {
            eprintln!("table {name}, line {}: {line}", no + 1);
            resume_unwind(why);
        }
    }
    books.fold_and_rest();
}

/// The books of a table as a chain of before some facts were made would have them.
pub(crate) fn of_before(text: &str, is_new: fn(&Fact) -> bool) -> Books {
    let mut books = Books::new(Calendar::default());
    text.lines().map(str::trim).filter(|line| !line.is_empty()).for_each(|line| books.line(line));
    let Books { now, commands, journal, .. } = books;
    let mut before = Books { now, commands, ..Books::new(Calendar::default()) };
    for (fact, movements, at) in journal.into_iter().filter(|(fact, ..)| !is_new(fact)) {
        before.apply_event(&fact, &movements, at);
    }
    before
}

impl Books {
    fn new(calendar: Calendar) -> Books {
        Books {
            ledger: Ledger::new(calendar),
            now: 0,
            journal: Vec::new(),
            events: Vec::new(),
            told: Vec::new(),
            commands: 0,
            asker: Id::NONE,
            limit_was_cut: false,
        }
    }

    pub(crate) fn line(&mut self, line: &str) {
        let (asked, outcome) = line.split_once('|').unwrap_or((line, ""));
        let outcome = outcome.trim();
        let mut words = asked.split_whitespace();
        match words.next().expect("a line has a verb") {
            "repeat" => {
                let rounds: u32 = words.next().unwrap().parse().unwrap();
                let inner = words.collect::<Vec<_>>().join(" ");
                for round in 1..=rounds {
                    for line in inner.replace('$', &round.to_string()).split(" ; ") {
                        self.line(&format!("{line} | {outcome}"));
                    }
                }
            }
            "calendar" => {
                let day_offset_min = words.next().unwrap().parse().unwrap();
                *self = Books::new(Calendar { day_offset_min });
            }
            "restart" => self.ledger = self.rested(),
            "at" => {
                let to = time(words.next().unwrap(), self.now);
                assert!(to >= self.now, "tables go forward in time");
                self.now = to;
                self.forget_last();
                assert_eq!(self.pay_dues(), outcome, "what fell due");
            }
            // As `at`, whatever falls due.
            "pass" => {
                let to = time(words.next().unwrap(), self.now);
                assert!(to >= self.now && outcome.is_empty(), "tables go forward in time");
                self.now = to;
                self.forget_last();
                self.pay_dues();
            }
            "as" => {
                self.asker = id(words.next().unwrap());
                let verb = words.next().unwrap();
                self.verb(verb, Args::new(words), outcome);
                self.asker = Id::NONE;
            }
            verb => self.verb(verb, Args::new(words), outcome),
        }
        invariants::check(&self.ledger);
        assert_eq!(self.ledger.next_event(), self.journal.len() as u64 + 1, "event numbers");
    }

    fn verb(&mut self, verb: &str, mut args: Args<'_>, outcome: &str) {
        if let Some((id, body)) = commands::body(verb, &mut args, self.now) {
            args.finish();
            assert_eq!(self.command(id, body), outcome, "outcome");
        } else {
            assert!(checks::check(self, verb, &mut args), "no such verb: {verb}");
            args.finish();
            assert_eq!(outcome, "", "a check has no outcome");
        }
    }

    /// As a shard does it: what is due first, then the command, then its events.
    fn command(&mut self, id: Option<Id>, body: Body) -> String {
        self.forget_last();
        let due = self.pay_dues();
        assert_eq!(due, "", "all that was due fell due with the line that moved time");
        self.commands += 1;
        let id = id.unwrap_or(Id((u128::from(self.now) << 80) | self.commands));
        let mut decision = Decision::default();
        match self.ledger.decide_for(self.asker, id, &body, self.now, &mut decision) {
            Ok(()) => {
                assert!(!decision.is_empty(), "an accepted command leaves an event");
                self.apply(&decision, self.now);
                "ok".to_owned()
            }
            Err(Refusal::Repeat(range)) => {
                let first = usize::try_from(range.first).unwrap() - 1;
                let fact = &self.journal[first].0;
                let answers = matches!(
                    fact,
                    Fact::RefundSucceeded { .. }
                        | Fact::FundsReleased { .. }
                        | Fact::PaymentSplit { .. }
                        | Fact::SplitReturned { .. }
                );
                assert!(answers, "the answer: {fact:?}");
                "again".to_owned()
            }
            Err(Refusal::Rejected(rejection)) => {
                let before = rows(&self.ledger);
                let fact = Fact::CommandRejected { rejection };
                self.apply_event(&fact, &[], self.now);
                assert!(before == rows(&self.ledger), "{rejection} changed the tables");
                let named = rejection.name() == "RateOutOfRange";
                assert_eq!(body.out_of_range().is_some(), named, "{rejection} of {body:?}");
                rejection.name().to_owned()
            }
        }
    }

    /// What fell due up to now, by name and in order.
    fn pay_dues(&mut self) -> String {
        let mut paid = Vec::new();
        let mut decision = Decision::default();
        while let Some(due) = self.ledger.next_due(self.now) {
            self.ledger.decide_due(due, &mut decision);
            self.apply(&decision, due.at);
            paid.push(format!("{:?}", due.kind));
            assert!(paid.len() < 100_000, "what is due is never done: {due:?}");
        }
        paid.join(" ")
    }

    fn apply(&mut self, decision: &Decision, at: u64) {
        let events: Vec<_> = decision.events().map(|(f, m)| (f.clone(), m.to_vec())).collect();
        for (fact, movements) in events {
            self.apply_event(&fact, &movements, at);
        }
        invariants::check(&self.ledger);
        hold_invariants::check(&self.ledger);
        if !self.limit_was_cut {
            hold_invariants::debts_are_within_limits(&self.ledger);
        }
    }

    fn apply_event(&mut self, fact: &Fact, movements: &[Movement], at: u64) {
        assert_eq!(self.ledger.check(fact, movements), Ok(()), "{fact:?}");
        self.ledger.apply(fact, movements, at);
        self.limit_was_cut |= matches!(fact, Fact::LimitAdjusted { .. });
        self.journal.push((fact.clone(), movements.to_vec(), at));
        self.events.push(name_of(&format!("{fact:?}")));
        let told = &mut self.told;
        project(&self.ledger, fact, movements, |s: Settlement| {
            assert!(!s.key().is_none(), "told to nobody: {s:?}");
            told.push(name_of(&format!("{s:?}")));
        });
    }

    fn forget_last(&mut self) {
        self.events.clear();
        self.told.clear();
    }

    /// Events alone, and rows alone, make the same books.
    fn fold_and_rest(&self) {
        let calendar = self.ledger.calendar();
        let mut folded = Ledger::new(calendar);
        for (fact, movements, at) in &self.journal {
            assert_eq!(folded.check(fact, movements), Ok(()), "folding {fact:?}");
            folded.apply(fact, movements, *at);
        }
        assert!(rows(&folded) == rows(&self.ledger), "the journal folds into the same rows");
        let owed = |mut ledger: Ledger| ledger.next_due(u64::MAX);
        assert_eq!(owed(folded), owed(self.rested()), "what is due next");
    }

    /// The ledger, put to rest and taken up again.
    fn rested(&self) -> Ledger {
        let (calendar, place) = (self.ledger.calendar(), groat_ledger::Place::default());
        let (now, next) = (self.ledger.now(), self.ledger.next_event());
        Ledger::from_rest(calendar, place, now, next, at_rest(&self.ledger)).unwrap()
    }
}

/// The name of an enum's variant out of its debug text.
fn name_of(debug: &str) -> String {
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// Every row of every table, as text per table: two ledgers with the same rows are the same.
pub(crate) fn rows(ledger: &Ledger) -> Vec<String> {
    let t = ledger.tables();
    vec![
        format!("{:?}", t.accounts.rows()),
        format!("{:?}", t.pending.rows()),
        format!("{:?}", t.apps.rows()),
        format!("{:?}", t.users.rows()),
        format!("{:?}", t.merchants.rows()),
        format!("{:?}", t.limits.rows()),
        format!("{:?}", t.holds.rows()),
        format!("{:?}", t.payouts.rows()),
        format!("{:?}", t.receipts.rows()),
        format!("{:?}", t.payments.rows()),
        format!("{:?}", t.batches.rows()),
        format!("{:?}", t.authorizations.rows()),
        format!("{:?}", t.credit_lines.rows()),
        format!("{:?}", t.rentals.rows()),
        format!("{:?}", t.items.rows()),
        format!("{:?}", t.campaigns.rows()),
        format!("{:?}", t.coupon_templates.rows()),
        format!("{:?}", t.coupons.rows()),
        format!("{:?}", t.coupon_counts.rows()),
        format!("{:?}", t.packets.rows()),
        format!("{:?}", t.packet_claims.rows()),
        format!("{:?}", t.invoices.rows()),
        format!("{:?}", t.disputes.rows()),
        format!("{:?}", t.app_grants.rows()),
        format!("{:?}", t.app_uses.rows()),
        format!("{:?}", t.plans.rows()),
        format!("{:?}", t.loans.rows()),
        format!("{:?}", t.quotes.rows()),
        format!("{:?}", t.code_uses.rows()),
        format!("{:?}", t.card_templates.rows()),
        format!("{:?}", t.cards.rows()),
        format!("{:?}", t.royalty_relations.rows()),
    ]
}

/// The rows as a snapshot would give them back.
pub(crate) fn at_rest(ledger: &Ledger) -> Tables {
    let t = ledger.tables();
    let mut rest = Tables::default();
    rest.accounts = Table::from_rows(t.accounts.rows().to_vec()).unwrap();
    rest.pending = Table::from_rows(t.pending.rows().to_vec()).unwrap();
    rest.apps = Table::from_rows(t.apps.rows().to_vec()).unwrap();
    rest.users = Table::from_rows(t.users.rows().to_vec()).unwrap();
    rest.merchants = Table::from_rows(t.merchants.rows().to_vec()).unwrap();
    rest.limits = Table::from_rows(t.limits.rows().to_vec()).unwrap();
    rest.holds = Table::from_rows(t.holds.rows().to_vec()).unwrap();
    rest.payouts = Table::from_rows(t.payouts.rows().to_vec()).unwrap();
    rest.receipts = Table::from_rows(t.receipts.rows().to_vec()).unwrap();
    rest.payments = Table::from_rows(t.payments.rows().to_vec()).unwrap();
    rest.batches = Table::from_rows(t.batches.rows().to_vec()).unwrap();
    rest.authorizations = Table::from_rows(t.authorizations.rows().to_vec()).unwrap();
    rest.credit_lines = Table::from_rows(t.credit_lines.rows().to_vec()).unwrap();
    rest.rentals = Table::from_rows(t.rentals.rows().to_vec()).unwrap();
    rest.items = Table::from_rows(t.items.rows().to_vec()).unwrap();
    rest.campaigns = Table::from_rows(t.campaigns.rows().to_vec()).unwrap();
    rest.coupon_templates = Table::from_rows(t.coupon_templates.rows().to_vec()).unwrap();
    rest.coupons = Table::from_rows(t.coupons.rows().to_vec()).unwrap();
    rest.coupon_counts = Table::from_rows(t.coupon_counts.rows().to_vec()).unwrap();
    rest.packets = Table::from_rows(t.packets.rows().to_vec()).unwrap();
    rest.packet_claims = Table::from_rows(t.packet_claims.rows().to_vec()).unwrap();
    rest.invoices = Table::from_rows(t.invoices.rows().to_vec()).unwrap();
    rest.disputes = Table::from_rows(t.disputes.rows().to_vec()).unwrap();
    rest.app_grants = Table::from_rows(t.app_grants.rows().to_vec()).unwrap();
    rest.app_uses = Table::from_rows(t.app_uses.rows().to_vec()).unwrap();
    rest.plans = Table::from_rows(t.plans.rows().to_vec()).unwrap();
    rest.card_templates = Table::from_rows(t.card_templates.rows().to_vec()).unwrap();
    rest.cards = Table::from_rows(t.cards.rows().to_vec()).unwrap();
    rest.loans = Table::from_rows(t.loans.rows().to_vec()).unwrap();
    rest.quotes = Table::from_rows(t.quotes.rows().to_vec()).unwrap();
    rest.code_uses = Table::from_rows(t.code_uses.rows().to_vec()).unwrap();
    rest.royalty_relations = Table::from_rows(t.royalty_relations.rows().to_vec()).unwrap();
    rest
}

/// The harness must see what it is there to see.
#[test]
fn a_wrong_table_fails() {
    let fails = |text: &str| catch_unwind(|| check("canary", text)).is_err();
    let opened = "user alice 2 CNY | ok\n top_up alice 1.00 r1 | ok\n";
    assert!(!fails(opened));
    assert!(fails(&format!("{opened} balance user_available alice 1.01")));
    assert!(fails(&format!("{opened} top_up alice 1.00 r1 | ok")));
    assert!(fails(&format!("{opened} top_up alice 1.00 r2 | Duplicate")));
    assert!(fails(&format!("{opened} top_up alice 1.00 r2 banc=x | ok")));
    assert!(fails(&format!("{opened} pay_in_full alice | ok")));
}
