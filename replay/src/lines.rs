//! What moved on accounts in a period, line by line, with the balance before and after: what an
//! account bill and a camt.053 statement are made of. It reads movements and asks no fact what it
//! says they were.

use crate::follow::Place;
use crate::names::{account_name, fact_name};
use crate::selector::Selector;
use crate::statement::Period;
use crate::subject::{Subject, subjects};
use groat_ledger::{AccountKey, AccountNo, Currency, Fact, Id, Layer, Movement};
use groat_proto::json::date_text;
use groat_shard::Books;
use std::collections::BTreeMap;

/// The lines of one account. Signed minor units: what comes in for its owner, a credit, is
/// positive, and so is a balance that its owner is owed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Book {
    pub(crate) shard: u32,
    pub(crate) number: AccountNo,
    pub(crate) key: AccountKey,
    pub(crate) name: String,
    pub(crate) currency: Currency,
    pub(crate) opening: i128,
    pub(crate) entries: Vec<Entry>,
    pub(crate) closing: i128,
    /// What moved after the period, and what the ledger's own counters have at the end of it all.
    after: i128,
    kept: i128,
}

/// One side of one movement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) event: u64,
    /// Which movement of the event, from 1.
    pub(crate) part: usize,
    pub(crate) time: u64,
    pub(crate) date: u32,
    pub(crate) fact: &'static str,
    pub(crate) counterparty: String,
    pub(crate) amount: i128,
    pub(crate) balance: i128,
    /// The payment, batch, payout, dispute that it belongs to, else the command.
    pub(crate) business: String,
    /// What the outside calls it: the merchant's number, a bank's reference.
    pub(crate) out_no: String,
    /// The reference that the command gave.
    pub(crate) memo: String,
}

impl Book {
    /// Sums of what came in and went out in the period.
    pub(crate) fn turnover(&self) -> (i128, i128) {
        self.entries.iter().fold((0, 0), |(ins, outs), entry| {
            (ins + entry.amount.max(0), outs + (-entry.amount).max(0))
        })
    }

    /// Nothing was or is on it, and nothing moved.
    pub(crate) fn is_idle(&self) -> bool {
        self.opening == 0 && self.closing == 0 && self.entries.is_empty()
    }

    /// Says if opening and lines do not give the closing balance, or the days after do not lead
    /// from there to what the ledger has (DOMAIN §6, 13).
    pub(crate) fn adds_up(&self) -> Result<(), String> {
        let (ins, outs) = self.turnover();
        let (Book { name, opening, closing, after, kept, .. }, lines) = (self, ins - outs);
        if opening + lines != *closing {
            return Err(format!("{name}: {opening} and {lines} do not make {closing}"));
        }
        if closing + after != *kept {
            return Err(format!("{name}: {closing} and {after} do not make {kept}"));
        }
        Ok(())
    }
}

/// An event as a fold shows it, after it was applied.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) books: &'a Books,
    pub(crate) at: &'a Place<'a>,
    pub(crate) number: u64,
    pub(crate) time: u64,
    pub(crate) fact: &'a Fact,
    pub(crate) movements: &'a [Movement],
}

impl Seen<'_> {
    /// The business date.
    pub(crate) fn date(&self) -> u32 {
        self.books.ledger().calendar().date(self.time)
    }

    /// The account's key, as it was opened.
    pub(crate) fn key(&self, no: AccountNo) -> Option<AccountKey> {
        self.books.ledger().tables().accounts.try_row(no).map(|account| account.key)
    }
}

/// Reads the lines of one shard.
pub(crate) struct Reader {
    shard: u32,
    selector: Selector,
    period: Period,
    open: BTreeMap<AccountNo, Book>,
}

impl Reader {
    pub(crate) fn new(shard: u32, selector: Selector, period: Period) -> Reader {
        Reader { shard, selector, period, open: BTreeMap::new() }
    }

    pub(crate) fn event(&mut self, seen: &Seen<'_>) {
        if let Fact::AccountOpened { number, key, currency, .. } = seen.fact
            && self.selector.takes(key)
        {
            let book = Book {
                shard: self.shard,
                number: *number,
                key: *key,
                name: account_name(key),
                currency: *currency,
                opening: 0,
                entries: Vec::new(),
                closing: 0,
                after: 0,
                kept: 0,
            };
            self.open.insert(*number, book);
        }
        let date = seen.date();
        for (at, m) in seen.movements.iter().enumerate().filter(|(_, m)| m.layer == Layer::Posted) {
            let amount = i128::from(m.amount);
            for (no, other, signed) in [(m.debit, m.credit, -amount), (m.credit, m.debit, amount)] {
                let Some(book) = self.open.get_mut(&no) else { continue };
                if self.period.to.is_some_and(|to| date > to) {
                    book.after += signed;
                    continue;
                }
                book.closing += signed;
                if self.period.from.is_some_and(|from| date < from) {
                    book.opening += signed;
                    continue;
                }
                let counterparty = seen.key(other).map_or(String::new(), |key| account_name(&key));
                let (business, out_no, memo) = references(seen);
                book.entries.push(Entry {
                    event: seen.number,
                    part: at + 1,
                    time: seen.time,
                    date,
                    fact: fact_name(seen.fact),
                    counterparty,
                    amount: signed,
                    balance: book.closing,
                    business,
                    out_no,
                    memo,
                });
            }
        }
    }

