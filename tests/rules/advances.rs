//! Charges that are lowered after the platform advanced them (DOMAIN §4.4, §7, 15).

use crate::table::of_before;
use groat_ledger::Fact;

tables! {
/// DOMAIN §7, example 15, of a rental that was guaranteed: lowered after completion, and never
/// raised. The user, who paid the platform back, has it from the merchant.
example_15_of_what_was_advanced "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:13.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    rental   k1 PAYMENT_PENDING owed=13.00 advanced=13.00
    batch    shop 1970-01-01 OPEN 13.00
    top_up   alice 20.00 r1                | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00 advanced=0.00 repaid=13.00
    balance  user_available alice 7.00
    reduce   k1 0 3.00                     | ok
    events   AdvanceReturned ChargeReduced
    told     RentalAdvanceReturned
    charge   k1 0 RENT 13.00 reduced=3.00 paid=10.00
    rental   k1 COMPLETED total=10.00 repaid=10.00
    balance  user_available alice 10.00
    balance  rental_advance k1 0.00
    batch    shop 1970-01-01 OPEN 10.00
    reduce   k1 0 10.01                    | ReductionExceedsCharge
    reduce   k1 0 10.00                    | ok
    balance  user_available alice 20.00
    batch    shop 1970-01-01 OPEN 0.00
    reduce   k1 0 0.01                     | ReductionExceedsCharge
"

/// While it is not paid the platform has its money back first, and the user owes that much less.
what_is_still_advanced_goes_back_to_the_platform "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 30.00 fixed:50.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    reduce   k1 0 20.00                    | ok
    events   ChargeReduced
    told
    rental   k1 PAYMENT_PENDING owed=30.00 advanced=30.00
    reduce   k1 0 5.00                     | ok
    events   AdvanceReturned ChargeReduced
    told     RentalAdvanceReturned
    rental   k1 PAYMENT_PENDING owed=25.00 advanced=25.00
    balance  rental_advance k1 25.00
    batch    shop 1970-01-01 OPEN 25.00
    top_up   alice 10.00 r1                | ok
    collect  k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=15.00 advanced=15.00 repaid=10.00
    reduce   k1 0 15.01                    | ReductionExceedsCharge
    reduce   k1 0 15.00                    | ok
    rental   k1 COMPLETED owed=0.00 advanced=0.00 total=10.00
    balance  rental_advance k1 0.00
    batch    shop 1970-01-01 OPEN 10.00
    reduce   k1 0 10.00                    | ok
    balance  user_available alice 10.00
    batch    shop 1970-01-01 OPEN 0.00
"

/// The newest payment first, then the older one, then what was paid back to the platform; of each
/// first what was bought on credit.
payments_come_back_before_the_advance "
    user     alice 2 CNY                   | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 30.00 fixed:50.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1 partial=yes id=p1          | ok
    rental   k1 PAYMENT_PENDING owed=40.00 advanced=30.00
    line     alice 35.00                   | ok
    top_up   alice 5.00 r2                 | ok
    collect  k1 id=p2                      | ok
    rental   k1 COMPLETED repaid=30.00
    credit   alice ACTIVE owed=35.00
    batch    shop 1970-01-01 OPEN 50.00
    reduce   k1 0 5.00                     | ok
    refunded p2 5.00
    credit   alice ACTIVE owed=30.00
    reduce   k1 0 20.00                    | ok
    events   RefundSucceeded RefundSucceeded AdvanceReturned ChargeReduced
    refunded p2 10.00
    refunded p1 10.00
    credit   alice ACTIVE owed=20.00
    balance  user_available alice 10.00
    reduce   k1 0 25.00                    | ok
    credit   alice ACTIVE owed=0.00
    balance  user_available alice 15.00
    batch    shop 1970-01-01 OPEN 0.00
"

/// What was bought on credit and is repaid by then goes to the balance.
a_surplus_goes_to_the_balance "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:50.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    line     alice 60.00                   | ok
    collect  k1                            | ok
    credit   alice ACTIVE owed=50.00
    top_up   alice 45.00 r1                | ok
    repay    alice 45.00                   | ok
    reduce   k1 0 50.00                    | ok
    credit   alice ACTIVE owed=0.00
    balance  user_available alice 45.00
"

/// Settled money gives after the batch of the advance, and today's sales last.
what_the_merchant_gives_it_from "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   bob 50.00 r1                  | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:13.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    top_up   alice 13.00 r2                | ok
    collect  k1                            | ok
    at       1970-01-03T09:00:00Z          | BatchCut BatchSettle
    balance  merchant_available shop 13.00
    reduce   k1 0 3.00                     | ok
    balance  merchant_available shop 10.00
    payout   w1 merchant:shop 9.00         | ok
    reduce   k1 0 3.00                     | MerchantBalanceInsufficient
    create   p1 o2 shop 5.00               | ok
    pay      p1 bob balance:5.00           | ok
    reduce   k1 0 6.01                     | MerchantBalanceInsufficient
    reduce   k1 0 3.00                     | ok
    balance  merchant_available shop 0.00
    batch    shop 1970-01-03 OPEN 3.00
    balance  user_available alice 6.00
    payout   w2 user:alice 6.00            | ok
    payout_confirm w2                      | ok
    close_account user:alice               | ok
    reduce   k1 0 1.00                     | AccountClosed
"
}

/// Of a chain that did not keep what was paid back nobody knows whose it is.
#[test]
fn what_was_paid_back_before_that_was_kept_stays() {
    let mut books = of_before(
        "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 99.00 fixed:50.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    top_up   alice 50.00 r1                | ok
    collect  k1                            | ok
    ",
        |fact| matches!(fact, Fact::AdvanceRepaid { .. }),
    );
    books.line("reduce k1 0 1.00 | AdvanceNotLowered");
}
