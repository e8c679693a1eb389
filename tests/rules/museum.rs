//! The bug museum: bugs that real ledgers shipped, as far as a ledger alone can show them. Names
//! are `owner/repo#number` on GitHub. What needs ids, a shard or a broker stands elsewhere.

use groat_ledger::instalments::{Split, Tie, plan};
use groat_ledger::money::{bps_floor, cumulative_half_up, fee_half_up};
use groat_ledger::{Currency, Money, Rejection};

tables! {
/// blnkfinance/blnk#181: available = balance − held.
two_holds_beyond_the_balance "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    hold     h1 alice 60.00                | ok
    hold     h2 alice 60.00                | InsufficientFunds
    hold     h2 alice 40.00                | ok
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 100.00                    | ok
    pend     t1 a b 60.00                  | ok
    pend     t2 a b 60.00                  | ExceedsCredits
    pend     t2 a b 40.00                  | ok
"

/// blnk#182, blnk#41, LerianStudio/midaz#1519: capturing what is rejected, voided, expired or
/// captured is refused, each by its own name, and posts nothing.
capture_of_a_dead_hold "
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 30.00                     | ok
    pend     t0 a b 30.01                  | ExceedsCredits
    pend     t1 a b 10.00                  | ok
    pend     t2 a b 10.00                  | ok
    pend     t3 a b 10.00 timeout=5        | ok
    void_pending t1                        | ok
    post_pending t2                        | ok
    at       +5s                           | TransferExpiry
    post_pending t0                        | PendingNotFound
    post_pending t1                        | PendingAlreadyVoided
    post_pending t2                        | PendingAlreadyPosted
    post_pending t3                        | PendingExpired
    counters a 10.00 30.00 0.00 0.00
"

/// blnk#62: the sum of captures is at most what was authorized; here a hold is captured once.
captures_beyond_the_authorization "
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 100.00                    | ok
    pend     t1 a b 10.00                  | ok
    post_pending t1 amount=10.01           | PendingAmountExceeded
    post_pending t1 amount=6.00            | ok
    post_pending t1 amount=4.00            | PendingAlreadyPosted
    counters a 6.00 100.00 0.00 0.00
"

/// midaz#2317: money of two sources returns to both, each its part, never both parts to one.
a_refund_covered_by_channel_and_balance "
    user     alice 2 CNY                   | ok
    top_up   alice 3.00 r1                 | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:3.00 channel:visa:7.00 | ok
    cancel   p1                            | ok
    balance  user_available alice 3.00
    balance  channel_receivable visa 0.00
"

/// juspay/hyperswitch#13182, #10533: many refunds of one payment.
refunds_beyond_the_captured "
    user     alice 2 CNY                   | ok
    top_up   alice 300.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 200.00             | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:200.00       | ok
    refund   p1 f1 60.00                   | ok
    refund   p1 f2 60.00                   | RefundExceedsPaid
    refund   p1 f3 40.00                   | ok
    refund   p1 f4 0.01                    | RefundExceedsPaid
    cancel   p1                            | InvalidState
    balance  user_available alice 100.00
"

/// blnk#360: amounts of zero, everywhere an amount stands.
amount_zero "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 9.00 r1                 | ok
    merchant shop CNY                      | ok
    account  a CNY                         | ok
    account  b CNY                         | ok
    create   p1 o1 shop 1.00               | ok
    pay      p1 alice balance:1.00         | ok
    create   p2 o2 shop 1.00               | ok
    hold     h1 alice 1.00                 | ok
    pend     t1 a b 1.00                   | ok
    top_up   alice 0.00 r2                 | AmountOutOfRange
    transfer alice bob 0.00                | AmountOutOfRange
    hold     h2 alice 0.00                 | AmountOutOfRange
    release  h1 alice 0.00                 | AmountOutOfRange
    payout   w1 user:alice 0.00            | AmountOutOfRange
    receipt  r3 0.00                       | AmountOutOfRange
    create   p3 o3 shop 0.00               | AmountOutOfRange
    pay      p2 alice balance:1.00 channel:visa:0.00 | AmountOutOfRange
    refund   p1 f1 0.00                    | AmountOutOfRange
    post     a b 0.00                      | AmountOutOfRange
    pend     t2 a b 0.00                   | AmountOutOfRange
    post_pending t1 amount=0.00            | AmountOutOfRange
    adjust   dr:equity:0.00 cr:marketing:0.00 | AmountOutOfRange
"

/// cala fuzz/README.md: at the edge of every amount a name, never a panic, never a wrap.
amounts_at_the_edge "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY                      | ok
    account  a CNY                         | ok
    account  b CNY                         | ok
    top_up   alice #1000000000000000000 r1 | ok
    top_up   alice #1000000000000000001 r2 | AmountOutOfRange
    top_up   alice #18446744073709551615 r2 | AmountOutOfRange
    top_up   alice #9223372036854775808 r2 | AmountOutOfRange
    repeat   40 top_up alice #1000000000000000000 x$ | ok
    balance  user_available alice #41000000000000000000
    transfer alice bob #18446744073709551615 | AmountOutOfRange
    transfer alice bob #1000000000000000000 | ok
    hold     h1 alice #18446744073709551615 | AmountOutOfRange
    payout   w1 user:alice #1000000000000000000 fee=#18446744073709551615 | AmountOutOfRange
    payout   w1 user:alice #1000000000000000000 fee=#1000000000000000000 | ok
    receipt  r3 #18446744073709551615      | AmountOutOfRange
    create   p1 o1 shop #18446744073709551615 | AmountOutOfRange
    create   p1 o1 shop 1.00               | ok
    pay      p1 alice balance:#18446744073709551615 channel:visa:#18446744073709551615 \
              | AmountOutOfRange
    pay      p1 alice balance:#18446744073709551615 channel:visa:#101 | AmountOutOfRange
    pay      p1 alice balance:#18446744073709551615 | LegSumMismatch
    pay      p1 alice balance:1.00         | ok
    refund   p1 f1 #18446744073709551615   | AmountOutOfRange
    repeat   40 post a b #1000000000000000000 | ok
    post     b a #1000000000000000000 upto=both | ok
    post     a b #18446744073709551615     | AmountOutOfRange
    pend     t1 a b #18446744073709551615  | AmountOutOfRange
    pend     t1 a b #1000000000000000000   | ok
    post_pending t1 amount=#18446744073709551615 | AmountOutOfRange
    adjust   dr:equity:#18446744073709551615 cr:marketing:#18446744073709551615 | AmountOutOfRange
    limits   user:alice day=#18446744073709551615 lifetime=#18446744073709551615 \
             cap=#18446744073709551615 | ok
    transfer alice bob 0.01                | ok
"

/// blnk#361: a transfer to oneself, in each form that it can take.
transfer_to_self "
    user     alice 2 CNY                   | ok
    top_up   alice 9.00 r1                 | ok
    account  a CNY                         | ok
    transfer alice alice 1.00              | AccountsMustDiffer
    post     a a 1.00                      | AccountsMustDiffer
    pend     t1 a a 1.00                   | AccountsMustDiffer
    adjust   dr:user_available:alice:1.00 cr:user_available:alice:1.00 | AccountsMustDiffer
"

/// midaz#1894: a capture right behind its authorization always sees the hold.
capture_right_behind_its_authorization "
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 100.00                    | ok
    repeat   100 pend t$ a b 1.00          | ok
    repeat   100 post_pending t$           | ok
    counters a 100.00 100.00 0.00 0.00
"

/// blnk#181: available = balance − held + credit line, for cash and for credit.
two_holds_of_funds_beyond_balance_and_credit "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    authorize a1 o1 alice shop 90.00 credit=30.00 | ok
    authorize a2 o2 alice shop 40.01       | InsufficientFunds
    authorize a2 o2 alice shop 60.01 credit=20.01 | NotAdmitted
    authorize a2 o2 alice shop 60.00 credit=20.00 | ok
    authorize a3 o3 alice shop 0.01        | InsufficientFunds
    authorize a3 o3 alice shop 0.01 credit=0.01 | NotAdmitted
"

/// blnk#182, blnk#41, midaz#1519: capturing what was refused, cancelled, expired or captured is
/// refused, each by its own name, and posts nothing.
capture_of_dead_funds "
    user     alice 2 CNY                   | ok
    top_up   alice 30.00 r1                | ok
    merchant shop CNY fee=0                | ok
    authorize a0 o0 alice shop 30.01       | InsufficientFunds
    authorize a1 o1 alice shop 10.00       | ok
    authorize a2 o2 alice shop 10.00       | ok
    authorize a3 o3 alice shop 10.00 timeout=60 | ok
    cancel_auth a1                         | ok
    capture  a2 t2 10.00                   | ok
    at       +60s                          | AuthorizationExpiry
    capture  a0 t9 10.00                   | UnknownAccount
    capture  a1 t9 10.00                   | AuthorizationClosed
    capture  a2 t9 10.00                   | InvalidState
    capture  a3 t9 10.00                   | AuthorizationExpired
    balance  user_available alice 20.00
"

/// blnk#62: many captures of one hold are together at most what was authorized.
captures_of_funds_beyond_the_authorization "
    user     alice 2 CNY                   | ok
    top_up   alice 30.00 r1                | ok
    merchant shop CNY fee=0                | ok
    authorize a1 o1 alice shop 10.00       | ok
    capture  a1 t1 10.01                   | CaptureExceedsRest
    capture  a1 t1 6.00                    | ok
    capture  a1 t2 4.01                    | CaptureExceedsRest
    capture  a1 t2 4.00                    | ok
"

/// midaz#2317: a hold on credit and cash is released to both, each its part, never both to one.
a_release_covered_by_credit_and_cash "
    user     alice 2 CNY                   | ok
    top_up   alice 60.00 r1                | ok
    merchant shop CNY fee=0                | ok
    line     alice 40.00                   | ok
    authorize a1 o1 alice shop 100.00 credit=40.00 | ok
    unfreeze a1 q1 70.00                   | ok
    balance  user_available alice 30.00
    credit   alice ACTIVE owed=0.00 held=0.00 left=40.00
    cancel_auth a1                         | ok
    balance  user_available alice 60.00
    credit   alice ACTIVE owed=0.00 held=0.00 left=40.00
"

/// midaz#1894: as above, for holds of funds.
capture_right_behind_its_hold "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    repeat   100 authorize a$ o$ alice shop 1.00 | ok
    repeat   100 capture a$ t$ 1.00        | ok
    balance  user_available alice 0.00
"

/// killbill/killbill#809: a late command against a payment that went on; states move forward only.
states_move_forward_only "
    user     alice 2 CNY                   | ok
    top_up   alice 9.00 r1                 | ok
    merchant shop CNY fee=0 days=1         | ok
    create   p1 o1 shop 1.00               | ok
    pay      p1 alice balance:1.00         | ok
    close    p1                            | AlreadyPaid
    pay      p1 alice balance:1.00         | InvalidState
    refund   p1 f1 1.00                    | ok
    close    p1                            | AlreadyPaid
    cancel   p1                            | InvalidState
    pay      p1 alice balance:1.00         | InvalidState
    at       +9d                           | BatchCut BatchSettle
    state    p1 REFUNDED
    payout   w1 user:alice 9.00            | ok
    payout_fail w1                         | ok
    payout_confirm w1                      | InvalidState
    state    w1 FAILED
"

/// GaloyMoney/cala#714: what is decided late counts into the window of its own time.
spending_at_the_end_of_a_window "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    limits   user:alice day=10.00          | ok
    at       2026-01-31T23:59:59.999Z      |
    transfer alice bob 10.00               | ok
    transfer alice bob 0.01                | LimitExceeded
    at       2026-02-01T00:00:00Z          |
    transfer alice bob 10.00               | ok
"

/// GaloyMoney/cala#776, bavix/laravel-wallet#898: one hot account, ten thousand postings, each
/// counted (their rate is measured in `benches`).
ten_thousand_postings_to_one_account "
    account  hot CNY keep=credit           | ok
    account  a CNY                         | ok
    repeat   10000 post a hot 0.01         | ok
    balance  ledger hot 100.00
    post     hot a 100.01                  | ExceedsCredits
    post     hot a 100.00                  | ok
"

/// midaz#814: an account of another currency, on either side and in the amount.
currencies_are_not_mixed "
    account  a CNY                         | ok
    account  u USD                         | ok
    post     a u 1.00                      | CurrencyMismatch
    post     u a 1.00                      | CurrencyMismatch
    post     u a USD1.00                   | CurrencyMismatch
"
}

