//! Invoices (DOMAIN §1.6, §4.6).

tables! {
/// DOMAIN §7, example 27: half up without tax, the tax is the rest; a refund, and the red one.
invoices_of_example_27 "
    user     alice 2 CNY                   | ok
    top_up   alice 900.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 113.00             | ok
    create   p2 o2 shop 99.99              | ok
    create   p3 o3 shop 100.00             | ok
    pay      p1 alice balance:113.00       | ok
    pay      p2 alice balance:99.99        | ok
    pay      p3 alice balance:100.00       | ok
    request  i1 p1 113.00                  | ok
    told     InvoiceRequested
    issue_invoice i1 F1 tax=13.00 113.00@1300 | ok
    told     InvoiceIssued
    invoice  i1 ISSUED 100.00 13.00 left=113.00
    request  i2 p2 99.99                   | ok
    issue_invoice i2 F2 tax=11.49 99.99@1300 | TaxSumMismatch
    issue_invoice i2 F2 tax=11.50 99.98@1300 | TaxSumMismatch
    issue_invoice i2 F2 tax=11.50 99.99@1300 | ok
    invoice  i2 ISSUED 88.49 11.50 left=99.99
    refund   p2 f1 30.00                   | ok
    events   RefundSucceeded RedInvoiceDue
    told     PaymentRefunded RedInvoiceDue
    red      i2 R1 30.00                   | ok
    told     InvoiceReversed
    invoice  i2 PARTLY_REVERSED 88.49 11.50 left=69.99 back=26.55+3.45
    red      i2 R2 69.99                   | ok
    invoice  i2 REVERSED 88.49 11.50 left=0.00 back=88.49+11.50
    request  i3 p3 100.00                  | ok
    issue_invoice i3 F3 tax=5.66 100.00@600 | ok
    invoice  i3 ISSUED 94.34 5.66 left=100.00
"

/// What the user paid, less refunds, less what is invoiced or asked for; no coupon is.
what_can_be_invoiced "
    user     alice 2 CNY                   | ok
    top_up   alice 900.00 r1               | ok
    merchant shop CNY fee=0                | ok
    kind     t1 20.00 at=shop merchant=20.00 | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 100.00             | ok
    request  i1 p9 1.00                    | UnknownAccount
    request  i1 p1 1.00                    | InvalidState
    pay      p1 alice balance:80.00 coupon:k1:20.00 | ok
    request  i1 p1 USD1.00                 | CurrencyMismatch
    request  i1 p1 0.00                    | AmountOutOfRange
    request  i1 p1 80.01                   | NotInvoiceable
    request  i1 p1 50.00 tax_no=91310000 kind=special | ok
    request  i1 p1 1.00                    | Duplicate
    request  i2 p1 30.01                   | NotInvoiceable
    request  i2 p1 30.00                   | ok
    refund   p1 f1 40.00                   | ok
    events   RefundSucceeded
    issue_invoice i2 F1 tax=0.00 30.00@0   | ok
    issue_invoice i1 F2 tax=0.00 50.00@0   | NotInvoiceable
    reject_invoice i1                      | ok
    told     InvoiceRejected
    request  i3 p1 10.00                   | ok
    issue_invoice i3 F1 tax=0.00 10.00@0   | DuplicateInvoiceNo
    issue_invoice i3 F3 tax=0.09 4.00@0 6.00@150 | ok
    refund   p1 f2 60.00                   | ok
    events   CouponReturned RefundSucceeded RedInvoiceDue
    request  i4 p1 0.01                    | NotInvoiceable
    red      i2 R1 30.00                   | ok
    red      i3 R2 10.00                   | ok
    request  i4 p1 0.01                    | NotInvoiceable
"

/// Each way to say it wrong, in order.
an_invoice_is_issued_or_rejected_once "
    user     alice 2 CNY                   | ok
    top_up   alice 900.00 r1               | ok
    merchant shop CNY fee=0                | ok
    merchant stall CNY fee=0               | ok
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 stall 100.00            | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:100.00       | ok
    request  i1 p1 10.00                   | ok
    red      i1 R1 1.00                    | InvalidState
    issue_invoice i9 F1 tax=0.00 10.00@0   | UnknownAccount
    issue_invoice i1 F1 tax=USD0.00 USD10.00@0 | CurrencyMismatch
    issue_invoice i1 F1 tax=0.00           | SchemaInvalid
    issue_invoice i1 F1 tax=0.00 10.00@0 0.00@0 | AmountOutOfRange
    issue_invoice i1 F1 tax=5.00 10.00@10001 | RateOutOfRange
    issue_invoice i1 F1 tax=5.00 10.00@10000 | ok
    issue_invoice i1 F2 tax=5.00 10.00@10000 | InvalidState
    reject_invoice i1                      | InvalidState
    reject_invoice i9                      | UnknownAccount
    red      i9 R1 1.00                    | UnknownAccount
    red      i1 R1 USD1.00                 | CurrencyMismatch
    red      i1 R1 0.00                    | AmountOutOfRange
    red      i1 R1 10.01                   | RedExceedsBlue
    red      i1 F1 1.00                    | DuplicateInvoiceNo
    repeat   50 red i1 R$ 0.01             | ok
    red      i1 R51 0.01                   | RefundCountExceeded
    request  i2 p2 10.00                   | ok
    issue_invoice i2 F1 tax=0.00 10.00@0   | ok
    red      i2 R1 10.00                   | ok
    red      i2 R2 0.01                    | RedExceedsBlue
    request  i3 p2 100.00                  | ok
    reject_invoice i3                      | ok
    issue_invoice i3 F4 tax=0.00 100.00@0  | InvalidState
"

/// What a lost dispute gave back is not invoiced: not asked for, not issued, and reversed if it
/// was.
what_was_lost_in_disputes_is_not_invoiced "
    user     alice 2 CNY                   | ok
    top_up   alice 900.00 r1               | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 50.00              | ok
    create   p2 o2 shop 50.00              | ok
    pay      p1 alice balance:50.00        | ok
    pay      p2 alice balance:50.00        | ok
    create   p3 o3 shop 50.00              | ok
    pay      p3 alice balance:50.00        | ok
    dispute  d4 p3 50.00 +9d               | ok
    judge    d4 customer                   | ok
    events   DisputeJudged
    restart
    request  i9 p3 0.01                    | NotInvoiceable
    request  i1 p1 50.00                   | ok
    dispute  d1 p1 49.99 +9d               | ok
    judge    d1 customer                   | ok
    issue_invoice i1 F1 tax=0.00 50.00@0   | NotInvoiceable
    reject_invoice i1                      | ok
    request  i2 p1 0.02                    | NotInvoiceable
    request  i2 p1 0.01                    | ok
    request  i3 p2 50.00                   | ok
    issue_invoice i3 F1 tax=0.00 50.00@0   | ok
    dispute  d2 p2 20.00 +9d               | ok
    dispute  d3 p2 5.00 +9d                | ok
    judge    d3 merchant                   | ok
    told     DisputeJudged
    accept   d2                            | ok
    events   DisputeJudged RedInvoiceDue
    told     DisputeJudged RedInvoiceDue
    refund   p2 f1 10.00                   | ok
    events   RefundSucceeded RedInvoiceDue
    red      i3 R1 30.00                   | ok
    request  i4 p2 0.01                    | NotInvoiceable
"
}
