//! What the ledger remembers: one table per kind of object.
//!
//! Every table is numbered in order of insertion, so a ledger at rest is these rows in this order
//! and nothing else; whatever can be derived from them (indexes, due times) is not state.

macro_rules! row {
    ($row:ident, $key:ty, $self:ident => $value:expr) => {
        row!($row, $key, Newest, $self => $value);
    };
    ($row:ident, $key:ty, $lookups:ident, $self:ident => $value:expr) => {
        impl Row for $row {
            type Key = $key;
            const LOOKUPS: $crate::index::Lookups = $crate::index::Lookups::$lookups;
            fn key(&$self) -> $key {
                $value
            }
        }
    };
}

mod apps;
mod billing;
mod calendar;
mod cards;
mod coupons;
mod dispute;
mod exchange;
mod holds;
mod invoices;
mod limits;
mod loans;
mod packets;
mod payment;
mod peer;
mod plans;
mod rental;
mod royalty;

pub use apps::*;
pub use billing::*;
pub use calendar::*;
pub use cards::*;
pub use coupons::*;
pub use dispute::*;
pub use exchange::*;
pub use holds::*;
pub use invoices::*;
pub use limits::*;
pub use loans::*;
pub use packets::*;
pub use payment::*;
pub use peer::*;
pub use plans::*;
pub use rental::*;
pub use royalty::*;

use crate::account::{Account, AccountNo};
use crate::command::{MerchantTerms, Owner, Reference};
use crate::id::Id;
use crate::money::{Currency, Money};
use crate::table::{Row, Table};

/// All tables of a ledger.
#[derive(Default)]
#[expect(missing_docs, reason = "each table is documented on its row")]
pub struct Tables {
    pub accounts: Table<Account>,
    pub pending: Table<PendingTransfer>,
    pub apps: Table<App>,
    pub users: Table<User>,
    pub merchants: Table<Merchant>,
    pub limits: Table<LimitRow>,
    pub holds: Table<Hold>,
    pub payouts: Table<Payout>,
    pub receipts: Table<Receipt>,
    pub payments: Table<Payment>,
    pub batches: Table<Batch>,
    pub authorizations: Table<Authorization>,
    pub credit_lines: Table<CreditLine>,
    pub rentals: Table<Rental>,
    pub items: Table<Item>,
    pub campaigns: Table<Campaign>,
    pub coupon_templates: Table<CouponTemplate>,
    pub coupons: Table<Coupon>,
    pub coupon_counts: Table<CouponCount>,
    pub packets: Table<Packet>,
    pub packet_claims: Table<PacketClaim>,
    pub invoices: Table<Invoice>,
    pub disputes: Table<Dispute>,
    pub royalty_relations: Table<RoyaltyRelation>,
    pub peers: Table<Peer>,
    pub asked_refunds: Table<AskedRefund>,
    pub app_grants: Table<AppGrant>,
    pub app_uses: Table<AppUse>,
    pub plans: Table<Plan>,
    pub loans: Table<Loan>,
    pub quotes: Table<Quote>,
    pub code_uses: Table<CodeUse>,
    pub card_templates: Table<CardTemplate>,
    pub cards: Table<Card>,
    /// Derived from `cards`.
    pub(crate) card_holders: Table<CardHolder>,
    /// Derived from `cards`.
    pub(crate) user_cards: Table<UserCards>,
    /// Derived from `disputes`.
    pub(crate) payment_disputes: Table<PaymentDisputes>,
    /// Derived from `payments`.
    pub(crate) trade_nos: Table<TradeNo>,
    /// Derived from `invoices`.
    pub(crate) invoice_nos: Table<InvoiceNo>,
    /// Derived from `payments`.
    pub(crate) auth_codes: Table<AuthCode>,
    /// Derived from `authorizations` and `rentals`.
    pub(crate) order_nos: Table<OrderNo>,
}

