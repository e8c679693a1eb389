//! Dues of lines of credit and of loans that the clock debits (DOMAIN §4.7).

tables! {
/// On the due date, as far as the balance goes, and every day after it until it is paid.
a_statement_is_debited "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes debited=yes | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    at       2026-02-08T23:59:59.999Z      | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=1400.00 unpaid=1400.00
    at       2026-02-09T00:00:00Z          | CreditDebit
    events   BillDebited CreditRepaid
    told     CreditDebited
    bill     alice MIN_PAID unpaid=400.00
    balance  user_available alice 0.00
    at       2026-02-10T00:00:00Z          | CreditDebit
    events   BillDebited
    told     CreditDebited
    top_up   alice 150.00 r2               | ok
    restrict user:alice debit              | ok
    at       2026-02-11T00:00:00Z          | CreditDebit
    events   BillDebited
    lift     user:alice debit              | ok
    at       2026-02-12T00:00:00Z          | CreditDebit
    events   BillDebited CreditRepaid
    bill     alice MIN_PAID unpaid=250.00
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest CreditDebit
    top_up   alice 500.00 r3               | ok
    at       2026-02-14T00:00:00Z          | CreditInterest CreditDebit
    events   InterestAccrued BillDebited CreditRepaid
"

/// A line that is frozen for a debt is free when the clock has paid it. What that cost is billed by
/// the next statement.
what_is_overdue_is_debited_until_it_is_paid "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes debited=yes | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    at       2026-02-12T23:59:59.999Z      | BatchCut BatchSettle CreditStatement CreditDebit \
                                             CreditDebit CreditDebit CreditDebit
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest CreditDebit
    bill     alice OVERDUE overdue=1400.00 penalty=7.00 interest=2.80
    credit   alice FROZEN owed=1400.00
    top_up   alice 1500.00 r1              | ok
    at       2026-02-14T00:00:00Z          | CreditInterest CreditDebit
    events   InterestAccrued BillDebited CreditRepaid CreditLineUnfrozen
    bill     alice PAID overdue=0.00 penalty=7.00 interest=3.50
    credit   alice ACTIVE owed=0.00
    balance  user_available alice 100.00
    at       2026-02-15T00:00:00Z          |
"

/// A new statement is debited on its own due date; what was overdue before it, in between as well.
what_was_overdue_is_debited_before_the_next_due_date "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 140.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 late_ppm=0 | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    pass     2026-02-20T09:00:00Z          |
    bill     alice OVERDUE overdue=1400.00
    thaw     alice                         | ok
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice credit:100.00        | ok
    pass     2026-03-01T12:00:00Z          |
    bill     alice ISSUED total=1500.00 overdue=1400.00 billed=100.00 due=2026-03-09
    auto_debit alice on                    | ok
    at       2026-03-02T00:00:00Z          | CreditDebit
    bill     alice ISSUED overdue=1260.00 billed=100.00
    top_up   alice 2000.00 r2              | ok
    at       2026-03-03T00:00:00Z          | CreditDebit
    bill     alice ISSUED overdue=0.00 billed=100.00
    at       2026-03-08T23:59:59.999Z      |
    at       2026-03-09T00:00:00Z          | CreditDebit
    bill     alice PAID unpaid=0.00
    balance  user_available alice 640.00
"

/// With each term, and every day while something of it is due. What is agreed today is debited from
/// tomorrow on.
a_loan_is_debited "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 1200.00 3 debited=yes | ok
    at       2026-02-09T00:00:00Z          | CreditStatement LoanTerm LoanDebit
    loan     l1 ACTIVE owed=800.00 due=0.00 interest=0.00
    balance  user_available alice 782.00
    payout   w1 user:alice 582.00          | ok
    at       2026-03-11T00:00:00Z          | CreditStatement LoanTerm LoanDebit
    loan     l1 ACTIVE owed=612.00 due=212.00 interest=0.00
    balance  user_available alice 0.00
    at       2026-03-12T00:00:00Z          | LoanDebit
    events   LoanDebited
    told     CreditDebited
    auto_debit alice off loan=l1           | ok
    events   AutoDebitSet
    told
    top_up   alice 600.00 r1               | ok
    at       2026-03-13T00:00:00Z          |
    auto_debit alice on loan=l1            | ok
    at       2026-03-14T00:00:00Z          | LoanDebit
    events   LoanDebited LoanRepaid
    loan     l1 ACTIVE owed=400.00 due=0.00 interest=0.91
    balance  user_available alice 388.00
    at       2026-04-10T00:00:00Z          | CreditStatement LoanTerm LoanDebit
    loan     l1 ACTIVE due=18.31 interest=0.00
    top_up   alice 50.00 r2                | ok
    at       2026-04-11T00:00:00Z          | LoanDebit
    events   LoanDebited LoanRepaid
    // The interest of the last night is due with the next term.
    loan     l1 ACTIVE owed=0.00 interest=0.01
    at       2026-05-10T00:00:00Z          | CreditStatement LoanTerm LoanDebit
    loan     l1 REPAID owed=0.00
    balance  user_available alice 31.68
"

/// So is what is due when it is drawn, and what is charged between the terms.
what_is_due_between_terms_is_debited "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 100.00 2 at_once=40.00 debited=yes | ok
    at       2026-01-11T00:00:00Z          | LoanDebit
    loan     l1 ACTIVE owed=60.00 due=0.00
    charge_loan alice l1 c1 fee 5.00 due=2026-01-20 | ok
    at       2026-01-20T00:00:00Z          | LoanDebit
    events   LoanDebited LoanRepaid
    balance  user_available alice 55.00
    charge_loan alice l1 c2 fee 5.00       | ok
    at       2026-01-21T00:00:00Z          | LoanDebit
    balance  user_available alice 50.00
"

/// What comes back to the balance, or is lent on top, is not taken from it the same day.
what_begins_to_be_due_is_debited_from_the_next_day_on "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 100.00 2 ppm=0 debited=yes | ok
    repay    alice 30.00 to=l1             | ok
    at       2026-01-20T09:00:00Z          |
    charge_back alice l1 b1 20.00          | ok
    loan     l1 ACTIVE owed=90.00 due=20.00
    balance  user_available alice 90.00
    at       2026-01-20T23:59:59.999Z      |
    at       2026-01-21T00:00:00Z          | LoanDebit
    loan     l1 ACTIVE owed=70.00 due=0.00
    draw_more alice l1 50.00 at_once=5.00  | ok
    at       2026-01-21T23:59:59.999Z      |
    at       2026-01-22T00:00:00Z          | LoanDebit
    loan     l1 ACTIVE owed=115.00 due=0.00
    charge_loan alice l1 c1 fee 5.00       | ok
    at       2026-01-22T23:59:59.999Z      |
    at       2026-01-23T00:00:00Z          | LoanDebit
    balance  user_available alice 110.00
"

/// Between the cut and the due date what is overdue is debited, whatever is charged beside it.
what_is_overdue_is_debited_before_charges_that_are_not_due "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes debited=yes | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    pass     2026-03-01T09:00:00Z          |
    bill     alice ISSUED overdue=1400.00 interest=14.00 penalty=7.00
    top_up   alice 1400.00 r1              | ok
    pass     2026-03-02T00:00:00Z          |
    bill     alice ISSUED overdue=0.00 interest=14.70 penalty=7.00
    credit   alice ACTIVE owed=0.00
"

/// What falls due with a term, and is charged on its day, is tried before that is late.
a_charge_on_a_terms_day_is_debited_the_same_day "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 90.00 3 bullet=yes ppm=0 debited=yes | ok
    pass     2026-02-09T09:00:00Z          |
    loan     l1 ACTIVE owed=90.00 due=0.00
    charge_loan alice l1 c1 fee 5.00       | ok
    at       2026-02-09T09:00:00Z          | LoanDebit
    balance  user_available alice 85.00
"

/// Principal first, after grace, and more was bought since the statement: that waits for the next.
what_is_not_billed_yet_is_not_debited "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes debited=yes order=cpif | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    pass     2026-03-13T09:00:00Z          |
    bill     alice OVERDUE unpaid=1420.30
    thaw     alice                         | ok
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice credit:100.00        | ok
    top_up   alice 2000.00 r1              | ok
    pass     2026-03-14T00:00:00Z          |
    bill     alice PAID unpaid=0.00 overdue=0.00 unbilled=100.00
"

/// What counts as paid is not tried.
what_is_left_within_the_tolerance_is_not_debited "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes debited=yes | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    top_up   alice 95.00 r1                | ok
    at       2026-02-09T00:00:00Z          | BatchCut BatchSettle CreditStatement CreditDebit
    bill     alice MIN_PAID unpaid=5.00
    at       2026-02-10T00:00:00Z          | CreditDebit
    pass     2026-02-13T00:00:00Z          |
    bill     alice PAID unpaid=5.00
    top_up   alice 95.00 r2                | ok
    at       2026-02-14T00:00:00Z          |
    at       2026-03-01T00:00:00Z          | CreditStatement
    bill     alice ISSUED total=5.00
"

/// Who asks for what is not there, or is so already.
auto_debit_is_set_once "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    auto_debit nobody on                   | UnknownAccount
    auto_debit alice on                    | UnknownAccount
    line     alice 100.00                  | ok
    auto_debit alice on                    | LineNotBilled
    close_line alice                       | ok
    auto_debit alice on                    | InvalidState
    line     alice 100.00 billed=yes       | ok
    auto_debit alice off                   | InvalidState
    auto_debit alice on                    | ok
    events   AutoDebitSet
    told
    auto_debit alice on                    | InvalidState
    draw     alice l1 10.00 2              | ok
    auto_debit alice on loan=l9            | UnknownAccount
    auto_debit bob on loan=l1              | UnknownAccount
    auto_debit alice off loan=l1           | InvalidState
    auto_debit alice on loan=l1            | ok
    repay    alice 10.00 to=l1             | ok
    auto_debit alice off loan=l1           | InvalidState
"
}
