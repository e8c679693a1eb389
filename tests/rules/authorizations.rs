//! Holds on cash and credit: captured, released, cancelled, expired (DOMAIN §4.3, §5).

tables! {
/// DOMAIN §7, example 8.
example_8 "
    user     alice 2 CNY                   | ok
    top_up   alice 600.00 r1               | ok
    merchant shop CNY                      | ok
    authorize a1 o1 alice shop 500.00      | ok
    told     HoldPlaced
    auth     a1 AUTHORIZED frozen=500.00 captured=0.00 rest=500.00
    balance  user_frozen a1 500.00
    balance  user_available alice 100.00
    capture  a1 t1 120.00 id=p1            | ok
    auth     a1 AUTHORIZED captured=120.00 released=0.00 rest=380.00
    state    p1 PAID
    fee      p1 0.72 0.00
    capture  a1 t2 80.50 then=complete id=p2 | ok
    auth     a1 FINISHED frozen=500.00 captured=200.50 released=299.50 rest=0.00
    fee      p2 0.48 0.00
    capture  a1 t3 0.01                    | InvalidState
    balance  user_available alice 399.50
    batch    shop 1970-01-01 OPEN 199.30
"

/// DOMAIN §7, example 9.
example_9 "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    authorize a1 o1 alice shop 100.00      | ok
    balance  user_available alice 0.00
    unfreeze a1 q1 100.00                  | ok
    auth     a1 CLOSED frozen=100.00 captured=0.00 released=100.00 rest=0.00
    balance  user_available alice 100.00
    capture  a1 t1 0.01                    | AuthorizationClosed
"

/// What is refused before anything is frozen, each line with one cause fewer.
a_hold_is_placed_for_a_merchant "
    user     alice 2 CNY                   | ok
    user     carol 2 USD                   | ok
    user     kim 2 CNY                     | ok
    merchant kim CNY                       | ok
    merchant shop CNY                      | ok
    merchant cafe CNY                      | ok
    top_up   alice 10.00 r1                | ok
    authorize a0 o0 alice shop 1.00        | ok
    rent     k1 o1 shop alice 10.00 day:1.00 | ok
    authorize a0 o0 bob mall USD0.00 credit=9.00 timeout=1 | Duplicate
    authorize k1 o0 bob mall USD0.00 credit=9.00 timeout=1 | Duplicate
    authorize a1 o0 bob mall USD0.00 credit=9.00 timeout=1 | UnknownAccount
    authorize a1 o0 alice mall USD0.00 credit=9.00 timeout=1 | UnknownAccount
    authorize a1 o0 kim kim 1.00           | BuyerIsSeller
    authorize a1 o0 alice shop USD0.00 credit=9.00 timeout=1 | CurrencyMismatch
    authorize a1 o0 carol shop 1.00        | CurrencyMismatch
    authorize a1 o0 alice shop 0.00 credit=9.00 timeout=1 | AmountOutOfRange
    authorize a1 o0 alice shop #18446744073709551615 | AmountOutOfRange
    authorize a1 o0 alice shop 9.00 credit=9.01 timeout=1 | AmountSplitMismatch
    authorize a1 o0 alice shop 99.00 timeout=59 | SchemaInvalid
    authorize a1 o0 alice shop 99.00 timeout=1296001 | SchemaInvalid
    restrict user:alice debit              | ok
    restrict merchant:cafe credit          | ok
    authorize a1 o0 alice shop 99.00       | DuplicateOutOrderNo
    authorize a1 o0 alice cafe 99.00       | AccountRestricted
    lift     user:alice debit              | ok
    authorize a1 o0 alice cafe 99.00       | AccountRestricted
    lift     merchant:cafe credit          | ok
    authorize a1 o0 alice cafe 9.01        | InsufficientFunds
    authorize a1 o0 alice cafe 9.01 credit=0.01 | NotAdmitted
    authorize a1 o0 alice cafe 9.00        | ok
    authorize a2 o1 alice shop 0.01        | InsufficientFunds
"

/// A capture is at most what is left, of what is still open, under a number not yet used.
a_capture_is_within_the_rest "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p0 t0 shop 1.00               | ok
    authorize a1 o1 alice shop 100.00      | ok
    capture  a9 t0 0.00                    | UnknownAccount
    capture  a1 t0 USD0.00                 | CurrencyMismatch
    capture  a1 t0 0.00                    | AmountOutOfRange
    capture  a1 t0 100.01 id=p0            | CaptureExceedsRest
    capture  a1 t0 60.00 id=p0             | Duplicate
    capture  a1 t0 60.00                   | DuplicateOutTradeNo
    restrict merchant:shop credit          | ok
    capture  a1 t1 60.00                   | AccountRestricted
    lift     merchant:shop credit          | ok
    capture  a1 t1 60.00                   | ok
    capture  a1 t1 60.00                   | CaptureExceedsRest
    capture  a1 t1 40.00                   | DuplicateOutTradeNo
    capture  a1 t2 40.01                   | CaptureExceedsRest
    capture  a1 t2 39.99                   | ok
    capture  a1 t3 0.02                    | CaptureExceedsRest
    capture  a1 t3 0.01                    | ok
    auth     a1 FINISHED captured=100.00 rest=0.00
    create   p3 t3 shop 1.00               | DuplicateOutTradeNo
"

/// A release is at most what is left; its number answers the same as long as the amount is.
a_release_is_within_the_rest "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY fee=0                | ok
    authorize a1 o1 alice shop 100.00      | ok
    unfreeze a9 q1 1.00                    | UnknownAccount
    unfreeze a1 q1 USD1.00                 | CurrencyMismatch
    unfreeze a1 q1 0.00                    | AmountOutOfRange
    unfreeze a1 q1 100.01                  | UnfreezeExceedsRest
    unfreeze a1 q1 30.00 fulfilled=yes     | ok
    unfreeze a1 q1 30.00                   | again
    unfreeze a1 q1 30.01                   | IdempotencyConflict
    unfreeze a1 q1 USD30.00                | IdempotencyConflict
    auth     a1 AUTHORIZED released=30.00 rest=70.00
    capture  a1 t1 50.00                   | ok
    unfreeze a1 q2 20.01                   | UnfreezeExceedsRest
    unfreeze a1 q2 20.00                   | ok
    auth     a1 FINISHED captured=50.00 released=50.00 rest=0.00
    unfreeze a1 q2 20.00                   | again
    unfreeze a1 q3 0.01                    | InvalidState
    balance  user_available alice 150.00
"

/// No more releases than a row can keep.
a_hold_is_released_in_sixty_four_parts "
    user     alice 2 CNY                   | ok
    top_up   alice 1.00 r1                 | ok
    merchant shop CNY                      | ok
    authorize a1 o1 alice shop 1.00        | ok
    repeat   64 unfreeze a1 q$ 0.01        | ok
    unfreeze a1 q65 0.01                   | ReleaseCountExceeded
    unfreeze a1 q64 0.01                   | again
    cancel_auth a1                         | ok
    balance  user_available alice 1.00
"

/// Cancelling is for holds of which nothing was captured.
a_hold_is_cancelled "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY                      | ok
    cancel_auth a1                         | UnknownAccount
    authorize a1 o1 alice shop 100.00      | ok
    authorize a2 o2 alice shop 100.00      | ok
    unfreeze a1 q1 10.00                   | ok
    cancel_auth a1                         | ok
    told     HoldReleased
    auth     a1 CLOSED released=100.00 rest=0.00
    cancel_auth a1                         | AuthorizationClosed
    unfreeze a1 q1 10.00                   | again
    unfreeze a1 q2 10.00                   | AuthorizationClosed
    capture  a2 t2 10.00                   | ok
    cancel_auth a2                         | AlreadyCaptured
    unfreeze a2 q1 90.00                   | ok
    cancel_auth a2                         | InvalidState
    balance  user_available alice 190.00
"

/// 15 minutes unless the order says otherwise, at most 15 days (§1.2); what is left goes back.
holds_expire "
    user     alice 2 CNY                   | ok
    top_up   alice 400.00 r1               | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-01T00:00:00Z          |
    authorize a1 o1 alice shop 100.00      | ok
    authorize a2 o2 alice shop 100.00 timeout=60 | ok
    authorize a3 o3 alice shop 100.00 timeout=1296000 | ok
    authorize a4 o4 alice shop 100.00      | ok
    capture  a1 t1 40.00                   | ok
    at       2026-01-01T00:00:59.999Z      |
    at       2026-01-01T00:01:00Z          | AuthorizationExpiry
    told     HoldReleased
    auth     a2 EXPIRED released=100.00
    at       2026-01-01T00:14:59.999Z      |
    cancel_auth a4                         | ok
    at       2026-01-01T00:15:00Z          | AuthorizationExpiry
    auth     a1 EXPIRED captured=40.00 released=60.00
    capture  a1 t2 0.01                    | AuthorizationExpired
    capture  a2 t2 0.01                    | AuthorizationExpired
    unfreeze a2 q1 0.01                    | AuthorizationExpired
    cancel_auth a2                         | AuthorizationExpired
    at       2026-01-15T23:59:59.999Z      | BatchCut BatchSettle
    at       2026-01-16T00:00:00Z          | AuthorizationExpiry
    auth     a3 EXPIRED released=100.00
    balance  user_available alice 360.00
"

/// At the very millisecond the clock is first, so a capture then is late; one before is in time.
expiry_in_the_millisecond_of_a_capture "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY fee=0                | ok
    authorize a1 o1 alice shop 100.00 timeout=60 | ok
    authorize a2 o2 alice shop 100.00 timeout=60 | ok
    at       +59s                          |
    at       +999ms                        |
    capture  a1 t1 100.00                  | ok
    at       +1ms                          | AuthorizationExpiry
    auth     a1 FINISHED captured=100.00
    capture  a2 t2 100.00                  | AuthorizationExpired
    auth     a2 EXPIRED captured=0.00 released=100.00
"

/// The credit part is held on the line; captures take cash first, releases give credit first.
a_hold_in_two_parts "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 60.00                   | ok
    authorize a1 o1 alice shop 100.00 credit=60.01 | NotAdmitted
    authorize a1 o1 alice shop 100.00 credit=60.00 | ok
    credit   alice ACTIVE owed=0.00 held=60.00 left=0.00
    balance  deposit_waived a1 -60.00
    authorize a2 o2 alice shop 0.01 credit=0.01 | NotAdmitted
    unfreeze a1 q1 20.00                   | ok
    auth     a1 AUTHORIZED frozen=40.00+60.00 released=0.00+20.00 rest=40.00+40.00
    credit   alice ACTIVE owed=0.00 held=40.00 left=20.00
    capture  a1 t1 30.00                   | ok
    auth     a1 AUTHORIZED captured=30.00+0.00 rest=10.00+40.00
    balance  user_available alice 60.00
    capture  a1 t2 20.00 id=p2             | ok
    auth     a1 AUTHORIZED captured=40.00+10.00 rest=0.00+30.00
    balance  user_available alice 50.00
    credit   alice ACTIVE owed=0.00 held=30.00 left=30.00
    unfreeze a1 q2 30.00                   | ok
    auth     a1 FINISHED captured=40.00+10.00 released=0.00+50.00 rest=0.00
"

/// What the credit part stood for is debited from the balance, then from the line.
a_credit_part_is_debited "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY fee=0                | ok
    line     alice 60.00                   | ok
    authorize a1 o1 alice shop 60.00 credit=60.00 | ok
    balance  user_frozen a1 0.00
    capture  a1 t1 25.00 id=p1             | ok
    balance  user_available alice 0.00
    credit   alice ACTIVE owed=15.00 held=35.00 left=10.00
    capture  a1 t2 35.00                   | ok
    credit   alice ACTIVE owed=50.00 held=0.00 left=10.00
    auth     a1 FINISHED captured=0.00+60.00
    refund   p1 f1 20.00                   | ok
    credit   alice ACTIVE owed=35.00 left=25.00
    balance  user_available alice 5.00
"

/// The line was frozen after the hold: only the balance can be debited, all or nothing.
a_line_frozen_before_the_capture "
    user     alice 2 CNY                   | ok
    top_up   alice 30.00 r1                | ok
    merchant shop CNY fee=0                | ok
    line     alice 60.00                   | ok
    authorize a1 o1 alice shop 80.00 credit=60.00 | ok
    freeze   alice                         | ok
    capture  a1 t1 30.01                   | DebitFailed
    capture  a1 t1 30.00                   | ok
    balance  user_available alice 0.00
    credit   alice FROZEN owed=0.00 held=50.00
    capture  a1 t2 0.01                    | DebitFailed
    auth     a1 AUTHORIZED captured=20.00+10.00 rest=0.00+50.00
    thaw     alice                         | ok
    capture  a1 t2 10.00                   | ok
    credit   alice ACTIVE owed=10.00 held=40.00 left=10.00
    freeze   alice                         | ok
    unfreeze a1 q1 40.00                   | ok
    credit   alice FROZEN owed=10.00 held=0.00
"

/// The limit was cut after the hold: what was promised to the merchant is still debited.
a_limit_cut_before_the_capture "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY fee=0                | ok
    line     alice 60.00                   | ok
    authorize a1 o1 alice shop 60.00 credit=60.00 | ok
    limit    alice 10.00                   | ok
    credit   alice ACTIVE held=60.00 left=0.00
    authorize a2 o2 alice shop 0.01 credit=0.01 | NotAdmitted
    capture  a1 t1 60.00                   | ok
    credit   alice ACTIVE owed=60.00 held=0.00 left=0.00
"

/// A balance that may not be debited gives nothing; what is frozen is the merchant's to take.
a_user_restricted_before_the_capture "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 5.00                    | ok
    authorize a1 o1 alice shop 55.00 credit=5.00 | ok
    restrict user:alice debit              | ok
    capture  a1 t1 50.00                   | ok
    capture  a1 t2 5.00                    | DebitFailed
    balance  user_available alice 50.00
    lift     user:alice debit              | ok
    capture  a1 t2 5.00                    | ok
    balance  user_available alice 45.00
    credit   alice ACTIVE owed=0.00
"

/// Who has something on hold does not close, on either side; a merchant's sales come first.
a_hold_keeps_its_sides "
    user     alice 2 CNY                   | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY                      | ok
    authorize a1 o1 alice shop 10.00       | ok
    balance  user_available alice 0.00
    close_account user:alice               | OpenObligations
    close_account merchant:shop            | OpenObligations
    at       +900s                         | AuthorizationExpiry
    close_account merchant:shop            | ok
    transfer alice alice 10.00             | AccountsMustDiffer
"
}
