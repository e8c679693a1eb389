//! What the clock owes: which obligations rows have, in which order they are met, and who meets
//! them (DOMAIN §4.7).

use crate::event::Decision;
use crate::ledger::Ledger;
use crate::limits::{
    DAY_MS, DUES_APART_MS, DUES_AT_ONCE, RENTAL_UNSTARTED_DAYS_MAX, ROYALTY_FREEZE_DAYS,
};
use crate::rules::{
    authorizations, billing, campaigns, cards, collection, coupons, debits, exchange, loans,
    packets, payments, points, rentals, royalties, settlement, transfers,
};
use crate::state::{
    AuthorizationState, BatchState, CouponState, PaymentState, PendingState, RentalState,
};
use std::cmp::Reverse;

/// What the clock owes, in the order in which it is paid when several fall due in the same
/// millisecond (DOMAIN §4.7). The numbers are that order: part of the format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum DueKind {
    /// The time to pay an order is over.
    PaymentExpiry = 10,
    /// An authorization times out.
    AuthorizationExpiry = 11,
    /// The time to use a coupon is over.
    CouponExpiry = 12,
    /// The time to claim from a red packet is over.
    PacketExpiry = 13,
    /// A rental that nobody started.
    RentalExpiry = 14,
    /// A pending transfer times out.
    TransferExpiry = 15,
    /// The time of a quote is over.
    QuoteExpiry = 16,
    /// The time of a membership card is over.
    CardExpiry = 17,
    /// A term of a rent plan.
    RentTerm = 20,
    /// A thing is not back, or charges are not paid.
    RentalOverdue = 21,
    /// Proceeds have been frozen long enough.
    RoyaltyRelease = 70,
    /// The statement of a line of credit is cut.
    CreditStatement = 30,
    /// The days of grace of a statement are over.
    CreditGraceEnd = 31,
    /// A term of a loan, or a month's interest behind the last one.
    LoanTerm = 32,
    /// The days of grace of a loan's term are over.
    LoanGraceEnd = 33,
    /// A night's interest on a line of credit.
    CreditInterest = 40,
    /// What is due of a statement is debited.
    CreditDebit = 50,
    /// What is due of a loan is debited.
    LoanDebit = 51,
    /// A reserve has been kept long enough.
    ReserveRelease = 71,
    /// A business date ends for a merchant.
    BatchCut = 80,
    /// A batch is settled at T+n.
    BatchSettle = 81,
    /// The refund window of a payment is over.
    PaymentFinish = 90,
    /// Points of a membership card expire.
    PointsExpiry = 100,
    /// Other shards are still to be told who may receive of a merchant. Owed since ever, so it
    /// comes before all that has a time.
    RoyaltyWord = 110,
}

/// One thing the clock owes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Due {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What.
    pub kind: DueKind,
    /// Of which row of the kind's table.
    pub no: u32,
}

impl Ledger {
    /// The earliest thing due at or before `until`.
    pub fn next_due(&mut self, until: u64) -> Option<Due> {
        while let Some(Reverse(due)) = self.due.peek().copied() {
            if due.at > until {
                return None;
            }
            if self.is_owed(due) {
                return Some(due);
            }
            self.due.pop();
            if let Some(mark) = &mut self.mark {
                mark.due_taken.push(due);
            }
        }
        None
    }

    /// When the earliest thing is due that is noted; it may no longer be owed.
    pub fn earliest_due(&self) -> Option<u64> {
        self.due.peek().map(|Reverse(due)| due.at)
    }

    /// Whether moving the clock to `until` can make more events than one step should: many things
    /// are noted by then, or there is time for a few to come again and again.
    pub fn owes_much(&self, until: u64) -> bool {
        if self.earliest_due().is_none_or(|at| at > until) {
            return false;
        }
        if until.saturating_sub(self.now) >= DUES_APART_MS {
            return true;
        }
        // A heap: what is below a thing is due no earlier than it.
        let (heap, mut found, mut open) = (self.due.as_slice(), 0, vec![0]);
        while let Some(at) = open.pop() {
            if heap.get(at).is_some_and(|Reverse(due)| due.at <= until) {
                found += 1;
                if found > DUES_AT_ONCE {
                    return true;
                }
                open.extend([2 * at + 1, 2 * at + 2]);
            }
        }
        false
    }

