//! What random steps are made of. A step is a kind and a throw of dice; what it asks is made of
//! them when it is its turn, so that it can name what is there and an amount or a time next to a
//! limit of it. The lowest throw is the plainest command of its kind.

mod apps;
mod cards;
mod coupons;
mod disputes;
mod exchange;
mod holds;
mod invoices;
mod lending;
mod money;
mod packets;
mod plans;
mod rentals;
mod royalties;
mod settlement;

pub(crate) use money::prologue;

use groat_ledger::{
    AccountKey, Body, Class, Command, Currency, DeclareLost, Dispute, Id, Invoice, InvoiceState,
    Ledger, Money, Packet, Payment, PaymentState, Payout, PayoutState, Reference, Rental,
    RentalState,
};
use proptest::prelude::*;

const DAY_MS: u64 = 86_400_000;

/// One step.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    kind: Kind,
    dice: u128,
}

/// What a step is about: time, or a command, named as its body; `Forward` is whatever comes next
/// in the life of a rental, so that rentals get somewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Wait,
    Forward,
    OpenUser,
    OnboardMerchant,
    OpenLedgerAccount,
    SetLimits,
    RestrictAccount,
    LiftRestriction,
    CloseAccount,
    ConfirmTopUp,
    Transfer,
    PlaceHold,
    ReleaseHold,
    SeizeHold,
    RequestPayout,
    ConfirmPayout,
    FailPayout,
    PostAdjustment,
    PostTransfer,
    CreatePayment,
    PayPayment,
    ClosePayment,
    CancelPayment,
    RefundPayment,
    AuthorizeFunds,
    CaptureAuthorization,
    UnfreezeFunds,
    CancelAuthorization,
    CreateRental,
    AssessRental,
    SecureDeposit,
    StartRental,
    ExtendRental,
    ReturnRental,
    ClaimDamage,
    ReduceCharge,
    SettleRental,
    CollectRental,
    BuyOutRental,
    DeclareLost,
    CancelRental,
    GrantCreditLine,
    AdjustLimit,
    FreezeCreditLine,
    UnfreezeCreditLine,
    CloseCreditLine,
    RepayCredit,
    ReleaseReserve,
    FundCampaign,
    CloseCampaign,
    DefineCoupon,
    IssueCoupon,
    RevokeCoupon,
    SendRedPacket,
    ClaimRedPacket,
    RequestInvoice,
    IssueInvoice,
    RejectInvoice,
    RedInvoice,
    OpenDispute,
    DefendDispute,
    AcceptDispute,
    CancelDispute,
    JudgeDispute,
    ConfirmSettlement,
    BindRoyalty,
    UnbindRoyalty,
    SplitPayment,
    ReturnSplit,
    FundCredit,
    RepayFunding,
    ConvertToInstalments,
    PrepayPlan,
    DrawLoan,
    ChargeLoan,
    WaiveLoanCharge,
    ReturnRepayment,
    DrawMore,
    SetAutoDebit,
    WriteOffCredit,
    RecordRecovery,
    ProvisionCredit,
    GrantAppAuth,
    RevokeAppAuth,
    SetAppLimits,
    PublishQuote,
    DefineCard,
    OpenCard,
    UpdateCard,
    CloseCard,
    LoadCard,
    UnloadCard,
    EarnPoints,
    RedeemPoints,
    AdjustPoints,
}

