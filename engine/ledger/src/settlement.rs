//! What the outside is told: a settlement is a projection of an event and the state it left.
//!
//! It carries what a receiver needs to act without asking back. Its identity is the event's.

mod batches;
mod cards;
mod coupons;
mod credit;
mod debits;
mod disputes;
mod exchange;
mod holds;
mod invoices;
mod loans;
mod losses;
mod packets;
mod plans;
mod royalties;

pub use cards::{CardOf, PointsOf};
pub use coupons::CouponOf;
pub use credit::StatementOf;
pub use debits::DebitOf;
pub use disputes::DisputeOf;
pub use exchange::ConversionOf;
pub use holds::{HoldOf, ReleaseReason, RentalOf};
pub use invoices::InvoiceOf;
pub use loans::{LoanChargeOf, LoanOf};
pub use losses::LossOf;
pub use packets::PacketOf;
pub use plans::{PlanOf, SellerFeeOf};
pub use royalties::RoyaltyOf;

use crate::account::{Account, Layer, Movement};
use crate::command::{Owner, QuoteTerms, Reference, Scope};
use crate::event::{CloseReason, Fact};
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::{Currency, Money};
use crate::rejection::Rejection;
use crate::state::{Payment, Ruling};
use disputes::dispute_of;
use holds::{hold_of, rental_of};

