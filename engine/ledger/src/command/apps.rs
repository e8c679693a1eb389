//! Commands on third-party apps: what merchants let them do, and how much (DOMAIN §1.7, §4.1).

use crate::id::Id;
use crate::money::Currency;

/// An Ed25519 public key. Whether it is one, and whether a signature holds, the shard knows.
pub type PublicKey = [u8; 32];

macro_rules! scopes {
    ($($(#[$doc:meta])* $scope:ident = $name:literal;)*) => {
        /// A group of commands that an app may be let do. The names stand in stored blocks.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Scope { $($(#[$doc])* $scope,)* }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Scope] = &[$(Scope::$scope,)*];

            /// Its name in registrations and grants.
            pub fn name(self) -> &'static str {
                match self { $(Scope::$scope => $name,)* }
            }

            /// The scope of a name.
            pub fn of_name(name: &str) -> Option<Scope> {
                match name { $($name => Some(Scope::$scope),)* _ => None }
            }
        }
    };
}

scopes! {
    /// Orders of a merchant: created, closed, cancelled.
    Payments = "payments";
    /// Refunds of a merchant's payments.
    Refunds = "refunds";
    /// Holds for a merchant.
    Authorizations = "authorizations";
    /// Rentals of a merchant.
    Rentals = "rentals";
    /// Payouts of a merchant's money.
    Payouts = "payouts";
    /// A merchant's campaigns, coupons and membership cards.
    Coupons = "coupons";
    /// A merchant's invoices.
    Invoices = "invoices";
    /// A merchant's side of disputes.
    Disputes = "disputes";
    /// What a merchant shares of its payments, and what it got of others'.
    Royalties = "royalties";
    /// A user's money, to anybody: for wallets.
    Wallet = "wallet";
    /// Users are opened and closed.
    Users = "users";
    /// Merchants are taken on and closed.
    Merchants = "merchants";
    /// Lines of credit.
    Credit = "credit";
    /// Limits, restrictions, compliance holds, scores, and disputes from the payer's side.
    Risk = "risk";
    /// What banks and acquirers say: top-ups, payouts done, receipts, funding, reserves.
    Treasury = "treasury";
    /// The primitive ledger.
    Ledger = "ledger";
}

/// A merchant lets an app act for it.
#[derive(Clone, PartialEq, Debug)]
pub struct GrantAppAuth {
    /// The app.
    pub app: Id,
    /// The merchant.
    pub merchant: Id,
    /// Of the app's own; what was granted before stays.
    pub scopes: Vec<Scope>,
    /// When all that is granted ends; none is never.
    pub expires_at: Option<u64>,
}

/// A merchant takes it back.
#[derive(Clone, PartialEq, Debug)]
pub struct RevokeAppAuth {
    /// The app.
    pub app: Id,
    /// The merchant.
    pub merchant: Id,
    /// Which; none named is all.
    pub scopes: Vec<Scope>,
}

/// Sets how much an app may do, in place of what was set before.
#[derive(Clone, PartialEq, Debug)]
pub struct SetAppLimits {
    /// The app.
    pub app: Id,
    /// The limits.
    pub limits: AppLimits,
}

/// How much an app may do; `None` and a currency that is not named have no cap.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct AppLimits {
    /// Commands done in one minute.
    pub per_minute: Option<u32>,
    /// Commands done on one business date.
    pub per_day: Option<u32>,
    /// Money that its commands move, a currency once.
    pub caps: Vec<AppCap>,
}

/// A cap on money, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AppCap {
    /// Of which currency.
    pub currency: Currency,
    /// Of one command.
    pub single: Option<u64>,
    /// Of all on one business date.
    pub day: Option<u64>,
}