    /// The events of what [`Ledger::next_due`] gave.
    pub fn decide_due(&self, due: Due, out: &mut Decision) {
        out.clear();
        match due.kind {
            DueKind::PaymentExpiry => {
                payments::expire(self, due.no, due.at.max(self.now), out);
            }
            DueKind::AuthorizationExpiry => authorizations::expire(self, due.no, out),
            DueKind::CouponExpiry => campaigns::expire(self, due.no, out),
            DueKind::PacketExpiry => packets::expire(self, due.no, out),
            DueKind::RentalExpiry => rentals::expire(self, due.no, out),
            DueKind::TransferExpiry => transfers::expire(self, due.no, out),
            DueKind::QuoteExpiry => exchange::expire(self, due.no, out),
            DueKind::CardExpiry => cards::expire(self, due.no, out),
            DueKind::RentTerm => collection::term_due(self, due.no, due.at.max(self.now), out),
            DueKind::RentalOverdue => rentals::overdue(self, due.no, out),
            DueKind::RoyaltyRelease => {
                royalties::release(self, due.no, due.at.max(self.now), out);
            }
            DueKind::CreditStatement => billing::cut(self, due.no, out),
            DueKind::CreditGraceEnd => billing::assess(self, due.no, out),
            DueKind::LoanTerm => loans::term_due(self, due.no, out),
            DueKind::LoanGraceEnd => loans::assess(self, due.no, out),
            DueKind::CreditInterest => billing::accrue(self, due.no, out),
            DueKind::CreditDebit => debits::bill(self, due.no, due.at.max(self.now), out),
            DueKind::LoanDebit => debits::loan(self, due.no, due.at.max(self.now), out),
            DueKind::ReserveRelease => settlement::release_by_clock(self, due.no, out),
            DueKind::BatchCut => settlement::cut(due.no, out),
            DueKind::BatchSettle => settlement::settle(self, due.no, out),
            DueKind::PaymentFinish => payments::finish(self, due.no, out),
            DueKind::PointsExpiry => points::expire(self, due.no, out),
            DueKind::RoyaltyWord => royalties::tell_of(self, due.no, out),
        }
    }

    pub(crate) fn owe(&mut self, due: Due) {
        self.due.push(Reverse(due));
    }

    /// When the row's next obligation of this kind falls due, if it still has one.
    fn is_owed(&self, due: Due) -> bool {
        self.owed_at(due.kind, due.no) == Some(due.at)
    }

    pub(crate) fn owed_at(&self, kind: DueKind, no: u32) -> Option<u64> {
        match kind {
            DueKind::PaymentExpiry => {
                let p = self.tables.payments.try_row(no)?;
                (p.state == PaymentState::Created).then_some(p.expires_at)
            }
            DueKind::TransferExpiry => {
                let t = self.tables.pending.try_row(no)?;
                t.expires_at.filter(|_| t.state == PendingState::Pending)
            }
            DueKind::BatchCut => {
                let b = self.tables.batches.try_row(no)?;
                (b.state == BatchState::Open).then_some(b.cut_at)
            }
            DueKind::BatchSettle => self.batch_settle_at(no),
            DueKind::AuthorizationExpiry => {
                let a = self.tables.authorizations.try_row(no)?;
                a.expires_at.filter(|_| a.state == AuthorizationState::Authorized)
            }
            DueKind::CouponExpiry => {
                let c = self.tables.coupons.try_row(no)?;
                let terms = &self.tables.coupon_templates.row(c.template).terms;
                let kept = c.state == CouponState::Used && coupons::is_kept(&self.tables, c);
                (c.state == CouponState::Effective || kept).then_some(terms.valid_until)
            }
            DueKind::PacketExpiry => {
                let packet = self.tables.packets.try_row(no)?;
                packet.is_open().then_some(packet.expires_at)
            }
            DueKind::QuoteExpiry => exchange::expires_at(self.tables.quotes.try_row(no)?),
            DueKind::PointsExpiry => self.tables.cards.try_row(no)?.points_until(),
            DueKind::RoyaltyWord => royalties::untold(self, no).then_some(0),
            DueKind::CardExpiry => self.tables.cards.try_row(no)?.expires_at(),
            DueKind::RentalExpiry => {
                let r = self.tables.rentals.try_row(no)?;
                let unconfirmed = r.created_at.saturating_add(RENTAL_UNSTARTED_DAYS_MAX * DAY_MS);
                match r.state {
                    RentalState::Created | RentalState::Assessed | RentalState::Declined => {
                        Some(unconfirmed)
                    }
                    // Booked ahead: it may begin until it was to be back.
                    RentalState::Secured => Some(unconfirmed.max(r.terms.expiry_at)),
                    _ => None,
                }
            }
            DueKind::RentTerm => {
                let r = self.tables.rentals.try_row(no)?;
                let term = r.terms.plan.get(r.terms_due as usize)?;
                rentals::is_out(r).then_some(term.due_at)
            }
            DueKind::RentalOverdue => {
                let r = self.tables.rentals.try_row(no)?;
                match r.state {
                    RentalState::InUse => {
                        let grace_ms = u64::from(r.terms.grace_s) * 1_000;
                        Some(r.terms.expiry_at.saturating_add(grace_ms + 1))
                    }
                    RentalState::PaymentPending => {
                        let unpaid_since = r.pending_at.saturating_add(DAY_MS);
                        Some(r.terms.expiry_at.max(unpaid_since).saturating_add(1))
                    }
                    _ => None,
                }
            }
            DueKind::RoyaltyRelease => {
                let p = self.tables.payments.try_row(no)?;
                let is_frozen = p.batch.is_some() && royalties::royalty(p)?.is_frozen();
                is_frozen.then(|| p.paid_at.saturating_add(ROYALTY_FREEZE_DAYS * DAY_MS))
            }
            DueKind::CreditStatement
            | DueKind::CreditGraceEnd
            | DueKind::CreditInterest
            | DueKind::CreditDebit => billing::owed_at(self, kind, no),
            DueKind::LoanTerm | DueKind::LoanGraceEnd | DueKind::LoanDebit => {
                loans::owed_at(self, kind, no)
            }
            DueKind::ReserveRelease => self.reserve_release_at(no),
            DueKind::PaymentFinish => {
                let p = self.tables.payments.try_row(no)?;
                let refundable =
                    matches!(p.state, PaymentState::Paid | PaymentState::PartiallyRefunded);
                let asks = p.asked > 0;
                (refundable && !asks).then(|| self.refund_window_end(no).saturating_add(1))
            }
        }
    }

