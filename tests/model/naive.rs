//! The naive model: a list of entries and sums over it, the rules of DOMAIN.md written a second
//! time in the plainest way. It asks the ledger for nothing and keeps no balance: what is frozen,
//! held, owed, waived or advanced is the sum of what was written. All its money is CNY, but what
//! one merchant sells.

mod apps;
mod billing;
mod cards;
mod charges;
mod coupons;
mod credit;
mod debits;
mod disputes;
mod exchange;
mod funding;
mod holds;
mod invoices;
mod limits;
mod loan_charges;
mod loans;
mod losses;
mod orders;
mod owners;
mod packets;
mod parts;
mod plans;
mod points;
mod refunds;
mod rentals;
mod royalties;
mod settlement;
mod treasury;

use crate::books::Answer;
use apps::App;
use cards::Card;
use coupons::{Campaign, Coupon, End};
use credit::Line;
use disputes::Dispute;
use exchange::currency_of;
use groat_ledger::{
    Body, CardTerms, Class, Command, Constraint, CouponTerms, Currency, Id, Limits, MerchantTerms,
    Money, Owner, QuoteTerms, Reference, Rejection,
};
use holds::Hold;
use invoices::Invoice;
use limits::Spending;
use loans::Loan;
use orders::Order;
use packets::Packet;
use plans::Plan;
use rentals::Rental;
use std::collections::{BTreeMap, BTreeSet};
use treasury::{Payout, Reservation};

const DAY_MS: u64 = 86_400_000;

/// What one movement can be.
const AMOUNTS: std::ops::RangeInclusive<u64> = 1..=1_000_000_000_000_000_000;

/// An account: class, owner, business date where there is one, currency.
pub(crate) type Account = (Class, Id, u32, Currency);

/// Debits, credits, pending debits, pending credits of an account.
pub(crate) type Sums = BTreeMap<Account, [i128; 4]>;

/// Why a command does not happen; nothing is written before the last precondition.
type Outcome = Result<(), Rejection>;

struct Entry {
    debit: Account,
    credit: Account,
    amount: i128,
}

/// What a merchant sold on one day.
struct Batch {
    merchant: Id,
    day: u32,
    settled: bool,
    /// Kept back and to be released by the clock.
    reserve: i128,
}

/// What the clock does, in the order of DOMAIN §4.7; each of the row of that number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    EndOfHold,
    EndOfCoupon,
    EndOfPacket,
    EndOfUnstartedRental,
    EndOfCard,
    Term,
    Overdue,
    EndOfFreeze,
    Statement,
    EndOfGrace,
    LoanTerm,
    EndOfLoanGrace,
    Night,
    Debit,
    LoanDebit,
    ReleaseOfReserve,
    Settlement,
    EndOfPoints,
}

#[derive(Default)]
pub(crate) struct Naive {
    offset_ms: i128,
    /// When something last happened.
    latest: u64,
    entries: Vec<Entry>,
    /// Identity class.
    users: BTreeMap<Id, u8>,
    merchants: BTreeMap<Id, MerchantTerms>,
    accounts: BTreeMap<Id, (Currency, Constraint)>,
    debit_blocked: BTreeSet<Account>,
    credit_blocked: BTreeSet<Account>,
    closed: BTreeSet<Account>,
    reservations: BTreeMap<Id, Reservation>,
    references: BTreeSet<Reference>,
    /// User and rest.
    compliance: BTreeMap<Id, (Id, i128)>,
    payouts: BTreeMap<Id, Payout>,
    orders: Vec<Order>,
    batches: Vec<Batch>,
    disputes: Vec<Dispute>,
    /// Merchants with whom they may share.
    bound: BTreeSet<(Id, Id)>,
    holds: Vec<Hold>,
    rentals: Vec<Rental>,
    lines: BTreeMap<Id, Line>,
    campaigns: BTreeMap<Id, Campaign>,
    templates: BTreeMap<Id, CouponTerms>,
    coupons: Vec<Coupon>,
    packets: Vec<Packet>,
    card_kinds: BTreeMap<Id, CardTerms>,
    cards: Vec<Card>,
    plans: Vec<Plan>,
    loans: Vec<Loan>,
    invoices: Vec<Invoice>,
    quotes: BTreeMap<Id, QuoteTerms>,
    apps: BTreeMap<Id, App>,
    /// By scope and currency.
    limits: BTreeMap<String, Limits>,
    spendings: Vec<Spending>,
    /// By limits of codes: at which spending every window began to be counted.
    counted_since: BTreeMap<String, usize>,
}

