//! Orders that name the coupon they are paid with (DOMAIN §4.2, §5).

tables! {
/// Nothing else can use it, and the order is paid with it, by whose it is.
an_order_locks_the_coupon_that_it_names "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    top_up   bob 100.00 r2                 | ok
    merchant shop CNY fee=0                | ok
    fund     c1 - 20.00                    | ok
    kind     t1 10.00 by=c1 min=30.00 each=3 | ok
    issue    k1 t1 alice                   | ok
    issue    k2 t1 alice                   | ok
    create   p1 o1 shop 30.00 coupon=k1    | ok
    events   PaymentCreated CouponLocked
    told     CouponLocked
    state    k1 LOCKED
    balance  coupon_face t1 -20.00
    revoke   k1                            | CouponLocked
    close_campaign c1                      | CouponsOutstanding
    create   p2 o2 shop 30.00 coupon=k1    | CouponLocked
    create   p2 o2 shop 30.00              | ok
    pay      p2 alice balance:20.00 coupon:k1:10.00 | CouponLocked
    pay      p1 alice balance:30.00        | OrderNamesCoupon
    pay      p1 alice balance:20.00 coupon:k2:10.00 | OrderNamesCoupon
    pay      p1 bob balance:30.00          | OrderNamesCoupon
    pay      p1 bob balance:20.00 coupon:k1:10.00 | OrderNamesCoupon
    pay      p1 alice balance:21.00 coupon:k1:9.00 | CouponNotUsable
    pay      p1 alice balance:20.00 coupon:k1:10.00 | ok
    events   AccountOpened BatchOpened CouponUsed PaymentPaid
    told     CouponUsed PaymentPaid
    state    k1 USED
    balance  campaign_fund c1 10.00
    balance  coupon_face t1 -10.00
    refund   p1 f1 30.00                   | ok
    state    k1 EFFECTIVE
    pay      p2 alice balance:20.00 coupon:k1:10.00 | ok
    state    k1 USED
"

/// Only what could pay the order now.
a_coupon_that_cannot_be_named "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    merchant stall CNY fee=0               | ok
    merchant abroad USD fee=0              | ok
    fund     c1 - 50.00                    | ok
    kind     t1 5.00 by=c1 at=shop min=10.00 from=+1h until=+2h each=3 | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 10.00 coupon=k9    | CouponNotUsable
    create   p1 o1 shop 10.00 coupon=k1    | CouponNotUsable
    at       1970-01-01T01:00:00Z          |
    create   p1 o1 stall 10.00 coupon=k1   | CouponNotUsable
    create   p1 o1 abroad USD10.00 coupon=k1 | CouponNotUsable
    create   p1 o1 shop 9.99 coupon=k1     | CouponNotUsable
    create   p1 o1 shop 10.00 discountable=4.99 coupon=k1 | CouponNotUsable
    create   p1 o1 shop 10.00 discountable=5.00 coupon=k1 | ok
    pay      p1 alice balance:5.00 coupon:k1:5.00 | ok
    create   p2 o2 shop 10.00 coupon=k1    | CouponNotUsable
    issue    k2 t1 alice                   | ok
    revoke   k2                            | ok
    create   p2 o2 shop 10.00 coupon=k2    | CouponNotUsable
"

/// When an order is closed by hand or by the clock its coupon is free, or over with it. Until then
/// it pays, be its own time over or not.
a_coupon_waits_for_its_order "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    fund     c1 - 15.00                    | ok
    kind     t1 5.00 by=c1 until=+2h each=3 | ok
    issue    k1 t1 alice                   | ok
    issue    k2 t1 alice                   | ok
    issue    k3 t1 alice                   | ok
    create   p1 o1 shop 5.00 timeout=3600 coupon=k1 | ok
    create   p2 o2 shop 5.00 timeout=3600 coupon=k2 | ok
    create   p3 o3 shop 5.00 timeout=3600 coupon=k3 | ok
    close    p1                            | ok
    events   PaymentClosed CouponUnlocked
    told     PaymentClosed CouponUnlocked
    state    k1 EFFECTIVE
    cancel   p2                            | ok
    events   PaymentClosed CouponUnlocked
    state    k2 EFFECTIVE
    at       1970-01-01T01:00:00Z          | PaymentExpiry
    events   PaymentClosed CouponUnlocked
    state    k3 EFFECTIVE
    create   p4 o4 shop 5.00 timeout=7200 coupon=k1 | ok
    create   p5 o5 shop 5.00 timeout=7200 coupon=k2 | ok
    create   p6 o6 shop 5.00 timeout=3600 coupon=k3 | ok
    // The order first, then coupons: its own is over with it.
    at       1970-01-01T02:00:00Z          | PaymentExpiry
    events   PaymentClosed CouponUnlocked
    state    k3 EXPIRED
    state    k1 LOCKED
    balance  coupon_face t1 -10.00
    create   p7 o7 shop 5.00 coupon=k3     | CouponNotUsable
    pay      p4 alice coupon:k1:5.00       | ok
    state    k1 USED
    close    p5                            | ok
    state    k2 EXPIRED
    balance  coupon_face t1 0.00
    refund   p4 f1 5.00                    | ok
    state    k1 EXPIRED
    close_campaign c1                      | ok
    balance  marketing - 0.00
"

/// One that is free again ends with its own time.
a_coupon_that_was_let_go_ends_in_time "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    kind     t1 5.00 at=shop merchant=5.00 until=+2h | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 5.00 timeout=3600 coupon=k1 | ok
    at       1970-01-01T01:00:00Z          | PaymentExpiry
    at       1970-01-01T02:00:00Z          | CouponExpiry
    state    k1 EXPIRED
"
}
