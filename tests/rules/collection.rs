//! Rentals paid: settlement, collection, plans, advances, buy-outs, reductions (DOMAIN §4.4).

tables! {
/// DOMAIN §7, example 10.
example_10 "
    user     alice 2 CNY                   | ok
    top_up   alice 800.00 r1               | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 2000.00 fixed:150.00 | ok
    assess   k1 1200.00                    | ok
    secure   k1                            | ok
    auth     k1 AUTHORIZED frozen=800.00+1200.00
    balance  user_frozen k1 800.00
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    damage   k1 2000.01                    | DamageExceedsDeposit
    damage   k1 300.00                     | ok
    settle   k1 id=p1                      | ok
    rental   k1 COMPLETED owed=0.00
    // Of 150.00 and 300.00: 0.90 and 1.80.
    fee      p1 2.70 0.00
    balance  merchant_pending shop@1970-01-01 447.30
    balance  user_frozen k1 0.00
    auth     k1 FINISHED captured=450.00+0.00 released=350.00+1200.00
    balance  user_available alice 350.00
    balance  deposit_waived k1 0.00
    settle   k1                            | InvalidState
    collect  k1                            | InvalidState
    damage   k1 0.01                       | InvalidState
"

/// DOMAIN §7, example 11: deposit, balance, credit.
example_11 "
    user     alice 2 CNY                   | ok
    top_up   alice 1400.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 400.00                  | ok
    rent     k1 o1 shop alice 2000.00 fixed:300.00 | ok
    assess   k1 1200.00                    | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    damage   k1 1500.00                    | ok
    settle   k1 id=p1                      | ok
    rental   k1 COMPLETED owed=0.00
    balance  user_available alice 0.00
    credit   alice ACTIVE owed=400.00 left=0.00
    refund   p1 f1 500.00                  | ok
    credit   alice ACTIVE owed=0.00
    balance  user_available alice 100.00
"

/// DOMAIN §7, example 11 with a cent too little: the deposit is taken, the rest all or nothing.
example_11_short_of_a_cent "
    user     alice 2 CNY                   | ok
    top_up   alice 1400.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 399.99                  | ok
    rent     k1 o1 shop alice 2000.00 fixed:300.00 | ok
    assess   k1 1200.00                    | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    damage   k1 1500.00                    | ok
    settle   k1                            | ok
    rental   k1 PAYMENT_PENDING owed=1000.00
    balance  user_available alice 600.00
    auth     k1 AUTHORIZED captured=800.00+0.00 rest=0.00+1200.00
    collect  k1                            | ok
    events   CollectionFailed
    collect  k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=0.01
    credit   alice ACTIVE owed=399.99
    top_up   alice 0.01 r2                 | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00
    collect  k1                            | InvalidState
"

/// DOMAIN §7, example 15: the total is what is left of the items, within the risk amount, and
/// after completion it only goes down.
example_15 "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:12.00 risk=99.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    damage   k1 87.01                      | TotalExceedsRiskAmount
    damage   k1 3.00                       | ok
    reduce   k9 0 2.00                     | UnknownAccount
    reduce   k1 2 2.00                     | UnknownAccount
    reduce   k1 0 USD2.00                  | CurrencyMismatch
    reduce   k1 0 0.00                     | AmountOutOfRange
    reduce   k1 0 12.01                    | ReductionExceedsCharge
    reduce   k1 0 2.00                     | ok
    settle   k9                            | UnknownAccount
    settle   k1 total=USD13.00             | CurrencyMismatch
    settle   k1 total=13.01                | TotalMismatch
    settle   k1 total=12.99                | TotalMismatch
    settle   k1 total=13.00 id=p1          | ok
    balance  user_available alice 87.00
    reduce   k1 0 10.01                    | ReductionExceedsCharge
    reduce   k1 0 3.00                     | ok
    balance  user_available alice 90.00
    rental   k1 COMPLETED total=10.00
    charge   k1 0 RENT 12.00 reduced=5.00 paid=7.00
    refunded p1 3.00
    damage   k1 0.01                       | InvalidState
"

/// Rent beyond the risk amount: the thing is back, but settled only once it has been lowered.
rent_beyond_the_risk_amount "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 99.00 fixed:99.01 risk=99.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | TotalExceedsRiskAmount
    reduce   k1 0 0.01                     | ok
    settle   k1                            | ok
    rental   k1 PAYMENT_PENDING owed=99.00
    rent     k2 o2 shop alice 99.00 fixed:0.00 risk=19.99 plan=+1h@10.00,+2h@10.00 | BadSchedule
    rent     k2 o2 shop alice 99.00 fixed:0.00 risk=20.00 plan=+1h@10.00,+2h@10.00 | ok
"

/// Collections in part have an end.
collected_in_too_many_parts "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:50.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    repeat   200 top_up alice 0.01 r$ ; collect k1 partial=yes | ok
    collect  k1 partial=yes                | PaymentCountExceeded
    reduce   k1 0 48.00                    | ok
    rental   k1 COMPLETED owed=0.00 total=2.00
"

/// Credit before the balance, where that was agreed.
credit_comes_first "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 30.00                   | ok
    rent     k1 o1 shop alice 99.00 fixed:50.00 credit_first=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    credit   alice ACTIVE owed=30.00
    balance  user_available alice 80.00
"

/// Each term is charged and debited at its date; what failed is collected later.
a_plan_by_terms "
    user     alice 2 CNY                   | ok
    top_up   alice 15.00 r1                | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:0.00 until=+9h plan=+1h@10.00,+2h@10.00,+3h@10.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    collect  k1                            | InvalidState
    start    k1                            | ok
    collect  k1                            | NothingDue
    at       +1h                           | RentTerm
    told     PaymentPaid RentalCollected
    rental   k1 IN_USE owed=0.00 total=10.00
    at       +1h                           | RentTerm
    rental   k1 IN_USE owed=10.00 total=20.00
    collect  k1                            | ok
    events   CollectionFailed
    top_up   alice 5.00 r2                 | ok
    collect  k1                            | ok
    rental   k1 IN_USE owed=0.00
    at       +1h                           | RentTerm
    return   k1                            | ok
    settle   k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=10.00
    at       +2d                           | BatchCut BatchSettle RentalOverdue
    rental   k1 OVERDUE owed=10.00
    settle   k1                            | InvalidState
    top_up   alice 10.00 r3                | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00 total=30.00
"

/// What the platform advanced goes to the merchant at once and comes back from the user.
an_advance_is_paid_back "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:50.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    rental   k1 PAYMENT_PENDING owed=50.00 advanced=50.00
    batch    shop 1970-01-01 OPEN 50.00
    balance  rental_advance k1 50.00
    reduce   k1 0 50.01                    | ReductionExceedsCharge
    top_up   alice 49.99 r1                | ok
    collect  k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=0.01 advanced=0.01
    top_up   alice 0.01 r2                 | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00 advanced=0.00
    batch    shop 1970-01-01 OPEN 50.00
"

/// DOMAIN §7, example 14.
example_14 "
    user     alice 3 CNY                   | ok
    top_up   alice 4199.99 r1              | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 5000.00 fixed:0.00 until=+20h item=phone \
             plan=+1h@299.00,+2h@299.00,+3h@299.00,+4h@299.00,+5h@299.00,+6h@299.00/4200.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    buy_out  k1 6                          | InvalidState
    start    k1                            | ok
    at       +6h                           | RentTerm RentTerm RentTerm RentTerm RentTerm RentTerm
    buy_out  k9 6                          | UnknownAccount
    buy_out  k1 0                          | BuyoutNotOffered
    buy_out  k1 1                          | BuyoutNotOffered
    buy_out  k1 7                          | BuyoutNotOffered
    buy_out  k1 6                          | InsufficientFunds
    top_up   alice 0.01 r2                 | ok
    buy_out  k1 6 id=p1                    | ok
    rental   k1 BOUGHT_OUT owed=0.00
    auth     k1 CLOSED released=0.00+5000.00
    refund   p1 f1 2406.01                 | RefundExceedsPaid
    refund   p1 f1 2406.00                 | ok
"

/// The same once it is overdue, and for the charge of a lost thing.
the_last_charge_is_reduced_when_overdue "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 99.00 fixed:50.00 | ok
    rent     k2 o2 shop alice 99.00 fixed:50.00 item=bike lost_after=0 | ok
    assess   k1 full                       | ok
    assess   k2 full                       | ok
    secure   k1                            | ok
    secure   k2                            | ok
    start    k1                            | ok
    start    k2                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    at       +2d                           | RentalOverdue RentalOverdue
    lost     k2                            | ok
    settle   k2                            | ok
    at       +2d                           | RentalOverdue
    reduce   k1 0 50.00                    | ok
    rental   k1 COMPLETED owed=0.00
    reduce   k2 0 99.00                    | ok
    rental   k2 COMPLETED owed=0.00
    close_account user:alice               | ok
"

/// Damage claimed after an advance is not advanced: the advance is paid back first, then the rest.
damage_beside_an_advance "
    user     alice 2 CNY                   | ok
    top_up   alice 20.00 r1                | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 99.00 fixed:50.00 guaranteed=yes | ok
    assess   k1 89.00                      | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1 partial=yes                | ok
    rental   k1 PAYMENT_PENDING owed=30.00 advanced=30.00
    damage   k1 9.00                       | ok
    reduce   k1 1 9.01                     | ReductionExceedsCharge
    reduce   k1 1 2.00                     | ok
    top_up   alice 40.00 r2                | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00
    batch    shop 2026-01-01 OPEN 57.00
    balance  user_available alice 3.00
"

/// After completion a reduction is a refund, and keeps to the time and number of refunds.
a_reduction_after_completion_is_a_refund "
    user     alice 2 CNY                   | ok
    top_up   alice 50.00 r1                | ok
    merchant shop CNY fee=0 days=1         | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 99.00 fixed:25.00 | ok
    rent     k2 o2 shop alice 99.00 fixed:25.00 | ok
    assess   k1 full                       | ok
    assess   k2 full                       | ok
    secure   k1                            | ok
    secure   k2                            | ok
    start    k1                            | ok
    start    k2                            | ok
    return   k1 on=+1h                     | ok
    return   k2 on=+1h                     | ok
    settle   k1 id=p1                      | ok
    settle   k2 id=p2                      | ok
    repeat   50 reduce k1 0 0.01           | ok
    reduce   k1 0 0.01                     | RefundCountExceeded
    refund   p1 f1 0.01                    | RefundCountExceeded
    refund   p2 f1 20.00                   | ok
    reduce   k2 0 5.01                     | RefundExceedsPaid
    reduce   k2 0 25.01                    | ReductionExceedsCharge
    reduce   k2 0 1.00                     | ok
    at       +3d                           | BatchCut BatchSettle PaymentFinish PaymentFinish
    state    p1 FINISHED
    reduce   k1 0 1.00                     | RefundWindowClosed
    reduce   k2 0 1.00                     | RefundWindowClosed
    state    p1 FINISHED
"

/// A charge let off in full ends what was pending.
the_last_charge_is_reduced "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 99.00 fixed:50.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    reduce   k1 0 49.99                    | ok
    rental   k1 PAYMENT_PENDING owed=0.01
    reduce   k1 0 0.01                     | ok
    rental   k1 COMPLETED owed=0.00
    auth     k1 CLOSED released=0.00+99.00
"

/// What is in dispute stays; the rest of its payment, and the payments before it, are given back.
a_reduction_beside_a_dispute "
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
    dispute  d1 p2 15.00 +9d               | ok
    reduce   k1 0 35.01                    | PaymentDisputed
    reduce   k1 0 10.00                    | ok
    refunded p2 5.00
    refunded p1 5.00
    reduce   k1 0 25.00                    | ok
    refunded p1 30.00
    reduce   k1 0 0.01                     | PaymentDisputed
"

/// The guarantee stands for the deposit; what is owed beyond is collected for the merchant.
an_advance_is_the_deposit_at_most "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 30.00 fixed:50.00 guaranteed=yes | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    settle   k1                            | ok
    rental   k1 PAYMENT_PENDING owed=50.00 advanced=30.00
    batch    shop 1970-01-01 OPEN 30.00
    top_up   alice 50.00 r1                | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00 advanced=0.00
    // The fee of what she paid the merchant: none of what was advanced.
    batch    shop 1970-01-01 OPEN 49.88
    rent     k2 o2 shop alice 30.00 fixed:50.00 guaranteed=yes risk=50.00 | ok
    assess   k2 full                       | ok
    secure   k2                            | ok
    start    k2                            | ok
    return   k2 on=+1h                     | ok
    settle   k2                            | ok
    rental   k2 PAYMENT_PENDING owed=50.00 advanced=50.00
"

/// A return that was early, a term later: nothing more falls due, late rent is added to terms.
a_plan_ends_with_the_return "
    user     alice 2 CNY                   | ok
    top_up   alice 90.00 r1                | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 99.00 day:2.00 until=+1d plan=+1h@10.00,+5d@10.00,+6d@10.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    at       +1h                           | RentTerm
    at       2026-01-06T00:00:00Z          | BatchCut BatchSettle RentalOverdue RentTerm
    rental   k1 OVERDUE owed=0.00 total=20.00
    return   k1                            | ok
    charge   k1 2 LATE_RENT 12.00
    settle   k1 total=32.00                | ok
    rental   k1 COMPLETED
    at       +1d                           | BatchCut BatchSettle
    balance  user_available alice 58.00
"
}
