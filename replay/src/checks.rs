//! Every promise that `verify` checks, by name, as the events of a chain go by. Beside the ledger
//! run naive models ([`crate::naive`]); a check that fails is noted once, the first of all.

#[cfg(test)]
mod app_forgeries;
mod apps;
mod away;
#[cfg(test)]
mod away_forgeries;
#[cfg(test)]
mod bill_forgeries;
mod bills;
#[cfg(test)]
mod card_forgeries;
mod cards;
#[cfg(test)]
mod closing_forgeries;
mod closings;
mod coupons;
mod credit;
#[cfg(test)]
mod debit_forgeries;
mod debits;
mod demands;
mod disputes;
#[cfg(test)]
mod due_forgeries;
mod entries;
mod exchange;
#[cfg(test)]
mod exchange_forgeries;
#[cfg(test)]
mod forgeries;
mod funding;
#[cfg(test)]
mod held_forgeries;
mod holds;
mod invoices;
mod kept;
#[cfg(test)]
mod limit_forgeries;
#[cfg(test)]
mod loan_forgeries;
mod loans;
#[cfg(test)]
mod loss_forgeries;
mod losses;
#[cfg(test)]
mod market_forgeries;
mod objects;
#[cfg(test)]
mod outcome_forgeries;
mod outcomes;
mod packets;
#[cfg(test)]
mod plan_forgeries;
mod plans;
mod points;
mod rentals;
mod royalties;
#[cfg(test)]
mod royalty_forgeries;
mod safeguard;
#[cfg(test)]
mod safeguard_forgeries;
#[cfg(test)]
mod seller_forgeries;
#[cfg(test)]
mod statement_forgeries;
mod statements;
mod touches;

use crate::follow::{Finding, Place};
use crate::naive::{
    Answers, Apps, Away, Bills, Cards, Closings, Coupons, Debits, Disputes, Exchanges, Funding,
    Holds, Invoices, Journal, Kept, Lines, Loans, Losses, Orders, Packets, Plans, Points, Rentals,
    Reserves, Royalties, Spending, Statements,
};
use apps::OfAnApp;
use entries::Event;
use groat_ledger::{AccountKey, Class, Currency, Id};
use groat_shard::{Books, Folded};
pub use safeguard::Safeguarded;
use safeguard::Safeguarding;
use serde::Serialize;
use std::collections::BTreeMap;

