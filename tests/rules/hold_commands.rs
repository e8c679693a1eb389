//! Verbs of the tables that are commands on holds, rentals and credit.

use crate::words::{Args, id, money, reference, time};
use groat_ledger::instalments::Part;
use groat_ledger::{
    AdjustLimit, Admission, AssessRental, AuthorizeFunds, BillingTerms, Body, BuyOutRental,
    CancelAuthorization, CancelRental, CaptureAuthorization, CaptureMode, ClaimDamage,
    CloseCreditLine, CollectRental, CreateRental, CreditTerms, DayRule, DeclareLost, ExtendRental,
    FreezeCreditLine, FreezeReason, FundCredit, GrantCreditLine, Id, InterestFrom, ReduceCharge,
    ReleaseReserve, RentTerm, RentUnit, RentalTerms, RepayFunding, ReturnRental, SecureDeposit,
    SetAutoDebit, SettleRental, StartRental, UnfreezeCreditLine, UnfreezeFunds,
};

/// The command of a line and, as `id=` gives it, its id, which is that of the payment it makes.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<(Option<Id>, Body)> {
    let named = a.option("id").map(id);
    let body = held(verb, a).or_else(|| rented(verb, a, now)).or_else(|| owed(verb, a));
    let body = body.or_else(|| crate::market_commands::body(verb, a, now));
    let body = body.or_else(|| crate::exchange_commands::body(verb, a, now));
    let body = body.or_else(|| crate::member_commands::body(verb, a));
    let body = body.or_else(|| crate::card_commands::body(verb, a, now));
    let body = body.or_else(|| crate::plan_commands::body(verb, a));
    let body = body.or_else(|| crate::lending_commands::body(verb, a))?;
    Some((named, body))
}

/// `authorize a1 o1 alice shop 500.00 credit=100.00 timeout=60`, and
/// `capture a1 t1 80.50 then=complete`.
fn held(verb: &str, a: &mut Args<'_>) -> Option<Body> {
    Some(match verb {
        "authorize" => Body::AuthorizeFunds(AuthorizeFunds {
            auth: a.id(),
            out_order_no: a.reference(),
            out_request_no: reference("freeze"),
            user: a.id(),
            merchant: a.id(),
            amount: a.money(),
            credit: a.minor_option("credit").unwrap_or(0),
            timeout_s: a.number("timeout", 0),
        }),
        "capture" => Body::CaptureAuthorization(CaptureAuthorization {
            auth: a.id(),
            out_trade_no: a.reference(),
            amount: a.money(),
            mode: match a.option("then") {
                None | Some("keep") => CaptureMode::NotComplete,
                Some("complete") => CaptureMode::Complete,
                Some(other) => panic!("then=keep or then=complete, not {other}"),
            },
        }),
        "unfreeze" => Body::UnfreezeFunds(UnfreezeFunds {
            auth: a.id(),
            out_request_no: a.reference(),
            amount: a.money(),
            biz_complete: a.option("fulfilled").is_some(),
        }),
        "cancel_auth" => Body::CancelAuthorization(CancelAuthorization { auth: a.id() }),
        _ => return None,
    })
}

fn rented(verb: &str, a: &mut Args<'_>, now: u64) -> Option<Body> {
    let at = |word: Option<&str>| word.map_or(now, |word| time(word, now));
    Some(match verb {
        "rent" => Body::CreateRental(CreateRental {
            rental: a.id(),
            out_order_no: a.reference(),
            merchant: a.id(),
            user: a.id(),
            terms: Box::new(terms(a, now)),
        }),
        "assess" => Body::AssessRental(AssessRental {
            rental: a.id(),
            score: a.number("score", 700),
            decision: match a.word() {
                "full" => Admission::Full,
                "declined" => Admission::Declined,
                waived => Admission::Partial(money(waived)),
            },
        }),
        "secure" => Body::SecureDeposit(SecureDeposit { rental: a.id() }),
        "start" => Body::StartRental(StartRental { rental: a.id(), at: at(a.option("on")) }),
        "extend" => {
            Body::ExtendRental(ExtendRental { rental: a.id(), new_expiry: at(Some(a.word())) })
        }
        "return" => {
            Body::ReturnRental(ReturnRental { rental: a.id(), restore_at: at(a.option("on")) })
        }
        "damage" => Body::ClaimDamage(ClaimDamage {
            rental: a.id(),
            amount: a.money(),
            evidence: reference("photo"),
        }),
        "reduce" => Body::ReduceCharge(ReduceCharge {
            rental: a.id(),
            item: a.word().parse().unwrap(),
            amount: a.money(),
        }),
        "settle" => Body::SettleRental(SettleRental {
            rental: a.id(),
            total: a.option("total").map(money),
            allow_partial: a.option("partial").is_some(),
        }),
        "collect" => Body::CollectRental(CollectRental {
            rental: a.id(),
            allow_partial: a.option("partial").is_some(),
        }),
        "buy_out" => {
            Body::BuyOutRental(BuyOutRental { rental: a.id(), term_no: a.word().parse().unwrap() })
        }
        "lost" => Body::DeclareLost(DeclareLost { rental: a.id() }),
        "cancel_rental" => Body::CancelRental(CancelRental { rental: a.id() }),
        _ => return None,
    })
}

