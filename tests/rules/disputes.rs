//! Disputes: money held until it is judged, and whose it is then (DOMAIN §4.6).

tables! {
/// DOMAIN §7, example 24: what the merchant no longer has becomes its debt, and the next batch
/// pays the debt first.
the_dispute_of_example_24 "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 50.00              | ok
    pay      p1 alice balance:50.00        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle
    payout   w1 merchant:shop 30.00        | ok
    refund   p1 f1 50.00                   | MerchantBalanceInsufficient
    dispute  d1 p1 50.00 +9d               | ok
    told     DisputeOpened
    balance  merchant_available shop 0.00
    balance  merchant_receivable shop 30.00
    balance  merchant_disputed d1 50.00
    judge    d1 customer                   | ok
    told     DisputeJudged
    state    d1 JUDGED_CUSTOMER
    balance  merchant_disputed d1 0.00
    balance  user_available alice 1000.00
    balance  merchant_receivable shop 30.00
    refund   p1 f2 0.01                    | PaymentDisputed
    create   p2 o2 shop 85.21              | ok
    pay      p2 alice balance:85.21        | ok
    at       2026-02-02T00:00:00Z          | BatchCut BatchSettle
    balance  merchant_receivable shop 0.00
    balance  merchant_available shop 55.21
"

/// What a lost dispute gave back out of the balance's part is not the balance's again: the rest of
/// that part goes back, and then the coupon.
a_refund_after_a_lost_dispute_of_a_sale_with_a_coupon "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    kind     t1 20.00 at=shop merchant=20.00 min=100.00 | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:80.00 coupon:k1:20.00 | ok
    dispute  d1 p1 50.00 +9d               | ok
    judge    d1 customer                   | ok
    balance  user_available alice 70.00
    refund   p1 f1 50.00                   | ok
    balance  user_available alice 100.00
    state    k1 EFFECTIVE
    balance  merchant_pending shop@1970-01-01 0.00
"

/// The payment's own part of its batch gives first; what is in dispute cannot be refunded; the
/// merchant who wins has it as settled money.
own_money_first_and_back "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 10.00              | ok
    pay      p1 alice balance:100.00       | ok
    dispute  d1 p1 60.00 +9d kind=retrieval | ok
    batch    shop 1970-01-01 OPEN 39.40
    balance  merchant_pending shop@1970-01-01 39.40
    cancel   p1                            | PaymentDisputed
    refund   p1 f1 40.01                   | PaymentDisputed
    refund   p1 f2 40.00                   | MerchantBalanceInsufficient
    refund   p1 f3 39.64                   | ok
    dispute  d2 p1 0.37 +9d                | DisputeExceedsPaid
    defend   d1 slip                       | ok
    told     DisputeDefended
    judge    d1 merchant fee=1.00          | SchemaInvalid
    judge    d1 merchant                   | ok
    state    d1 JUDGED_MERCHANT
    balance  merchant_available shop 60.00
    refund   p1 f4 60.36                   | ok
    fee      p1 0.60 0.60
    state    p1 REFUNDED
    balance  user_available alice 1000.00
    balance  merchant_available shop 0.00
    dispute  d3 p1 0.01 +9d                | DisputeExceedsPaid
    pay      p2 alice balance:10.00        | ok
    dispute  d4 p2 10.00 +9d               | ok
    balance  merchant_receivable shop 0.06
    at       +1d                           | BatchCut BatchSettle
    withdraw d4                            | ok
    state    d4 CANCELLED
    balance  merchant_receivable shop 0.00
    balance  merchant_available shop 9.94
"

/// Defence and acceptance have an end, and each step its state.
each_step_has_its_state "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 days=1         | ok
    create   p1 o1 shop 10.00              | ok
    dispute  d1 p1 1.00 +1d                | InvalidState
    pay      p1 alice balance:10.00        | ok
    dispute  d1 p9 1.00 +1d                | UnknownAccount
    dispute  d1 p1 USD1.00 +1d             | CurrencyMismatch
    dispute  d1 p1 0.00 +1d                | AmountOutOfRange
    dispute  d1 p1 1.00 +0s                | SchemaInvalid
    dispute  d1 p1 1.00 +1d                | ok
    dispute  d1 p1 1.00 +1d                | Duplicate
    defend   d9 slip                       | UnknownAccount
    defend   d1 slip                       | ok
    defend   d1 slip                       | InvalidState
    accept   d1                            | InvalidState
    withdraw d1                            | InvalidState
    judge    d1 customer fee=USD1.00       | CurrencyMismatch
    judge    d1 customer fee=0.00          | AmountOutOfRange
    judge    d1 merchant                   | ok
    judge    d1 customer                   | InvalidState
    dispute  d2 p1 1.00 +1d                | ok
    dispute  d3 p1 1.00 +1d                | ok
    dispute  d4 p1 1.00 +1d                | ok
    at       +86399s                       |
    accept   d2                            | ok
    told     DisputeJudged
    state    d2 ACCEPTED
    at       +1s                           | BatchCut BatchSettle
    defend   d3 slip                       | DefenceLate
    accept   d3                            | DefenceLate
    withdraw d3                            | ok
    judge    d4 customer fee=1.00          | ok
    balance  other_fees - 1.00
    balance  merchant_available shop 7.00
    balance  user_available alice 992.00
    at       +2d                           | PaymentFinish
    state    p1 FINISHED
    dispute  d5 p1 8.01 +1d                | DisputeExceedsPaid
    dispute  d5 p1 8.00 +1d kind=compliance | ok
    balance  merchant_receivable shop 1.00
    judge    d5 merchant                   | ok
    balance  merchant_receivable shop 0.00
    balance  merchant_available shop 7.00
"

/// What is lost goes where a refund of it would: credit, acquirer, balance; refunds go on there.
lost_money_goes_to_its_sources "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 500.00                  | ok
    create   p1 o1 shop 50.00              | ok
    pay      p1 alice credit:10.00 channel:visa:20.00 balance:20.00 | ok
    dispute  d1 p1 35.00 +9d               | ok
    adjust   dr:safeguarded_bank:0.01 cr:channel_receivable:visa:0.01 | ok
    judge    d1 customer                   | ChannelInsufficient
    accept   d1                            | ChannelInsufficient
    adjust   dr:channel_receivable:visa:0.01 cr:safeguarded_bank:0.01 | ok
    judge    d1 customer                   | ok
    balance  credit_unbilled alice 0.00
    balance  channel_receivable visa 0.00
    balance  user_available alice 985.00
    refund   p1 f1 15.01                   | PaymentDisputed
    refund   p1 f2 15.00                   | ok
    balance  user_available alice 1000.00
    batch    shop 1970-01-01 OPEN 0.00
"

/// Nobody leaves while a dispute is open; who has left is in none.
accounts_stay_open "
    user     alice 3 CNY                   | ok
    user     bob 3 CNY                     | ok
    top_up   alice 10.00 r1                | ok
    top_up   bob 10.00 r2                  | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    create   p2 o2 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    pay      p2 bob balance:10.00          | ok
    close_account user:bob                 | ok
    dispute  d2 p2 1.00 +9d                | AccountClosed
    at       +1d                           | BatchCut BatchSettle
    payout   w1 merchant:shop 10.00        | ok
    payout_confirm w1                      | ok
    dispute  d1 p1 10.00 +9d               | ok
    close_account merchant:shop            | OpenObligations
    close_account user:alice               | OpenObligations
    judge    d1 customer fee=1.00          | ok
    balance  merchant_receivable shop 1.00
    balance  user_available alice 10.00
    adjust   dr:other_fees:1.00 cr:merchant_receivable:shop:1.00 | ok
    close_account merchant:shop            | ok
    dispute  d3 p1 1.00 +9d                | AccountClosed
"

/// No money of a coupon's was the user's, so a ruling pays none out: the merchant who received
/// 80.00 loses 80.00, and gives the coupon back by a refund. What is in dispute refunds leave
/// alone.
a_coupon_is_not_disputed "
    user     alice 3 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    fund     c1 - 20.00                    | ok
    kind     t1 20.00 at=shop merchant=20.00 min=100.00 each=2 | ok
    kind     t2 20.00 by=c1 min=100.00     | ok
    issue    k1 t1 alice                   | ok
    issue    k2 t2 alice                   | ok
    issue    k3 t1 alice                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:80.00 coupon:k1:20.00 | ok
    dispute  d1 p1 80.01 +9d               | DisputeExceedsPaid
    dispute  d1 p1 80.00 +9d               | ok
    batch    shop 1970-01-01 OPEN 0.00
    balance  merchant_receivable shop 0.00
    balance  merchant_disputed d1 80.00
    judge    d1 customer                   | ok
    balance  user_available alice 500.00
    state    k1 USED
    dispute  d9 p1 0.01 +9d                | DisputeExceedsPaid
    refund   p1 f1 20.00                   | ok
    events   CouponReturned RefundSucceeded
    state    k1 EFFECTIVE
    balance  user_available alice 500.00
    batch    shop 1970-01-01 OPEN 0.00
    // The platform's coupon, and a refund while most of what alice paid is in dispute.
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice balance:80.00 coupon:k2:20.00 | ok
    dispute  d2 p2 70.00 +9d               | ok
    refund   p2 f1 20.00                   | ok
    balance  user_available alice 430.00
    balance  campaign_fund c1 10.00
    judge    d2 customer                   | ok
    balance  user_available alice 500.00
    refund   p2 f2 10.00                   | ok
    balance  campaign_fund c1 20.00
    state    k2 EFFECTIVE
    refund   p2 f3 0.01                    | PaymentDisputed
    batch    shop 1970-01-01 OPEN 0.00
    // The coupon comes back before what the merchant wins.
    create   p3 o3 shop 100.00             | ok
    pay      p3 alice balance:80.00 coupon:k3:20.00 | ok
    dispute  d3 p3 80.00 +9d               | ok
    refund   p3 f1 20.00                   | ok
    state    k3 EFFECTIVE
    judge    d3 merchant                   | ok
    balance  merchant_available shop 80.00
    refund   p3 f2 80.00                   | ok
    balance  user_available alice 500.00
    balance  merchant_available shop 0.00
"
}
