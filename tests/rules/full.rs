//! What is full: a batch into which far more than tables can sell in a day comes from another
//! shard, and a rental that has foreign facts charge more than its rules do.

use groat_ledger::{
    AuthorizeFunds, Body, Calendar, CaptureAuthorization, CaptureMode, CodeKind, ConfirmTopUp,
    CreatePayment, CreateRental, Currency, DayRule, Decision, Fact, FeeRefund, Id, Ledger, Leg,
    LegSource, MerchantTerms, Money, OnboardMerchant, OpenUser, PayMode, PayPayment, Reference,
    Refusal, Rejection, RentUnit, RentalTerms,
};

fn name(text: &str) -> Id {
    Id::from_name(text).unwrap()
}

fn reference(text: &str) -> Reference {
    Reference::new(text).unwrap()
}

fn cny(amount: u64) -> Money {
    Money { amount, currency: Currency::CNY }
}

/// Decides a command and applies what comes of it.
fn ask(ledger: &mut Ledger, id: u128, body: &Body) -> Result<(), Rejection> {
    let mut out = Decision::default();
    match ledger.decide(Id(id), body, 0, &mut out) {
        Ok(()) => {}
        Err(Refusal::Rejected(why)) => return Err(why),
        Err(Refusal::Repeat(_)) => unreachable!("nothing is asked twice"),
    }
    for (fact, movements) in out.events() {
        ledger.apply(fact, movements, 0);
    }
    Ok(())
}

fn seller_terms() -> MerchantTerms {
    MerchantTerms {
        fee_ppm: 0,
        fee_refund: FeeRefund::Proportional,
        cycle_days: 1,
        reserve_bps: 0,
        reserve_days: 0,
        royalty_cap_bps: 3_000,
        refund_days: 365,
        settle_currency: Currency::CNY,
    }
}

fn order(payment: &str, amount: u64) -> Body {
    Body::CreatePayment(CreatePayment {
        payment: name(payment),
        out_trade_no: reference(payment),
        merchant: name("shop"),
        mode: PayMode::InApp,
        code_kind: CodeKind::None,
        auth_code: None,
        amount: cny(amount),
        discountable: None,
        undiscountable: None,
        timeout_s: 0,
        quote: Id::NONE,
        royalty_freeze: false,
        coupon: Id::NONE,
    })
}

fn pay(payment: &str, amount: u64) -> Body {
    Body::PayPayment(PayPayment {
        payment: name(payment),
        user: name("alice"),
        legs: vec![Leg { source: LegSource::Balance, amount }],
        currency: Currency::CNY,
    })
}

fn capture(out_trade_no: &str, amount: u64) -> Body {
    Body::CaptureAuthorization(CaptureAuthorization {
        auth: name("a1"),
        out_trade_no: reference(out_trade_no),
        amount: cny(amount),
        mode: CaptureMode::NotComplete,
    })
}

#[test]
fn a_batch_takes_the_largest_amount_and_no_more() {
    let mut ledger = Ledger::new(Calendar::default());
    let opened = [
        Body::OpenUser(OpenUser { user: name("alice"), kyc_class: 2, currency: Currency::CNY }),
        Body::OnboardMerchant(OnboardMerchant { merchant: name("shop"), terms: seller_terms() }),
        Body::ConfirmTopUp(ConfirmTopUp {
            user: name("alice"),
            amount: cny(1_000),
            bank_ref: reference("r1"),
            bank: Id::NONE,
        }),
        Body::AuthorizeFunds(AuthorizeFunds {
            auth: name("a1"),
            out_order_no: reference("a1"),
            out_request_no: reference("q1"),
            user: name("alice"),
            merchant: name("shop"),
            amount: cny(100),
            credit: 0,
            timeout_s: 0,
        }),
        order("p1", 10),
        order("p2", 10),
        order("p3", 1),
    ];
    for (no, body) in (1..).zip(&opened) {
        assert_eq!(ask(&mut ledger, no, body), Ok(()), "{body:?}");
    }
    assert_eq!(ask(&mut ledger, 10, &pay("p1", 10)), Ok(()));
    let amount = 1_000_000_000_000_000_000 - 20;
    ledger.apply(&Fact::ProceedsReceived { batch: 0, amount }, &[], 0);
    assert_eq!(ask(&mut ledger, 11, &capture("t1", 11)), Err(Rejection::BatchFull));
    assert_eq!(ask(&mut ledger, 12, &pay("p2", 10)), Ok(()));
    assert_eq!(ask(&mut ledger, 13, &pay("p3", 1)), Err(Rejection::BatchFull));
    assert_eq!(ask(&mut ledger, 14, &capture("t2", 1)), Err(Rejection::BatchFull));
}

/// Nineteen terms of the largest amount would be more than a number holds: the third is refused.
#[test]
fn charges_of_foreign_facts_have_a_bound() {
    let mut ledger = Ledger::new(Calendar::default());
    let rental = name("k1");
    let terms = RentalTerms {
        item: Id::NONE,
        deposit: cny(100),
        rent: 1,
        unit: RentUnit::Fixed,
        day_rule: DayRule::Elapsed,
        day_cap: None,
        borrow_at: 0,
        expiry_at: 1_000,
        grace_s: 0,
        late_ppm: 0,
        late_price: None,
        plan: Vec::new(),
        deposit_fallback: false,
        risk_amount: None,
        guaranteed: false,
        credit_first: false,
        lost_after_days: 1,
    };
    let opened = [
        Body::OpenUser(OpenUser { user: name("alice"), kyc_class: 2, currency: Currency::CNY }),
        Body::OnboardMerchant(OnboardMerchant { merchant: name("shop"), terms: seller_terms() }),
        Body::CreateRental(CreateRental {
            rental,
            out_order_no: reference("o1"),
            merchant: name("shop"),
            user: name("alice"),
            terms: Box::new(terms),
        }),
    ];
    for (no, body) in (1..).zip(&opened) {
        assert_eq!(ask(&mut ledger, no, body), Ok(()), "{body:?}");
    }
    let amount = 1_000_000_000_000_000_000;
    for term_no in 1..=2 {
        let due = Fact::RentTermDue { rental, term_no, amount };
        assert_eq!(ledger.check(&due, &[]), Ok(()));
        ledger.apply(&due, &[], 0);
    }
    for more in [
        Fact::RentTermDue { rental, term_no: 3, amount: 1 },
        Fact::DamageClaimed { rental, amount: 1, evidence: reference("e") },
        Fact::RentalLost { rental, amount: u64::MAX },
        Fact::RentalReturned { rental, restore_at: 1, rent: u64::MAX, late_rent: u64::MAX },
    ] {
        assert!(ledger.check(&more, &[]).is_err(), "{more:?}");
    }
    assert_eq!(ledger.tables().rentals.row(0).total(), 2 * amount);
}