/// How often each kind comes. Every command of the model is here.
pub(crate) const WEIGHTS: &[(u32, Kind)] = &[
    (44, Kind::Wait),
    (70, Kind::Forward),
    (1, Kind::OpenUser),
    (1, Kind::OnboardMerchant),
    (1, Kind::OpenLedgerAccount),
    (5, Kind::SetLimits),
    (2, Kind::RestrictAccount),
    (4, Kind::LiftRestriction),
    (3, Kind::CloseAccount),
    (8, Kind::ConfirmTopUp),
    (4, Kind::Transfer),
    (2, Kind::PlaceHold),
    (3, Kind::ReleaseHold),
    (1, Kind::SeizeHold),
    (8, Kind::RequestPayout),
    (4, Kind::ConfirmPayout),
    (3, Kind::FailPayout),
    (4, Kind::PostAdjustment),
    (12, Kind::PostTransfer),
    (8, Kind::CreatePayment),
    (12, Kind::PayPayment),
    (1, Kind::ClosePayment),
    (2, Kind::CancelPayment),
    (14, Kind::RefundPayment),
    (11, Kind::AuthorizeFunds),
    (14, Kind::CaptureAuthorization),
    (8, Kind::UnfreezeFunds),
    (3, Kind::CancelAuthorization),
    (2, Kind::CreateRental),
    (3, Kind::AssessRental),
    (3, Kind::SecureDeposit),
    (4, Kind::StartRental),
    (4, Kind::ExtendRental),
    (4, Kind::ReturnRental),
    (8, Kind::ClaimDamage),
    (12, Kind::ReduceCharge),
    (4, Kind::SettleRental),
    (8, Kind::CollectRental),
    (6, Kind::BuyOutRental),
    (6, Kind::DeclareLost),
    (2, Kind::CancelRental),
    (4, Kind::GrantCreditLine),
    (3, Kind::AdjustLimit),
    (3, Kind::FreezeCreditLine),
    (3, Kind::UnfreezeCreditLine),
    (1, Kind::CloseCreditLine),
    (9, Kind::RepayCredit),
    (4, Kind::ReleaseReserve),
    (4, Kind::FundCampaign),
    (3, Kind::CloseCampaign),
    (5, Kind::DefineCoupon),
    (10, Kind::IssueCoupon),
    (2, Kind::RevokeCoupon),
    (5, Kind::SendRedPacket),
    (14, Kind::ClaimRedPacket),
    (5, Kind::RequestInvoice),
    (4, Kind::IssueInvoice),
    (1, Kind::RejectInvoice),
    (4, Kind::RedInvoice),
    (5, Kind::OpenDispute),
    (2, Kind::DefendDispute),
    (2, Kind::AcceptDispute),
    (1, Kind::CancelDispute),
    (4, Kind::JudgeDispute),
    (4, Kind::ConfirmSettlement),
    (3, Kind::BindRoyalty),
    (1, Kind::UnbindRoyalty),
    (12, Kind::SplitPayment),
    (7, Kind::ReturnSplit),
    (2, Kind::FundCredit),
    (3, Kind::RepayFunding),
    (7, Kind::ConvertToInstalments),
    (3, Kind::PrepayPlan),
    (4, Kind::DrawLoan),
    (3, Kind::ChargeLoan),
    (2, Kind::WaiveLoanCharge),
    (2, Kind::ReturnRepayment),
    (2, Kind::DrawMore),
    (3, Kind::SetAutoDebit),
    (4, Kind::WriteOffCredit),
    (3, Kind::RecordRecovery),
    (2, Kind::ProvisionCredit),
    (3, Kind::GrantAppAuth),
    (2, Kind::RevokeAppAuth),
    (2, Kind::SetAppLimits),
    (6, Kind::PublishQuote),
    (2, Kind::DefineCard),
    (5, Kind::OpenCard),
    (5, Kind::UpdateCard),
    (3, Kind::CloseCard),
    (10, Kind::LoadCard),
    (3, Kind::UnloadCard),
    (8, Kind::EarnPoints),
    (4, Kind::RedeemPoints),
    (3, Kind::AdjustPoints),
];

pub(crate) fn op() -> impl Strategy<Value = Op> {
    let kinds = WEIGHTS.iter().map(|(weight, kind)| (*weight, Just(*kind)));
    let kind = proptest::strategy::Union::new_weighted(kinds.collect());
    (kind, any::<u128>()).prop_map(|(kind, dice)| Op { kind, dice })
}

pub(crate) fn named(letter: char, number: usize) -> Id {
    Id::from_name(&format!("{letter}{number}")).unwrap()
}

pub(crate) fn reference(letter: char, number: usize) -> Reference {
    Reference::new(&format!("{letter}{number}")).unwrap()
}

pub(crate) fn cny(amount: u64) -> Money {
    Money { amount, currency: Currency::CNY }
}

impl Op {
    /// When the step happens.
    pub(crate) fn time(&self, ledger: &mut Ledger, now: u64) -> u64 {
        match self.kind {
            Kind::Wait => wait(Dice(self.dice), ledger, now),
            _ => now,
        }
    }

