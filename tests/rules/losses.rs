//! Credit that is lost: set aside for, written off, recovered (DOMAIN §4.5, §5).

tables! {
/// What is expected to be lost is set aside, by currency.
what_is_set_aside "
    provision 0.00                         | AmountOutOfRange
    provision #1000000000000000001         | AmountOutOfRange
    provision 100.00                       | ok
    events   AccountOpened AccountOpened Provisioned
    told
    provision USD7.00                      | ok
    balance  credit_loss - 100.00
    balance  loss_allowance - 100.00
    balance  loss_allowance - USD7.00
"

/// All that is owed is given up: what is overdue, billed, bought since and ahead of a plan. What
/// was set aside goes first.
a_debt_of_half_a_year "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY fee=0                | ok
    write_off carol                        | UnknownAccount
    write_off alice                        | UnknownAccount
    line     alice 2000.00 billed=yes day_ppm=0 late_ppm=0 | ok
    line     bob 2000.00                   | ok
    write_off bob                          | NotEligible
    create   p1 o1 shop 1000.00            | ok
    pay      p1 alice credit:400.00 instalment:pl1:12:75000:600.00 | ok
    write_off alice                        | NotEligible
    // The first statement is due on 9 February: 450.00, and 3.75 of fee. The days of grace are no
    // part of how late it is.
    pass     2026-08-05T12:00:00Z          |
    thaw     alice                         | ok
    create   p2 o2 shop 10.00              | ok
    pay      p2 alice credit:10.00         | ok
    pass     2026-08-07T23:59:59.999Z      |
    bill     alice ISSUED overdue=700.00 billed=50.00 unbilled=10.00 ahead=250.00 fee=26.25
    write_off alice                        | NotEligible
    provision 800.00                       | ok
    recover  alice 1.00                    | InvalidState
    pass     2026-08-08T00:00:00Z          |
    write_off alice                        | ok
    events   CreditWrittenOff PlanWrittenOff
    told     CreditWrittenOff PlanEnded
    bill     alice WRITTEN_OFF unpaid=0.00 overdue=0.00 billed=0.00 unbilled=0.00 ahead=0.00 \
             fee=0.00
    plan     pl1 WRITTEN_OFF
    credit   alice WRITTEN_OFF owed=0.00 left=0.00
    balance  loss_allowance - 0.00
    // 1036.25 less what was set aside, which was spent before.
    balance  credit_loss - 1036.25
    balance  limit_granted alice 0.00
    // Nothing is billed, charged or bought any more.
    at       2026-12-31T00:00:00Z          |
    write_off alice                        | InvalidState
    freeze   alice                         | InvalidState
    thaw     alice                         | InvalidState
    limit    alice 1.00                    | InvalidState
    close_line alice                       | InvalidState
    line     alice 1.00                    | LineWrittenOff
    convert  alice pl2 statement 3.00      | InvalidState
    prepay   alice pl1                     | InvalidState
    create   p3 o3 shop 1.00               | ok
    pay      p3 alice credit:1.00          | CreditLineFrozen
"

/// Charges are lost with the principal.
charges_are_lost_too "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=1000 | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    pass     2026-02-13T00:00:00Z          |
    // 5 % of 10.00, and the interest of four nights.
    bill     alice OVERDUE overdue=100.00 penalty=0.50 interest=0.40
    provision 0.10                         | ok
    pass     2026-08-08T12:00:00Z          |
    // 180 nights, each of them 0.10.
    bill     alice ISSUED interest=18.00 overdue=100.00
    write_off alice                        | ok
    bill     alice WRITTEN_OFF interest=0.00 penalty=0.00
    balance  loss_allowance - 0.00
    at       +1d                           |
"

/// What is paid after all comes from the balance, at most as much as was lost.
a_recovery "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 late_ppm=0 | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    pass     2026-08-08T00:00:00Z          |
    write_off alice                        | ok
    balance  credit_loss - 100.00
    recover  carol 1.00                    | UnknownAccount
    recover  bob 1.00                      | UnknownAccount
    recover  alice USD1.00                 | CurrencyMismatch
    recover  alice 0.00                    | AmountOutOfRange
    recover  alice 100.01                  | Overpayment
    recover  alice 100.00                  | InsufficientFunds
    repay    alice 1.00                    | LineWrittenOff
    // A refund is the user's, as the debt is gone; it can be recovered.
    refund   p1 f1 20.00                   | ok
    balance  user_available alice 20.00
    recover  alice 20.00                   | ok
    events   CreditRecovered
    told     CreditRecovered
    balance  credit_loss - 80.00
    close_account user:alice               | OpenObligations
    top_up   alice 100.00 r1               | ok
    recover  alice 80.01                   | Overpayment
    recover  alice 80.00                   | ok
    balance  credit_loss - 0.00
    credit   alice WRITTEN_OFF owed=0.00
    recover  alice 0.01                    | Overpayment
    line     alice 1.00                    | LineWrittenOff
    transfer alice bob 20.00               | ok
    close_account user:alice               | ok
"

/// A line that was paid in time, or is late for another reason, is not lost.
what_is_paid_is_late_no_more "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 late_ppm=0 | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    pass     2026-08-08T00:00:00Z          |
    repay    alice 99.99                   | ok
    repay    alice 0.01                    | ok
    write_off alice                        | NotEligible
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice credit:100.00        | ok
    pass     2026-12-01T00:00:00Z          |
    bill     alice ISSUED overdue=100.00
    write_off alice                        | NotEligible
    close_line alice                       | DebtOutstanding
"
}
