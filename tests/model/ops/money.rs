//! Commands on owners, balances, payments and ledger accounts; and what every run starts with.

use super::{Kind, Scene, cny, named, order_id, reference};
use groat_ledger::{
    Account, Balancing, Block, Body, CancelPayment, Class, CloseAccount, ClosePayment, CodeKind,
    CodeUse, ConfirmPayout, ConfirmTopUp, Constraint, CreatePayment, CreditTerms, Currency,
    EntryLine, FailPayout, FeeRefund, GrantCreditLine, Id, Leg, LegSource, LiftRestriction,
    LimitScope, Limits, MerchantTerms, OnboardMerchant, OpenLedgerAccount, OpenUser, Owner,
    PayMode, PayPayment, Payment, PaymentParts, PaymentState, Payout, PayoutState, PendingState,
    Phase, PlaceHold, PostAdjustment, PostTransfer, RefundPayment, ReleaseHold, RequestPayout,
    RestrictAccount, SeizeHold, SetLimits, Side, SignRule, Transfer,
};

/// What every run starts with: parties, accounts, lines of credit, and orders, paid.
pub(crate) fn prologue() -> Vec<Body> {
    let riches = [3_000, 900, 500, 300];
    let users = (0..4).flat_map(|u| [open_user(u), top_up(named('u', u), riches[u], 900 + u)]);
    let merchants = [0, 1, 2, 4].map(open_merchant);
    let accounts = (0..5).map(open_account);
    let lines = [(0, 0), (1, 1), (2, 3)].map(|(u, way)| {
        let (statement_day, due_day, min_bps, day_ppm) = (3, 4, 1_000, 50_000);
        let (late_fee_ppm, grace_days, tolerance) = (50_000, 1, 30);
        Body::GrantCreditLine(GrantCreditLine {
            user: named('u', u),
            limit: cny(1_000),
            terms: CreditTerms {
                statement_day,
                due_day,
                min_bps,
                day_ppm,
                late_fee_ppm,
                grace_days,
                tolerance,
                billing: (way < 3).then(|| super::holds::billing(way, 90 * u16::from(way == 1))),
            },
        })
    });
    let orders = (0..3).flat_map(|p| {
        let (amount, channel) = ([290, 690, 1_333][p], 40 * p as u64);
        let legs = [(LegSource::Balance, amount - channel), (channel_of(p), channel)];
        [create_payment(p, p, p, amount, 86_400), pay(named('p', p), named('u', 2 - p), &legs)]
    });
    let money = users.chain(merchants).chain(accounts).chain(lines).chain(orders);
    let beside = super::coupons::prologue().into_iter().chain(super::apps::prologue());
    let beside = beside.chain(super::royalties::prologue()).chain(super::exchange::prologue());
    let beside = beside.chain(super::cards::prologue());
    money.chain(beside).collect()
}

/// What orders are paid with.
const CODES: [CodeKind; 3] = [CodeKind::None, CodeKind::Static, CodeKind::DynamicC];

fn channel_of(number: usize) -> LegSource {
    LegSource::Channel(named('c', number % 2))
}

pub(super) fn pay(payment: Id, user: Id, legs: &[(LegSource, u64)]) -> Body {
    let legs = legs.iter().filter(|leg| leg.1 > 0);
    let legs = legs.map(|(source, amount)| Leg { source: *source, amount: *amount }).collect();
    Body::PayPayment(PayPayment { payment, user, currency: Currency::CNY, legs })
}

fn create_payment(id: usize, number: usize, seller: usize, x: u64, timeout_s: u32) -> Body {
    Body::CreatePayment(CreatePayment {
        payment: named('p', id),
        out_trade_no: reference('o', number),
        merchant: named('m', seller),
        mode: PayMode::InApp,
        code_kind: CodeKind::None,
        auth_code: None,
        amount: cny(x),
        discountable: None,
        undiscountable: None,
        timeout_s,
        quote: Id::NONE,
        royalty_freeze: false,
        coupon: Id::NONE,
    })
}

/// One of the users is of the lowest identity class.
fn open_user(number: usize) -> Body {
    let kyc_class = if number == 3 { 1 } else { 2 };
    Body::OpenUser(OpenUser { user: named('u', number), kyc_class, currency: Currency::CNY })
}

