//! Fees and penalties of cash loans (DOMAIN §4.5): put, paid, given up, late, lost.

tables! {
/// LF→I2 and LP→I4. A penalty that is due is paid first, then what is not due; nothing of it uses
/// the limit.
a_fee_and_a_penalty "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 300.00 3 ppm=0       | ok
    charge_loan alice l1 c1 fee 5.00 due=2026-02-01 | ok
    events   AccountOpened AccountOpened LoanCharged
    told     LoanCharged
    balance  loan_fee l1 5.00
    balance  instalment_fee - 5.00
    charge_loan alice l1 c2 penalty 2.00   | ok
    balance  loan_penalty l1 2.00
    balance  penalty_income - 2.00
    loan     l1 ACTIVE owed=300.00 due=0.00 fee=5.00 penalty=2.00 unpaid=2.00
    credit   alice ACTIVE owed=0.00 left=1700.00
    repay    alice 307.01 to=l1            | Overpayment
    repay    alice 6.00 to=l1              | ok
    events   LoanRepaid
    loan     l1 ACTIVE owed=300.00 fee=1.00 penalty=0.00 unpaid=0.00
    waive_charge alice l1 c1               | ok
    events   LoanChargeWaived
    told     LoanChargeWaived
    balance  loan_fee l1 0.00
    balance  instalment_fee - 4.00
    waive_charge alice l1 c1               | InvalidState
    waive_charge alice l1 c2               | InvalidState
    repay    alice 300.01 to=l1            | Overpayment
    repay    alice 300.00 to=l1            | ok
    told     LoanEnded
    loan     l1 REPAID owed=0.00 fee=0.00 penalty=0.00
    charge_loan alice l1 c3 fee 1.00       | InvalidState
    waive_charge alice l1 c1               | InvalidState
"

/// As Apache Fineract pays in advance: principal first, until the penalty is due.
by_the_orders_that_were_agreed "
    at       2026-01-01T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 60.00 r1                | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1000.00 1 ppm=0 months=1 order=PFIC ahead=CPFI | ok
    pass     2026-01-10T09:00:00Z          |
    repay    alice 500.00 to=l1            | ok
    pass     2026-01-15T09:00:00Z          |
    charge_loan alice l1 c1 penalty 50.00 due=2026-01-20 | ok
    pass     2026-01-17T09:00:00Z          |
    repay    alice 450.00 to=l1            | ok
    loan     l1 ACTIVE owed=50.00 penalty=50.00
    pass     2026-01-21T09:00:00Z          |
    repay    alice 50.00 to=l1             | ok
    loan     l1 ACTIVE owed=50.00 penalty=0.00
    repay    alice 50.00 to=l1             | ok
    loan     l1 REPAID
"

/// Interest that is due stands between them, and that to the day waits behind the principal.
interest_has_its_place "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1000.00 2 ppm=1000 order=CFPI ahead=CPFI | ok
    charge_loan alice l1 c1 fee 3.00 due=2026-02-09 | ok
    pass     2026-02-09T09:00:00Z          |
    loan     l1 ACTIVE owed=1000.00 due=500.00 interest=30.00 fee=3.00 unpaid=533.00
    repay    alice 504.00 to=l1            | ok
    loan     l1 ACTIVE owed=500.00 due=0.00 interest=29.00 fee=0.00 unpaid=29.00
    pass     2026-02-19T09:00:00Z          |
    // What is due, and of what is not the principal: ten nights of 0.50 stay.
    repay    alice 129.00 to=l1            | ok
    loan     l1 ACTIVE owed=400.00 interest=5.00 unpaid=0.00
"

/// Of a kind, the one that fell due first is paid first, whichever was put first.
the_oldest_is_paid_first "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 300.00 3 ppm=0       | ok
    charge_loan alice l1 c1 fee 5.00 due=2026-03-01 | ok
    charge_loan alice l1 c2 fee 5.00 due=2026-02-01 | ok
    charge_loan alice l1 c3 fee 5.00 due=2026-02-01 | ok
    repay    alice 11.00 to=l1             | ok
    loan     l1 ACTIVE owed=300.00 fee=4.00
    waive_charge alice l1 c2               | InvalidState
    waive_charge alice l1 c3               | InvalidState
    waive_charge alice l1 c1               | ok
    loan     l1 ACTIVE owed=300.00 fee=0.00
"

/// A charge is late with the first term that falls due behind it, and frees the line when it is
/// given up. One that falls due a day after the term is not late with it.
late_with_a_term "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 100.00 2 ppm=0 order=CIFP | ok
    charge_loan alice l1 c1 penalty 10.01 due=2026-02-01 | ok
    charge_loan alice l1 c2 fee 20.00 due=2026-02-10 | ok
    pass     2026-02-09T09:00:00Z          |
    loan     l1 ACTIVE due=50.00 unpaid=60.01
    repay    alice 50.00 to=l1             | ok
    loan     l1 ACTIVE due=0.00 unpaid=10.01
    pass     2026-02-12T23:59:59.999Z      |
    credit   alice ACTIVE
    at       2026-02-13T00:00:00Z          | LoanGraceEnd
    events   LoanOverdue CreditLineFrozen
    loan     l1 ACTIVE unpaid=10.01 late=2026-02-09
    credit   alice FROZEN
    charge_loan alice l1 c3 penalty 1.00   | ok
    waive_charge alice l1 c3               | ok
    events   LoanChargeWaived
    waive_charge alice l1 c1               | ok
    events   LoanChargeWaived CreditLineUnfrozen
    credit   alice ACTIVE
    pass     2026-03-11T00:00:00Z          |
    loan     l1 ACTIVE due=50.00 unpaid=70.00
"

/// What is put on the day of drawing, and is due then, is late like what is due at once.
late_without_a_term "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 100.00 2 ppm=0       | ok
    charge_loan alice l1 c1 fee 10.01      | ok
    at       2026-01-13T23:59:59.999Z      |
    at       2026-01-14T00:00:00Z          | LoanGraceEnd
    loan     l1 ACTIVE unpaid=10.01 late=2026-01-10
    repay    alice 10.01 to=l1             | ok
    events   LoanRepaid CreditLineUnfrozen
"

/// Lost with the line, and recovered; what was earned of it stays earned.
lost_with_the_line "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 20.00 r1                | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 100.00 1 ppm=0       | ok
    charge_loan alice l1 c1 fee 5.00       | ok
    charge_loan alice l1 c2 penalty 1.00 due=2027-01-10 | ok
    repay    alice 2.00 to=l1              | ok
    pass     2026-08-08T00:00:00Z          |
    loan     l1 ACTIVE owed=100.00 fee=3.00 penalty=1.00 unpaid=103.00 late=2026-02-09
    write_off alice                        | ok
    events   AccountOpened AccountOpened CreditWrittenOff LoanWrittenOff
    balance  credit_loss - 104.00
    balance  loan_fee l1 0.00
    balance  loan_penalty l1 0.00
    balance  instalment_fee - 5.00
    waive_charge alice l1 c2               | InvalidState
    recover  alice 104.01                  | Overpayment
    recover  alice 104.00                  | ok
"

refused "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l0 10.00 1 order=PPFC   | LoanTermsInvalid
    draw     alice l0 10.00 1 ahead=IIII   | LoanTermsInvalid
    draw     alice l1 100.00 1             | ok
    charge_loan carol l1 c1 fee 1.00       | UnknownAccount
    charge_loan bob l1 c1 fee 1.00         | UnknownAccount
    charge_loan alice l2 c1 fee 1.00       | UnknownAccount
    charge_loan alice l1 c1 fee USD1.00    | CurrencyMismatch
    charge_loan alice l1 c1 fee 0.00       | AmountOutOfRange
    charge_loan alice l1 c1 fee 1.00 due=2026-01-09 | LoanChargeDateInvalid
    charge_loan alice l1 c1 fee 1.00 due=2036-01-12 | LoanChargeDateInvalid
    charge_loan alice l1 c1 fee 1.00 due=2036-01-11 | ok
    charge_loan alice l1 c1 penalty 1.00   | Duplicate
    waive_charge bob l1 c1                 | UnknownAccount
    waive_charge alice l2 c1               | UnknownAccount
    waive_charge alice l1 c2               | UnknownAccount
    charge_loan alice l1 c2 fee 9999999999999999.00 | ok
    charge_loan alice l1 c3 fee 0.01       | AmountOutOfRange
    waive_charge alice l1 c2               | ok
    charge_loan alice l1 c2 fee 0.01       | Duplicate
    repeat 238 charge_loan alice l1 q$ fee 0.01 | ok
    charge_loan alice l1 c3 fee 0.01       | LoanChargeCountExceeded
"

/// A repayment goes back to the balance, and is owed and due again. What went back between terms is
/// late with the next one.
a_chargeback "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    line     alice 300.00 billed=yes       | ok
    draw     alice l1 300.00 3 ppm=1000 next=yes | ok
    pass     2026-02-09T09:00:00Z          |
    repay    alice 109.00 to=l1            | ok
    loan     l1 ACTIVE owed=200.00 due=0.00 interest=0.00
    pass     2026-02-19T09:00:00Z          |
    charge_back alice l1 b1 100.01         | ChargebackExceedsRepaid
    // Ten nights of 0.20; the terms stay as they are.
    charge_back alice l1 b1 40.00          | ok
    events   RepaymentReturned
    told     RepaymentReturned
    balance  user_available alice 331.00
    balance  cash_loan l1 240.00
    loan     l1 ACTIVE owed=240.00 due=40.00 interest=2.00 unpaid=0.00 next=2026-03-11
    credit   alice ACTIVE left=60.00
    charge_back alice l1 b1 1.00           | Duplicate
    repay    alice 10.00 to=l1             | ok
    loan     l1 ACTIVE owed=230.00 due=30.00 interest=2.00 unpaid=0.00
    pass     2026-03-11T09:00:00Z          |
    // Twenty nights of 0.23 beside.
    loan     l1 ACTIVE owed=230.00 due=130.00 interest=6.60 unpaid=136.60
    pass     2026-03-15T09:00:00Z          |
    loan     l1 ACTIVE late=2026-03-11
    charge_back alice l1 b2 70.01          | ChargebackExceedsRepaid
    charge_back alice l1 b2 70.00          | ok
    credit   alice FROZEN
    loan     l1 ACTIVE owed=300.00 due=200.00
"

/// A loan that was paid back goes on; the terms that passed meanwhile had nothing in them.
a_chargeback_of_a_loan_that_is_paid "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 300.00 billed=yes       | ok
    draw     alice l1 90.00 3 ppm=1000     | ok
    draw     alice l2 10.00 1 ppm=0        | ok
    repay    alice 90.00 to=l1             | ok
    told     LoanEnded
    loan     l1 REPAID
    pass     2026-06-01T09:00:00Z          |
    charge_back alice l1 b1 60.00          | ok
    told     RepaymentReturned
    loan     l1 ACTIVE owed=60.00 due=60.00 interest=0.00 unpaid=0.00 next=2026-06-09
    close_line alice                       | DebtOutstanding
    pass     2026-06-09T00:00:00Z          |
    loan     l1 ACTIVE owed=60.00 due=60.00 interest=0.48 unpaid=60.48 next=2026-07-09
    repay    alice 60.48 to=l1             | ok
    told     LoanEnded
"

chargebacks_refused "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    line     alice 100.00 billed=yes       | ok
    draw     alice l1 100.00 1 ppm=0       | ok
    charge_back bob l1 b1 1.00             | UnknownAccount
    charge_back alice l2 b1 1.00           | UnknownAccount
    charge_back alice l1 b1 USD1.00        | CurrencyMismatch
    charge_back alice l1 b1 0.00           | AmountOutOfRange
    charge_back alice l1 b1 0.01           | ChargebackExceedsRepaid
    repay    alice 100.00 to=l1            | ok
    draw     alice l2 50.00 1 ppm=0        | ok
    charge_back alice l1 b1 50.01          | CreditLimitExceeded
    repeat 8 draw alice m$ 1.00 1 ppm=0 ; repay alice 1.00 to=m$ | ok
    repeat 7 draw alice n$ 1.00 1 ppm=0    | ok
    charge_back alice l1 b1 1.00           | LoanCountExceeded
    repay    alice 1.00 to=n1              | ok
    repeat 60 charge_back alice l1 k$ 0.01 | ok
    charge_back alice l1 b1 0.01           | ChargebackCountExceeded
"

/// As Apache Fineract shares a second payout: a quarter due at once, the rest over the terms to
/// come, on top of what of them is not paid ahead.
more_is_drawn "
    at       2026-05-01T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1000.00 4 ppm=0 days=15 unit=0.01 next=yes at_once=250.00 | ok
    pass     2026-05-06T09:00:00Z          |
    repay    alice 650.00 to=l1            | ok
    pass     2026-05-25T09:00:00Z          |
    loan     l1 ACTIVE owed=350.00 due=0.00 next=2026-05-31
    draw_more alice l1 250.00 at_once=62.50 | ok
    events   LoanDrawnMore
    told     LoanDrawnMore
    balance  cash_loan l1 600.00
    credit   alice ACTIVE left=1400.00
    loan     l1 ACTIVE owed=600.00 due=62.50 unpaid=0.00
    pass     2026-05-31T09:00:00Z          |
    loan     l1 ACTIVE owed=600.00 due=125.00 unpaid=125.00
    pass     2026-06-02T09:00:00Z          |
    draw_more alice l1 250.00 at_once=62.50 | ok
    loan     l1 ACTIVE owed=850.00 due=187.50 unpaid=125.00
    repay    alice 193.50 to=l1            | ok
    pass     2026-06-15T09:00:00Z          |
    loan     l1 ACTIVE owed=656.50 due=312.75
    pass     2026-06-30T09:00:00Z          |
    loan     l1 ACTIVE owed=656.50 due=656.50
"

/// What was paid ahead comes off the last terms, which take their share of more all the same.
more_is_drawn_where_the_last_are_paid "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 300.00 3 ppm=1000    | ok
    repay    alice 150.00 to=l1            | ok
    pass     2026-01-20T09:00:00Z          |
    // Ten nights of 0.15, charged to the day.
    draw_more alice l1 30.00               | ok
    loan     l1 ACTIVE owed=180.00 due=0.00 interest=1.50 unpaid=0.00
    pass     2026-02-09T09:00:00Z          |
    loan     l1 ACTIVE owed=180.00 due=110.00 interest=5.10
    repay    alice 115.10 to=l1            | ok
    pass     2026-03-11T09:00:00Z          |
    loan     l1 ACTIVE owed=70.00 due=60.00
    repay    alice 62.10 to=l1             | ok
    pass     2026-04-10T09:00:00Z          |
    loan     l1 ACTIVE owed=10.00 due=10.00
"

more_refused "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    line     alice 100.00 billed=yes       | ok
    line     bob 100.00 billed=yes         | ok
    draw     alice l1 50.00 2 ppm=0        | ok
    draw_more bob l1 1.00                  | UnknownAccount
    draw_more alice l2 1.00                | UnknownAccount
    draw_more alice l1 USD1.00             | CurrencyMismatch
    draw_more alice l1 0.00                | AmountOutOfRange
    draw_more alice l1 0.01                | LoanTermsInvalid
    draw_more alice l1 1.00 at_once=0.99   | LoanTermsInvalid
    draw_more alice l1 1.00 at_once=1.01   | LoanTermsInvalid
    draw_more alice l1 50.01               | CreditLimitExceeded
    freeze   alice                         | ok
    draw_more alice l1 1.00                | CreditLineFrozen
    thaw     alice                         | ok
    draw_more alice l1 1.00                | ok
    repay    alice 51.00 to=l1             | ok
    draw_more alice l1 1.00                | InvalidState
    draw     alice l3 5.00 1 ppm=0         | ok
    pass     2026-02-09T00:00:00Z          |
    draw_more alice l3 1.00                | InvalidState
"
}
