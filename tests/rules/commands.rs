//! Verbs of the tables that are commands: the words of a line become a [`Body`].

use crate::words::{Args, class, currency, id, money, owner, reference};
use groat_ledger::{
    AdvanceClock, Balancing, Block, Body, CancelPayment, CloseAccount, ClosePayment, CodeKind,
    ConfirmPayout, ConfirmSettlement, ConfirmTopUp, Constraint, CreatePayment, Currency, EntryLine,
    FailPayout, FeeRefund, Id, Leg, LegSource, LiftRestriction, LimitScope, Limits, MatchReceipt,
    MerchantTerms, OnboardMerchant, OpenLedgerAccount, OpenUser, PayMode, PayPayment, Phase,
    PlaceHold, PostAdjustment, PostTransfer, RefundPayment, RegisterApp, ReleaseHold,
    RequestPayout, RestrictAccount, SeizeHold, SetLimits, Side, Transfer,
};

/// The command of a line, and its id where the table names it; `None` when the verb is no command.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<(Option<Id>, Body)> {
    let body = match verb {
        "app" => {
            let (app, key) = (a.id(), a.id());
            let scopes = a.rest().into_iter().map(reference).collect();
            let public_key = a.option("signs").map(|n| [n.parse().unwrap(); 32]);
            Body::RegisterApp(RegisterApp { app, key, scopes, public_key })
        }
        "user" => Body::OpenUser(OpenUser {
            user: a.id(),
            kyc_class: a.word().parse().unwrap(),
            currency: currency(a.word()),
        }),
        "merchant" => Body::OnboardMerchant(onboard(a)),
        "limits" => Body::SetLimits(limits(a)),
        "restrict" => Body::RestrictAccount(RestrictAccount {
            account: a.owner(),
            block: block(a.word()),
            case: reference("case"),
        }),
        "lift" => Body::LiftRestriction(LiftRestriction {
            account: a.owner(),
            block: block(a.word()),
            case: reference("case"),
        }),
        "close_account" => Body::CloseAccount(CloseAccount { account: a.owner() }),
        "hold" => Body::PlaceHold(PlaceHold { hold: a.id(), user: a.id(), amount: a.money() }),
        "release" => {
            Body::ReleaseHold(ReleaseHold { hold: a.id(), user: a.id(), amount: a.money() })
        }
        "seize" => {
            let (hold, order_ref) = (a.id(), a.reference());
            Body::SeizeHold(SeizeHold { hold, order_ref, bank: a.id_option("bank") })
        }
        "top_up" => Body::ConfirmTopUp(ConfirmTopUp {
            user: a.id(),
            amount: a.money(),
            bank_ref: a.reference(),
            bank: a.id_option("bank"),
        }),
        "transfer" => Body::Transfer(Transfer { from: a.id(), to: a.id(), amount: a.money() }),
        "payout" => Body::RequestPayout(RequestPayout {
            payout: a.id(),
            owner: a.owner(),
            amount: a.money(),
            fee: a.minor_option("fee").unwrap_or(0),
        }),
        "payout_confirm" => {
            Body::ConfirmPayout(ConfirmPayout { payout: a.id(), bank: a.id_option("bank") })
        }
        "payout_fail" => {
            Body::FailPayout(FailPayout { payout: a.id(), reason: reference("no-such-account") })
        }
        "receipt" => Body::MatchReceipt(MatchReceipt {
            bank_ref: a.reference(),
            amount: a.money(),
            bank: a.id_option("bank"),
            target: a.option("to").map(owner),
        }),
        "adjust" => Body::PostAdjustment(adjustment(a)),
        "clock" => Body::AdvanceClock(AdvanceClock { to: crate::words::time(a.word(), now) }),
        "create" => Body::CreatePayment(create(a)),
        "pay" => {
            let (payment, user) = (a.id(), a.id());
            let currency = currency(a.option("in").unwrap_or("CNY"));
            let legs = a.rest().into_iter().map(|word| leg(word, currency)).collect();
            Body::PayPayment(PayPayment { payment, user, currency, legs })
        }
        "close" => Body::ClosePayment(ClosePayment { payment: a.id() }),
        "cancel" => Body::CancelPayment(CancelPayment { payment: a.id() }),
        "refund" => Body::RefundPayment(RefundPayment {
            payment: a.id(),
            out_request_no: a.reference(),
            amount: a.money(),
            royalties: crate::royalty_commands::refunds(a),
        }),
        "account" => Body::OpenLedgerAccount(OpenLedgerAccount {
            account: a.id(),
            currency: currency(a.word()),
            constraint: match a.option("keep") {
                None => Constraint::None,
                Some("credit") => Constraint::DebitsWithinCredits,
                Some("debit") => Constraint::CreditsWithinDebits,
                Some(other) => panic!("keep=credit or keep=debit, not {other}"),
            },
            history: a.option("history").is_some(),
        }),
        "post" => {
            let (debit, credit, amount) = (a.id(), a.id(), amount(a));
            let phase = Phase::Single(balancing(a));
            Body::PostTransfer(PostTransfer { debit, credit, amount, phase })
        }
        "pend" => {
            let transfer = a.id();
            let (debit, credit, amount) = (a.id(), a.id(), amount(a));
            let balancing = balancing(a);
            let phase = Phase::Pending { balancing, timeout_s: a.number("timeout", 0) };
            let body = PostTransfer { debit, credit, amount, phase };
            return Some((Some(transfer), Body::PostTransfer(body)));
        }
        "post_pending" | "void_pending" => {
            let pending = a.id();
            let (debit, credit) = (a.id_option("from"), a.id_option("to"));
            let amount = a.option("amount").map(money);
            let phase = match verb {
                "post_pending" => Phase::Post { pending },
                _ => Phase::Void { pending },
            };
            Body::PostTransfer(PostTransfer { debit, credit, amount, phase })
        }
        "confirm" => {
            Body::ConfirmSettlement(ConfirmSettlement { payment: a.id(), amount: a.money() })
        }
        _ => {
            let dispute = crate::dispute_commands::body(verb, a, now)
                .or_else(|| crate::royalty_commands::body(verb, a));
            return dispute
                .or_else(|| crate::app_commands::body(verb, a, now))
                .map(|body| (None, body))
                .or_else(|| crate::hold_commands::body(verb, a, now));
        }
    };
    Some((None, body))
}

