//! Accounts of the double-entry core: classes, keys, counters, and the movement between two of
//! them. No rule of a product lives here.

use crate::id::Id;
use crate::index::Lookups;
use crate::money::Currency;
use crate::table::Row;

/// What a balance on the "wrong" side would mean for an account (DOMAIN §3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignRule {
    /// Liability: the credit balance stays at zero or above.
    CreditBalance,
    /// Asset: the debit balance stays at zero or above.
    DebitBalance,
    /// Equity, income, expense, trading, memoranda: either side.
    Either,
}

/// What kind of thing a class of accounts is, for trial balances and exports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// What the platform has or is owed.
    Asset,
    /// What the platform owes.
    Liability,
    /// What belongs to the platform's owners.
    Equity,
    /// What it earns.
    Income,
    /// What it spends.
    Expense,
    /// Positions between currencies.
    Trading,
    /// Kept off the balance sheet, each class with its contra.
    Memorandum,
    /// Accounts that users of the primitive open; groat does not know what they are.
    Ledger,
}

macro_rules! classes {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $code:literal, $name:literal, $kind:ident, $sign:ident;
    )*) => {
        /// A line of the chart of accounts (DOMAIN §3). The number is the chart's own and stands
        /// in every stored block: never change one.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Class { $($(#[$doc])* $variant = $code,)* }

        impl Class {
            /// Every class, in the order of the chart.
            pub const ALL: &'static [Class] = &[$(Class::$variant,)*];

            /// The class of a chart number.
            pub fn from_code(code: u32) -> Option<Class> {
                match code { $($code => Some(Class::$variant),)* _ => None }
            }

            /// The name used in texts and exports.
            pub fn name(self) -> &'static str {
                match self { $(Class::$variant => $name,)* }
            }

            /// What kind of account it is.
            pub fn kind(self) -> Kind {
                match self { $(Class::$variant => Kind::$kind,)* }
            }

            /// Which side the balance must keep.
            pub fn sign_rule(self) -> SignRule {
                match self { $(Class::$variant => SignRule::$sign,)* }
            }
        }
    };
}