    /// The accounts in the order in which they were opened, at the end of the chain.
    pub(crate) fn end(self, books: &Books) -> Vec<Book> {
        let accounts = &books.ledger().tables().accounts;
        let kept = |no| accounts.try_row(no).map_or(0, groat_ledger::Account::credit_balance);
        self.open.into_iter().map(|(no, book)| Book { kept: kept(no), ..book }).collect()
    }
}

/// What an event belongs to, what the outside calls it, and its command's reference.
fn references(seen: &Seen<'_>) -> (String, String, String) {
    let command = seen.at.command();
    let memo = command.as_ref().map(|c| c.reference.clone()).unwrap_or_default();
    let asked = || command.and_then(|c| c.id).map(|id| Id::from(id).to_string());
    let (business, out_no) = business_of(seen);
    (business.or_else(asked).unwrap_or_default(), out_no.unwrap_or_default(), memo)
}

fn business_of(seen: &Seen<'_>) -> (Option<String>, Option<String>) {
    let tables = seen.books.ledger().tables();
    let batch = |no: u32| tables.batches.try_row(no).map(|batch| date_text(batch.date));
    let some = |text: &dyn ToString| Some(text.to_string());
    let of_payment = |payment: &Id| {
        let row = tables.payments.get(payment);
        (some(payment), row.map(|row| row.out_trade_no.as_str().to_owned()))
    };
    match seen.fact {
        Fact::RefundSucceeded { payment, out_request_no, .. }
        | Fact::RefundFunded { payment, out_request_no, .. } => {
            (some(payment), some(&out_request_no.as_str()))
        }
        Fact::PaymentSplit { payment, out_request_no: number, .. }
        | Fact::SplitReturned { payment, out_return_no: Some(number), .. } => {
            (some(payment), some(&number.as_str()))
        }
        Fact::RoyaltyArrived { sent, .. }
        | Fact::RoyaltyRefused { sent, .. }
        | Fact::RoyaltyTaken { sent, .. }
        | Fact::RoyaltyGivenBack { sent, .. } => (some(&sent.payment), None),
        Fact::BackHomeArrived { payment, .. }
        | Fact::SplitPaid { payment, .. }
        | Fact::SplitFunded { payment, .. } => (some(payment), None),
        Fact::ConfirmationArrived { payment, out_trade_no, .. } => {
            (some(payment), some(&out_trade_no.as_str()))
        }
        Fact::ProceedsFrozen { payment, .. }
        | Fact::SellerFeeCharged { payment, .. }
        | Fact::SellerFeeReturned { payment, .. }
        | Fact::SplitFinished { payment, .. }
        | Fact::ProceedsFreed { payment, .. }
        | Fact::SplitReturned { payment, .. }
        | Fact::SettlementConfirmed { payment, .. } => of_payment(payment),
        // What paid a part of it, and what that part goes back to.
        Fact::CouponUsed { payment, .. }
        | Fact::CouponReturned { payment, .. }
        | Fact::CardCharged { payment, .. }
        | Fact::CardReturned { payment, .. }
        | Fact::PointsRedeemed { payment, .. }
        | Fact::PointsReturned { payment, .. }
        | Fact::PointsEarned { payment, .. }
        | Fact::PointsReversed { payment, .. }
        | Fact::FxConverted { payment, .. }
        | Fact::FxReturned { payment, .. }
        | Fact::PlanCreated { payment, .. }
            if !payment.is_none() =>
        {
            of_payment(payment)
        }
        Fact::BatchSettled { batch: no, .. } | Fact::ProceedsReceived { batch: no, .. } => {
            (batch(*no), None)
        }
        Fact::ReserveReleased { batch: Some(no), .. } => (batch(*no), None),
        Fact::PayoutRequested { payout, .. }
        | Fact::PayoutConfirmed { payout }
        | Fact::PayoutFailed { payout, .. } => (some(payout), None),
        Fact::DisputeOpened { dispute, payment, .. } => (some(dispute), some(payment)),
        Fact::DisputeCharged { dispute, .. }
        | Fact::DisputeDebtPaid { dispute, .. }
        | Fact::DisputeReversed { dispute, .. } => (some(dispute), None),
        Fact::ToppedUp { bank_ref, .. } | Fact::ReceiptMatched { bank_ref, .. } => {
            (None, some(&bank_ref.as_str()))
        }
        Fact::HoldPlaced { hold, .. } | Fact::HoldReleased { hold, .. } => (some(hold), None),
        Fact::RemittanceSent { to, number, .. } => (None, Some(format!("to-{to}-{number}"))),
        other => {
            let of = subjects(other).into_iter().find_map(|subject| match subject {
                Subject::Payment(id) => {
                    let row = tables.payments.get(&id);
                    Some((id, row.map(|row| row.out_trade_no.as_str().to_owned())))
                }
                Subject::Rental(id) => {
                    let row = tables.rentals.get(&id);
                    Some((id, row.map(|row| row.out_order_no.as_str().to_owned())))
                }
                Subject::Hold(id) | Subject::Dispute(id) => Some((id, None)),
                _ => None,
            });
            of.map_or((None, None), |(id, out_no)| (some(&id), out_no))
        }
    }
}
