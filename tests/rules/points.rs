//! Points of membership cards (DOMAIN §1.6, §4.6, §6, 15, §7, 30).

tables! {
/// DOMAIN §7, example 30: a point for each whole 1.00, the refund takes back its part, and 100 of
/// them are worth 1.00.
the_points_of_example_30 "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY at=shop per=1.00 worth=1000000 | ok
    card     c1 alice club                 | ok
    create   p1 o1 shop 88.88              | ok
    pay      p1 alice balance:88.88        | ok
    earn     c1 alice p1                   | ok
    told     PointsEarned
    balance  points c1 -PTS88
    balance  points_liability club 0.88
    balance  marketing - 0.88
    refund   p1 f1 44.44                   | ok
    events   RefundSucceeded PointsReversed
    told     PaymentRefunded PointsReversed
    balance  points c1 -PTS44
    balance  points_liability club 0.44
    earn     c1 alice p1                   | AlreadyEarned
    earn     c1 alice 56                   | ok
    balance  points c1 -PTS100
    redeem   c1 alice 100                  | ok
    events   PointsRedeemed
    told     PointsRedeemed
    balance  user_available alice 56.56
    balance  points_liability club 0.00
    balance  points c1 PTS0
    refund   p1 f2 44.44                   | ok
    events   RefundSucceeded PointsReversed
    balance  marketing - 1.00
    earn     c1 alice 44                   | ok
    balance  points c1 PTS0
    balance  marketing - 1.00
"

/// Each way to say it wrong, in order.
points_are_refused "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    top_up   bob 100.00 r2                 | ok
    merchant shop CNY fee=0 days=9         | ok
    merchant stall CNY fee=0               | ok
    merchant abroad USD fee=0              | ok
    card_kind bad CNY per=1.00 worth=1000000000001 | SchemaInvalid
    card_kind bad CNY per=1.00 worth=1 for=3651 | SchemaInvalid
    card_kind club CNY at=shop per=10.00 worth=2500000 | ok
    card_kind mall CNY worth=0             | ok
    card_kind plain CNY                    | ok
    card     c1 alice club                 | ok
    card     c2 alice mall                 | ok
    card     c3 alice plain                | ok
    create   p1 o1 shop 30.00              | ok
    create   p2 o2 stall 30.00             | ok
    create   p3 o3 shop 9.99               | ok
    earn     c9 alice p1                   | UnknownAccount
    earn     c1 bob p1                     | UnknownAccount
    earn     c3 alice p1                   | NoPoints
    earn     c1 alice 0                    | SchemaInvalid
    earn     c1 alice p9                   | UnknownAccount
    earn     c1 alice p1                   | UnknownAccount
    pay      p1 bob balance:30.00          | ok
    earn     c1 alice p1                   | UnknownAccount
    pay      p2 alice balance:30.00        | ok
    earn     c1 alice p2                   | CardNotUsable
    earn     c2 alice p2                   | NothingToEarn
    dispute  d1 p2 10.00 +9d               | ok
    earn     c2 alice p2                   | PaymentDisputed
    pay      p3 alice balance:9.99         | ok
    earn     c1 alice p3                   | NothingToEarn
    quote    q1 USD CNY 7 +0ms +1d         | ok
    create   p4 o4 abroad USD1.00 quote=q1 | ok
    pay      p4 alice balance:7.00         | ok
    earn     c2 alice p4                   | CurrencyMismatch
    refund   p3 f1 9.99                    | ok
    earn     c1 alice p3                   | InvalidState
    earn     c1 alice 400000000000000001   | AmountOutOfRange
    earn     c1 alice 3                    | ok
    adjust_points c1 alice 0               | AmountOutOfRange
    adjust_points c1 alice less=4          | PointsInsufficient
    adjust_points c1 alice 400000000000000000 | AmountOutOfRange
    redeem   c1 alice 0                    | AmountOutOfRange
    redeem   c1 alice 4                    | PointsInsufficient
    redeem   c2 alice 1                    | AmountOutOfRange
    restrict user:alice credit             | ok
    redeem   c1 alice 3                    | AccountRestricted
    lift     user:alice credit             | ok
    limits   user:alice cap=63.06          | ok
    redeem   c1 alice 3                    | BalanceCapExceeded
    card_update c1 alice suspended=yes     | ok
    earn     c1 alice 1                    | CardNotUsable
    redeem   c1 alice 1                    | CardNotUsable
    adjust_points c1 alice 1               | CardNotUsable
    adjust_points c2 alice 5               | ok
    told     PointsAdjusted
    balance  points c2 -PTS5
    balance  points_liability mall 0.00
"

/// PL is the worth of all points of a template, rounded once: three of a half are 1.5, so 2.
worth_is_rounded_once_for_a_template "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    card_kind club CNY worth=500000        | ok
    card     c1 alice club                 | ok
    card     c2 bob club                   | ok
    earn     c1 alice 1                    | ok
    balance  points_liability club 0.01
    earn     c2 bob 1                      | ok
    balance  points_liability club 0.01
    earn     c1 alice 1                    | ok
    balance  points_liability club 0.02
    adjust_points c2 bob less=1            | ok
    balance  points_liability club 0.01
    redeem   c1 alice 1                    | AmountOutOfRange
    earn     c1 alice 1                    | ok
    redeem   c1 alice 3                    | ok
    balance  user_available alice 0.01
    balance  points_liability club 0.00
    balance  marketing - 0.01
"

/// Points are valid to the end of a day, those that expire first go first, and what is left of a
/// card when it is closed lapses.
points_expire_by_the_clock "
    user     alice 2 CNY                   | ok
    card_kind club CNY worth=1000000 for=1 | ok
    card     c1 alice club                 | ok
    earn     c1 alice 100                  | ok
    at       1970-01-01T12:00:00Z          |
    earn     c1 alice 10                   | ok
    at       1970-01-02T00:00:00Z          |
    earn     c1 alice 50                   | ok
    redeem   c1 alice 30                   | ok
    at       1970-01-02T23:59:59.999Z      |
    balance  points c1 -PTS130
    card_update c1 alice suspended=yes     | ok
    at       1970-01-03T00:00:00Z          | PointsExpiry
    events   AccountOpened PointsExpired
    told     PointsExpired
    balance  points c1 -PTS50
    balance  points_liability club 0.50
    balance  breakage - 0.80
    card_close c1 alice                    | ok
    events   CardClosed
    balance  points c1 PTS0
    balance  points_liability club 0.00
    balance  breakage - 1.30
    at       1970-01-04T00:00:00Z          |
"

/// What a lost dispute gives back is not paid; what a card lacks it owes; a coupon earns nothing.
points_go_back_with_refunds_and_disputes "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    kind     t1 10.00 at=shop merchant=10.00 min=100.00 | ok
    issue    k1 t1 alice                   | ok
    card_kind club CNY per=1.00 worth=1000000 | ok
    card     c1 alice club                 | ok
    load     c1 alice 40.00                | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:50.00 stored:c1:40.00 coupon:k1:10.00 | ok
    earn     c1 alice p1                   | ok
    balance  points c1 -PTS90
    dispute  d1 p1 30.00 +9d               | ok
    judge    d1 customer                   | ok
    events   DisputeJudged PointsReversed
    balance  points c1 -PTS60
    redeem   c1 alice 55                   | ok
    refund   p1 f1 30.00                   | ok
    balance  points c1 PTS0
    earn     c1 alice 50                   | ok
    balance  points c1 -PTS25
    refund   p1 f2 10.00                   | ok
    balance  points c1 -PTS15
    refund   p1 f3 30.00                   | ok
    balance  points c1 PTS0
    state    p1 PARTIALLY_REFUNDED
"

/// Points pay a part by their worth: PL to the merchant, X5 back. Service fee is of all receipts;
/// what points paid is neither earned of nor invoiced. A refund gives the user's own back first,
/// then the part of the points that belongs to it, and in the end all of them.
points_pay_a_part_and_come_back "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=6000             | ok
    card_kind club CNY at=shop per=1.00 worth=1000000 for=9 | ok
    card     c1 alice club                 | ok
    load     c1 alice 5.00                 | ok
    earn     c1 alice 1000                 | ok
    create   p1 o1 shop 30.00              | ok
    pay      p1 alice balance:19.00 stored:c1:3.00 points:c1:8.00 | ok
    events AccountOpened BatchOpened AccountOpened CardCharged PointsRedeemed PaymentPaid FeeCharged
    told     CardCharged PointsRedeemed PaymentPaid
    balance  points c1 -PTS200
    balance  points_liability club 2.00
    balance  stored_value c1 2.00
    balance  marketing - 10.00
    batch    shop 1970-01-01 OPEN 29.82
    balance  service_fee - 0.18
    request  i1 p1 22.01                   | NotInvoiceable
    earn     c1 alice p1                   | ok
    balance  points c1 -PTS222
    refund   p1 f1 21.00                   | ok
    events   FeeReturned CardReturned RefundSucceeded PointsReversed
    balance  stored_value c1 4.00
    balance  points c1 -PTS201
    refund   p1 f2 3.33                    | ok
    events   FeeReturned CardReturned PointsReturned RefundSucceeded PointsReversed
    told     CardReturned PointsReturned PaymentRefunded PointsReversed
    balance  stored_value c1 5.00
    balance  points c1 -PTS433
    balance  points_liability club 4.33
    refund   p1 f3 5.67                    | ok
    balance  points c1 -PTS1000
    balance  points_liability club 10.00
    balance  marketing - 10.00
    balance  user_available alice 95.00
    balance  merchant_pending shop@1970-01-01 0.00
    state    p1 REFUNDED
"

/// As many points as are worth the amount at least: 50 are 33 of 1.50 fen. What they are worth more
/// is marketing's, as is what PL is not by rounding once.
points_are_as_many_as_are_worth_it "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY worth=1500000       | ok
    card     c1 alice club                 | ok
    earn     c1 alice 101                  | ok
    balance  points_liability club 1.52
    create   p1 o1 shop 1.00               | ok
    pay      p1 alice points:c1:1.00       | ok
    balance  points c1 -PTS34
    balance  points_liability club 0.51
    balance  marketing - 1.51
    refund   p1 f1 0.33                    | ok
    balance  points c1 -PTS56
    balance  points_liability club 0.84
    balance  marketing - 1.51
    refund   p1 f2 0.33                    | ok
    balance  points c1 -PTS78
    balance  points_liability club 1.17
    refund   p1 f3 0.34                    | ok
    balance  points c1 -PTS101
    balance  points_liability club 1.52
    balance  marketing - 1.52
    state    p1 REFUNDED
"

/// Each way to say it wrong, in order: whose card, where, on what, without points, too few.
points_that_do_not_pay "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    merchant stall CNY fee=0               | ok
    merchant abroad USD fee=0              | ok
    card_kind club CNY at=shop worth=1000000 | ok
    card_kind mall CNY worth=0             | ok
    card_kind plain CNY                    | ok
    card     c1 alice club                 | ok
    card     c2 alice mall                 | ok
    card     c3 alice plain                | ok
    card     c4 bob club                   | ok
    earn     c1 alice 99                   | ok
    earn     c2 alice 99                   | ok
    earn     c4 bob 500                    | ok
    create   p1 o1 shop 1.00               | ok
    create   p2 o2 stall 1.00              | ok
    quote    q1 USD CNY 7 +0ms +1d         | ok
    create   p3 o3 abroad USD1.00 quote=q1 | ok
    pay      p1 alice points:c1:0.00 balance:1.00 | AmountOutOfRange
    pay      p1 alice points:c1:0.50 points:c1:0.50 | SchemaInvalid
    pay      p1 alice points:c1:0.99       | LegSumMismatch
    pay      p1 alice points:c9:1.00       | CardNotUsable
    pay      p1 alice points:c4:1.00       | CardNotUsable
    pay      p2 alice points:c1:1.00       | CardNotUsable
    pay      p3 alice points:c2:7.00       | CardNotUsable
    pay      p1 alice points:c3:1.00       | NoPoints
    pay      p1 alice points:c2:1.00       | PointsInsufficient
    pay      p1 alice points:c1:1.00       | PointsInsufficient
    pay      p1 alice stored:c1:0.50 points:c9:0.50 | CardBalanceInsufficient
    card_update c1 alice suspended=yes     | ok
    pay      p1 alice points:c1:0.99 balance:0.01 | CardNotUsable
    card_update c1 alice suspended=no      | ok
    pay      p1 alice points:c1:0.99 balance:0.01 | ok
    balance  points c1 PTS0
    balance  user_available alice 99.99
"

/// A lost dispute gives points back too, after the user's own and before what a coupon gave, which
/// goes to the balance. They are valid as long as new ones; what a closed card would have is the
/// balance's.
points_come_back_with_a_lost_dispute "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    kind     t1 10.00 at=shop merchant=10.00 min=30.00 | ok
    issue    k1 t1 alice                   | ok
    card_kind club CNY worth=1000000 for=1 | ok
    card     c1 alice club                 | ok
    earn     c1 alice 1000                 | ok
    create   p1 o1 shop 30.00              | ok
    pay      p1 alice balance:10.00 points:c1:10.00 coupon:k1:10.00 | ok
    events   AccountOpened BatchOpened CouponUsed PointsRedeemed PaymentPaid
    dispute  d1 p1 15.00 +9d               | ok
    at       1970-01-01T12:00:00Z          |
    judge    d1 customer                   | ok
    events   PointsReturned DisputeJudged
    told     PointsReturned DisputeJudged
    balance  user_available alice 100.00
    balance  points c1 -PTS500
    balance  points_liability club 5.00
    at       1970-01-03T00:00:00Z          | BatchCut BatchSettle PointsExpiry
    balance  points c1 PTS0
    balance  breakage - 5.00
    card_close c1 alice                    | ok
    refund   p1 f1 5.00                    | ok
    events   RefundSucceeded
    balance  user_available alice 105.00
    balance  points_liability club 0.00
"

/// DOMAIN §1.6: example 30 with two decimals, in a unit of their own: 88.88 of 88.88, half of that
/// is taken back, and 100.00 are worth 1.00.
points_with_decimals "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY per=1.00 worth=1000000 decimals=3 | SchemaInvalid
    card_kind club CNY at=shop per=1.00 worth=1000000 decimals=2 | ok
    card     c1 alice club                 | ok
    create   p1 o1 shop 88.88              | ok
    pay      p1 alice balance:88.88        | ok
    earn     c1 alice p1                   | ok
    balance  points c1 -PT288.88
    balance  points c1 PTS0
    balance  points_liability club 0.89
    refund   p1 f1 44.44                   | ok
    balance  points c1 -PT244.44
    balance  points_liability club 0.44
    redeem   c1 alice 99                   | AmountOutOfRange
    redeem   c1 alice 4445                 | PointsInsufficient
    earn     c1 alice 5556                 | ok
    balance  points c1 -PT2100.00
    redeem   c1 alice 10000                | ok
    balance  points c1 PT20.00
    balance  user_available alice 56.56
    balance  points_liability club 0.00
"

/// A tenth of a point is the least that pays: 0.05 are 3.4 points of 1.50 fen, 0.03 of which come
/// back as 2.0.
tenths_of_points_pay "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY worth=1500000 decimals=1 | ok
    card     c1 alice club                 | ok
    earn     c1 alice 40                   | ok
    balance  points_liability club 0.06
    create   p1 o1 shop 1.00               | ok
    pay      p1 alice balance:0.93 points:c1:0.07 | PointsInsufficient
    pay      p1 alice balance:0.95 points:c1:0.05 | ok
    balance  points c1 -PT10.6
    balance  points_liability club 0.01
    refund   p1 f1 0.98                    | ok
    balance  points c1 -PT12.6
    refund   p1 f2 0.02                    | ok
    balance  points c1 -PT14.0
    balance  points_liability club 0.06
    card_close c1 alice                    | ok
    balance  breakage - 0.06
"
}