macro_rules! checks {
    ($($(#[$doc:meta])* $check:ident = $rule:literal, $name:literal;)*) => {
        /// A promise, with the number of its invariant in DOMAIN §6.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Check { $($(#[$doc])* $check,)* }

        impl Check {
            /// Every check.
            pub const ALL: &'static [Check] = &[$(Check::$check,)*];

            /// The promise in a few words.
            pub fn name(self) -> &'static str {
                match self { $(Check::$check => $name,)* }
            }

            /// Which invariant of DOMAIN §6 it is.
            pub fn invariant(self) -> u8 {
                match self { $(Check::$check => $rule,)* }
            }
        }
    };
}

checks! {
    /// Debits equal credits in every event and currency.
    EntryBalances = 1, "every entry balances per currency";
    /// The ledger's four counters are the sums of all movements.
    CountersAreSums = 1, "the ledger's counters are the sums of the movements";
    /// Debits equal credits per currency over all accounts, posted and pending.
    TrialBalance = 1, "the trial balance is zero per currency";
    /// After every event, on every account it touched.
    SignRules = 2, "no account breaks its sign rule";
    /// Parsed, hashed, numbered, and each names the one before.
    Chain = 3, "blocks are whole and continue the chain";
    /// One after the other from 1.
    EventNumbers = 3, "event numbers have no gap";
    /// Wherever a header carries one.
    Digests = 3, "the state has the digest recorded";
    /// Its rows are what folding from zero gives.
    Snapshot = 3, "the snapshot is the state after its block";
    /// No command without, none with two.
    OneOutcome = 4, "each command has exactly one outcome";
    /// A retry adds no event.
    HappensOnce = 4, "a command id happens once";
    /// Legs, refunds, fees.
    Payments = 5, "payments: legs = amount, refunded <= paid, fees back <= fee";
    /// DOMAIN §5, by the clock, in time.
    PaymentStates = 5, "payments: only steps that there are";
    /// UH of each user, and the row of each hold.
    ComplianceHolds = 6, "compliance holds: held = placed - released - seized";
    /// Cash and credit, each on its own.
    HoldSums = 6, "authorizations: frozen = captured + released + rest";
    /// UF and X3 of each authorization.
    HoldAccounts = 6, "authorizations: their accounts have the rests";
    /// X2 of each user.
    CreditHeld = 6, "credit held is what authorizations on the line have left";
    /// DOMAIN §5.
    HoldStates = 6, "authorizations: only steps that there are";
    /// And claims of damage within it.
    RentalDeposits = 7, "rentals: waived + frozen = deposit, damage <= deposit";
    /// With X4 as what is outstanding, and RX as what the platform advanced of it.
    RentalCharges = 7, "rentals: charged = paid + reduced + outstanding";
    /// Completed, bought out, cancelled, expired.
    RentalEnds = 7, "rentals: nothing is owed or held at the end";
    /// A thing that is one of a kind.
    ThingsOut = 7, "rentals: a thing is out with one at a time";
    /// DOMAIN §5.
    RentalStates = 7, "rentals: only steps that there are";
    /// PU, PB, PI and PO of each user.
    CreditPrincipal = 8, "credit: owed = bought - repaid - refunded - written off";
    /// X1 is the limit; a debt beyond it, after a cut, only becomes less.
    CreditLimits = 8, "credit: nobody takes more than the limit";
    /// Payments, captures, collections and holds alike.
    CreditActive = 8, "credit: nobody takes on a line that is frozen or closed";
    /// DOMAIN §5.
    CreditStates = 8, "credit: only steps that there are";
    /// LN and LI of each; terms, nights and repayments as agreed, DOMAIN §5, by the clock.
    Loans = 8, "loans: owed = lent - repaid - written off, terms and interest as agreed";
    /// AL and E2 of each currency; all that a line owed, late for 180 days.
    Losses = 8, "losses: all of a late debt, set aside first, recovered <= written off";
    /// PB, PO, LP, LI and LF of each user; DOMAIN §5, by the clock.
    Statements = 9, "statements: total = billed + overdue + charges, minimum <= total";
    /// When agreed, each day, what is due, as far as the balance goes, by a repayment like any.
    Debits = 9, "debits: what is due is debited when agreed, as far as the balance goes";
    /// PI of each user; by the clock, as published.
    Plans = 9, "plans: terms sum to principal and fee, one is billed by each statement";
    /// UI of each plan; charged once, whole.
    PlanFees = 9, "plans: what sellers paid of fees = charged - earned - returned, by terms ahead";
    /// By the nights since grace was missed.
    Interest = 10, "interest = floor of principal x rate x nights, late fees as agreed";
    /// FP of each partner and currency.
    Funding = 8, "funding: owed to a partner = funded - repaid";
    /// By split, return and refund; only between merchants that are bound.
    Royalties = 11, "royalties: shared <= cap and <= what is left, refunds in proportion";
    /// MF of each payment.
    ProceedsFrozen = 11, "royalties: what is frozen is on its account";
    /// What is pending for a merchant and date is what its items sum to, until settled: receipts
    /// less fees, refunds, disputes and what was confirmed, and what came back of them.
    Batches = 12, "batches: pending = what came into them less what was taken";
    /// MR of each merchant, and the part of each batch.
    Reserves = 12, "reserves: kept = reserved - released";
    /// MP, MA, MR, MX and UA: what facts say of them, and batches by their lines alone.
    BillLines = 13, "bills: their lines are what moved, a batch's net is what its lines sum to";
    /// CF of each campaign.
    CampaignFunds = 14, "campaigns: spent and promised <= paid in";
    /// DOMAIN §5, in time, for the parts of their terms.
    CouponStates = 14, "coupons: only steps that there are, used once net of returns";
    /// X6 of each template.
    CouponFaces = 14, "coupons: X6 is the faces that can be used";
    /// RP of each packet, and its row.
    PacketSums = 14, "packets: claimed + unclaimed + refunded = total";
    /// Within bounds, drawn from the seed, one for a user, in time.
    PacketParts = 14, "packets: each part as it is cut, one for a user";
    /// DOMAIN §5, by the clock; one of a template for a user; in time, at their merchant.
    CardStates = 15, "cards: only steps that there are, one of a kind, used where they may";
    /// SV of each card.
    StoredValues = 15, "cards: stored = loaded - given back - paid + returned";
    /// X5 of each card, by the terms of its template, taken back with refunds, ended by the clock.
    Points = 15, "points: earned - redeemed - expired - reversed = balance";
    /// PL of each template.
    PointsWorth = 15, "points: PL = points x value, rounded once for a template";
    /// Lines, taxes, numbers of steps.
    InvoiceSums = 16, "invoices: sum = ex-tax + tax, reversed <= issued";
    /// By payment.
    Invoiced = 16, "invoices: issued - reversed <= paid - refunded, or a red one is due";
    /// MD of each dispute; DOMAIN §5.
    Disputes = 12, "disputes: what is open is held, only steps that there are";
    /// MX and MA of each, in all but their home.
    Away = 12, "merchants elsewhere: they owe what their homes were asked for, and have nothing";
    /// By what each shard was asked and has answered; who may receive of whom, told to all.
    Closings = 12, "merchants are closed when all shards were asked and nothing is open on any";
    /// From publication to its end by the clock.
    Quotes = 17, "quotes: published once, ended by the clock behind their time";
    /// What payers give and merchants get, and what goes back of it.
    Conversions = 17, "conversions: both legs at the quote in its time, parts back sum to them";
    /// At every day end, but for adjustments; what counts as what is [`Cover`]'s to say.
    Safeguarding = 18, "safeguarding: what is owed is held, lent or given, at day ends";
    /// Windows recomputed from events against the limits in force.
    Limits = 19, "limits in force are kept";
    /// Signed, in scope, granted and unexpired, within caps, about nobody else's objects.
    Apps = 20, "apps: what they did they signed, and were let do";
}

/// What went by.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub blocks: u64,
    pub inputs: u64,
    pub commands: u64,
    pub events: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub replayed: u64,
    pub malformed: u64,
}

