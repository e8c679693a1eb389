//! Rentals from agreement to return: schedules, admission, times, damage, loss (DOMAIN §4.4, §5).

tables! {
/// A rental that fits; each line with one cause of refusal fewer.
a_rental_is_agreed "
    user     alice 2 CNY                   | ok
    user     carol 2 USD                   | ok
    user     kim 2 CNY                     | ok
    merchant kim CNY                       | ok
    merchant shop CNY                      | ok
    top_up   alice 10.00 r1                | ok
    authorize a1 o1 alice shop 1.00        | ok
    rent     k0 o1 shop alice 10.00 day:1.00 | ok
    rent     k0 o1 mall bob USD0.00 day:1.00 until=+0ms | Duplicate
    rent     a1 o1 mall bob USD0.00 day:1.00 until=+0ms | Duplicate
    rent     k1 o1 mall bob USD0.00 day:1.00 until=+0ms | UnknownAccount
    rent     k1 o1 mall alice USD0.00 day:1.00 until=+0ms | UnknownAccount
    rent     k1 o1 kim kim 1.00 day:1.00   | BuyerIsSeller
    rent     k1 o1 shop alice USD0.00 day:1.00 until=+0ms | CurrencyMismatch
    rent     k1 o1 shop carol 1.00 day:1.00 | CurrencyMismatch
    rent     k1 o1 shop alice 0.00 day:1.00 until=+0ms | AmountOutOfRange
    rent     k1 o1 shop alice 9.00 day:1.00 until=+0ms | BadSchedule
    restrict user:alice debit              | ok
    restrict merchant:shop credit          | ok
    rent     k1 o1 shop alice 9.00 day:1.00 | DuplicateOutOrderNo
    rent     k1 o2 shop alice 9.00 day:1.00 | AccountRestricted
    lift     user:alice debit              | ok
    rent     k1 o2 shop alice 9.00 day:1.00 | AccountRestricted
    lift     merchant:shop credit          | ok
    rent     k1 o2 shop alice 9.00 day:1.00 | ok
    rental   k1 CREATED owed=0.00
"

/// Times and terms rise, prices are amounts, a cap is for hours.
schedules_fit "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 9.00 day:1.00 from=+1h until=+1h | BadSchedule
    rent     k1 o1 shop alice 9.00 day:1.00 from=+2h until=+1h | BadSchedule
    rent     k1 o1 shop alice 9.00 day:1.00 until=9999-12-31T23:59:59.999Z \
             plan=9999-12-31T23:59:59.999Z@1.00 | ok
    rent     k2 o2 shop alice 9.00 day:1.00 until=10000-01-01T00:00:00Z | BadSchedule
    rent     k2 o2 shop alice 9.00 day:#1000000000000000001 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:1.00 late=#1000000000000000001 | BadSchedule
    rent     k2 o2 shop alice 9.00 hour:1.00 day_cap=#1000000000000000001 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:1.00 day_cap=9.00 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:0.00 plan=+1h@1.00,+1h@1.00 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:0.00 plan=+2h@1.00,+1h@1.00 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:0.00 plan=+1h@0.00 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:0.00 plan=+1h@1.00/#1000000000000000001 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:0.00 plan=10000-01-01T00:00:00Z@1.00 | BadSchedule
    rent     k2 o2 shop alice 9.00 day:0.00 plan=+1h@1.00,+2h@1.00/5.00 | ok
"

/// The score stands for all, part or none of the deposit; never for more than it.
the_deposit_is_waived_or_frozen "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 100.00 day:1.00 | ok
    rent     k2 o2 shop alice 100.00 day:1.00 | ok
    rent     k3 o3 shop alice 100.00 day:1.00 fallback=yes | ok
    rent     k4 o4 shop alice 100.00 day:1.00 | ok
    assess   k9 full                       | UnknownAccount
    secure   k9                            | UnknownAccount
    secure   k1                            | InvalidState
    assess   k1 100.01                     | WaiverExceedsDeposit
    assess   k1 40.00                      | ok
    assess   k1 full                       | InvalidState
    rental   k1 ASSESSED
    secure   k1                            | ok
    secure   k1                            | InvalidState
    assess   k1 full                       | InvalidState
    auth     k1 AUTHORIZED frozen=60.00+40.00
    balance  user_available alice 40.00
    assess   k2 declined                   | ok
    rental   k2 DECLINED
    secure   k2                            | NotAdmitted
    assess   k3 declined                   | ok
    secure   k3                            | InsufficientFunds
    top_up   alice 59.99 r2                | ok
    secure   k3                            | InsufficientFunds
    top_up   alice 0.01 r3                 | ok
    restrict user:alice debit              | ok
    secure   k3                            | AccountRestricted
    lift     user:alice debit              | ok
    secure   k3                            | ok
    auth     k3 AUTHORIZED frozen=100.00
    assess   k4 full                       | ok
    secure   k4                            | ok
    auth     k4 AUTHORIZED frozen=0.00+100.00
    balance  user_available alice 0.00
"

/// A rental's deposit is not a merchant's hold: only the rental moves it.
a_deposit_is_not_captured "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 100.00 day:1.00 | ok
    assess   k1 40.00                      | ok
    secure   k1                            | ok
    capture  k1 t1 1.00                    | InvalidState
    unfreeze k1 q1 1.00                    | InvalidState
    cancel_auth k1                         | InvalidState
    authorize k1 o1 alice shop 1.00        | Duplicate
    authorize a1 o1 alice shop 1.00        | ok
"

/// Ids of holds and rentals are one space, whichever came first.
an_id_names_one_hold "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    authorize x1 o1 alice shop 1.00        | ok
    rent     x1 o2 shop alice 10.00 day:1.00 | Duplicate
    rent     x2 o2 shop alice 10.00 day:1.00 | ok
    authorize x2 o3 alice shop 1.00        | Duplicate
"

/// Before the start it can be cancelled, and only then; what was frozen goes back.
a_rental_is_cancelled "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    cancel_rental k1                       | UnknownAccount
    rent     k1 o1 shop alice 100.00 day:1.00 | ok
    rent     k2 o2 shop alice 100.00 day:1.00 | ok
    cancel_rental k1                       | ok
    rental   k1 CANCELLED
    cancel_rental k1                       | InvalidState
    assess   k1 full                       | InvalidState
    assess   k2 60.00                      | ok
    secure   k2                            | ok
    cancel_rental k2                       | ok
    auth     k2 CLOSED released=40.00+60.00
    balance  user_available alice 100.00
    start    k2                            | InvalidState
    rent     k3 o3 shop alice 100.00 day:1.00 | ok
    assess   k3 60.00                      | ok
    secure   k3                            | ok
    start    k3                            | ok
    cancel_rental k3                       | AlreadyStarted
    close_account merchant:shop            | OpenObligations
"

/// Nobody confirmed it in 30 days (§1.3): it expires. What was secured waits until its end.
unstarted_rentals_expire "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 50.00 day:1.00 until=+90d | ok
    rent     k2 o2 shop alice 50.00 day:1.00 until=+90d | ok
    rent     k3 o3 shop alice 50.00 day:1.00 until=+90d | ok
    rent     k4 o4 shop alice 50.00 day:1.00 until=+90d | ok
    assess   k2 10.00                      | ok
    assess   k3 declined                   | ok
    assess   k4 full                       | ok
    secure   k2                            | ok
    secure   k4                            | ok
    start    k4                            | ok
    balance  user_available alice 60.00
    at       2026-01-30T23:59:59.999Z      |
    at       2026-01-31T00:00:00Z          | RentalExpiry RentalExpiry
    rental   k1 EXPIRED
    rental   k2 SECURED
    rental   k3 EXPIRED
    at       2026-04-01T00:00:00Z          | RentalExpiry
    rental   k2 EXPIRED
    rental   k4 IN_USE
    auth     k2 CLOSED released=40.00+10.00
    balance  user_available alice 100.00
    cancel_rental k1                       | InvalidState
    start    k2                            | InvalidState
"

/// The start is before the end and at most a day ahead; extensions end later, or at the same time.
start_and_extension "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 50.00 day:1.00 until=+3d | ok
    start    k9                            | UnknownAccount
    extend   k9 +4d                        | UnknownAccount
    start    k1                            | InvalidState
    extend   k1 +4d                        | InvalidState
    assess   k1 full                       | ok
    start    k1                            | InvalidState
    secure   k1                            | ok
    start    k1 on=+3d                     | BadSchedule
    start    k1 on=2026-01-02T00:00:00.001Z | BadSchedule
    extend   k1 2026-01-03T23:59:59.999Z   | ExpiryMovedEarlier
    extend   k1 +3d                        | ok
    start    k1 on=2026-01-02T00:00:00Z    | ok
    start    k1                            | InvalidState
    extend   k1 2026-01-03T23:59:59.999Z   | ExpiryMovedEarlier
    extend   k1 10000-01-01T00:00:00Z      | BadSchedule
    extend   k1 +5d                        | ok
    at       2026-01-04T00:05:00.001Z      |
    rental   k1 IN_USE
    at       2026-01-06T00:05:00Z          |
    at       +1ms                          | RentalOverdue
    rental   k1 OVERDUE
    extend   k1 +9d                        | InvalidState
"

/// DOMAIN §7, example 13.
example_13 "
    user     alice 2 CNY                   | ok
    top_up   alice 1080.00 r1              | ok
    merchant shop CNY                      | ok
    at       2026-01-01T10:00:00Z          |
    rent     k1 o1 shop alice 5000.00 day:180.00 until=+3d | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    extend   k1 +2d                        | ExpiryMovedEarlier
    at       2026-01-04T10:05:00.001Z      | RentalOverdue
    at       2026-01-05T12:00:00Z          |
    return   k1                            | ok
    charge   k1 0 RENT 540.00
    charge   k1 1 LATE_RENT 540.00
    rental   k1 RETURNED owed=1080.00
    settle   k1 total=1080.00              | ok
    rental   k1 COMPLETED owed=0.00
    balance  user_available alice 0.00
"

/// DOMAIN §7, example 12, one row of it: 31 h 10 m with a cap of 20.00 a day.
example_12 "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 99.00 hour:2.00 day_cap=20.00 until=+3d | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    at       +31h                          |
    at       +600s                         |
    return   k1                            | ok
    charge   k1 0 RENT 36.00
    rent     k2 o2 shop alice 99.00 hour:2.00 until=+3d | ok
    rent     k3 o3 shop alice 99.00 hour:2.00 until=+3d | ok
    rent     k4 o4 shop alice 99.00 hour:2.00 until=+3d | ok
    assess   k2 full                       | ok
    secure   k2                            | ok
    start    k2                            | ok
    assess   k3 full                       | ok
    secure   k3                            | ok
    start    k3                            | ok
    assess   k4 full                       | ok
    secure   k4                            | ok
    start    k4                            | ok
    at       +2h                           |
    at       +300s                         |
    return   k2                            | ok
    charge   k2 0 RENT 4.00
    at       +1s                           |
    return   k3                            | ok
    charge   k3 0 RENT 6.00
    at       +900s                         |
    return   k4                            | ok
    charge   k4 0 RENT 6.00
"

/// A return lies after the start and before this time tomorrow; the second one is refused.
the_time_of_a_return "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 50.00 use:1.00 until=+9d | ok
    return   k9                            | UnknownAccount
    return   k1 on=+1ms                    | InvalidState
    assess   k1 full                       | ok
    secure   k1                            | ok
    return   k1 on=+1ms                    | InvalidState
    start    k1                            | ok
    return   k1                            | ReturnTimeInvalid
    at       +1d                           |
    return   k1 on=2025-12-31T23:59:59.999Z | ReturnTimeInvalid
    return   k1 on=2026-01-01T00:00:00Z    | ReturnTimeInvalid
    return   k1 on=2026-01-03T00:00:00Z    | ReturnTimeInvalid
    return   k1 on=2026-01-02T23:59:59.999Z | ok
    return   k1 on=2026-01-02T23:59:59.999Z | InvalidState
    rental   k1 RETURNED owed=1.00
    settle   k1                            | ok
    rental   k1 PAYMENT_PENDING owed=1.00
    return   k1                            | InvalidState
"

/// Claims together are at most the deposit, and at most 30 days after the return.
damage_is_claimed "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 50.00 use:0.00 until=+90d | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    damage   k9 1.00                       | UnknownAccount
    damage   k1 1.00                       | InvalidState
    start    k1                            | ok
    damage   k1 1.00                       | InvalidState
    at       +1h                           |
    return   k1                            | ok
    damage   k1 USD1.00                    | CurrencyMismatch
    damage   k1 0.00                       | AmountOutOfRange
    damage   k1 50.01                      | DamageExceedsDeposit
    damage   k1 30.00                      | ok
    damage   k1 20.01                      | DamageExceedsDeposit
    at       2026-01-31T01:00:00Z          |
    damage   k1 10.00                      | ok
    at       +1ms                          |
    damage   k1 10.00                      | DamageClaimedLate
    settle   k1                            | ok
    damage   k1 10.00                      | DamageClaimedLate
    rental   k1 PAYMENT_PENDING owed=40.00
"

/// No more charges than a row can keep.
charges_are_counted "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 50.00 use:0.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    return   k1 on=+1h                     | ok
    repeat   184 damage k1 0.01            | ok
    damage   k1 0.01                       | ChargeCountExceeded
    rental   k1 RETURNED owed=1.84
"

/// A thing that is one of a kind is out once; others of its merchant, and of others, are not it.
a_thing_is_out_once "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY                      | ok
    merchant cafe CNY                      | ok
    rent     k1 o1 shop alice 9.00 use:0.00 item=bike | ok
    rent     k2 o2 shop bob 9.00 use:0.00 item=bike | ok
    rent     k3 o3 cafe bob 9.00 use:0.00 item=bike | ok
    rent     k4 o4 shop bob 9.00 use:0.00 item=car | ok
    assess   k1 full                       | ok
    assess   k2 full                       | ok
    assess   k3 full                       | ok
    assess   k4 full                       | ok
    secure   k1                            | ok
    secure   k2                            | ok
    secure   k3                            | ok
    secure   k4                            | ok
    start    k1                            | ok
    start    k2                            | ItemIsOut
    start    k3                            | ok
    start    k4                            | ok
    return   k1 on=+1h                     | ok
    start    k2                            | ok
    return   k1 on=+1h                     | InvalidState
"

/// Overdue by the clock once the grace is over; lost after the agreed days: the deposit is owed.
overdue_and_lost "
    user     alice 2 CNY                   | ok
    top_up   alice 70.00 r1                | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-01T00:00:00Z          |
    rent     k1 o1 shop alice 100.00 day:5.00 item=bike lost_after=7 | ok
    rent     k2 o2 shop alice 100.00 day:5.00 item=bike | ok
    assess   k1 60.00                      | ok
    secure   k1                            | ok
    lost     k9                            | UnknownAccount
    lost     k1                            | InvalidState
    start    k1                            | ok
    lost     k1                            | InvalidState
    at       2026-01-02T00:05:00Z          |
    at       2026-01-02T00:05:00.001Z      | RentalOverdue
    rental   k1 OVERDUE owed=0.00
    settle   k1                            | InvalidState
    at       2026-01-09T00:05:00Z          |
    lost     k1                            | NotOverdueLongEnough
    at       +1ms                          |
    lost     k1                            | ok
    rental   k1 LOST owed=100.00
    charge   k1 0 LOST 100.00
    lost     k1                            | InvalidState
    return   k1                            | InvalidState
    damage   k1 1.00                       | InvalidState
    settle   k1                            | ok
    rental   k1 PAYMENT_PENDING owed=60.00
    at       +2d                           | BatchCut BatchSettle RentalOverdue
    rental   k1 OVERDUE owed=60.00
    at       +40d                          | RentalExpiry
    lost     k1                            | InvalidState
    return   k1                            | InvalidState
    top_up   alice 30.00 r2                | ok
    collect  k1                            | ok
    rental   k1 COMPLETED owed=0.00
    auth     k1 FINISHED captured=40.00+0.00 released=0.00+60.00
"

/// Overdue and then back: rent and late rent, and it can be settled.
overdue_and_back "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    rent     k1 o1 shop alice 50.00 day:5.00 | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1                            | ok
    at       +2d                           | RentalOverdue
    collect  k1                            | NothingDue
    buy_out  k1 1                          | InvalidState
    return   k1                            | ok
    charge   k1 0 RENT 5.00
    charge   k1 1 LATE_RENT 7.50
    settle   k1                            | ok
    rental   k1 COMPLETED
    at       +60d                          | BatchCut BatchSettle
"
}
