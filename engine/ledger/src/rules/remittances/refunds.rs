//! Refunds of payments whose merchant is at home elsewhere, once the batch has gone there: the
//! payer's shard asks the merchant's home for the money and gives it back when it comes.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{Reference, RoyaltyRefunds};
use crate::event::{Decision, EventRange, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, post};
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::rules::split::{Split, split};
use crate::rules::taking::fee_key;
use crate::rules::{
    buckets, cards, coupons, credit_room, exchange, invoices, plan_fees, points, royalties,
};
use crate::state::{AskedRefund, Payment, Tables};

/// Whether the merchant's settled money is on another shard, and can be asked for there: what comes
/// of it cannot be refused, so the payer's account must be open.
pub(crate) fn can_ask(ledger: &Ledger, payment: &Payment) -> bool {
    let (tables, payer) = (ledger.tables(), payment.user);
    let account = payer.map(|payer| tables.accounts.row(tables.users.row(payer).account));
    account.is_some_and(|account| !account.closed)
        && !ledger.place().is_home(tables.merchants.row(payment.merchant).merchant)
}

/// Asks the home of a payment's merchant for the money of a refund. The fee part is here. Royalties
/// are taken back when the home has paid.
pub(crate) fn ask(
    ledger: &Ledger,
    payment: &Payment,
    out_request_no: Reference,
    amount: u64,
    cancels: bool,
    royalties: &RoyaltyRefunds,
    out: &mut Decision,
) {
    let seller = ledger.tables().merchants.row(payment.merchant);
    let Split { money, fee_part, .. } = split(ledger, payment, amount);
    let (merchant, payment) = (seller.merchant, payment.payment);
    let asked = money.saturating_sub(fee_part);
    let number = out_request_no.clone();
    out.record(Fact::RefundAsked {
        payment,
        out_request_no: number,
        amount,
        fee_part,
        cancels,
        royalties: royalties.clone(),
    });
    let purpose = Purpose::RefundAsked { merchant, payment, out_request_no, asked };
    let cargo = Cargo { amount: 0, currency: seller.terms.settle_currency, purpose };
    super::record_sent(ledger, ledger.place().home(merchant), cargo, out);
}

/// At the merchant's home: from its settled money, then from the net of today's batch, else not.
pub(super) fn fund(ledger: &Ledger, remittance: &Remittance, now: u64, out: &mut Decision) {
    let Purpose::RefundAsked { merchant, payment, out_request_no, asked } =
        &remittance.cargo.purpose
    else {
        return;
    };
    let (tables, currency) = (ledger.tables(), remittance.cargo.currency);
    let (payment, number) = (*payment, out_request_no.clone());
    let parts = tables.merchants.find(merchant).and_then(|no| {
        let seller = tables.merchants.row(no);
        let room =
            |account| u64::try_from(tables.accounts.row(account).debit_room()).unwrap_or(u64::MAX);
        let usable =
            seller.terms.settle_currency == currency && !tables.accounts.row(seller.account).closed;
        let available = (*asked).min(room(seller.account));
        let still = asked - available;
        let today = tables.batches.find(&(no, ledger.calendar().date(now)));
        let today = today.filter(|_| still > 0);
        let covered = today.map_or(0, |no| room(tables.batches.row(no).account)) >= still;
        (usable && covered).then_some((seller.account, available, still, today))
    });
    let Some((account, from_available, from_open_batch, open_batch)) = parts else {
        let why = Rejection::MerchantBalanceInsufficient;
        let purpose = Purpose::RefundDenied { payment, out_request_no: number, why };
        super::record_sent(ledger, remittance.from, Cargo { amount: 0, currency, purpose }, out);
        return;
    };
    let transit = super::transit_account(ledger, remittance.from, currency, out);
    post(out, account, transit, from_available);
    if let Some(today) = open_batch {
        post(out, tables.batches.row(today).account, transit, from_open_batch);
    }
    let purpose = Purpose::RefundFunded { payment, out_request_no: number.clone() };
    out.record(Fact::RefundFunded {
        merchant: *merchant,
        payment,
        out_request_no: number,
        from_available,
        from_open_batch,
        open_batch,
    });
    let cargo = Cargo { amount: *asked, currency, purpose };
    super::record_sent(ledger, remittance.from, cargo, out);
}