/// How often a check was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The promise.
    pub check: &'static str,
    /// Its number in DOMAIN §6.
    pub invariant: u8,
    /// How often.
    pub times: u64,
}

/// The checks of one chain.
#[derive(Default)]
pub(crate) struct Checks {
    pub(crate) counts: Counts,
    pub(crate) first: Option<Finding>,
    times: BTreeMap<usize, u64>,
    journal: Journal,
    answers: Answers,
    spending: Spending,
    orders: Orders,
    kept: Kept,
    /// A payment that says it was agreed to: something behind it says by what.
    agreed_at: Option<Touch>,
    holds: Holds,
    rentals: Rentals,
    lines: Lines,
    statements: Statements,
    debits: Debits,
    plans: Plans,
    loans: Loans,
    losses: Losses,
    funding: Funding,
    reserves: Reserves,
    coupons: Coupons,
    packets: Packets,
    cards: Cards,
    points: Points,
    invoices: Invoices,
    disputes: Disputes,
    exchanges: Exchanges,
    apps: Apps,
    of_an_app: OfAnApp,
    away: Away,
    closings: Closings,
    bills: Bills,
    /// What bills say of the events since.
    billed: Vec<(Touch, Verdict)>,
    royalties: Royalties,
    safeguarding: Safeguarding,
    /// What is to be compared with rows and accounts once the events of a command are complete.
    touched: BTreeMap<Touched, Touch>,
    /// Commands of the current input that wait for their outcome.
    waiting: usize,
    /// Events of the current command, and whether one of them is its rejection.
    own: (u64, bool),
    /// They are of a remittance, which has no outcome.
    is_remitted: bool,
    /// Which version of the rules decided the block.
    ruleset: u32,
}