pub(super) fn top_up(user: Id, x: u64, number: usize) -> Body {
    let (bank_ref, bank) = (reference('r', number), Id::NONE);
    Body::ConfirmTopUp(ConfirmTopUp { user, amount: cny(x), bank_ref, bank })
}

/// Merchants differ in their terms: 0 as usual; 1 keeps its fees, settles late, with a reserve
/// that the clock releases; 2 pays a tenth and settles with the cut, its reserve is released by
/// hand; 3 pays everything, for a day; 4 sells in dollars.
fn open_merchant(number: usize) -> Body {
    let (fee_ppm, cycle_days, reserve_bps, reserve_days, refund_days) = [
        (6_000, 1, 0, 0, 365),
        (38_000, 2, 500, 4, 30),
        (100_000, 0, 3_333, 0, 3),
        (1_000_000, 3, 0, 0, 1),
        (6_000, 1, 500, 2, 30),
    ][number];
    let fee_refund = if number == 1 { FeeRefund::None } else { FeeRefund::Proportional };
    let usd: Currency = "USD".parse().unwrap();
    let (royalty_cap_bps, settle_currency) =
        (3_000, [Currency::CNY, usd][usize::from(number == 4)]);
    let terms = MerchantTerms {
        fee_ppm,
        fee_refund,
        cycle_days,
        reserve_bps,
        reserve_days,
        royalty_cap_bps,
        refund_days,
        settle_currency,
    };
    Body::OnboardMerchant(OnboardMerchant { merchant: named('m', number), terms })
}

/// Ledger accounts differ in what they keep; 4 is of another currency, 5 tells its history.
fn open_account(number: usize) -> Body {
    let constraint = match number {
        1 => Constraint::DebitsWithinCredits,
        2 => Constraint::CreditsWithinDebits,
        _ => Constraint::None,
    };
    let currency = if number == 4 { "USD".parse().unwrap() } else { Currency::CNY };
    let (account, history) = (named('a', number), number == 5);
    Body::OpenLedgerAccount(OpenLedgerAccount { account, currency, constraint, history })
}

