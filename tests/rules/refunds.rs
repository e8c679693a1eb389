//! Refunds: how much, how often, how long, from whose money and to whom (DOMAIN §4.2).

tables! {
/// DOMAIN §7, example 5, with an acquirer's part in place of the coupon: refunds sum to the paid.
refunds_of_example_5 "
    user     alice 2 CNY                   | ok
    top_up   alice 80.00 r1                | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:80.00 channel:visa:20.00 | ok
    refund   p1 f1 60.00                   | ok
    told     PaymentRefunded
    state    p1 PARTIALLY_REFUNDED
    balance  channel_receivable visa 0.00
    balance  user_available alice 40.00
    refund   p1 f2 40.00                   | ok
    state    p1 REFUNDED
    balance  user_available alice 80.00
    refund   p1 f3 0.01                    | RefundExceedsPaid
"

/// DOMAIN §7, example 6: the parts of the fee sum to the fee.
fee_parts_of_example_6 "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=3800             | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    fee      p1 0.38 0.00
    refund   p1 f1 33.33                   | ok
    fee      p1 0.38 0.13
    refund   p1 f2 33.33                   | ok
    fee      p1 0.38 0.25
    refund   p1 f3 33.33                   | ok
    fee      p1 0.38 0.38
    refund   p1 f4 0.01                    | ok
    events   RefundSucceeded
    fee      p1 0.38 0.38
    balance  service_fee - 0.00
"

/// Example 6 with NONE: nothing of the fee comes back; the merchant's other money pays for it.
fee_parts_with_none "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY fee=3800 fee_back=none | ok
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:100.00       | ok
    refund   p1 f1 33.33                   | ok
    refund   p1 f2 33.33                   | ok
    refund   p1 f3 33.33                   | ok
    refund   p1 f4 0.01                    | ok
    fee      p1 0.38 0.00
    balance  service_fee - 0.76
    batch    shop 1970-01-01 OPEN 99.24
"

/// DOMAIN §7, example 7: the same number never refunds twice.
a_refund_number_is_used_once "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 10.00              | ok
    create   p2 o2 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    pay      p2 alice balance:10.00        | ok
    refund   p1 f1 4.00                    | ok
    refund   p1 f1 4.00                    | again
    refund   p1 f1 4.01                    | IdempotencyConflict
    refund   p1 f1 USD4.00                 | IdempotencyConflict
    refund   p2 f1 4.00                    | ok
    refund   p1 f2 6.00                    | ok
    refund   p1 f1 4.00                    | again
    refunded p1 10.00
    balance  user_available alice 94.00
"

/// A number that was refused is free.
a_refused_refund_number_may_be_used_again "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    refund   p1 f1 10.01                   | RefundExceedsPaid
    refund   p1 f1 10.00                   | ok
"

/// What a refund must name.
a_refund_names_a_paid_payment "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 10.00              | ok
    refund   p9 f1 1.00                    | UnknownAccount
    refund   p1 f1 1.00                    | InvalidState
    pay      p1 alice balance:10.00        | ok
    refund   p1 f1 0.00                    | AmountOutOfRange
    refund   p1 f1 USD1.00                 | CurrencyMismatch
    refund   p1 f1 10.01                   | RefundExceedsPaid
    refund   p1 f1 9.99                    | ok
    refund   p1 f2 0.02                    | RefundExceedsPaid
    refund   p1 f2 0.01                    | ok
    state    p1 REFUNDED
"

/// DOMAIN §7, example 32: a full refund with nothing else; who keeps the fee must own it.
a_full_refund_of_example_32 "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY                      | ok
    merchant keep CNY fee_back=none        | ok
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 keep 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:100.00       | ok
    fee      p1 0.60 0.00
    refund   p1 f1 100.00                  | ok
    balance  merchant_pending shop@1970-01-01 0.00
    balance  merchant_available shop 0.00
    balance  service_fee - 0.60
    refund   p2 f1 100.00                  | MerchantBalanceInsufficient
    cancel   p2                            | MerchantBalanceInsufficient
    refund   p2 f1 99.41                   | MerchantBalanceInsufficient
    refund   p2 f1 99.40                   | ok
    adjust   dr:marketing:0.60 cr:merchant_available:keep:0.60 | ok
    refund   p2 f2 0.60                    | ok
    state    p2 REFUNDED
"

/// First the payment's own unsettled part, then settled money, then the net of today.
a_refund_is_paid_in_order "
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0 cycle=2        | ok
    at       2026-01-31T09:00:00Z          |
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:100.00       | ok
    adjust   dr:marketing:30.00 cr:merchant_available:shop:30.00 | ok
    at       2026-02-01T09:00:00Z          | BatchCut
    create   p3 o3 shop 50.00              | ok
    pay      p3 alice balance:50.00        | ok
    refund   p1 f1 60.00                   | ok
    balance  merchant_pending shop@2026-01-31 140.00
    balance  merchant_available shop 30.00
    balance  merchant_pending shop@2026-02-01 50.00
    at       2026-02-02T09:00:00Z          | BatchCut BatchSettle
    balance  merchant_available shop 170.00
    payout   w1 merchant:shop 160.00       | ok
    create   p4 o4 shop 50.00              | ok
    pay      p4 alice balance:50.00        | ok
    refund   p2 f1 100.00                  | MerchantBalanceInsufficient
    refund   p2 f1 60.01                   | MerchantBalanceInsufficient
    refund   p2 f1 45.00                   | ok
    balance  merchant_available shop 0.00
    balance  merchant_pending shop@2026-02-01 50.00
    batch    shop 2026-02-02 OPEN 15.00
    refund   p2 f2 15.01                   | MerchantBalanceInsufficient
    refund   p2 f2 15.00                   | ok
    refund   p4 f1 0.01                    | MerchantBalanceInsufficient
    refund   p3 f1 50.00                   | ok
"

/// The part of a payment in its batch is its own: another payment's refund takes it last.
a_refund_takes_its_own_part_first "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY fee=100000 fee_back=none | ok
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:100.00       | ok
    adjust   dr:marketing:4.00 cr:merchant_available:shop:4.00 | ok
    refund   p1 f1 100.00                  | ok
    balance  merchant_available shop 0.00
    balance  merchant_pending shop@1970-01-01 84.00
    refund   p2 f1 84.01                   | MerchantBalanceInsufficient
    refund   p2 f1 84.00                   | ok
"

/// The fee of a settled payment comes back to the settled money.
fees_come_back_to_where_the_money_is "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    at       2026-01-31T09:00:00Z          |
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle
    balance  merchant_available shop 99.40
    refund   p1 f1 50.00                   | ok
    events   FeeReturned RefundSucceeded
    fee      p1 0.60 0.30
    balance  merchant_available shop 49.70
    refund   p1 f2 50.00                   | ok
    balance  merchant_available shop 0.00
    balance  service_fee - 0.00
    batch    shop 2026-01-31 SETTLED 99.40
"

/// Refunds are possible to the last millisecond of the window; then the payment is finished.
the_refund_window_closes "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY days=7               | ok
    merchant never CNY days=0              | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 10.00              | ok
    create   p2 o2 shop 10.00              | ok
    create   p3 o3 never 10.00             | ok
    pay      p1 alice balance:10.00        | ok
    pay      p2 alice balance:10.00        | ok
    pay      p3 alice balance:10.00        | ok
    at       2026-01-31T09:30:00.001Z      | PaymentFinish
    refund   p3 f1 1.00                    | RefundWindowClosed
    at       2026-02-07T09:30:00Z          | BatchCut BatchCut BatchSettle BatchSettle
    refund   p1 f1 1.00                    | ok
    refund   p2 f1 10.00                   | ok
    at       2026-02-07T09:30:00.001Z      | PaymentFinish
    state    p1 FINISHED
    state    p2 REFUNDED
    refund   p1 f2 1.00                    | RefundWindowClosed
    refund   p1 f1 1.00                    | again
    cancel   p1                            | InvalidState
"

/// Fifty refunds of one payment, not one more (§1.1).
a_payment_is_refunded_fifty_times_at_most "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 1.00               | ok
    pay      p1 alice balance:1.00         | ok
    repeat   50 refund p1 f$ 0.01          | ok
    refund   p1 f51 0.01                   | RefundCountExceeded
    refund   p1 f50 0.01                   | again
    refunded p1 0.50
"

/// What came through an acquirer goes back through it, while it still owes that much.
an_acquirer_returns_what_it_owes "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:4.00 channel:visa:6.00 | ok
    adjust   dr:safeguarded_bank:5.00 cr:channel_receivable:visa:5.00 | ok
    refund   p1 f1 1.01                    | ChannelInsufficient
    refund   p1 f1 1.00                    | ok
    refund   p1 f2 1.00                    | ChannelInsufficient
    adjust   cr:safeguarded_bank:5.00 dr:channel_receivable:visa:5.00 | ok
    refund   p1 f2 9.00                    | ok
    balance  channel_receivable visa 0.00
    balance  user_available alice 100.00
"

/// A restricted user is still given back what is his; a restricted merchant still gives.
refunds_pass_restrictions "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    restrict user:alice all                | ok
    restrict merchant:shop all             | ok
    refund   p1 f1 10.00                   | ok
"
}