/// At the payer's shard: the money is there, and the refund can no longer be refused.
pub(super) fn complete(
    ledger: &Ledger,
    remittance: &Remittance,
    payment: Id,
    out_request_no: &Reference,
    now: u64,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let asked = tables.asked_refunds.get(&(payment, out_request_no.clone()));
    let (Some(asked), Some(row)) = (asked.filter(|a| a.is_open), tables.payments.get(&payment))
    else {
        super::keep_in_suspense(ledger, remittance, out);
        return;
    };
    let transit = super::transit_account(ledger, remittance.from, remittance.cargo.currency, out);
    give_back(ledger, row, asked, transit, now, out);
    if asked.cancels {
        out.record(Fact::PaymentCancelled { payment });
    }
    let is_there = |(rental, item): &(Id, u32)| {
        let rental = tables.rentals.get(rental);
        rental.is_some_and(|rental| (*item as usize) < rental.charges.len())
    };
    if let Some((rental, item)) = asked.reduces.filter(is_there) {
        let amount = asked.amount;
        out.record(Fact::ChargeReduced { rental, item, amount, given_back: amount });
    }
}

/// Gives back what the merchant's home has paid for: it stands in `transit`, all but the fee part.
/// Nothing can refuse it any more: where the acquirer owes less by now, the rest goes to the
/// balance. The payer's account is open: a refund asked for keeps it so.
fn give_back(
    ledger: &Ledger,
    payment: &Payment,
    asked: &AskedRefund,
    transit: AccountNo,
    now: u64,
    out: &mut Decision,
) {
    let Some(payer) = payment.user else { return };
    let AskedRefund { amount, fee_part, .. } = *asked;
    let (payer, currency) = (ledger.tables().users.row(payer), payment.amount.currency);
    let Split { to_credit, to_channel, to_balance, to_card, to_points, back, money, .. } =
        split(ledger, payment, amount);
    let reduction = buckets::reduction(ledger, payer, payment, to_credit, out);
    let to_debt = reduction.sum();
    let receivable =
        AccountKey::of(Class::ChannelReceivable, payment.channel, payment.price().currency);
    let owed = u64::try_from(credit_room(ledger.tables(), &receivable)).unwrap_or(u64::MAX);
    let (short, to_channel) = (to_channel.saturating_sub(owed), to_channel.min(owed));
    let to_balance = to_balance + short;
    if fee_part > 0 {
        let fees = ledger.account_or_open(fee_key(currency), currency, out);
        post(out, fees, transit, fee_part);
        out.record(Fact::FeeReturned { payment: payment.payment, amount: fee_part });
    }
    // The home has paid for all of it: what comes back follows the sales there.
    let seller = ledger.tables().merchants.row(payment.merchant);
    let plan_fee = plan_fees::returned(ledger, payment, &reduction);
    let claws = royalties::take_back_what_is_there(ledger, payment, &asked.royalties, money);
    let rest = plan_fee.saturating_add(claws.sum());
    plan_fees::give_back(ledger, payment, plan_fee, seller.account, None, out);
    royalties::give_back(ledger, payment, claws, seller.account, None, out);
    let parts = payment.parts.as_ref().filter(|_| back.discount + back.funded > 0);
    let fund = parts.and_then(|parts| coupons::give_back(ledger, payment, parts, back, now, out));
    let card = cards::give_back(ledger, payment, to_card, out);
    let of_points = points::legs::give_back(ledger, payment, to_points, now, out);
    let receivable = ledger.tables().accounts.find(&receivable).unwrap_or(payer.account);
    exchange::move_back(
        ledger,
        payment,
        [(transit, money)],
        reduction
            .credits()
            .chain([
                (receivable, to_channel),
                (payer.account, to_balance + (to_credit - to_debt)),
                (card.unwrap_or(payer.account), to_card),
                (fund.unwrap_or(payer.account), back.funded),
            ])
            .chain(of_points.into_iter().flatten()),
        out,
    );
    out.record(Fact::RefundSucceeded {
        payment: payment.payment,
        out_request_no: asked.out_request_no.clone(),
        amount,
        from_own_batch: 0,
        from_available: money,
        from_open_batch: 0,
        open_batch: None,
        to_credit,
        surplus: to_credit - to_debt,
        to_channel,
        to_balance,
    });
    buckets::record_reduction(ledger, payer, &reduction, out);
    invoices::red_if_due(ledger.tables(), payment, amount - back.discount - back.funded, out);
    points::reverse(ledger, payment, amount - back.discount - back.funded, out);
    super::send_back_home(ledger, seller, payment.payment, rest, out);
    royalties::finish_if_refunded(ledger, payment, amount, 0, now, out);
}

