//! How a refund divides over what a payment came from (DOMAIN §1.1, §4.2).

use crate::command::FeeRefund;
use crate::ledger::Ledger;
use crate::money::cumulative_half_up;
use crate::rules::cards;
use crate::rules::coupons::{self, Back};
use crate::rules::exchange::payers_part;
use crate::rules::points::legs;
use crate::state::Payment;

/// Where a refund goes, in the payer's currency, and what of it the merchant gives.
pub(crate) struct Split {
    pub(crate) to_credit: u64,
    pub(crate) to_channel: u64,
    pub(crate) to_balance: u64,
    /// To the card.
    pub(crate) to_card: u64,
    /// To points.
    pub(crate) to_points: u64,
    /// To the coupon.
    pub(crate) back: Back,
    /// From the merchant, who never had its part of a coupon.
    pub(crate) money: u64,
    /// Of that, service fee that is returned.
    pub(crate) fee_part: u64,
}

/// To credit first, to the acquirer, the balance, the card, to points, and last to the coupon. What
/// of all these is in dispute goes nowhere until that is judged: the coupon comes before it.
pub(crate) fn split(ledger: &Ledger, payment: &Payment, amount: u64) -> Split {
    let with_coupon = payment.parts.as_ref().filter(|parts| parts.exchange.is_none());
    let back = with_coupon.map_or_else(Back::default, |parts| {
        coupons::part_of(parts, amount.saturating_sub(payment.own_left()))
    });
    let part = payers_part(payment, amount - back.discount - back.funded);
    let to_credit = part.min(payment.credit.saturating_sub(payment.refunded_to_credit));
    let of_channel = payment.channel_amount.saturating_sub(payment.refunded_to_channel);
    let to_channel = (part - to_credit).min(of_channel);
    let rest = part - to_credit - to_channel;
    let of_card = cards::part_of(payment, rest);
    let of_points = legs::part_of(payment, rest - of_card);
    let to_card = if cards::takes_back(ledger, payment) { of_card } else { 0 };
    let to_points = if legs::takes_back(ledger, payment, of_points) { of_points } else { 0 };
    let to_balance = rest - to_card - to_points;
    let money = amount - back.discount;
    let fee_part = match ledger.tables().merchants.row(payment.merchant).terms.fee_refund {
        FeeRefund::None => 0,
        FeeRefund::Proportional => {
            let refunded = payment.receipts_refunded() + money;
            cumulative_half_up(payment.fee, refunded, payment.receipts())
                .saturating_sub(payment.fee_returned)
        }
    };
    Split { to_credit, to_channel, to_balance, to_card, to_points, back, money, fee_part }
}