    /// What is asked, under this id in most cases; nothing when only time passes.
    pub(crate) fn command(&self, ledger: &Ledger, now: u64, id: Id) -> Option<Command> {
        let (kind, mut scene) = (self.kind, Scene { ledger, now, id, dice: Dice(self.dice) });
        let body = match scene.possible(kind) {
            Kind::Wait => return None,
            Kind::Forward => scene.forward(),
            kind => {
                let body = scene.money(kind).or_else(|| scene.hold(kind));
                body.or_else(|| scene.rental(kind))
                    .or_else(|| scene.dispute(kind))
                    .or_else(|| scene.settlement(kind))
                    .or_else(|| scene.royalty(kind))
                    .or_else(|| scene.coupon(kind))
                    .or_else(|| scene.packet(kind))
                    .or_else(|| scene.plan(kind))
                    .or_else(|| scene.loss(kind))
                    .or_else(|| scene.app(kind))
                    .or_else(|| scene.exchange(kind))
                    .or_else(|| scene.card(kind))
                    .or_else(|| scene.invoice(kind))?
            }
        };
        let id = match body {
            Body::CaptureAuthorization(_)
            | Body::SettleRental(_)
            | Body::CollectRental(_)
            | Body::BuyOutRental(_) => scene.payment().filter(is_of_order).unwrap_or(id),
            _ => id,
        };
        let app = scene.asker();
        Some(Command { id, app, body })
    }
}

/// The id of an order made by the command of this id: it is no command's own.
fn order_id(id: Id) -> Id {
    Id(id.0 | (1 << 64))
}

pub(crate) fn is_of_order(id: &Id) -> bool {
    id.0 >> 64 & 1 == 1
}

/// To just before, at, or just after something that time brings; or simply on.
fn wait(mut dice: Dice, ledger: &mut Ledger, now: u64) -> u64 {
    if dice.of(16) < 7 {
        return now + dice.pick(&[900_000, 900_000, 3_600_000, 9_000_000, 60_000, 1]);
    }
    if dice.one_in(12)
        && let Some(at) = lending::written_off_from(ledger)
    {
        return at.checked_add_signed(dice.pick(&[0, 0, 1, -1])).unwrap().max(now);
    }
    let mut instants: Vec<u64> = ledger.next_due(u64::MAX).map(|due| due.at).into_iter().collect();
    let t = ledger.tables();
    let holds = t.authorizations.rows().iter().rev().take(6);
    instants.extend(holds.filter_map(|hold| hold.expires_at));
    for r in t.rentals.rows().iter().rev().take(6) {
        let grace = u64::from(r.terms.grace_s) * 1_000;
        let lost_at = r.overdue_at + u64::from(r.terms.lost_after_days) * DAY_MS;
        instants.extend([r.terms.borrow_at, r.terms.expiry_at, r.terms.expiry_at + grace]);
        instants.extend(r.terms.plan.iter().map(|term| term.due_at));
        instants.extend([lost_at, r.pending_at + DAY_MS, r.pending_at + DAY_MS + 1]);
        if r.returned_at > 0 || dice.one_in(8) {
            instants.push(r.returned_at.max(r.created_at) + 30 * DAY_MS);
        }
    }
    instants.extend(t.cards.rows().iter().rev().take(6).filter_map(|card| card.points_until()));
    instants.extend(t.cards.rows().iter().rev().take(6).filter_map(|card| card.valid_until));
    let quotes = t.quotes.rows().iter().rev().take(3).map(|q| q.terms);
    instants.extend(quotes.flat_map(|t| [t.valid_from, t.valid_until]));
    instants.retain(|at| *at > now);
    instants.sort_unstable();
    // What is near is likelier than what is far.
    let nearest = dice.of(instants.len()).min(dice.of(instants.len())).min(dice.of(instants.len()));
    match instants.get(nearest) {
        Some(at) if !dice.one_in(30) => {
            at.checked_add_signed(dice.pick(&[0, 0, 0, 1, -1])).unwrap().max(now)
        }
        _ => now + dice.pick(&[1, 2, 4]) * DAY_MS,
    }
}

/// A throw of dice, read one die after the other.
pub(crate) struct Dice(u128);

impl Dice {
    /// A number below this.
    fn of(&mut self, sides: usize) -> usize {
        let sides = sides.max(1) as u128;
        let thrown = self.0 % sides;
        self.0 /= sides;
        usize::try_from(thrown).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.of(sides) == sides - 1
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.of(of.len())]
    }

    fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.of(usize::try_from(to - from).unwrap() + 1) as u64
    }

    /// One of the last few rows that fit; now and then any of the last few, or none.
    fn recent<'a, R>(&mut self, rows: &'a [R], fits: impl Fn(&R) -> bool) -> Option<&'a R> {
        let fitting = || rows.iter().rev().filter(|row| fits(row)).take(6).collect::<Vec<_>>();
        let all = || rows.iter().rev().take(6).collect::<Vec<_>>();
        let some = if self.one_in(6) { all() } else { fitting() };
        let some = if some.is_empty() { all() } else { some };
        (!some.is_empty() && !self.one_in(40)).then(|| self.pick(&some))
    }

    /// An amount: at one of these limits, next to it, well within it; and now and then an edge.
    fn about(&mut self, limits: &[u64]) -> u64 {
        let limit = self.pick(limits);
        match self.of(16) {
            0..=4 => limit.saturating_add_signed(self.pick(&[0, 0, -1, 1])),
            15 => self.pick(&[0, 2_999, 10_000_000_001, 1_000_000_000_000_000_000, u64::MAX]),
            _ => self.between(1, (limit / 3).clamp(1, 2_000)),
        }
    }
}

