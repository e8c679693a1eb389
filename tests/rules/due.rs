//! What the clock owes, in order: by time, and within a millisecond by the order that is part of
//! the format (DOMAIN §4.7).

use groat_ledger::DueKind;

/// The numbers order what falls due together; they are part of the format and never change.
#[test]
fn the_order_of_dues_is_pinned() {
    let order = [
        (DueKind::PaymentExpiry, 10),
        (DueKind::AuthorizationExpiry, 11),
        (DueKind::CouponExpiry, 12),
        (DueKind::PacketExpiry, 13),
        (DueKind::RentalExpiry, 14),
        (DueKind::TransferExpiry, 15),
        (DueKind::QuoteExpiry, 16),
        (DueKind::CardExpiry, 17),
        (DueKind::RentTerm, 20),
        (DueKind::RentalOverdue, 21),
        (DueKind::CreditStatement, 30),
        (DueKind::CreditGraceEnd, 31),
        (DueKind::LoanTerm, 32),
        (DueKind::LoanGraceEnd, 33),
        (DueKind::CreditInterest, 40),
        (DueKind::CreditDebit, 50),
        (DueKind::LoanDebit, 51),
        (DueKind::RoyaltyRelease, 70),
        (DueKind::ReserveRelease, 71),
        (DueKind::BatchCut, 80),
        (DueKind::BatchSettle, 81),
        (DueKind::PaymentFinish, 90),
        (DueKind::PointsExpiry, 100),
        (DueKind::RoyaltyWord, 110),
    ];
    for (kind, number) in order {
        assert_eq!(kind as u8, number, "{kind:?}");
    }
    assert!(order.is_sorted());
}

