//! Batches: a merchant's sales of one business date are cut at its end and settled at T+n, parts of
//! them before (DOMAIN §4.6, §4.7). Settling pays the merchant's debt first, then the reserve, then
//! the rest.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{ConfirmSettlement, ReleaseReserve};
use crate::event::{Decision, Fact};
use crate::ledger::{Due, DueKind, Ledger, in_range, post};
use crate::money::{bps_ceil, bps_floor};
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose};
use crate::rules::{in_currency, may_credit, merchant, refuse_if, remittances};
use crate::state::{Batch, BatchState, Merchant, PaymentState};

/// The clock ends a business date.
pub(crate) fn cut(no: u32, out: &mut Decision) {
    out.record(Fact::BatchCut { batch: no });
}

/// The clock settles a batch.
pub(crate) fn settle(ledger: &Ledger, no: u32, out: &mut Decision) {
    let tables = ledger.tables();
    let batch = tables.batches.row(no);
    let seller = tables.merchants.row(batch.merchant);
    let net = room(ledger, batch.account);
    let home = ledger.place().home(seller.merchant);
    if home != ledger.place().shard {
        forward(ledger, no, net, home, out);
        return;
    }
    let (recovered, reserve, available) =
        pay_out(ledger, seller, batch.account, net, bps_floor, out);
    out.record(Fact::BatchSettled { batch: no, recovered, reserve, available });
}

/// Notes what is settled of an account: the debt, the reserve, the rest. Of a batch the reserve is
/// rounded down (DOMAIN §2); of what is settled ahead of it up, so that many small parts keep no
/// less back than their batch would.
pub(crate) fn pay_out(
    ledger: &Ledger,
    seller: &Merchant,
    from: AccountNo,
    net: u64,
    reserved: fn(u64, u32) -> u64,
    out: &mut Decision,
) -> (u64, u64, u64) {
    let currency = seller.terms.settle_currency;
    let (debt, owed) = debt_of(ledger, seller);
    let recovered = net.min(owed);
    let rest = net - recovered;
    let reserve = reserved(rest, seller.terms.reserve_bps).min(rest);
    let available = rest - reserve;

    let kept = (reserve > 0).then(|| {
        let key = AccountKey::of(Class::MerchantReserve, seller.merchant, currency);
        ledger.account_or_open(key, currency, out)
    });
    if let Some(debt) = debt {
        post(out, from, debt, recovered);
    }
    if let Some(kept) = kept {
        post(out, from, kept, reserve);
    }
    post(out, from, seller.account, available);
    (recovered, reserve, available)
}

/// The account of a merchant's debt, and how much it owes.
fn debt_of(ledger: &Ledger, seller: &Merchant) -> (Option<AccountNo>, u64) {
    let currency = seller.terms.settle_currency;
    let key = AccountKey::of(Class::MerchantReceivable, seller.merchant, currency);
    let accounts = &ledger.tables().accounts;
    let debt = accounts.find(&key);
    let owed = debt.map_or(0, |no| accounts.row(no).credit_room());
    (debt, u64::try_from(owed).unwrap_or(u64::MAX))
}

fn room(ledger: &Ledger, account: AccountNo) -> u64 {
    let room = ledger.tables().accounts.row(account).debit_room();
    u64::try_from(room).unwrap_or(u64::MAX)
}

/// What the batch has of a payment is settled ahead of it, as the batch would settle it. Refunds of
/// others may have taken from the batch meanwhile: no more is there than its account has. Who may
/// not be credited waits for the batch. Of a merchant at home elsewhere it goes there and is
/// settled there; once the batch has gone there, it is too late.
pub(crate) fn confirm(
    ledger: &Ledger,
    c: &ConfirmSettlement,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let payment = tables.payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    let paid = match payment.state {
        PaymentState::Paid
        | PaymentState::PartiallyRefunded
        | PaymentState::Refunded
        | PaymentState::Finished => payment.batch,
        PaymentState::Created | PaymentState::Closed | PaymentState::TimedOut => None,
    };
    let batch = tables.batches.row(paid.ok_or(Rejection::InvalidState)?);
    in_currency(c.amount, payment.amount.currency)?;
    let amount = in_range(c.amount)?;
    let seller = tables.merchants.row(payment.merchant);
    may_credit(tables, seller.account)?;
    refuse_if(batch.state == BatchState::Settled, Rejection::InvalidState)?;
    let unsettled = payment.unsettled().min(room(ledger, batch.account));
    refuse_if(amount > unsettled, Rejection::ConfirmationExceedsUnsettled)?;
    // From here on nothing may fail.
    if !ledger.place().is_home(seller.merchant) {
        remittances::send_confirmed(ledger, payment, batch, amount, out);
        return Ok(());
    }
    let (recovered, reserve, available) =
        pay_out(ledger, seller, batch.account, amount, bps_ceil, out);
    out.record(Fact::SettlementConfirmed { payment: c.payment, recovered, reserve, available });
    Ok(())
}

/// The net of a batch whose merchant is at home elsewhere goes there: debts and reserve are taken
/// where the merchant's settled money is.
fn forward(ledger: &Ledger, no: u32, net: u64, home: u32, out: &mut Decision) {
    let batch = ledger.tables().batches.row(no);
    let seller = ledger.tables().merchants.row(batch.merchant);
    let (merchant, currency) = (seller.merchant, seller.terms.settle_currency);
    out.record(Fact::BatchForwarded { batch: no, amount: net });
    if net > 0 {
        let purpose = Purpose::Proceeds { merchant, date: batch.date };
        let cargo = Cargo { amount: net, currency, purpose };
        remittances::send(ledger, home, batch.account, cargo, out);
    }
}