/// One thing told. Amounts are minor units of the currency beside them.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "fields carry the names of DOMAIN §4")]
pub enum Settlement {
    PaymentPaid {
        payment: Id,
        out_trade_no: Reference,
        merchant: Id,
        user: Id,
        amount: Money,
        paid_at: u64,
        /// The rental that made it, or none; `out_trade_no` is then the rental's number.
        rental: Id,
    },
    PaymentClosed {
        payment: Id,
        out_trade_no: Reference,
        merchant: Id,
        reason: CloseReason,
    },
    PaymentRefunded {
        payment: Id,
        out_trade_no: Reference,
        out_request_no: Reference,
        merchant: Id,
        user: Id,
        amount: Money,
        refunded: u64,
        to_balance: u64,
        to_credit: u64,
        to_channel: u64,
        channel: Id,
        /// The currency of what goes to balance, credit and acquirer: the payer's.
        paid_in: Currency,
    },
    BatchSettled {
        merchant: Id,
        date: u32,
        count: u32,
        receipts: Money,
        fees: u64,
        refunds: u64,
        fees_returned: u64,
        disputes: u64,
        confirmed: u64,
        royalties: u64,
        royalties_returned: u64,
        recovered: u64,
        reserve: u64,
        available: u64,
        /// What came from the merchant's batches on other shards.
        proceeds: u64,
    },
    PayoutRequested {
        payout: Id,
        owner: Owner,
        amount: Money,
        fee: u64,
    },
    PayoutConfirmed {
        payout: Id,
        owner: Owner,
        amount: Money,
    },
    PayoutFailed {
        payout: Id,
        owner: Owner,
        amount: Money,
        reason: Reference,
    },
    HoldPlaced {
        hold: HoldOf,
        expires_at: Option<u64>,
    },
    /// `payment` can be refunded.
    HoldCaptured {
        hold: HoldOf,
        payment: Id,
    },
    HoldReleased {
        hold: HoldOf,
        reason: ReleaseReason,
    },
    RentalSecured {
        rental: RentalOf,
        frozen: u64,
        waived: u64,
    },
    /// Nothing is owed any more; `bought_for` is the price where the user keeps the thing.
    RentalSettled {
        rental: RentalOf,
        bought_for: u64,
    },
    RentalPaymentPending {
        rental: RentalOf,
        advanced: u64,
    },
    RentalCollected {
        rental: RentalOf,
        amount: u64,
    },
    RentalCollectionFailed {
        rental: RentalOf,
    },
    /// Charges were lowered: the merchant gave back what was advanced, in minor units.
    RentalAdvanceReturned {
        rental: RentalOf,
        to_platform: u64,
        to_user: u64,
    },
    /// The thing is not back, or its charges are not paid.
    RentalOverdue {
        rental: RentalOf,
    },
    /// It never began; `expired` by the clock.
    RentalCancelled {
        rental: RentalOf,
        expired: bool,
    },
    /// `recovered` of it paid the merchant's debt.
    ReserveReleased {
        merchant: Id,
        amount: Money,
        recovered: Money,
    },
    /// By a merchant, or the platform where there is no funder.
    CampaignFunded {
        campaign: Id,
        funder: Id,
        amount: Money,
    },
    /// What was left went back to the funder.
    CampaignClosed {
        campaign: Id,
        funder: Id,
        amount: Money,
    },
    CouponIssued {
        coupon: CouponOf,
    },
    CouponUsed {
        coupon: CouponOf,
    },
    /// With a refund.
    CouponReturned {
        coupon: CouponOf,
    },
    /// An order names it: nothing else can use it.
    CouponLocked {
        coupon: CouponOf,
    },
    /// That order was closed.
    CouponUnlocked {
        coupon: CouponOf,
    },
    /// It can no longer be used, and was not.
    CouponEnded {
        coupon: CouponOf,
    },
    CardOpened {
        card: CardOf,
    },
    /// Its level, state or time is another.
    CardChanged {
        card: CardOf,
    },
    CardLoaded {
        card: CardOf,
    },
    /// What was stored is the user's balance again.
    CardUnloaded {
        card: CardOf,
    },
    CardCharged {
        card: CardOf,
    },
    /// With a refund or a ruling.
    CardReturned {
        card: CardOf,
    },
    /// By a payment, or given.
    PointsEarned {
        points: PointsOf,
    },
    PointsRedeemed {
        points: PointsOf,
    },
    /// Up or down, as said.
    PointsAdjusted {
        points: PointsOf,
        less: bool,
    },
    /// With a refund or a ruling.
    PointsReversed {
        points: PointsOf,
    },
    PointsExpired {
        points: PointsOf,
    },
    /// With a refund or a ruling.
    PointsReturned {
        points: PointsOf,
    },
    PacketSent {
        packet: PacketOf,
    },
    /// A user has a part of a packet.
    PacketClaimed {
        packet: Id,
        user: Id,
        amount: Money,
    },
    /// What was not claimed in time went back.
    PacketEnded {
        packet: PacketOf,
    },
    /// A part could not be given to a user of another shard.
    PacketReturned {
        packet: Id,
        user: Id,
        amount: Money,
        why: Rejection,
    },
    InvoiceRequested {
        invoice: InvoiceOf,
    },
    InvoiceIssued {
        invoice: InvoiceOf,
    },
    InvoiceRejected {
        invoice: InvoiceOf,
    },
    /// The number and sums are the red one's.
    InvoiceReversed {
        invoice: InvoiceOf,
    },
    /// More is invoiced than the user has still paid.
    RedInvoiceDue {
        payment: Id,
        out_trade_no: Reference,
        merchant: Id,
        amount: Money,
    },
    DisputeOpened {
        dispute: DisputeOf,
    },
    DisputeDefended {
        dispute: DisputeOf,
    },
    /// `fee` is what the merchant paid, or owes, for losing.
    DisputeJudged {
        dispute: DisputeOf,
        ruling: Ruling,
        fee: u64,
    },
    StatementIssued {
        statement: StatementOf,
    },
    /// The minimum was not paid by the end of the days of grace.
    StatementOverdue {
        statement: StatementOf,
    },
    PlanCreated {
        plan: PlanOf,
    },
    /// A refund cut its last terms.
    PlanReduced {
        plan: PlanOf,
    },
    /// Nothing is ahead any more.
    PlanEnded {
        plan: PlanOf,
    },
    LoanDrawn {
        loan: LoanOf,
    },
    LoanTermDue {
        loan: LoanOf,
    },
    /// A term was not paid by the end of the days of grace.
    LoanOverdue {
        loan: LoanOf,
    },
    /// Nothing is owed any more, or it is lost.
    LoanEnded {
        loan: LoanOf,
    },
    /// The clock debited what is due, or as much of it as the balance had.
    CreditDebited {
        debit: DebitOf,
    },
    /// More was lent on it.
    LoanDrawnMore {
        loan: LoanOf,
    },
    /// A repayment went back, and is owed again.
    RepaymentReturned {
        loan: LoanOf,
    },
    /// A fee or a penalty was put on a loan, or given up.
    LoanCharged {
        charge: LoanChargeOf,
    },
    LoanChargeWaived {
        charge: LoanChargeOf,
    },
    /// Part of it was paid ahead.
    PlanRepaid {
        plan: PlanOf,
    },
    /// The seller bears the fee of a plan.
    SellerFeeCharged {
        fee: SellerFeeOf,
    },
    /// Part of it came back, with terms that a refund or a dispute cuts.
    SellerFeeReturned {
        fee: SellerFeeOf,
    },
    /// All that was owed on a line is lost.
    CreditWrittenOff {
        loss: LossOf,
    },
    /// Something of it came back.
    CreditRecovered {
        loss: LossOf,
    },
    /// A part of a payment was settled ahead of its batch; `recovered` paid the merchant's debt.
    SettlementConfirmed {
        payment: Id,
        out_trade_no: Reference,
        merchant: Id,
        recovered: Money,
        reserve: u64,
        available: u64,
    },
    PaymentSplit {
        royalty: RoyaltyOf,
    },
    /// What was frozen still came free; by the clock if expired.
    SplitFinished {
        royalty: RoyaltyOf,
        expired: bool,
    },
    /// Under a number of its own, or for a refund, or because a share could not be placed.
    SplitReturned {
        royalty: RoyaltyOf,
    },
    /// A share of a payment on another shard.
    RoyaltyArrived {
        payment: Id,
        merchant: Id,
        receiver: Id,
        amount: Money,
    },
    /// Given back of such a share.
    RoyaltyTaken {
        payment: Id,
        merchant: Id,
        receiver: Id,
        amount: Money,
    },
    /// A receiver on another shard gives nothing back, and why.
    SplitReturnFailed {
        royalty: RoyaltyOf,
        why: Rejection,
    },
    /// Money from an account of another shard.
    TransferArrived {
        from: Id,
        to: Id,
        amount: Money,
    },
    /// Money that another shard could not place is back.
    TransferReturned {
        from: Id,
        to: Id,
        amount: Money,
        why: Rejection,
    },
    /// A refund that was accepted cannot be paid by the merchant.
    RefundFailed {
        payment: Id,
        out_request_no: Reference,
        merchant: Id,
        why: Rejection,
    },
    /// A split that was accepted is not shared: the merchant's home has not paid, or why not.
    SplitFailed {
        payment: Id,
        out_request_no: Reference,
        merchant: Id,
        why: Rejection,
    },
    /// All shards were asked: a merchant is closed, or why it is not.
    CloseDecided {
        merchant: Id,
        why: Option<Rejection>,
    },
    AppAuthGranted {
        app: Id,
        merchant: Id,
        scopes: Vec<Scope>,
        expires_at: Option<u64>,
    },
    /// Without scopes, all of them.
    AppAuthRevoked {
        app: Id,
        merchant: Id,
        scopes: Vec<Scope>,
    },
    QuotePublished {
        quote: Id,
        terms: QuoteTerms,
    },
    /// Its time is over.
    QuoteExpired {
        quote: Id,
        terms: QuoteTerms,
    },
    /// Of a payment that is paid: what its payer gave and the merchant gets.
    FxConverted {
        conversion: ConversionOf,
    },
    /// Of a payment that is refunded or lost in a dispute: what the merchant gave and the payer
    /// gets.
    FxReturned {
        conversion: ConversionOf,
    },
    AccountMoved {
        account: Id,
        debit: Money,
        credit: Money,
        pending: bool,
        debits_posted: u128,
        credits_posted: u128,
    },
}