/// An amount, or `-` for none.
fn amount(a: &mut Args<'_>) -> Option<groat_ledger::Money> {
    let word = a.word();
    (word != "-").then(|| money(word))
}

fn balancing(a: &mut Args<'_>) -> Balancing {
    match a.option("upto") {
        None => Balancing::None,
        Some("debit") => Balancing::Debit,
        Some("credit") => Balancing::Credit,
        Some("both") => Balancing::Both,
        Some(other) => panic!("upto=debit, credit or both, not {other}"),
    }
}

fn block(word: &str) -> Block {
    match word {
        "debit" => Block::Debit,
        "credit" => Block::Credit,
        "all" => Block::All,
        other => panic!("debit, credit or all, not {other}"),
    }
}

/// Defaults are those of DOMAIN §4.1 and §7.
fn onboard(a: &mut Args<'_>) -> OnboardMerchant {
    let merchant = a.id();
    let settle_currency = currency(a.word());
    let fee_refund = match a.option("fee_back") {
        None => FeeRefund::Proportional,
        Some("none") => FeeRefund::None,
        Some(other) => panic!("fee_back=none or nothing, not {other}"),
    };
    let terms = MerchantTerms {
        fee_ppm: a.number("fee", 6_000),
        fee_refund,
        cycle_days: a.number("cycle", 1),
        reserve_bps: a.number("reserve", 0),
        reserve_days: a.number("reserve_days", 0),
        royalty_cap_bps: a.number("royalty", 3_000),
        refund_days: a.number("days", 365),
        settle_currency,
    };
    OnboardMerchant { merchant, terms }
}

