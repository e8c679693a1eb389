//! What was agreed holds, and no more than that: numbers, bounds, restrictions, limits and times
//! of holds and rentals.

tables! {
/// Orders and rentals have number spaces of their own, and a rental's payments carry its number.
numbers_of_orders_and_rentals_are_apart "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p1 n42 shop 1.00              | ok
    authorize a1 n42 alice shop 1.00       | ok
    rent     k1 n42 shop alice 9.00 fixed:5.00 plan=+1h@2.00,+2h@3.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    at       +2h                           | AuthorizationExpiry RentTerm RentTerm
    return   k1                            | ok
    settle   k1                            | ok
    rental   k1 COMPLETED total=5.00
    create   p2 n42 shop 1.00              | DuplicateOutTradeNo
    authorize a2 n42 alice shop 1.00       | DuplicateOutOrderNo
"

/// No hold, deposit, price or sum of terms is beyond what one payment may be.
amounts_are_those_of_payments "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    authorize a1 o1 alice shop 100000000.01 | AmountOutOfRange
    rent     k1 o1 shop alice 100000000.01 day:1.00 | AmountOutOfRange
    rent     k1 o1 shop alice 9.00 day:100000000.01 | BadSchedule
    rent     k1 o1 shop alice 9.00 day:1.00 late=100000000.01 | BadSchedule
    rent     k1 o1 shop alice 9.00 day:1.00 plan=+1h@50000000.00,+2h@50000000.01 | BadSchedule
    rent     k1 o1 shop alice 9.00 day:1.00 plan=+1h@50000000.00,+2h@50000000.00 | ok
"

/// A start that is reported late lies in the past, never before what was agreed.
a_start_is_not_before_the_agreement "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-02T12:00:00Z          |
    rent     k1 o1 shop alice 9.00 day:1.00 from=2026-01-02T10:00:00Z until=+2d | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    rent     k2 o2 shop alice 9.00 day:1.00 from=2026-01-02T14:00:00Z until=+2d | ok
    assess   k2 full                       | ok
    secure   k2                            | ok
    at       2026-01-02T15:00:00Z          |
    start    k1 on=2026-01-02T09:59:59.999Z | BadSchedule
    start    k1 on=2026-01-02T10:00:00Z    | ok
    start    k2 on=2026-01-02T11:59:59.999Z | BadSchedule
    start    k2 on=2026-01-02T12:00:00Z    | ok
"

/// A waiver is in the currency of the deposit.
a_waiver_has_a_currency "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 99.00 day:1.00 | ok
    assess   k1 USD10.00                   | CurrencyMismatch
    assess   k1 10.00                      | ok
"

/// Who may not be credited is not paid by rentals; terms wait, and are told to have failed.
a_restricted_merchant_is_not_paid "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:5.00 | ok
    rent     k2 o2 shop alice 99.00 day:1.00 until=+3h plan=+1h@10.00/30.00 | ok
    assess   k1 full                       | ok
    assess   k2 full                       | ok
    secure   k1                            | ok
    secure   k2                            | ok
    start    k1                            | ok
    start    k2                            | ok
    return   k1 on=+1h                     | ok
    restrict merchant:shop credit          | ok
    settle   k1                            | AccountRestricted
    at       +1h                           | RentTerm
    told     RentalCollectionFailed
    rental   k2 IN_USE owed=10.00
    collect  k2                            | AccountRestricted
    buy_out  k2 1                          | AccountRestricted
    lift     merchant:shop credit          | ok
    settle   k1                            | ok
    collect  k2                            | ok
    buy_out  k2 1                          | ok
    balance  user_available alice 65.00
"

/// Who may not be debited is not debited on credit either.
a_restricted_user_is_not_charged "
    user     alice 2 CNY                   | ok
    top_up   alice 3.00 r1                 | ok
    line     alice 50.00                   | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:5.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    restrict user:alice debit              | ok
    settle   k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=5.00
    collect  k1 partial=yes                | ok
    told     RentalCollectionFailed
    rental   k1 PAYMENT_PENDING owed=5.00
    lift     user:alice debit              | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00
    credit   alice ACTIVE owed=2.00
"

/// What is held counts as spent until it is captured or let go: no capture exceeds a limit.
limits_hold_for_what_is_held "
    limits   class:1 lifetime=100.00       | ok
    user     alice 1 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    authorize a1 o1 alice shop 100.01      | LimitExceeded
    authorize a1 o1 alice shop 80.00       | ok
    authorize a2 o2 alice shop 20.01       | LimitExceeded
    authorize a2 o2 alice shop 20.00       | ok
    create   p1 n1 shop 0.01               | ok
    pay      p1 alice balance:0.01         | LimitExceeded
    capture  a1 t1 50.00 then=complete     | ok
    authorize a3 o3 alice shop 30.01       | LimitExceeded
    authorize a3 o3 alice shop 30.00       | ok
    cancel_auth a3                         | ok
    pay      p1 alice balance:0.01         | ok
    rent     k1 o1 shop alice 99.00 fixed:5.00 | ok
    assess   k1 69.00                      | ok
    secure   k1                            | LimitExceeded
    rent     k2 o2 shop alice 99.00 fixed:5.00 | ok
    assess   k2 69.01                      | ok
    secure   k2                            | ok
    capture  a2 t2 20.00                   | ok
    create   p2 n2 shop 0.01               | ok
    pay      p2 alice balance:0.01         | LimitExceeded
    cancel_rental k2                       | ok
    pay      p2 alice balance:0.01         | ok
"

/// In every window, as long as it is held; what was agreed before a limit was cut is captured.
what_is_held_counts_in_every_window "
    limits   class:2 day=100.00            | ok
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-31T10:00:00Z          |
    authorize a1 o1 alice shop 60.00 timeout=1296000 | ok
    transfer alice bob 40.01               | LimitExceeded
    transfer alice bob 40.00               | ok
    at       2026-02-01T00:00:00Z          |
    transfer alice bob 40.01               | LimitExceeded
    transfer alice bob 40.00               | ok
    unfreeze a1 q9 10.00                   | ok
    transfer alice bob 10.01               | LimitExceeded
    transfer alice bob 10.00               | ok
    limits   user:alice day=1.00           | ok
    capture  a1 t1 50.00                   | ok
    transfer alice bob 0.01                | LimitExceeded
"

/// A hold that times out is free again.
what_timed_out_is_not_held "
    limits   class:2 lifetime=100.00       | ok
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    authorize a1 o1 alice shop 100.00 timeout=60 | ok
    at       +60s                          | AuthorizationExpiry
    authorize a2 o2 alice shop 100.01      | LimitExceeded
    authorize a2 o2 alice shop 100.00      | ok
"

/// Charges are taken from the balance as far as its limits leave it, like any other payment.
a_rental_is_collected_within_limits "
    limits   class:1 single=10.00 lifetime=15.00 | ok
    user     alice 1 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:20.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=10.00
    collect  k1                            | ok
    told     RentalCollectionFailed
    collect  k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=5.00
    collect  k1 partial=yes                | ok
    told     RentalCollectionFailed
    limits   class:1 lifetime=20.00        | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00
    balance  user_available alice 80.00
"

/// What the deposit pays was held, and asked then; what pays an advance back is a debt paid.
a_deposit_and_an_advance_under_limits "
    limits   class:2 lifetime=40.00        | ok
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:60.00 guaranteed=yes | ok
    assess   k1 69.00                      | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=20.00 advanced=20.00
    balance  user_available alice 60.00
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00
    balance  user_available alice 40.00
"

/// The credit part of a capture is taken from the balance within its limits, then from the line.
the_credit_part_of_a_capture_keeps_to_limits "
    limits   class:2 day=10.00             | ok
    user     alice 2 CNY                   | ok
    top_up   alice 50.00 r1                | ok
    line     alice 100.00                  | ok
    merchant shop CNY fee=0                | ok
    authorize a1 o1 alice shop 40.00 credit=40.00 | ok
    capture  a1 t1 40.00                   | ok
    balance  user_available alice 40.00
    credit   alice ACTIVE owed=30.00
"

/// A thing is bought within limits.
a_thing_is_bought_within_limits "
    limits   class:2 lifetime=12.00        | ok
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 day:1.00 until=+9d plan=+1h@10.00/30.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    at       +1h                           | RentTerm
    buy_out  k1 1                          | LimitExceeded
    limits   class:2 lifetime=30.00        | ok
    buy_out  k1 1                          | ok
    rental   k1 BOUGHT_OUT
"

/// Its own deposit goes back with it and does not count beside the price; others do.
a_buy_out_does_not_count_its_own_deposit "
    limits   class:2 lifetime=129.00       | ok
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 day:1.00 until=+9d plan=+1h@10.00/40.00 fallback=yes | ok
    assess   k1 declined                   | ok
    secure   k1                            | ok
    auth     k1 AUTHORIZED frozen=99.00
    authorize a1 o2 alice shop 20.00 timeout=1296000 | ok
    start    k1                            | ok
    at       +1h                           | RentTerm
    limits   class:2 lifetime=59.99        | ok
    buy_out  k1 1                          | LimitExceeded
    limits   class:2 lifetime=60.00        | ok
    buy_out  k1 1                          | ok
    rental   k1 BOUGHT_OUT
    balance  user_available alice 440.00
"

/// What was paid in parts is given back in parts, the newest first.
a_reduction_over_several_payments "
    user     alice 2 CNY                   | ok
    top_up   alice 30.00 r1                | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:50.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1 partial=yes id=p1          | ok
    top_up   alice 20.00 r2                | ok
    collect  k1 id=p2                      | ok
    rental   k1 COMPLETED
    reduce   k1 0 35.00                    | ok
    refunded p2 20.00
    refunded p1 15.00
    balance  user_available alice 35.00
    reduce   k1 0 15.01                    | ReductionExceedsCharge
    reduce   k1 0 15.00                    | ok
    balance  user_available alice 50.00
"

/// Each payment given back finds what the one before it left: of the debt on credit, and of the
/// merchant's money.
the_payments_of_a_reduction_follow_each_other "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 30.00                   | ok
    rent     k1 o1 shop alice 99.00 fixed:50.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1 partial=yes id=p1          | ok
    limit    alice 50.00                   | ok
    collect  k1 id=p2                      | ok
    rental   k1 COMPLETED
    credit   alice ACTIVE owed=50.00
    top_up   alice 35.00 r1                | ok
    repay    alice 35.00                   | ok
    reduce   k1 0 40.00                    | ok
    refunded p2 20.00
    refunded p1 20.00
    credit   alice ACTIVE owed=0.00
    balance  user_available alice 25.00
"

/// The same where the merchant's money runs out on the way: then none of it happens.
a_reduction_that_the_merchant_cannot_pay "
    user     alice 2 CNY                   | ok
    top_up   alice 30.00 r1                | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 99.00 fixed:50.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1 partial=yes id=p1          | ok
    at       2026-01-02T00:00:00Z          | BatchCut BatchSettle
    payout   w1 merchant:shop 30.00        | ok
    top_up   alice 30.00 r2                | ok
    collect  k1 id=p2                      | ok
    create   p3 n3 shop 9.99               | ok
    pay      p3 alice balance:9.99         | ok
    reduce   k1 0 30.00                    | MerchantBalanceInsufficient
    refunded p2 0.00
    reduce   k1 0 29.99                    | ok
    refunded p2 20.00
    refunded p1 9.99
    batch    shop 2026-01-02 OPEN 0.00
"

/// The price is that of the running term, less what was paid and not refunded.
the_price_of_the_running_term "
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 day:1.00 until=+5h item=bike \
             plan=+1h@10.00/100.00,+2h@10.00/90.00,+3h@10.00 | ok
    rent     k2 o2 shop alice 99.00 day:1.00 item=bike | ok
    assess   k1 full                       | ok
    assess   k2 full                       | ok
    secure   k1                            | ok
    secure   k2                            | ok
    start    k1                            | ok
    buy_out  k1 2                          | BuyoutNotOffered
    at       +2h                           | RentTerm RentTerm
    buy_out  k1 1                          | BuyoutNotOffered
    buy_out  k1 2                          | ok
    balance  user_available alice 410.00
    told     PaymentPaid RentalSettled HoldReleased
    start    k2                            | ItemIsOut
"

/// What was refunded of the terms is not paid.
refunded_terms_are_not_deducted "
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 day:1.00 until=+5h plan=+1h@10.00/100.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    restrict user:alice debit              | ok
    at       +1h                           | RentTerm
    lift     user:alice debit              | ok
    collect  k1 id=p1                      | ok
    refund   p1 f1 4.00                    | ok
    buy_out  k1 1                          | ok
    balance  user_available alice 400.00
"

/// The deposit of a rental is told to be captured by it, and an operation's number is used once.
what_is_told_of_a_deposit "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:60.00 | ok
    assess   k1 39.00                      | ok
    secure   k1                            | ok
    told     HoldPlaced RentalSecured
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    told     PaymentPaid HoldCaptured HoldReleased RentalSettled
    rent     k2 o2 shop alice 99.00 fixed:60.00 | ok
    cancel_rental k2                       | ok
    told     RentalCancelled
    authorize a1 o1 alice shop 1.00        | ok
    unfreeze a1 freeze 1.00                | IdempotencyConflict
    unfreeze a1 q1 1.00                    | ok
"
}