impl Settlement {
    /// The merchant or account to whom it is told: the key of the record.
    pub fn key(&self) -> Id {
        match self {
            Settlement::PaymentPaid { merchant, .. }
            | Settlement::PaymentClosed { merchant, .. }
            | Settlement::PaymentRefunded { merchant, .. }
            | Settlement::SettlementConfirmed { merchant, .. }
            | Settlement::BatchSettled { merchant, .. } => *merchant,
            Settlement::PayoutRequested { owner, .. }
            | Settlement::PayoutConfirmed { owner, .. }
            | Settlement::PayoutFailed { owner, .. } => match owner {
                Owner::User(id) | Owner::Merchant(id) | Owner::Ledger(id) => *id,
            },
            Settlement::AccountMoved { account, .. } => *account,
            Settlement::QuotePublished { quote, .. } | Settlement::QuoteExpired { quote, .. } => {
                *quote
            }
            Settlement::FxConverted { conversion } | Settlement::FxReturned { conversion } => {
                conversion.merchant
            }
            Settlement::HoldPlaced { hold, .. }
            | Settlement::HoldCaptured { hold, .. }
            | Settlement::HoldReleased { hold, .. } => hold.merchant,
            Settlement::RentalSecured { rental, .. }
            | Settlement::RentalSettled { rental, .. }
            | Settlement::RentalCollectionFailed { rental }
            | Settlement::RentalOverdue { rental }
            | Settlement::RentalCancelled { rental, .. }
            | Settlement::RentalPaymentPending { rental, .. }
            | Settlement::RentalAdvanceReturned { rental, .. }
            | Settlement::RentalCollected { rental, .. } => rental.merchant,
            Settlement::ReserveReleased { merchant, .. }
            | Settlement::RefundFailed { merchant, .. }
            | Settlement::CloseDecided { merchant, .. }
            | Settlement::SplitFailed { merchant, .. }
            | Settlement::AppAuthGranted { merchant, .. }
            | Settlement::AppAuthRevoked { merchant, .. } => *merchant,
            Settlement::PaymentSplit { royalty }
            | Settlement::SplitFinished { royalty, .. }
            | Settlement::SplitReturnFailed { royalty, .. }
            | Settlement::SplitReturned { royalty } => royalty.merchant,
            Settlement::RoyaltyArrived { receiver, .. }
            | Settlement::RoyaltyTaken { receiver, .. } => *receiver,
            Settlement::TransferArrived { to, .. } => *to,
            Settlement::TransferReturned { from, .. } => *from,
            Settlement::CampaignFunded { campaign, funder, .. }
            | Settlement::CampaignClosed { campaign, funder, .. } => {
                if funder.is_none() {
                    *campaign
                } else {
                    *funder
                }
            }
            Settlement::CouponUsed { coupon }
            | Settlement::CouponReturned { coupon }
            | Settlement::CouponLocked { coupon }
            | Settlement::CouponUnlocked { coupon } => coupon.merchant,
            Settlement::PacketSent { packet } | Settlement::PacketEnded { packet } => {
                packet.sender.id()
            }
            Settlement::PacketClaimed { user, .. } | Settlement::PacketReturned { user, .. } => {
                *user
            }
            Settlement::InvoiceRequested { invoice }
            | Settlement::InvoiceIssued { invoice }
            | Settlement::InvoiceRejected { invoice }
            | Settlement::InvoiceReversed { invoice } => invoice.merchant,
            Settlement::RedInvoiceDue { merchant, .. } => *merchant,
            Settlement::StatementIssued { statement }
            | Settlement::StatementOverdue { statement } => statement.user,
            Settlement::SellerFeeCharged { fee } | Settlement::SellerFeeReturned { fee } => {
                fee.merchant
            }
            Settlement::PlanCreated { plan }
            | Settlement::PlanReduced { plan }
            | Settlement::PlanEnded { plan } => plan.user,
            Settlement::LoanDrawn { loan }
            | Settlement::LoanTermDue { loan }
            | Settlement::LoanOverdue { loan }
            | Settlement::RepaymentReturned { loan }
            | Settlement::LoanDrawnMore { loan }
            | Settlement::LoanEnded { loan } => loan.user,
            Settlement::CreditDebited { debit } => debit.user,
            Settlement::LoanCharged { charge } | Settlement::LoanChargeWaived { charge } => {
                charge.loan.user
            }
            Settlement::PlanRepaid { plan } => plan.user,
            Settlement::CreditWrittenOff { loss } | Settlement::CreditRecovered { loss } => {
                loss.user
            }
            Settlement::CouponIssued { coupon } | Settlement::CouponEnded { coupon } => coupon.user,
            Settlement::CardOpened { card }
            | Settlement::CardChanged { card }
            | Settlement::CardLoaded { card }
            | Settlement::CardUnloaded { card }
            | Settlement::CardCharged { card }
            | Settlement::CardReturned { card } => card.user,
            Settlement::PointsEarned { points }
            | Settlement::PointsRedeemed { points }
            | Settlement::PointsAdjusted { points, .. }
            | Settlement::PointsReversed { points }
            | Settlement::PointsExpired { points }
            | Settlement::PointsReturned { points } => points.user,
            Settlement::DisputeOpened { dispute }
            | Settlement::DisputeDefended { dispute }
            | Settlement::DisputeJudged { dispute, .. } => dispute.merchant,
        }
    }
}