/// What a command is made of.
struct Scene<'a> {
    ledger: &'a Ledger,
    now: u64,
    /// The id of the command, if it takes no other.
    id: Id,
    dice: Dice,
}

impl Scene<'_> {
    /// In most cases a kind for which there is something: else what makes it.
    fn possible(&mut self, kind: Kind) -> Kind {
        if let Some(kind) = self.after_losses().filter(|_| kind != Kind::Wait) {
            return kind;
        }
        let t = self.ledger.tables();
        let (there, maker) = match kind {
            Kind::PayPayment | Kind::ClosePayment => {
                let open = |p: &Payment| p.state == PaymentState::Created;
                (t.payments.rows().iter().any(open), Kind::CreatePayment)
            }
            Kind::CaptureAuthorization | Kind::UnfreezeFunds | Kind::CancelAuthorization => {
                (t.authorizations.rows().iter().any(holds::is_open), Kind::AuthorizeFunds)
            }
            Kind::ConfirmPayout | Kind::FailPayout => {
                let open = |w: &Payout| w.state == PayoutState::Requested;
                (t.payouts.rows().iter().any(open), Kind::RequestPayout)
            }
            Kind::DefendDispute
            | Kind::AcceptDispute
            | Kind::CancelDispute
            | Kind::JudgeDispute => {
                (t.disputes.rows().iter().any(Dispute::is_open), Kind::OpenDispute)
            }
            Kind::ReleaseHold | Kind::SeizeHold => {
                (t.holds.rows().iter().any(|h| h.rest > 0), Kind::PlaceHold)
            }
            Kind::IssueCoupon => (!t.coupon_templates.rows().is_empty(), Kind::DefineCoupon),
            Kind::IssueInvoice | Kind::RejectInvoice => {
                let open = |i: &Invoice| i.state == InvoiceState::Requested;
                (t.invoices.rows().iter().any(open), Kind::RequestInvoice)
            }
            Kind::RedInvoice => {
                (t.invoices.rows().iter().any(invoices::is_issued), Kind::IssueInvoice)
            }
            Kind::RevokeCoupon => (!t.coupons.rows().is_empty(), Kind::IssueCoupon),
            Kind::CloseCampaign => (!t.campaigns.rows().is_empty(), Kind::FundCampaign),
            Kind::ClaimRedPacket => {
                (t.packets.rows().iter().any(Packet::is_open), Kind::SendRedPacket)
            }
            Kind::ReturnRepayment => {
                (t.loans.rows().iter().any(lending::is_repaid_in_part), Kind::RepayCredit)
            }
            Kind::DrawMore => (t.loans.rows().iter().any(lending::runs), Kind::DrawLoan),
            Kind::ChargeLoan => (!t.loans.rows().is_empty(), Kind::DrawLoan),
            Kind::WaiveLoanCharge => {
                (t.loans.rows().iter().any(lending::is_charged), Kind::ChargeLoan)
            }
            Kind::UnfreezeCreditLine => {
                (t.credit_lines.rows().iter().any(holds::is_frozen), Kind::FreezeCreditLine)
            }
            _ => {
                let fits = |r: &Rental| rentals::fits(kind, r, self.now);
                let rows = t.rentals.rows();
                (rows.is_empty() || rows.iter().any(fits), Kind::Forward)
            }
        };
        if there || self.dice.one_in(6) { kind } else { maker }
    }

    fn user(&mut self) -> Id {
        let rare = self.dice.one_in(12).then(|| self.dice.pick(&[3, 3, 4]));
        named('u', rare.unwrap_or(self.dice.of(3)))
    }

    fn merchant(&mut self) -> Id {
        let rare = self.dice.one_in(20);
        named('m', if rare { 3 } else { self.dice.of(3) })
    }

    /// A new name for a row, in most cases.
    fn fresh(&mut self, letter: char, rows: usize) -> Id {
        let number = if self.dice.one_in(24) { self.dice.of(rows) } else { rows };
        named(letter, number)
    }

    /// A new number among so many, in most cases.
    fn number(&mut self, letter: char, rows: usize) -> Reference {
        let number = if self.dice.one_in(24) { self.dice.of(rows) } else { rows };
        reference(letter, number)
    }

    /// Now and then the id of a payment that is there.
    fn payment(&mut self) -> Option<Id> {
        self.dice.one_in(24).then(|| self.a_payment(|_| true).0)
    }

    /// An amount about these limits, and hardly ever in another currency.
    fn amount(&mut self, limits: &[u64]) -> Money {
        self.amount_in(Currency::CNY, limits)
    }

    /// The balance of an account on its own side, as a limit.
    fn balance(&self, class: Class, owner: Id) -> u64 {
        balance(self.ledger, class, owner)
    }

    /// What is left of a user's limit.
    fn credit_left(&self, user: Id) -> u64 {
        let used =
            self.balance(Class::CreditUnbilled, user) + self.balance(Class::CreditHeld, user);
        let used = used + self.balance(Class::CreditInstalment, user);
        let line = self.ledger.tables().users.find(&user);
        let line = line.and_then(|no| self.ledger.tables().credit_lines.get(&no));
        let loans = line.and_then(|line| line.billing.as_ref()).map(|bill| &bill.loans);
        let lent = loans.into_iter().flatten().map(|no| self.ledger.tables().loans.row(*no).owed);
        let used = used + lent.sum::<u64>();
        self.balance(Class::LimitGranted, user).saturating_sub(used)
    }

    /// An instant next to one of these.
    fn instant(&mut self, instants: &[u64]) -> u64 {
        let instant = self.dice.pick(instants);
        instant.saturating_add_signed(self.dice.pick(&[0, 0, 0, 0, 1, -1, 3_600_000, -3_600_000]))
    }

    /// The next thing in the life of a rental that has not ended, or a new one.
    fn forward(&mut self) -> Body {
        let rentals = self.ledger.tables().rentals.rows();
        let new = self.dice.one_in(10);
        let found = if new { None } else { self.dice.recent(rentals, is_open) };
        let Some(r) = found else { return self.create_rental() };
        let on = self.dice.of(2) < 1;
        match r.state {
            RentalState::Created => self.assess(r),
            RentalState::Declined if !r.terms.deposit_fallback && on => self.cancel(r.rental),
            RentalState::Assessed if self.short_of_deposit(r) > 0 && !on => {
                self.top_up_for(r, self.short_of_deposit(r))
            }
            RentalState::Assessed | RentalState::Declined => self.secure(r.rental),
            RentalState::Secured if r.terms.expiry_at <= self.now => self.extend(r),
            RentalState::Secured => self.start(r),
            RentalState::PaymentPending if on => self.collect(r.rental),
            RentalState::PaymentPending => {
                let part = self.dice.pick(&[1, 2, 3]);
                self.top_up_for(r, r.outstanding() / part)
            }
            RentalState::Overdue if !is_out(r) => self.collect(r.rental),
            RentalState::InUse if !on => self.give_back(r),
            RentalState::InUse if r.terms.plan.is_empty() => self.order(),
            RentalState::InUse => self.buy_out(r),
            RentalState::Overdue if !on => self.give_back(r),
            RentalState::Overdue => Body::DeclareLost(DeclareLost { rental: r.rental }),
            RentalState::Returned if on => self.claim_damage(r),
            RentalState::Returned | RentalState::Lost => self.settle(r),
            RentalState::Completed
            | RentalState::BoughtOut
            | RentalState::Cancelled
            | RentalState::Expired => self.create_rental(),
        }
    }
}

/// The balance of an account on its own side.
fn balance(ledger: &Ledger, class: Class, owner: Id) -> u64 {
    let account = ledger.account(&AccountKey::of(class, owner, Currency::CNY));
    account.map_or(0, |a| u64::try_from(a.credit_balance().abs()).unwrap_or(u64::MAX))
}

fn is_open(r: &Rental) -> bool {
    use RentalState::{BoughtOut, Cancelled, Completed, Expired};
    !matches!(r.state, Completed | BoughtOut | Cancelled | Expired)
}

/// With the user.
fn is_out(r: &Rental) -> bool {
    let running = matches!(r.state, RentalState::InUse | RentalState::Overdue);
    running && r.returned_at == 0 && r.pending_at == 0
}
