//! Batches: a merchant's sales of one business date are cut at its end and settled at T+n
//! (DOMAIN §4.6, §4.7). Settling pays the merchant's debt first, then the reserve, then the rest.

use crate::account::{AccountKey, Class};
use crate::event::{Decision, Fact};
use crate::ledger::{Due, DueKind, Ledger, post};
use crate::money::bps_floor;
use crate::state::{Batch, BatchState};

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
            });
            ledger.owe(Due { at: cut_at, kind: DueKind::BatchCut, no });
        }
        Fact::BatchCut { batch } => {
            let row = ledger.tables_mut().batches.row_mut(*batch);
            row.state = BatchState::Cut;
            let at = row.settle_at;
            ledger.owe(Due { at, kind: DueKind::BatchSettle, no: *batch });
        }
        Fact::BatchSettled { batch, .. } => {
            let tables = ledger.tables_mut();
            let row = tables.batches.row_mut(*batch);
            row.state = BatchState::Settled;
            let seller = row.merchant;
            let seller = tables.merchants.row_mut(seller);
            seller.open_batches = seller.open_batches.saturating_sub(1);
        }
        _ => {}
    }
}
