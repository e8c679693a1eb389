//! Quotes, and payments whose payer pays in another currency (DOMAIN §1.8, §4.6).

tables! {
/// DOMAIN §7, example 25: the price is in dollars, the payer pays in yuan, and gets yuan back at
/// the price of the payment. A quote holds to its last millisecond.
the_exchange_of_example_25 "
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop USD fee=0                | ok
    at       2026-01-31T09:30:00Z          |
    quote    q1 USD CNY 7.2463 +0ms +1h    | ok
    events   QuotePublished
    told     QuotePublished
    create   p1 o1 shop USD10.00 quote=q1  | ok
    events   PaymentCreated PaymentQuoted
    create   p2 o2 shop USD10.00 quote=q1  | ok
    create   p3 o3 shop USD10.00 quote=q1  | ok
    pay      p1 alice balance:72.45        | LegSumMismatch
    pay      p1 alice in=USD balance:10.00 | CurrencyMismatch
    pay      p1 alice balance:72.46        | ok
    events   AccountOpened BatchOpened AccountOpened AccountOpened FxConverted PaymentPaid
    told     FxConverted PaymentPaid
    balance  user_available alice 927.54
    balance  fx_position - 72.46
    balance  fx_position - -USD10.00
    batch    shop 2026-01-31 OPEN USD10.00
    refund   p1 f1 USD3.33                 | ok
    events   FxReturned RefundSucceeded
    told     FxReturned PaymentRefunded
    balance  user_available alice 951.67
    refund   p1 f2 USD3.33                 | ok
    balance  user_available alice 975.80
    refund   p1 f3 USD3.34                 | ok
    balance  user_available alice 1000.00
    state    p1 REFUNDED
    balance  fx_position - 0.00
    balance  fx_position - USD0.00
    refund   p1 f4 USD0.01                 | RefundExceedsPaid
    at       2026-01-31T10:30:00Z          |
    pay      p2 alice balance:72.46        | ok
    at       +1ms                          | QuoteExpiry
    events   QuoteExpired
    told     QuoteExpired
    pay      p3 alice balance:72.46        | QuoteExpired
    create   p4 o4 shop USD10.00 quote=q1  | QuoteExpired
    // What was paid is refunded at its own price, long after the quote.
    at       2026-02-10T09:00:00Z          | PaymentExpiry BatchCut BatchSettle
    refund   p2 f1 USD5.00                 | ok
    balance  user_available alice 963.77
    cancel   p2                            | InvalidState
"

/// DOMAIN §7, example 26: currencies of no, two and three decimals, and rupiah, which are whole.
amounts_are_rounded_as_their_currency_is_in_example_26 "
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    user     budi 2 IDR                    | ok
    top_up   budi IDR40000.00 r2           | ok
    merchant tokyo JPY fee=0               | ok
    merchant kuwait KWD fee=0              | ok
    merchant shop USD fee=0                | ok
    quote    q1 JPY CNY 0.04836 +0ms +1h   | ok
    quote    q2 KWD CNY 23.6512 +0ms +1h   | ok
    quote    q3 USD IDR 12345.50 +0ms +1h  | ok
    quote    q4 USD IDR 12344.50 +0ms +1h  | ok
    create   p1 o1 tokyo JPY1999 quote=q1  | ok
    pay      p1 alice balance:96.66        | LegSumMismatch
    pay      p1 alice balance:96.67        | ok
    balance  fx_position - -JPY1999
    batch    tokyo 1970-01-01 OPEN JPY1999
    create   p2 o2 kuwait KWD12.345 quote=q2 | ok
    pay      p2 alice balance:291.97       | ok
    balance  fx_position - -KWD12.345
    balance  user_available alice 611.36
    create   p3 o3 shop USD1.00 quote=q3   | ok
    pay      p3 budi in=IDR balance:12345.50 | LegSumMismatch
    pay      p3 budi in=IDR balance:12346.00 | ok
    create   p4 o4 shop USD1.00 quote=q4   | ok
    pay      p4 budi in=IDR balance:12344.00 | ok
    balance  user_available budi IDR15310.00
    // 33 hundredths of 12,346 are 4,074.18, 66 are 8,148.36; whole ones come back.
    refund   p3 f1 USD0.33                 | ok
    balance  user_available budi IDR19384.00
    refund   p3 f2 USD0.33                 | ok
    balance  user_available budi IDR23458.00
    refund   p3 f3 USD0.34                 | ok
    balance  user_available budi IDR27656.00
    refund   p1 f1 JPY1                    | ok
    balance  user_available alice 611.41
"

/// Each way to say it wrong, in order.
a_quote_is_published "
    at       2026-01-31T09:30:00Z          |
    quote    q1 USD USD 1 +0ms +1h         | SchemaInvalid
    quote    q1 USD CNY 7.2463 +1h +1h     | SchemaInvalid
    quote    q1 USD CNY 7.2463 +1h +0ms    | SchemaInvalid
    quote    q1 USD CNY 7.2463 +0ms 9999-12-31T23:59:59.999Z | SchemaInvalid
    quote    q1 USD CNY 7.2463 2026-01-30T00:00:00Z 2026-01-31T09:29:59.999Z | QuoteExpired
    quote    q1 USD CNY 7.2463 2026-01-30T00:00:00Z +0ms | ok
    quote    q1 USD CNY 7.2463 +0ms +1h    | Duplicate
    at       +1ms                          | QuoteExpiry
    quote    q1 USD CNY 7.2463 +0ms +1h    | Duplicate
    quote    q2 USD CNY 7.3 +0ms +1h       | ok
    quote    q3 USD CNY 7.4 +0ms +1h       | ok
    at       +1h                           |
    at       +1ms                          | QuoteExpiry QuoteExpiry
"

/// An order names a quote that is there, guaranteed, of its currency, not of the past, and makes an
/// amount that can be paid.
an_order_names_a_quote "
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop USD fee=0                | ok
    merchant home CNY fee=0                | ok
    at       2026-01-31T09:30:00Z          |
    quote    now USD CNY 7 +0ms +1h        | ok
    quote    later USD CNY 7.5 +2h +3h     | ok
    quote    told USD CNY 7 +0ms +1h only=told | ok
    quote    little USD CNY 0.000001 +0ms +1h | ok
    quote    much USD CNY 999999999999999 +0ms +1h | ok
    create   p1 o1 shop USD10.00 quote=none | UnknownAccount
    create   p1 o1 shop USD10.00 quote=told | QuoteNotGuaranteed
    create   p1 o1 home 10.00 quote=now    | CurrencyMismatch
    create   p1 o1 shop 10.00 quote=now    | CurrencyMismatch
    create   p1 o1 shop USD10.00 quote=little | AmountOutOfRange
    create   p1 o1 shop USD10.00 quote=much | AmountOutOfRange
    create   p1 o1 shop USD10.00 quote=later | ok
    create   p2 o2 shop USD10.00           | ok
    pay      p2 alice balance:70.00        | CurrencyMismatch
    pay      p1 alice balance:75.00        | QuoteNotStarted
    at       2026-01-31T10:30:00.001Z      | QuoteExpiry QuoteExpiry QuoteExpiry QuoteExpiry
    create   p3 o3 shop USD10.00 quote=now | QuoteExpired
    at       2026-01-31T11:29:59.999Z      |
    pay      p1 alice balance:75.00        | QuoteNotStarted
    at       +1ms                          |
    pay      p1 alice balance:75.00        | ok
"

/// In the payer's currency: funds, limits, credit and acquirer; and they get it back in their
/// order. The fee is of the merchant's currency, and so are batch, settled money and what it lacks.
a_payer_with_every_source "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    limits   user:bob day=50.00            | ok
    top_up   alice 30.00 r1                | ok
    top_up   bob 100.00 r2                 | ok
    line     alice 10.00                   | ok
    merchant shop USD                      | ok
    at       2026-01-31T09:30:00Z          |
    quote    q1 USD CNY 7.5 +0ms +2h       | ok
    create   p1 o1 shop USD8.00 quote=q1   | ok
    pay      p1 bob balance:60.00          | LimitExceeded
    pay      p1 alice balance:60.00        | InsufficientFunds
    pay      p1 alice balance:30.00 credit:30.00 | CreditLimitExceeded
    pay      p1 alice balance:30.00 credit:10.00 channel:visa:20.00 | ok
    credit   alice ACTIVE owed=10.00 held=0.00 left=0.00
    balance  channel_receivable visa 20.00
    balance  fx_position - 60.00
    balance  fx_position - -USD8.00
    fee      p1 USD0.05 USD0.00
    batch    shop 2026-01-31 OPEN USD7.95
    refund   p1 f1 USD2.00                 | ok
    fee      p1 USD0.05 USD0.01
    credit   alice ACTIVE owed=0.00 held=0.00 left=10.00
    balance  channel_receivable visa 15.00
    refund   p1 f2 USD4.00                 | ok
    balance  channel_receivable visa 0.00
    balance  user_available alice 15.00
    refund   p1 f2 USD4.00                 | again
    refund   p1 f3 15.00                   | CurrencyMismatch
    at       2026-02-01T00:00:00Z          | QuoteExpiry BatchCut BatchSettle
    balance  merchant_available shop USD1.99
    payout   w1 merchant:shop USD1.99      | ok
    refund   p1 f3 USD2.00                 | MerchantBalanceInsufficient
    payout_fail w1                         | ok
    refund   p1 f3 USD2.00                 | ok
    balance  user_available alice 30.00
    balance  merchant_available shop USD0.00
    fee      p1 USD0.05 USD0.05
    balance  fx_position - 0.00
    balance  fx_position - USD0.00
"

/// A dispute is about the merchant's money; who wins it gets what was paid for that.
a_dispute_in_another_currency "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    line     alice 100.00                  | ok
    merchant shop USD fee=0                | ok
    quote    q1 USD CNY 7.2463 +0ms +2h    | ok
    create   p1 o1 shop USD10.00 quote=q1  | ok
    pay      p1 alice balance:62.46 credit:10.00 | ok
    dispute  d1 p1 24.13 +9d               | CurrencyMismatch
    dispute  d1 p1 USD3.33 +9d             | ok
    dispute  d2 p1 USD1.00 +9d             | ok
    balance  merchant_disputed d1 USD3.33
    balance  user_available alice 37.54
    judge    d1 customer fee=1.00          | CurrencyMismatch
    judge    d1 customer                   | ok
    events   FxReturned DisputeJudged
    told     FxReturned DisputeJudged
    credit   alice ACTIVE owed=0.00 held=0.00 left=100.00
    balance  user_available alice 51.67
    judge    d2 merchant                   | ok
    balance  merchant_available shop USD1.00
    refund   p1 f1 USD6.68                 | PaymentDisputed
    refund   p1 f1 USD6.67                 | ok
    balance  user_available alice 100.00
    balance  fx_position - 0.00
    balance  fx_position - USD0.00
"

/// A coupon is in its user's currency, and the order is not. Invoices and confirmations are in the
/// currency of the order.
coupons_and_invoices_of_such_an_order "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop USD fee=0                | ok
    fund     c1 - 100.00                   | ok
    kind     t1 2.00 by=c1                 | ok
    issue    k1 t1 alice                   | ok
    quote    q1 USD CNY 7.2463 +0ms +2h    | ok
    create   p1 o1 shop USD10.00 quote=q1  | ok
    pay      p1 alice balance:70.46 coupon:k1:2.00 | CouponNotUsable
    pay      p1 alice balance:72.46        | ok
    request  i1 p1 72.46                   | CurrencyMismatch
    request  i1 p1 USD10.01                | NotInvoiceable
    request  i1 p1 USD10.00                | ok
    refund   p1 f1 USD2.50                 | ok
    confirm  p1 USD7.51                    | ConfirmationExceedsUnsettled
    confirm  p1 USD7.50                    | ok
    balance  merchant_available shop USD7.50
"

/// What is frozen and shared is the merchant's money, in its currency; what comes back of it goes
/// to the payer in the payer's.
such_an_order_is_shared "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop USD fee=0                | ok
    merchant guide USD fee=0               | ok
    merchant home CNY fee=0                | ok
    bind     shop home                     | CurrencyMismatch
    bind     shop guide                    | ok
    quote    q1 USD CNY 7.2463 +0ms +2h    | ok
    create   p1 o1 shop USD10.00 quote=q1 freeze=yes | ok
    pay      p1 alice balance:72.46        | ok
    balance  merchant_frozen p1 USD10.00
    share    p1 s1 guide:USD2.00           | ok
    balance  merchant_available guide USD2.00
    refund   p1 f1 USD5.00 royalties=pro_rata | ok
    balance  merchant_available guide USD1.00
    balance  merchant_frozen p1 USD4.00
    balance  user_available alice 63.77
    balance  fx_position - -USD5.00
"

/// A cancelled payment gives back all that was paid. The platform squares its positions with its
/// banks by adjustments.
cancelled_and_squared "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop USD fee=0                | ok
    quote    q1 USD CNY 7.2463 +0ms +2h    | ok
    create   p1 o1 shop USD10.00 quote=q1  | ok
    pay      p1 alice balance:72.46        | ok
    cancel   p1                            | ok
    events   FxReturned RefundSucceeded PaymentCancelled
    balance  user_available alice 100.00
    create   p2 o2 shop USD10.00 quote=q1  | ok
    pay      p2 alice balance:72.46        | ok
    adjust   dr:safeguarded_bank:USD10.00 cr:fx_position:USD10.00 | ok
    adjust   dr:fx_position:72.00 cr:safeguarded_bank:72.00 | ok
    balance  fx_position - 0.46
    balance  fx_position - USD0.00
    balance  safeguarded_bank - 28.00
    balance  safeguarded_bank - USD10.00
"
}
