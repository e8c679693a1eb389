//! Bills of lines of credit: statements, grace, interest, late fees (DOMAIN §1.4, §4.5, §4.7).

tables! {
/// DOMAIN §7, example 16: the minimum is paid on the due date; interest, and no late fee.
example_16_the_minimum_is_paid "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 1234.56            | ok
    create   p2 o2 shop 200.00             | ok
    pay      p1 alice credit:1234.56       | ok
    pay      p2 alice credit:200.00        | ok
    refund   p1 f1 34.56                   | ok
    at       2026-01-31T23:59:59.999Z      | BatchCut BatchSettle
    bill     alice OPEN unbilled=1400.00 next=2026-02-01
    at       2026-02-01T00:00:00Z          | CreditStatement
    told     StatementIssued
    bill     alice ISSUED total=1400.00 min=140.00 unpaid=1400.00 unbilled=0.00 \
             billed=1400.00 cut=2026-02-01 due=2026-02-09 next=2026-03-01
    credit   alice ACTIVE owed=1400.00 left=600.00
    at       2026-02-09T20:00:00Z          |
    repay    alice 140.00                  | ok
    bill     alice MIN_PAID unpaid=1260.00 interest=0.00
    at       2026-02-12T23:59:59.999Z      |
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    told
    bill     alice MIN_PAID interest=2.52 penalty=0.00
    repeat   15 at +1d                     | CreditInterest
    at       2026-03-01T00:00:00Z          | CreditStatement CreditInterest
    bill     alice ISSUED total=1271.97 min=137.97 interest=12.60 penalty=0.00
    credit   alice ACTIVE owed=1260.00 left=740.00
    balance  interest_income - 12.60
    balance  interest_receivable alice 12.60
"

/// A line that is frozen for a debt is frozen by hand as well, and the debt, once it is paid, does
/// not open it.
a_risk_outlasts_a_debt "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    pass     2026-02-13T00:00:00Z          |
    bill     alice OVERDUE overdue=1400.00
    freeze   alice for=debt                | InvalidState
    freeze   alice for=risk                | ok
    events   CreditLineFrozen
    freeze   alice                         | InvalidState
    repay    alice 1409.80                 | ok
    events   CreditRepaid
    bill     alice PAID unpaid=0.00
    credit   alice FROZEN owed=0.00
    create   p2 o2 shop 1.00               | ok
    pay      p2 alice credit:1.00          | CreditLineFrozen
    thaw     alice                         | ok
    pay      p2 alice credit:1.00          | ok
"

/// DOMAIN §7, example 17: short of the minimum, a late fee of 5 % of what is short.
example_17_the_minimum_is_missed "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    at       2026-02-09T20:00:00Z          |
    repay    alice 100.00                  | ok
    bill     alice ISSUED unpaid=1300.00
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    events   AccountOpened AccountOpened AccountOpened StatementAssessed CreditLineFrozen \
             AccountOpened AccountOpened InterestAccrued
    told     StatementOverdue
    bill     alice OVERDUE overdue=1300.00 billed=0.00 penalty=2.00 interest=2.60
    credit   alice FROZEN owed=1300.00 left=0.00
    balance  penalty_income - 2.00
    create   p2 o2 shop 1.00               | ok
    pay      p2 alice credit:1.00          | CreditLineFrozen
    repay    alice 1304.61                 | Overpayment
    repay    alice 4.60                    | ok
    bill     alice OVERDUE overdue=1300.00 penalty=0.00 interest=0.00
    repay    alice 1289.99                 | ok
    credit   alice FROZEN owed=10.01
    repay    alice 0.01                    | ok
    events   CreditRepaid LatenessEnded CreditLineUnfrozen
    bill     alice PAID unpaid=10.00 overdue=0.00 billed=10.00
    credit   alice ACTIVE owed=10.00 left=1990.00
    pay      p2 alice credit:1.00          | ok
    // What is within the tolerance bears nothing.
    at       2026-03-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=11.00 min=1.10 interest=0.00
"

/// As 17, otherwise: what is within the tolerance counts as paid, a fen more does not.
example_17_tolerance "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 3000.00 r1              | ok
    top_up   bob 3000.00 r2                | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    line     bob 2000.00 billed=yes        | ok
    create   p1 o1 shop 1400.00            | ok
    create   p2 o2 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    pay      p2 bob credit:1400.00         | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement CreditStatement
    repay    alice 100.00                  | ok
    repay    bob 100.00                    | ok
    at       2026-02-12T23:59:59.999Z      |
    repay    alice 1290.01                 | ok
    repay    bob 1289.99                   | ok
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditGraceEnd CreditInterest
    bill     alice PAID unpaid=9.99 billed=9.99 interest=0.00
    bill     bob MIN_PAID unpaid=10.01 interest=1.95 penalty=0.00
    credit   bob ACTIVE owed=10.01
    at       2026-02-14T00:00:00Z          | CreditInterest
    bill     bob MIN_PAID interest=1.96
"

/// The nights of grace bear interest on what was owed in each, if grace is missed.
nights_of_grace_are_counted_apart "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=10000 | ok
    create   p1 o1 shop 1000.00            | ok
    pay      p1 alice credit:1000.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    at       2026-02-11T10:00:00Z          |
    // Two nights on 1000.00, one on 700.00, the last on 500.00.
    repay    alice 300.00                  | ok
    at       2026-02-12T10:00:00Z          |
    repay    alice 200.00                  | ok
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    bill     alice MIN_PAID interest=32.00 unpaid=500.00
    at       2026-02-13T10:00:00Z          |
    // Interest first, then principal: what is left bears from the next night on.
    repay    alice 432.00                  | ok
    at       2026-02-14T00:00:00Z          | CreditInterest
    bill     alice MIN_PAID interest=1.00 billed=100.00
    repay    alice 101.00                  | ok
    bill     alice PAID unpaid=0.00 interest=0.00
    at       2026-02-28T00:00:00Z          |
"

/// What revolves goes on bearing through the grace of the next statement, whose own nights wait
/// for its end: paid within the tolerance, they cost nothing.
nights_of_grace_wait_beside_what_revolves "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=10000 | ok
    create   p1 o1 shop 1000.00            | ok
    pay      p1 alice credit:1000.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    repay    alice 100.00                  | ok
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    bill     alice MIN_PAID interest=36.00 unpaid=900.00
    repeat   7 at +1d                      | CreditInterest
    create   p2 o2 shop 500.00             | ok
    pay      p2 alice credit:500.00        | ok
    at       +1d                           | CreditInterest BatchCut BatchSettle
    repeat   7 at +1d                      | CreditInterest
    at       2026-03-01T00:00:00Z          | CreditStatement CreditInterest
    bill     alice ISSUED total=1571.00 min=311.00 billed=1400.00 interest=180.00
    repeat   10 at +1d                     | CreditInterest
    at       2026-03-11T10:00:00Z          |
    // The second night of grace is over: 500.00 has waited for two.
    repay    alice 410.00                  | ok
    bill     alice MIN_PAID unpaid=1161.00 interest=99.00
    at       2026-03-12T00:00:00Z          | CreditInterest
    bill     alice MIN_PAID interest=105.61
    repay    alice 1151.01                 | ok
    at       2026-03-13T00:00:00Z          | CreditGraceEnd
    bill     alice PAID unpaid=9.99 interest=105.61
    at       2026-03-31T00:00:00Z          |
"

/// DOMAIN §7, example 18, and the carry goes on over nights (§2).
example_18_the_carry "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes grace=0 | ok
    create   p1 o1 shop 333.33             | ok
    pay      p1 alice credit:333.33        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    at       2026-02-10T00:00:00Z          | CreditGraceEnd CreditInterest
    bill     alice OVERDUE interest=0.16
    at       +1d                           | CreditInterest
    bill     alice OVERDUE interest=0.33
    at       +1d                           | CreditInterest
    bill     alice OVERDUE interest=0.49
    at       +1d                           | CreditInterest
    bill     alice OVERDUE interest=0.66
    at       +1d                           | CreditInterest
    bill     alice OVERDUE interest=0.83
    at       +1d                           | CreditInterest
    bill     alice OVERDUE interest=0.99
    at       +1d                           | CreditInterest
    bill     alice OVERDUE interest=1.16
"

/// DOMAIN §7, example 19, with what a line has before it has instalments: charges first, and from
/// the day agreed the principal first.
example_19_what_is_paid_first "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=100 late_from=10 | ok
    create   p1 o1 shop 1000.00            | ok
    pay      p1 alice credit:1000.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    repeat   5 at +1d                      | CreditInterest
    bill     alice OVERDUE penalty=5.00 interest=0.90 overdue=1000.00
    repay    alice 5.50                    | ok
    bill     alice OVERDUE penalty=0.00 interest=0.40 overdue=1000.00
    at       +1d                           | CreditInterest
    // The tenth day after the due date.
    repay    alice 50.00                   | ok
    bill     alice OVERDUE interest=0.50 overdue=950.00
    repay    alice 950.00                  | ok
    events   CreditRepaid CreditLineUnfrozen
    bill     alice PAID interest=0.50 overdue=0.00
    repay    alice 0.50                    | ok
    at       2026-03-01T00:00:00Z          | CreditStatement
    told
    bill     alice PAID total=0.00
"

/// Where the principal is paid first, charges that are left are no debt that is late: they are due
/// with the next statement.
only_charges_are_left "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes order=cpif late_ppm=500000 | ok
    create   p1 o1 shop 1000.00            | ok
    pay      p1 alice credit:1000.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    bill     alice OVERDUE penalty=50.00 interest=2.00 overdue=1000.00
    repay    alice 1000.00                 | ok
    bill     alice PAID penalty=50.00 interest=2.00
    credit   alice ACTIVE owed=0.00
    at       2026-03-01T00:00:00Z          | CreditStatement
    bill     alice ISSUED total=52.00 min=52.00
    at       2026-03-13T00:00:00Z          | CreditGraceEnd
    events   StatementAssessed
    bill     alice MIN_PAID unpaid=52.00 penalty=50.00 interest=2.00
    credit   alice ACTIVE owed=0.00
    close_line alice                       | DebtOutstanding
    at       2026-04-01T00:00:00Z          | CreditStatement
    bill     alice ISSUED total=52.00 min=52.00
    repay    alice 52.00                   | ok
    bill     alice PAID unpaid=0.00
    close_line alice                       | ok
"

/// What is left revolves into the next statement: overdue and charges whole, of the rest a part.
one_statement_goes_into_the_next "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes late_ppm=1000000 late_max=3.00 | ok
    create   p1 o1 shop 400.00             | ok
    pay      p1 alice credit:400.00        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    at       2026-02-05T00:00:00Z          |
    create   p2 o2 shop 600.00             | ok
    pay      p2 alice credit:600.00        | ok
    bill     alice ISSUED total=400.00 unbilled=600.00 billed=400.00
    at       2026-02-13T00:00:00Z          | BatchCut BatchSettle CreditGraceEnd CreditInterest
    // The late fee is bounded; the new purchases bear nothing yet.
    bill     alice OVERDUE penalty=3.00 interest=0.80 overdue=400.00 unbilled=600.00
    repeat   15 at +1d                     | CreditInterest
    at       2026-03-01T00:00:00Z          | CreditStatement CreditInterest
    bill     alice ISSUED total=1006.80 min=466.80 overdue=400.00 billed=600.00 interest=4.00
    // The night's 0.20 came behind the cut: it is not of this statement.
    repay    alice 406.80                  | ok
    events   CreditRepaid CreditLineUnfrozen
    bill     alice ISSUED unpaid=600.00 overdue=0.00 billed=600.00 interest=0.20
    repay    alice 60.00                   | ok
    bill     alice MIN_PAID unpaid=540.00
    at       2026-03-13T00:00:00Z          | CreditGraceEnd CreditInterest
    bill     alice MIN_PAID interest=1.28
    credit   alice ACTIVE owed=540.00
"

/// A refund comes off the purchase's own part of the debt; the last of an overdue debt frees the
/// line, and the surplus goes to the balance.
refunds_into_bills "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    create   p2 o2 shop 50.00              | ok
    pay      p2 alice credit:50.00         | ok
    refund   p1 f1 30.00                   | ok
    events   RefundSucceeded CreditReduced
    bill     alice MIN_PAID unbilled=50.00 billed=70.00 unpaid=70.00
    refund   p2 f1 5.00                    | ok
    events   RefundSucceeded
    bill     alice MIN_PAID unbilled=45.00 billed=70.00
    at       2026-02-13T00:00:00Z          | BatchCut BatchSettle CreditGraceEnd CreditInterest
    bill     alice MIN_PAID interest=0.14
    repeat   15 at +1d                     | CreditInterest
    at       2026-03-01T00:00:00Z          | CreditStatement CreditInterest
    at       2026-03-13T00:00:00Z          | CreditInterest CreditInterest CreditInterest \
                                             CreditInterest CreditInterest CreditInterest \
                                             CreditInterest CreditInterest CreditInterest \
                                             CreditInterest CreditInterest CreditGraceEnd \
                                             CreditInterest
    credit   alice FROZEN owed=115.00
    bill     alice OVERDUE overdue=115.00
    // Of p2 45.00 can be refunded, of p1 70.00: together all that is overdue.
    refund   p1 f2 70.00                   | ok
    bill     alice OVERDUE overdue=45.00
    refund   p2 f2 34.99                   | ok
    credit   alice FROZEN owed=10.01
    refund   p2 f3 0.01                    | ok
    events   RefundSucceeded CreditReduced LatenessEnded CreditLineUnfrozen
    credit   alice ACTIVE owed=10.00
    refund   p2 f4 10.00                   | ok
    events   RefundSucceeded CreditReduced
    credit   alice ACTIVE owed=0.00
    balance  user_available alice 0.00
    close_line alice                       | DebtOutstanding
"

/// A dispute that the payer wins pays the bill, and what is no longer owed goes to the balance.
a_dispute_pays_the_bill "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    repay    alice 20.00                   | ok
    dispute  d1 p1 100.00 +10d          | ok
    judge    d1 customer                   | ok
    events   DisputeJudged CreditReduced
    bill     alice PAID unpaid=0.00
    balance  user_available alice 100.00
    at       2026-02-28T00:00:00Z          |
"

/// Grace must be over before the next statement is cut, in every month, and orders be whole.
days_and_orders_of_bills "
    user     alice 2 CNY                   | ok
    line     alice 10.00 billed=yes cut=20 due=20 | RateOutOfRange
    line     alice 10.00 billed=yes cut=20 due=16 | RateOutOfRange
    line     alice 10.00 billed=yes cut=4 due=28 | RateOutOfRange
    line     alice 10.00 billed=yes order=piff | RateOutOfRange
    line     alice 10.00 billed=yes late_order=cccc | RateOutOfRange
    line     alice 10.00 billed=yes cut=20 due=15 | ok
    bill     alice OPEN next=1970-01-20
    at       1970-01-20T00:00:00Z          | CreditStatement
    bill     alice PAID total=0.00 due=1970-02-15 next=1970-02-20
    limit    alice 20.00                   | ok
    close_line alice                       | ok
    at       1970-04-20T00:00:00Z          |
    line     alice 10.00 billed=yes        | ok
    bill     alice OPEN next=1970-05-01
    at       1970-05-01T00:00:00Z          | CreditStatement
    freeze   alice for=debt                | ok
    at       1970-06-01T00:00:00Z          | CreditStatement
    close_line alice                       | ok
    line     alice 10.00                   | ok
    at       1970-09-01T00:00:00Z          |
"

/// Business dates follow the calendar.
days_begin_where_the_calendar_says "
    calendar 480
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 10.00 billed=yes        | ok
    at       2026-01-31T15:59:59.999Z      |
    at       2026-01-31T16:00:00Z          | CreditStatement
    bill     alice PAID cut=2026-02-01 due=2026-02-09 next=2026-03-01
"
}