fn of(class: Class, owner: Id) -> Account {
    (class, owner, 0, currency_of(owner))
}

fn house(class: Class) -> Account {
    of(class, Id::NONE)
}

fn user(id: Id) -> Account {
    of(Class::UserAvailable, id)
}

fn merchant(id: Id) -> Account {
    of(Class::MerchantAvailable, id)
}

fn pending(merchant: Id, day: u32) -> Account {
    (Class::MerchantPending, merchant, day, currency_of(merchant))
}

fn must(holds: bool, or: Rejection) -> Outcome {
    if holds { Ok(()) } else { Err(or) }
}

fn cny(money: Money) -> Result<i128, Rejection> {
    amount_in(Currency::CNY, money)
}

fn amount_in(currency: Currency, money: Money) -> Result<i128, Rejection> {
    must(money.currency == currency, Rejection::CurrencyMismatch)?;
    must(AMOUNTS.contains(&money.amount), Rejection::AmountOutOfRange)?;
    Ok(money.amount.into())
}

/// `a × b / c`, half up.
fn half_up(a: i128, b: i128, c: i128) -> i128 {
    (2 * a * b + c) / (2 * c)
}

impl Naive {
    pub(crate) fn new(day_offset_min: i32) -> Naive {
        Naive { offset_ms: i128::from(day_offset_min) * 60_000, ..Naive::default() }
    }

    /// Sums of every account that was ever moved.
    pub(crate) fn sums(&self) -> Sums {
        let mut sums = Sums::new();
        let open = self.reservations.values().filter(|r| r.ended.is_none()).map(|r| (2, &r.entry));
        for (layer, entry) in self.entries.iter().map(|e| (0, e)).chain(open) {
            sums.entry(entry.debit).or_default()[layer] += entry.amount;
            sums.entry(entry.credit).or_default()[layer + 1] += entry.amount;
        }
        sums.retain(|_, sums| *sums != [0; 4]);
        sums
    }

    /// One step: whether it happens, and then its entries. Without a command, time passes.
    pub(crate) fn step(&mut self, command: Option<&Command>, now: u64) -> Answer {
        self.pass_time(now);
        let Some(Command { id, app, body }) = command else { return Answer::Done };
        if let Err(rejection) = self.may_ask(*app, body, now) {
            return Answer::Refused(rejection);
        }
        if self.was_done(body) {
            return Answer::Again;
        }
        self.latest = now;
        let moves = self.moves(body, now);
        match self.happens(*id, body, now) {
            Ok(()) => {
                self.asked(*app, moves, now);
                Answer::Done
            }
            Err(rejection) => Answer::Refused(rejection),
        }
    }

    /// A business number that was used for the very same thing.
    fn was_done(&self, body: &Body) -> bool {
        let same_in = |currency: Currency, done: Option<i128>, money: Money| {
            money.currency == currency && done == Some(money.amount.into())
        };
        let same = |done: Option<i128>, money: Money| same_in(Currency::CNY, done, money);
        match body {
            Body::RefundPayment(c) => {
                let order = self.orders.iter().find(|o| o.id == c.payment);
                let done = order.and_then(|o| o.refunds.get(&c.out_request_no).copied());
                let sold_in = order.map_or(Currency::CNY, |o| currency_of(o.merchant));
                same_in(sold_in, done, c.amount)
            }
            Body::UnfreezeFunds(c) => {
                let hold = self.holds.iter().find(|h| h.id == c.auth);
                let done = hold.and_then(|h| h.releases.get(&c.out_request_no).copied());
                same(done, c.amount)
            }
            Body::SplitPayment(c) => self.was_split(c) == Some(true),
            Body::ReturnSplit(c) => self.was_returned(c) == Some(true),
            _ => false,
        }
    }

