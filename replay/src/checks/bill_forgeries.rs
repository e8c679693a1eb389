//! Bills: books whose every hash is right, in which money went to another account than the fact
//! says, or the fact says another amount than moved. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

const FORGERIES: &[Forgery] = &[
    (Check::BillLines, "shop is told to change by -30.50; it changes by -29.50", |event| {
        if let Some(Fact::PayoutRequested(f)) = &mut event.fact
            && is(f.payout, "po-1")
        {
            event.movements[0].amount -= 100;
        }
    }),
    (Check::BillLines, "shop is told to change by -10.01; it changes by -10.00", |event| {
        if let Some(Fact::PayoutRequested(f)) = &mut event.fact
            && is(f.payout, "po-2")
            && let Some(amount) = &mut f.amount
        {
            amount.amount += 1;
        }
    }),
    (Check::BillLines, "payout_failed: Liabilities:merchant_available:shop is told", |event| {
        if let Some(Fact::PayoutFailed(_)) = &mut event.fact {
            event.movements.clear();
        }
    }),
    (
        Check::BillLines,
        "user_available:alice is told to change by -12.00; it changes by -11",
        |event| {
            if let Some(Fact::Transferred(_)) = &mut event.fact {
                event.movements[0].amount = 1_100;
            }
        },
    ),
    (Check::BillLines, "merchant_available:shop is told to change by -47.85", |event| {
        if let Some(Fact::DisputeOpened(f)) = &mut event.fact
            && is(f.dispute, "case-1")
        {
            event.movements[0].amount -= 1;
            event.movements[1].amount += 1;
        }
    }),
    (Check::BillLines, "receipt_matched: Liabilities:merchant_available:stall is told", |event| {
        if let Some(Fact::ReceiptMatched(f)) = &mut event.fact {
            f.amount -= 1;
        }
    }),
];

#[test]
fn bills() {
    all_are_found_in(&sample::billed_days(), FORGERIES);
}

/// The net of a batch is paid to another merchant: batches, reserves and sums are as they were.
#[test]
fn a_net_that_another_merchant_gets() {
    let days = sample::billed_days();
    let mut stall = 0;
    let blocks = sample::forged(&days.blocks, |header, body| {
        sample::without_digests(header);
        *body = sample::with_events(header, body, |_, event| match &mut event.fact {
            Some(Fact::MerchantOnboarded(f))
                if f.terms.as_ref().is_some_and(|terms| is(terms.merchant, "stall")) =>
            {
                stall = f.account;
            }
            Some(Fact::BatchSettled(f)) if f.recovered == 0 && f.available > 0 => {
                let last = event.movements.last_mut().unwrap();
                last.credit = stall;
            }
            _ => {}
        });
    });
    let found = verify(sample::chain_of(blocks), &mut |_, _| {}).unwrap().first_bad.unwrap();
    assert_eq!(found.check, Check::BillLines.name(), "{found}");
    let told = "merchant_available:shop is told to change by 85.21; it changes by 0.00";
    assert!(found.what.contains(told), "{found}");
}

#[test]
fn days_with_bills_hold() {
    for days in [sample::billed_days(), sample::market_days(), sample::rented_days()] {
        let report = verify(days.chain(), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None);
    }
}