type Verdict = Result<(), String>;

/// What a model follows and rows and accounts keep too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Touched {
    Hold(Id),
    /// Compliance holds, by user.
    Kept(Id),
    Rental(Id),
    /// By user.
    Line(Id),
    /// By merchant.
    Reserve(Id),
    Campaign(Id),
    /// Of coupons.
    Template(Id),
    /// An order that names a coupon.
    Named(Id),
    Packet(Id),
    Card(Id),
    /// Of a card.
    Points(Id),
    /// Of the points of a template.
    Worth(Id),
    /// By a payment.
    Earned(Id),
    /// Of a payment.
    Invoices(Id),
    Dispute(Id),
    /// Of a payment.
    Exchange(Id),
    /// Of a payment.
    Royalty(Id),
    Loan(Id),
    /// Of a plan whose fee its seller bears.
    PlanFee(Id),
    /// Of credit.
    Losses(Currency),
    /// By partner and currency.
    Funding(Id, Currency),
    /// By merchant.
    Away(Id),
    /// By merchant.
    Closing(Id),
}

/// The event that touched something last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Touch {
    event: u64,
    block: u64,
    byte: usize,
}

impl Checks {
    /// How the money of users and merchants was kept, by currency.
    pub(crate) fn safeguarded(&self) -> Vec<Safeguarded> {
        self.safeguarding.seen()
    }

    /// How often each check was made.
    pub(crate) fn made(&self) -> Vec<Checked> {
        let checks = Check::ALL
            .iter()
            .map(|check| (check, self.times.get(&(*check as usize)).copied().unwrap_or(0)));
        let made = |(check, times): (&Check, u64)| Checked {
            check: check.name(),
            invariant: check.invariant(),
            times,
        };
        checks.map(made).collect()
    }

    /// Notes the result of a check.
    pub(crate) fn note(&mut self, check: Check, at: &Place<'_>, event: u64, verdict: Verdict) {
        *self.times.entry(check as usize).or_default() += 1;
        if let (Err(what), None) = (verdict, &self.first) {
            self.first = Some(Finding {
                shard: at.shard,
                block: at.block,
                event,
                byte: Some(at.byte),
                byte_of: "body",
                check: check.name(),
                what,
            });
        }
    }

    /// Checks one thing that a fold shows.
    pub(crate) fn see(&mut self, books: &Books, at: &Place<'_>, folded: &Folded<'_>) {
        match folded {
            Folded::Input(input) => self.input(at, input, books),
            Folded::Remittance(_) => self.remittance(at, books),
            Folded::Event { number, at: time, fact, movements, due } => {
                let (number, time, due) = (*number, *time, *due);
                self.event(books, at, &Event { number, time, fact, movements, due });
            }
            Folded::Decided { command, told } => {
                self.compare_touched(books, at.shard);
                self.decided(books, at, command, &told.outcome());
            }
        }
    }

    /// By which rules the blocks that follow were decided.
    pub(crate) fn decided_by(&mut self, ruleset: u32) {
        self.ruleset = ruleset;
        self.disputes.decided_by(ruleset);
        self.loans.decided_by(ruleset);
        self.statements.decided_by(ruleset);
        self.rentals.decided_by(ruleset);
        self.spending.decided_by(ruleset);
    }

    fn touch(&mut self, what: Touched, at: &Place<'_>, event: u64) {
        self.touched.insert(what, Touch { event, block: at.block, byte: at.byte });
    }