fn limits(a: &mut Args<'_>) -> SetLimits {
    let scope = match a.word().split_once(':') {
        Some(("user", name)) => LimitScope::User(id(name)),
        Some(("class", class)) => LimitScope::KycClass(class.parse().unwrap()),
        Some(("code", kind)) => LimitScope::CodeKind(code_kind(kind)),
        _ => panic!("user:, class: or code:"),
    };
    let currency = currency(a.option("in").unwrap_or("CNY"));
    let limits = Limits {
        single: a.minor_option("single"),
        day: a.minor_option("day"),
        month: a.minor_option("month"),
        year: a.minor_option("year"),
        lifetime: a.minor_option("lifetime"),
        balance_cap: a.minor_option("cap"),
        every_window: match a.option("windows") {
            None => false,
            Some("all") => true,
            Some(other) => panic!("windows=all: {other}"),
        },
    };
    SetLimits { scope, currency, limits }
}

fn code_kind(word: &str) -> CodeKind {
    match word {
        "none" => CodeKind::None,
        "static" => CodeKind::Static,
        "a" => CodeKind::DynamicA,
        "b" => CodeKind::DynamicB,
        "c" => CodeKind::DynamicC,
        other => panic!("no kind of code: {other}"),
    }
}

/// Lines such as `dr:marketing:5.00` and `cr:user_available:alice:5.00`.
fn adjustment(a: &mut Args<'_>) -> PostAdjustment {
    let line = |word: &str| {
        let parts: Vec<&str> = word.split(':').collect();
        let (side, name, owner, amount) = match parts[..] {
            [side, name, amount] => (side, name, Id::NONE, amount),
            [side, name, owner, amount] => (side, name, id(owner), amount),
            _ => panic!("not a line of an adjustment: {word}"),
        };
        let side = if side == "dr" { Side::Debit } else { Side::Credit };
        EntryLine { class: class(name), owner, side, amount: money(amount) }
    };
    PostAdjustment {
        entries: a.rest().into_iter().map(line).collect(),
        reason: reference("reason"),
        maker: id(a.option("maker").unwrap_or("maker")),
        approver: a.option("approver").map_or(id("approver"), |name| match name {
            "none" => Id::NONE,
            name => id(name),
        }),
    }
}

fn create(a: &mut Args<'_>) -> CreatePayment {
    CreatePayment {
        payment: a.id(),
        out_trade_no: a.reference(),
        merchant: a.id(),
        mode: match a.option("mode") {
            None | Some("shown") => PayMode::MerchantPresented,
            Some("scanned") => PayMode::UserPresented,
            Some("app") => PayMode::InApp,
            Some("agreed") => PayMode::Agreement,
            Some(other) => panic!("no mode: {other}"),
        },
        code_kind: a.option("code").map_or(CodeKind::None, code_kind),
        auth_code: a.option("auth").map(reference),
        amount: a.money(),
        discountable: a.minor_option("discountable"),
        undiscountable: a.minor_option("undiscountable"),
        timeout_s: a.number("timeout", 0),
        quote: a.id_option("quote"),
        royalty_freeze: a.option("freeze").is_some(),
        coupon: a.id_option("coupon"),
    }
}

/// `balance:6.90` or `channel:visa:6.90`, in the currency of the line.
fn leg(word: &str, currency: Currency) -> Leg {
    let minor = |amount: &str| money(&format!("{currency}{amount}")).amount;
    let parts: Vec<&str> = word.split(':').collect();
    match parts[..] {
        ["balance", amount] => Leg { source: LegSource::Balance, amount: minor(amount) },
        ["credit", amount] => Leg { source: LegSource::Credit, amount: minor(amount) },
        ["instalment", ref parts @ ..] => crate::plan_commands::leg(parts),
        ["coupon", coupon, amount] => {
            Leg { source: LegSource::Coupon(id(coupon)), amount: minor(amount) }
        }
        ["stored", card, amount] => {
            Leg { source: LegSource::StoredValue(id(card)), amount: minor(amount) }
        }
        ["points", card, amount] => {
            Leg { source: LegSource::Points(id(card)), amount: minor(amount) }
        }
        ["channel", channel, amount] => {
            Leg { source: LegSource::Channel(id(channel)), amount: minor(amount) }
        }
        _ => panic!("not a leg: {word}"),
    }
}
