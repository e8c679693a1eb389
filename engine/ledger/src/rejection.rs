//! Why a command may be refused: one enum, stable codes, a sentence each.
//!
//! A rejection is a fact of business, not an error of the engine. Where several apply, the rule's
//! staircase decides, and its order is part of the rule.

use std::fmt;

macro_rules! rejections {
    ($($variant:ident = $code:literal, $retry:ident, $sentence:literal;)*) => {
        /// A refusal. The number stands in every stored block: never change or reuse one.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum Rejection { $(#[doc = $sentence] $variant = $code,)* }

        impl Rejection {
            /// Every rejection.
            pub const ALL: &'static [Rejection] = &[$(Rejection::$variant,)*];

            /// The stable number.
            pub const fn code(self) -> u16 {
                self as u16
            }

            /// The rejection of a number.
            pub fn from_code(code: u32) -> Option<Rejection> {
                match code { $($code => Some(Rejection::$variant),)* _ => None }
            }

            /// The stable name, a sentence without its blanks.
            pub fn name(self) -> &'static str {
                match self { $(Rejection::$variant => stringify!($variant),)* }
            }

            /// What it means and what to do.
            pub fn sentence(self) -> &'static str {
                match self { $(Rejection::$variant => $sentence,)* }
            }

            /// True when the same wish, sent again under a new id, can be accepted later.
            pub fn may_pass_later(self) -> bool {
                match self { $(Rejection::$variant => rejections!(@$retry),)* }
            }
        }
    };
    (@later) => { true };
    (@never) => { false };
}

