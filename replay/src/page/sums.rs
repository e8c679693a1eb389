//! The amounts of a page as text, and its sums: what was counted from the facts on one side, what
//! stands on the accounts at the end on the other.

use super::tally::{Taken, Tally};
use super::words::kind;
use super::{Charged, GivenBack, HeldPart, Listed, Paid, PartOf, Refunded, Total};
use crate::naive::{Hold, Part};
use groat_ledger::money::major_text;
use groat_ledger::{AccountKey, Class, CreditBasis, Currency, Id};
use groat_proto::json::time_text;
use groat_shard::Books;

/// Amounts of a currency as text.
#[derive(Clone, Copy)]
pub(super) struct InText(pub(super) Currency);

impl InText {
    pub(super) fn of(self, amount: i128) -> String {
        major_text(amount, self.0)
    }

    pub(super) fn held(self, hold: &Hold) -> Listed<HeldPart> {
        let row = |by: &'static str, part: Part| HeldPart {
            by,
            amount: self.of(part.frozen),
            taken: self.of(part.captured),
            given_back: self.of(part.released),
            rest: self.of(part.rest()),
        };
        let by = match hold.basis {
            CreditBasis::Waiver => "score",
            CreditBasis::Line => "credit",
        };
        let all = Part {
            frozen: hold.credit.frozen + hold.cash.frozen,
            captured: hold.credit.captured + hold.cash.captured,
            released: hold.credit.released + hold.cash.released,
        };
        let lines = vec![row(by, hold.credit), row("cash", hold.cash)];
        Listed { lines, all: row("all", all) }
    }

    pub(super) fn charged(self, tally: &Tally) -> Option<Listed<Charged>> {
        let mut sums = [0; 4];
        let mut lines = Vec::new();
        let charges = tally.rental().map_or(&[][..], |rental| &rental.charges);
        let charges = charges.iter().enumerate().map(|(no, c)| {
            (Some(no), kind(c.kind), [c.amount, c.reduced, c.paid, c.outstanding()])
        });
        let price = tally.price.map(|price| (None, "buy_out", [price, 0, price, 0]));
        for (item, what, amounts) in charges.chain(price) {
            sums = [0, 1, 2, 3].map(|at| sums[at] + amounts[at]);
            lines.push(self.charge(item, what, amounts));
        }
        (!lines.is_empty()).then(|| Listed { lines, all: self.charge(None, "all", sums) })
    }

    fn charge(self, item: Option<usize>, what: &'static str, amounts: [i128; 4]) -> Charged {
        let [amount, reduced, paid, outstanding] = amounts.map(|amount| self.of(amount));
        Charged { item, what, amount, reduced, paid, outstanding }
    }

    pub(super) fn paid(self, tally: &Tally) -> Option<Listed<Paid>> {
        let row = |taken: &Taken, time: Option<String>, to: &'static str| Paid {
            time,
            payment: taken.payment.map(|id| id.to_string()),
            to,
            frozen: self.of(taken.frozen),
            balance: self.of(taken.balance),
            credit: self.of(taken.credit),
            amount: self.of(taken.amount()),
        };
        let lines = tally.taken.iter().map(|taken| {
            let to = if taken.payment.is_some() { "merchant" } else { "platform" };
            row(taken, Some(time_text(taken.at)), to)
        });
        let all = row(&all(tally), None, "all");
        (!tally.taken.is_empty()).then(|| Listed { lines: lines.collect(), all })
    }

    pub(super) fn given_back(self, tally: &Tally) -> GivenBack {
        let released = tally.hold().map_or((0, 0), |h| (h.cash.released, h.credit.released));
        let refunds = tally.refunds.iter().map(|refund| Refunded {
            time: time_text(refund.at),
            payment: refund.payment.map(|id| id.to_string()),
            item: refund.item,
            to_credit: self.of(refund.to_credit),
            to_balance: self.of(refund.to_balance),
            amount: self.of(refund.amount()),
        });
        GivenBack {
            cash_released: self.of(released.0),
            credit_released: self.of(released.1),
            refunds: refunds.collect(),
            refunded: self.of(tally.refunds.iter().map(|refund| refund.amount()).sum()),
        }
    }

    fn total(self, what: &'static str, amount: i128, parts: &[(&'static str, i128)]) -> Total {
        let part =
            |(what, amount): &(&'static str, i128)| PartOf { what, amount: self.of(*amount) };
        let sum: i128 = parts.iter().map(|part| part.1).sum();
        Total {
            what,
            amount: self.of(amount),
            parts: parts.iter().map(part).collect(),
            adds_up: sum == amount,
        }
    }
}

