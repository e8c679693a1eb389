//! Batches: what a merchant sold on one business date, cut at its end, settled at T+n
//! (DOMAIN §4.6, §4.7).

tables! {
/// DOMAIN §7, example 23.
the_batch_of_example_23 "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY reserve=500 cycle=1  | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 6.90               | ok
    create   p3 o3 shop 33.33              | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:6.90         | ok
    pay      p3 alice balance:33.33        | ok
    fee      p1 0.60 0.00
    fee      p2 0.04 0.00
    fee      p3 0.20 0.00
    refund   p1 f1 50.00                   | ok
    fee      p1 0.60 0.30
    batch    shop 2026-01-31 OPEN 89.69
    balance  merchant_pending shop@2026-01-31 89.69
    at       2026-01-31T23:59:59.999Z      |
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle
    events   BatchCut AccountOpened BatchSettled
    told     BatchSettled
    batch    shop 2026-01-31 SETTLED 89.69
    balance  merchant_pending shop@2026-01-31 0.00
    balance  merchant_reserve shop 4.48
    balance  merchant_available shop 85.21
"

/// DOMAIN §7, the tail of example 24: the next batch pays the debt first. The dispute itself
/// stands here as the adjustment with its postings.
the_debt_of_example_24 "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 50.00              | ok
    pay      p1 alice balance:50.00        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle
    payout   w1 merchant:shop 30.00        | ok
    balance  merchant_available shop 20.00
    refund   p1 f1 50.00                   | MerchantBalanceInsufficient
    adjust   dr:merchant_available:shop:20.00 dr:merchant_receivable:shop:30.00 \
             cr:user_available:alice:50.00 | ok
    create   p2 o2 shop 85.21              | ok
    pay      p2 alice balance:85.21        | ok
    balance  merchant_receivable shop 30.00
    at       2026-02-02T00:00:00Z          | BatchCut BatchSettle
    balance  merchant_receivable shop 0.00
    balance  merchant_available shop 55.21
"

/// A reserve given back by hand pays what the merchant owes first.
a_reserve_pays_a_debt_first "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 reserve=5000   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    at       +1d                           | BatchCut BatchSettle
    balance  merchant_reserve shop 50.00
    adjust   dr:merchant_receivable:shop:30.00 cr:equity:30.00 | ok
    release_reserve shop 20.00             | ok
    balance  merchant_receivable shop 10.00
    balance  merchant_available shop 50.00
    release_reserve shop 30.00             | ok
    told     ReserveReleased
    balance  merchant_receivable shop 0.00
    balance  merchant_reserve shop 0.00
    balance  merchant_available shop 70.00
"

/// So does one that the clock gives back.
a_reserve_by_the_clock_pays_a_debt_first "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 reserve=5000 reserve_days=2 | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    at       +1d                           | BatchCut BatchSettle
    adjust   dr:merchant_receivable:shop:30.00 cr:equity:30.00 | ok
    at       +2d                           | ReserveRelease
    balance  merchant_receivable shop 0.00
    balance  merchant_reserve shop 0.00
    balance  merchant_available shop 70.00
"

/// Ten per cent of 1.80 is 0.18; of each of twenty parts of 0.09 it would be nothing, rounded down.
a_reserve_is_not_evaded_in_small_parts "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 reserve=1000   | ok
    create   p1 o1 shop 1.80               | ok
    pay      p1 alice balance:1.80         | ok
    confirm  p1 0.09                       | ok
    balance  merchant_reserve shop 0.01
    balance  merchant_available shop 0.08
    confirm  p1 0.09                       | ok
    confirm  p1 0.09                       | ok
    balance  merchant_reserve shop 0.03
    at       +1d                           | BatchCut BatchSettle
    balance  merchant_reserve shop 0.18
    balance  merchant_available shop 1.62
"

/// A debt larger than the batch takes all of it, and the rest of the debt stays.
a_debt_beyond_the_batch "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 reserve=1000   | ok
    adjust   dr:merchant_receivable:shop:30.00 cr:equity:30.00 | ok
    create   p1 o1 shop 20.00              | ok
    pay      p1 alice balance:20.00        | ok
    at       +1d                           | BatchCut BatchSettle
    events   BatchCut BatchSettled
    balance  merchant_receivable shop 10.00
    balance  merchant_reserve shop 0.00
    balance  merchant_available shop 0.00
    create   p2 o2 shop 20.00              | ok
    pay      p2 alice balance:20.00        | ok
    at       +1d                           | BatchCut BatchSettle
    balance  merchant_receivable shop 0.00
    balance  merchant_reserve shop 1.00
    balance  merchant_available shop 9.00
"

/// T+n: cut at the end of the date, settled n days after it; T+0 cannot be before the cut.
settlement_waits_its_cycle "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant zero CNY fee=0 cycle=0        | ok
    merchant one CNY fee=0 cycle=1         | ok
    merchant three CNY fee=0 cycle=3       | ok
    at       2026-01-31T23:00:00Z          |
    create   p0 o1 zero 10.00              | ok
    create   p1 o1 one 10.00               | ok
    create   p3 o1 three 10.00             | ok
    pay      p0 alice balance:10.00        | ok
    pay      p1 alice balance:10.00        | ok
    pay      p3 alice balance:10.00        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchCut BatchCut BatchSettle BatchSettle
    balance  merchant_available zero 10.00
    balance  merchant_available one 10.00
    batch    three 2026-01-31 CUT 10.00
    at       2026-02-02T23:59:59.999Z      |
    at       2026-02-03T00:00:00Z          | BatchSettle
    balance  merchant_available three 10.00
"

/// The date of a payment is that of its millisecond.
midnight_parts_two_batches "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 cycle=2        | ok
    at       2026-01-31T23:59:59.999Z      |
    create   p1 o1 shop 1.00               | ok
    create   p2 o2 shop 2.00               | ok
    pay      p1 alice balance:1.00         | ok
    at       2026-02-01T00:00:00Z          | BatchCut
    pay      p2 alice balance:2.00         | ok
    events   AccountOpened BatchOpened PaymentPaid
    balance  merchant_pending shop@2026-01-31 1.00
    balance  merchant_pending shop@2026-02-01 2.00
    at       2026-02-02T00:00:00Z          | BatchCut BatchSettle
    batch    shop 2026-01-31 SETTLED 1.00
    batch    shop 2026-02-01 CUT 2.00
"

/// China's midnight is 16:00 UTC (formancehq/ledger#1398, killbill#445: a business date is a date).
midnight_follows_the_calendar_east "
    calendar 480
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 cycle=1        | ok
    at       2026-01-31T15:59:59.999Z      |
    create   p1 o1 shop 1.00               | ok
    create   p2 o2 shop 2.00               | ok
    pay      p1 alice balance:1.00         | ok
    at       2026-01-31T16:00:00Z          | BatchCut BatchSettle
    pay      p2 alice balance:2.00         | ok
    balance  merchant_available shop 1.00
    balance  merchant_pending shop@2026-02-01 2.00
    at       2026-02-01T15:59:59.999Z      |
    at       2026-02-01T16:00:00Z          | BatchCut BatchSettle
    balance  merchant_available shop 3.00
"

/// West of Greenwich the day ends later.
midnight_follows_the_calendar_west "
    calendar -300
    user     alice 3 USD                   | ok
    top_up   alice USD1000.00 r1           | ok
    merchant shop USD fee=0                | ok
    at       2026-02-01T04:59:59.999Z      |
    create   p1 o1 shop USD1.00            | ok
    pay      p1 alice in=USD balance:1.00  | ok
    balance  merchant_pending shop@2026-01-31 USD1.00
    at       2026-02-01T05:00:00Z          | BatchCut BatchSettle
    balance  merchant_available shop USD1.00
"

/// An empty net settles nothing and leaves no account behind; the batch is still settled.
a_batch_refunded_in_full "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY reserve=500          | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    refund   p1 f1 10.00                   | ok
    at       +1d                           | BatchCut BatchSettle
    events   BatchCut BatchSettled
    batch    shop 1970-01-01 SETTLED 0.00
    close_account merchant:shop            | ok
"

/// Between cut and settlement a refund still comes from the payment's own batch.
a_cut_batch_still_pays_refunds "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 cycle=5        | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    at       +2d                           | BatchCut
    refund   p1 f1 4.00                    | ok
    batch    shop 1970-01-01 CUT 6.00
    at       +3d                           | BatchSettle
    balance  merchant_available shop 6.00
"

/// DOMAIN §1.5: a part of what was paid is settled before the batch is, the rest with it; the debt
/// first, then the reserve, as a batch is.
a_part_is_settled_ahead "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY reserve=500 cycle=3  | ok
    adjust   dr:merchant_receivable:shop:4.00 cr:equity:4.00 | ok
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 50.00              | ok
    create   p3 o3 shop 50.00              | ok
    confirm  p1 1.00                       | InvalidState
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:50.00        | ok
    confirm  nope 1.00                     | UnknownAccount
    confirm  p3 1.00                       | InvalidState
    confirm  p1 USD1.00                    | CurrencyMismatch
    confirm  p1 0.00                       | AmountOutOfRange
    confirm  p1 99.41                      | ConfirmationExceedsUnsettled
    restrict merchant:shop credit          | ok
    confirm  p1 1.00                       | AccountRestricted
    lift     merchant:shop credit          | ok
    confirm  p1 24.00                      | ok
    events   AccountOpened SettlementConfirmed
    told     SettlementConfirmed
    balance  merchant_receivable shop 0.00
    balance  merchant_reserve shop 1.00
    balance  merchant_available shop 19.00
    batch    shop 1970-01-01 OPEN 125.10
    refund   p1 f1 50.00                   | ok
    confirm  p1 25.71                      | ConfirmationExceedsUnsettled
    at       +1d                           | PaymentExpiry BatchCut
    confirm  p1 25.70                      | ok
    confirm  p1 0.01                       | ConfirmationExceedsUnsettled
    balance  merchant_reserve shop 2.29
    balance  merchant_available shop 43.41
    batch    shop 1970-01-01 CUT 49.70
    refund   p1 f2 10.00                   | ok
    balance  merchant_available shop 33.47
    at       +2d                           | BatchSettle
    batch    shop 1970-01-01 SETTLED 49.70
    balance  merchant_reserve shop 4.77
    balance  merchant_available shop 80.69
    confirm  p2 1.00                       | InvalidState
"

/// What was kept back of it is given back with the batch's own reserve.
a_reserve_kept_ahead_waits_for_the_batch "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 reserve=1000 cycle=3 reserve_days=5 | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    confirm  p1 40.00                      | ok
    balance  merchant_reserve shop 4.00
    at       +3d                           | BatchCut BatchSettle
    balance  merchant_reserve shop 10.00
    balance  merchant_available shop 90.00
    at       +4d                           |
    at       +1d                           | ReserveRelease
    balance  merchant_reserve shop 0.00
    balance  merchant_available shop 100.00
"

/// Refunds of others may have taken from today's batch: no more is settled than it has.
others_took_from_the_batch "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 cycle=1        | ok
    create   p1 o1 shop 30.00              | ok
    pay      p1 alice balance:30.00        | ok
    at       +1d                           | BatchCut BatchSettle
    payout   w1 merchant:shop 30.00        | ok
    create   p2 o2 shop 40.00              | ok
    pay      p2 alice balance:40.00        | ok
    refund   p1 f1 30.00                   | ok
    confirm  p2 10.01                      | ConfirmationExceedsUnsettled
    confirm  p2 10.00                      | ok
    balance  merchant_available shop 10.00
    batch    shop 1970-01-02 OPEN 0.00
"

/// A reserve of all, and the floor of a percentage of little.
reserves_are_rounded_down "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant all CNY fee=0 reserve=10000   | ok
    merchant some CNY fee=0 reserve=500    | ok
    create   p1 o1 all 1.00                | ok
    create   p2 o2 some 0.19               | ok
    pay      p1 alice balance:1.00         | ok
    pay      p2 alice balance:0.19         | ok
    at       +1d                           | BatchCut BatchCut BatchSettle BatchSettle
    balance  merchant_reserve all 1.00
    balance  merchant_available all 0.00
    balance  merchant_reserve some 0.00
    balance  merchant_available some 0.19
"
}
