//! Campaigns and coupons (DOMAIN §1.6, §4.2, §4.6).

tables! {
/// DOMAIN §7, example 5: the merchant's own coupon, and what the user paid goes back first.
a_merchants_coupon_of_example_5 "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    kind     t1 20.00 at=shop merchant=20.00 min=100.00 | ok
    issue    k1 t1 alice                   | ok
    told     CouponIssued
    balance  coupon_face t1 -20.00
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:80.00 coupon:k1:20.00 | ok
    events   AccountOpened BatchOpened CouponUsed PaymentPaid
    told     CouponUsed PaymentPaid
    state    k1 USED
    balance  coupon_face t1 0.00
    balance  user_available alice 20.00
    batch    shop 1970-01-01 OPEN 80.00
    refund   p1 f1 60.00                   | ok
    events   RefundSucceeded
    balance  user_available alice 80.00
    state    k1 USED
    refund   p1 f2 40.00                   | ok
    events   CouponReturned RefundSucceeded
    told     CouponReturned PaymentRefunded
    balance  user_available alice 100.00
    state    k1 EFFECTIVE
    balance  coupon_face t1 -20.00
    balance  merchant_pending shop@1970-01-01 0.00
    refund   p1 f3 0.01                    | RefundExceedsPaid
    state    p1 REFUNDED
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice balance:80.00 coupon:k1:20.00 | ok
    cancel   p2                            | ok
    state    k1 EFFECTIVE
    balance  user_available alice 100.00
"

/// Each way to say it wrong, in order; who pays what must be plain.
a_kind_of_coupon "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    merchant abroad USD                    | ok
    fund     c1 - 100.00                   | ok
    fund     c2 - USD100.00                | ok
    kind     t1 5.00 at=nobody             | UnknownAccount
    kind     t1 5.00 at=abroad             | CurrencyMismatch
    kind     t1 5.00 by=nothing            | UnknownAccount
    kind     t1 5.00 by=c2                 | CurrencyMismatch
    kind     t1 0.00 by=c1                 | AmountOutOfRange
    kind     t1 5.00                       | CouponTermsInvalid
    kind     t1 5.00 merchant=5.00         | CouponTermsInvalid
    kind     t1 5.00 at=shop merchant=4.99 | CouponTermsInvalid
    kind     t1 5.00 at=shop merchant=5.01 | CouponTermsInvalid
    kind     t1 5.00 at=shop merchant=5.00 by=c1 | CouponTermsInvalid
    kind     t1 5.00 by=c1 min=4.99        | CouponTermsInvalid
    kind     t1 5.00 by=c1 from=+1d until=+1d | CouponTermsInvalid
    kind     t1 5.00 by=c1 count=0         | CouponTermsInvalid
    kind     t1 5.00 by=c1 each=0          | CouponTermsInvalid
    kind     t1 5.00 by=c1 each=101        | CouponTermsInvalid
    kind     t1 5.00 by=c1 each=2 day=3    | CouponTermsInvalid
    kind     t1 5.00 at=shop merchant=5.00 | ok
    kind     t2 5.00 at=shop merchant=2.00 by=c1 | ok
    kind     t3 5.00 by=c1                 | ok
    kind     t1 5.00 by=c1                 | Duplicate
    at       +1d                           |
    kind     t4 5.00 by=c1 from=1970-01-01T00:00:00Z until=1970-01-02T00:00:00Z | CouponTermsInvalid
    close_campaign c1                      | ok
    kind     t4 5.00 by=c1                 | InvalidState
"

/// Money comes from a merchant's settled money or from marketing, and goes back there.
a_campaign_is_funded_and_closed "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    merchant stall CNY                     | ok
    adjust   dr:equity:50.00 cr:merchant_available:shop:50.00 | ok
    fund     c1 nobody 10.00               | UnknownAccount
    fund     c1 shop USD10.00              | CurrencyMismatch
    fund     c1 shop 0.00                  | AmountOutOfRange
    fund     c1 shop 50.01                 | InsufficientFunds
    restrict merchant:shop debit           | ok
    fund     c1 shop 10.00                 | AccountRestricted
    lift     merchant:shop debit           | ok
    fund     c1 shop 30.00                 | ok
    told     CampaignFunded
    fund     c1 stall 1.00                 | Duplicate
    fund     c1 - 1.00                     | Duplicate
    fund     c1 shop USD1.00               | CurrencyMismatch
    fund     c1 shop 20.00                 | ok
    balance  merchant_available shop 0.00
    balance  campaign_fund c1 50.00
    close_account merchant:shop            | OpenObligations
    fund     c2 - 7.00                     | ok
    balance  marketing - 7.00
    kind     t1 5.00 by=c1                 | ok
    issue    k1 t1 alice                   | ok
    close_campaign c9                      | UnknownAccount
    close_campaign c1                      | CouponsOutstanding
    revoke   k1                            | ok
    told     CouponEnded
    state    k1 REVOKED
    close_campaign c1                      | ok
    told     CampaignClosed
    balance  merchant_available shop 50.00
    balance  campaign_fund c1 0.00
    close_campaign c1                      | InvalidState
    fund     c1 shop 1.00                  | InvalidState
    issue    k2 t1 alice                   | InvalidState
    close_campaign c2                      | ok
    balance  marketing - 0.00
"

/// A coupon is promised money: nobody gets one that the campaign could not pay.
coupons_are_issued_within_budget_and_frequency "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 USD                   | ok
    user     gone 2 CNY                    | ok
    close_account user:gone                | ok
    fund     c1 - 17.00                    | ok
    kind     t1 5.00 by=c1 until=+3d count=4 each=3 day=2 | ok
    issue    k1 t9 alice                   | UnknownAccount
    issue    k1 t1 nobody                  | UnknownAccount
    issue    k1 t1 gone                    | AccountClosed
    issue    k1 t1 carol                   | CurrencyMismatch
    issue    k1 t1 alice                   | ok
    issue    k1 t1 bob                     | Duplicate
    issue    k2 t1 alice                   | ok
    issue    k3 t1 alice                   | FrequencyLimit
    at       +1d                           |
    issue    k3 t1 alice                   | ok
    issue    k4 t1 bob                     | BudgetExhausted
    fund     c1 - 3.00                     | ok
    issue    k4 t1 alice                   | FrequencyLimit
    revoke   k1                            | ok
    issue    k4 t1 bob                     | ok
    issue    k5 t1 bob                     | BudgetExhausted
    revoke   k1                            | InvalidState
    revoke   k9                            | UnknownAccount
    balance  coupon_face t1 -15.00
    at       1970-01-04T00:00:00Z          | CouponExpiry CouponExpiry CouponExpiry
    told     CouponEnded CouponEnded CouponEnded
    state    k4 EXPIRED
    balance  coupon_face t1 0.00
    issue    k5 t1 bob                     | InvalidState
    close_campaign c1                      | ok
    balance  marketing - 0.00
"

/// Whose, where, when, on how much, and whole.
a_coupon_that_cannot_be_used "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    top_up   bob 100.00 r2                 | ok
    merchant shop CNY fee=0                | ok
    merchant stall CNY fee=0               | ok
    fund     c1 - 50.00                    | ok
    kind     t1 5.00 by=c1 at=shop min=10.00 from=+1h until=+2h each=2 | ok
    issue    k1 t1 alice                   | ok
    issue    k2 t1 alice                   | ok
    create   p1 o1 shop 10.00              | ok
    create   p2 o2 stall 10.00             | ok
    create   p3 o3 shop 9.99               | ok
    pay      p1 alice balance:5.00 coupon:k1:5.00 | CouponNotUsable
    at       1970-01-01T01:00:00Z          |
    pay      p1 alice balance:5.00 coupon:k9:5.00 | CouponNotUsable
    pay      p1 bob balance:5.00 coupon:k1:5.00 | CouponNotUsable
    pay      p2 alice balance:5.00 coupon:k1:5.00 | CouponNotUsable
    pay      p3 alice balance:4.99 coupon:k1:5.00 | CouponNotUsable
    pay      p1 alice balance:6.00 coupon:k1:4.00 | CouponNotUsable
    pay      p1 alice coupon:k1:5.00 coupon:k2:5.00 | SchemaInvalid
    pay      p1 alice balance:4.00 coupon:k1:5.00 | LegSumMismatch
    pay      p1 alice balance:5.00 coupon:k1:5.00 | ok
    create   p4 o4 shop 10.00              | ok
    pay      p4 alice balance:5.00 coupon:k1:5.00 | CouponNotUsable
    at       1970-01-01T02:00:00Z          | CouponExpiry
    state    k1 USED
    state    k2 EXPIRED
    pay      p4 alice balance:5.00 coupon:k2:5.00 | CouponNotUsable
    refund   p1 f1 10.00                   | ok
    state    k1 EXPIRED
    balance  campaign_fund c1 50.00
    balance  coupon_face t1 0.00
"

/// A campaign pays the merchant; a refund gives it back, last and in proportion.
a_coupon_of_merchant_and_campaign "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=100000           | ok
    fund     c1 - 10.00                    | ok
    kind     t1 10.00 at=shop merchant=4.00 by=c1 | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 30.00              | ok
    pay      p1 alice balance:20.00 coupon:k1:10.00 | ok
    balance  campaign_fund c1 4.00
    fee      p1 2.60 0.00
    balance  merchant_pending shop@1970-01-01 23.40
    refund   p1 f1 20.00                   | ok
    balance  user_available alice 100.00
    fee      p1 2.60 2.00
    refund   p1 f2 5.01                    | ok
    balance  campaign_fund c1 7.01
    fee      p1 2.60 2.30
    state    k1 USED
    refund   p1 f3 4.99                    | ok
    balance  campaign_fund c1 10.00
    fee      p1 2.60 2.60
    state    k1 EFFECTIVE
    balance  merchant_pending shop@1970-01-01 0.00
    balance  service_fee - 0.00
    create   p2 o2 shop 10.00              | ok
    pay      p2 alice coupon:k1:10.00      | ok
    balance  merchant_pending shop@1970-01-01 5.40
    refund   p2 f1 10.00                   | ok
    state    k1 EFFECTIVE
"

/// What a closed campaign gets back is its funder's, or marketing's where that one is gone.
coupons_come_back_to_a_closed_campaign "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    merchant maker CNY                     | ok
    adjust   dr:equity:10.00 cr:merchant_available:maker:10.00 | ok
    fund     c1 maker 10.00                | ok
    kind     t1 5.00 by=c1 each=2          | ok
    issue    k1 t1 alice                   | ok
    issue    k2 t1 alice                   | ok
    create   p1 o1 shop 5.00               | ok
    create   p2 o2 shop 5.00               | ok
    pay      p1 alice coupon:k1:5.00       | ok
    pay      p2 alice coupon:k2:5.00       | ok
    close_campaign c1                      | ok
    refund   p1 f1 5.00                    | ok
    state    k1 REVOKED
    balance  merchant_available maker 5.00
    payout   w1 merchant:maker 5.00        | ok
    adjust   dr:safeguarded_bank:5.00 cr:equity:5.00 | ok
    payout_confirm w1                      | ok
    close_account merchant:maker           | ok
    refund   p2 f1 5.00                    | ok
    balance  marketing - -5.00
    balance  campaign_fund c1 0.00
"

/// A receipt of nothing is a sale all the same.
a_coupon_pays_all_of_an_order "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    kind     t1 5.00 at=shop merchant=5.00 | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 5.00               | ok
    pay      p1 alice coupon:k1:5.00       | ok
    batch    shop 1970-01-01 OPEN 0.00
    fee      p1 0.00 0.00
    at       1970-01-02T00:00:00Z          | BatchCut BatchSettle
    refund   p1 f1 5.00                    | ok
    state    k1 EXPIRED
    state    p1 REFUNDED
"

/// What came back of a coupon in parts waits for the rest: whoever has all of it back can use it,
/// and nobody else is promised or given that money until its time is over.
what_came_back_of_a_coupon_waits_for_the_rest "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    fund     c1 - 20.00                    | ok
    kind     t1 20.00 by=c1 min=100.00 until=+2h | ok
    kind     t2 10.00 by=c1                | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:80.00 coupon:k1:20.00 | ok
    balance  campaign_fund c1 0.00
    refund   p1 f1 90.00                   | ok
    balance  user_available alice 100.00
    balance  campaign_fund c1 10.00
    packet   r1 campaign:c1 10.00 2        | BudgetExhausted
    issue    k2 t2 alice                   | BudgetExhausted
    refund   p1 f2 10.00                   | ok
    state    k1 EFFECTIVE
    balance  campaign_fund c1 20.00
    packet   r1 campaign:c1 10.00 2        | BudgetExhausted
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice balance:80.00 coupon:k1:20.00 | ok
    refund   p2 f1 85.00                   | ok
    refund   p2 f2 5.00                    | ok
    balance  campaign_fund c1 10.00
    packet   r1 campaign:c1 1.00 1         | BudgetExhausted
    at       1970-01-01T02:00:00Z          | CouponExpiry
    events   CouponReleased
    told
    state    k1 USED
    packet   r1 campaign:c1 10.00 2        | ok
    refund   p2 f3 10.00                   | ok
    state    k1 EXPIRED
    balance  campaign_fund c1 10.00
    issue    k2 t2 alice                   | ok
"

/// A campaign is closed with what it keeps: what comes back then is its funder's.
a_campaign_is_closed_with_what_it_keeps "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    fund     c1 - 20.00                    | ok
    kind     t1 20.00 by=c1 min=100.00 until=+2h | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:80.00 coupon:k1:20.00 | ok
    refund   p1 f1 90.00                   | ok
    close_campaign c1                      | ok
    balance  marketing - 10.00
    refund   p1 f2 5.00                    | ok
    balance  marketing - 5.00
    at       1970-01-01T02:00:00Z          |
    refund   p1 f3 5.00                    | ok
    state    k1 REVOKED
    balance  marketing - 0.00
"

/// A campaign has no more than one movement can give back.
a_campaign_has_a_largest_amount "
    fund     c1 - #1000000000000000000     | ok
    fund     c1 - 0.01                     | AmountOutOfRange
    close_campaign c1                      | ok
    fund     c2 - #999999999999999999      | ok
    fund     c2 - 0.02                     | AmountOutOfRange
    fund     c2 - 0.01                     | ok
    close_campaign c2                      | ok
"
}