/// `2000.00 day:150.00`, that is deposit and rent; from now until `until`, a day from now.
fn terms(a: &mut Args<'_>, now: u64) -> RentalTerms {
    let deposit = a.money();
    let (unit, rent) = a.word().split_once(':').expect("day:150.00");
    RentalTerms {
        item: a.id_option("item"),
        deposit,
        rent: money(rent).amount,
        unit: match unit {
            "hour" => RentUnit::Hour,
            "day" => RentUnit::Day,
            "fixed" => RentUnit::Fixed,
            "use" => RentUnit::Use,
            other => panic!("no unit of rent: {other}"),
        },
        day_rule: match a.option("days") {
            None => DayRule::Elapsed,
            Some("calendar") => DayRule::Calendar,
            Some(other) => panic!("days=calendar or nothing, not {other}"),
        },
        day_cap: a.minor_option("day_cap"),
        borrow_at: time(a.option("from").unwrap_or("+0ms"), now),
        expiry_at: time(a.option("until").unwrap_or("+1d"), now),
        grace_s: a.number("grace", 300),
        late_ppm: a.number("late_ppm", 1_500_000),
        late_price: a.minor_option("late"),
        plan: a.option("plan").map_or_else(Vec::new, |text| plan(text, now)),
        deposit_fallback: a.option("fallback").is_some(),
        risk_amount: a.minor_option("risk"),
        guaranteed: a.option("guaranteed").is_some(),
        credit_first: a.option("credit_first").is_some(),
        lost_after_days: a.number("lost_after", 30),
    }
}

/// `+1h@299.00,+2h@299.00/4200.00`: when, how much, and the price of buying if there is one.
fn plan(text: &str, now: u64) -> Vec<RentTerm> {
    let term = |word: &str| {
        let (due_at, prices) = word.split_once('@').expect("when@how-much");
        let (amount, buyout) = match prices.split_once('/') {
            Some((amount, buyout)) => (amount, Some(money(buyout).amount)),
            None => (prices, None),
        };
        RentTerm { due_at: time(due_at, now), amount: money(amount).amount, buyout }
    };
    text.split(',').map(term).collect()
}

/// `billed`, or with `order=`, `late_order=`, `late_from=`, `late_max=`, `debited=`,
/// `interest_from=`, `day_begins=`: how a line is billed.
/// Orders are the first letters of penalty, interest, fee and capital, the principal.
fn billing(a: &mut Args<'_>) -> Option<BillingTerms> {
    a.option("billed")?;
    let part = |letter: char| match letter {
        'p' => Part::Penalty,
        'i' => Part::Interest,
        'f' => Part::Fee,
        'c' => Part::Principal,
        other => panic!("p, i, f or c, not {other}"),
    };
    let order = |text: &str| -> [Part; 4] {
        text.chars().map(part).collect::<Vec<_>>().try_into().expect("four letters")
    };
    Some(BillingTerms {
        order: order(a.option("order").unwrap_or("pifc")),
        late_order: order(a.option("late_order").unwrap_or("cpif")),
        late_order_from_day: a.number("late_from", 0),
        late_fee_max: a.minor_option("late_max").unwrap_or(0),
        auto_debit: a.option("debited").is_some(),
        interest_from: match a.option("interest_from") {
            None => InterestFrom::DueDate,
            Some("statement") => InterestFrom::StatementDay,
            Some(other) => panic!("interest from {other}"),
        },
        day_begins_min: a.number("day_begins", 0).try_into().unwrap(),
    })
}

/// `line alice 1000.00`; defaults are those of DOMAIN §4.5.
fn owed(verb: &str, a: &mut Args<'_>) -> Option<Body> {
    Some(match verb {
        "line" => Body::GrantCreditLine(GrantCreditLine {
            user: a.id(),
            limit: a.money(),
            terms: CreditTerms {
                statement_day: a.number("cut", 1),
                due_day: a.number("due", 9),
                min_bps: a.number("min_bps", 1_000),
                day_ppm: a.number("day_ppm", 500),
                late_fee_ppm: a.number("late_ppm", 50_000),
                grace_days: a.number("grace", 3),
                tolerance: 1_000,
                billing: billing(a),
            },
        }),
        "auto_debit" => {
            let (user, target) = (a.id(), a.id_option("loan"));
            Body::SetAutoDebit(SetAutoDebit { user, target, on: a.word() == "on" })
        }
        "limit" => Body::AdjustLimit(AdjustLimit { user: a.id(), limit: a.money() }),
        "freeze" => Body::FreezeCreditLine(FreezeCreditLine {
            user: a.id(),
            reason: match a.option("for") {
                None => FreezeReason::Manual,
                Some("debt") => FreezeReason::Overdue,
                Some("risk") => FreezeReason::Risk,
                Some(other) => panic!("for=debt or for=risk, not {other}"),
            },
        }),
        "thaw" => Body::UnfreezeCreditLine(UnfreezeCreditLine {
            user: a.id(),
            reason: reference("again"),
        }),
        "close_line" => {
            Body::CloseCreditLine(CloseCreditLine { user: a.id(), reason: reference("asked") })
        }
        "lend" => Body::FundCredit(FundCredit {
            bank: a.id(),
            amount: a.money(),
            safeguarded_at: a.id_option("at"),
        }),
        "repay_funding" => Body::RepayFunding(RepayFunding {
            bank: a.id(),
            amount: a.money(),
            safeguarded_at: a.id_option("at"),
        }),
        "release_reserve" => {
            Body::ReleaseReserve(ReleaseReserve { merchant: a.id(), amount: a.money() })
        }
        _ => return None,
    })
}
