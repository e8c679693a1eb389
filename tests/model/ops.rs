//! What random commands are made of: few names, so that they meet; small amounts, so that they
//! suffice; and now and then the edges.

use groat_ledger::{
    Balancing, Body, CancelPayment, Class, ClosePayment, CodeKind, ConfirmPayout, ConfirmTopUp,
    Constraint, CreatePayment, Currency, EntryLine, FailPayout, FeeRefund, Id, Leg, LegSource,
    MerchantTerms, Money, OnboardMerchant, OpenLedgerAccount, OpenUser, Owner, PayMode, PayPayment,
    Phase, PlaceHold, PostAdjustment, PostTransfer, Reference, RefundPayment, ReleaseHold,
    RequestPayout, SeizeHold, Side, Transfer,
};
use proptest::prelude::*;

/// One step. Numbers stand for names: user 3 is `u3`. Amounts are minor units of CNY, except
/// where an account is of USD and the step says so.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    OpenUser(u8),
    OpenMerchant(u8),
    OpenAccount(u8),
    TopUp(u8, u64, u8),
    Transfer(u8, u8, u64),
    Hold(u8, u8, u64),
    Release(u8, u8, u64),
    Seize(u8),
    UserPayout(u8, u8, u64, u64),
    MerchantPayout(u8, u8, u64, u64),
    PayoutConfirm(u8),
    PayoutFail(u8),
    Create(u8, u8, u8, u64, u32),
    /// Payment, user, minor units of the amount that come from an acquirer, which.
    Pay(u8, u8, u64, u64, u8),
    Close(u8),
    Cancel(u8),
    Refund(u8, u8, u64),
    Post(u8, u8, u64, u8),
    /// Transfer, accounts, amount, balancing, seconds.
    Pend(u8, u8, u8, u64, u8, u32),
    PostPending(u8, Option<u64>),
    VoidPending(u8),
    /// Which pair of accounts, of whom, how much.
    Adjust(u8, u8, u64),
    Wait(u64),
    /// To so many milliseconds before or after the next midnight in UTC.
    Midnight(i8),
}

