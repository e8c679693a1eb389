//! The ledger: `decide` may refuse and changes nothing, `apply` changes and cannot refuse.
//!
//! | phase | function | what it does |
//! |---|---|---|
//! | 1 | [`Ledger::next_due`] | the earliest thing the clock owes, up to a time |
//! | 2 | [`Ledger::decide_due`] | its events |
//! | 3 | [`Ledger::decide`] | a command's events, or why not |
//! | 4 | [`Ledger::apply`] | an event becomes state |
//!
//! Time is an argument; there is no clock here. What becomes of events (blocks, outcomes) is the
//! shard's business.

mod ahead;
mod due;
mod noting;
mod recent;
mod rest;
mod ruleset;

pub use ahead::LookAhead;
pub use due::{Due, DueKind};
pub(crate) use noting::{in_range, payable, post};
pub use rest::BadState;
pub use ruleset::RULESET;
pub(crate) use ruleset::{ASKED_SINCE, WORDS_SINCE};

use crate::account::{Account, AccountKey, Layer, Movement};
use crate::command::{Body, PublicKey};
use crate::event::{Decision, EventRange, Fact};
use crate::id::Id;
use crate::limits::AMOUNT_MAX;
use crate::place::Place;
use crate::rejection::Rejection;
use crate::remittance::Remittance;
use crate::rules::{
    accounts, apps, authorizations, billing, campaigns, cards, closing, collection, coupons,
    credit, debits, disputes, exchange, funding, invoices, limits as limit_rules, loans, losses,
    packets, payments, plan_fees, plans, points, reductions, remittances, rental_rows, rentals,
    royalties, settlement, transfers, treasury,
};
use crate::state::{Calendar, Tables};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Why `decide` has no events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The rules say no.
    Rejected(Rejection),
    /// The business number was done before, the same way: these events are the answer.
    Repeat(EventRange),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Refusal {
        Refusal::Rejected(rejection)
    }
}

/// By whom a command that names an app must be signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signer {
    /// The platform's own commands are not signed.
    Platform,
    /// By the app, with this key.
    Key(PublicKey),
    /// There is no such app.
    Unknown,
}

/// One shard's books in memory.
pub struct Ledger {
    tables: Tables,
    calendar: Calendar,
    place: Place,
    ruleset: u32,
    now: u64,
    next_event: u64,
    due: BinaryHeap<Reverse<Due>>,
    mark: Option<Mark>,
    /// The payment that an event changed last: the next event and what is told of it are of the
    /// same one, as a rule. Only a place to look first.
    last_payment: u32,
}

/// What [`Ledger::back_to_mark`] needs beside the tables' own marks.
struct Mark {
    now: u64,
    next_event: u64,
    /// Taken from `due` since: what was done or given up then is owed again.
    due_taken: Vec<Due>,
}

impl Ledger {
    /// Empty books.
    pub fn new(calendar: Calendar) -> Ledger {
        Ledger {
            tables: Tables::default(),
            calendar,
            place: Place::default(),
            ruleset: RULESET,
            now: 0,
            next_event: 1,
            due: BinaryHeap::new(),
            mark: None,
            last_payment: 0,
        }
    }

    /// Empty books among other shards.
    pub fn at_place(self, place: Place) -> Ledger {
        Ledger { place, ..self }
    }

    /// Where they stand among the shards.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The rows.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Holds every row as it is now, to be read while the ledger goes on; see
    /// [`Table::begin_rest`].
    pub fn begin_rest(&mut self) {
        self.tables.begin_rest();
    }

    /// The rows to be read since [`Ledger::begin_rest`].
    pub fn at_rest(&mut self) -> &mut Tables {
        &mut self.tables
    }

    /// How business dates follow from times.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// The ledger's time: that of the last event.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The number the next event will get; the first is 1.
    pub fn next_event(&self) -> u64 {
        self.next_event
    }

    /// The account of a key.
    pub fn account(&self, key: &AccountKey) -> Option<&Account> {
        self.tables.accounts.get(key)
    }