impl<'a> Scene<'a> {
    pub(super) fn money(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::OpenUser => open_user(self.dice.pick(&[4, 0, 1, 2])),
            Kind::OnboardMerchant => open_merchant(self.dice.pick(&[3, 0, 1, 2])),
            Kind::OpenLedgerAccount => open_account(self.dice.pick(&[5, 0, 1, 2, 3, 4])),
            Kind::SetLimits => self.limits(),
            Kind::RestrictAccount => {
                let (account, block, case) = (self.owner(), self.block(), reference('j', 2));
                Body::RestrictAccount(RestrictAccount { account, block, case })
            }
            Kind::LiftRestriction => {
                let (account, block, case) = (self.restricted(), self.block(), reference('j', 2));
                Body::LiftRestriction(LiftRestriction { account, block, case })
            }
            Kind::CloseAccount => Body::CloseAccount(CloseAccount { account: self.owner() }),
            Kind::ConfirmTopUp => {
                let user = self.user();
                let number = if self.dice.one_in(8) { 900 } else { self.dice.of(512) };
                match self.dice.one_in(12) {
                    true => top_up(user, self.dice.about(&[0]), number),
                    false => top_up(user, self.dice.between(50, 900), number),
                }
            }
            Kind::Transfer => {
                let (from, to) = (self.user(), self.user());
                let amount = self.amount(&[self.balance(Class::UserAvailable, from)]);
                Body::Transfer(Transfer { from, to, amount })
            }
            Kind::PlaceHold => {
                let rows = self.ledger.tables().holds.rows().len();
                let (hold, user) = (self.fresh('h', rows), self.user());
                let amount = self.amount(&[self.balance(Class::UserAvailable, user)]);
                Body::PlaceHold(PlaceHold { hold, user, amount })
            }
            Kind::ReleaseHold => self.release_hold(),
            Kind::SeizeHold => {
                let rows = self.ledger.tables().holds.rows();
                let found = self.dice.recent(rows, |h| h.rest > 0);
                let (hold, order_ref) =
                    (found.map_or(named('x', 7), |h| h.hold), reference('j', 1));
                Body::SeizeHold(SeizeHold { hold, order_ref, bank: Id::NONE })
            }
            Kind::RequestPayout => self.request_payout(),
            Kind::ConfirmPayout => {
                Body::ConfirmPayout(ConfirmPayout { payout: self.a_payout(), bank: Id::NONE })
            }
            Kind::FailPayout => {
                let (payout, reason) = (self.a_payout(), reference('x', 1));
                Body::FailPayout(FailPayout { payout, reason })
            }
            Kind::PostAdjustment => self.adjust(),
            Kind::PostTransfer => self.transfer(),
            Kind::CreatePayment => self.any_order(),
            Kind::PayPayment => self.pay(),
            Kind::ClosePayment => {
                let payment = self.a_payment(|p| p.state == PaymentState::Created).0;
                Body::ClosePayment(ClosePayment { payment })
            }
            Kind::CancelPayment => {
                Body::CancelPayment(CancelPayment { payment: self.a_payment(|_| true).0 })
            }
            Kind::RefundPayment => {
                let with_coupon = self.dice.one_in(3);
                let fits = |p: &Payment| {
                    let open =
                        matches!(p.state, PaymentState::Paid | PaymentState::PartiallyRefunded);
                    let of =
                        |parts: &PaymentParts| !parts.coupon.is_none() || !parts.card.is_none();
                    open && p.parts.as_deref().is_some_and(of)
                };
                let with_coupon =
                    with_coupon && self.ledger.tables().payments.rows().iter().any(fits);
                let (payment, found) = match with_coupon {
                    true => self.a_payment(fits),
                    false => self.a_paid_payment(),
                };
                let limits = found.map_or(vec![100], |p| {
                    let left = p.amount.amount - p.refunded();
                    vec![left, p.credit, p.channel_amount, left / 2]
                });
                let amount = self.amount_of(found, &limits);
                let out_request_no = reference('f', self.dice.of(9));
                let royalties = self.royalty_refunds(found);
                Body::RefundPayment(RefundPayment { payment, out_request_no, amount, royalties })
            }
            _ => return None,
        })
    }

    /// In most cases one limit that will matter soon, in others none at all.
    fn limits(&mut self) -> Body {
        let user = self.user();
        if self.dice.one_in(3) {
            return self.limits_of_codes(user);
        }
        let scopes = [LimitScope::User(user), LimitScope::KycClass(2), LimitScope::User(user)];
        let (scope, mut limits) = (self.dice.pick(&scopes), Limits::default());
        let usage = self.ledger.tables().users.get(&user).map(|u| u.usage).unwrap_or_default();
        let more = self.dice.between(0, 2_000);
        match self.dice.of(10) {
            0 => limits.single = Some(more),
            1 => limits.day = Some(usage.day_sum + more),
            2 => limits.month = Some(usage.month_sum + more),
            3 => limits.year = Some(usage.year_sum + more),
            4 => limits.lifetime = Some(usage.lifetime + more),
            5 => limits.balance_cap = Some(self.balance(Class::UserAvailable, user) + more),
            _ => {}
        }
        Body::SetLimits(SetLimits { scope, currency: Currency::CNY, limits })
    }

    /// Those of a kind of code, in most cases in every window: near what one user has spent, or
    /// just less than what an order asks for.
    fn limits_of_codes(&mut self, user: Id) -> Body {
        let tables = self.ledger.tables();
        let coded = |p: &Payment| p.state == PaymentState::Created && p.code_kind != CODES[0];
        let order = tables.payments.rows().iter().rev().find(|p| coded(p));
        let order = order.filter(|_| !self.dice.one_in(3));
        let kind = order.map_or(self.dice.pick(&CODES[1..]), |p| p.code_kind);
        let known = tables.users.find(&user).unwrap_or(u32::MAX);
        let used = tables.code_uses.get(&(known, kind)).cloned();
        let used = used.unwrap_or_else(|| CodeUse::new(known, kind));
        let mut limits = Limits { every_window: !self.dice.one_in(4), ..Limits::default() };
        let more = order.map_or(self.dice.between(0, 200), |p| p.price().amount / 2);
        match self.dice.of(12) {
            0 => limits.single = Some(more),
            1 => limits.month = Some(used.month_sum + more),
            2 => limits.year = Some(used.year_sum + more),
            3 => limits.lifetime = Some(used.lifetime + more),
            4 => limits.balance_cap = Some(more),
            5..10 => limits.day = Some(more),
            _ => {}
        }
        let scope = LimitScope::CodeKind(kind);
        Body::SetLimits(SetLimits { scope, currency: Currency::CNY, limits })
    }

    fn owner(&mut self) -> Owner {
        match self.dice.of(5) {
            0 | 1 => Owner::User(self.user()),
            2 | 3 => Owner::Merchant(self.merchant()),
            _ => Owner::Ledger(named('a', self.dice.of(7))),
        }
    }

    /// An owner who is restricted, in most cases.
    fn restricted(&mut self) -> Owner {
        let t = self.ledger.tables();
        let blocked = |a: &Account| a.debit_blocked || a.credit_blocked;
        let found = self.dice.recent(t.accounts.rows(), |a| blocked(a));
        match found.map(|a| (a.key.class, a.key.owner)) {
            Some((Class::UserAvailable, id)) => Owner::User(id),
            Some((Class::MerchantAvailable, id)) => Owner::Merchant(id),
            Some((Class::Ledger, id)) => Owner::Ledger(id),
            _ => self.owner(),
        }
    }

    fn a_payout(&mut self) -> Id {
        let requested = |w: &Payout| w.state == PayoutState::Requested;
        let found = self.dice.recent(self.ledger.tables().payouts.rows(), requested);
        found.map_or(named('x', 5), |w| w.payout)
    }

    fn block(&mut self) -> Block {
        self.dice.pick(&[Block::All, Block::Debit, Block::Credit])
    }

    fn release_hold(&mut self) -> Body {
        let rows = self.ledger.tables().holds.rows();
        let found = self.dice.recent(rows, |h| h.rest > 0);
        let hold = found.map_or(named('x', 7), |h| h.hold);
        let user = match found {
            Some(h) if !self.dice.one_in(8) => h.user,
            _ => self.user(),
        };
        let amount = self.amount(&[found.map_or(100, |h| h.rest)]);
        Body::ReleaseHold(ReleaseHold { hold, user, amount })
    }

    fn request_payout(&mut self) -> Body {
        let (user, merchant) = (self.user(), self.merchant());
        let (owner, has) = if self.dice.one_in(2) {
            (Owner::User(user), self.balance(Class::UserAvailable, user))
        } else {
            (Owner::Merchant(merchant), self.balance(Class::MerchantAvailable, merchant))
        };
        let payout = self.fresh('w', self.ledger.tables().payouts.rows().len());
        let fee = self.dice.between(0, 2);
        let amount = self.amount(&[has.saturating_sub(fee), has]);
        Body::RequestPayout(RequestPayout { payout, owner, amount, fee })
    }

    fn adjust(&mut self) -> Body {
        let house = |class| (class, Id::NONE);
        let (user, seller, acquirer) = (self.user(), self.merchant(), named('c', self.dice.of(2)));
        let [debit, credit] = match self.dice.of(6) {
            0 => [house(Class::SafeguardedBank), (Class::ChannelReceivable, acquirer)],
            1 => [(Class::UserAvailable, user), house(Class::Equity)],
            2 => [house(Class::Marketing), (Class::UserAvailable, user)],
            3 => [house(Class::Equity), house(Class::SafeguardedBank)],
            4 => [(Class::MerchantReceivable, seller), house(Class::Equity)],
            _ => [(Class::MerchantAvailable, seller), (Class::MerchantReceivable, seller)],
        };
        let owed = self.balance(credit.0, credit.1);
        let is_asset = credit.0.sign_rule() == SignRule::DebitBalance;
        let given = if is_asset { owed } else { self.balance(debit.0, debit.1).max(1_000) };
        let amount = cny(self.dice.about(&[owed, given]));
        let line = |(class, owner), side| EntryLine { class, owner, side, amount };
        Body::PostAdjustment(PostAdjustment {
            entries: vec![line(debit, Side::Debit), line(credit, Side::Credit)],
            reason: reference('x', 2),
            maker: named('k', 1),
            approver: named('k', 2),
        })
    }

    fn transfer(&mut self) -> Body {
        let rows = self.ledger.tables().pending.rows();
        let found = self.dice.recent(rows, |p| p.state == PendingState::Pending);
        let known = found.filter(|_| !self.dice.one_in(24));
        let pending = known.map_or(named('x', 4), |p| p.transfer);
        let accounts = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 3, 4, 5];
        let debit = named('a', self.dice.pick(&accounts));
        let credit = self.dice.pick(&accounts);
        let same = named('a', credit) == debit && !self.dice.one_in(8);
        let credit = named('a', if same { (credit + 1) % 4 } else { credit });
        let sides = [Balancing::None, Balancing::Debit, Balancing::Credit, Balancing::Both];
        let balancing = if self.dice.one_in(2) { self.dice.pick(&sides) } else { sides[0] };
        let timeout_s = self.dice.pick(&[0, 1, 3_600, 172_800]);
        let amount = Some(self.amount(&[1_000, 300]));
        let phase = match self.dice.of(if rows.is_empty() { 2 } else { 5 }) {
            0 => Phase::Single(balancing),
            1 | 2 => Phase::Pending { balancing, timeout_s },
            3 => {
                let rest = found.map_or(9, |p| p.amount);
                let amount = (!self.dice.one_in(3)).then(|| self.amount(&[rest, rest + 1]));
                let (debit, credit, phase) = (Id::NONE, Id::NONE, Phase::Post { pending });
                return Body::PostTransfer(PostTransfer { debit, credit, amount, phase });
            }
            _ => {
                let (debit, credit, phase) = (Id::NONE, Id::NONE, Phase::Void { pending });
                return Body::PostTransfer(PostTransfer { debit, credit, amount: None, phase });
            }
        };
        Body::PostTransfer(PostTransfer { debit, credit, amount, phase })
    }

    pub(super) fn order(&mut self) -> Body {
        let payments = self.ledger.tables().payments.rows().len();
        let id = self.payment().unwrap_or(order_id(self.id));
        let number = self.number('o', payments);
        let (seller, amount) = (self.merchant(), self.amount(&[700, 300]));
        let timeout_s =
            self.dice.pick(&[86_400, 86_400, 86_400, 3_600, 3_600, 60, 60, 59, 1_296_001]);
        let mut body = create_payment(0, 0, 0, 0, timeout_s);
        if let Body::CreatePayment(c) = &mut body {
            (c.payment, c.out_trade_no, c.merchant, c.amount) = (id, number, seller, amount);
            if self.dice.one_in(6) {
                let x = amount.amount;
                c.undiscountable = Some(self.dice.pick(&[1, x / 2, x, x.saturating_add(1)]));
            }
            c.royalty_freeze = self.dice.one_in(4);
            c.code_kind = self.dice.pick(&CODES);
        }
        body
    }

    /// One order, in another currency now and then.
    fn any_order(&mut self) -> Body {
        match self.order() {
            Body::CreatePayment(c) if self.dice.one_in(2) => self.abroad(c),
            body => body,
        }
    }

    pub(super) fn a_payment(
        &mut self,
        fits: impl Fn(&Payment) -> bool,
    ) -> (Id, Option<&'a Payment>) {
        let found = self.dice.recent(self.ledger.tables().payments.rows(), fits);
        (found.map_or(named('x', 6), |p| p.payment), found)
    }

    fn pay(&mut self) -> Body {
        if self.dice.one_in(2)
            && let Some(body) = self.pay_with_coupon()
        {
            return body;
        }
        if self.dice.one_in(3)
            && let Some(body) = self.pay_with_card()
        {
            return body;
        }
        if self.dice.one_in(6)
            && let Some(body) = self.pay_in_terms()
        {
            return body;
        }
        let abroad = self.dice.one_in(3);
        let open = |p: &Payment| p.state == PaymentState::Created;
        let (payment, found) = self.a_payment(|p| open(p) && (!abroad || p.exchange().is_some()));
        let amount = found.map_or(9, |p| p.price().amount);
        let user = self.user();
        let left = self.credit_left(user);
        let mut share = |sides: usize, most: u64, of: u64| {
            let is_given = self.dice.one_in(sides);
            if is_given { self.dice.about(&[most.min(of)]).min(of) } else { 0 }
        };
        let channel = share(3, amount / 2, amount);
        let credit = share(2, left, amount - channel);
        // A fen more than there is, now and then.
        let beyond = self.dice.one_in(6);
        let credit = if beyond { (left + 1).min(amount - channel) } else { credit };
        let wrong = u64::from(self.dice.one_in(12));
        let balance = amount - channel - credit + wrong;
        let which = self.dice.of(2);
        let legs = [
            (LegSource::Balance, balance),
            (channel_of(which), channel),
            (self.on_credit(), credit),
        ];
        pay(payment, user, &legs)
    }
}