pub(crate) fn op() -> impl Strategy<Value = Op> {
    let (user, merchant, account) = (0u8..4, 0u8..4, 0u8..6);
    let (u, m, a) = (user.clone(), merchant.clone(), account.clone());
    let some = 0u8..6;
    let timeout = prop_oneof![Just(60u32), Just(59), Just(3_600), Just(86_400)];
    let pend_timeout = prop_oneof![Just(0u32), Just(1), Just(3_600), Just(172_800)];
    let money = prop_oneof![
        1 => Just(0u64),
        1 => Just(1_000_000_000_000_000_000u64),
        1 => Just(u64::MAX),
        40 => 1u64..3_000,
    ];
    let amount = || money.clone();
    let opens = prop_oneof![
        user.clone().prop_map(Op::OpenUser),
        merchant.clone().prop_map(Op::OpenMerchant),
        account.clone().prop_map(Op::OpenAccount),
    ];
    let balances = prop_oneof![
        6 => (u.clone(), 500u64..20_000, any::<u8>()).prop_map(|(u, x, r)| Op::TopUp(u, x, r)),
        1 => (u.clone(), amount(), 0u8..4).prop_map(|(u, x, r)| Op::TopUp(u, x, r)),
        4 => (u.clone(), u.clone(), amount()).prop_map(|(a, b, x)| Op::Transfer(a, b, x)),
        3 => (some.clone(), u.clone(), amount()).prop_map(|(h, u, x)| Op::Hold(h, u, x)),
        3 => (some.clone(), u.clone(), amount()).prop_map(|(h, u, x)| Op::Release(h, u, x)),
        1 => some.clone().prop_map(Op::Seize),
        3 => (0u8..8, u.clone(), amount(), 0u64..9)
            .prop_map(|(w, u, x, f)| Op::UserPayout(w, u, x, f)),
        3 => (0u8..8, m.clone(), amount(), 0u64..9)
            .prop_map(|(w, m, x, f)| Op::MerchantPayout(w, m, x, f)),
        2 => (0u8..8).prop_map(Op::PayoutConfirm),
        2 => (0u8..8).prop_map(Op::PayoutFail),
        2 => (0u8..5, 0u8..4, amount()).prop_map(|(p, o, x)| Op::Adjust(p, o, x)),
    ];
    let refund = prop_oneof![4 => 1u64..800, 1 => amount()];
    let through = prop_oneof![Just(0u64), 1u64..2_000];
    let wrong = prop_oneof![9 => Just(0u64), 1 => Just(1)];
    let orders = prop_oneof![
        3 => (0u8..9, 0u8..99, 0u8..3, 1u64..3_000, Just(86_400))
            .prop_map(|(p, o, m, x, t)| Op::Create(p, o, m, x, t)),
        1 => (0u8..8, 0u8..4, m, amount(), timeout)
            .prop_map(|(p, o, m, x, t)| Op::Create(p, o, m, x, t)),
        6 => (0u8..9, u, through, wrong, 0u8..2)
            .prop_map(|(p, u, c, wrong, which)| Op::Pay(p, u, c, wrong, which)),
        1 => (0u8..8).prop_map(Op::Close),
        2 => (0u8..8).prop_map(Op::Cancel),
        12 => (0u8..7, 0u8..5, refund).prop_map(|(p, r, x)| Op::Refund(p, r, x)),
    ];
    let transfers = prop_oneof![
        4 => (a.clone(), a.clone(), amount(), 0u8..4).prop_map(|(a, b, x, l)| Op::Post(a, b, x, l)),
        4 => (0u8..12, a.clone(), a, amount(), 0u8..4, pend_timeout)
            .prop_map(|(t, a, b, x, l, s)| Op::Pend(t, a, b, x, l, s)),
        3 => (0u8..12, prop::option::of(amount())).prop_map(|(t, x)| Op::PostPending(t, x)),
        2 => (0u8..12).prop_map(Op::VoidPending),
    ];
    let clock = prop_oneof![
        1 => Just(Op::Wait(1)),
        4 => (1_000u64..9_000_000).prop_map(Op::Wait),
        1 => (1u64..4).prop_map(|days| Op::Wait(days * 86_400_000)),
        2 => (-1i8..2).prop_map(Op::Midnight),
    ];
    prop_oneof![1 => opens, 6 => balances, 16 => orders, 6 => transfers, 2 => clock]
}

/// What every run starts with: parties, accounts, and orders of each merchant, paid.
pub(crate) fn prologue() -> Vec<Op> {
    let users = (0..3).flat_map(|u| [Op::OpenUser(u), Op::TopUp(u, 10_000, 200 + u)]);
    let accounts = (0..5).map(Op::OpenAccount);
    let orders = (0..6).flat_map(|p| {
        let (amount, channel) = ([690, 2_500, 3_333][usize::from(p % 3)], 40 * u64::from(p));
        let create = Op::Create(p, 100 + p, p % 3, amount, 86_400);
        [create, Op::Wait(1), Op::Pay(p, 2 - p % 3, channel, 0, p % 2)]
    });
    users.chain((0..3).map(Op::OpenMerchant)).chain(accounts).chain(orders).collect()
}

pub(crate) fn named(letter: char, number: u8) -> Id {
    Id::from_name(&format!("{letter}{number}")).unwrap()
}

fn reference(letter: char, number: u8) -> Reference {
    Reference::new(&format!("{letter}{number}")).unwrap()
}

pub(crate) fn cny(amount: u64) -> Money {
    Money { amount, currency: Currency::CNY }
}