    /// Decides the command of an id at `now`, which is not before [`Ledger::now`]. On `Ok` the
    /// events stand in `out`; nothing has changed yet.
    pub fn decide(&self, id: Id, body: &Body, now: u64, out: &mut Decision) -> Result<(), Refusal> {
        self.decide_for(Id::NONE, id, body, now, out)
    }

    /// As [`Ledger::decide`], for a command that names an app. Whether the app signed it is known.
    pub fn decide_for(
        &self,
        app: Id,
        id: Id,
        body: &Body,
        now: u64,
        out: &mut Decision,
    ) -> Result<(), Refusal> {
        out.clear();
        if self.place.shards > 1 && body.owner().is_some_and(|id| !self.place.is_home(id)) {
            return Err(Rejection::WrongShard.into());
        }
        if !app.is_none() {
            apps::may_ask(self, app, body, now, out)?;
        }
        match body {
            Body::OpenLedgerAccount(c) => transfers::open_ledger_account(self, c, out)?,
            Body::PostTransfer(c) => {
                return Ok(transfers::post_transfer(self, id, c, now, out)?);
            }
            Body::RegisterApp(c) => apps::register(self, c, out)?,
            Body::GrantAppAuth(c) => apps::grant(self, c, now, out)?,
            Body::RevokeAppAuth(c) => apps::revoke(self, c, out)?,
            Body::SetAppLimits(c) => apps::set_limits(self, c, out)?,
            Body::OpenUser(c) => accounts::open_user(self, c, out)?,
            Body::OnboardMerchant(c) => accounts::onboard_merchant(self, c, out)?,
            Body::SetLimits(c) => limit_rules::set_limits(self, c, out)?,
            Body::RestrictAccount(c) => accounts::restrict_account(self, c, out)?,
            Body::LiftRestriction(c) => accounts::lift_restriction(self, c, out)?,
            Body::CloseAccount(c) => accounts::close_account(self, c, out)?,
            Body::PlaceHold(c) => treasury::place_hold(self, c, out)?,
            Body::ReleaseHold(c) => treasury::release_hold(self, c, out)?,
            Body::SeizeHold(c) => treasury::seize_hold(self, c, out)?,
            Body::ConfirmTopUp(c) => treasury::confirm_top_up(self, c, out)?,
            Body::Transfer(c) => treasury::transfer(self, c, now, out)?,
            Body::RequestPayout(c) => treasury::request_payout(self, c, out)?,
            Body::ConfirmPayout(c) => treasury::confirm_payout(self, c, out)?,
            Body::FailPayout(c) => treasury::fail_payout(self, c, out)?,
            Body::MatchReceipt(c) => treasury::match_receipt(self, c, out)?,
            Body::PostAdjustment(c) => treasury::post_adjustment(self, c, out)?,
            Body::AdvanceClock(c) => treasury::advance_clock(c, now, out)?,
            Body::CreatePayment(c) => payments::create(self, c, now, out)?,
            Body::PayPayment(c) => payments::pay(self, c, now, out)?,
            Body::ClosePayment(c) => payments::close(self, c, now, out)?,
            Body::CancelPayment(c) => payments::cancel(self, c, now, out)?,
            Body::RefundPayment(c) => payments::refund(self, c, now, out)?,
            Body::AuthorizeFunds(c) => authorizations::authorize(self, c, now, out)?,
            Body::CaptureAuthorization(c) => {
                authorizations::capture(self, id, c, now, out)?;
            }
            Body::UnfreezeFunds(c) => authorizations::unfreeze(self, c, out)?,
            Body::CancelAuthorization(c) => authorizations::cancel(self, c, out)?,
            Body::CreateRental(c) => rentals::create(self, c, now, out)?,
            Body::AssessRental(c) => rentals::assess(self, c, out)?,
            Body::SecureDeposit(c) => rentals::secure(self, c, now, out)?,
            Body::StartRental(c) => rentals::start(self, c, now, out)?,
            Body::ExtendRental(c) => rentals::extend(self, c, out)?,
            Body::ReturnRental(c) => rentals::give_back_item(self, c, now, out)?,
            Body::ClaimDamage(c) => rentals::claim_damage(self, c, now, out)?,
            Body::ReduceCharge(c) => reductions::reduce(self, id, c, now, out)?,
            Body::SettleRental(c) => collection::settle(self, id, c, now, out)?,
            Body::CollectRental(c) => collection::collect_again(self, id, c, now, out)?,
            Body::BuyOutRental(c) => collection::buy_out(self, id, c, now, out)?,
            Body::DeclareLost(c) => rentals::declare_lost(self, c, now, out)?,
            Body::CancelRental(c) => rentals::cancel(self, c, out)?,
            Body::GrantCreditLine(c) => credit::grant(self, c, out)?,
            Body::AdjustLimit(c) => credit::adjust(self, c, out)?,
            Body::FreezeCreditLine(c) => credit::freeze(self, c, out)?,
            Body::UnfreezeCreditLine(c) => credit::unfreeze(self, c, out)?,
            Body::CloseCreditLine(c) => credit::close(self, c, out)?,
            Body::RepayCredit(c) => credit::repay(self, c, now, out)?,
            Body::ReleaseReserve(c) => settlement::release_reserve(self, c, out)?,
            Body::FundCampaign(c) => campaigns::fund(self, c, out)?,
            Body::CloseCampaign(c) => campaigns::close(self, c, out)?,
            Body::DefineCoupon(c) => campaigns::define(self, c, now, out)?,
            Body::IssueCoupon(c) => campaigns::issue(self, c, now, out)?,
            Body::RevokeCoupon(c) => campaigns::revoke(self, c, out)?,
            Body::SendRedPacket(c) => packets::send(self, c, now, out)?,
            Body::ClaimRedPacket(c) => packets::claim(self, c, now, out)?,
            Body::RequestInvoice(c) => invoices::request(self, c, out)?,
            Body::IssueInvoice(c) => invoices::issue(self, c, out)?,
            Body::RejectInvoice(c) => invoices::reject(self, c, out)?,
            Body::RedInvoice(c) => invoices::reverse(self, c, out)?,
            Body::OpenDispute(c) => disputes::open(self, c, now, out)?,
            Body::DefendDispute(c) => disputes::defend(self, c, now, out)?,
            Body::AcceptDispute(c) => disputes::accept(self, c, now, out)?,
            Body::CancelDispute(c) => disputes::cancel(self, c, out)?,
            Body::JudgeDispute(c) => disputes::judge(self, c, now, out)?,
            Body::ConfirmSettlement(c) => settlement::confirm(self, c, out)?,
            Body::BindRoyalty(c) => royalties::bind(self, c, out)?,
            Body::UnbindRoyalty(c) => royalties::unbind(self, c, out)?,
            Body::SplitPayment(c) => royalties::split(self, c, now, out)?,
            Body::ReturnSplit(c) => royalties::return_split(self, c, now, out)?,
            Body::FundCredit(c) => funding::fund(self, c, out)?,
            Body::RepayFunding(c) => funding::repay(self, c, out)?,
            Body::ConvertToInstalments(c) => plans::convert(self, c, now, out)?,
            Body::PrepayPlan(c) => plans::prepay(self, c, out)?,
            Body::WriteOffCredit(c) => losses::write_off(self, c, now, out)?,
            Body::RecordRecovery(c) => losses::recover(self, c, out)?,
            Body::DrawLoan(c) => loans::draw(self, c, out)?,
            Body::DrawMore(c) => loans::more::draw(self, c, now, out)?,
            Body::SetAutoDebit(c) => debits::set(self, c, out)?,
            Body::ChargeLoan(c) => loans::charges::charge(self, c, now, out)?,
            Body::WaiveLoanCharge(c) => loans::charges::waive(self, c, out)?,
            Body::ReturnRepayment(c) => loans::chargebacks::give_back(self, c, now, out)?,
            Body::ProvisionCredit(c) => losses::provision(self, c, out)?,
            Body::PublishQuote(c) => exchange::publish(self, c, now, out)?,
            Body::DefineCard(c) => cards::define(self, c, out)?,
            Body::OpenCard(c) => cards::open(self, c, now, out)?,
            Body::UpdateCard(c) => cards::update(self, c, now, out)?,
            Body::CloseCard(c) => cards::close(self, c, out)?,
            Body::LoadCard(c) => cards::load(self, c, now, out)?,
            Body::UnloadCard(c) => cards::unload(self, c, out)?,
            Body::EarnPoints(c) => points::earn(self, c, now, out)?,
            Body::RedeemPoints(c) => points::redeem(self, c, out)?,
            Body::AdjustPoints(c) => points::adjust(self, c, now, out)?,
        }
        self.keep_sign_rules(out)?;
        Ok(())
    }

