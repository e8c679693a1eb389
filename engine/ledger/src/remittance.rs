//! What one shard sends to another: money with its purpose, a request, or word of something.
//!
//! The shard that is debited decides first and sends; numbers have no gap per pair of shards. The
//! receiver never sees the sender's books: a remittance carries all it needs. Money that the
//! receiver cannot place goes back, and what comes back is always taken.

use crate::command::{
    DefineCard, GrantAppAuth, LimitScope, Limits, MerchantTerms, PublishQuote, Reference,
    RegisterApp, RevokeAppAuth, SetAppLimits,
};
use crate::id::Id;
use crate::money::Currency;
use crate::rejection::Rejection;

/// One remittance as it is received.
#[derive(Clone, PartialEq, Debug)]
pub struct Remittance {
    /// The shard that sent it.
    pub from: u32,
    /// Its number among all from that shard to this one, from 1.
    pub number: u64,
    /// When it was sent, in milliseconds since 1970.
    pub at: u64,
    /// What it brings and for what.
    pub cargo: Cargo,
}

/// What a remittance brings.
#[derive(Clone, PartialEq, Debug)]
pub struct Cargo {
    /// Money that comes with it, in minor units; 0 for words alone.
    pub amount: u64,
    /// Its currency.
    pub currency: Currency,
    /// For what.
    pub purpose: Purpose,
}

/// For what a remittance is.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "fields carry the names of DOMAIN §4")]
pub enum Purpose {
    /// Money from a user to a user of the receiver.
    Transfer { from: Id, to: Id },
    /// Money from a ledger account to one of the receiver.
    Posting { debit: Id, credit: Id },
    /// As much of the money as an account of the receiver takes; the rest comes back.
    PostingUpTo { debit: Id, credit: Id },
    /// Money of a `Transfer` that could not be placed, and why.
    TransferBack { from: Id, to: Id, why: Rejection },
    /// Money of a `Posting` or `PostingUpTo` that could not be placed, and why.
    PostingBack { debit: Id, credit: Id, why: Rejection },
    /// Who a merchant of the sender is, so that payments to it stay with their payers.
    Merchant { merchant: Id, terms: MerchantTerms, standing: Standing },
    /// Limits that hold for everybody.
    Limits { scope: LimitScope, limits: Limits },
    /// The net of a batch of a merchant of the receiver.
    Proceeds { merchant: Id, date: u32 },
    /// The merchant of the receiver is to pay `asked` for a refund.
    RefundAsked { merchant: Id, payment: Id, out_request_no: Reference, asked: u64 },
    /// Money for such a refund.
    RefundFunded { payment: Id, out_request_no: Reference },
    /// No money for such a refund, and why.
    RefundDenied { payment: Id, out_request_no: Reference, why: Rejection },
    /// A part of a red packet of the sender for a user of the receiver.
    PacketClaim { packet: Id, user: Id },
    /// Such a part that could not be placed, and why.
    PacketBack { packet: Id, user: Id, why: Rejection },
    /// A share of a payment of the sender for a merchant of the receiver.
    Royalty(RoyaltySent),
    /// Such a share that could not be placed, and why.
    RoyaltyBack(RoyaltySent, Rejection),
    /// An app of the sender that signs.
    App(Box<RegisterApp>),
    /// What a merchant, of any shard, lets such an app do.
    AppGrant(Box<GrantAppAuth>),
    /// What it no longer does.
    AppRevocation(Box<RevokeAppAuth>),
    /// How much such an app may do on each shard.
    AppLimits(Box<SetAppLimits>),
    /// A quote, which holds everywhere.
    Quote(Box<PublishQuote>),
    /// What the cards of a template are, which users of any shard may have.
    CardTemplate(Box<DefineCard>),
    /// A merchant of the receiver owes so much for a dispute of the sender: its home is to pay.
    DisputeDebt { merchant: Id, dispute: Id, owed: u64, is_fee: bool },
    /// Money for such a debt.
    DisputeDebtPaid { merchant: Id, dispute: Id },
    /// What was held in a dispute of the sender is a merchant's of the receiver again.
    DisputeReleased { merchant: Id, dispute: Id },
    /// A receiver of the receiver is to give back of a share of a payment of the sender.
    RoyaltyAsked(Box<RoyaltyReturn>),
    /// Money that it gives back.
    RoyaltyGiven(Box<RoyaltyReturn>),
    /// It gives nothing back, and why.
    RoyaltyDenied(Box<RoyaltyReturn>, Rejection),
    /// A part of a payment of the sender, settled ahead of its batch.
    Confirmed(Box<Confirmed>),
    /// What a merchant of the receiver has back of a payment of the sender that went home.
    BackHome { merchant: Id, payment: Id },
    /// With whom a merchant of the sender may share what it sells anywhere.
    RoyaltyWord(Box<RoyaltyWord>),
    /// The merchant of the receiver is to pay `asked` for a split.
    SplitAsked { merchant: Id, payment: Id, out_request_no: Reference, asked: u64 },
    /// Money for such a split.
    SplitFunded { payment: Id, out_request_no: Reference },
    /// No money for such a split, and why.
    SplitDenied { payment: Id, out_request_no: Reference, why: Rejection },
    /// A merchant of the sender is to be closed.
    CloseAsked { merchant: Id },
    /// Whether anything of a merchant of the receiver is open with the sender.
    CloseAnswered { merchant: Id, open: bool },
}

/// Whether a receiver is bound to a merchant, and who the receiver is: the word of its own home may
/// come later than this one.
#[derive(Clone, PartialEq, Debug)]
pub struct RoyaltyWord {
    /// Who shares, at home where it is sent.
    pub merchant: Id,
    /// Who receives, of any shard.
    pub receiver: Id,
    /// What was agreed with the receiver.
    pub terms: MerchantTerms,
    /// How it stands, as far as the sharer's home knows.
    pub standing: Standing,
    /// It is bound, or no longer.
    pub bound: bool,
}

/// Of which payment a part is settled at the merchant's home, ahead of its batch elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmed {
    /// The payment, on the shard that sends.
    pub payment: Id,
    /// Who sold, at home where it is settled.
    pub merchant: Id,
    /// The merchant's number of the payment.
    pub out_trade_no: Reference,
    /// The business date of its batch, in days since 1970.
    pub date: u32,
}

/// What a receiver elsewhere is asked to give back of a share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoyaltyReturn {
    /// Of which share.
    pub sent: RoyaltySent,
    /// The merchant's number of it; none for a refund.
    pub out_return_no: Option<Reference>,
    /// How much, in minor units.
    pub amount: u64,
}

/// Which share of which payment goes to a receiver elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoyaltySent {
    /// The payment, on the shard that sends.
    pub payment: Id,
    /// Who shares.
    pub merchant: Id,
    /// Who receives.
    pub receiver: Id,
    /// Of which split of the payment, from 0.
    pub split: u32,
    /// Of which of its shares, from 0.
    pub share: u32,
}

/// Whether money of a merchant may move.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Standing {
    /// Not to be debited.
    pub debit_blocked: bool,
    /// Not to be credited.
    pub credit_blocked: bool,
    /// Closed for good.
    pub closed: bool,
}