    /// When a batch that was cut is settled: at T+n, or at once where its net goes home.
    pub(crate) fn batch_settle_at(&self, batch: u32) -> Option<u64> {
        let b = self.tables.batches.try_row(batch)?;
        let at_home = self.place.is_home(self.tables.merchants.row(b.merchant).merchant);
        let at = if at_home { b.settle_at } else { b.cut_at };
        (b.state == BatchState::Cut).then_some(at)
    }

    /// When the clock gives the reserve of a settled batch back.
    pub(crate) fn reserve_release_at(&self, batch: u32) -> Option<u64> {
        let b = self.tables.batches.try_row(batch)?;
        let days = self.tables.merchants.row(b.merchant).terms.reserve_days;
        let kept = b.state == BatchState::Settled && b.reserve > 0 && days > 0;
        kept.then(|| b.settle_at.saturating_add(u64::from(days) * DAY_MS))
    }

    /// The last millisecond in which a paid payment may be refunded.
    pub(crate) fn refund_window_end(&self, payment: u32) -> u64 {
        let p = self.tables.payments.row(payment);
        let days = self.tables.merchants.row(p.merchant).terms.refund_days;
        p.paid_at.saturating_add(u64::from(days) * DAY_MS)
    }

    pub(super) fn fill_due(&mut self) {
        let kinds = [
            (DueKind::PaymentExpiry, self.tables.payments.next_no()),
            (DueKind::TransferExpiry, self.tables.pending.next_no()),
            (DueKind::AuthorizationExpiry, self.tables.authorizations.next_no()),
            (DueKind::CouponExpiry, self.tables.coupons.next_no()),
            (DueKind::PacketExpiry, self.tables.packets.next_no()),
            (DueKind::RentalExpiry, self.tables.rentals.next_no()),
            (DueKind::QuoteExpiry, self.tables.quotes.next_no()),
            (DueKind::CardExpiry, self.tables.cards.next_no()),
            (DueKind::RentTerm, self.tables.rentals.next_no()),
            (DueKind::RentalOverdue, self.tables.rentals.next_no()),
            (DueKind::RoyaltyRelease, self.tables.payments.next_no()),
            (DueKind::CreditStatement, self.tables.credit_lines.next_no()),
            (DueKind::CreditGraceEnd, self.tables.credit_lines.next_no()),
            (DueKind::CreditInterest, self.tables.credit_lines.next_no()),
            (DueKind::LoanTerm, self.tables.loans.next_no()),
            (DueKind::LoanGraceEnd, self.tables.loans.next_no()),
            (DueKind::CreditDebit, self.tables.credit_lines.next_no()),
            (DueKind::LoanDebit, self.tables.loans.next_no()),
            (DueKind::ReserveRelease, self.tables.batches.next_no()),
            (DueKind::BatchCut, self.tables.batches.next_no()),
            (DueKind::BatchSettle, self.tables.batches.next_no()),
            (DueKind::PaymentFinish, self.tables.payments.next_no()),
            (DueKind::PointsExpiry, self.tables.cards.next_no()),
            (DueKind::RoyaltyWord, self.tables.royalty_relations.next_no()),
        ];
        for (kind, rows) in kinds {
            for no in 0..rows {
                if let Some(at) = self.owed_at(kind, no) {
                    self.owe(Due { at, kind, no });
                }
            }
        }
    }
}
