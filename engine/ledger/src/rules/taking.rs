//! Taking money for a merchant: what payments, captures and rentals have in common. Sources are
//! debited into the merchant's batch of today, then the service fee is charged.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{CodeKind, PayMode, Reference};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::limits::AMOUNT_MAX;
use crate::money::{Currency, Money, fee_half_up};
use crate::rejection::Rejection;
use crate::rules::cards::{self, Charge};
use crate::rules::coupons::{self, Redeemed};
use crate::rules::plans::Offer;
use crate::rules::points::legs::{self, Spent};
use crate::rules::{exchange, plan_fees, refuse_if, royalties};
use crate::state::Exchange;

/// What a payment is made of. Amounts are minor units of the payer's currency, as a rule the
/// merchant's too.
#[derive(Default)]
pub(crate) struct Sources {
    /// Accounts debited for the user, with what each gives: frozen deposit, balance, credit.
    pub(crate) debits: Vec<(AccountNo, u64)>,
    /// From the balance, frozen or not.
    pub(crate) balance: u64,
    /// From the line of credit.
    pub(crate) credit: u64,
    /// From an acquirer.
    pub(crate) channel_amount: u64,
    /// Which acquirer.
    pub(crate) channel: Id,
    /// Agreed before, by a hold or a rental.
    pub(crate) agreed: bool,
    /// The coupon, with what it gives.
    pub(crate) coupon: Option<Redeemed>,
    /// The card, with what it gives.
    pub(crate) card: Option<Charge>,
    /// The points, with what they give.
    pub(crate) points: Option<Spent>,
    /// What the payer pays, where that is in another currency; the parts above are then in it.
    pub(crate) exchange: Option<Exchange>,
    /// What the merchant receives is frozen.
    pub(crate) freeze: bool,
    /// The plan that a part goes into.
    pub(crate) plan: Option<Offer>,
}

/// Records a payment made without an order before it; its id is new.
#[expect(clippy::too_many_arguments, reason = "a payment has that many sides")]
pub(crate) fn take(
    ledger: &Ledger,
    payment: Id,
    out_trade_no: Reference,
    merchant: u32,
    user: Id,
    sources: Sources,
    rental: Id,
    now: u64,
    out: &mut Decision,
) {
    let seller = ledger.tables().merchants.row(merchant);
    let currency = seller.terms.settle_currency;
    let amount = Money { amount: sources.balance + sources.credit, currency };
    out.record(Fact::PaymentCreated {
        payment,
        out_trade_no,
        merchant: seller.merchant,
        mode: PayMode::Agreement,
        code_kind: CodeKind::None,
        auth_code: None,
        amount,
        expires_at: now,
        rental,
        undiscountable: 0,
    });
    let sources = Sources { agreed: true, ..sources };
    debit_sources(ledger, payment, merchant, user, amount.amount, sources, now, out);
}

/// Debits the sources of a payment into today's batch and charges the fee.
#[expect(clippy::too_many_arguments, reason = "a payment has that many sides")]
pub(crate) fn debit_sources(
    ledger: &Ledger,
    payment: Id,
    merchant: u32,
    user: Id,
    amount: u64,
    sources: Sources,
    now: u64,
    out: &mut Decision,
) {
    let terms = ledger.tables().merchants.row(merchant).terms;
    let currency = terms.settle_currency;
    let (batch, pending) = open_batch(ledger, merchant, now, out);
    let Sources { debits, balance, credit, channel_amount, channel, .. } = sources;
    let Sources { agreed, coupon, card, points, exchange, freeze, plan, .. } = sources;
    let paid_in = exchange.map_or(currency, |exchange| exchange.currency);
    let receivable = (channel_amount > 0).then(|| {
        let key = AccountKey::of(Class::ChannelReceivable, channel, paid_in);
        ledger.account_or_open(key, paid_in, out)
    });
    let receipts = amount - coupon.map_or(0, |coupon| coupon.discount);
    let fee = fee_half_up(receipts, terms.fee_ppm);
    let fees = (fee > 0).then(|| ledger.account_or_open(fee_key(currency), currency, out));
    if let Some(coupon) = coupon {
        coupons::redeem(ledger, coupon, payment, pending, out);
    }
    if let Some(card) = card {
        cards::charge(card, payment, pending, out);
    }
    if let Some(points) = points {
        legs::spend(ledger, points, (payment, user), pending, out);
    }
    let order = Money { amount, currency };
    let to = exchange.as_ref().map_or(pending, |exchange| {
        exchange::convert(ledger, payment, exchange, order, pending, out)
    });
    for (account, amount) in debits {
        post(out, account, to, amount);
    }
    if let Some(receivable) = receivable {
        post(out, receivable, to, channel_amount);
    }
    out.record(Fact::PaymentPaid {
        payment,
        user,
        balance,
        credit,
        channel_amount,
        channel,
        batch,
        agreed,
    });
    if let Some(fees) = fees {
        post(out, pending, fees, fee);
        out.record(Fact::FeeCharged { payment, amount: fee });
    }
    let plan_fee = plan_fees::charge(ledger, payment, currency, plan, pending, out);
    if freeze {
        let net = receipts.saturating_sub(fee).saturating_sub(plan_fee);
        royalties::freeze(ledger, payment, currency, pending, net, out);
    }
}

/// Where service fees are earned.
pub(crate) fn fee_key(currency: Currency) -> AccountKey {
    AccountKey::house(Class::ServiceFee, currency)
}

/// Refuses so much more in the merchant's batch of today: what a batch comes to is settled by one
/// movement, and no sum of it leaves its range.
pub(crate) fn batch_takes(
    ledger: &Ledger,
    merchant: u32,
    amount: u64,
    now: u64,
) -> Result<(), Rejection> {
    let batches = &ledger.tables().batches;
    let today = batches.get(&(merchant, ledger.calendar().date(now)));
    let taken = today.map_or(0, |batch| batch.receipts.saturating_add(batch.proceeds));
    refuse_if(taken.saturating_add(amount) > AMOUNT_MAX, Rejection::BatchFull)
}

/// Number and account of the merchant's batch of today, opening it in this decision.
pub(crate) fn open_batch(
    ledger: &Ledger,
    merchant: u32,
    now: u64,
    out: &mut Decision,
) -> (u32, AccountNo) {
    open_batch_of(ledger, merchant, ledger.calendar().date(now), out)
}

/// As [`open_batch`], of a business date.
pub(crate) fn open_batch_of(
    ledger: &Ledger,
    merchant: u32,
    date: u32,
    out: &mut Decision,
) -> (u32, AccountNo) {
    let tables = ledger.tables();
    let row = tables.merchants.row(merchant);
    if let Some(no) = tables.batches.find(&(merchant, date)) {
        return (no, tables.batches.row(no).account);
    }
    let currency = row.terms.settle_currency;
    let key =
        AccountKey { sub: date, ..AccountKey::of(Class::MerchantPending, row.merchant, currency) };
    let account = ledger.account_or_open(key, currency, out);
    let settle_date = date.saturating_add(row.terms.cycle_days.max(1));
    let settle_at = ledger.calendar().start_of(settle_date);
    let opened = out.events().any(|(fact, _)| {
        matches!(fact, Fact::BatchOpened { merchant, date: d, .. }
            if *merchant == row.merchant && *d == date)
    });
    if !opened {
        out.record(Fact::BatchOpened { merchant: row.merchant, date, account, settle_at });
    }
    (tables.batches.next_no(), account)
}
