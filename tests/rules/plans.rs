//! Instalment plans: made of purchases and statements, billed, paid ahead, refunded (DOMAIN §1.4,
//! §4.5).

tables! {
/// DOMAIN §7, examples 1 to 3: fee, terms and rounding as published.
examples_1_to_3_the_published_plans "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 9000.00 billed=yes      | ok
    create   p1 o1 shop 1111.11            | ok
    create   p2 o2 shop 1111.11            | ok
    create   p3 o3 shop 1111.11            | ok
    pay      p1 alice instalment:pl1:3:23000:1111.11 | ok
    events   AccountOpened AccountOpened BatchOpened PaymentPaid PlanCreated
    told     PaymentPaid PlanCreated
    plan     pl1 ACTIVE fee=25.56 3*378.89
    pay      p2 alice instalment:pl2:6:45000:1111.11 | ok
    plan     pl2 ACTIVE fee=50.00 193.56 5*193.51
    pay      p3 alice instalment:pl3:12:75000:1111.11 | ok
    plan     pl3 ACTIVE fee=83.33 99.61 11*99.53
    create   q1 o4 shop 123.67             | ok
    create   q2 o5 shop 123.67             | ok
    create   q3 o6 shop 123.67             | ok
    pay      q1 alice instalment:ql1:3:23000:123.67 | ok
    plan     ql1 ACTIVE fee=2.84 42.19 2*42.16
    pay      q2 alice instalment:ql2:6:45000:123.67 | ok
    plan     ql2 ACTIVE fee=5.57 21.59 5*21.53
    pay      q3 alice instalment:ql3:12:75000:123.67 | ok
    plan     ql3 ACTIVE fee=9.28 11.18 11*11.07
    create   r1 o7 shop 3.45               | ok
    create   r2 o8 shop 3.45               | ok
    create   r3 o9 shop 3.45               | ok
    create   r4 oa shop 5.45               | ok
    pay      r1 alice instalment:rl1:3:23000:3.45 | ok
    plan     rl1 ACTIVE fee=0.08 1.19 2*1.17
    pay      r2 alice instalment:rl2:6:45000:3.45 | ok
    plan     rl2 ACTIVE fee=0.16 0.66 5*0.59
    pay      r3 alice instalment:rl3:12:75000:3.45 | ok
    plan     rl3 ACTIVE fee=0.26 0.41 11*0.30
    pay      r4 alice instalment:rl4:3:23000:5.45 | ok
    plan     rl4 ACTIVE fee=0.13 1.88 2*1.85
    balance  credit_instalment alice 3720.14
    balance  fee_receivable alice 0.00
"

/// Nearest shares with the rest last, half up or half even, of cents or of whole yuan: as other
/// systems round. A term that would be empty is refused.
terms_are_rounded_as_agreed "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 9000.00 billed=yes      | ok
    create   p1 o1 shop 99.99              | ok
    create   p2 o2 shop 99.99              | ok
    create   p3 o3 shop 1000.00            | ok
    create   p4 o4 shop 2.00               | ok
    create   p5 o5 shop 99.99              | ok
    pay      p5 alice credit:99.99         | ok
    pay      p1 alice instalment:pl1:6:23000:99.99:unit:0.01 | ok
    plan     pl1 ACTIVE fee=2.30 5*17.05 17.04
    pay      p2 alice credit:99.99         | ok
    convert  alice pl2 p2 99.99 n=6 fee=23000 unit=0.01 | ok
    plan     pl2 ACTIVE fee=2.30 5*17.04 17.09
    pay      p3 alice credit:1000.00       | ok
    convert  alice pl3 p3 1000.00 n=6 unit=1.00 tie=up | ok
    plan     pl3 ACTIVE 5*167.00 165.00
    // The fee is cut by the cent: no term has all of it.
    convert  alice pl5 p5 99.99 n=6 fee=23000 unit=1.00 | ok
    plan     pl5 ACTIVE fee=2.30 5*17.38 15.39
    pay      p4 alice instalment:pl4:3:0:2.00:unit:1.00 | AmountOutOfRange
    pay      p4 alice instalment:pl4:3:0:2.00:unit:0.01 | ok
    plan     pl4 ACTIVE 2*0.67 0.66
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=219.14 fee=1.14 ahead=1083.97
    refund   p3 f1 500.00                  | ok
    plan     pl3 ACTIVE 167.00 166.00
"

/// One term by each statement, with what was bought besides; what is ahead uses the limit and is
/// not to be repaid.
terms_are_billed_by_statements "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 1300.00            | ok
    pay      p1 alice instalment:pl1:3:23000:1111.11 credit:100.00 balance:88.89 | ok
    bill     alice OPEN unbilled=100.00 ahead=1111.11
    credit   alice ACTIVE owed=1211.11 left=788.89
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    events   BatchCut BatchSettled AccountOpened AccountOpened AccountOpened TermBilled \
             StatementIssued
    // The fee is due whole, of the principal a tenth.
    bill     alice ISSUED total=478.89 min=55.55 billed=470.37 fee=8.52 ahead=740.74
    plan     pl1 ACTIVE 2*378.89
    credit   alice ACTIVE owed=1211.11 left=788.89
    repay    alice 478.90                  | Overpayment
    repay    alice 478.89                  | ok
    bill     alice PAID fee=0.00
    close_line alice                       | DebtOutstanding
    at       2026-03-01T00:00:00Z          | CreditStatement
    bill     alice ISSUED total=378.89 min=45.55 ahead=370.37
    repay    alice 378.89                  | ok
    at       2026-04-01T00:00:00Z          | CreditStatement
    told     PlanEnded StatementIssued
    plan     pl1 COMPLETED
    bill     alice ISSUED total=378.89 ahead=0.00
    repay    alice 378.89                  | ok
    balance  instalment_fee - 25.56
    at       2026-05-01T00:00:00Z          | CreditStatement
    bill     alice PAID total=0.00
    prepay   alice pl1                     | InvalidState
    close_line alice                       | ok
"

/// DOMAIN §7, example 19: 35 days late, charges are paid before principal.
example_19_a_term_is_late "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 2050.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 5000.00 billed=yes day_ppm=360 late_max=2.50 late_from=91 | ok
    create   p1 o1 shop 3000.00            | ok
    pay      p1 alice instalment:pl1:3:25560:3000.00 | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    prepay   alice pl1                     | ok
    plan     pl1 PREPAID
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    bill     alice OVERDUE overdue=1000.00 fee=25.56 penalty=2.50
    repeat   15 at +1d                     | CreditInterest
    at       2026-03-01T00:00:00Z          | CreditStatement CreditInterest
    repeat   11 at +1d                     | CreditInterest
    at       2026-03-13T00:00:00Z          | CreditGraceEnd CreditInterest
    repeat   3 at +1d                      | CreditInterest
    bill     alice OVERDUE overdue=1000.00 fee=25.56 penalty=5.00 interest=12.60
    repay    alice 50.00                   | ok
    bill     alice OVERDUE overdue=993.16 fee=0.00 penalty=0.00 interest=0.00
"

/// The rest at once, without the fees to come.
a_plan_is_paid_ahead "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 399.99 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    pay      p1 alice instalment:pl1:6:45000:600.00 | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=104.50 fee=4.50
    prepay   alice pl2                     | UnknownAccount
    prepay   carol pl1                     | UnknownAccount
    prepay   bob pl1                       | UnknownAccount
    prepay   alice pl1                     | InsufficientFunds
    top_up   alice 100.01 r2               | ok
    restrict user:alice debit              | ok
    prepay   alice pl1                     | AccountRestricted
    lift     user:alice debit              | ok
    prepay   alice pl1                     | ok
    events   PlanPrepaid
    told     PlanEnded
    plan     pl1 PREPAID
    balance  user_available alice 0.00
    bill     alice ISSUED total=104.50 unpaid=104.50 ahead=0.00
    credit   alice ACTIVE owed=100.00 left=1900.00
    balance  instalment_fee - 4.50
    prepay   alice pl1                     | InvalidState
    at       2026-02-12T00:00:00Z          |
    // What it gave back to the limit is refunded as any other purchase.
    refund   p1 f1 600.00                  | ok
    events   RefundSucceeded CreditReduced
    bill     alice MIN_PAID unpaid=4.50 billed=0.00 fee=4.50
    balance  user_available alice 500.00
"

/// A refund cuts the last terms, and then what was billed.
refunds_cut_the_last_terms "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    create   p2 o2 shop 50.00              | ok
    pay      p1 alice instalment:pl1:6:45000:600.00 | ok
    pay      p2 alice credit:50.00         | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=154.50 ahead=500.00
    refund   p1 f1 250.00                  | ok
    events   RefundSucceeded PlanReduced
    told     PaymentRefunded PlanReduced
    // The term that is cut in part keeps its fee.
    plan     pl1 ACTIVE fee=27.00 2*104.50 54.50
    bill     alice ISSUED total=154.50 unpaid=154.50 ahead=250.00
    refund   p1 f2 250.00                  | ok
    told     PaymentRefunded PlanEnded
    plan     pl1 CANCELLED
    refund   p1 f3 100.00                  | ok
    events   RefundSucceeded CreditReduced
    bill     alice MIN_PAID billed=50.00 fee=4.50 unpaid=54.50 ahead=0.00
    at       2026-02-09T00:00:00Z          |
    prepay   alice pl1                     | InvalidState
"

/// What is ahead of a plan is owed for its own purchase: of another one that was paid back, what is
/// refunded beyond the debt goes to the balance.
a_refund_leaves_the_plans_of_other_purchases "
    user     alice 2 CNY                   | ok
    top_up   alice 80.00 r1                | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    create   p2 o2 shop 100.00             | ok
    pay      p1 alice instalment:pl1:6:0:600.00 | ok
    pay      p2 alice credit:100.00        | ok
    repay    alice 80.00                   | ok
    credit   alice ACTIVE owed=620.00 left=1380.00
    refund   p2 f1 50.00                   | ok
    plan     pl1 ACTIVE fee=0.00 6*100.00
    credit   alice ACTIVE owed=600.00 left=1400.00
    balance  user_available alice 30.00
"

/// Refunded before anything was billed: nothing is left, and no fee was charged.
a_plan_is_refunded_whole "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    pay      p1 alice instalment:pl1:6:45000:400.00 credit:200.00 | ok
    refund   p1 f1 450.00                  | ok
    events   RefundSucceeded PlanReduced
    plan     pl1 CANCELLED
    bill     alice OPEN unbilled=150.00 ahead=0.00
    cancel   p1                            | InvalidState
    refund   p1 f2 150.00                  | ok
    credit   alice ACTIVE owed=0.00 left=2000.00
    close_line alice                       | ok
    balance  instalment_fee - 0.00
"

/// A dispute that the payer wins cuts the plan as a refund does.
a_dispute_cuts_the_plan "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 300.00             | ok
    pay      p1 alice instalment:pl1:3:0:300.00 | ok
    dispute  d1 p1 150.00 +10d             | ok
    judge    d1 customer                   | ok
    events   DisputeJudged PlanReduced
    plan     pl1 ACTIVE 100.00 50.00
    create   p2 o2 shop 300.00             | ok
    pay      p2 alice credit:300.00        | ok
    dispute  d2 p2 10.00 +10d              | ok
    convert  alice pl2 p2 90.00            | NotConvertible
"

/// A purchase is put into a plan once, before it is billed.
purchases_are_converted "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    line     bob 2000.00 billed=yes        | ok
    line     carol 2000.00                 | ok
    create   p1 o1 shop 300.00             | ok
    create   p2 o2 shop 100.00             | ok
    create   p3 o3 shop 100.00             | ok
    create   p4 o4 shop 100.00             | ok
    pay      p1 alice credit:300.00        | ok
    pay      p2 bob credit:100.00          | ok
    pay      p3 carol credit:100.00        | ok
    convert  dora pl1 p1 200.00            | UnknownAccount
    convert  alice pl1 p1 USD200.00        | CurrencyMismatch
    convert  alice pl1 p1 0.00             | AmountOutOfRange
    convert  alice pl1 p1 200.00 n=4       | BadTermCount
    convert  alice pl1 p1 0.02             | AmountOutOfRange
    convert  alice pl1 p1 200.00 fee=1000001 | RateOutOfRange
    convert  carol pl1 p3 90.00            | NotConvertible
    convert  alice pl1 p9 200.00           | UnknownAccount
    convert  alice pl1 p2 90.00            | NotConvertible
    convert  alice pl1 p4 90.00            | NotConvertible
    convert  alice pl1 p1 300.01           | NotConvertible
    freeze   alice                         | ok
    convert  alice pl1 p1 200.00           | CreditLineFrozen
    thaw     alice                         | ok
    refund   p1 f1 20.00                   | ok
    convert  alice pl1 p1 280.01           | NotConvertible
    repay    alice 30.00                   | ok
    convert  alice pl1 p1 250.01           | NotConvertible
    convert  alice pl1 p1 200.00 fee=30000 | ok
    events   AccountOpened PlanCreated
    told     PlanCreated
    plan     pl1 ACTIVE fee=6.00 68.68 2*68.66
    bill     alice OPEN unbilled=50.00 ahead=200.00
    convert  alice pl1 p1 50.00            | Duplicate
    convert  alice pl2 p1 50.00            | NotConvertible
    at       2026-02-01T00:00:00Z          | PaymentExpiry BatchCut BatchSettle CreditStatement \
                                             CreditStatement
    bill     alice ISSUED total=118.68 billed=116.68 fee=2.00
    convert  bob pl2 p2 90.00              | NotConvertible
    repay    alice 118.68                  | ok
    prepay   alice pl1                     | ok
    close_line alice                       | ok
    convert  alice pl3 p1 9.00             | InvalidState
"

/// Part of a statement, until it is due, is no longer to be paid by it.
statements_are_converted "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    convert  alice pl1 statement 900.00    | NotConvertible
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    convert  alice pl1 statement 1400.01   | NotConvertible
    at       2026-02-09T23:59:59.999Z      |
    convert  alice pl1 statement 1000.00 fee=23000 | ok
    events   AccountOpened PlanCreated
    plan     pl1 ACTIVE fee=23.00 341.02 2*340.99
    bill     alice ISSUED total=400.00 min=140.00 unpaid=400.00 billed=400.00 ahead=1000.00
    repay    alice 139.99                  | ok
    bill     alice ISSUED unpaid=260.01
    convert  alice pl2 statement 259.00    | ok
    // The minimum is not met by what is put off.
    bill     alice ISSUED total=141.00 min=140.00 unpaid=1.01
    at       2026-02-10T00:00:00Z          |
    convert  alice pl3 statement 1.00      | NotConvertible
    at       2026-02-13T00:00:00Z          | CreditGraceEnd
    bill     alice PAID unpaid=1.01 billed=1.01
    at       2026-03-01T00:00:00Z          | CreditStatement
    bill     alice ISSUED total=428.37 ahead=839.32
    convert  alice pl3 statement 420.69    | ok
    convert  alice pl4 statement 0.03      | NotConvertible
    bill     alice ISSUED total=7.68 min=7.68 unpaid=7.68 billed=0.00 fee=7.68
    repay    alice 7.68                    | ok
    bill     alice PAID
    at       2026-04-01T00:00:00Z          | CreditStatement
    at       2026-04-13T00:00:00Z          | CreditGraceEnd CreditInterest
    credit   alice FROZEN
    thaw     alice                         | ok
    at       2026-04-14T00:00:00Z          | CreditInterest
    convert  alice pl4 statement 10.00     | NotConvertible
"

/// Statements with nothing left to pay are paid, and what revolves is not put into plans.
what_revolves_is_not_converted "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 | ok
    create   p1 o1 shop 1000.00            | ok
    pay      p1 alice credit:1000.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    repay    alice 100.00                  | ok
    // A line without a rate is charged for no night.
    at       2026-02-13T00:00:00Z          | CreditGraceEnd
    create   p2 o2 shop 500.00             | ok
    pay      p2 alice credit:500.00        | ok
    at       2026-03-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=1400.00 min=140.00
    convert  alice pl1 statement 500.01    | NotConvertible
    convert  alice pl1 statement 500.00    | ok
    bill     alice ISSUED total=900.00 min=140.00 billed=900.00
    repay    alice 900.00                  | ok
    bill     alice PAID
    at       2026-03-31T00:00:00Z          |
"

/// What a leg may be.
legs_in_instalments "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 100.00 billed=yes       | ok
    line     bob 100.00                    | ok
    create   p1 o1 shop 90.00              | ok
    create   p2 o2 shop 100.01             | ok
    pay      p1 carol instalment:pl1:3:0:90.00 | NotConvertible
    pay      p1 bob instalment:pl1:3:0:90.00 | NotConvertible
    pay      p1 alice instalment:pl1:2:0:90.00 | BadTermCount
    pay      p1 alice instalment:pl1:3:1000001:90.00 | RateOutOfRange
    pay      p1 alice instalment:pl1:3:0:89.99 | LegSumMismatch
    pay      p1 alice instalment:pl1:3:0:0.02 credit:89.98 | AmountOutOfRange
    pay      p1 alice instalment:pl1:3:0:45.00 instalment:pl2:3:0:45.00 | SchemaInvalid
    pay      p2 alice instalment:pl1:3:0:50.00 credit:50.01 | CreditLimitExceeded
    freeze   alice                         | ok
    pay      p1 alice instalment:pl1:3:0:90.00 | CreditLineFrozen
    thaw     alice                         | ok
    pay      p1 alice instalment:pl1:3:0:90.00 | ok
    create   p3 o3 shop 3.00               | ok
    pay      p3 alice instalment:pl1:3:0:3.00 | Duplicate
    create   p4 o4 shop 10.01              | ok
    pay      p4 alice credit:10.01         | CreditLimitExceeded
    limit    alice 1000.00                 | ok
    repeat   63 create x$ ox$ shop 0.03 ; pay x$ alice instalment:xl$:3:0:0.03 | ok
    pay      p3 alice instalment:pl3:3:0:3.00 | PlanCountExceeded
"
}