/// midaz#814: a currency that is none does not become money.
#[test]
fn unknown_currency() {
    for letters in ["XXX", "cny", "CN", "", "BTC", "CNYX"] {
        assert!(letters.parse::<Currency>().is_err(), "{letters}");
    }
    for code in [0, 1, 155, 999, 1000, 65_692, u32::MAX] {
        assert_eq!(Currency::from_code(code), None, "{code}");
    }
}

/// blnk#360: below zero is not an amount, and the text says so.
#[test]
fn amount_negative() {
    assert!(Money::parse("-0.01", Currency::CNY).is_err());
    assert!(Money::parse("-0", Currency::CNY).is_err());
}

/// blnk#72, formancehq/numscript#130: splits over primes, in currencies without and with three
/// decimals: parts sum to the whole, and no part runs ahead of its share by a whole unit.
#[test]
fn splits_over_primes() {
    for full in [0u64, 1, 2, 3, 97, 100, 1_999, 12_345, 999_983, 1_000_000_000_000_000_000] {
        for parts in [1u64, 2, 3, 7, 11, 13, 97, 101] {
            let mut given = 0;
            for part in 1..=parts {
                let upto = cumulative_half_up(full, part, parts);
                assert!(upto >= given, "{full} over {parts}: part {part} is negative");
                let exact = u128::from(full) * u128::from(part);
                let twice = 2 * u128::from(upto) * u128::from(parts);
                let off = twice.abs_diff(2 * exact);
                assert!(off <= u128::from(parts), "{full} over {parts}: part {part} is off");
                given = upto;
            }
            assert_eq!(given, full, "{full} over {parts}");
        }
    }
}

