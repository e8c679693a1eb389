//! Rows of payments and their refunds, and what must be unique about them.

use crate::command::{CodeKind, PayMode, Reference};
use crate::event::EventRange;
use crate::id::Id;
use crate::money::Money;
use crate::state::PaymentParts;
use crate::table::Row;

/// An order and its payment.
#[derive(Clone, PartialEq, Debug)]
pub struct Payment {
    /// Its id.
    pub payment: Id,
    /// The merchant's number.
    pub out_trade_no: Reference,
    /// Who is paid: number in `merchants`.
    pub merchant: u32,
    /// How payer and merchant meet.
    pub mode: PayMode,
    /// The kind of code.
    pub code_kind: CodeKind,
    /// The payer's code.
    pub auth_code: Option<Reference>,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub state: PaymentState,
    /// When the time to pay is over.
    pub expires_at: u64,
    /// When it was paid; 0 before.
    pub paid_at: u64,
    /// Who paid: number in `users`.
    pub user: Option<u32>,
    /// The rental that made it, or none; its number is then the rental's.
    pub rental: Id,
    /// Minor units from the balance, frozen or not. This and all below that payers give and get is
    /// in the payer's currency, where that is another one.
    pub balance: u64,
    /// Minor units from the line of credit.
    pub credit: u64,
    /// Minor units from an acquirer.
    pub channel_amount: u64,
    /// Which acquirer.
    pub channel: Id,
    /// Service fee charged.
    pub fee: u64,
    /// Service fee returned.
    pub fee_returned: u64,
    /// Number in `batches` of the batch it was paid into.
    pub batch: Option<u32>,
    /// In dispute, or lost in one: it cannot be refunded.
    pub disputed: u64,
    /// Taken from its own part of that batch: refunds, disputes, confirmations, royalties, less
    /// what came back of those.
    pub refunded_from_own_batch: u64,
    /// Returned to credit, or to the balance where nothing was owed any more.
    pub refunded_to_credit: u64,
    /// Returned to the acquirer.
    pub refunded_to_channel: u64,
    /// Each refund.
    pub refunds: Vec<Refund>,
    /// What came from elsewhere, as little does: most rows are a pointer larger and no more.
    pub parts: Option<Box<PaymentParts>>,
    /// Minor units of a refund for which the merchant's home was asked and has not answered.
    pub asked: u64,
}

row!(Payment, Id, self => self.payment);

/// Where a payment stands (DOMAIN §5). The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PaymentState {
    Created = 0,
    Paid = 1,
    PartiallyRefunded = 2,
    Refunded = 3,
    Closed = 4,
    TimedOut = 5,
    Finished = 6,
}

/// A refund that succeeded.
#[derive(Clone, PartialEq, Debug)]
pub struct Refund {
    /// The merchant's number of it.
    pub out_request_no: Reference,
    /// Minor units.
    pub amount: u64,
    /// Its events.
    pub events: EventRange,
}

impl Payment {
    /// Sum of all refunds.
    pub fn refunded(&self) -> u64 {
        self.refunds.iter().fold(0, |sum, r| sum.saturating_add(r.amount))
    }

    /// What the merchant receives of the amount, before the fee.
    pub fn receipts(&self) -> u64 {
        self.amount.amount.saturating_sub(self.parts.as_ref().map_or(0, |parts| parts.discount))
    }

    /// Of the receipts, what refunds took back.
    pub fn receipts_refunded(&self) -> u64 {
        let discount = self.parts.as_ref().map_or(0, |parts| parts.discount_returned);
        self.refunded().saturating_sub(discount)
    }

    /// What the user paid and did not get back, by refunds or lost disputes, coupons and points
    /// aside: what can be invoiced.
    pub fn paid_by_user(&self) -> u64 {
        let (elsewhere, returned, lost) = self.parts.as_ref().map_or((0, 0, 0), |parts| {
            (parts.sum().saturating_add(parts.redeemed), parts.returned(), parts.lost)
        });
        // Points have theirs back when all that the user paid is.
        let back = self.refunded().saturating_sub(returned).saturating_add(lost);
        self.amount.amount.saturating_sub(elsewhere).saturating_sub(back)
    }

    /// What did not come from a coupon and is neither back nor in dispute, nor lost in one: what a
    /// refund gives back before the coupon, and what can be disputed.
    pub fn own_left(&self) -> u64 {
        let (coupon, returned) =
            self.parts.as_ref().map_or((0, 0), |parts| (parts.sum(), parts.returned()));
        let back = self.refunded().saturating_sub(returned).saturating_add(self.disputed);
        self.amount.amount.saturating_sub(coupon).saturating_sub(back)
    }

    /// Of what the user's balance paid, what refunds and lost disputes have not given back: they
    /// give it back after credit and acquirer, and before what came from elsewhere.
    pub fn balance_left(&self) -> u64 {
        self.balance.saturating_sub(self.given_of_own())
    }

    /// Of what was stored on a card and paid, what they have not given back: after the balance, and
    /// before points.
    pub fn stored_left(&self) -> u64 {
        let of_card = self.given_of_own().saturating_sub(self.balance);
        self.parts.as_ref().map_or(0, |parts| parts.stored.saturating_sub(of_card))
    }

    /// Of what points paid, what they have not given back: after the card, and before the coupon.
    pub fn redeemed_left(&self) -> u64 {
        let beyond = self.given_of_own().saturating_sub(self.balance);
        self.parts
            .as_ref()
            .map_or(0, |parts| parts.redeemed.saturating_sub(beyond.saturating_sub(parts.stored)))
    }

    /// What refunds and lost disputes gave back to balance, card and points.
    fn given_of_own(&self) -> u64 {
        let (elsewhere, lost) =
            self.parts.as_ref().map_or((0, 0), |parts| (parts.returned(), parts.lost));
        let sources = self.refunded_to_credit.saturating_add(self.refunded_to_channel);
        let back = self.refunded().saturating_add(lost);
        back.saturating_sub(sources.saturating_add(elsewhere))
    }

    /// What its batch has of it, as long as that is not settled.
    pub fn unsettled(&self) -> u64 {
        let part = self.receipts().saturating_add(self.fee_returned);
        part.saturating_sub(self.fee.saturating_add(self.refunded_from_own_batch))
    }

    /// The refund of this number.
    pub fn refund(&self, out_request_no: &Reference) -> Option<&Refund> {
        self.refunds.iter().find(|r| r.out_request_no == *out_request_no)
    }
}

/// Index: a merchant's number of an order.
#[derive(Clone)]
pub struct TradeNo {
    pub(crate) merchant: u32,
    pub(crate) out_trade_no: Reference,
}

/// Shorter numbers first, whoever's they are: those of orders that come now stand together.
pub(crate) type TradeKey = (usize, Reference, u32);

impl TradeNo {
    pub(crate) fn key_of(merchant: u32, number: &Reference) -> TradeKey {
        (number.as_bytes().len(), number.clone(), merchant)
    }
}

row!(TradeNo, TradeKey, self => TradeNo::key_of(self.merchant, &self.out_trade_no));

/// Index: a payer's code that was used.
#[derive(Clone)]
pub struct AuthCode {
    pub(crate) code: Reference,
}

row!(AuthCode, Reference, self => self.code.clone());
