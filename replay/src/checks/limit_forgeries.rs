//! Limits of codes: books whose every hash is right and in which a limit is another than the one
//! that was given, so that what was spent is beyond it. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, nothing};
use crate::sample::{self, chain_of, forged, with_events, without_digests};
use crate::verify::verify;
use groat_proto::v1::{Money, SetLimits, event::Fact};

/// The limits in every window, to be forged.
fn limits(fact: &mut Option<Fact>) -> Option<&mut SetLimits> {
    match fact {
        Some(Fact::LimitsSet(f)) if f.every_window => Some(f),
        _ => None,
    }
}

fn lower(limit: &mut Option<Money>) {
    if let Some(limit) = limit {
        limit.amount -= 1;
    }
}

#[test]
fn windows_of_codes() {
    let forgeries: &[Forgery] = &[
        (Check::Limits, "alice has spent 6000; the code single limit is 5999", |event| {
            if let Some(f) = limits(&mut event.fact) {
                lower(&mut f.single);
            }
        }),
        (Check::Limits, "alice has spent 12000; the code month limit is 11999", |event| {
            if let Some(f) = limits(&mut event.fact) {
                lower(&mut f.month);
            }
        }),
        (Check::Limits, "alice has spent 12000; the code year limit is 11999", |event| {
            if let Some(f) = limits(&mut event.fact) {
                f.year = f.month;
                lower(&mut f.year);
            }
        }),
        (Check::Limits, "alice has spent 12000; the code lifetime limit is 11999", |event| {
            if let Some(f) = limits(&mut event.fact) {
                f.lifetime = f.month;
                lower(&mut f.lifetime);
            }
        }),
        // The limits of before hold, where those that came after them are gone.
        (Check::Limits, "alice has spent 6000; the code day limit is 100", |event| {
            if limits(&mut event.fact).is_some() {
                event.fact = nothing();
            }
        }),
    ];
    all_are_found_in(&sample::limited_days(), forgeries);
}

/// Where no limits say every window, only the day of a code counts.
#[test]
fn a_day_alone_counts_without_the_word() {
    let blocks = forged(&sample::limited_days().blocks, |header, body| {
        without_digests(header);
        *body = with_events(header, body, |_, event| {
            if let Some(f) = limits(&mut event.fact) {
                f.every_window = false;
                lower(&mut f.month);
            }
        });
    });
    let report = verify(chain_of(blocks), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
}
