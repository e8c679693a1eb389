//! State at rest: rows of a ledger and of the ids seen, in their one order, both ways.
//!
//! The digest is taken over exactly these bytes, so whatever is state must be here and nothing
//! that depends on batching may.

mod apps;
mod exchange;
mod holds;
mod market;
mod remittances;
mod state;
mod walk;

pub use state::{BadRows, StateReader};
pub use walk::{begin_rest, for_each_row, go_on_resting};

use super::read::cards as read_cards;
use super::read::disputes as read_disputes;
use super::read::fields::{self as read, Field};
use super::read::loans as read_loans;
use super::read::members as read_members;
use super::read::plans as read_plans;
use super::read::royalties as read_royalties;
use super::write;
use crate::seen::{Answer, Seen};
use groat_ledger::{
    Account, Batch, BatchState, CodeUse, EventRange, Hold, Merchant, Payment, PaymentState, Payout,
    PayoutState, PendingState, PendingTransfer, Receipt, Refund, Rejection, Usage, User,
};
use groat_proto::v1;

/// Version of the sequence of rows.
const FORMAT: u32 = 1;

/// No chain gets so far; beyond it a number could overflow while events are applied.
const EVENT_MAX: u64 = 1 << 62;

/// No counter gets so far by 2^62 events; beyond it a sum of two could overflow.
const SUM_MAX: u128 = 1 << 124;

fn sum(value: u128) -> Option<v1::Sum> {
    let low = u64::try_from(value & u128::from(u64::MAX)).unwrap_or(0);
    let high = u64::try_from(value >> 64).unwrap_or(0);
    (value > 0).then_some(v1::Sum { hi: high, lo: low })
}

fn read_sum(wire: Option<v1::Sum>) -> u128 {
    wire.map_or(0, |s| u128::from(s.hi) << 64 | u128::from(s.lo))
}

fn account(r: &Account) -> v1::AccountRow {
    v1::AccountRow {
        class: write::class(&r.key),
        owner: write::some(r.key.owner),
        sub: r.key.sub,
        currency: u32::from(r.currency.code()),
        constraint: write::constraint(r.sign_rule),
        history: r.history,
        closed: r.closed,
        debit_blocked: r.debit_blocked,
        credit_blocked: r.credit_blocked,
        debits_posted: sum(r.debits_posted),
        credits_posted: sum(r.credits_posted),
        debits_pending: sum(r.debits_pending),
        credits_pending: sum(r.credits_pending),
    }
}

fn read_account(w: &v1::AccountRow) -> Field<Account> {
    let (key, currency) = read::account_key(w.class, w.owner, w.sub, w.currency)?;
    let sums = [w.debits_posted, w.credits_posted, w.debits_pending, w.credits_pending];
    read::ensure(sums.into_iter().all(|sum| read_sum(sum) <= SUM_MAX), "sums")?;
    Ok(Account {
        history: w.history,
        closed: w.closed,
        debit_blocked: w.debit_blocked,
        credit_blocked: w.credit_blocked,
        debits_posted: read_sum(w.debits_posted),
        credits_posted: read_sum(w.credits_posted),
        debits_pending: read_sum(w.debits_pending),
        credits_pending: read_sum(w.credits_pending),
        ..Account::new(key, currency, read::sign_rule(w.constraint)?)
    })
}

fn pending(r: &PendingTransfer) -> v1::PendingRow {
    v1::PendingRow {
        transfer: write::some(r.transfer),
        debit: r.debit,
        credit: r.credit,
        amount: r.amount,
        expires_at: r.expires_at,
        state: r.state as u32,
        away: write::some(r.away),
        up_to: r.up_to,
    }
}

fn read_pending(w: &v1::PendingRow) -> Field<PendingTransfer> {
    Ok(PendingTransfer {
        transfer: read::id(w.transfer, "transfer")?,
        debit: w.debit,
        credit: w.credit,
        away: read::optional_id(w.away),
        up_to: w.up_to,
        amount: w.amount,
        expires_at: w.expires_at,
        state: match w.state {
            0 => PendingState::Pending,
            1 => PendingState::Posted,
            2 => PendingState::Voided,
            3 => PendingState::Expired,
            _ => return Err("state"),
        },
    })
}

fn user(r: &User) -> v1::UserRow {
    v1::UserRow {
        user: write::some(r.user),
        kyc_class: u32::from(r.kyc_class),
        currency: u32::from(r.currency.code()),
        account: r.account,
        open_payouts: r.open_payouts,
        open_holds: r.open_holds,
        open_disputes: r.open_disputes,
        day: r.usage.day,
        day_sum: r.usage.day_sum,
        month: r.usage.month,
        month_sum: r.usage.month_sum,
        year: r.usage.year,
        year_sum: r.usage.year_sum,
        lifetime: r.usage.lifetime,
        code_sums: if r.usage.code_sums == [0; 4] { vec![] } else { r.usage.code_sums.to_vec() },
    }
}

