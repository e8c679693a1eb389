//! Worst cases: what meets in one payment.

tables! {
/// Paid with a coupon, in instalments and from the balance; shared, invoiced, and refunded in two
/// halves. What was lent comes back first, then the user's own money, then the coupon; the receiver
/// gives in proportion to the money; what is invoiced beyond what is left paid is to be reversed.
/// In the end nobody has anything.
a_purchase_that_was_split_invoiced_and_paid_by_coupon_and_in_instalments "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 30.00 r1                | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    line     alice 500.00 billed=yes       | ok
    kind     t1 10.00 at=shop merchant=10.00 | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:30.00 instalment:pl1:3:0:60.00 coupon:k1:10.00 | ok
    share    p1 s1 guide:10.00             | ok
    request  i1 p1 90.00                   | ok
    issue_invoice i1 F1 tax=5.09 90.00@600 | ok
    batch    shop 2026-01-10 OPEN 80.00
    plan     pl1 ACTIVE fee=0.00 3*20.00
    refund   p1 f1 50.00 royalties=pro_rata | ok
    events   SplitReturned RefundSucceeded PlanReduced RedInvoiceDue
    balance  user_available alice 0.00
    plan     pl1 ACTIVE fee=0.00 10.00
    balance  merchant_available guide 4.44
    batch    shop 2026-01-10 OPEN 35.56
    state    k1 USED
    refund   p1 f2 50.00 royalties=pro_rata | ok
    events   SplitReturned CouponReturned RefundSucceeded PlanReduced RedInvoiceDue
    balance  user_available alice 30.00
    plan     pl1 CANCELLED
    credit   alice ACTIVE owed=0.00 left=500.00
    balance  merchant_available guide 0.00
    batch    shop 2026-01-10 OPEN 0.00
    state    k1 EFFECTIVE
    request  i2 p1 0.01                    | NotInvoiceable
    red      i1 R1 90.00                   | ok
    refund   p1 f3 0.01 royalties=pro_rata | RefundExceedsPaid
"
}