fn all(tally: &Tally) -> Taken {
    let sum = |of: fn(&Taken) -> i128| tally.taken.iter().map(of).sum();
    Taken {
        at: 0,
        payment: None,
        frozen: sum(|t| t.frozen),
        balance: sum(|t| t.balance),
        credit: sum(|t| t.credit),
    }
}

pub(super) fn totals(id: Id, tally: &Tally, books: &Books, currency: Currency) -> Vec<Total> {
    let in_text = InText(currency);
    let account = |class: Class| -> i128 {
        let account = books.ledger().account(&AccountKey::of(class, id, currency));
        account.map_or(0, |account| account.credit_balance())
    };
    let mut totals = Vec::new();
    let taken = all(tally);
    if let Some(hold) = tally.hold() {
        let (cash, credit) = (hold.cash, hold.credit);
        let [used, back, left] = ["taken", "given back", "still held"];
        if let Some(rental) = tally.rental() {
            let deposit = i128::from(rental.terms.deposit.amount);
            let parts = [("waived", credit.frozen), ("frozen", cash.frozen)];
            totals.push(in_text.total("deposit", deposit, &parts));
        }
        let frozen = account(Class::UserFrozen);
        let parts = [(used, taken.frozen), (back, cash.released), (left, frozen)];
        totals.push(in_text.total("frozen", cash.frozen, &parts));
        let waived = -account(Class::DepositWaived);
        let parts = [(used, credit.captured), (back, credit.released), (left, waived)];
        let name = match hold.basis {
            CreditBasis::Waiver => "waived",
            CreditBasis::Line => "held on credit",
        };
        totals.push(in_text.total(name, credit.frozen, &parts));
        if tally.rental().is_none() {
            let captured = cash.captured + credit.captured;
            totals.push(in_text.total("captured", captured, &[("paid", taken.amount())]));
        }
    }
    let Some(rental) = tally.rental() else { return totals };
    if rental.charges.is_empty() && tally.price.is_none() {
        return totals;
    }
    let price = tally.price.unwrap_or(0);
    let (charged, paid) = (rental.sum(|c| c.amount) + price, rental.sum(|c| c.paid) + price);
    let (reduced, owed) = (rental.sum(|c| c.reduced), -account(Class::RentObligation));
    let parts = [("paid", paid), ("reduced", reduced), ("outstanding", owed)];
    totals.push(in_text.total("charged", charged, &parts));
    let reductions = tally.refunds.iter().filter(|refund| refund.item.is_some());
    let refunded: i128 = reductions.map(|refund| refund.amount()).sum();
    let parts = [("for charges", paid), ("refunded when reduced", refunded)];
    totals.push(in_text.total("taken", taken.amount(), &parts));
    if tally.advanced > 0 {
        let back = tally.taken.iter().filter(|taken| taken.payment.is_none());
        let back: i128 = back.map(Taken::amount).sum();
        let mut parts = vec![("paid back", back)];
        if tally.lowered > 0 {
            parts.push(("given back by the merchant", tally.lowered));
        }
        parts.push(("still advanced", -account(Class::RentalAdvance)));
        totals.push(in_text.total("advanced", tally.advanced, &parts));
    }
    totals
}