    fn happens(&mut self, id: Id, body: &Body, now: u64) -> Outcome {
        match body {
            Body::OpenLedgerAccount(c) => self.open_account(c),
            Body::OpenUser(c) => self.open_user(c),
            Body::OnboardMerchant(c) => self.onboard(c),
            Body::SetLimits(c) => self.set_limits(c),
            Body::RestrictAccount(c) => self.restrict(c.account, c.block, true),
            Body::LiftRestriction(c) => self.restrict(c.account, c.block, false),
            Body::CloseAccount(c) => self.close_account(c.account, now),
            Body::PostTransfer(c) => self.post_transfer(id, c, now),
            Body::PlaceHold(c) => self.place_hold(c),
            Body::ReleaseHold(c) => self.release_hold(c),
            Body::SeizeHold(c) => self.seize_hold(c.hold),
            Body::ConfirmTopUp(c) => self.top_up(c),
            Body::Transfer(c) => self.transfer(c, now),
            Body::RequestPayout(c) => self.request_payout(c),
            Body::ConfirmPayout(c) => self.confirm_payout(c.payout),
            Body::FailPayout(c) => self.fail_payout(c.payout),
            Body::PostAdjustment(c) => self.adjust(c),
            Body::CreatePayment(c) => self.create_payment(c, now),
            Body::PayPayment(c) => self.pay(c, now),
            Body::ClosePayment(c) => self.close_payment(c.payment, now),
            Body::SetAutoDebit(c) => self.set_auto_debit(c, now),
            Body::CancelPayment(c) => self.cancel_payment(c.payment, now),
            Body::RefundPayment(c) => self.refund(c, now),
            Body::AuthorizeFunds(c) => self.authorize(c, now),
            Body::CaptureAuthorization(c) => self.capture(id, c, now),
            Body::UnfreezeFunds(c) => self.unfreeze(c),
            Body::CancelAuthorization(c) => self.cancel_hold(c.auth),
            Body::CreateRental(c) => self.create_rental(c, now),
            Body::AssessRental(c) => self.assess(c),
            Body::SecureDeposit(c) => self.secure(c.rental, now),
            Body::StartRental(c) => self.start(c, now),
            Body::ExtendRental(c) => self.extend(c),
            Body::ReturnRental(c) => self.give_back_thing(c, now),
            Body::ClaimDamage(c) => self.claim_damage(c, now),
            Body::ReduceCharge(c) => self.reduce(id, c, now),
            Body::SettleRental(c) => self.settle_rental(id, c, now),
            Body::CollectRental(c) => self.collect_rental(id, c, now),
            Body::BuyOutRental(c) => self.buy_out(id, c, now),
            Body::DeclareLost(c) => self.declare_lost(c.rental, now),
            Body::CancelRental(c) => self.cancel_rental(c.rental),
            Body::GrantCreditLine(c) => self.grant(c, now),
            Body::AdjustLimit(c) => self.adjust_limit(c),
            Body::FreezeCreditLine(c) => self.freeze(c.user, Some(c.reason)),
            Body::UnfreezeCreditLine(c) => self.freeze(c.user, None),
            Body::CloseCreditLine(c) => self.close_line(c.user),
            Body::RepayCredit(c) => self.repay(c, now),
            Body::ReleaseReserve(c) => self.release_reserve(c),
            Body::FundCampaign(c) => self.fund_campaign(c),
            Body::CloseCampaign(c) => self.close_campaign(c.campaign),
            Body::DefineCoupon(c) => self.define_coupon(c, now),
            Body::IssueCoupon(c) => self.issue_coupon(c, now),
            Body::RevokeCoupon(c) => self.revoke_coupon(c.coupon, now),
            Body::SendRedPacket(c) => self.send_packet(c, now),
            Body::ClaimRedPacket(c) => self.claim_packet(c, now),
            Body::RequestInvoice(c) => self.request_invoice(c),
            Body::IssueInvoice(c) => self.issue_invoice(c),
            Body::RejectInvoice(c) => self.reject_invoice(c.invoice),
            Body::RedInvoice(c) => self.red_invoice(c),
            Body::OpenDispute(c) => self.open_dispute(c, now),
            Body::DefendDispute(c) => self.defend(c.dispute, now),
            Body::AcceptDispute(c) => self.accept(c.dispute, now),
            Body::CancelDispute(c) => self.cancel_dispute(c.dispute),
            Body::JudgeDispute(c) => self.judge(c, now),
            Body::ConfirmSettlement(c) => self.confirm_settlement(c),
            Body::BindRoyalty(c) => self.bind(c),
            Body::UnbindRoyalty(c) => self.unbind(c),
            Body::SplitPayment(c) => self.split_payment(c, now),
            Body::ReturnSplit(c) => self.return_split(c, now),
            Body::FundCredit(c) => self.fund(c),
            Body::RepayFunding(c) => self.repay_funding(c),
            Body::ConvertToInstalments(c) => self.convert(c, now),
            Body::PrepayPlan(c) => self.prepay(c),
            Body::WriteOffCredit(c) => self.write_off(c, now),
            Body::RecordRecovery(c) => self.recover(c),
            Body::DrawLoan(c) => self.draw(c, now),
            Body::DrawMore(c) => self.draw_more(c, now),
            Body::ChargeLoan(c) => self.charge_a_loan(c, now),
            Body::WaiveLoanCharge(c) => self.waive_charge(c),
            Body::ReturnRepayment(c) => self.charge_back(c, now),
            Body::ProvisionCredit(c) => self.provision(c),
            Body::PublishQuote(c) => self.publish_quote(c, now),
            Body::DefineCard(c) => self.define_card(c),
            Body::OpenCard(c) => self.open_card(c, now),
            Body::UpdateCard(c) => self.update_card(c, now),
            Body::CloseCard(c) => self.close_card(c.card, c.user),
            Body::LoadCard(c) => self.load_card(c, now),
            Body::UnloadCard(c) => self.unload_card(c),
            Body::EarnPoints(c) => self.earn_points(c, now),
            Body::RedeemPoints(c) => self.redeem_points(c),
            Body::AdjustPoints(c) => self.adjust_points(c, now),
            Body::RegisterApp(c) => self.register(c),
            Body::GrantAppAuth(c) => self.grant_app(c, now),
            Body::RevokeAppAuth(c) => self.revoke_app(c),
            Body::SetAppLimits(c) => self.limit_app(c),
            Body::MatchReceipt(_) | Body::AdvanceClock(_) => {
                unreachable!("no step asks for {body:?}")
            }
        }
    }