/// apache/fineract#5787: instalments are together the principal and the fee exactly, however they
/// are cut, and no part is less than nothing.
#[test]
fn instalments_sum_to_principal_and_fee() {
    let ways = [
        Split::FloorRestFirst,
        Split::NearestRestLast { unit: 1, tie: Tie::Up },
        Split::NearestRestLast { unit: 1, tie: Tie::Even },
        Split::NearestRestLast { unit: 100, tie: Tie::Up },
    ];
    for amount in [1u64, 2, 97, 100, 1_999, 12_345, 60_000, 999_983, 1_000_000_007] {
        for terms in [1u32, 2, 3, 6, 7, 9, 12, 24] {
            for (fee_ppm, how) in ways.iter().flat_map(|how| [(0, *how), (75_000, *how)]) {
                let what = format!("{amount} over {terms} at {fee_ppm}, {how:?}");
                let plan = plan(amount, terms, fee_ppm, how).unwrap();
                assert_eq!(plan.len(), terms as usize, "{what}");
                let principals: Vec<u64> = plan.iter().map(|i| i.principal).collect();
                assert_eq!(principals.iter().sum::<u64>(), amount, "{what}");
                // All are alike but the one that has the rest, and those for which nothing is left.
                let rest = if how == Split::FloorRestFirst { 0 } else { terms as usize - 1 };
                let others = || principals.iter().enumerate().filter(|(no, _)| *no != rest);
                let share = others().map(|(_, part)| *part).next().unwrap_or(amount);
                let upto = |no: usize| principals[..no].iter().sum::<u64>();
                let alike = |(no, part): (usize, &u64)| *part == share.min(amount - upto(no));
                assert!(others().all(alike), "{what}: {principals:?}");
                assert!(rest > 0 || principals[0] >= share, "{what}: {principals:?}");
                let fees = plan.iter().map(|i| u128::from(i.fee)).sum::<u128>();
                let exact = u128::from(amount) * u128::from(fee_ppm);
                assert!((fees * 1_000_000).abs_diff(exact) <= 500_000, "{what}: fees of {fees}");
            }
        }
    }
}

/// cala fuzz/README.md: rates at their ends and amounts at theirs stay within the amount.
#[test]
fn rates_at_the_edge() {
    for amount in [0, 1, 2, 999_999, 1_000_000_000_000_000_000, u64::MAX] {
        assert_eq!(fee_half_up(amount, 0), 0);
        assert_eq!(fee_half_up(amount, 1_000_000), amount);
        assert_eq!(bps_floor(amount, 10_000), amount);
        assert!(fee_half_up(amount, 999_999) <= amount);
        assert!(bps_floor(amount, 9_999) <= amount);
        assert_eq!(cumulative_half_up(amount, u64::MAX, u64::MAX), amount);
        assert_eq!(cumulative_half_up(amount, 0, 0), 0);
    }
}

/// A refusal is not an accident of wording: each has one number, one name, one sentence.
#[test]
fn every_refusal_has_a_name_of_its_own() {
    let mut names: Vec<_> = Rejection::ALL.iter().map(|r| r.name()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
