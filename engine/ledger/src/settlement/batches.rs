//! What the outside is told of batches, and of parts of payments ahead of them.

use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;
use crate::state::{Batch, Payment};

pub(super) fn batch_settled(
    ledger: &Ledger,
    b: &Batch,
    recovered: u64,
    reserve: u64,
    available: u64,
) -> Settlement {
    let seller = ledger.tables().merchants.row(b.merchant);
    let receipts = Money { amount: b.receipts, currency: seller.terms.settle_currency };
    Settlement::BatchSettled {
        merchant: seller.merchant,
        date: b.date,
        count: b.count,
        receipts,
        fees: b.fees,
        refunds: b.refunds,
        fees_returned: b.fees_returned,
        disputes: b.disputes,
        confirmed: b.confirmed,
        royalties: b.royalties,
        royalties_returned: b.royalties_returned,
        recovered,
        reserve,
        available,
        proceeds: b.proceeds,
    }
}

pub(super) fn confirmed(
    p: &Payment,
    merchant: Id,
    recovered: u64,
    reserve: u64,
    available: u64,
) -> Settlement {
    Settlement::SettlementConfirmed {
        payment: p.payment,
        out_trade_no: p.out_trade_no.clone(),
        merchant,
        recovered: Money { amount: recovered, currency: p.amount.currency },
        reserve,
        available,
    }
}

/// What of a payment on another shard is settled here ahead of its batch.
pub(super) fn arrived(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let Fact::ConfirmationArrived {
        payment,
        merchant,
        out_trade_no,
        recovered,
        reserve,
        available,
        ..
    } = fact
    else {
        return None;
    };
    let currency = ledger.tables().merchants.get(merchant)?.terms.settle_currency;
    Some(Settlement::SettlementConfirmed {
        payment: *payment,
        out_trade_no: out_trade_no.clone(),
        merchant: *merchant,
        recovered: Money { amount: *recovered, currency },
        reserve: *reserve,
        available: *available,
    })
}
