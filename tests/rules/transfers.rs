//! The primitive ledger: single and pending transfers, balancing, constraints, expiry (DESIGN; no
//! product stands behind these accounts).

tables! {
/// One movement, both accounts, once.
a_transfer_moves_the_amount "
    account  a CNY                         | ok
    account  b CNY                         | ok
    post     a b 5.00                      | ok
    events   TransferPosted
    counters a 5.00 0.00 0.00 0.00
    counters b 0.00 5.00 0.00 0.00
    post     b a 7.00                      | ok
    counters a 5.00 7.00 0.00 0.00
    balance  ledger a 2.00
    balance  ledger b -2.00
    account  a CNY                         | Duplicate
    account  a USD                         | Duplicate
"

/// What a transfer names must be there, differ, and agree.
a_transfer_names_two_accounts_of_one_currency "
    account  a CNY                         | ok
    account  b CNY                         | ok
    account  u USD                         | ok
    post     a a 5.00                      | AccountsMustDiffer
    post     a x 5.00                      | UnknownAccount
    post     x a 5.00                      | UnknownAccount
    post     a u 5.00                      | CurrencyMismatch
    post     a b USD5.00                   | CurrencyMismatch
    post     a b 0.00                      | AmountOutOfRange
    post     a b #1000000000000000001      | AmountOutOfRange
    post     a b #1000000000000000000      | ok
    post     a b -                         | SchemaInvalid
    pend     t a b -                       | SchemaInvalid
    pend     t a b 1.00 timeout=315360001  | SchemaInvalid
    pend     t a b 1.00 timeout=315360000  | ok
"

/// Each constraint guards one side, and only its own account.
constraints_keep_a_side "
    account  wallet CNY keep=credit        | ok
    account  vault  CNY keep=debit         | ok
    account  world  CNY                    | ok
    post     wallet world 0.01             | ExceedsCredits
    post     world wallet 5.00             | ok
    post     wallet world 5.01             | ExceedsCredits
    post     wallet world 5.00             | ok
    post     world vault 0.01              | ExceedsDebits
    post     vault world 5.00              | ok
    post     world vault 5.01              | ExceedsDebits
    post     world vault 5.00              | ok
    post     world wallet 1.00             | ok
    post     vault wallet 1.00             | ok
    post     wallet vault 1.01             | ExceedsDebits
    post     wallet vault 1.00             | ok
    balance  ledger wallet 1.00
    balance  ledger vault 0.00
"

/// A reservation counts against the constraint, and against nothing else.
pending_reserves_and_post_moves "
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 10.00                     | ok
    pend     t1 a b 6.00                   | ok
    events   TransferPended
    counters a 0.00 10.00 6.00 0.00
    counters b 10.00 0.00 0.00 6.00
    post     a b 4.01                      | ExceedsCredits
    pend     t2 a b 4.01                   | ExceedsCredits
    pend     t2 a b 4.00                   | ok
    post_pending t1                        | ok
    events   TransferCompleted
    counters a 6.00 10.00 4.00 0.00
    counters b 10.00 6.00 0.00 4.00
    state    t1 POSTED
    void_pending t2                        | ok
    events   TransferVoided
    counters a 6.00 10.00 0.00 0.00
    state    t2 VOIDED
    post     a b 4.00                      | ok
"

/// Money on its way in cannot be spent before it is there.
pending_credit_is_not_yet_there "
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    pend     t1 b a 10.00                  | ok
    post     a b 0.01                      | ExceedsCredits
    post_pending t1                        | ok
    post     a b 10.00                     | ok
"

/// As above, on the side of assets.
pending_credit_counts_against_debits "
    account  vault CNY keep=debit          | ok
    account  world CNY                     | ok
    post     vault world 10.00             | ok
    pend     t1 world vault 6.00           | ok
    post     world vault 4.01              | ExceedsDebits
    pend     t2 world vault 4.01           | ExceedsDebits
    post     world vault 4.00              | ok
    post_pending t1                        | ok
    counters vault 10.00 10.00 0.00 0.00
"

/// What is not posted goes back.
partial_post_releases_the_rest "
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 10.00                     | ok
    pend     t1 a b 10.00                  | ok
    post_pending t1 amount=10.01           | PendingAmountExceeded
    post_pending t1 amount=0.00            | AmountOutOfRange
    post_pending t1 amount=USD4.00         | CurrencyMismatch
    post_pending t1 amount=4.00            | ok
    counters a 4.00 10.00 0.00 0.00
    counters b 10.00 4.00 0.00 0.00
    post_pending t1 amount=6.00            | PendingAlreadyPosted
    post     a b 6.00                      | ok
"

/// Accounts may be named again in the second phase, and then must be the same.
second_phase_may_name_the_accounts "
    account  a CNY                         | ok
    account  b CNY                         | ok
    account  c CNY                         | ok
    pend     t1 a b 1.00                   | ok
    pend     t2 a b 1.00                   | ok
    post_pending t1 from=b to=a            | PendingAccountsDiffer
    post_pending t1 from=c                 | PendingAccountsDiffer
    void_pending t1 to=c                   | PendingAccountsDiffer
    void_pending t1 to=x                   | PendingAccountsDiffer
    post_pending t1 from=a                 | ok
    void_pending t2 from=a to=b            | ok
"

/// Each end of a reservation is told by its own name.
a_reservation_ends_once "
    account  a CNY                         | ok
    account  b CNY                         | ok
    pend     t1 a b 1.00                   | ok
    pend     t2 a b 1.00                   | ok
    pend     t3 a b 1.00 timeout=60        | ok
    post_pending t0                        | PendingNotFound
    void_pending t0                        | PendingNotFound
    post_pending t1                        | ok
    void_pending t2                        | ok
    at       +60s                          | TransferExpiry
    post_pending t1                        | PendingAlreadyPosted
    void_pending t1                        | PendingAlreadyPosted
    post_pending t2                        | PendingAlreadyVoided
    void_pending t2                        | PendingAlreadyVoided
    post_pending t3                        | PendingExpired
    void_pending t3                        | PendingExpired
    counters a 1.00 0.00 0.00 0.00
"

/// The clock releases at the very millisecond, and not one before.
a_reservation_expires_on_time "
    at       2026-01-31T09:30:00Z          |
    account  a CNY keep=credit             | ok
    account  b CNY                         | ok
    post     b a 5.00                      | ok
    pend     t1 a b 5.00 timeout=1         | ok
    pend     t2 b a 5.00                   | ok
    at       2026-01-31T09:30:00.999Z      |
    post     a b 5.00                      | ExceedsCredits
    at       2026-01-31T09:30:01Z          | TransferExpiry
    events   TransferExpired
    state    t1 EXPIRED
    post     a b 5.00                      | ok
    at       2126-01-31T09:30:00Z          |
    state    t2 PENDING
"

/// Posted in time, nothing is left to expire.
a_posted_reservation_does_not_expire "
    account  a CNY                         | ok
    account  b CNY                         | ok
    pend     t1 a b 5.00 timeout=10        | ok
    pend     t2 a b 5.00 timeout=10        | ok
    at       +9s                           |
    post_pending t1 amount=2.00            | ok
    void_pending t2                        | ok
    at       +1d                           |
    counters a 2.00 0.00 0.00 0.00
"

/// The amount falls to what the debit account has left beyond reservations.
balancing_debit_takes_what_is_there "
    account  a CNY                         | ok
    account  b CNY                         | ok
    post     a b 9.00 upto=debit           | ExceedsCredits
    post     b a 5.00                      | ok
    pend     t1 a b 1.50                   | ok
    post     a b 9.00 upto=debit           | ok
    counters a 3.50 5.00 1.50 0.00
    post     a b 0.01 upto=debit           | ExceedsCredits
    void_pending t1                        | ok
    post     a b 1.00 upto=debit           | ok
    counters a 4.50 5.00 0.00 0.00
"

/// As above, on the credit account.
balancing_credit_gives_what_is_owed "
    account  a CNY                         | ok
    account  b CNY                         | ok
    post     a b 9.00 upto=credit          | ExceedsDebits
    post     b a 5.00                      | ok
    pend     t1 a b 9.00 upto=credit       | ok
    counters b 5.00 0.00 0.00 5.00
    post     a b 0.01 upto=credit          | ExceedsDebits
    post_pending t1                        | ok
    counters b 5.00 5.00 0.00 0.00
"

/// The lower of both, and the name of the side that has nothing.
balancing_both_takes_the_lower "
    account  a CNY                         | ok
    account  b CNY                         | ok
    account  w CNY                         | ok
    post     a b 9.00 upto=both            | ExceedsCredits
    post     w a 5.00                      | ok
    post     a b 9.00 upto=both            | ExceedsDebits
    post     b w 3.00                      | ok
    post     a b 9.00 upto=both            | ok
    counters a 3.00 5.00 0.00 0.00
    counters b 3.00 3.00 0.00 0.00
"

/// A balancing transfer still keeps the constraint of the other account.
balancing_does_not_bend_constraints "
    account  a CNY                         | ok
    account  v CNY keep=debit              | ok
    account  w CNY                         | ok
    post     w a 5.00                      | ok
    post     a v 9.00 upto=debit           | ExceedsDebits
    post     v w 4.00                      | ok
    post     a v 9.00 upto=debit           | ExceedsDebits
    post     a v 9.00 upto=both            | ok
    balance  ledger v 0.00
"

/// History tells both sides of a movement, and not the release of a reservation.
history_is_told_per_account "
    account  a CNY history=yes             | ok
    account  b CNY history=yes             | ok
    account  c CNY                         | ok
    post     a b 5.00                      | ok
    told     AccountMoved AccountMoved
    post     c a 5.00                      | ok
    told     AccountMoved
    pend     t1 a c 5.00                   | ok
    told     AccountMoved
    post_pending t1                        | ok
    told     AccountMoved
    pend     t2 a c 5.00                   | ok
    void_pending t2                        | ok
    told
"

/// Restricted and closed ledger accounts.
restricted_and_closed_accounts_do_not_move "
    account  a CNY                         | ok
    account  b CNY                         | ok
    restrict ledger:a debit                | ok
    post     a b 1.00                      | AccountRestricted
    post     b a 1.00                      | ok
    restrict ledger:a all                  | ok
    post     b a 1.00                      | AccountRestricted
    pend     t1 b a 1.00                   | AccountRestricted
    lift     ledger:a all                  | ok
    close_account ledger:a                 | BalanceNotZero
    pend     t1 a b 1.00                   | ok
    close_account ledger:a                 | OpenObligations
    post_pending t1                        | ok
    close_account ledger:a                 | ok
    close_account ledger:a                 | AccountClosed
    post     a b 1.00                      | AccountClosed
    post     b a 1.00                      | AccountClosed
    lift     ledger:a all                  | AccountClosed
    restrict ledger:a all                  | AccountClosed
    account  a CNY                         | Duplicate
"
}