macro_rules! every_stored_table {
    ($tables:expr, $method:ident) => {{
        $tables.accounts.$method();
        $tables.pending.$method();
        $tables.apps.$method();
        $tables.users.$method();
        $tables.merchants.$method();
        $tables.limits.$method();
        $tables.holds.$method();
        $tables.payouts.$method();
        $tables.receipts.$method();
        $tables.payments.$method();
        $tables.batches.$method();
        $tables.authorizations.$method();
        $tables.credit_lines.$method();
        $tables.rentals.$method();
        $tables.items.$method();
        $tables.campaigns.$method();
        $tables.coupon_templates.$method();
        $tables.coupons.$method();
        $tables.coupon_counts.$method();
        $tables.packets.$method();
        $tables.packet_claims.$method();
        $tables.invoices.$method();
        $tables.disputes.$method();
        $tables.royalty_relations.$method();
        $tables.peers.$method();
        $tables.asked_refunds.$method();
        $tables.app_grants.$method();
        $tables.app_uses.$method();
        $tables.plans.$method();
        $tables.loans.$method();
        $tables.quotes.$method();
        $tables.code_uses.$method();
        $tables.card_templates.$method();
        $tables.cards.$method();
    }};
}

macro_rules! every_table {
    ($tables:expr, $method:ident) => {{
        every_stored_table!($tables, $method);
        $tables.order_nos.$method();
        $tables.invoice_nos.$method();
        $tables.trade_nos.$method();
        $tables.auth_codes.$method();
        $tables.card_holders.$method();
        $tables.user_cards.$method();
        $tables.payment_disputes.$method();
    }};
}

impl Tables {
    pub(crate) fn set_mark(&mut self) {
        every_table!(self, set_mark);
    }

    pub(crate) fn drop_mark(&mut self) {
        every_table!(self, drop_mark);
    }

    pub(crate) fn begin_rest(&mut self) {
        every_stored_table!(self, begin_rest);
    }

    pub(crate) fn back_to_mark(&mut self) {
        every_table!(self, back_to_mark);
    }
}

/// A two-phase transfer of the primitive ledger.
#[derive(Clone, PartialEq, Debug)]
pub struct PendingTransfer {
    /// Its id: that of the command that made it.
    pub transfer: Id,
    /// Account to be debited.
    pub debit: AccountNo,
    /// Account to be credited.
    pub credit: AccountNo,
    /// The account of another shard to which it goes, or none; `credit` is then on the way there.
    pub away: Id,
    /// That account takes as much as it needs.
    pub up_to: bool,
    /// Minor units reserved.
    pub amount: u64,
    /// When the clock voids it.
    pub expires_at: Option<u64>,
    /// Where it stands.
    pub state: PendingState,
}

/// Where a pending transfer stands. The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PendingState {
    Pending = 0,
    Posted = 1,
    Voided = 2,
    Expired = 3,
}

row!(PendingTransfer, Id, self => self.transfer);

/// A user with a balance.
#[derive(Clone, PartialEq, Debug)]
pub struct User {
    /// Its id.
    pub user: Id,
    /// Identity class 1 to 3.
    pub kyc_class: u8,
    /// Currency of the balance.
    pub currency: Currency,
    /// The balance account (UA).
    pub account: AccountNo,
    /// Payouts requested and neither confirmed nor failed.
    pub open_payouts: u32,
    /// Authorizations with something left, rentals not ended, cards not closed, and red packets
    /// sent with something left.
    pub open_holds: u32,
    /// Disputes not ended of what it paid.
    pub open_disputes: u32,
    /// What was spent from the balance.
    pub usage: Usage,
    /// What authorizations have frozen of it. Derived from them.
    pub frozen: u128,
}

row!(User, Id, Any, self => self.user);

/// A merchant.
#[derive(Clone, PartialEq, Debug)]
pub struct Merchant {
    /// Its id.
    pub merchant: Id,
    /// What was agreed.
    pub terms: MerchantTerms,
    /// Settled money (MA).
    pub account: AccountNo,
    /// Orders neither paid nor closed.
    pub open_payments: u32,
    /// Authorizations with something left, and rentals not ended.
    pub open_holds: u32,
    /// Batches not settled.
    pub open_batches: u32,
    /// Payouts requested and neither confirmed nor failed.
    pub open_payouts: u32,
    /// Disputes not ended of what it was paid.
    pub open_disputes: u32,
    /// Payments whose proceeds are frozen, or of which a split waits for its money.
    pub open_freezes: u32,
    /// Receivers bound to it.
    pub royalty_receivers: u32,
    /// Shards that were asked whether it may be closed and have not answered.
    pub closing: u32,
    /// It will not be closed when they have.
    pub closing_refused: bool,
}

