//! Batches: a merchant's sales of one business date are cut at its end and settled at T+n
//! (DOMAIN §4.6, §4.7). Settling pays the merchant's debt first, then the reserve, then the rest.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::ReleaseReserve;
use crate::event::{Decision, Fact};
use crate::ledger::{Due, DueKind, Ledger, in_range, post};
use crate::money::bps_floor;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose};
use crate::rules::{in_currency, merchant, refuse_if, remittances};
use crate::state::{Batch, BatchState, Merchant};

/// The clock ends a business date.
pub(crate) fn cut(no: u32, out: &mut Decision) {
    out.record(Fact::BatchCut { batch: no });
}

/// The clock settles a batch.
pub(crate) fn settle(ledger: &Ledger, no: u32, out: &mut Decision) {
    let tables = ledger.tables();
    let batch = tables.batches.row(no);
    let seller = tables.merchants.row(batch.merchant);
    let currency = seller.terms.settle_currency;
    let as_u64 = |amount: u128| u64::try_from(amount).unwrap_or(u64::MAX);
    let net = as_u64(tables.accounts.row(batch.account).debit_room());
    let home = ledger.place().home(seller.merchant);
    if home != ledger.place().shard {
        forward(ledger, no, net, home, out);
        return;
    }
    let receivable = AccountKey::of(Class::MerchantReceivable, seller.merchant, currency);
    let debt = tables.accounts.find(&receivable);
    let recovered = debt.map_or(0, |no| net.min(as_u64(tables.accounts.row(no).credit_room())));
    let rest = net - recovered;
    let reserve = bps_floor(rest, seller.terms.reserve_bps).min(rest);
    let available = rest - reserve;

    let kept = (reserve > 0).then(|| {
        let key = AccountKey::of(Class::MerchantReserve, seller.merchant, currency);
        ledger.account_or_open(key, currency, out)
    });
    if let Some(debt) = debt {
        post(out, batch.account, debt, recovered);
    }
    if let Some(kept) = kept {
        post(out, batch.account, kept, reserve);
    }
    post(out, batch.account, seller.account, available);
    out.record(Fact::BatchSettled { batch: no, recovered, reserve, available });
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
    if let Some(kept) = kept {
        post(out, kept, seller.account, amount);
    }
    out.record(Fact::ReserveReleased { merchant: seller.merchant, amount, batch: Some(no) });
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
    post(out, kept, seller.account, amount);
    out.record(Fact::ReserveReleased { merchant: c.merchant, amount, batch: None });
    Ok(())
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
        Fact::ReserveReleased { batch: Some(batch), .. } => {
            ledger.tables_mut().batches.row_mut(*batch).reserve = 0;
        }
        _ => {}
    }
}