/// Merchants differ in their terms: 0 as usual; 1 keeps its fees, settles late, with a reserve;
/// 2 pays a tenth and settles with the cut; 3 pays everything, for a day.
pub(crate) fn terms(merchant: u8) -> MerchantTerms {
    let (fee_ppm, cycle_days, reserve_bps, refund_days) =
        [(6_000, 1, 0, 365), (38_000, 2, 500, 30), (100_000, 0, 3_333, 3), (1_000_000, 3, 0, 1)]
            [usize::from(merchant)];
    let fee_refund = if merchant == 1 { FeeRefund::None } else { FeeRefund::Proportional };
    let settle_currency = Currency::CNY;
    MerchantTerms {
        fee_ppm,
        fee_refund,
        cycle_days,
        reserve_bps,
        reserve_days: 0,
        royalty_cap_bps: 3_000,
        refund_days,
        settle_currency,
    }
}

/// Ledger accounts differ in what they keep; 4 is of another currency, 5 tells its history.
pub(crate) fn keeps(account: u8) -> Constraint {
    match account {
        1 => Constraint::DebitsWithinCredits,
        2 => Constraint::CreditsWithinDebits,
        _ => Constraint::None,
    }
}

pub(crate) fn account_currency(account: u8) -> Currency {
    if account == 4 { "USD".parse().unwrap() } else { Currency::CNY }
}

fn balancing(number: u8) -> Balancing {
    [Balancing::None, Balancing::Debit, Balancing::Credit, Balancing::Both][usize::from(number)]
}

/// The two lines of an adjustment, debit first: class and whose.
pub(crate) fn adjusted(pair: u8, of: u8) -> [(Class, Id); 2] {
    let house = |class| (class, Id::NONE);
    let (user, merchant) = (named('u', of), named('m', of));
    match pair {
        0 => [house(Class::Marketing), (Class::UserAvailable, user)],
        1 => [(Class::UserAvailable, user), house(Class::Equity)],
        2 => [house(Class::SafeguardedBank), (Class::ChannelReceivable, named('c', of % 2))],
        3 => [(Class::MerchantReceivable, merchant), house(Class::Equity)],
        _ => [(Class::MerchantAvailable, merchant), (Class::MerchantReceivable, merchant)],
    }
}

impl Op {
    /// When the step happens.
    pub(crate) fn time(&self, now: u64) -> u64 {
        match self {
            Op::Wait(ms) => now + ms,
            Op::Midnight(off) => {
                let midnight = (now / 86_400_000 + 1) * 86_400_000;
                now.max(midnight.checked_add_signed(i64::from(*off)).unwrap())
            }
            _ => now,
        }
    }