    /// What falls due by now, one after the other: by time, kind and number.
    fn pass_time(&mut self, now: u64) {
        for held in self.reservations.values_mut() {
            held.expire(now);
        }
        while let Some((at, due, no)) = self.dues().filter(|due| due.0 <= now).min() {
            self.latest = self.latest.max(at);
            let at = self.latest;
            match due {
                Due::EndOfHold => self.end_hold(no, Rejection::AuthorizationExpired),
                Due::EndOfCoupon => self.end_coupon(no, End::Expired),
                Due::EndOfPacket => self.end_packet(no),
                Due::EndOfUnstartedRental => self.end_unstarted(no),
                Due::EndOfCard => self.cards[no].end(),
                Due::Term => self.term_due(no, at),
                Due::Overdue => self.rentals[no].overdue_at = Some(at),
                Due::EndOfFreeze => self.end_of_freeze(no, at),
                Due::Statement => self.cut_statement(self.line_no(no)),
                Due::EndOfGrace => self.end_grace(self.line_no(no)),
                Due::LoanTerm => self.loan_term(no),
                Due::EndOfLoanGrace => self.loan_is_late(no),
                Due::Night => self.charge_night(self.line_no(no)),
                Due::Debit => self.debit_bill(self.line_no(no), at),
                Due::LoanDebit => self.debit_loan(no, at),
                Due::ReleaseOfReserve => self.release_batch(no),
                Due::Settlement => self.settle_batch(no),
                Due::EndOfPoints => self.end_points(no),
            }
        }
    }

    fn dues(&self) -> impl Iterator<Item = (u64, Due, usize)> {
        let numbered = |kind: Due| move |(no, at): (usize, Option<u64>)| Some((at?, kind, no));
        let holds = || self.holds.iter().map(Hold::ends_at).enumerate();
        let coupons = || self.coupons.iter().map(|k| self.coupon_ends_at(k)).enumerate();
        let packets = || self.packets.iter().map(Packet::ends_at).enumerate();
        let unstarted = || self.rentals.iter().map(Rental::unstarted_until).enumerate();
        let cards = || self.cards.iter().map(Card::ends_at).enumerate();
        let points = || self.cards.iter().map(Card::points_until).enumerate();
        let terms = || self.rentals.iter().map(Rental::next_term_at).enumerate();
        let overdue = || self.rentals.iter().map(Rental::overdue_from).enumerate();
        let frozen = || (0..self.orders.len()).map(|no| self.frozen_until(no)).enumerate();
        let bills = self.lines.iter().enumerate().flat_map(|(no, (id, line))| {
            let kinds = [Due::Statement, Due::EndOfGrace, Due::Night, Due::Debit];
            let dues = self.bill_dues(*id, line).into_iter().zip(kinds);
            dues.filter_map(move |(at, kind)| Some((at?, kind, no)))
        });
        let loans = self.loans.iter().enumerate().flat_map(|(no, loan)| {
            let kinds = [Due::LoanTerm, Due::EndOfLoanGrace, Due::LoanDebit];
            let dues = self.loan_dues(loan).into_iter().zip(kinds);
            dues.filter_map(move |(at, kind)| Some((at?, kind, no)))
        });
        let reserves = || self.batches.iter().map(|b| self.reserve_until(b)).enumerate();
        let batches = || self.batches.iter().map(|b| self.settled_on(b)).enumerate();
        holds()
            .filter_map(numbered(Due::EndOfHold))
            .chain(coupons().filter_map(numbered(Due::EndOfCoupon)))
            .chain(packets().filter_map(numbered(Due::EndOfPacket)))
            .chain(unstarted().filter_map(numbered(Due::EndOfUnstartedRental)))
            .chain(cards().filter_map(numbered(Due::EndOfCard)))
            .chain(terms().filter_map(numbered(Due::Term)))
            .chain(overdue().filter_map(numbered(Due::Overdue)))
            .chain(frozen().filter_map(numbered(Due::EndOfFreeze)))
            .chain(bills)
            .chain(loans)
            .chain(reserves().filter_map(numbered(Due::ReleaseOfReserve)))
            .chain(batches().filter_map(numbered(Due::Settlement)))
            .chain(points().filter_map(numbered(Due::EndOfPoints)))
    }

