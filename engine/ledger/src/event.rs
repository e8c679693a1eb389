//! What has happened: facts that `apply` turns into state and that blocks keep for ever.
//!
//! An event is a fact and the movements it caused. Facts carry all that `apply` needs, so that a
//! reader can fold them without the rules; they are never refused.

mod decision;
mod lost;

pub use decision::Decision;
pub use lost::LostDebt;

use crate::account::{AccountKey, AccountNo, SignRule};
use crate::command::{
    AppLimits, Bearer, Block, CardTerms, CodeKind, CouponTerms, CreditTerms, DisputeKind,
    FreezeReason, InvoiceKind, InvoiceLine, LimitScope, Limits, LoanChargeKind, LoanTerms,
    MerchantTerms, Owner, PacketKind, PacketSender, PayMode, PublicKey, QuoteTerms, Reference,
    RentalTerms, RoyaltyRefunds, Scope,
};
use crate::id::Id;
use crate::instalments::Split;
use crate::money::{Currency, Money};
use crate::rejection::Rejection;
use crate::remittance::{Cargo, RoyaltyReturn, RoyaltySent, Standing};
use crate::state::{CardState, CouponState, CreditBasis, Ruling, StatementState};

/// Every fact there is. Amounts are minor units, times milliseconds since 1970.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "fields carry the names of DOMAIN §4; units are in the doc above")]
pub enum Fact {
    /// A command was refused; its id stays taken.
    CommandRejected {
        rejection: Rejection,
    },
    /// An account was opened and got the next number of its shard.
    AccountOpened {
        number: AccountNo,
        key: AccountKey,
        currency: Currency,
        sign_rule: SignRule,
        history: bool,
    },
    /// A single-phase transfer between ledger accounts.
    TransferPosted,
    /// A transfer reserved on both accounts; its number is its row.
    TransferPended {
        transfer: Id,
        expires_at: Option<u64>,
    },
    /// The pending transfer before this fact is for an account of another shard: what is posted of
    /// it goes there, and with `up_to` what is not needed there comes back.
    PendingSetAway {
        transfer: Id,
        credit: Id,
        up_to: bool,
    },
    /// A pending transfer was posted; what was not posted was released.
    TransferCompleted {
        pending: Id,
    },
    /// A pending transfer was released.
    TransferVoided {
        pending: Id,
    },
    /// A pending transfer was released by the clock.
    TransferExpired {
        pending: Id,
    },
    AppRegistered {
        app: Id,
        key: Id,
        scopes: Vec<Reference>,
        public_key: Option<PublicKey>,
    },
    UserOpened {
        user: Id,
        kyc_class: u8,
        currency: Currency,
        account: AccountNo,
    },
    MerchantOnboarded {
        merchant: Id,
        terms: MerchantTerms,
        account: AccountNo,
    },
    LimitsSet {
        scope: LimitScope,
        currency: Currency,
        limits: Limits,
    },
    AccountRestricted {
        owner: Owner,
        block: Block,
        case: Reference,
    },
    RestrictionLifted {
        owner: Owner,
        block: Block,
        case: Reference,
    },
    HoldPlaced {
        hold: Id,
        user: Id,
        amount: u64,
    },
    HoldReleased {
        hold: Id,
        amount: u64,
    },
    HoldSeized {
        hold: Id,
        amount: u64,
        order_ref: Reference,
    },
    AccountClosed {
        owner: Owner,
    },
    ToppedUp {
        user: Id,
        bank_ref: Reference,
        amount: u64,
    },
    Transferred {
        from: Id,
        to: Id,
        amount: u64,
    },
    PayoutRequested {
        payout: Id,
        owner: Owner,
        amount: Money,
        fee: u64,
    },
    PayoutConfirmed {
        payout: Id,
    },
    PayoutFailed {
        payout: Id,
        reason: Reference,
    },
    /// Money of an unknown owner arrived.
    ReceiptRecorded {
        bank_ref: Reference,
        amount: Money,
    },
    /// Its owner became known.
    ReceiptMatched {
        bank_ref: Reference,
        target: Owner,
        amount: u64,
    },
    AdjustmentPosted {
        reason: Reference,
        maker: Id,
        approver: Id,
    },
    ClockAdvanced {
        to: u64,
    },
    PaymentCreated {
        payment: Id,
        out_trade_no: Reference,
        merchant: Id,
        mode: PayMode,
        code_kind: CodeKind,
        auth_code: Option<Reference>,
        amount: Money,
        expires_at: u64,
        /// Made by a rental; its number is the rental's and not an index of orders.
        /// The rental that made it, or none.
        rental: Id,
        /// Of the amount, what no coupon pays.
        undiscountable: u64,
    },
    /// `channel` names the acquirer when part of the amount came from one.
    PaymentPaid {
        payment: Id,
        user: Id,
        balance: u64,
        credit: u64,
        channel_amount: u64,
        channel: Id,
        batch: u32,
        /// A capture or rental: agreed before. It counts as spent; what of it was frozen counted
        /// since then, and the rest is no more than limits left.
        agreed: bool,
    },
    FeeCharged {
        payment: Id,
        amount: u64,
    },
    PaymentClosed {
        payment: Id,
        reason: CloseReason,
    },
    FeeReturned {
        payment: Id,
        amount: u64,
    },
    /// `from_*` say where the money came from, `to_*` where it went; `surplus` is the part of
    /// `to_credit` that was no longer owed and went to the balance.
    RefundSucceeded {
        payment: Id,
        out_request_no: Reference,
        amount: u64,
        from_own_batch: u64,
        from_available: u64,
        from_open_batch: u64,
        open_batch: Option<u32>,
        to_credit: u64,
        surplus: u64,
        to_channel: u64,
        to_balance: u64,
    },
    /// A payment was cancelled after it was paid; the refund is its own event.
    PaymentCancelled {
        payment: Id,
    },
    PaymentFinished {
        payment: Id,
    },
    BatchOpened {
        merchant: Id,
        date: u32,
        account: AccountNo,
        settle_at: u64,
    },
    BatchCut {
        batch: u32,
    },
    /// `recovered` paid the merchant's debt, `reserve` was kept back, `available` may be paid out.
    BatchSettled {
        batch: u32,
        recovered: u64,
        reserve: u64,
        available: u64,
    },
    /// Given back to the merchant; by the clock if a batch is named. `recovered` of it paid the
    /// merchant's debt.
    ReserveReleased {
        merchant: Id,
        amount: u64,
        recovered: u64,
        batch: Option<u32>,
    },
    FundsAuthorized {
        auth: Id,
        out_order_no: Reference,
        out_request_no: Reference,
        user: Id,
        merchant: Id,
        currency: Currency,
        fund: u64,
        credit: u64,
        basis: CreditBasis,
        expires_at: Option<u64>,
    },
    /// `fund` and `credit` are the parts of the hold that were used.
    AuthorizationCaptured {
        auth: Id,
        payment: Id,
        fund: u64,
        credit: u64,
    },
    FundsReleased {
        auth: Id,
        fund: u64,
        credit: u64,
        out_request_no: Option<Reference>,
        biz_complete: bool,
    },
    AuthorizationClosed {
        auth: Id,
        fund: u64,
        credit: u64,
        expired: bool,
    },
    RentalCreated {
        rental: Id,
        out_order_no: Reference,
        merchant: Id,
        user: Id,
        terms: Box<RentalTerms>,
    },
    RentalAssessed {
        rental: Id,
        score: u32,
        declined: bool,
        waived: u64,
    },
    DepositSecured {
        rental: Id,
    },
    RentalStarted {
        rental: Id,
        at: u64,
    },
    RentalExtended {
        rental: Id,
        new_expiry: u64,
    },
    RentalReturned {
        rental: Id,
        restore_at: u64,
        rent: u64,
        late_rent: u64,
    },
    /// A term of the plan fell due, from 1.
    RentTermDue {
        rental: Id,
        term_no: u32,
        amount: u64,
    },
    DamageClaimed {
        rental: Id,
        amount: u64,
        evidence: Reference,
    },
    /// `given_back` was paid already and is refunded.
    ChargeReduced {
        rental: Id,
        item: u32,
        amount: u64,
        given_back: u64,
    },
    /// Money was taken for a rental; it pays charges in their order. `fund` came out of the
    /// frozen deposit, `repaid` paid back what the platform had advanced.
    RentalCharged {
        rental: Id,
        payment: Id,
        amount: u64,
        fund: u64,
        repaid: u64,
    },
    /// Of what was charged before it, so much paid back what the platform had advanced, and a part
    /// of that `on_credit`.
    AdvanceRepaid {
        rental: Id,
        amount: u64,
        on_credit: u64,
    },
    /// The merchant gives back what was advanced: to the platform what that has not back, to the
    /// user what the user paid back of it. `surplus` is the part of `to_credit` that was no longer
    /// owed and went to the balance.
    AdvanceReturned {
        rental: Id,
        to_platform: u64,
        to_credit: u64,
        surplus: u64,
        to_balance: u64,
        from_own_batch: u64,
        from_available: u64,
        from_open_batch: u64,
        open_batch: Option<u32>,
    },
    RentalSettled {
        rental: Id,
    },
    /// `advanced` was paid to the merchant by the platform, into this batch.
    RentalPaymentPending {
        rental: Id,
        outstanding: u64,
        advanced: u64,
        batch: Option<u32>,
    },
    RentalCollected {
        rental: Id,
        amount: u64,
    },
    CollectionFailed {
        rental: Id,
        outstanding: u64,
    },
    RentalOverdue {
        rental: Id,
    },
    RentalBoughtOut {
        rental: Id,
        term_no: u32,
        price: u64,
    },
    RentalLost {
        rental: Id,
        amount: u64,
    },
    /// Ended before it started; by the clock if expired.
    RentalCancelled {
        rental: Id,
        expired: bool,
    },
    CreditLineGranted {
        user: Id,
        limit: Money,
        terms: CreditTerms,
    },
    LimitAdjusted {
        user: Id,
        limit: Money,
    },
    CreditLineFrozen {
        user: Id,
        reason: FreezeReason,
    },
    CreditLineUnfrozen {
        user: Id,
        reason: Reference,
    },
    CreditLineClosed {
        user: Id,
        reason: Reference,
    },
    /// `principal` was paid back, `billed` and `overdue` of it from those parts, and charges.
    CreditRepaid {
        user: Id,
        principal: u64,
        penalty: u64,
        interest: u64,
        fee: u64,
        billed: u64,
        overdue: u64,
    },
    /// `purchases` were billed. What is to be paid is what was billed and not paid before, what
    /// is overdue, and `charges`; dates are days since 1970.
    StatementIssued {
        user: Id,
        due_on: u32,
        purchases: u64,
        charges: u64,
        total: u64,
        minimum: u64,
    },
    /// The days of grace are over, and something was unpaid; `overdue` became so.
    StatementAssessed {
        user: Id,
        state: StatementState,
        unpaid: u64,
        overdue: u64,
        late_fee: u64,
    },
    /// For the night before date `on`; `rest` millionths stay for the next.
    InterestAccrued {
        user: Id,
        on: u32,
        amount: u64,
        rest: u32,
    },
    /// A refund or dispute paid back what was billed or overdue; its money is in the fact before.
    CreditReduced {
        user: Id,
        billed: u64,
        overdue: u64,
    },
    /// Principal is put into a plan, of a purchase or else of the last statement; `fee` is that of
    /// all terms. What the seller bears of it was charged before this.
    PlanCreated {
        plan: Id,
        user: Id,
        payment: Id,
        amount: u64,
        fee_ppm: u32,
        fee: u64,
        terms: u32,
        bearer: Bearer,
        split: Split,
    },
    /// The whole fee of a plan that is about to be made, of its seller: MP→UI.
    SellerFeeCharged {
        plan: Id,
        payment: Id,
        amount: u64,
    },
    /// For terms that were billed, paid ahead or lost, by the fact before: UI→I2.
    SellerFeeEarned {
        plan: Id,
        amount: u64,
    },
    /// For terms that a refund or a dispute cuts, whose facts stand behind this: UI→ the payment's
    /// own batch, or settled money.
    SellerFeeReturned {
        plan: Id,
        payment: Id,
        amount: u64,
        batch: Option<u32>,
    },
    /// By a statement, which stands behind it. Terms are numbered from 1.
    TermBilled {
        plan: Id,
        term_no: u32,
        principal: u64,
        fee: u64,
    },
    /// All that was ahead of a plan.
    PlanPrepaid {
        plan: Id,
        amount: u64,
    },
    /// A refund or dispute cut the last terms; its money is in the fact before.
    PlanReduced {
        plan: Id,
        amount: u64,
    },
    /// All that was owed is lost; `provided` of it had been set aside.
    CreditWrittenOff {
        user: Id,
        lost: LostDebt,
        provided: u64,
    },
    /// All that was ahead of a plan; its money is in the fact before.
    PlanWrittenOff {
        plan: Id,
        amount: u64,
    },
    /// Lent to a user's balance.
    LoanDrawn {
        loan: Id,
        user: Id,
        amount: u64,
        terms: LoanTerms,
    },
    /// Lent to the user's balance on a loan that runs. `at_once` of it is due, the terms to come
    /// share the rest; `charged` and `rest` as with a repayment.
    LoanDrawnMore {
        loan: Id,
        amount: u64,
        at_once: u64,
        charged: u64,
        rest: u32,
    },
    /// Terms are numbered from 1; behind the last one only interest falls due. `interest` is
    /// charged now, `rest` millionths stay for the next.
    LoanTermDue {
        loan: Id,
        term_no: u32,
        principal: u64,
        interest: u64,
        rest: u32,
    },
    /// The days of grace of a term are over. `due_no` counts the dates on which something fell due,
    /// the day of drawing first; 0 where it was not said.
    LoanOverdue {
        loan: Id,
        unpaid: u64,
        due_no: u32,
    },
    /// What is `left` of a late debt is within the tolerance, and is late no more: of a loan, or
    /// else of the bill, where it becomes billed again (PO→PB).
    LatenessEnded {
        user: Id,
        loan: Id,
        left: u64,
    },
    /// `charged` is the interest to the day, of which `rest` millionths stay. Paid were
    /// `interest`, principal that was `due`, principal `ahead`, and charges, oldest due first.
    LoanRepaid {
        loan: Id,
        charged: u64,
        rest: u32,
        interest: u64,
        due: u64,
        ahead: u64,
        fee: u64,
        penalty: u64,
    },
    /// All that was owed of a loan; its money is in the fact before.
    LoanWrittenOff {
        loan: Id,
        principal: u64,
        interest: u64,
        fee: u64,
        penalty: u64,
    },
    /// Is owed, and falls due on a date.
    LoanCharged {
        loan: Id,
        charge: Id,
        kind: LoanChargeKind,
        amount: u64,
        due_on: u32,
    },
    /// Principal that was repaid is owed again, and due at once; `charged` and `rest` as with a
    /// repayment.
    RepaymentReturned {
        loan: Id,
        chargeback: Id,
        amount: u64,
        charged: u64,
        rest: u32,
    },
    /// All of it that was not paid.
    LoanChargeWaived {
        loan: Id,
        charge: Id,
        amount: u64,
    },
    /// Paid ahead in part, off the last terms.
    PlanRepaid {
        plan: Id,
        amount: u64,
    },
    /// The clock debits dues of a line or a loan from the balance from now on, or no longer.
    AutoDebitSet {
        user: Id,
        target: Id,
        on: bool,
    },
    /// The clock debited on a date what was `due` of a bill, as far as the balance went; the
    /// repayment is behind this fact, if anything was `paid`.
    BillDebited {
        user: Id,
        on: u32,
        due: u64,
        paid: u64,
    },
    /// As `BillDebited`, of a loan.
    LoanDebited {
        loan: Id,
        on: u32,
        due: u64,
        paid: u64,
    },
    /// A debt that was written off was paid in part.
    CreditRecovered {
        user: Id,
        amount: u64,
    },
    /// Set aside for losses to come.
    Provisioned {
        amount: Money,
    },
    /// The first one opened the campaign.
    CampaignFunded {
        campaign: Id,
        funder: Id,
        amount: Money,
    },
    /// `amount` went back.
    CampaignClosed {
        campaign: Id,
        amount: u64,
    },
    CouponDefined {
        template: Id,
        terms: Box<CouponTerms>,
    },
    CouponIssued {
        coupon: Id,
        template: Id,
        user: Id,
    },
    CouponRevoked {
        coupon: Id,
        reason: Reference,
    },
    CouponExpired {
        coupon: Id,
    },
    /// An order that is not paid yet names it: nothing else can use it.
    CouponLocked {
        coupon: Id,
        payment: Id,
    },
    /// The order was closed; `state` is what the coupon becomes.
    CouponUnlocked {
        coupon: Id,
        payment: Id,
        state: CouponState,
    },
    /// Stands before the fact that its payment is paid. The receipts are `discount` less; `funded`
    /// came from the campaign.
    CouponUsed {
        coupon: Id,
        payment: Id,
        discount: u64,
        funded: u64,
    },
    /// Stands before the refund with which these parts go back; `state` is what it becomes. Of
    /// `funded`, `kept` waits for the rest.
    CouponReturned {
        coupon: Id,
        payment: Id,
        discount: u64,
        funded: u64,
        state: CouponState,
        kept: u64,
    },
    /// What was kept of a coupon whose time is over before all of it was back.
    CouponReleased {
        coupon: Id,
        amount: u64,
    },
    PacketSent {
        packet: Id,
        sender: PacketSender,
        total: Money,
        count: u32,
        kind: PacketKind,
        seed: u64,
        expires_at: u64,
    },
    /// A part is a user's; of another shard if a remittance stands behind this.
    PacketClaimed {
        packet: Id,
        user: Id,
        amount: u64,
    },
    /// What was left went back to the sender.
    PacketExpired {
        packet: Id,
        amount: u64,
    },
    /// A part of a packet of another shard.
    PacketArrived {
        packet: Id,
        user: Id,
        amount: u64,
    },
    /// A part that another shard could not place; it can be claimed again, or is the sender's.
    PacketReturned {
        packet: Id,
        user: Id,
        amount: u64,
        why: Rejection,
        reopens: bool,
    },
    InvoiceRequested {
        invoice: Id,
        payment: Id,
        title: Reference,
        tax_no: Option<Reference>,
        kind: InvoiceKind,
        amount: u64,
    },
    InvoiceIssued {
        invoice: Id,
        no: Reference,
        lines: Vec<InvoiceLine>,
        ex_tax: u64,
        tax: u64,
    },
    InvoiceRejected {
        invoice: Id,
        reason: Reference,
    },
    /// By a red invoice.
    InvoiceReversed {
        invoice: Id,
        no: Reference,
        ex_tax: u64,
        tax: u64,
    },
    /// After a refund so much more is invoiced than the user has still paid.
    RedInvoiceDue {
        payment: Id,
        amount: u64,
    },
    /// `from_*` say where the money came from; `owed` became the merchant's debt.
    DisputeOpened {
        dispute: Id,
        payment: Id,
        kind: DisputeKind,
        amount: u64,
        due_at: u64,
        from_own_batch: u64,
        from_available: u64,
        owed: u64,
    },
    DisputeDefended {
        dispute: Id,
        evidence: Reference,
    },
    /// `to_*` say where the money went: `surplus` is the part of `to_credit` that was no longer
    /// owed and went to the balance, `to_debt` paid the merchant's debt. `fee_owed` is the part
    /// of the fee that became the merchant's debt.
    DisputeJudged {
        dispute: Id,
        ruling: Ruling,
        to_credit: u64,
        surplus: u64,
        to_channel: u64,
        to_balance: u64,
        to_debt: u64,
        to_available: u64,
        fee: u64,
        fee_owed: u64,
    },
    /// A part of a payment left its batch before it; parts as in `BatchSettled`.
    SettlementConfirmed {
        payment: Id,
        recovered: u64,
        reserve: u64,
        available: u64,
    },
    /// A part of a payment on another shard was settled here ahead of its batch there; what is kept
    /// back is counted in `batch` where the clock gives it back.
    ConfirmationArrived {
        payment: Id,
        merchant: Id,
        out_trade_no: Reference,
        batch: Option<u32>,
        recovered: u64,
        reserve: u64,
        available: u64,
    },
    /// What a merchant has back of a payment on another shard.
    BackHomeArrived {
        merchant: Id,
        payment: Id,
        amount: u64,
    },
    /// So many other shards are asked whether a merchant of this one may be closed.
    CloseAsked {
        merchant: Id,
        shards: u32,
    },
    /// One of them has answered whether anything of the merchant is open there.
    CloseAnswered {
        merchant: Id,
        shard: u32,
        open: bool,
    },
    /// All of them have: the merchant is closed, or why it is not.
    CloseDecided {
        merchant: Id,
        why: Option<Rejection>,
    },
    /// The home of a payment's merchant is asked for what is to be shared.
    SplitAsked {
        payment: Id,
        out_request_no: Reference,
        shares: Vec<(Id, u64)>,
        finish: bool,
    },
    /// It has paid for a split of a payment elsewhere.
    SplitPaid {
        merchant: Id,
        payment: Id,
        amount: u64,
    },
    /// What it paid is here: it is the merchant's, and shared with the event behind this one.
    SplitFunded {
        merchant: Id,
        payment: Id,
        amount: u64,
    },
    /// What was asked for is not shared; its number may be used again.
    SplitFailed {
        payment: Id,
        out_request_no: Reference,
        why: Rejection,
    },
    /// All other shards are told that a receiver is bound to a merchant of this one.
    RoyaltyTold {
        merchant: Id,
        receiver: Id,
    },
    RoyaltyBound {
        merchant: Id,
        receiver: Id,
    },
    RoyaltyUnbound {
        merchant: Id,
        receiver: Id,
    },
    /// What the merchant receives of the payment will be frozen.
    RoyaltyFreezeSet {
        payment: Id,
    },
    /// What the merchant receives of the payment, after its fee.
    ProceedsFrozen {
        payment: Id,
        amount: u64,
    },
    /// `from_*` say where the money of all shares came from.
    PaymentSplit {
        payment: Id,
        out_request_no: Reference,
        shares: Vec<(Id, u64)>,
        finish: bool,
        from_frozen: u64,
        from_own_batch: u64,
        from_available: u64,
    },
    /// `amount` was frozen still and went into this batch; by the clock if expired.
    SplitFinished {
        payment: Id,
        amount: u64,
        batch: Option<u32>,
        expired: bool,
    },
    /// Stands before the refund or dispute for which it came free: into this batch, or to the
    /// merchant's settled money.
    ProceedsFreed {
        payment: Id,
        amount: u64,
        batch: Option<u32>,
    },
    /// Receivers gave back: of their own under a number, else for a refund, as a rule the one
    /// behind this fact, of which the merchant gives `pro_rata` where it is in proportion, or
    /// because a share could not be placed. Into this batch, or to the merchant's settled money.
    SplitReturned {
        payment: Id,
        out_return_no: Option<Reference>,
        shares: Vec<ReturnedShare>,
        batch: Option<u32>,
        pro_rata: u64,
    },
    /// A share of a payment of another shard is its receiver's.
    RoyaltyArrived {
        sent: RoyaltySent,
        amount: u64,
    },
    /// A share that the receiver's shard could not place is here again; stands before its return.
    RoyaltyRefused {
        sent: RoyaltySent,
        amount: u64,
        why: Rejection,
    },
    /// Receivers at home elsewhere were asked to give back: of their own under a number, else for
    /// the refund before this fact, in proportion or by name.
    SplitReturnAsked {
        payment: Id,
        out_return_no: Option<Reference>,
        shares: Vec<ReturnedShare>,
        pro_rata: bool,
    },
    /// A receiver gave back of a share of a payment of another shard.
    RoyaltyTaken {
        sent: RoyaltySent,
        amount: u64,
    },
    /// What a receiver elsewhere gave back is here; stands before its return.
    RoyaltyGivenBack {
        sent: RoyaltySent,
        amount: u64,
    },
    /// A receiver elsewhere gives nothing back.
    SplitReturnFailed {
        asked: Box<RoyaltyReturn>,
        why: Rejection,
    },
    /// A partner sent money to be lent.
    CreditFunded {
        bank: Id,
        amount: Money,
    },
    FundingRepaid {
        bank: Id,
        amount: Money,
    },
    /// Something went to another shard: its number is the next one of this pair of shards.
    RemittanceSent {
        to: u32,
        number: u64,
        cargo: Box<Cargo>,
    },
    /// Something came from another shard; the events behind this one say what became of it.
    RemittanceReceived {
        from: u32,
        number: u64,
    },
    /// Money of a user elsewhere arrived.
    TransferArrived {
        from: Id,
        to: Id,
        amount: u64,
    },
    /// Money sent to a user elsewhere came back.
    TransferReturned {
        from: Id,
        to: Id,
        amount: u64,
        why: Rejection,
    },
    /// Money of a ledger account elsewhere arrived.
    PostingArrived {
        debit: Id,
        credit: Id,
        amount: u64,
    },
    /// Money sent to a ledger account elsewhere came back.
    PostingReturned {
        debit: Id,
        credit: Id,
        amount: u64,
        why: Rejection,
    },
    /// A merchant of another shard became known here, or its standing changed.
    MerchantKnown {
        merchant: Id,
        terms: MerchantTerms,
        account: AccountNo,
        standing: Standing,
    },
    /// A batch was settled by sending its net to the merchant's home.
    BatchForwarded {
        batch: u32,
        amount: u64,
    },
    /// The net of a merchant's batch elsewhere was put into a batch here.
    ProceedsReceived {
        batch: u32,
        amount: u64,
    },
    /// The merchant's home was asked for the money of a refund.
    RefundAsked {
        payment: Id,
        out_request_no: Reference,
        amount: u64,
        fee_part: u64,
        cancels: bool,
        royalties: RoyaltyRefunds,
    },
    /// The refund asked for before this fact reduces a charge of a rental, once it is paid for.
    ReductionAsked {
        rental: Id,
        item: u32,
        payment: Id,
        out_request_no: Reference,
    },
    /// The home of a merchant paid for a refund elsewhere.
    RefundFunded {
        merchant: Id,
        payment: Id,
        out_request_no: Reference,
        from_available: u64,
        from_open_batch: u64,
        open_batch: Option<u32>,
    },
    /// The merchant's home has no money for a refund.
    RefundFailed {
        payment: Id,
        out_request_no: Reference,
        why: Rejection,
    },
    /// The home of a merchant charged it for a dispute elsewhere: for what is held there, or for
    /// the fee. `owed` became its debt.
    DisputeCharged {
        merchant: Id,
        dispute: Id,
        is_fee: bool,
        from_available: u64,
        owed: u64,
    },
    /// The home of a merchant paid what the merchant owed here for a dispute.
    DisputeDebtPaid {
        merchant: Id,
        dispute: Id,
        amount: u64,
    },
    /// What was held in a dispute elsewhere is the merchant's again: `to_debt` paid its debt.
    DisputeReversed {
        merchant: Id,
        dispute: Id,
        to_debt: u64,
        to_available: u64,
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
    AppLimitsSet {
        app: Id,
        limits: AppLimits,
    },
    /// An app may ask for what the events behind this one did; `merchant` is whose object it is
    /// about, if any.
    AppAsked {
        app: Id,
        scope: Scope,
        merchant: Id,
        moves: Option<Money>,
    },
    QuotePublished {
        quote: Id,
        terms: QuoteTerms,
    },
    /// Its time is over.
    QuoteExpired {
        quote: Id,
    },
    /// Stands behind the order: its payer pays this, in another currency.
    PaymentQuoted {
        payment: Id,
        quote: Id,
        amount: Money,
    },
    /// Stands before the fact that the payment is paid, whose movements convert what the payer gave
    /// into what the merchant gets. The parts of that fact are in the payer's currency.
    FxConverted {
        payment: Id,
        sold: Money,
        bought: Money,
    },
    /// Stands before the refund or the ruling with which this goes back: `sold` by the merchant,
    /// `bought` for the payer. What goes to the payer's sources is in the payer's currency.
    FxReturned {
        payment: Id,
        sold: Money,
        bought: Money,
    },
    CardDefined {
        template: Id,
        terms: CardTerms,
    },
    CardOpened {
        card: Id,
        user: Id,
        template: Id,
        level: u32,
        valid_until: Option<u64>,
    },
    /// What it is now, also where that did not change.
    CardUpdated {
        card: Id,
        level: u32,
        state: CardState,
        valid_until: Option<u64>,
    },
    /// So many points lapsed.
    CardClosed {
        card: Id,
        points: u64,
    },
    CardExpired {
        card: Id,
    },
    CardLoaded {
        card: Id,
        user: Id,
        amount: u64,
    },
    CardUnloaded {
        card: Id,
        user: Id,
        amount: u64,
    },
    /// Stands before the fact that its payment is paid.
    CardCharged {
        card: Id,
        payment: Id,
        amount: u64,
    },
    /// By a payment, of what of it, or given; they expire then, or never where that is 0. Of them
    /// `repaid` pay what the card owed, and do not come onto it.
    PointsEarned {
        card: Id,
        payment: Id,
        points: u64,
        of: u64,
        until: u64,
        repaid: u64,
    },
    /// Into the balance, or of a payment: before the fact that it is paid.
    PointsRedeemed {
        card: Id,
        user: Id,
        points: u64,
        amount: u64,
        payment: Id,
    },
    PointsAdjusted {
        card: Id,
        points: u64,
        less: bool,
        reason: Reference,
        until: u64,
        repaid: u64,
    },
    /// Of what a payment earned, for the refund or ruling before this; what the card lacks is
    /// `owed`.
    PointsReversed {
        card: Id,
        payment: Id,
        points: u64,
        owed: u64,
    },
    PointsExpired {
        card: Id,
        points: u64,
    },
    /// For so much that the refund or ruling behind this moves back; new ones in their time.
    PointsReturned {
        card: Id,
        payment: Id,
        points: u64,
        amount: u64,
        until: u64,
        repaid: u64,
    },
    /// Stands before the refund or ruling that moves this back to the card.
    CardReturned {
        card: Id,
        payment: Id,
        amount: u64,
    },
}

/// What is given back of a share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReturnedShare {
    /// Of which split of the payment, from 0.
    pub split: u32,
    /// Of which of its shares, from 0.
    pub share: u32,
    /// Minor units.
    pub amount: u64,
}

/// Why an unpaid order was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CloseReason {
    /// By `ClosePayment`.
    Closed,
    /// By `CancelPayment`.
    Cancelled,
    /// By the clock.
    TimedOut,
}

/// A range of event numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventRange {
    /// Number of the first event.
    pub first: u64,
    /// How many.
    pub count: u32,
}