impl Merchant {
    /// One with nothing open.
    pub(crate) fn new(merchant: Id, terms: MerchantTerms, account: AccountNo) -> Merchant {
        Merchant {
            merchant,
            terms,
            account,
            open_payments: 0,
            open_holds: 0,
            open_batches: 0,
            open_payouts: 0,
            open_disputes: 0,
            open_freezes: 0,
            royalty_receivers: 0,
            closing: 0,
            closing_refused: false,
        }
    }
}

row!(Merchant, Id, Any, self => self.merchant);

/// A compliance hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Hold {
    /// Its id.
    pub hold: Id,
    /// Whose money.
    pub user: Id,
    /// What is still held, in minor units.
    pub rest: u64,
}

row!(Hold, Id, self => self.hold);

/// A payout to a bank.
#[derive(Clone, PartialEq, Debug)]
pub struct Payout {
    /// Its id.
    pub payout: Id,
    /// User or merchant.
    pub owner: Owner,
    /// What arrives.
    pub amount: Money,
    /// What the owner paid for it, in minor units.
    pub fee: u64,
    /// Where it stands.
    pub state: PayoutState,
}

/// Where a payout stands. The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PayoutState {
    Requested = 0,
    Confirmed = 1,
    Failed = 2,
}

row!(Payout, Id, self => self.payout);

/// A bank reference seen, with what of it has no owner yet.
#[derive(Clone, PartialEq, Debug)]
pub struct Receipt {
    /// The bank's reference.
    pub bank_ref: Reference,
    /// What is still in suspense.
    pub unmatched: Money,
}

row!(Receipt, Reference, self => self.bank_ref.clone());

/// What a merchant sold on one business date.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// Number in `merchants`.
    pub merchant: u32,
    /// Business date, in days since 1970.
    pub date: u32,
    /// The pending account (MP) of merchant and date.
    pub account: AccountNo,
    /// When it is cut: the end of the date.
    pub cut_at: u64,
    /// When it is settled: T+n.
    pub settle_at: u64,
    /// Where it stands.
    pub state: BatchState,
    /// Payments in it.
    pub count: u32,
    /// Sum of their receipts.
    pub receipts: u64,
    /// Sum of fees charged.
    pub fees: u64,
    /// Sum of refunds taken from it.
    pub refunds: u64,
    /// Sum of fees returned to it.
    pub fees_returned: u64,
    /// Sum taken from it for disputes.
    pub disputes: u64,
    /// Sum of what of its payments was settled ahead of it.
    pub confirmed: u64,
    /// Sum frozen or shared out of it.
    pub royalties: u64,
    /// Sum that came into it of what had been frozen or shared.
    pub royalties_returned: u64,
    /// Reserve kept back at its settlement that the clock will release.
    pub reserve: u64,
    /// Sum of nets of the merchant's batches on other shards that came into it.
    pub proceeds: u64,
    /// Its own net, if that went to the merchant's home.
    pub forwarded: u64,
    /// Settled before, where proceeds came when it was settled and it is settled again.
    pub settled: u64,
}

impl Batch {
    /// What is in it: all that was sold less what was charged and refunded, and settled before.
    pub fn net(&self) -> i128 {
        self.sum() - i128::from(self.settled)
    }

    fn sum(&self) -> i128 {
        i128::from(self.receipts) + i128::from(self.proceeds) + i128::from(self.fees_returned)
            - i128::from(self.fees)
            - i128::from(self.refunds)
            - i128::from(self.disputes)
            - i128::from(self.confirmed)
            - i128::from(self.royalties)
            + i128::from(self.royalties_returned)
    }

    /// Takes what came from the merchant's batch of that date on another shard. A batch that was
    /// settled is to be settled again, with that alone.
    pub(crate) fn take_proceeds(&mut self, amount: u64) {
        if self.state == BatchState::Settled {
            self.state = BatchState::Cut;
            self.settled = u64::try_from(self.sum()).unwrap_or(0);
        }
        self.proceeds = self.proceeds.saturating_add(amount);
    }
}

row!(Batch, (u32, u32), self => (self.merchant, self.date));

/// Where a batch stands. The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BatchState {
    Open = 0,
    Cut = 1,
    Settled = 2,
}