/// The clock gives a batch's reserve back.
pub(crate) fn release_by_clock(ledger: &Ledger, no: u32, out: &mut Decision) {
    let tables = ledger.tables();
    let batch = tables.batches.row(no);
    let seller = tables.merchants.row(batch.merchant);
    let kept = reserve_account(ledger, seller);
    let room = kept.map_or(0, |kept| tables.accounts.row(kept).debit_room());
    let amount = batch.reserve.min(u64::try_from(room).unwrap_or(u64::MAX));
    let recovered = kept.map_or(0, |kept| give_back(ledger, seller, kept, amount, out));
    let (merchant, batch) = (seller.merchant, Some(no));
    out.record(Fact::ReserveReleased { merchant, amount, recovered, batch });
}

pub(crate) fn release_reserve(
    ledger: &Ledger,
    c: &ReleaseReserve,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let seller = merchant(tables, c.merchant)?;
    in_currency(c.amount, seller.terms.settle_currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(seller.terms.reserve_days > 0, Rejection::InvalidState)?;
    let kept = reserve_account(ledger, seller).ok_or(Rejection::ReserveInsufficient)?;
    let room = tables.accounts.row(kept).debit_room();
    refuse_if(room < u128::from(amount), Rejection::ReserveInsufficient)?;
    // From here on nothing may fail.
    let recovered = give_back(ledger, seller, kept, amount, out);
    out.record(Fact::ReserveReleased { merchant: c.merchant, amount, recovered, batch: None });
    Ok(())
}

/// Notes a reserve given back: the merchant's debt first, as when a batch is settled, then the
/// rest. How much of it paid the debt.
fn give_back(
    ledger: &Ledger,
    seller: &Merchant,
    kept: AccountNo,
    amount: u64,
    out: &mut Decision,
) -> u64 {
    let (debt, owed) = debt_of(ledger, seller);
    let recovered = amount.min(owed);
    if let Some(debt) = debt {
        post(out, kept, debt, recovered);
    }
    post(out, kept, seller.account, amount - recovered);
    recovered
}

fn reserve_account(ledger: &Ledger, seller: &Merchant) -> Option<AccountNo> {
    let currency = seller.terms.settle_currency;
    let key = AccountKey::of(Class::MerchantReserve, seller.merchant, currency);
    ledger.tables().accounts.find(&key)
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::BatchOpened { merchant, date, account, settle_at } => {
            let cut_at = ledger.calendar().start_of(date.saturating_add(1));
            let tables = ledger.tables_mut();
            let Some(seller) = tables.merchants.find(merchant) else { return };
            let open = &mut tables.merchants.row_mut(seller).open_batches;
            *open = open.saturating_add(1);
            let no = tables.batches.insert(Batch {
                merchant: seller,
                date: *date,
                account: *account,
                cut_at,
                settle_at: *settle_at,
                state: BatchState::Open,
                count: 0,
                receipts: 0,
                fees: 0,
                refunds: 0,
                fees_returned: 0,
                disputes: 0,
                confirmed: 0,
                royalties: 0,
                royalties_returned: 0,
                reserve: 0,
                proceeds: 0,
                forwarded: 0,
                settled: 0,
            });
            ledger.owe(Due { at: cut_at, kind: DueKind::BatchCut, no });
        }
        Fact::BatchCut { batch } => {
            let row = ledger.tables_mut().batches.row_mut(*batch);
            row.state = BatchState::Cut;
            if let Some(at) = ledger.batch_settle_at(*batch) {
                ledger.owe(Due { at, kind: DueKind::BatchSettle, no: *batch });
            }
        }
        Fact::BatchSettled { batch, reserve, .. } => {
            let tables = ledger.tables_mut();
            let row = tables.batches.row_mut(*batch);
            row.state = BatchState::Settled;
            let seller = tables.merchants.row_mut(row.merchant);
            // What the clock does not release is not counted by batch.
            let kept = row.reserve.saturating_add(*reserve);
            row.reserve = if seller.terms.reserve_days > 0 { kept } else { 0 };
            seller.open_batches = seller.open_batches.saturating_sub(1);
            if let Some(at) = ledger.reserve_release_at(*batch) {
                ledger.owe(Due { at, kind: DueKind::ReserveRelease, no: *batch });
            }
        }
        Fact::SettlementConfirmed { payment, recovered, reserve, available } => {
            let amount = recovered.saturating_add(*reserve).saturating_add(*available);
            let tables = ledger.tables_mut();
            let Some(paid) = tables.payments.get_mut(payment) else { return };
            paid.refunded_from_own_batch = paid.refunded_from_own_batch.saturating_add(amount);
            let (Some(batch), seller) = (paid.batch, paid.merchant) else { return };
            let row = tables.batches.row_mut(batch);
            row.confirmed = row.confirmed.saturating_add(amount);
            if tables.merchants.row(seller).terms.reserve_days > 0 {
                row.reserve = row.reserve.saturating_add(*reserve);
            }
        }
        Fact::ConfirmationArrived { batch: Some(batch), reserve, .. } => {
            let row = ledger.tables_mut().batches.row_mut(*batch);
            row.reserve = row.reserve.saturating_add(*reserve);
            let was_settled = row.state == BatchState::Settled;
            if let Some(at) = ledger.reserve_release_at(*batch).filter(|_| was_settled) {
                ledger.owe(Due { at, kind: DueKind::ReserveRelease, no: *batch });
            }
        }
        Fact::ReserveReleased { batch: Some(batch), .. } => {
            ledger.tables_mut().batches.row_mut(*batch).reserve = 0;
        }
        _ => {}
    }
}