tables! {
/// All five kinds in one millisecond, made in the opposite order.
five_kinds_at_one_midnight "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY cycle=1 days=1       | ok
    account  a CNY                         | ok
    account  b CNY                         | ok
    at       2026-01-31T23:59:59.999Z      |
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    at       2026-02-01T23:59:00Z          | BatchCut BatchSettle
    create   p2 o2 shop 10.00              | ok
    pay      p2 alice balance:10.00        | ok
    pend     t1 a b 1.00 timeout=60        | ok
    create   p3 o3 shop 10.00 timeout=60   | ok
    at       2026-02-02T00:00:00Z          | PaymentExpiry TransferExpiry BatchCut BatchSettle \
                                             PaymentFinish
    events   PaymentClosed TransferExpired BatchCut BatchSettled PaymentFinished
    state    p3 TIMED_OUT
    state    t1 EXPIRED
    state    p1 FINISHED
    state    p2 PAID
"

/// Every kind in one millisecond.
every_kind_at_one_midnight "
    user     alice 3 CNY                   | ok
    user     bob 3 CNY                     | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY cycle=1 days=1 reserve=1000 reserve_days=1 | ok
    account  a CNY                         | ok
    account  b CNY                         | ok
    at       2025-12-29T12:00:00Z          |
    line     alice 2000.00 billed=yes      | ok
    line     bob 2000.00 cut=20 due=28 billed=yes debited=yes | ok
    draw     alice l1 100.00 3             | ok
    at       2026-01-02T00:00:00Z          | CreditStatement
    draw     alice l2 100.00 3 debited=yes | ok
    rent     k1 o1 shop alice 9.00 day:1.00 until=+90d | ok
    create   p4 o4 shop 10.00 freeze=yes   | ok
    pay      p4 alice balance:10.00        | ok
    create   p5 o5 shop 50.00              | ok
    pay      p5 bob credit:50.00           | ok
    pass     2026-01-30T23:59:59.999Z      |
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    card_kind mall CNY worth=1000000 for=1 | ok
    card     z2 alice mall                 | ok
    earn     z2 alice 7                    | ok
    pass     2026-01-31T12:00:00Z          |
    rent     k2 o2 shop alice 9.00 day:1.00 until=+2d plan=2026-02-01T00:00:00Z@1.00 | ok
    rent     k3 o3 shop alice 9.00 day:1.00 until=2026-01-31T23:59:59.999Z grace=0 | ok
    kind     t1 5.00 at=shop merchant=5.00 until=2026-02-01T00:00:00Z | ok
    issue    c1 t1 alice                   | ok
    card_kind club CNY                     | ok
    card     z1 alice club until=2026-02-01T00:00:00Z | ok
    assess   k2 full                       | ok
    assess   k3 full                       | ok
    secure   k2                            | ok
    secure   k3                            | ok
    start    k2                            | ok
    start    k3                            | ok
    create   p2 o2 shop 10.00              | ok
    pay      p2 alice balance:10.00        | ok
    at       2026-01-31T23:59:00Z          |
    packet   y1 alice 10.00 3 for=60       | ok
    quote    q1 USD CNY 7.2463 +0ms 2026-01-31T23:59:59.999Z | ok
    pend     t1 a b 1.00 timeout=60        | ok
    create   p3 o3 shop 10.00 timeout=60   | ok
    authorize a1 o1 alice shop 5.00 timeout=60 | ok
    at       2026-02-01T00:00:00Z          | PaymentExpiry AuthorizationExpiry CouponExpiry \
                                             PacketExpiry RentalExpiry TransferExpiry \
                                             QuoteExpiry CardExpiry RentTerm RentalOverdue \
                                             CreditStatement CreditGraceEnd LoanTerm \
                                             LoanGraceEnd CreditInterest CreditDebit LoanDebit \
                                             RoyaltyRelease ReserveRelease BatchCut \
                                             BatchSettle PaymentFinish PointsExpiry
"

/// However long nothing was heard, time comes before kind.
a_long_silence_is_caught_up_in_order_of_time "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY cycle=3 days=2       | ok
    account  a CNY                         | ok
    account  b CNY                         | ok
    at       2026-01-31T12:00:00Z          |
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    create   p2 o2 shop 10.00 timeout=1296000 | ok
    pend     t1 a b 1.00 timeout=259200    | ok
    at       2026-03-31T12:00:00Z          | BatchCut PaymentFinish BatchSettle TransferExpiry \
                                             PaymentExpiry
"

/// Of one kind, the older row first.
rows_of_one_kind_fall_due_in_their_order "
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 3.00                      | ok
    pend     t3 a b 1.00 timeout=30        | ok
    pend     t1 a b 1.00 timeout=30        | ok
    pend     t2 a b 1.00 timeout=10        | ok
    at       +10s                          | TransferExpiry
    state    t2 EXPIRED
    at       +20s                          | TransferExpiry TransferExpiry
    counters a 0.00 3.00 0.00 0.00
"

/// Whoever comes in the very millisecond of an expiry comes too late.
a_command_meets_what_fell_due_first "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 days=1         | ok
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 1.00                      | ok
    at       2026-01-31T22:59:00Z          |
    create   p1 o1 shop 10.00 timeout=60   | ok
    create   p2 o2 shop 10.00              | ok
    pend     t1 a b 1.00 timeout=60        | ok
    at       2026-01-31T22:59:59.999Z      |
    post     a b 1.00                      | ExceedsCredits
    at       2026-01-31T23:00:00Z          | PaymentExpiry TransferExpiry
    pay      p1 alice balance:10.00        | PaymentExpired
    post_pending t1                        | PendingExpired
    post     a b 1.00                      | ok
    pay      p2 alice balance:10.00        | ok
    payout   w1 merchant:shop 10.00        | InsufficientFunds
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle
    payout   w1 merchant:shop 10.00        | ok
    at       2026-02-01T23:00:00.001Z      | PaymentFinish
    refund   p2 f1 1.00                    | RefundWindowClosed
"

/// What was done in time is not owed any more, also when it was owed several times over.
what_is_settled_by_command_is_not_owed "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY days=3               | ok
    create   p1 o1 shop 10.00 timeout=60   | ok
    create   p2 o2 shop 10.00 timeout=60   | ok
    create   p3 o3 shop 10.00 timeout=60   | ok
    pay      p1 alice balance:10.00        | ok
    close    p2                            | ok
    cancel   p3                            | ok
    refund   p1 f1 10.00                   | ok
    at       +1h                           |
    at       +9d                           | BatchCut BatchSettle
    state    p1 REFUNDED
"
}