rejections! {
    IdempotencyConflict = 1, never, "The id or business number was used before for something else; choose a new one.";
    CommandTooOld = 2, never, "The command's id is older than the window in which ids are kept; send a new command.";
    CommandIdInFuture = 3, never, "The command's id carries a time in the future; use a UUIDv7 or ULID of now.";
    WrongShard = 4, never, "The command reached a shard that does not own its account; check the record key and the partitioner.";
    BatchAborted = 5, later, "Another command of the same atomic batch was refused, so none of it happened.";
    SchemaInvalid = 6, never, "A field is missing or has a value that it cannot have.";
    UnknownAccount = 10, later, "An account, user, merchant or object named by the command does not exist.";
    AccountRestricted = 11, later, "The account is restricted; lift the restriction first.";
    AccountClosed = 12, never, "The account is closed.";
    CurrencyMismatch = 13, never, "The amount is not in the currency of the account.";
    AmountOutOfRange = 14, never, "The amount is zero or larger than allowed.";
    InvalidState = 15, later, "The object is not in a state in which this is possible.";
    Duplicate = 16, never, "An object with this id or reference exists already.";
    RateOutOfRange = 17, never, "A rate, percentage or number of days is out of range.";
    InsufficientFunds = 18, later, "The balance does not cover the amount.";
    BalanceNotZero = 19, later, "The account still has a balance.";
    OpenObligations = 20, later, "The account still has open payments, holds, rentals, credit, batches or payouts.";
    BalanceCapExceeded = 21, later, "The balance would exceed its cap.";
    LimitExceeded = 22, later, "A limit per transaction, day, month, year or lifetime would be exceeded.";
    PayoutBlocked = 23, later, "The owner may not take money out while restricted.";
    Unbalanced = 24, never, "The entries do not balance in every currency.";
    FourEyes = 25, never, "Maker and approver must be different persons.";
    AccountNotAdjustable = 26, never, "Accounts of this class are moved by their own commands, not by adjustments.";
    ClockBackwards = 27, never, "The clock only moves forward.";
    AccountsMustDiffer = 28, never, "Debit and credit account must be different.";
    NotHoldOfUser = 29, never, "The hold belongs to another user.";
    ReceiptExceeded = 30, never, "More is to be matched than the receipt still has.";
    SafeguardedBankInsufficient = 31, later, "The bank account does not hold enough; move the acquirers' money there first.";
    ExceedsCredits = 40, later, "The debit account's debits would exceed its credits.";
    ExceedsDebits = 41, later, "The credit account's credits would exceed its debits.";
    PendingNotFound = 42, never, "There is no pending transfer with this id.";
    PendingAlreadyPosted = 43, never, "The pending transfer was posted already.";
    PendingAlreadyVoided = 44, never, "The pending transfer was voided already.";
    PendingExpired = 45, never, "The pending transfer timed out.";
    PendingAmountExceeded = 46, never, "More is to be posted than is pending.";
    PendingAccountsDiffer = 47, never, "The accounts named are not those of the pending transfer.";
    DuplicateOutTradeNo = 60, never, "The merchant used this out_trade_no already.";
    AmountSplitMismatch = 61, never, "The discountable and undiscountable parts do not sum to the amount.";
    AuthCodeInvalid = 62, never, "The payer's code must be 16 to 24 digits beginning with 25 to 30.";
    AuthCodeUsed = 63, never, "The payer's code was used already; codes are for one payment.";
    LegSumMismatch = 64, never, "The legs do not sum to the payment's amount.";
    BuyerIsSeller = 65, never, "Payer and merchant are the same.";
    PaymentExpired = 66, never, "The time to pay is over.";
    QrDailyLimit = 67, later, "The user's daily limit for codes of this kind would be exceeded.";
    AlreadyPaid = 68, never, "The payment is paid; refund or cancel it.";
    CancelWindowPassed = 69, never, "More than 24 hours have passed since payment; refund instead.";
    RefundExceedsPaid = 70, never, "The refunds together would exceed what was paid.";
    RefundWindowClosed = 71, never, "The time for refunds is over.";
    RefundCountExceeded = 72, never, "The payment was refunded, or the invoice reversed, too many times.";
    MerchantBalanceInsufficient = 73, later, "The merchant's money does not cover the refund.";
    DuplicateOutOrderNo = 80, never, "The merchant used this out_order_no already.";
    NotAdmitted = 81, later, "Neither score nor line of credit stands for the credit part; freeze the whole amount instead.";
    CaptureExceedsRest = 82, never, "More is to be captured than is still held.";
    DebitFailed = 83, later, "Neither balance nor credit covers the credit part of the capture.";
    UnfreezeExceedsRest = 84, never, "More is to be released than is still held.";
    AlreadyCaptured = 85, never, "Part of the hold was captured; release the rest instead.";
    AuthorizationClosed = 86, never, "The hold was cancelled or released.";
    AuthorizationExpired = 87, never, "The hold timed out and was released.";
    ReleaseCountExceeded = 88, never, "The hold was released in too many parts.";
    CreditLimitExceeded = 90, later, "The user's available credit does not cover the amount.";
    CreditLineFrozen = 91, later, "The user's line of credit is frozen or closed.";
    KycClassTooLow = 92, later, "A line of credit needs identity class 2 or 3.";
    DebtOutstanding = 93, later, "Something is still owed or held on the line.";
    Overpayment = 94, never, "More is to be repaid than is owed.";
    BadSchedule = 100, later, "Times, terms or prices of the rental do not fit together.";
    WaiverExceedsDeposit = 101, never, "More is waived than the deposit.";
    ItemIsOut = 102, later, "The thing is out with another rental.";
    ExpiryMovedEarlier = 103, never, "An extension cannot end earlier than what was agreed.";
    ReturnTimeInvalid = 104, later, "The return lies before the start or more than a day ahead.";
    DamageExceedsDeposit = 105, never, "The claims of damage together would exceed the deposit.";
    DamageClaimedLate = 106, never, "More than 30 days have passed since the return.";
    ReductionExceedsCharge = 107, never, "More is taken off than is left of the charge.";
    TotalMismatch = 108, never, "The total is not the charges less the reductions.";
    TotalExceedsRiskAmount = 109, later, "The charges together would exceed the agreed risk amount.";
    NothingDue = 110, later, "Nothing is owed.";
    BuyoutNotOffered = 111, never, "The plan has no price for buying at this term.";
    NotOverdueLongEnough = 112, later, "The rental has not been overdue for the agreed days.";
    AlreadyStarted = 113, never, "The rental has started; return and settle it instead.";
    ChargeCountExceeded = 114, never, "The rental has too many charges.";
    PaymentCountExceeded = 116, never, "The rental was paid in too many parts.";
    ReserveInsufficient = 115, later, "The merchant's reserve is less than the amount.";
    CouponTermsInvalid = 170, never, "Face, parts, times or counts of the coupon do not fit together.";
    BudgetExhausted = 171, later, "All coupons are issued, or the campaign has no money left for another one.";
    FrequencyLimit = 172, later, "The user has as many coupons of this kind as allowed, today or ever.";
    CouponNotUsable = 173, later, "The coupon is not the user's, used, out of time, or not for this order.";
    OrderNamesCoupon = 134, never, "The order names a coupon: the user whose it is pays, with it.";
    CouponLocked = 135, later, "The coupon is locked for an order that is not paid yet; close that order first.";
    CouponsOutstanding = 174, later, "Coupons of the campaign can still be used; revoke them or wait for their end.";
    PacketPartOutOfRange = 175, never, "The total does not give each of so many between 20 and 20,000 minor units.";
    PacketEmpty = 176, later, "Everything in the red packet is claimed.";
    AlreadyClaimed = 177, never, "The user has a part of this red packet already.";
    PacketExpired = 178, never, "The time to claim from the red packet is over.";
    CardNotUsable = 184, later, "The card is not the user's, not active, or not for this order.";
    CardBalanceInsufficient = 185, later, "What is stored on the card does not cover the amount.";
    NoPoints = 187, never, "Cards of this template have no points.";
    PointsInsufficient = 188, later, "The card has fewer points.";
    AlreadyEarned = 189, never, "The payment has earned its points.";
    NothingToEarn = 190, never, "What the user paid and has not back is not enough for a point.";
    CardExists = 186, later, "The user has a card of this template; close it first.";
    NotInvoiceable = 180, never, "More is to be invoiced than the user paid, did not get back and has no invoice of.";
    TaxSumMismatch = 181, never, "The lines do not sum to the amount requested, or their tax not to the tax given.";
    RedExceedsBlue = 182, never, "More is to be reversed than is left of the invoice.";
    DuplicateInvoiceNo = 183, never, "The merchant used this fiscal number already.";
    DisputeExceedsPaid = 150, later, "More is disputed than was paid and neither refunded nor disputed yet.";
    PaymentDisputed = 151, later, "So much of the payment is in dispute, or was lost in one, that it cannot be refunded.";
    DefenceLate = 152, never, "The time to defend or accept the dispute is over.";
    ConfirmationExceedsUnsettled = 153, later, "More is to be settled than the batch still has of the payment.";
    NotConvertible = 121, later, "So much of the purchase or statement cannot be put into instalments: billed, due, refunded or in a plan.";
    BadTermCount = 122, never, "A plan has 3, 6 or 12 terms.";
    PlanCountExceeded = 123, later, "The line has too many plans with terms ahead.";
    NotEligible = 124, later, "Nothing of the line has been overdue for 180 days.";
    LoanTermsInvalid = 126, never, "A loan has 1 to 120 terms, of at most a year each, with a minor unit of principal for each; an order names each part of a debt once.";
    LineNotBilled = 127, later, "The line is not billed, so that nothing is lent on it.";
    LoanCountExceeded = 128, later, "The user has as many loans as may be; repay one first.";
    LineWrittenOff = 125, never, "The user's line was written off; what is paid of it is recorded as a recovery.";
    LoanChargeDateInvalid = 130, never, "A charge of a loan falls due today or later, within ten years.";
    LoanChargeCountExceeded = 131, never, "The loan has as many charges as it may have.";
    ChargebackExceedsRepaid = 132, later, "More is to go back than was repaid of the loan's principal.";
    ChargebackCountExceeded = 133, never, "As many repayments of the loan went back as may.";
    SellerFeeExceedsReceipts = 129, never, "What the seller receives after the service fee does not cover the fee of the instalments.";
    NotBound = 154, later, "The receiver is not bound to the merchant.";
    RelationLimit = 155, later, "As many receivers are bound to the merchant as may be; unbind one first.";
    RoyaltyCapExceeded = 156, never, "The splits together would exceed the merchant's cap on the payment.";
    SplitFinished = 157, never, "The splits of the payment are finished.";
    AmountNotEnough = 158, later, "What is left of the payment, or of the merchant's money, does not cover the split.";
    SplitCountExceeded = 159, never, "The payment was split, or its shares returned, too many times.";
    ReturnExceedsReceived = 160, never, "More is to come back than the receiver got and kept, or than is refunded.";
    ReturnWindowClosed = 161, never, "More than 180 days have passed since the split.";
    ReceiverBalanceInsufficient = 162, later, "The receiver's money does not cover what is to come back.";
    FundingExceeded = 120, later, "More is to be repaid than is owed to the funding partner.";
    NotAcrossShards = 210, never, "This is only possible between accounts of one shard.";
    UnknownTenant = 220, later, "The app that the command names is not registered, or does not sign.";
    SignatureMissing = 221, never, "The app signs its commands, and this one is not signed.";
    SignatureInvalid = 222, never, "The signature is not that of the app's key over the bytes of this command.";
    ScopeDenied = 223, later, "The app is not registered for commands of this kind.";
    NotGranted = 224, later, "No merchant whose object this is has granted the app such commands.";
    GrantExpired = 225, later, "The time of the merchant's grant is over.";
    AppLimitExceeded = 226, later, "The app would move more money than it may, at once or on this day.";
    AppRateExceeded = 227, later, "The app has done as many commands as it may, in this minute or on this day.";
    QuoteExpired = 228, never, "The time of the quote is over.";
    QuoteNotStarted = 229, later, "The quote does not hold yet.";
    QuoteNotGuaranteed = 230, never, "The quote is not guaranteed: orders cannot be made at it.";
    BatchFull = 231, later, "The merchant's sales of the day would exceed the largest amount; tomorrow's batch takes it.";
    AdvanceNotLowered = 232, never, "So much was paid to the platform, which had advanced it, that the payments to the merchant cannot give it back.";
    ChannelInsufficient = 74, later, "The acquirer owes less than is to be returned through it.";
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_rejections_convert() {
        for rejection in Rejection::ALL {
            assert_eq!(Rejection::from_code(u32::from(rejection.code())), Some(*rejection));
            assert!(rejection.sentence().ends_with('.'), "{rejection} is explained by a sentence");
        }
        assert_eq!(Rejection::from_code(0), None);
    }
}