/// Tells `tell` what an event means to the outside, on the state right after it was applied.
pub fn project(
    ledger: &Ledger,
    fact: &Fact,
    movements: &[Movement],
    mut tell: impl FnMut(Settlement),
) {
    for movement in movements {
        moved(ledger, movement, &mut tell);
    }
    if let Some(settlement) = told(ledger, fact, movements) {
        tell(settlement);
    }
}

/// An amount in the currency of what an event moved.
fn moved_money(ledger: &Ledger, movements: &[Movement], amount: u64) -> Option<Money> {
    let currency = ledger.tables().accounts.row(movements.first()?.credit).currency;
    Some(Money { amount, currency })
}

fn told(ledger: &Ledger, fact: &Fact, movements: &[Movement]) -> Option<Settlement> {
    let tables = ledger.tables();
    let payment_of = |id: &Id| ledger.payment_no(id).map(|no| tables.payments.row(no));
    let merchant_of = |p: &Payment| tables.merchants.row(p.merchant).merchant;
    let payer_of = |p: &Payment| p.user.map_or(Id::NONE, |no| tables.users.row(no).user);
    Some(match fact {
        Fact::PaymentPaid { payment, user, .. } => {
            let p = payment_of(payment)?;
            Settlement::PaymentPaid {
                payment: *payment,
                out_trade_no: p.out_trade_no.clone(),
                merchant: merchant_of(p),
                user: *user,
                amount: p.amount,
                paid_at: p.paid_at,
                rental: p.rental,
            }
        }
        Fact::PaymentClosed { payment, reason } => {
            let p = payment_of(payment)?;
            Settlement::PaymentClosed {
                payment: *payment,
                out_trade_no: p.out_trade_no.clone(),
                merchant: merchant_of(p),
                reason: *reason,
            }
        }
        Fact::RefundSucceeded {
            payment,
            out_request_no,
            amount,
            to_credit,
            surplus,
            to_channel,
            to_balance,
            ..
        } => {
            let p = payment_of(payment)?;
            Settlement::PaymentRefunded {
                payment: *payment,
                out_trade_no: p.out_trade_no.clone(),
                out_request_no: out_request_no.clone(),
                merchant: merchant_of(p),
                user: payer_of(p),
                amount: Money { amount: *amount, currency: p.amount.currency },
                refunded: p.refunded(),
                to_balance: to_balance.saturating_add(*surplus),
                to_credit: to_credit.saturating_sub(*surplus),
                to_channel: *to_channel,
                channel: p.channel,
                paid_in: p.price().currency,
            }
        }
        Fact::BatchSettled { batch, recovered, reserve, available } => {
            let b = tables.batches.try_row(*batch)?;
            batches::batch_settled(ledger, b, *recovered, *reserve, *available)
        }
        Fact::PayoutRequested { payout, owner, amount, fee } => {
            let (payout, owner, amount, fee) = (*payout, *owner, *amount, *fee);
            Settlement::PayoutRequested { payout, owner, amount, fee }
        }
        Fact::PayoutConfirmed { payout } => {
            let p = tables.payouts.get(payout)?;
            let (payout, owner, amount) = (p.payout, p.owner, p.amount);
            Settlement::PayoutConfirmed { payout, owner, amount }
        }
        Fact::PayoutFailed { payout, reason } => {
            let p = tables.payouts.get(payout)?;
            let (payout, owner, amount, reason) = (p.payout, p.owner, p.amount, reason.clone());
            Settlement::PayoutFailed { payout, owner, amount, reason }
        }
        Fact::FundsAuthorized { auth, fund, credit, expires_at, .. } => {
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            Settlement::HoldPlaced { hold, expires_at: *expires_at }
        }
        Fact::AuthorizationCaptured { auth, payment, fund, credit } => {
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            Settlement::HoldCaptured { hold, payment: *payment }
        }
        // A rental's deposit is captured by the rental.
        Fact::RentalCharged { rental, payment, fund, .. } if *fund > 0 => {
            let hold = hold_of(ledger, rental, *fund, 0)?;
            Settlement::HoldCaptured { hold, payment: *payment }
        }
        Fact::FundsReleased { auth, fund, credit, .. } => {
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            Settlement::HoldReleased { hold, reason: ReleaseReason::Released }
        }
        Fact::AuthorizationClosed { auth, fund, credit, expired } => {
            let reason = if *expired { ReleaseReason::Expired } else { ReleaseReason::Cancelled };
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            Settlement::HoldReleased { hold, reason }
        }
        Fact::DepositSecured { rental } => {
            let held = tables.authorizations.get(rental)?;
            let (frozen, waived) = (held.fund_total, held.credit_total);
            let rental = rental_of(ledger, rental)?;
            Settlement::RentalSecured { rental, frozen, waived }
        }
        Fact::RentalSettled { rental } => {
            let rental = rental_of(ledger, rental)?;
            Settlement::RentalSettled { rental, bought_for: 0 }
        }
        Fact::RentalBoughtOut { rental, price, .. } => {
            let rental = rental_of(ledger, rental)?;
            Settlement::RentalSettled { rental, bought_for: *price }
        }
        Fact::RentalPaymentPending { rental, advanced, .. } => {
            let rental = rental_of(ledger, rental)?;
            Settlement::RentalPaymentPending { rental, advanced: *advanced }
        }
        Fact::RentalCollected { rental, amount } => {
            let rental = rental_of(ledger, rental)?;
            Settlement::RentalCollected { rental, amount: *amount }
        }
        Fact::AdvanceReturned { rental, to_platform, to_credit, to_balance, .. } => {
            let (rental, to_platform) = (rental_of(ledger, rental)?, *to_platform);
            let to_user = to_credit.saturating_add(*to_balance);
            Settlement::RentalAdvanceReturned { rental, to_platform, to_user }
        }
        Fact::CollectionFailed { rental, .. } => {
            let rental = rental_of(ledger, rental)?;
            Settlement::RentalCollectionFailed { rental }
        }
        Fact::RentalOverdue { rental } => {
            Settlement::RentalOverdue { rental: rental_of(ledger, rental)? }
        }
        Fact::RentalCancelled { rental, expired } => {
            let rental = rental_of(ledger, rental)?;
            Settlement::RentalCancelled { rental, expired: *expired }
        }
        Fact::ReserveReleased { merchant, amount, recovered, .. } => {
            let currency = tables.merchants.get(merchant)?.terms.settle_currency;
            let amount = Money { amount: *amount, currency };
            let recovered = Money { amount: *recovered, currency };
            Settlement::ReserveReleased { merchant: *merchant, amount, recovered }
        }
        Fact::ConfirmationArrived { .. } => return batches::arrived(ledger, fact),
        Fact::SettlementConfirmed { payment, recovered, reserve, available } => {
            let p = payment_of(payment)?;
            // Its home settles it, and tells how.
            if !ledger.place().is_home(merchant_of(p)) {
                return None;
            }
            batches::confirmed(p, merchant_of(p), *recovered, *reserve, *available)
        }
        Fact::DisputeOpened { dispute, .. } => {
            Settlement::DisputeOpened { dispute: dispute_of(ledger, dispute)? }
        }
        Fact::DisputeDefended { dispute, .. } => {
            Settlement::DisputeDefended { dispute: dispute_of(ledger, dispute)? }
        }
        Fact::DisputeJudged { dispute, ruling, fee, .. } => {
            let dispute = dispute_of(ledger, dispute)?;
            Settlement::DisputeJudged { dispute, ruling: *ruling, fee: *fee }
        }
        Fact::CampaignFunded { .. }
        | Fact::CampaignClosed { .. }
        | Fact::CouponIssued { .. }
        | Fact::CouponRevoked { .. }
        | Fact::CouponExpired { .. }
        | Fact::CouponLocked { .. }
        | Fact::CouponUnlocked { .. }
        | Fact::CouponUsed { .. }
        | Fact::CouponReturned { .. } => return coupons::told(ledger, fact),
        Fact::QuotePublished { .. }
        | Fact::QuoteExpired { .. }
        | Fact::FxConverted { .. }
        | Fact::FxReturned { .. } => return exchange::told(ledger, fact),
        Fact::CardDefined { .. }
        | Fact::CardOpened { .. }
        | Fact::CardUpdated { .. }
        | Fact::CardClosed { .. }
        | Fact::CardExpired { .. }
        | Fact::CardLoaded { .. }
        | Fact::CardUnloaded { .. }
        | Fact::CardCharged { .. }
        | Fact::CardReturned { .. } => return cards::told(ledger, fact),
        Fact::PointsEarned { .. }
        | Fact::PointsRedeemed { .. }
        | Fact::PointsAdjusted { .. }
        | Fact::PointsReversed { .. }
        | Fact::PointsExpired { .. }
        | Fact::PointsReturned { .. } => return cards::told_of_points(ledger, fact),
        Fact::PacketSent { .. }
        | Fact::PacketClaimed { .. }
        | Fact::PacketExpired { .. }
        | Fact::PacketArrived { .. }
        | Fact::PacketReturned { .. } => return packets::told(ledger, fact, movements),
        Fact::PaymentSplit { .. }
        | Fact::SplitFinished { .. }
        | Fact::SplitReturned { .. }
        | Fact::SplitReturnFailed { .. }
        | Fact::RoyaltyTaken { .. }
        | Fact::RoyaltyArrived { .. } => return royalties::told(ledger, fact, movements),
        Fact::InvoiceRequested { .. }
        | Fact::InvoiceIssued { .. }
        | Fact::InvoiceRejected { .. }
        | Fact::InvoiceReversed { .. }
        | Fact::RedInvoiceDue { .. } => return invoices::told(ledger, fact),
        Fact::StatementIssued { .. } | Fact::StatementAssessed { .. } => {
            return credit::told(ledger, fact);
        }
        Fact::PlanCreated { .. }
        | Fact::TermBilled { .. }
        | Fact::PlanPrepaid { .. }
        | Fact::PlanWrittenOff { .. }
        | Fact::PlanRepaid { .. }
        | Fact::PlanReduced { .. } => return plans::told(ledger, fact),
        Fact::SellerFeeCharged { .. }
        | Fact::SellerFeeEarned { .. }
        | Fact::SellerFeeReturned { .. } => return plans::told_of_seller(ledger, fact),
        Fact::LoanDrawn { .. }
        | Fact::LoanTermDue { .. }
        | Fact::LoanOverdue { .. }
        | Fact::LoanRepaid { .. }
        | Fact::LoanWrittenOff { .. }
        | Fact::LoanCharged { .. }
        | Fact::RepaymentReturned { .. }
        | Fact::LoanDrawnMore { .. }
        | Fact::LoanChargeWaived { .. } => return loans::told(ledger, fact),
        Fact::BillDebited { .. } | Fact::LoanDebited { .. } => return debits::told(ledger, fact),
        Fact::CreditWrittenOff { .. } | Fact::CreditRecovered { .. } => {
            return losses::told(ledger, fact);
        }
        Fact::TransferArrived { from, to, amount }
        | Fact::PostingArrived { debit: from, credit: to, amount } => {
            let amount = moved_money(ledger, movements, *amount)?;
            Settlement::TransferArrived { from: *from, to: *to, amount }
        }
        Fact::TransferReturned { from, to, amount, why }
        | Fact::PostingReturned { debit: from, credit: to, amount, why } => {
            let amount = moved_money(ledger, movements, *amount)?;
            Settlement::TransferReturned { from: *from, to: *to, amount, why: *why }
        }
        Fact::RefundFailed { payment, out_request_no, why } => {
            let merchant = merchant_of(payment_of(payment)?);
            let (payment, out_request_no) = (*payment, out_request_no.clone());
            Settlement::RefundFailed { payment, out_request_no, merchant, why: *why }
        }
        Fact::SplitFailed { payment, out_request_no, why } => {
            let merchant = merchant_of(payment_of(payment)?);
            let (payment, out_request_no) = (*payment, out_request_no.clone());
            Settlement::SplitFailed { payment, out_request_no, merchant, why: *why }
        }
        Fact::CloseDecided { merchant, why } => {
            Settlement::CloseDecided { merchant: *merchant, why: *why }
        }
        // Every shard hears of it; the app's home tells it.
        Fact::AppAuthGranted { app, .. } | Fact::AppAuthRevoked { app, .. }
            if !ledger.place().is_home(*app) =>
        {
            return None;
        }
        Fact::AppAuthGranted { app, merchant, scopes, expires_at } => {
            let (app, merchant, scopes) = (*app, *merchant, scopes.clone());
            Settlement::AppAuthGranted { app, merchant, scopes, expires_at: *expires_at }
        }
        Fact::AppAuthRevoked { app, merchant, scopes } => {
            let (app, merchant, scopes) = (*app, *merchant, scopes.clone());
            Settlement::AppAuthRevoked { app, merchant, scopes }
        }
        Fact::CouponDefined { .. }
        | Fact::CouponReleased { .. }
        | Fact::RemittanceSent { .. }
        | Fact::RemittanceReceived { .. }
        | Fact::MerchantKnown { .. }
        | Fact::BatchForwarded { .. }
        | Fact::ProceedsReceived { .. }
        | Fact::RefundAsked { .. }
        | Fact::ReductionAsked { .. }
        | Fact::RefundFunded { .. }
        | Fact::DisputeCharged { .. }
        | Fact::DisputeDebtPaid { .. }
        | Fact::DisputeReversed { .. }
        | Fact::BackHomeArrived { .. }
        | Fact::RentalCreated { .. }
        | Fact::RentalAssessed { .. }
        | Fact::RentalStarted { .. }
        | Fact::RentalExtended { .. }
        | Fact::RentalReturned { .. }
        | Fact::RentTermDue { .. }
        | Fact::DamageClaimed { .. }
        | Fact::ChargeReduced { .. }
        | Fact::RentalCharged { .. }
        | Fact::AdvanceRepaid { .. }
        | Fact::RentalLost { .. }
        | Fact::CreditLineGranted { .. }
        | Fact::LimitAdjusted { .. }
        | Fact::CreditLineFrozen { .. }
        | Fact::CreditLineUnfrozen { .. }
        | Fact::CreditLineClosed { .. }
        | Fact::CreditRepaid { .. }
        | Fact::InterestAccrued { .. }
        | Fact::CreditReduced { .. }
        | Fact::AutoDebitSet { .. }
        | Fact::LatenessEnded { .. }
        | Fact::Provisioned { .. }
        | Fact::CreditFunded { .. }
        | Fact::FundingRepaid { .. }
        | Fact::RoyaltyBound { .. }
        | Fact::RoyaltyUnbound { .. }
        | Fact::RoyaltyFreezeSet { .. }
        | Fact::ProceedsFrozen { .. }
        | Fact::ProceedsFreed { .. }
        | Fact::RoyaltyRefused { .. }
        | Fact::SplitReturnAsked { .. }
        | Fact::RoyaltyGivenBack { .. }
        | Fact::RoyaltyTold { .. }
        | Fact::SplitAsked { .. }
        | Fact::SplitPaid { .. }
        | Fact::SplitFunded { .. }
        | Fact::CloseAsked { .. }
        | Fact::CloseAnswered { .. }
        | Fact::CommandRejected { .. }
        | Fact::AccountOpened { .. }
        | Fact::TransferPosted
        | Fact::TransferPended { .. }
        | Fact::PendingSetAway { .. }
        | Fact::TransferCompleted { .. }
        | Fact::TransferVoided { .. }
        | Fact::TransferExpired { .. }
        | Fact::AppRegistered { .. }
        | Fact::AppLimitsSet { .. }
        | Fact::AppAsked { .. }
        | Fact::UserOpened { .. }
        | Fact::MerchantOnboarded { .. }
        | Fact::LimitsSet { .. }
        | Fact::AccountRestricted { .. }
        | Fact::RestrictionLifted { .. }
        | Fact::HoldPlaced { .. }
        | Fact::HoldReleased { .. }
        | Fact::HoldSeized { .. }
        | Fact::AccountClosed { .. }
        | Fact::ToppedUp { .. }
        | Fact::Transferred { .. }
        | Fact::ReceiptRecorded { .. }
        | Fact::ReceiptMatched { .. }
        | Fact::AdjustmentPosted { .. }
        | Fact::ClockAdvanced { .. }
        | Fact::PaymentCreated { .. }
        | Fact::PaymentQuoted { .. }
        | Fact::FeeCharged { .. }
        | Fact::FeeReturned { .. }
        | Fact::PaymentCancelled { .. }
        | Fact::PaymentFinished { .. }
        | Fact::BatchOpened { .. }
        | Fact::BatchCut { .. } => return None,
    })
}

/// Accounts opened with the history flag tell each movement with the balances after it.
fn moved(ledger: &Ledger, m: &Movement, tell: &mut impl FnMut(Settlement)) {
    let side = |account: &Account, debit: u64, credit: u64| Settlement::AccountMoved {
        account: account.key.owner,
        debit: Money { amount: debit, currency: account.currency },
        credit: Money { amount: credit, currency: account.currency },
        pending: m.layer == Layer::Pending,
        debits_posted: account.debits_posted,
        credits_posted: account.credits_posted,
    };
    if m.layer == Layer::Released {
        return;
    }
    let accounts = &ledger.tables().accounts;
    let (debit, credit) = (accounts.row(m.debit), accounts.row(m.credit));
    if debit.history {
        tell(side(debit, m.amount, 0));
    }
    if credit.history {
        tell(side(credit, 0, m.amount));
    }
}
