//! Orders: created, paid, closed, cancelled, expired (DOMAIN §4.2, §5).

tables! {
/// DOMAIN §7, example 4: the fee is rounded half up.
fees_of_example_4 "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 6.90               | ok
    events   PaymentCreated
    state    p1 CREATED
    pay      p1 alice balance:6.90         | ok
    events   AccountOpened BatchOpened AccountOpened PaymentPaid FeeCharged
    told     PaymentPaid
    state    p1 PAID
    fee      p1 0.04 0.00
    balance  merchant_pending shop@2026-01-31 6.86
    balance  service_fee - 0.04
    balance  user_available alice 93.10
    create   p2 o2 shop 0.83               | ok
    pay      p2 alice balance:0.83         | ok
    events   PaymentPaid
    fee      p2 0.00 0.00
    create   p3 o3 shop 0.84               | ok
    pay      p3 alice balance:0.84         | ok
    events   PaymentPaid FeeCharged
    fee      p3 0.01 0.00
    create   p4 o4 shop 33.33              | ok
    pay      p4 alice balance:33.33        | ok
    fee      p4 0.20 0.00
    batch    shop 2026-01-31 OPEN 41.65
"

/// Exactly half a cent is charged as one (§2: HALF_UP; §10: a tie is the design's own choice).
half_a_cent_is_rounded_up "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 2.50               | ok
    pay      p1 alice balance:2.50         | ok
    fee      p1 0.02 0.00
    create   p2 o2 shop 2.49               | ok
    pay      p2 alice balance:2.49         | ok
    fee      p2 0.01 0.00
    refund   p1 f1 0.62                    | ok
    fee      p1 0.02 0.00
    refund   p1 f2 0.01                    | ok
    fee      p1 0.02 0.01
"

/// Every part of the money comes from where the legs say.
legs_sum_to_the_amount "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice                      | LegSumMismatch
    pay      p1 alice balance:9.99         | LegSumMismatch
    pay      p1 alice balance:10.01        | LegSumMismatch
    pay      p1 alice balance:4.00 channel:visa:6.01    | LegSumMismatch
    pay      p1 alice balance:0.00 channel:visa:10.00   | AmountOutOfRange
    pay      p1 alice balance:5.00 balance:5.00         | SchemaInvalid
    pay      p1 alice channel:visa:5.00 channel:mc:5.00 | SchemaInvalid
    pay      p1 alice balance:4.00 channel:visa:6.00    | ok
    balance  user_available alice 96.00
    balance  channel_receivable visa 6.00
"

/// Not twice, not by another, not without money.
an_order_is_paid_once "
    user     alice 2 CNY                   | ok
    user     poor 2 CNY                    | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 10.00              | ok
    pay      p9 alice balance:10.00        | UnknownAccount
    pay      p1 bob balance:10.00          | UnknownAccount
    pay      p1 poor balance:10.00         | InsufficientFunds
    pay      p1 alice balance:10.00        | ok
    pay      p1 alice balance:10.00        | InvalidState
    pay      p1 poor balance:10.00         | InvalidState
    close    p1                            | AlreadyPaid
"

/// Who sells may not buy (§1.1): the same id on both sides.
the_buyer_is_not_the_seller "
    user     kim 2 CNY                     | ok
    top_up   kim 100.00 r1                 | ok
    merchant kim CNY                       | ok
    create   p1 o1 kim 10.00               | ok
    pay      p1 kim balance:10.00          | BuyerIsSeller
"

/// One currency throughout: the payer's, the order's, the legs'.
an_order_is_paid_in_its_currency "
    user     alice 2 CNY                   | ok
    user     carol 2 USD                   | ok
    user     taro 2 JPY                    | ok
    user     amina 2 KWD                   | ok
    top_up   alice 100.00 r1               | ok
    top_up   carol USD100.00 r2            | ok
    top_up   taro JPY5000 r3               | ok
    top_up   amina KWD100.000 r4           | ok
    merchant shop CNY                      | ok
    merchant tokyo JPY                     | ok
    merchant kuwait KWD                    | ok
    create   p1 o1 shop USD10.00           | CurrencyMismatch
    create   p1 o1 shop 10.00              | ok
    pay      p1 carol in=USD balance:10.00 | CurrencyMismatch
    pay      p1 carol balance:10.00        | CurrencyMismatch
    pay      p1 alice in=USD balance:10.00 | CurrencyMismatch
    create   p2 o2 tokyo JPY1999           | ok
    pay      p2 taro in=JPY balance:1999   | ok
    fee      p2 JPY12 JPY0
    balance  service_fee - JPY12
    create   p3 o3 kuwait KWD12.345        | ok
    pay      p3 amina in=KWD balance:12.345 | ok
    fee      p3 KWD0.074 KWD0.000
    balance  service_fee - 0.00
"

/// out_trade_no is the merchant's own; the payment's id is everybody's.
numbers_of_orders_are_unique "
    merchant shop CNY                      | ok
    merchant cafe CNY                      | ok
    create   p1 o1 shop 10.00              | ok
    create   p1 o2 shop 10.00              | Duplicate
    create   p1 o1 cafe 10.00              | Duplicate
    create   p2 o1 shop 10.00              | DuplicateOutTradeNo
    create   p2 o1 shop 20.00              | DuplicateOutTradeNo
    create   p2 o1 cafe 10.00              | ok
    close    p1                            | ok
    create   p3 o1 shop 10.00              | DuplicateOutTradeNo
    create   p3 o3 mall 10.00              | UnknownAccount
"

/// If both parts are sent they sum to the whole (§1.1).
discountable_parts_sum "
    merchant shop CNY                      | ok
    create   p1 o1 shop 10.00 discountable=6.00 undiscountable=4.01 | AmountSplitMismatch
    create   p1 o1 shop 10.00 discountable=6.00 undiscountable=3.99 | AmountSplitMismatch
    create   p1 o1 shop 10.00 discountable=10.01   | AmountSplitMismatch
    create   p1 o1 shop 10.00 undiscountable=10.01 | AmountSplitMismatch
    create   p1 o1 shop 10.00 discountable=#18446744073709551615 undiscountable=10.01 \
              | AmountSplitMismatch
    create   p1 o1 shop 10.00 discountable=6.00 undiscountable=4.00 | ok
    create   p2 o2 shop 10.00 discountable=0.00    | ok
    create   p3 o3 shop 10.00 discountable=10.00 undiscountable=0.00 | ok
"

/// A payer's code has 16 to 24 digits, begins with 25 to 30, and is for one payment (§1.1).
payer_codes_have_a_shape "
    merchant shop CNY                      | ok
    create   p1 o1 shop 1.00 mode=scanned                                | AuthCodeInvalid
    create   p1 o1 shop 1.00 mode=scanned auth=281234567890123           | AuthCodeInvalid
    create   p1 o1 shop 1.00 mode=scanned auth=2812345678901234567890123 | AuthCodeInvalid
    create   p1 o1 shop 1.00 mode=scanned auth=2412345678901234          | AuthCodeInvalid
    create   p1 o1 shop 1.00 mode=scanned auth=3112345678901234          | AuthCodeInvalid
    create   p1 o1 shop 1.00 mode=scanned auth=28123456789O1234          | AuthCodeInvalid
    create   p1 o1 shop 1.00 mode=shown   auth=2812345678901234          | SchemaInvalid
    create   p1 o1 shop 1.00 mode=scanned auth=2512345678901234          | ok
    create   p2 o2 shop 1.00 mode=scanned auth=301234567890123456789012  | ok
    create   p3 o3 shop 1.00 mode=scanned auth=2512345678901234          | AuthCodeUsed
    close    p1                                                          | ok
    create   p3 o3 shop 1.00 mode=scanned auth=2512345678901234          | AuthCodeUsed
"

/// The time to pay: 1 minute to 15 days; 3 hours face to face and 15 days otherwise (§1.1).
orders_expire "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    at       2026-01-01T00:00:00Z          |
    create   p0 o0 shop 1.00 timeout=59    | SchemaInvalid
    create   p0 o0 shop 1.00 timeout=1296001 | SchemaInvalid
    create   p1 o1 shop 1.00 timeout=60    | ok
    create   p2 o2 shop 1.00 timeout=1296000 | ok
    create   p3 o3 shop 1.00 mode=shown    | ok
    create   p4 o4 shop 1.00 mode=scanned auth=2512345678901234 | ok
    create   p5 o5 shop 1.00 mode=app      | ok
    create   p6 o6 shop 1.00 mode=agreed   | ok
    at       2026-01-01T00:00:59.999Z      |
    state    p1 CREATED
    at       2026-01-01T00:01:00Z          | PaymentExpiry
    told     PaymentClosed
    state    p1 TIMED_OUT
    pay      p1 alice balance:1.00         | PaymentExpired
    close    p1                            | InvalidState
    cancel   p1                            | InvalidState
    at       2026-01-01T02:59:59.999Z      |
    at       2026-01-01T03:00:00Z          | PaymentExpiry PaymentExpiry
    state    p4 TIMED_OUT
    at       2026-01-15T23:59:59.999Z      |
    pay      p6 alice balance:1.00         | ok
    at       2026-01-16T00:00:00Z          | PaymentExpiry PaymentExpiry BatchCut BatchSettle
    state    p2 TIMED_OUT
    state    p5 TIMED_OUT
    state    p6 PAID
"

/// Close is for unpaid orders; what is closed stays closed.
an_unpaid_order_is_closed "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    close    p1                            | UnknownAccount
    cancel   p1                            | UnknownAccount
    create   p1 o1 shop 1.00               | ok
    create   p2 o2 shop 1.00               | ok
    close    p1                            | ok
    told     PaymentClosed
    state    p1 CLOSED
    close    p1                            | InvalidState
    cancel   p1                            | InvalidState
    pay      p1 alice balance:1.00         | InvalidState
    refund   p1 f1 1.00                    | InvalidState
    cancel   p2                            | ok
    told     PaymentClosed
    state    p2 CLOSED
    at       +20d                          |
    state    p1 CLOSED
"

/// DOMAIN §7, example 31: until the 24th hour has passed, and not one millisecond longer.
a_paid_order_is_cancelled_within_a_day "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 10.00              | ok
    create   p2 o2 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    pay      p2 alice balance:10.00        | ok
    at       2026-02-01T09:30:00Z          | BatchCut BatchSettle
    cancel   p1                            | ok
    events   FeeReturned RefundSucceeded PaymentCancelled
    told     PaymentRefunded
    state    p1 REFUNDED
    refunded p1 10.00
    fee      p1 0.06 0.06
    balance  user_available alice 90.00
    balance  merchant_available shop 9.94
    cancel   p1                            | InvalidState
    at       +1ms                          |
    cancel   p2                            | CancelWindowPassed
    refund   p2 f1 10.00                   | ok
    cancel   p2                            | InvalidState
"

/// Cancel is for unknown results: once something was refunded, it is known.
a_refunded_order_is_not_cancelled "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    refund   p1 f1 0.01                    | ok
    cancel   p1                            | InvalidState
    state    p1 PARTIALLY_REFUNDED
"

/// A coupon pays what can be discounted of an order and no more; what is not said can be.
a_coupon_pays_of_the_discountable_part "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    merchant mall USD fee=0                | ok
    top_up   alice 200.00 r1               | ok
    kind     t1 20.00 at=shop merchant=20.00 each=2 | ok
    issue    c1 t1 alice                   | ok
    issue    c2 t1 alice                   | ok
    create   p1 o1 shop 100.00 discountable=19.99 undiscountable=80.01 | ok
    create   p2 o2 shop 100.00 undiscountable=80.01 | ok
    create   p3 o3 shop 100.00 discountable=19.99 | ok
    create   p4 o4 shop 100.00 discountable=20.00 | ok
    create   p5 o5 shop 20.00              | ok
    pay      p1 alice balance:80.00 coupon:c1:20.00 | CouponNotUsable
    pay      p2 alice balance:80.00 coupon:c1:20.00 | CouponNotUsable
    pay      p3 alice balance:80.00 coupon:c1:20.00 | CouponNotUsable
    pay      p4 alice balance:80.00 coupon:c1:20.00 | ok
    pay      p5 alice coupon:c2:20.00      | ok
    refund   p4 f1 100.00                  | ok
    state    c1 EFFECTIVE
    quote    q1 USD CNY 7.2463 +0ms +1h    | ok
    create   p6 o6 mall USD10.00 undiscountable=1.00 quote=q1 | ok
    pay      p6 alice balance:72.46        | ok
"

/// The largest payment, and one more (§1.1: 100,000,000.00).
the_largest_payment "
    merchant shop CNY                      | ok
    merchant tokyo JPY                     | ok
    create   p1 o1 shop 0.00               | AmountOutOfRange
    create   p1 o1 shop 100000000.01       | AmountOutOfRange
    create   p1 o1 shop #18446744073709551615 | AmountOutOfRange
    create   p1 o1 shop 100000000.00       | ok
    create   p2 o2 tokyo JPY100000001      | AmountOutOfRange
    create   p2 o2 tokyo JPY100000000      | ok
"
}
