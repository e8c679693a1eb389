//! What stands on the edge of a rule: amounts that are just enough, and rules that another one
//! covers as a rule. Each line here is the only one that a change of its rule breaks.

tables! {
/// What is lost is not taken from an account that may not be debited.
a_recovery_needs_a_free_account "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 late_ppm=0 | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    pass     2026-08-08T00:00:00Z          |
    write_off alice                        | ok
    top_up   alice 5.00 r1                 | ok
    restrict user:alice debit              | ok
    recover  alice 1.00                    | AccountRestricted
    lift     user:alice debit              | ok
    recover  alice 5.00                    | ok
"

/// A minor unit for each term, the highest rate, the whole limit. Where no interest is charged, no
/// account is opened for it. A line that is frozen for a debt by hand is not freed by a loan that
/// was not late.
loans_on_the_edge "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 100.00 billed=yes day_ppm=0 | ok
    draw     alice l1 0.03 3 ppm=1000000   | ok
    draw     alice l2 99.97 3 ppm=0        | ok
    draw     alice l3 0.01 1               | CreditLimitExceeded
    repay    alice 1.00 to=l2              | ok
    events   LoanRepaid
    freeze   alice for=debt                | ok
    repay    alice 1.00 to=l2              | ok
    events   LoanRepaid
    credit   alice FROZEN
    at       2026-01-11T09:00:00Z          |
    repay    alice 0.03 to=l1              | ok
    events   AccountOpened AccountOpened LoanRepaid
"

/// What is bought on the day of a statement, behind it, is not billed by it.
a_purchase_of_the_day_of_the_statement_is_converted "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    at       2026-02-01T00:00:00Z          | CreditStatement
    create   p1 o1 shop 90.00              | ok
    pay      p1 alice credit:90.00         | ok
    convert  alice pl1 p1 90.00            | ok
"

/// As much as the tolerance may stay unpaid: 10.00 are paid in full, with the line's longest grace.
as_much_as_the_tolerance_is_paid "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 90.00 r1                | ok
    merchant shop CNY fee=0                | ok
    line     bob 10.00 grace=29            | RateOutOfRange
    line     bob 10.00 grace=28            | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice credit:100.00        | ok
    pass     2026-02-01T00:00:00Z          |
    repay    alice 90.00                   | ok
    bill     alice MIN_PAID unpaid=10.00
    pass     2026-02-13T00:00:00Z          |
    bill     alice PAID unpaid=10.00
"

/// What came back of a seller's fee is the payment's own again.
what_comes_back_of_a_sellers_fee_can_be_confirmed "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    create   p2 o2 shop 100.00             | ok
    pay      p1 alice instalment:pl1:6:45000:600.00:seller | ok
    pay      p2 alice credit:100.00        | ok
    refund   p1 f1 200.00                  | ok
    // 573.00 and two fees of 4.50, less 200.00.
    confirm  p1 382.01                     | ConfirmationExceedsUnsettled
    confirm  p1 382.00                     | ok
"

/// All that is there can be stored.
a_card_is_loaded_with_all_there_is "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    card_kind club CNY                     | ok
    card     c1 alice club                 | ok
    load     c1 alice 100.00               | ok
"

/// An order is still made, and paid, in the last millisecond of its quote.
a_quote_holds_to_its_last_millisecond "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop USD                      | ok
    quote    q1 USD CNY 7.0 +0ms +1h       | ok
    at       +1h                           |
    create   p1 o1 shop USD10.00 quote=q1  | ok
    pay      p1 alice balance:70.00        | ok
"

/// Who is gone neither shares nor receives.
closed_merchants_are_not_bound "
    merchant shop CNY                      | ok
    merchant gone CNY                      | ok
    close_account merchant:gone            | ok
    bind     gone shop                     | AccountClosed
    bind     shop gone                     | AccountClosed
"

/// Settled money of other sales does not make a payment larger; five may receive at once; what is
/// shared out of the batch is no longer the payment's; and nothing is shared of what was refunded.
shares_on_the_edge "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY royalty=10000        | ok
    merchant ga CNY                        | ok
    merchant gb CNY                        | ok
    merchant gc CNY                        | ok
    merchant gd CNY                        | ok
    merchant ge CNY                        | ok
    merchant gf CNY                        | ok
    bind     shop ga                       | ok
    bind     shop gb                       | ok
    bind     shop gc                       | ok
    bind     shop gd                       | ok
    bind     shop ge                       | ok
    bind     shop gf                       | ok
    create   p1 o1 shop 10.00              | ok
    create   p2 o2 shop 90.00              | ok
    create   p3 o3 shop 50.00              | ok
    pay      p1 alice balance:10.00        | ok
    pay      p2 alice balance:90.00        | ok
    pay      p3 alice balance:50.00        | ok
    share    p2 s1 ga:1.00 gb:1.00 gc:1.00 gd:1.00 ge:1.00 gf:1.00 | SchemaInvalid
    share    p2 s1 ga:1.00 gb:1.00 gc:1.00 gd:1.00 ge:1.00 | ok
    // 89.46 without 5.00.
    confirm  p2 84.47                      | ConfirmationExceedsUnsettled
    confirm  p2 84.46                      | ok
    return_share p2 s1 b1 ga 1.00          | ok
    balance  merchant_available ga 0.00
    // Receivers may give all of a refund.
    refund   p2 f1 1.00 royalties=gb:1.00  | ok
    balance  merchant_available gb 0.00
    pass     1970-01-02T00:00:00Z          |
    share    p1 s1 ga:9.95                 | AmountNotEnough
    share    p1 s1 ga:9.94                 | ok
    refund   p3 f1 50.00                   | ok
    share    p3 s1 ga:1.00                 | InvalidState
"

/// A night that bears nothing opens no account, nor does a sale of which nothing is left to freeze.
nothing_opens_no_account "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=1000000          | ok
    line     alice 2000.00 billed=yes day_ppm=1 late_ppm=0 | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    pay      p1 alice credit:100.00        | ok
    events   AccountOpened BatchOpened AccountOpened PaymentPaid FeeCharged ProceedsFrozen
    pass     2026-02-12T00:00:00Z          |
    at       2026-02-13T00:00:00Z          | CreditGraceEnd CreditInterest
    events   AccountOpened StatementAssessed CreditLineFrozen InterestAccrued
"
}