fn read_user(w: &v1::UserRow) -> Field<User> {
    let code_sums = match w.code_sums.as_slice() {
        [] => [0; 4],
        sums => sums.try_into().map_err(|_| "code_sums")?,
    };
    Ok(User {
        user: read::id(w.user, "user")?,
        kyc_class: u8::try_from(w.kyc_class).map_err(|_| "kyc_class")?,
        currency: read::currency(w.currency, "currency")?,
        account: w.account,
        open_payouts: w.open_payouts,
        open_holds: w.open_holds,
        open_disputes: w.open_disputes,
        usage: Usage {
            day: w.day,
            day_sum: w.day_sum,
            month: w.month,
            month_sum: w.month_sum,
            year: w.year,
            year_sum: w.year_sum,
            lifetime: w.lifetime,
            code_sums,
        },
        // Filled from authorizations.
        frozen: 0,
    })
}

fn code_use(r: &CodeUse) -> v1::CodeUseRow {
    let CodeUse { user, kind, month, month_sum, year, year_sum, lifetime } = *r;
    let kind = write::code_kind(kind);
    v1::CodeUseRow { user, kind, month, month_sum, year, year_sum, lifetime }
}

fn read_code_use(w: &v1::CodeUseRow) -> Field<CodeUse> {
    let v1::CodeUseRow { user, kind, month, month_sum, year, year_sum, lifetime } = *w;
    let kind = read::code_kind(kind)?;
    Ok(CodeUse { user, kind, month, month_sum, year, year_sum, lifetime })
}

fn merchant(r: &Merchant) -> v1::MerchantRow {
    v1::MerchantRow {
        terms: Some(write::terms(r.merchant, &r.terms)),
        account: r.account,
        open_payments: r.open_payments,
        open_batches: r.open_batches,
        open_holds: r.open_holds,
        open_payouts: r.open_payouts,
        open_disputes: r.open_disputes,
        open_freezes: r.open_freezes,
        royalty_receivers: r.royalty_receivers,
        closing: r.closing,
        closing_refused: r.closing_refused,
    }
}

fn read_merchant(w: &v1::MerchantRow) -> Field<Merchant> {
    let terms = w.terms.as_ref().ok_or("terms")?;
    Ok(Merchant {
        merchant: read::id(terms.merchant, "merchant")?,
        terms: read::merchant_terms(terms)?,
        account: w.account,
        open_payments: w.open_payments,
        open_batches: w.open_batches,
        open_holds: w.open_holds,
        open_payouts: w.open_payouts,
        open_disputes: w.open_disputes,
        open_freezes: w.open_freezes,
        royalty_receivers: w.royalty_receivers,
        closing: w.closing,
        closing_refused: w.closing_refused,
    })
}

fn hold(r: &Hold) -> v1::HoldRow {
    v1::HoldRow { hold: write::some(r.hold), user: write::some(r.user), rest: r.rest }
}

fn read_hold(w: &v1::HoldRow) -> Field<Hold> {
    let (hold, user) = (read::id(w.hold, "hold")?, read::id(w.user, "user")?);
    Ok(Hold { hold, user, rest: w.rest })
}

fn payout(r: &Payout) -> v1::PayoutRow {
    v1::PayoutRow {
        payout: write::some(r.payout),
        owner: write::owner(r.owner),
        amount: Some(r.amount.into()),
        fee: r.fee,
        state: r.state as u32,
    }
}

fn read_payout(w: &v1::PayoutRow) -> Field<Payout> {
    Ok(Payout {
        payout: read::id(w.payout, "payout")?,
        owner: read::owner(w.owner.as_ref(), "owner")?,
        amount: read::money(w.amount, "amount")?,
        fee: w.fee,
        state: match w.state {
            0 => PayoutState::Requested,
            1 => PayoutState::Confirmed,
            2 => PayoutState::Failed,
            _ => return Err("state"),
        },
    })
}

fn receipt(r: &Receipt) -> v1::ReceiptRow {
    v1::ReceiptRow { bank_ref: r.bank_ref.to_string(), unmatched: Some(r.unmatched.into()) }
}

fn read_receipt(w: &v1::ReceiptRow) -> Field<Receipt> {
    Ok(Receipt {
        bank_ref: read::reference(&w.bank_ref, "bank_ref")?,
        unmatched: read::money(w.unmatched, "unmatched")?,
    })
}

fn batch(r: &Batch) -> v1::BatchRow {
    v1::BatchRow {
        merchant: r.merchant,
        date: r.date,
        account: r.account,
        cut_at: r.cut_at,
        settle_at: r.settle_at,
        state: r.state as u32,
        count: r.count,
        receipts: r.receipts,
        fees: r.fees,
        refunds: r.refunds,
        fees_returned: r.fees_returned,
        disputes: r.disputes,
        confirmed: r.confirmed,
        royalties: r.royalties,
        royalties_returned: r.royalties_returned,
        reserve: r.reserve,
        proceeds: r.proceeds,
        forwarded: r.forwarded,
        settled: r.settled,
    }
}