classes! {
    /// Customer money at a bank; owner: the bank.
    SafeguardedBank = 1010, "safeguarded_bank", Asset, DebitBalance;
    /// Owed by a card or bank acquirer; owner: the channel.
    ChannelReceivable = 1020, "channel_receivable", Asset, DebitBalance;
    /// Credit principal not yet billed; owner: the user.
    CreditUnbilled = 1101, "credit_unbilled", Asset, DebitBalance;
    /// Credit principal on a statement; owner: the user.
    CreditBilled = 1102, "credit_billed", Asset, DebitBalance;
    /// Credit principal of instalment plans that is not billed yet; owner: the user.
    CreditInstalment = 1103, "credit_instalment", Asset, DebitBalance;
    /// Credit principal whose minimum was not paid in time; owner: the user.
    CreditOverdue = 1104, "credit_overdue", Asset, DebitBalance;
    /// Principal of a cash loan; owner: the loan.
    CashLoan = 1110, "cash_loan", Asset, DebitBalance;
    /// Fees of instalments billed; owner: the user.
    FeeReceivable = 1121, "fee_receivable", Asset, DebitBalance;
    /// Interest accrued; owner: the user.
    InterestReceivable = 1122, "interest_receivable", Asset, DebitBalance;
    /// Late fees charged; owner: the user.
    PenaltyReceivable = 1123, "penalty_receivable", Asset, DebitBalance;
    /// Interest charged on a cash loan; owner: the loan.
    LoanInterest = 1124, "loan_interest", Asset, DebitBalance;
    /// Fees of a cash loan that are not paid; owner: the loan.
    LoanFee = 1125, "loan_fee", Asset, DebitBalance;
    /// Penalties of a cash loan that are not paid; owner: the loan.
    LoanPenalty = 1126, "loan_penalty", Asset, DebitBalance;
    /// Set aside for losses of credit.
    LossAllowance = 1190, "loss_allowance", Asset, CreditBalance;
    /// Rent that the platform advanced for a user; owner: the rental.
    RentalAdvance = 1210, "rental_advance", Asset, DebitBalance;
    /// A merchant's debt to the platform; owner: the merchant.
    MerchantReceivable = 1200, "merchant_receivable", Asset, DebitBalance;
    /// A user's balance to spend; owner: the user.
    UserAvailable = 2010, "user_available", Liability, CreditBalance;
    /// Cash frozen by an authorization; owner: the authorization.
    UserFrozen = 2020, "user_frozen", Liability, CreditBalance;
    /// A user's balance under compliance hold; owner: the user.
    UserHold = 2030, "user_hold", Liability, CreditBalance;
    /// Sales of one business date not yet settled; owner: the merchant, sub: the date.
    MerchantPending = 2110, "merchant_pending", Liability, CreditBalance;
    /// Proceeds that are frozen until they are shared; owner: the payment.
    MerchantFrozen = 2120, "merchant_frozen", Liability, CreditBalance;
    /// What a merchant may pay out; owner: the merchant.
    MerchantAvailable = 2130, "merchant_available", Liability, CreditBalance;
    /// Kept back against later refunds; owner: the merchant.
    MerchantReserve = 2140, "merchant_reserve", Liability, CreditBalance;
    /// In dispute; owner: the dispute.
    MerchantDisputed = 2150, "merchant_disputed", Liability, CreditBalance;
    /// On its way to a bank; owner: the payout.
    PayoutInTransit = 2210, "payout_in_transit", Liability, CreditBalance;
    /// Set aside for a campaign; owner: the campaign.
    CampaignFund = 2310, "campaign_fund", Liability, CreditBalance;
    /// Set aside for whoever claims; owner: the red packet.
    RedPacket = 2320, "red_packet", Liability, CreditBalance;
    /// Stored on a membership card; owner: the card.
    StoredValue = 2330, "stored_value", Liability, CreditBalance;
    /// What points are worth; owner: the template of their cards.
    PointsLiability = 2340, "points_liability", Liability, CreditBalance;
    /// Fees of instalments that sellers have paid and that are not earned yet; owner: the plan.
    UnearnedFee = 2410, "unearned_fee", Liability, CreditBalance;
    /// Owed to a bank whose money is lent; owner: the funding partner.
    FundingPartner = 2510, "funding_partner", Liability, CreditBalance;
    /// On its way to or from another shard, whose number is the sub-ledger key. What one shard has
    /// in credit, the other has in debit when it has arrived.
    InTransit = 2220, "in_transit", Liability, Either;
    /// Received and not yet matched.
    Suspense = 2910, "suspense", Liability, CreditBalance;
    /// The platform's own capital.
    Equity = 3010, "equity", Equity, Either;
    /// Service fees earned.
    ServiceFee = 4010, "service_fee", Income, Either;
    /// Fees of instalments earned.
    InstalmentFee = 4020, "instalment_fee", Income, Either;
    /// Interest earned.
    InterestIncome = 4030, "interest_income", Income, Either;
    /// Late fees earned.
    PenaltyIncome = 4040, "penalty_income", Income, Either;
    /// Other fees earned.
    OtherFees = 4050, "other_fees", Income, Either;
    /// What will not be asked for any more: points that expired.
    Breakage = 4060, "breakage", Income, Either;
    /// Marketing spent.
    Marketing = 5010, "marketing", Expense, Either;
    /// Credit lost, or set aside for that, less what was recovered.
    CreditLoss = 5020, "credit_loss", Expense, Either;
    /// Written off for other reasons than credit.
    OtherWriteOff = 5030, "other_write_off", Expense, Either;
    /// What the platform has given less what it has got in a currency, by exchange: credit is what
    /// payers gave, debit what merchants got.
    FxPosition = 6010, "fx_position", Trading, Either;
    /// Limit of a line of credit; owner: the user.
    LimitGranted = 9010, "limit_granted", Memorandum, DebitBalance;
    /// Contra of [`Class::LimitGranted`].
    LimitGrantedContra = 9011, "limit_granted_contra", Memorandum, CreditBalance;
    /// Credit held by authorizations; owner: the user.
    CreditHeld = 9020, "credit_held", Memorandum, DebitBalance;
    /// Contra of [`Class::CreditHeld`].
    CreditHeldContra = 9021, "credit_held_contra", Memorandum, CreditBalance;
    /// Deposit not frozen; owner: the authorization.
    DepositWaived = 9030, "deposit_waived", Memorandum, DebitBalance;
    /// Contra of [`Class::DepositWaived`].
    DepositWaivedContra = 9031, "deposit_waived_contra", Memorandum, CreditBalance;
    /// Charges of a rental not yet paid; owner: the rental.
    RentObligation = 9040, "rent_obligation", Memorandum, DebitBalance;
    /// Contra of [`Class::RentObligation`].
    RentObligationContra = 9041, "rent_obligation_contra", Memorandum, CreditBalance;
    /// Points, in their own unit; owner: the card.
    Points = 9050, "points", Memorandum, DebitBalance;
    /// Contra of [`Class::Points`].
    PointsContra = 9051, "points_contra", Memorandum, CreditBalance;
    /// Faces of coupons that can be used; owner: the template.
    CouponFace = 9060, "coupon_face", Memorandum, DebitBalance;
    /// Contra of [`Class::CouponFace`].
    CouponFaceContra = 9061, "coupon_face_contra", Memorandum, CreditBalance;
    /// An account opened by `OpenLedgerAccount`; owner: its own id.
    Ledger = 9900, "ledger", Ledger, Either;
}

