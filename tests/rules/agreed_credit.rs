//! What is agreed with a line of credit: since when nights bear interest, and what is paid first of
//! an old debt (DOMAIN §1.4, §10).

tables! {
/// As example 16, but where that was agreed what was paid on the due date bears interest from the
/// statement on: eight nights of 1400.00, twenty of 1260.00. It bears none where grace is met.
interest_runs_from_the_statement_day "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 3000.00 r1              | ok
    top_up   bob 3000.00 r2                | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes interest_from=statement | ok
    line     bob 2000.00 billed=yes interest_from=statement   | ok
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    create   p2 o2 shop 1400.00            | ok
    pay      p2 bob credit:1400.00         | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement CreditStatement
    at       2026-02-09T20:00:00Z          |
    repay    alice 140.00                  | ok
    bill     alice MIN_PAID unpaid=1260.00 interest=0.00
    at       2026-02-12T20:00:00Z          |
    repay    bob 1390.00                   | ok
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditGraceEnd CreditInterest
    bill     alice MIN_PAID interest=8.12 penalty=0.00
    bill     bob PAID interest=0.00
    repeat   15 at +1d                     | CreditInterest
    at       2026-03-01T00:00:00Z          | CreditStatement CreditStatement CreditInterest
    bill     alice ISSUED total=1277.57 interest=18.20
    bill     bob ISSUED total=10.00 interest=0.00
"

/// DOMAIN §7, example 19: at 91 days the principal is paid first, a day before that the charges.
example_19_the_principal_is_paid_first_at_91_days "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 3000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=100 late_ppm=0 late_from=91 | ok
    create   p1 o1 shop 1000.00            | ok
    pay      p1 alice credit:1000.00       | ok
    pass     2026-05-10T00:00:00Z          |
    repay    alice 5.00                    | ok
    bill     alice ISSUED interest=4.00 overdue=1000.00
    pass     2026-05-11T00:00:00Z          |
    repay    alice 50.00                   | ok
    bill     alice ISSUED interest=4.10 overdue=950.00
"

/// The days of a line begin when that was agreed, and so do those of its loans: what alice buys at
/// half past midnight is of the day before, and stands in the statement that is cut at half past
/// one; until then, thirteen days later, grace is not over. Bob's days are the chain's.
a_line_has_days_of_its_own "
    at       2026-01-31T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 3000.00 r1              | ok
    top_up   bob 3000.00 r2                | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_begins=90 | ok
    line     bob 2000.00 billed=yes        | ok
    at       2026-02-01T00:30:00Z          | CreditStatement
    create   p1 o1 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    create   p2 o2 shop 1400.00            | ok
    pay      p2 bob credit:1400.00         | ok
    at       2026-02-01T01:29:59Z          |
    at       2026-02-01T01:30:00Z          | CreditStatement
    bill     alice ISSUED total=1400.00
    bill     bob PAID total=0.00
    pass     2026-02-13T00:30:00Z          |
    draw     alice l1 300.00 3             | ok
    loan     l1 ACTIVE next=2026-03-14
    draw     bob l2 300.00 3               | ok
    loan     l2 ACTIVE next=2026-03-15
    pass     2026-02-13T01:29:59Z          |
    bill     alice ISSUED total=1400.00
    repay    alice 140.00                  | ok
    at       2026-02-13T01:30:00Z          | CreditGraceEnd CreditInterest
    bill     alice MIN_PAID unpaid=1260.00
    at       2026-02-14T00:00:00Z          |
    at       2026-02-14T01:30:00Z          | CreditInterest
    pass     2026-03-14T01:29:59Z          |
    loan     l1 ACTIVE due=0.00
    at       2026-03-14T01:30:00Z          | LoanTerm CreditInterest
    loan     l1 ACTIVE due=100.00
"
}
