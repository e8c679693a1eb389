//! Lines of credit, what is bought on them, and reserves (DOMAIN §4.5, §4.6).

tables! {
/// A line needs identity class 2, dates that every month has, and rates within the whole.
a_line_is_granted "
    user     alice 2 CNY                   | ok
    user     bob 1 CNY                     | ok
    line     carol 1000.00                 | UnknownAccount
    line     alice USD1000.00              | CurrencyMismatch
    line     alice 0.00                    | AmountOutOfRange
    line     alice #1000000000000000001    | AmountOutOfRange
    line     alice 1000.00 cut=0           | RateOutOfRange
    line     alice 1000.00 cut=29          | RateOutOfRange
    line     alice 1000.00 due=29          | RateOutOfRange
    line     alice 1000.00 min_bps=10001   | RateOutOfRange
    line     alice 1000.00 day_ppm=1000001 | RateOutOfRange
    line     alice 1000.00 late_ppm=1000001 | RateOutOfRange
    line     alice 1000.00 grace=29        | RateOutOfRange
    line     bob 1000.00                   | KycClassTooLow
    line     alice 1000.00                 | ok
    line     alice 500.00                  | Duplicate
    credit   alice ACTIVE owed=0.00 held=0.00 left=1000.00
    balance  limit_granted alice -1000.00
"

/// What is bought on credit is owed and leaves the balance alone; repaid at most what is owed.
purchases_and_repayment "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    create   p1 o1 shop 60.00              | ok
    pay      p1 bob credit:60.00           | CreditLimitExceeded
    pay      p1 alice credit:60.00         | CreditLimitExceeded
    pay      p1 alice credit:50.01 balance:9.99 | CreditLimitExceeded
    pay      p1 alice credit:30.00 credit:30.00 | SchemaInvalid
    pay      p1 alice credit:50.00 balance:10.00 | ok
    credit   alice ACTIVE owed=50.00 left=0.00
    balance  credit_unbilled alice 50.00
    balance  user_available alice 90.00
    batch    shop 1970-01-01 OPEN 60.00
    create   p2 o2 shop 0.01               | ok
    pay      p2 alice credit:0.01          | CreditLimitExceeded
    repay    bob 1.00                      | UnknownAccount
    repay    alice USD1.00                 | CurrencyMismatch
    repay    alice 0.00                    | AmountOutOfRange
    repay    alice 50.01                   | Overpayment
    repay    alice 49.99                   | ok
    repay    alice 0.02                    | Overpayment
    pay      p2 alice credit:0.01          | ok
    repay    alice 0.02                    | ok
    repay    alice 0.01                    | Overpayment
    credit   alice ACTIVE owed=0.00 left=50.00
    balance  user_available alice 39.99
"

/// Repaying needs the money, and a balance that may be debited.
repayment_comes_from_the_balance "
    user     alice 2 CNY                   | ok
    top_up   alice 5.00 r1                 | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice credit:10.00         | ok
    repay    alice 5.01                    | InsufficientFunds
    restrict user:alice debit              | ok
    repay    alice 5.00                    | AccountRestricted
    lift     user:alice debit              | ok
    repay    alice 5.00                    | ok
    credit   alice ACTIVE owed=5.00 left=45.00
"

/// Purchases on credit do not count against limits of the balance (DOMAIN §7, example 29).
credit_is_not_spending_of_the_balance "
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    limits   user:alice lifetime=10.00     | ok
    create   p1 o1 shop 10.01              | ok
    create   p2 o2 shop 60.00              | ok
    pay      p1 alice balance:10.01        | LimitExceeded
    pay      p2 alice balance:10.00 credit:50.00 | ok
    pay      p1 alice balance:10.01        | LimitExceeded
"

/// ACTIVE to FROZEN and back, to CLOSED once nothing is owed; a closed line can be granted anew.
the_states_of_a_line "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    freeze   bob                           | UnknownAccount
    thaw     bob                           | UnknownAccount
    limit    bob 1.00                      | UnknownAccount
    close_line bob                         | UnknownAccount
    line     alice 50.00                   | ok
    create   p1 o1 shop 10.00              | ok
    create   p2 o2 shop 10.00              | ok
    pay      p1 alice credit:10.00         | ok
    thaw     alice                         | InvalidState
    freeze   alice for=risk                | ok
    freeze   alice                         | InvalidState
    credit   alice FROZEN owed=10.00 left=0.00
    pay      p2 alice credit:10.00         | CreditLineFrozen
    close_line alice                       | DebtOutstanding
    repay    alice 4.00                    | ok
    thaw     alice                         | ok
    pay      p2 alice credit:10.00         | ok
    close_line alice                       | DebtOutstanding
    repay    alice 16.00                   | ok
    authorize a1 h1 alice shop 5.00 credit=5.00 | ok
    close_line alice                       | DebtOutstanding
    cancel_auth a1                         | ok
    freeze   alice for=debt                | ok
    freeze   alice for=debt                | InvalidState
    freeze   alice for=risk                | ok
    freeze   alice                         | InvalidState
    close_line alice                       | ok
    credit   alice CLOSED owed=0.00 left=0.00
    close_line alice                       | InvalidState
    freeze   alice                         | InvalidState
    thaw     alice                         | InvalidState
    limit    alice 10.00                   | InvalidState
    create   p3 o3 shop 1.00               | ok
    pay      p3 alice credit:1.00          | CreditLineFrozen
    authorize a2 h2 alice shop 5.00 credit=5.00 | NotAdmitted
    line     alice 20.00                   | ok
    pay      p3 alice credit:1.00          | ok
    credit   alice ACTIVE owed=1.00 left=19.00
"

/// A limit may be cut below what is owed: nothing more can be bought until it is paid down.
a_limit_is_cut_and_raised "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    create   p1 o1 shop 40.00              | ok
    create   p2 o2 shop 0.01               | ok
    pay      p1 alice credit:40.00         | ok
    limit    alice 0.00                    | AmountOutOfRange
    limit    alice USD30.00                | CurrencyMismatch
    limit    alice 30.00                   | ok
    balance  limit_granted alice -30.00
    credit   alice ACTIVE owed=40.00 left=0.00
    pay      p2 alice credit:0.01          | CreditLimitExceeded
    repay    alice 10.00                   | ok
    pay      p2 alice credit:0.01          | CreditLimitExceeded
    repay    alice 0.01                    | ok
    pay      p2 alice credit:0.01          | ok
    limit    alice 80.00                   | ok
    credit   alice ACTIVE owed=30.00 left=50.00
    balance  limit_granted alice -80.00
"

/// DOMAIN §4.2: credit first, then the acquirer, then the balance; each part at most what it gave.
a_refund_pays_credit_first "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:20.00 credit:50.00 channel:visa:30.00 | ok
    refund   p1 f1 49.99                   | ok
    credit   alice ACTIVE owed=0.01 left=49.99
    balance  channel_receivable visa 30.00
    refund   p1 f2 10.01                   | ok
    credit   alice ACTIVE owed=0.00 left=50.00
    balance  channel_receivable visa 20.00
    balance  user_available alice 80.00
    refund   p1 f3 30.00                   | ok
    balance  channel_receivable visa 0.00
    balance  user_available alice 90.00
    refund   p1 f4 10.00                   | ok
    balance  user_available alice 100.00
    credit   alice ACTIVE owed=0.00 left=50.00
    refund   p1 f5 0.01                    | RefundExceedsPaid
"

/// What was repaid meanwhile comes back as balance, not as a debt below zero (§4.2: surplus).
a_refund_beyond_what_is_owed "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    create   p1 o1 shop 50.00              | ok
    pay      p1 alice credit:50.00         | ok
    repay    alice 30.00                   | ok
    balance  user_available alice 70.00
    refund   p1 f1 35.00                   | ok
    credit   alice ACTIVE owed=0.00 left=50.00
    balance  user_available alice 85.00
    freeze   alice                         | ok
    cancel   p1                            | InvalidState
    refund   p1 f2 15.00                   | ok
    balance  user_available alice 100.00
    close_line alice                       | ok
"

/// DOMAIN §7, example 23 with its reserve: the clock gives it back after the agreed days, once.
the_reserve_of_example_23 "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY reserve=500 reserve_days=30 | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 100.00             | ok
    create   p2 o2 shop 6.90               | ok
    create   p3 o3 shop 33.33              | ok
    pay      p1 alice balance:100.00       | ok
    pay      p2 alice balance:6.90         | ok
    pay      p3 alice balance:33.33        | ok
    refund   p1 f1 50.00                   | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle
    balance  merchant_reserve shop 4.48
    balance  merchant_available shop 85.21
    release_reserve shop 4.48              | InvalidState
    at       2026-03-02T23:59:59.999Z      |
    balance  merchant_reserve shop 4.48
    at       2026-03-03T00:00:00Z          | ReserveRelease
    events   ReserveReleased
    balance  merchant_reserve shop 0.00
    balance  merchant_available shop 89.69
    at       +90d                          |
"

/// Where no days are agreed, a person releases it, in parts and never more than there is.
a_reserve_is_released_by_hand "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 reserve=1000   | ok
    release_reserve mall 1.00              | UnknownAccount
    release_reserve shop 1.00              | ReserveInsufficient
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    at       1970-01-02T00:00:00Z          | BatchCut BatchSettle
    balance  merchant_reserve shop 10.00
    release_reserve shop USD1.00           | CurrencyMismatch
    release_reserve shop 0.00              | AmountOutOfRange
    release_reserve shop 10.01             | ReserveInsufficient
    release_reserve shop 4.00              | ok
    told     ReserveReleased
    release_reserve shop 6.01              | ReserveInsufficient
    release_reserve shop 6.00              | ok
    balance  merchant_reserve shop 0.00
    balance  merchant_available shop 100.00
    close_account merchant:shop            | BalanceNotZero
"

/// A user with a line, a debt or something held does not close.
a_line_keeps_its_user "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 50.00                   | ok
    close_account user:alice               | OpenObligations
    close_line alice                       | ok
    close_account user:alice               | ok
    line     alice 50.00                   | AccountClosed
"
}