/// Whether the charge and the refund of a foreign fact are there.
pub(crate) fn reduction_fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let Fact::ReductionAsked { rental, item, payment, out_request_no } = fact else {
        return Ok(());
    };
    let charges = tables.rentals.get(rental).map_or(0, |rental| rental.charges.len());
    let asked = tables.asked_refunds.get(&(*payment, out_request_no.clone()));
    match asked.filter(|asked| asked.is_open) {
        None => Err("a refund is not asked for"),
        Some(_) if *item as usize >= charges => Err("a charge is unknown"),
        Some(_) => Ok(()),
    }
}

pub(super) fn apply(ledger: &mut Ledger, fact: &Fact, number: u64) {
    match fact {
        Fact::RefundAsked { payment, out_request_no, amount, fee_part, cancels, royalties } => {
            let asked = AskedRefund {
                payment: *payment,
                out_request_no: out_request_no.clone(),
                amount: *amount,
                fee_part: *fee_part,
                cancels: *cancels,
                events: EventRange { first: number, count: 1 },
                reduces: None,
                royalties: royalties.clone(),
                is_open: true,
            };
            let key = (*payment, out_request_no.clone());
            let tables = ledger.tables_mut();
            match tables.asked_refunds.get_mut(&key) {
                Some(row) => *row = asked,
                None => {
                    tables.asked_refunds.insert(asked);
                }
            }
            if let Some(row) = ledger.payment_mut(payment) {
                row.asked = *amount;
                let payer = row.user;
                if let Some(payer) = payer {
                    let open = &mut ledger.tables_mut().users.row_mut(payer).open_holds;
                    *open = open.saturating_add(1);
                }
            }
        }
        Fact::ReductionAsked { rental, item, payment, out_request_no } => {
            let key = (*payment, out_request_no.clone());
            if let Some(asked) = ledger.tables_mut().asked_refunds.get_mut(&key) {
                asked.reduces = Some((*rental, *item));
            }
        }
        Fact::RefundFunded { from_open_batch, open_batch: Some(batch), .. } => {
            let row = ledger.tables_mut().batches.row_mut(*batch);
            row.refunds = row.refunds.saturating_add(*from_open_batch);
        }
        Fact::RefundFailed { payment, out_request_no, .. } => {
            answered(ledger, payment, out_request_no);
        }
        _ => {}
    }
}

/// The merchant's home has answered, if it was asked: the payment can be refunded again, and the
/// clock ends its time for that.
pub(crate) fn answered(ledger: &mut Ledger, payment: &Id, out_request_no: &Reference) {
    let key = (*payment, out_request_no.clone());
    let asked = ledger.tables_mut().asked_refunds.get_mut(&key);
    let Some(asked) = asked.filter(|asked| asked.is_open) else { return };
    asked.is_open = false;
    let Some(row) = ledger.payment_mut(payment) else { return };
    row.asked = 0;
    let payer = row.user;
    if let Some(payer) = payer {
        let open = &mut ledger.tables_mut().users.row_mut(payer).open_holds;
        *open = open.saturating_sub(1);
    }
    if let Some(no) = ledger.payment_no(payment) {
        let at = ledger.refund_window_end(no).saturating_add(1);
        ledger.owe(Due { at, kind: DueKind::PaymentFinish, no });
    }
}