    /// What the signature of a command must be, which names this app.
    pub fn signer(&self, app: Id) -> Signer {
        match self.tables.apps.get(&app) {
            Some(app) => app.public_key.map_or(Signer::Platform, Signer::Key),
            None if app.is_none() || !apps::any_signs(&self.tables) => Signer::Platform,
            None => Signer::Unknown,
        }
    }

    /// Decides what becomes of what another shard sent, at `now`; it is the next one of that shard.
    /// There is no refusal: what cannot be placed is sent back.
    pub fn receive(&self, remittance: &Remittance, now: u64, out: &mut Decision) {
        out.clear();
        remittances::receive(self, remittance, now, out);
    }

    /// Remittances received from a shard.
    pub fn received_from(&self, shard: u32) -> u64 {
        self.tables.peers.get(&shard).map_or(0, |peer| peer.received)
    }

    /// Remittances received from all shards.
    pub fn received(&self) -> u64 {
        self.tables.peers.rows().iter().map(|peer| peer.received).sum()
    }

    /// Turns an event into state. `fact` and `movements` come from [`Ledger::decide`] on this
    /// very state, or from a block whose chain was checked; [`Ledger::check`] tells whether
    /// foreign ones fit.
    pub fn apply(&mut self, fact: &Fact, movements: &[Movement], now: u64) {
        self.now = self.now.max(now);
        let number = self.next_event;
        self.next_event += 1;
        if let Fact::AccountOpened { key, currency, sign_rule, history, .. } = fact {
            let account =
                Account { history: *history, ..Account::new(*key, *currency, *sign_rule) };
            self.tables.accounts.insert(account);
        }
        for movement in movements {
            self.move_amount(movement);
        }
        match fact {
            Fact::CommandRejected { .. }
            | Fact::AccountOpened { .. }
            | Fact::TransferPosted
            | Fact::AdjustmentPosted { .. }
            | Fact::ClockAdvanced { .. } => {}
            Fact::TransferPended { .. }
            | Fact::PendingSetAway { .. }
            | Fact::TransferCompleted { .. }
            | Fact::TransferVoided { .. }
            | Fact::TransferExpired { .. } => transfers::apply(self, fact, movements),
            Fact::AppRegistered { .. }
            | Fact::AppAuthGranted { .. }
            | Fact::AppAuthRevoked { .. }
            | Fact::AppLimitsSet { .. }
            | Fact::AppAsked { .. } => apps::apply(self, fact),
            Fact::UserOpened { .. }
            | Fact::MerchantOnboarded { .. }
            | Fact::AccountRestricted { .. }
            | Fact::RestrictionLifted { .. }
            | Fact::AccountClosed { .. } => accounts::apply(&mut self.tables, fact),
            Fact::LimitsSet { .. } => limit_rules::apply(&mut self.tables, fact),
            Fact::HoldPlaced { .. }
            | Fact::HoldReleased { .. }
            | Fact::HoldSeized { .. }
            | Fact::ToppedUp { .. }
            | Fact::Transferred { .. }
            | Fact::PayoutRequested { .. }
            | Fact::PayoutConfirmed { .. }
            | Fact::PayoutFailed { .. }
            | Fact::ReceiptRecorded { .. }
            | Fact::ReceiptMatched { .. } => treasury::apply(self, fact),
            Fact::PaymentCreated { .. }
            | Fact::PaymentPaid { .. }
            | Fact::FeeCharged { .. }
            | Fact::PaymentClosed { .. }
            | Fact::FeeReturned { .. }
            | Fact::RefundSucceeded { .. }
            | Fact::PaymentCancelled { .. }
            | Fact::PaymentFinished { .. } => payments::apply(self, fact, number),
            Fact::BatchOpened { .. }
            | Fact::BatchCut { .. }
            | Fact::BatchSettled { .. }
            | Fact::ReserveReleased { .. }
            | Fact::SettlementConfirmed { .. }
            | Fact::ConfirmationArrived { .. } => settlement::apply(self, fact),
            Fact::FundsAuthorized { .. }
            | Fact::AuthorizationCaptured { .. }
            | Fact::FundsReleased { .. }
            | Fact::AuthorizationClosed { .. } => authorizations::apply(self, fact, number),
            Fact::RentalCreated { .. }
            | Fact::RentalAssessed { .. }
            | Fact::DepositSecured { .. }
            | Fact::RentalStarted { .. }
            | Fact::RentalExtended { .. }
            | Fact::RentalReturned { .. }
            | Fact::RentTermDue { .. }
            | Fact::DamageClaimed { .. }
            | Fact::ChargeReduced { .. }
            | Fact::RentalCharged { .. }
            | Fact::AdvanceRepaid { .. }
            | Fact::AdvanceReturned { .. }
            | Fact::RentalSettled { .. }
            | Fact::RentalPaymentPending { .. }
            | Fact::RentalOverdue { .. }
            | Fact::RentalBoughtOut { .. }
            | Fact::RentalLost { .. }
            | Fact::RentalCancelled { .. } => rental_rows::apply(self, fact),
            Fact::CreditLineGranted { .. }
            | Fact::LimitAdjusted { .. }
            | Fact::CreditLineFrozen { .. }
            | Fact::CreditLineUnfrozen { .. }
            | Fact::CreditLineClosed { .. } => credit::apply(self, fact),
            Fact::CreditRepaid { .. }
            | Fact::StatementIssued { .. }
            | Fact::StatementAssessed { .. }
            | Fact::InterestAccrued { .. }
            | Fact::CreditReduced { .. } => billing::apply(self, fact),
            Fact::LatenessEnded { loan, .. } if loan.is_none() => billing::apply(self, fact),
            Fact::LatenessEnded { .. } => loans::apply(self, fact),
            Fact::PlanCreated { .. }
            | Fact::TermBilled { .. }
            | Fact::PlanPrepaid { .. }
            | Fact::PlanWrittenOff { .. }
            | Fact::PlanRepaid { .. }
            | Fact::PlanReduced { .. } => plans::apply(self, fact),
            Fact::SellerFeeCharged { .. }
            | Fact::SellerFeeEarned { .. }
            | Fact::SellerFeeReturned { .. } => plan_fees::apply(self, fact),
            Fact::AutoDebitSet { .. } | Fact::BillDebited { .. } | Fact::LoanDebited { .. } => {
                debits::apply(self, fact);
            }
            Fact::CreditWrittenOff { .. } | Fact::CreditRecovered { .. } => {
                losses::apply(self, fact);
            }
            Fact::LoanDrawn { .. }
            | Fact::LoanTermDue { .. }
            | Fact::LoanOverdue { .. }
            | Fact::LoanRepaid { .. }
            | Fact::LoanWrittenOff { .. } => loans::apply(self, fact),
            Fact::RepaymentReturned { .. } => loans::chargebacks::apply(self, fact),
            Fact::LoanDrawnMore { .. } => loans::more::apply(self, fact),
            Fact::LoanCharged { .. } | Fact::LoanChargeWaived { .. } => {
                loans::charges::apply(self, fact);
            }
            Fact::CampaignFunded { .. }
            | Fact::CampaignClosed { .. }
            | Fact::CouponDefined { .. }
            | Fact::CouponIssued { .. }
            | Fact::CouponRevoked { .. }
            | Fact::CouponExpired { .. } => campaigns::apply(self, fact),
            Fact::CouponUsed { .. }
            | Fact::CouponReturned { .. }
            | Fact::CouponReleased { .. }
            | Fact::CouponLocked { .. }
            | Fact::CouponUnlocked { .. } => coupons::apply(self, fact),
            Fact::PacketSent { .. }
            | Fact::PacketClaimed { .. }
            | Fact::PacketExpired { .. }
            | Fact::PacketArrived { .. }
            | Fact::PacketReturned { .. } => packets::apply(self, fact),
            Fact::InvoiceRequested { .. }
            | Fact::InvoiceIssued { .. }
            | Fact::InvoiceRejected { .. }
            | Fact::InvoiceReversed { .. }
            | Fact::RedInvoiceDue { .. } => invoices::apply(self, fact),
            Fact::DisputeOpened { .. }
            | Fact::DisputeDefended { .. }
            | Fact::DisputeJudged { .. } => disputes::apply(self, fact),
            Fact::RoyaltyBound { .. }
            | Fact::RoyaltyUnbound { .. }
            | Fact::RoyaltyFreezeSet { .. }
            | Fact::ProceedsFrozen { .. }
            | Fact::PaymentSplit { .. }
            | Fact::SplitFinished { .. }
            | Fact::ProceedsFreed { .. }
            | Fact::RoyaltyArrived { .. }
            | Fact::RoyaltyRefused { .. }
            | Fact::SplitReturnAsked { .. }
            | Fact::RoyaltyTaken { .. }
            | Fact::RoyaltyGivenBack { .. }
            | Fact::SplitReturnFailed { .. }
            | Fact::RoyaltyTold { .. }
            | Fact::SplitAsked { .. }
            | Fact::SplitPaid { .. }
            | Fact::SplitFunded { .. }
            | Fact::SplitFailed { .. }
            | Fact::SplitReturned { .. } => royalties::apply(self, fact, number),
            Fact::RemittanceSent { .. }
            | Fact::RemittanceReceived { .. }
            | Fact::TransferArrived { .. }
            | Fact::TransferReturned { .. }
            | Fact::PostingArrived { .. }
            | Fact::PostingReturned { .. }
            | Fact::MerchantKnown { .. }
            | Fact::BatchForwarded { .. }
            | Fact::ProceedsReceived { .. }
            | Fact::RefundAsked { .. }
            | Fact::ReductionAsked { .. }
            | Fact::RefundFunded { .. }
            | Fact::RefundFailed { .. } => remittances::apply(self, fact, number),
            Fact::QuotePublished { .. }
            | Fact::QuoteExpired { .. }
            | Fact::PaymentQuoted { .. }
            | Fact::FxConverted { .. }
            | Fact::FxReturned { .. } => exchange::apply(self, fact),
            Fact::CardDefined { .. }
            | Fact::CardOpened { .. }
            | Fact::CardUpdated { .. }
            | Fact::CardClosed { .. }
            | Fact::CardExpired { .. }
            | Fact::CardLoaded { .. }
            | Fact::CardUnloaded { .. }
            | Fact::CardCharged { .. }
            | Fact::CardReturned { .. } => cards::apply(self, fact),
            Fact::PointsEarned { .. }
            | Fact::PointsRedeemed { .. }
            | Fact::PointsAdjusted { .. }
            | Fact::PointsReversed { .. }
            | Fact::PointsExpired { .. }
            | Fact::PointsReturned { .. } => points::apply(self, fact),
            Fact::RentalCollected { .. }
            | Fact::CollectionFailed { .. }
            | Fact::CreditFunded { .. }
            | Fact::Provisioned { .. }
            | Fact::FundingRepaid { .. } => {}
            Fact::CloseAsked { .. } | Fact::CloseAnswered { .. } | Fact::CloseDecided { .. } => {
                closing::apply(&mut self.tables, fact);
            }
            // They move money, and nothing else.
            Fact::DisputeCharged { .. }
            | Fact::DisputeDebtPaid { .. }
            | Fact::DisputeReversed { .. }
            | Fact::BackHomeArrived { .. } => {}
        }
    }

