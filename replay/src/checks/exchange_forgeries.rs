//! For each check of quotes and conversions: books whose every hash is right and in which one event
//! is another than the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

#[test]
fn quotes_and_conversions() {
    let forgeries: &[Forgery] = &[
        (Check::Quotes, "q1 ends, and not by the clock behind its time", |event| {
            if let Some(Fact::QuotePublished(f)) = &mut event.fact
                && is(f.quote, "q1")
            {
                f.valid_until += 3_600_000;
            }
        }),
        (Check::Quotes, "q1 is published twice, or holds for no time", |event| {
            if let Some(Fact::QuotePublished(f)) = &mut event.fact
                && is(f.quote, "q1")
            {
                f.valid_from = f.valid_until;
            }
        }),
        (Check::Conversions, "p1 converts 7246; its quote makes it 7247", |event| {
            if let Some(Fact::QuotePublished(f)) = &mut event.fact
                && is(f.quote, "q1")
            {
                f.price = "7.2470".into();
            }
        }),
        (Check::Conversions, "out of its quote's time", |event| {
            if let Some(Fact::QuotePublished(f)) = &mut event.fact
                && is(f.quote, "q1")
            {
                f.valid_from += 7_200_000;
            }
        }),
        (Check::Conversions, "p1 is quoted twice, or not as q1 says", |event| {
            if let Some(Fact::QuotePublished(f)) = &mut event.fact
                && is(f.quote, "q1")
            {
                f.guaranteed = false;
            }
        }),
        (Check::Conversions, "p1 gives 2414 back; its part is 2413", |event| {
            if let Some(Fact::FxReturned(f)) = &mut event.fact
                && let Some(bought) = &mut f.bought
                && bought.amount == 2_413
            {
                bought.amount += 1;
            }
        }),
        (Check::Payments, "the parts of refund_succeeded do not sum up", |event| {
            if let Some(Fact::FxReturned(f)) = &mut event.fact
                && is(f.payment, "p1")
            {
                event.fact = nothing();
            }
        }),
        (Check::Payments, "the parts of payment_paid do not sum up", |event| {
            if let Some(Fact::FxConverted(f)) = &mut event.fact
                && is(f.payment, "p1")
            {
                event.fact = nothing();
            }
        }),
        (Check::Payments, "the parts of payment_paid do not sum up", |event| {
            if let Some(Fact::PaymentPaid(f)) = &mut event.fact
                && is(f.payment, "p1")
            {
                event.movements[0].amount += 1;
            }
        }),
        (Check::Disputes, "its parts", |event| {
            if let Some(Fact::DisputeJudged(f)) = &mut event.fact
                && is(f.dispute, "case-1")
            {
                f.to_balance += 1;
            }
        }),
        (Check::Disputes, "its parts", |event| {
            if let Some(Fact::FxReturned(f)) = &mut event.fact
                && is(f.payment, "p2")
                && let Some(sold) = &f.sold
                && sold.amount == 400
            {
                event.fact = nothing();
            }
        }),
    ];
    all_are_found_in(&sample::exchanged_days(), forgeries);
}

#[test]
fn days_of_a_shop_abroad_hold() {
    let report = verify(sample::exchanged_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    for checked in report.checks.iter().filter(|checked| checked.invariant == 17) {
        assert!(checked.times > 0, "{} was never made", checked.check);
    }
}