fn read_batch(w: &v1::BatchRow) -> Field<Batch> {
    Ok(Batch {
        merchant: w.merchant,
        date: w.date,
        account: w.account,
        cut_at: w.cut_at,
        settle_at: w.settle_at,
        state: match w.state {
            0 => BatchState::Open,
            1 => BatchState::Cut,
            2 => BatchState::Settled,
            _ => return Err("state"),
        },
        count: w.count,
        receipts: w.receipts,
        fees: w.fees,
        refunds: w.refunds,
        fees_returned: w.fees_returned,
        disputes: w.disputes,
        confirmed: w.confirmed,
        royalties: w.royalties,
        royalties_returned: w.royalties_returned,
        reserve: w.reserve,
        proceeds: w.proceeds,
        forwarded: w.forwarded,
        settled: w.settled,
    })
}

fn payment(r: &Payment) -> v1::PaymentRow {
    v1::PaymentRow {
        payment: write::some(r.payment),
        out_trade_no: r.out_trade_no.to_string(),
        merchant: r.merchant,
        mode: write::pay_mode(r.mode),
        code_kind: write::code_kind(r.code_kind),
        auth_code: write::text(&r.auth_code),
        amount: Some(r.amount.into()),
        state: r.state as u32,
        expires_at: r.expires_at,
        paid_at: r.paid_at,
        user: r.user,
        rental: write::some(r.rental),
        balance: r.balance,
        credit: r.credit,
        channel_amount: r.channel_amount,
        channel: write::some(r.channel),
        fee: r.fee,
        fee_returned: r.fee_returned,
        batch: r.batch,
        disputed: r.disputed,
        refunded_from_own_batch: r.refunded_from_own_batch,
        refunded_to_credit: r.refunded_to_credit,
        refunded_to_channel: r.refunded_to_channel,
        refunds: r.refunds.iter().map(refund).collect(),
        parts: r.parts.as_deref().map(market::parts),
        asked: r.asked,
    }
}

fn refund(r: &Refund) -> v1::RefundRow {
    v1::RefundRow {
        out_request_no: r.out_request_no.to_string(),
        amount: r.amount,
        first_event: r.events.first,
        events: r.events.count,
    }
}

fn read_payment(w: &v1::PaymentRow) -> Field<Payment> {
    let read_refund = |w: &v1::RefundRow| -> Field<Refund> {
        Ok(Refund {
            out_request_no: read::reference(&w.out_request_no, "out_request_no")?,
            amount: w.amount,
            events: EventRange { first: w.first_event, count: w.events },
        })
    };
    Ok(Payment {
        payment: read::id(w.payment, "payment")?,
        out_trade_no: read::reference(&w.out_trade_no, "out_trade_no")?,
        merchant: w.merchant,
        mode: read::pay_mode(w.mode)?,
        code_kind: read::code_kind(w.code_kind)?,
        auth_code: read::optional_reference(&w.auth_code, "auth_code")?,
        amount: read::money(w.amount, "amount")?,
        state: match w.state {
            0 => PaymentState::Created,
            1 => PaymentState::Paid,
            2 => PaymentState::PartiallyRefunded,
            3 => PaymentState::Refunded,
            4 => PaymentState::Closed,
            5 => PaymentState::TimedOut,
            6 => PaymentState::Finished,
            _ => return Err("state"),
        },
        expires_at: w.expires_at,
        paid_at: w.paid_at,
        user: w.user,
        rental: read::optional_id(w.rental),
        balance: w.balance,
        credit: w.credit,
        channel_amount: w.channel_amount,
        channel: read::optional_id(w.channel),
        fee: w.fee,
        fee_returned: w.fee_returned,
        batch: w.batch,
        disputed: w.disputed,
        refunded_from_own_batch: w.refunded_from_own_batch,
        refunded_to_credit: w.refunded_to_credit,
        refunded_to_channel: w.refunded_to_channel,
        refunds: w.refunds.iter().map(read_refund).collect::<Field<_>>()?,
        parts: w.parts.as_ref().map(market::read_parts).transpose()?.map(Box::new),
        asked: w.asked,
    })
}

fn seen_row(r: &Seen) -> v1::SeenRow {
    let (range, rejected) = match r.answer {
        Answer::Accepted(range) => (range, 0),
        Answer::Rejected(range, rejection) => (range, rejection.code()),
    };
    v1::SeenRow {
        id: write::some(r.id),
        fingerprint: r.fingerprint,
        first_event: range.first,
        events: range.count,
        rejected: rejected.into(),
    }
}

fn read_seen(w: &v1::SeenRow) -> Field<Seen> {
    let range = EventRange { first: w.first_event, count: w.events };
    let answer = match w.rejected {
        0 => Answer::Accepted(range),
        code => Answer::Rejected(range, Rejection::from_code(code).ok_or("rejected")?),
    };
    Ok(Seen { id: read::id(w.id, "id")?, fingerprint: w.fingerprint, answer })
}