    /// Whether an event read from outside fits this state: [`Ledger::apply`] then cannot fail.
    /// Not the rules, only that what it names is there and no counter leaves its range.
    pub fn check(&self, fact: &Fact, movements: &[Movement]) -> Result<(), &'static str> {
        if let Fact::AccountOpened { number, key, .. } = fact {
            if *number != self.tables.accounts.next_no() {
                return Err("accounts are not opened in the order of their numbers");
            }
            if self.tables.accounts.find(key).is_some() {
                return Err("an account is opened twice");
            }
        }
        for m in movements {
            // An account is opened by an event of its own, so every account named is there.
            let (Some(debit), Some(credit)) =
                (self.tables.accounts.try_row(m.debit), self.tables.accounts.try_row(m.credit))
            else {
                return Err("a movement names an account that does not exist");
            };
            if debit.currency != credit.currency {
                return Err("a movement joins accounts of two currencies");
            }
            if m.amount == 0 || m.amount > AMOUNT_MAX {
                return Err("a movement's amount is zero or too large");
            }
        }
        crate::rules::names_exist(&self.tables, fact)?;
        remittances::fits(self, fact)?;
        transfers::reservation_fits(&self.tables, fact, movements)
    }

    /// Starts a stretch that [`Ledger::back_to_mark`] can undo: an atomic batch, a dry run.
    pub fn set_mark(&mut self) {
        self.tables.set_mark();
        let (now, next_event) = (self.now, self.next_event);
        self.mark = Some(Mark { now, next_event, due_taken: Vec::new() });
    }

    /// Keeps what happened since the mark.
    pub fn drop_mark(&mut self) {
        self.tables.drop_mark();
        self.mark = None;
    }

    /// Forgets what happened since the mark.
    pub fn back_to_mark(&mut self) {
        // Due times noted since are left behind: they are no longer owed and fall out unpaid.
        self.tables.back_to_mark();
        if let Some(Mark { now, next_event, due_taken }) = self.mark.take() {
            self.now = now;
            self.next_event = next_event;
            self.due.extend(due_taken.into_iter().map(Reverse));
        }
    }

    /// Moves time forward without an event.
    pub fn advance(&mut self, now: u64) {
        self.now = self.now.max(now);
    }

    pub(crate) fn tables_mut(&mut self) -> &mut Tables {
        &mut self.tables
    }

    fn move_amount(&mut self, movement: &Movement) {
        let amount = u128::from(movement.amount);
        let debit = self.tables.accounts.row_mut(movement.debit);
        match movement.layer {
            Layer::Posted => debit.debits_posted += amount,
            Layer::Pending => debit.debits_pending += amount,
            Layer::Released => debit.debits_pending -= amount,
        }
        let credit = self.tables.accounts.row_mut(movement.credit);
        match movement.layer {
            Layer::Posted => credit.credits_posted += amount,
            Layer::Pending => credit.credits_pending += amount,
            Layer::Released => credit.credits_pending -= amount,
        }
    }

    /// The net under every rule: whatever a rule overlooked, no account breaks its sign rule.
    fn keep_sign_rules(&self, out: &Decision) -> Result<(), Rejection> {
        let movements = out.movements();
        for m in movements {
            for no in [m.debit, m.credit] {
                let Some(before) = self.tables.accounts.try_row(no) else { continue };
                let mut after = *before;
                for m in movements.iter().filter(|m| m.layer == Layer::Posted) {
                    let amount = u128::from(m.amount);
                    after.debits_posted += if m.debit == no { amount } else { 0 };
                    after.credits_posted += if m.credit == no { amount } else { 0 };
                }
                if before.keeps_sign_rule() && !after.keeps_sign_rule() {
                    return Err(Rejection::InsufficientFunds);
                }
            }
        }
        Ok(())
    }
}