    /// Compares what the events since touched, in their order: they are complete, as they are at
    /// the end of a command and of a block. Within a command a payment comes before the fact that
    /// says what it was for.
    pub(crate) fn compare_touched(&mut self, books: &Books, shard: u32) {
        if let Some(Touch { event, block, byte }) = self.agreed_at.take() {
            self.agreed_by_something(&Place { shard, block, byte, command: &[] }, event);
        }
        let touched = std::mem::take(&mut self.touched);
        let mut touched: Vec<(Touch, Touched)> = touched.into_iter().map(|(w, t)| (t, w)).collect();
        touched.sort_unstable();
        for (Touch { event, block, byte }, what) in touched {
            let at = Place { shard, block, byte, command: &[] };
            self.compare(books, &at, event, what);
        }
        self.note_bills(shard);
    }

    fn compare(&mut self, books: &Books, at: &Place<'_>, event: u64, what: Touched) {
        match what {
            Touched::Hold(auth) => self.compare_hold(books, at, event, auth),
            Touched::Kept(user) => self.compare_kept(books, at, event, user),
            Touched::Rental(rental) => self.compare_rental(books, at, event, rental),
            Touched::Line(user) => self.compare_line(books, at, event, user),
            Touched::Reserve(merchant) => self.compare_reserve(books, at, event, merchant),
            Touched::Campaign(campaign) => self.compare_campaign(books, at, event, campaign),
            Touched::Invoices(payment) => self.compare_invoices(books, at, event, payment),
            Touched::Template(template) => self.compare_template(books, at, event, template),
            Touched::Named(payment) => self.compare_named(at, event, payment),
            Touched::Packet(packet) => self.compare_packet(books, at, event, packet),
            Touched::Card(card) => self.compare_card(books, at, event, card),
            Touched::Points(card) => self.compare_points(books, at, event, card),
            Touched::Worth(template) => self.compare_worth(books, at, event, template),
            Touched::Earned(payment) => self.compare_earned(books, at, event, payment),
            Touched::Dispute(dispute) => self.compare_dispute(books, at, event, dispute),
            Touched::Exchange(payment) => self.compare_exchange(books, at, event, payment),
            Touched::Royalty(payment) => self.compare_royalty(books, at, event, payment),
            Touched::Loan(loan) => self.compare_loan(books, at, event, loan),
            Touched::PlanFee(plan) => self.compare_plan_fee(books, at, event, plan),
            Touched::Losses(currency) => self.compare_losses(books, at, event, currency),
            Touched::Away(merchant) => self.compare_away(books, at, event, merchant),
            Touched::Closing(merchant) => {
                let verdict = self.closings.is_complete(merchant);
                self.note(Check::Closings, at, event, verdict);
            }
            Touched::Funding(bank, currency) => {
                self.compare_funding(books, at, event, bank, currency);
            }
        }
    }

    /// Debits less credits of an account, by the movements seen; zero where there is none.
    fn balance(&self, books: &Books, class: Class, owner: Id, currency: Currency) -> i128 {
        let key = AccountKey::of(class, owner, currency);
        let no = books.ledger().tables().accounts.find(&key);
        let sums = no.and_then(|no| self.journal.of(no)).filter(|sums| sums.key == key);
        sums.map_or(0, |sums| sums.debits - sums.credits)
    }