    /// The command's id, where it matters, and its body; `None` when only time passes. A payment's
    /// amount is what its order says, so `order` tells it.
    pub(crate) fn body(&self, order: impl Fn(u8) -> u64) -> Option<(Option<Id>, Body)> {
        let mut id = None;
        let user = |n: &u8| named('u', *n);
        let merchant = |n: &u8| named('m', *n);
        let account = |n: &u8| named('a', *n);
        let body = match self {
            Op::OpenUser(u) => {
                Body::OpenUser(OpenUser { user: user(u), kyc_class: 2, currency: Currency::CNY })
            }
            Op::OpenMerchant(m) => {
                Body::OnboardMerchant(OnboardMerchant { merchant: merchant(m), terms: terms(*m) })
            }
            Op::OpenAccount(a) => Body::OpenLedgerAccount(OpenLedgerAccount {
                account: account(a),
                currency: account_currency(*a),
                constraint: keeps(*a),
                history: *a == 5,
            }),
            Op::TopUp(u, x, r) => Body::ConfirmTopUp(ConfirmTopUp {
                user: user(u),
                amount: cny(*x),
                bank_ref: reference('r', *r),
                bank: Id::NONE,
            }),
            Op::Transfer(a, b, x) => {
                Body::Transfer(Transfer { from: user(a), to: user(b), amount: cny(*x) })
            }
            Op::Hold(h, u, x) => {
                let hold = named('h', *h);
                Body::PlaceHold(PlaceHold { hold, user: user(u), amount: cny(*x) })
            }
            Op::Release(h, u, x) => {
                let hold = named('h', *h);
                Body::ReleaseHold(ReleaseHold { hold, user: user(u), amount: cny(*x) })
            }
            Op::Seize(h) => {
                Body::SeizeHold(SeizeHold { hold: named('h', *h), order_ref: reference('j', 1) })
            }
            Op::UserPayout(w, u, x, fee) => payout(*w, Owner::User(user(u)), *x, *fee),
            Op::MerchantPayout(w, m, x, fee) => payout(*w, Owner::Merchant(merchant(m)), *x, *fee),
            Op::PayoutConfirm(w) => {
                Body::ConfirmPayout(ConfirmPayout { payout: named('w', *w), bank: Id::NONE })
            }
            Op::PayoutFail(w) => {
                Body::FailPayout(FailPayout { payout: named('w', *w), reason: reference('x', 1) })
            }
            Op::Create(p, o, m, x, timeout_s) => Body::CreatePayment(CreatePayment {
                payment: named('p', *p),
                out_trade_no: reference('o', *o),
                merchant: merchant(m),
                mode: PayMode::InApp,
                code_kind: CodeKind::None,
                auth_code: None,
                amount: cny(*x),
                discountable: None,
                undiscountable: None,
                timeout_s: *timeout_s,
            }),
            Op::Pay(p, u, channel, wrong, which) => {
                let amount = order(*p);
                let channel = (*channel).min(amount);
                let source = LegSource::Channel(named('c', *which));
                let balance = amount - channel + wrong;
                let legs = [
                    Leg { source: LegSource::Balance, amount: balance },
                    Leg { source, amount: channel },
                ];
                Body::PayPayment(PayPayment {
                    payment: named('p', *p),
                    user: user(u),
                    currency: Currency::CNY,
                    legs: legs.into_iter().filter(|leg| leg.amount > 0).collect(),
                })
            }
            Op::Close(p) => Body::ClosePayment(ClosePayment { payment: named('p', *p) }),
            Op::Cancel(p) => Body::CancelPayment(CancelPayment { payment: named('p', *p) }),
            Op::Refund(p, r, x) => Body::RefundPayment(RefundPayment {
                payment: named('p', *p),
                out_request_no: reference('f', *r),
                amount: cny(*x),
            }),
            Op::Post(a, b, x, l) => {
                let phase = Phase::Single(balancing(*l));
                transfer(account(a), account(b), Some(cny(*x)), phase)
            }
            Op::Pend(t, a, b, x, l, timeout_s) => {
                id = Some(named('t', *t));
                let phase = Phase::Pending { balancing: balancing(*l), timeout_s: *timeout_s };
                transfer(account(a), account(b), Some(cny(*x)), phase)
            }
            Op::PostPending(t, x) => {
                let phase = Phase::Post { pending: named('t', *t) };
                transfer(Id::NONE, Id::NONE, x.map(cny), phase)
            }
            Op::VoidPending(t) => {
                transfer(Id::NONE, Id::NONE, None, Phase::Void { pending: named('t', *t) })
            }
            Op::Adjust(pair, of, x) => {
                let line = |(class, owner), side| EntryLine { class, owner, side, amount: cny(*x) };
                let [debit, credit] = adjusted(*pair, *of);
                Body::PostAdjustment(PostAdjustment {
                    entries: vec![line(debit, Side::Debit), line(credit, Side::Credit)],
                    reason: reference('x', 2),
                    maker: named('k', 1),
                    approver: named('k', 2),
                })
            }
            Op::Wait(_) | Op::Midnight(_) => return None,
        };
        Some((id, body))
    }
}

fn payout(w: u8, owner: Owner, amount: u64, fee: u64) -> Body {
    Body::RequestPayout(RequestPayout { payout: named('w', w), owner, amount: cny(amount), fee })
}

fn transfer(debit: Id, credit: Id, amount: Option<Money>, phase: Phase) -> Body {
    Body::PostTransfer(PostTransfer { debit, credit, amount, phase })
}