    fn line_no(&self, no: usize) -> Id {
        *self.lines.keys().nth(no).unwrap()
    }

    fn settles_at(&self, batch: &Batch) -> u64 {
        let days = batch.day + self.merchants[&batch.merchant].cycle_days.max(1);
        let start = i128::from(days) * i128::from(DAY_MS) - self.offset_ms;
        start.try_into().unwrap()
    }

    fn settled_on(&self, batch: &Batch) -> Option<u64> {
        (!batch.settled).then(|| self.settles_at(batch))
    }

    fn reserve_until(&self, batch: &Batch) -> Option<u64> {
        let days = u64::from(self.merchants[&batch.merchant].reserve_days);
        (batch.reserve > 0 && days > 0).then(|| self.settles_at(batch) + days * DAY_MS)
    }

    fn release_batch(&mut self, no: usize) {
        let Batch { merchant: seller, reserve, .. } = self.batches[no];
        self.batches[no].reserve = 0;
        self.give_reserve_back(seller, reserve);
    }

    /// A merchant's account of today, and that there is a batch of it.
    fn batch_of_today(&mut self, seller: Id, now: u64) -> Account {
        let day = self.day(now);
        if !self.batches.iter().any(|b| (b.merchant, b.day) == (seller, day)) {
            self.batches.push(Batch { merchant: seller, day, settled: false, reserve: 0 });
        }
        pending(seller, day)
    }

    fn day(&self, now: u64) -> u32 {
        (i128::from(now) + self.offset_ms).div_euclid(DAY_MS.into()).try_into().unwrap()
    }

    /// Posted credits less posted debits.
    fn credit(&self, account: Account) -> i128 {
        let credits = self.entries.iter().filter(|e| e.credit == account).map(|e| e.amount);
        let debits = self.entries.iter().filter(|e| e.debit == account).map(|e| e.amount);
        credits.sum::<i128>() - debits.sum::<i128>()
    }

    fn write(&mut self, debit: Account, credit: Account, amount: i128) {
        assert!(amount >= 0, "{debit:?} to {credit:?}: {amount}");
        self.entries.push(Entry { debit, credit, amount });
    }

    /// The account of an owner that commands name.
    fn account_of(&self, owner: Owner) -> Result<Account, Rejection> {
        let account = match owner {
            Owner::User(id) => self.users.contains_key(&id).then(|| user(id)),
            Owner::Merchant(id) => self.merchants.contains_key(&id).then(|| merchant(id)),
            Owner::Ledger(id) => self.accounts.get(&id).map(|a| (Class::Ledger, id, 0, a.0)),
        };
        account.ok_or(Rejection::UnknownAccount)
    }

    fn may_debit(&self, account: Account) -> Outcome {
        must(!self.closed.contains(&account), Rejection::AccountClosed)?;
        must(!self.debit_blocked.contains(&account), Rejection::AccountRestricted)
    }

    fn may_credit(&self, account: Account) -> Outcome {
        must(!self.closed.contains(&account), Rejection::AccountClosed)?;
        must(!self.credit_blocked.contains(&account), Rejection::AccountRestricted)
    }

    /// Whether an account has an amount to give.
    fn covers(&self, account: Account, amount: i128) -> Outcome {
        must(self.credit(account) >= amount, Rejection::InsufficientFunds)
    }
}