    /// Checks the state at the end as a whole.
    pub(crate) fn at_end(&mut self, books: &Books, at: &Place<'_>) {
        let event = books.ledger().next_event().saturating_sub(1);
        let tables = books.ledger().tables();
        for no in 0..tables.accounts.next_no() {
            self.note(Check::CountersAreSums, at, event, self.counters(books, no));
            self.note(Check::SignRules, at, event, self.sign_rule(no));
        }
        for no in 0..tables.batches.next_no() {
            self.note(Check::Batches, at, event, self.batch(books, no));
        }
        for payment in tables.payments.rows() {
            self.note(Check::Payments, at, event, objects::payment_holds(books, payment));
        }
        let rows = |table: u32, models: usize| table as usize == models;
        let all = rows(tables.authorizations.next_no(), self.holds.ids().count());
        self.note(Check::HoldSums, at, event, holds(all, || "authorizations are missing".into()));
        let all = rows(tables.rentals.next_no(), self.rentals.ids().count());
        self.note(Check::RentalStates, at, event, holds(all, || "rentals are missing".into()));
        let all = rows(tables.credit_lines.next_no(), self.lines.users().count());
        self.note(Check::CreditStates, at, event, holds(all, || "lines are missing".into()));
        let all = rows(tables.coupons.next_no(), self.coupons.count());
        self.note(Check::CouponStates, at, event, holds(all, || "coupons are missing".into()));
        let all = rows(tables.packets.next_no(), self.packets.ids().count());
        self.note(Check::PacketSums, at, event, holds(all, || "packets are missing".into()));
        let all = rows(tables.cards.next_no(), self.cards.ids().count());
        self.note(Check::CardStates, at, event, holds(all, || "cards are missing".into()));
        let all = rows(tables.invoices.next_no(), self.invoices.count());
        self.note(Check::InvoiceSums, at, event, holds(all, || "invoices are missing".into()));
        let all = rows(tables.disputes.next_no(), self.disputes.ids().count());
        self.note(Check::Disputes, at, event, holds(all, || "disputes are missing".into()));
        let all = rows(tables.quotes.next_no(), self.exchanges.count());
        self.note(Check::Quotes, at, event, holds(all, || "quotes are missing".into()));
        let all = rows(tables.loans.next_no(), self.loans.ids().count());
        self.note(Check::Loans, at, event, holds(all, || "loans are missing".into()));
        let all = rows(tables.payments.next_no(), self.orders.count());
        self.note(Check::PaymentStates, at, event, holds(all, || "payments are missing".into()));
        let all = rows(tables.holds.next_no(), self.kept.ids().count());
        self.note(Check::ComplianceHolds, at, event, holds(all, || "holds are missing".into()));
        let known: Vec<Touched> = (self.holds.ids().map(Touched::Hold))
            .chain(self.kept.users().map(Touched::Kept))
            .chain(self.rentals.ids().map(Touched::Rental))
            .chain(self.lines.users().map(Touched::Line))
            .chain(self.reserves.merchants().map(Touched::Reserve))
            .chain(self.coupons.campaigns().map(Touched::Campaign))
            .chain(self.coupons.templates().map(Touched::Template))
            .chain(self.coupons.orders().map(Touched::Named))
            .chain(self.packets.ids().map(Touched::Packet))
            .chain(self.cards.ids().map(Touched::Card))
            .chain(self.cards.ids().map(Touched::Points))
            .chain(self.points.templates().map(Touched::Worth))
            .chain(self.invoices.payments().map(Touched::Invoices))
            .chain(self.disputes.ids().map(Touched::Dispute))
            .chain(self.exchanges.payments().map(Touched::Exchange))
            .chain(self.royalties.ids().map(Touched::Royalty))
            .chain(self.loans.ids().map(Touched::Loan))
            .chain(self.plans.of_sellers().map(Touched::PlanFee))
            .chain(self.losses.currencies().map(Touched::Losses))
            .chain(self.away.merchants().map(Touched::Away))
            .chain(self.funding.partners().map(|(bank, ccy)| Touched::Funding(bank, ccy)))
            .collect();
        for what in known {
            self.compare(books, at, event, what);
        }
        self.last_day(at, event);
        for (currency, off) in self.journal.trial_balance() {
            let verdict = holds(off == (0, 0), || {
                format!("debits and credits in {currency} differ by {off:?} minor units")
            });
            self.note(Check::TrialBalance, at, event, verdict);
        }
    }
}

fn holds(condition: bool, what: impl FnOnce() -> String) -> Verdict {
    if condition { Ok(()) } else { Err(what()) }
}
