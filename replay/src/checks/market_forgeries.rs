//! For each check of campaigns, coupons and invoices: books whose every hash is right and in which
//! one event is another than the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

fn all_are_found(forgeries: &[Forgery]) {
    all_are_found_in(&sample::market_days(), forgeries);
}

#[test]
fn campaigns_and_coupons() {
    all_are_found(&[
        (Check::CampaignFunds, "spring has 5000; paid in less spent is 5001", |event| {
            if let Some(Fact::CampaignFunded(f)) = &mut event.fact
                && let Some(amt) = &mut f.amt
                && amt.amount == 5_000
            {
                amt.amount = 5_001;
            }
        }),
        (Check::CampaignFunds, "spring has 1799; 1800 is promised, 0 kept", |event| {
            if let Some(Fact::CampaignFunded(f)) = &mut event.fact
                && let Some(amt) = &mut f.amt
                && amt.amount == 5_000
            {
                amt.amount = 1_799;
                event.movements[0].amount = 1_799;
            }
        }),
        (Check::CampaignFunds, "spring has 899; 600 is promised, 300 kept", |event| {
            if let Some(Fact::CampaignFunded(f)) = &mut event.fact
                && let Some(amt) = &mut f.amt
                && amt.amount == 5_000
            {
                amt.amount = 4_533;
                event.movements[0].amount = 4_533;
            }
        }),
        (Check::CouponStates, "299 of ten-3 is kept; 300 may be", |event| {
            if let Some(Fact::CouponReturned(f)) = &mut event.fact
                && is(f.coupon, "ten-3")
            {
                f.kept -= 1;
            }
        }),
        (Check::CouponStates, "refused: a coupon is released with what it has not", |event| {
            if let Some(Fact::CouponReleased(f)) = &mut event.fact {
                f.amount -= 1;
            }
        }),
        (Check::Disputes, "p5 is disputed with 1501; its user paid 1500", |event| {
            if let Some(Fact::DisputeOpened(f)) = &mut event.fact
                && is(f.dispute, "case-2")
            {
                (f.amount, f.from_own_batch) = (f.amount + 1, f.from_own_batch + 1);
                event.movements[0].amount += 1;
            }
        }),
        (Check::CouponFaces, "ten has 999 of faces", |event| {
            if let Some(Fact::CouponIssued(f)) = &mut event.fact
                && is(f.coupon, "ten-1")
            {
                event.movements[0].amount -= 1;
            }
        }),
        (Check::CouponFaces, "five has 0 of faces", |event| {
            if let Some(Fact::CouponIssued(f)) = &mut event.fact
                && is(f.coupon, "five-1")
            {
                event.movements.clear();
            }
        }),
        (Check::CouponStates, "expires, and not by the clock", |event| {
            if let Some(Fact::CouponRevoked(f)) = &mut event.fact {
                let coupon = f.coupon;
                event.fact = Some(Fact::CouponExpired(groat_proto::v1::CouponExpired { coupon }));
            }
        }),
        (Check::CouponStates, "out of terms or time", |event| {
            if let Some(Fact::CouponDefined(f)) = &mut event.fact
                && is(f.template, "ten")
            {
                f.valid_until = f.valid_from + 1;
            }
        }),
        (Check::CouponStates, "refused: more of a coupon is kept than came back", |event| {
            if let Some(Fact::CouponReturned(f)) = &mut event.fact
                && f.discount + f.funded == 500
                && f.state != 0
            {
                f.state = 0;
            }
        }),
        (Check::CouponStates, "refused: a coupon is in another state", |event| {
            if let Some(Fact::CouponUsed(f)) = &mut event.fact
                && is(f.coupon, "five-1")
            {
                f.coupon = named("ten-1");
            }
        }),
        (Check::Payments, "the legs of p1 sum to 9999", |event| {
            if let Some(Fact::PaymentPaid(f)) = &mut event.fact
                && f.balance == 9_000
            {
                f.balance -= 1;
                event.movements[0].amount -= 1;
            }
        }),
        (Check::Payments, "the parts of refund_succeeded do not sum up", |event| {
            if let Some(Fact::CouponReturned(f)) = &mut event.fact
                && is(f.coupon, "five-1")
            {
                f.discount -= 1;
                f.state = 1;
                event.movements.clear();
            }
        }),
    ]);
}

#[test]
fn packets() {
    all_are_found(&[
        (Check::PacketSums, "luck has 999; its total less", |event| {
            if let Some(Fact::PacketSent(f)) = &mut event.fact
                && is(f.packet, "luck")
            {
                event.movements[0].amount -= 1;
            }
        }),
        (Check::PacketSums, "luck has 702; its total less", |event| {
            if let Some(Fact::PacketClaimed(f)) = &mut event.fact
                && is(f.packet, "luck")
                && is(f.user, "bob")
            {
                event.movements[0].amount += 1;
            }
        }),
        (Check::PacketParts, "bob gets 298 of luck; it is cut to 297", |event| {
            if let Some(Fact::PacketClaimed(f)) = &mut event.fact
                && is(f.packet, "luck")
                && is(f.user, "bob")
            {
                f.amount += 1;
                event.movements[0].amount += 1;
            }
        }),
        (Check::PacketParts, "bob claims from luck twice or too late", |event| {
            if let Some(Fact::PacketSent(f)) = &mut event.fact
                && is(f.packet, "luck")
            {
                f.expires_at -= 86_400_000 - 1;
            }
        }),
        (Check::PacketParts, "refused: a packet is claimed twice", |event| {
            if let Some(Fact::PacketClaimed(f)) = &mut event.fact
                && is(f.user, "carol")
            {
                f.user = named("bob");
            }
        }),
    ]);
}

#[test]
fn invoices() {
    all_are_found(&[
        (Check::InvoiceSums, "the lines of inv-1 make 10076 of 11300", |event| {
            if let Some(Fact::InvoiceIssued(f)) = &mut event.fact {
                f.ex_tax += 1;
                f.tax -= 1;
            }
        }),
        (Check::InvoiceSums, "more of inv-1 is reversed than is left", |event| {
            if let Some(Fact::InvoiceReversed(f)) = &mut event.fact {
                f.tax += f.ex_tax;
                f.ex_tax = 0;
            }
        }),
        (Check::Invoiced, "p3 has 11300 invoiced of 8300 paid; 2999 is to be reversed", |event| {
            if let Some(Fact::RedInvoiceDue(f)) = &mut event.fact {
                f.amount -= 1;
            }
        }),
        (Check::Invoiced, "p3 has 11300 invoiced of 8300 paid; 0 is to be reversed", |event| {
            if let Some(Fact::RedInvoiceDue(_)) = &mut event.fact {
                event.fact = nothing();
            }
        }),
        (Check::Invoiced, "p3 has 8300 invoiced of 6300 paid; 0 is to be reversed", |event| {
            if let Some(Fact::RedInvoiceDue(f)) = &mut event.fact
                && f.amount == 2_000
            {
                event.fact = nothing();
            }
        }),
    ]);
}

#[test]
fn days_of_coupons_and_invoices_hold() {
    let report = verify(sample::market_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    for checked in report.checks.iter().filter(|checked| [14, 16].contains(&checked.invariant)) {
        assert!(checked.times > 0, "{} was never made", checked.check);
    }
}
