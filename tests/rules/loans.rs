//! Cash loans (DOMAIN §1.4, §4.5, §4.7, §5), and plans that are paid ahead by name.

tables! {
/// DOMAIN §7, example 20: equal principal, 18.00, 12.00 and 6.00 of interest.
example_20 "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1200.00 3            | ok
    events   AccountOpened LoanDrawn
    told     LoanDrawn
    balance  cash_loan l1 1200.00
    balance  user_available alice 1200.00
    credit   alice ACTIVE owed=0.00 left=800.00
    loan     l1 ACTIVE owed=1200.00 due=0.00 interest=0.00 next=2026-02-09
    at       2026-02-08T23:59:59.999Z      | CreditStatement
    at       2026-02-09T00:00:00Z          | LoanTerm
    told     LoanTermDue
    loan     l1 ACTIVE owed=1200.00 due=400.00 interest=18.00 next=2026-03-11
    // A statement and a repayment without a name know nothing of it.
    repay    alice 418.00                  | Overpayment
    repay    alice 418.00 to=l1            | ok
    events   LoanRepaid
    told
    loan     l1 ACTIVE owed=800.00 due=0.00 interest=0.00
    credit   alice ACTIVE left=1200.00
    at       2026-03-11T00:00:00Z          | CreditStatement LoanTerm
    bill     alice PAID total=0.00
    loan     l1 ACTIVE owed=800.00 due=400.00 interest=12.00
    repay    alice 412.00 to=l1            | ok
    at       2026-04-10T00:00:00Z          | CreditStatement LoanTerm
    loan     l1 ACTIVE owed=400.00 due=400.00 interest=6.00 next=2026-05-10
    top_up   alice 36.00 r1                | ok
    close_line alice                       | DebtOutstanding
    repay    alice 406.01 to=l1            | Overpayment
    repay    alice 406.00 to=l1            | ok
    told     LoanEnded
    loan     l1 REPAID owed=0.00 interest=0.00
    balance  interest_income - 36.00
    repay    alice 0.01 to=l1              | InvalidState
    close_line alice                       | ok
    at       2026-07-01T00:00:00Z          |
"

/// The same loan, paid back at its end.
bullet "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1200.00 3 bullet=yes | ok
    pass     2026-02-09T00:00:00Z          |
    loan     l1 ACTIVE owed=1200.00 due=0.00 interest=18.00
    repay    alice 18.00 to=l1             | ok
    pass     2026-03-11T00:00:00Z          |
    loan     l1 ACTIVE owed=1200.00 due=0.00 interest=18.00
    repay    alice 18.00 to=l1             | ok
    pass     2026-04-10T00:00:00Z          |
    loan     l1 ACTIVE owed=1200.00 due=1200.00 interest=18.00
"

/// Interest is charged to the day when principal is paid ahead, which comes off the last terms.
paid_ahead "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1000.00 3 ppm=1000   | ok
    at       2026-01-20T12:00:00Z          |
    // Ten nights of 1.00; a payment that does not cover them pays no principal.
    repay    alice 4.00 to=l1              | ok
    loan     l1 ACTIVE owed=1000.00 due=0.00 interest=6.00 unpaid=0.00
    repay    alice 106.00 to=l1            | ok
    loan     l1 ACTIVE owed=900.00 due=0.00 interest=0.00
    // Twenty nights of 0.90; of three terms of 333.34, 333.33 and 333.33 the last is 233.33.
    pass     2026-02-09T00:00:00Z          |
    loan     l1 ACTIVE owed=900.00 due=333.34 interest=18.00 unpaid=351.34
    repay    alice 351.34 to=l1            | ok
    pass     2026-03-11T00:00:00Z          |
    loan     l1 ACTIVE owed=566.66 due=333.33 interest=16.99
    repay    alice 350.32 to=l1            | ok
    at       2026-03-16T00:00:00Z          |
    // All of it, with five nights of 0.23333 and what the carry has left.
    repay    alice 234.51 to=l1            | Overpayment
    repay    alice 234.50 to=l1            | ok
    told     LoanEnded
    loan     l1 REPAID owed=0.00
    balance  interest_income - 46.16
"

/// A term that is not paid by the end of grace is late; it goes on to bear, behind the last term
/// too. The line is frozen until nothing is late.
late "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1000.00 2 ppm=1000   | ok
    at       2026-02-12T23:59:59.999Z      | CreditStatement LoanTerm
    // All but the tolerance of 10.00 is no lateness, a fen less is.
    repay    alice 519.99 to=l1            | ok
    at       2026-02-13T00:00:00Z          | LoanGraceEnd
    events   LoanOverdue CreditLineFrozen
    told     LoanOverdue
    loan     l1 ACTIVE late=2026-02-09 unpaid=10.01 interest=3.00 due=10.01
    credit   alice FROZEN left=0.00
    draw     alice l2 1.00 1               | CreditLineFrozen
    // The rest of the term and the next: 3.00 of February, and 27 nights of 0.51.
    pass     2026-03-11T00:00:00Z          |
    loan     l1 ACTIVE late=2026-02-09 owed=510.01 due=510.01 interest=16.77
    pass     2026-03-20T00:00:00Z          |
    pass     2026-04-10T00:00:00Z          |
    // Thirty nights more.
    loan     l1 ACTIVE owed=510.01 due=510.01 interest=32.07
    repay    alice 532.07 to=l1            | ok
    credit   alice FROZEN left=0.00
    repay    alice 0.01 to=l1              | ok
    events   LoanRepaid LatenessEnded CreditLineUnfrozen
    loan     l1 ACTIVE owed=10.00 unpaid=10.00
    credit   alice ACTIVE left=1990.00
    repay    alice 10.00 to=l1             | ok
    events   LoanRepaid
    credit   alice ACTIVE left=2000.00
    loan     l1 REPAID owed=0.00
"

/// What is within the tolerance is not late, and is due with the next term.
within_the_tolerance "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1000.00 2 ppm=0      | ok
    at       2026-02-12T23:59:59.999Z      | CreditStatement LoanTerm
    repay    alice 490.00 to=l1            | ok
    at       2026-03-10T00:00:00Z          | CreditStatement
    loan     l1 ACTIVE unpaid=10.00 owed=510.00
    credit   alice ACTIVE left=1490.00
    at       2026-03-15T00:00:00Z          | LoanTerm LoanGraceEnd
    loan     l1 ACTIVE unpaid=510.00 late=2026-03-11
"

/// The line is free when neither its bill nor a loan is late.
late_on_both_sides "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 late_ppm=0 | ok
    draw     alice l1 200.00 2 ppm=0       | ok
    draw     alice l2 200.00 2 ppm=0       | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    pass     2026-02-13T00:00:00Z          |
    credit   alice FROZEN owed=100.00
    repay    alice 100.00                  | ok
    credit   alice FROZEN owed=0.00
    repay    alice 100.00 to=l1            | ok
    credit   alice FROZEN
    repay    alice 100.00 to=l2            | ok
    credit   alice ACTIVE left=1800.00
    pass     2026-03-15T00:00:00Z          |
    credit   alice FROZEN
    repay    alice 200.00 to=l2            | Overpayment
    repay    alice 100.00 to=l2            | ok
    repay    alice 89.99 to=l1             | ok
    credit   alice FROZEN
    repay    alice 0.01 to=l1              | ok
    events   LoanRepaid LatenessEnded CreditLineUnfrozen
    repay    alice 10.00 to=l1             | ok
    credit   alice ACTIVE left=2000.00
"

/// What is not lent.
refused "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY fee=0                | ok
    draw     carol l1 1.00 1               | UnknownAccount
    draw     alice l1 1.00 1               | UnknownAccount
    line     alice 100.00 billed=yes       | ok
    line     bob 100.00                    | ok
    draw     alice l1 USD1.00 1            | CurrencyMismatch
    draw     alice l1 0.00 1               | AmountOutOfRange
    draw     alice l1 1.00 0               | LoanTermsInvalid
    draw     alice l1 10.00 121            | LoanTermsInvalid
    draw     alice l1 0.02 3               | LoanTermsInvalid
    draw     alice l1 10.00 3 days=0       | LoanTermsInvalid
    draw     alice l1 10.00 3 days=367     | LoanTermsInvalid
    draw     alice l1 10.00 3 days=4       | LoanTermsInvalid
    draw     alice l1 10.00 3 months=0     | LoanTermsInvalid
    draw     alice l1 10.00 3 months=13    | LoanTermsInvalid
    draw     alice l1 10.00 3 at_once=9.98 | LoanTermsInvalid
    draw     alice l1 10.00 3 at_once=10.01 | LoanTermsInvalid
    draw     alice l1 1.00 1 ppm=1000001   | RateOutOfRange
    draw     bob l1 1.00 1                 | LineNotBilled
    draw     alice l1 100.01 1             | CreditLimitExceeded
    restrict user:alice credit             | ok
    draw     alice l1 1.00 1               | AccountRestricted
    lift     user:alice credit             | ok
    limits   user:alice cap=30.00          | ok
    draw     alice l1 30.01 1              | BalanceCapExceeded
    draw     alice l1 30.00 1              | ok
    draw     alice l1 1.00 1               | Duplicate
    limits   user:alice cap=100.00         | ok
    draw     alice l2 70.01 1              | CreditLimitExceeded
    create   p1 o1 shop 71.00              | ok
    pay      p1 alice credit:70.01 balance:0.99 | CreditLimitExceeded
    repeat   7 draw alice m$ 1.00 1        | ok
    draw     alice l9 1.00 1               | LoanCountExceeded
    freeze   alice                         | ok
    draw     alice l9 1.00 1               | CreditLineFrozen
    close_line bob                         | ok
    draw     bob l9 1.00 1                 | InvalidState
    repay    bob 1.00 to=l1                | UnknownAccount
    repay    alice 1.00 to=l9              | UnknownAccount
    repay    alice USD1.00 to=l1           | CurrencyMismatch
    repay    alice 0.00 to=l1              | AmountOutOfRange
    repay    alice 30.01 to=l1             | Overpayment
    transfer alice bob 36.00               | ok
    repay    alice 1.01 to=l1              | InsufficientFunds
    restrict user:alice debit              | ok
    repay    alice 1.00 to=l1              | AccountRestricted
"

/// A line is lost with its loans, if a loan is late for half a year too.
lost "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1000.00 2 ppm=1000   | ok
    draw     alice l2 300.00 12 ppm=0      | ok
    pass     2026-08-07T23:59:59.999Z      |
    loan     l1 ACTIVE owed=1000.00 due=1000.00 interest=180.00 late=2026-02-09
    loan     l2 ACTIVE owed=300.00 due=150.00
    write_off alice                        | NotEligible
    pass     2026-08-08T00:00:00Z          |
    // A term falls due on that very day, the seventh: 30.00 more of interest.
    provision 10.00                        | ok
    write_off alice                        | ok
    events   CreditWrittenOff LoanWrittenOff LoanWrittenOff
    told     CreditWrittenOff LoanEnded LoanEnded
    loan     l1 WRITTEN_OFF owed=0.00 interest=0.00
    loan     l2 WRITTEN_OFF owed=0.00 due=0.00
    balance  loss_allowance - 0.00
    balance  credit_loss - 1510.00
    balance  cash_loan l1 0.00
    recover  alice 1300.01                 | InsufficientFunds
    recover  alice 1300.00                 | ok
    recover  alice 210.01                  | Overpayment
    at       2026-12-01T00:00:00Z          |
"

/// A plan is paid ahead in part, off the last terms, or whole.
a_plan_by_name "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    line     bob 2000.00 billed=yes        | ok
    create   p1 o1 shop 300.00             | ok
    pay      p1 alice instalment:pl1:3:30000:300.00 | ok
    plan     pl1 ACTIVE 3*103.00
    repay    bob 1.00 to=pl1               | UnknownAccount
    repay    alice USD1.00 to=pl1          | CurrencyMismatch
    repay    alice 0.00 to=pl1             | AmountOutOfRange
    repay    alice 300.01 to=pl1           | Overpayment
    repay    alice 130.00 to=pl1           | ok
    events   PlanRepaid
    told     PlanRepaid
    plan     pl1 ACTIVE 103.00 73.00
    balance  credit_instalment alice 170.00
    transfer alice bob 300.00              | ok
    repay    alice 70.01 to=pl1            | InsufficientFunds
    restrict user:alice debit              | ok
    repay    alice 70.00 to=pl1            | AccountRestricted
    lift     user:alice debit              | ok
    top_up   alice 100.00 r2               | ok
    repay    alice 170.00 to=pl1           | ok
    events   PlanPrepaid
    told     PlanEnded
    plan     pl1 PREPAID
    repay    alice 0.01 to=pl1             | InvalidState
    // A name is a plan's or a loan's.
    draw     alice pl1 1.00 1              | Duplicate
    draw     alice l1 1.00 1               | ok
    create   p2 o2 shop 3.00               | ok
    pay      p2 alice instalment:l1:3:0:3.00 | Duplicate
"

/// By the month, in parts of whole yuan, with a part due at once: what is paid ahead comes off the
/// next terms. DOMAIN §10 keeps the dates of products parameters.
a_loan_by_the_month "
    at       2026-01-31T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    line     alice 5000.00 billed=yes day_ppm=0 | ok
    draw     alice l1 1000.00 6 ppm=0 months=1 unit=1.00 next=yes at_once=250.00 | ok
    loan     l1 ACTIVE owed=1000.00 due=250.00 next=2026-02-28
    repay    alice 250.00 to=l1            | ok
    loan     l1 ACTIVE owed=750.00 due=0.00
    pass     2026-02-27T23:59:59.999Z      |
    loan     l1 ACTIVE due=0.00
    pass     2026-02-28T00:00:00Z          |
    loan     l1 ACTIVE due=125.00 next=2026-03-31
    // What is due, and 175.00 of the 250.00 to come next.
    repay    alice 300.00 to=l1            | ok
    loan     l1 ACTIVE owed=450.00 due=0.00
    pass     2026-03-31T00:00:00Z          |
    loan     l1 ACTIVE owed=450.00 due=0.00 next=2026-04-30
    pass     2026-04-30T00:00:00Z          |
    loan     l1 ACTIVE owed=450.00 due=75.00 next=2026-05-31
"

/// As Apache Fineract lends 100.00 for six months at 7 % a year: 17.01 a month, a month whatever
/// its days. Repaid in the course of a month, its days bear their part on what was owed.
an_annuity_is_paid_in_equal_sums "
    at       2024-01-01T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 900.00 r1               | ok
    line     alice 5000.00 billed=yes day_ppm=0 | ok
    draw     alice l1 100.00 6 annuity=yes months=1 ppm=0 | LoanTermsInvalid
    draw     alice l1 100.00 6 annuity=yes months=1 year=12000001 | RateOutOfRange
    draw     alice l1 100.00 6 annuity=yes months=1 year=70000 terms_a_year=4 | LoanTermsInvalid
    draw     alice l1 100.00 6 annuity=yes days=30 year=70000 terms_a_year=13 | LoanTermsInvalid
    draw     alice l1 100.00 6 annuity=yes months=1 year=70000 unit=1.00 | LoanTermsInvalid
    draw     alice l1 9.00 120 annuity=yes months=1 year=12000000 | LoanTermsInvalid
    draw     alice l1 100.00 6 annuity=yes months=1 year=70000 | ok
    at       2024-02-01T00:00:00Z          | CreditStatement LoanTerm
    loan     l1 ACTIVE owed=100.00 due=16.43 interest=0.58
    repay    alice 17.01 to=l1             | ok
    at       2024-03-01T00:00:00Z          | CreditStatement LoanTerm
    loan     l1 ACTIVE owed=83.57 due=16.52 interest=0.49
    repay    alice 17.01 to=l1             | ok
    // 15 of 31 days on 67.05, 0.189, and 16 on 47.24, 0.142, make 0.33.
    at       2024-03-16T09:00:00Z          |
    repay    alice 20.00 to=l1             | ok
    loan     l1 ACTIVE owed=47.23 due=0.00 interest=0.00
    at       2024-04-01T00:00:00Z          | CreditStatement LoanTerm
    loan     l1 ACTIVE due=16.62 interest=0.15
"

/// As Apache Fineract cuts 400.00 in six: five parts of 67.00, and the rest.
parts_are_multiples_of_a_unit "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 5000.00 billed=yes day_ppm=0 | ok
    draw     alice l1 400.00 6 ppm=0 days=15 unit=1.00 | ok
    pass     2026-01-25T00:00:00Z          |
    loan     l1 ACTIVE owed=400.00 due=67.00 next=2026-02-09 unpaid=67.00
    pass     2026-03-26T00:00:00Z          |
    loan     l1 ACTIVE owed=400.00 due=335.00
    pass     2026-04-10T00:00:00Z          |
    loan     l1 ACTIVE owed=400.00 due=400.00
    // The unit is rounded half to even: 12.50 is 12.00, and the rest is 15.00.
    thaw     alice                         | ok
    draw     alice l2 75.00 6 ppm=0 days=15 unit=1.00 | ok
    draw     alice l3 75.00 6 ppm=0 days=15 unit=1.00 tie=up | ok
    pass     2026-04-25T00:00:00Z          |
    loan     l2 ACTIVE due=12.00
    loan     l3 ACTIVE due=13.00
    pass     2026-07-09T00:00:00Z          |
    loan     l2 ACTIVE due=75.00
"

/// What is due at once is late like a term, and frees the line when it is paid.
what_is_due_at_once_is_late_too "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 5000.00 billed=yes day_ppm=0 | ok
    draw     alice l1 100.00 3 ppm=0 at_once=40.00 | ok
    repay    alice 29.99 to=l1             | ok
    at       2026-01-13T23:59:59.999Z      |
    credit   alice ACTIVE left=4929.99
    at       2026-01-14T00:00:00Z          | LoanGraceEnd
    loan     l1 ACTIVE unpaid=10.01 late=2026-01-10
    credit   alice FROZEN
    repay    alice 10.01 to=l1             | ok
    credit   alice ACTIVE left=4940.00
    at       2026-02-09T00:00:00Z          | CreditStatement LoanTerm
    loan     l1 ACTIVE due=20.00
"

/// Paid ahead off the last terms, as it was before anybody could choose, and off the next: the
/// whole with the last term is one term.
a_bullet_is_paid_ahead "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 5000.00 billed=yes day_ppm=0 | ok
    draw     alice l1 90.00 3 ppm=0 days=10 bullet=yes next=yes at_once=30.00 | ok
    repay    alice 50.00 to=l1             | ok
    loan     l1 ACTIVE owed=40.00 due=0.00
    pass     2026-01-30T00:00:00Z          |
    loan     l1 ACTIVE due=0.00
    pass     2026-02-09T00:00:00Z          |
    loan     l1 ACTIVE due=40.00
"
}