/// Names one account: class, owner (zero for the house), sub-ledger key (a business date in days
/// since 1970, or zero) and currency code (zero for [`Class::Ledger`], whose id is unique).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountKey {
    /// The line of the chart.
    pub class: Class,
    /// User, merchant, bank, channel, payout; none for the house.
    pub owner: Id,
    /// Business date in days since 1970 where the class is kept per batch; the other shard of
    /// money in transit; else 0.
    pub sub: u32,
    /// Numeric currency code; 0 for [`Class::Ledger`].
    pub currency_code: u16,
}

impl AccountKey {
    /// The account of a class, owner and currency without a sub-ledger key.
    pub fn of(class: Class, owner: Id, currency: Currency) -> AccountKey {
        AccountKey { class, owner, sub: 0, currency_code: currency.code() }
    }

    /// The house's own account of a class.
    pub fn house(class: Class, currency: Currency) -> AccountKey {
        AccountKey::of(class, Id::NONE, currency)
    }

    /// The account that `OpenLedgerAccount` made.
    pub fn ledger(account: Id) -> AccountKey {
        AccountKey { class: Class::Ledger, owner: account, sub: 0, currency_code: 0 }
    }
}

/// The number of an account within its shard: accounts are numbered from 0 in the order in which
/// `AccountOpened` events open them.
pub type AccountNo = u32;

/// One account with its four counters. Amounts are minor units of its currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its name.
    pub key: AccountKey,
    /// Its currency.
    pub currency: Currency,
    /// Which side its balance must keep.
    pub sign_rule: SignRule,
    /// Movements are also emitted as `account_moved` settlements.
    pub history: bool,
    /// Closed accounts take no movement.
    pub closed: bool,
    /// Restricted from being debited.
    pub debit_blocked: bool,
    /// Restricted from being credited.
    pub credit_blocked: bool,
    /// Sum of posted debits.
    pub debits_posted: u128,
    /// Sum of posted credits.
    pub credits_posted: u128,
    /// Sum of debits reserved by pending movements.
    pub debits_pending: u128,
    /// Sum of credits reserved by pending movements.
    pub credits_pending: u128,
}

impl Account {
    /// An account at rest.
    pub fn new(key: AccountKey, currency: Currency, sign_rule: SignRule) -> Account {
        Account {
            key,
            currency,
            sign_rule,
            history: false,
            closed: false,
            debit_blocked: false,
            credit_blocked: false,
            debits_posted: 0,
            credits_posted: 0,
            debits_pending: 0,
            credits_pending: 0,
        }
    }

    /// How much may still be debited under the sign rule; unlimited is `u128::MAX`.
    pub fn debit_room(&self) -> u128 {
        match self.sign_rule {
            SignRule::CreditBalance => {
                self.credits_posted.saturating_sub(self.debits_posted + self.debits_pending)
            }
            SignRule::DebitBalance | SignRule::Either => u128::MAX,
        }
    }

    /// How much may still be credited under the sign rule; unlimited is `u128::MAX`.
    pub fn credit_room(&self) -> u128 {
        match self.sign_rule {
            SignRule::DebitBalance => {
                self.debits_posted.saturating_sub(self.credits_posted + self.credits_pending)
            }
            SignRule::CreditBalance | SignRule::Either => u128::MAX,
        }
    }

    /// Posted credits minus posted debits: positive for money owed to the owner.
    pub fn credit_balance(&self) -> i128 {
        let (c, d) = (self.credits_posted, self.debits_posted);
        if c >= d { signed(c - d) } else { -signed(d - c) }
    }

    /// True when nothing is posted on balance and nothing is pending.
    pub fn is_zero(&self) -> bool {
        self.debits_posted == self.credits_posted
            && self.debits_pending == 0
            && self.credits_pending == 0
    }

    /// True when the counters keep the sign rule (DOMAIN §6, 2).
    pub fn keeps_sign_rule(&self) -> bool {
        match self.sign_rule {
            SignRule::CreditBalance => {
                self.debits_posted + self.debits_pending <= self.credits_posted
            }
            SignRule::DebitBalance => {
                self.credits_posted + self.credits_pending <= self.debits_posted
            }
            SignRule::Either => true,
        }
    }
}

fn signed(difference: u128) -> i128 {
    i128::try_from(difference).expect("counters are sums of fewer than 2^64 amounts below 2^60")
}

impl Row for Account {
    type Key = AccountKey;
    const LOOKUPS: Lookups = Lookups::Any;
    fn key(&self) -> AccountKey {
        self.key
    }
}

/// Which counters a movement touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layer {
    /// Adds to the posted counters.
    Posted,
    /// Reserves: adds to the pending counters.
    Pending,
    /// Gives a reservation back: subtracts from the pending counters.
    Released,
}

/// Two postings of the same amount: one account is debited, another of the same currency is
/// credited. Every entry of the ledger is a list of movements, so an unbalanced entry cannot be
/// written down. DOMAIN.md writes a movement as `debit→credit`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Movement {
    /// The account debited.
    pub debit: AccountNo,
    /// The account credited.
    pub credit: AccountNo,
    /// Minor units.
    pub amount: u64,
    /// The counters.
    pub layer: Layer,
}
