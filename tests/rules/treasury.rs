//! Money in, out and between balances; holds, payouts, receipts, adjustments, the clock
//! (DOMAIN §4.1).

tables! {
/// ConfirmTopUp: a bank's reference is for one top-up, ever.
a_top_up_is_counted_once "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    events   AccountOpened ToppedUp
    top_up   alice 100.00 r1               | Duplicate
    top_up   alice 50.00 r1                | Duplicate
    top_up   bob 1.00 r2                   | UnknownAccount
    top_up   alice USD1.00 r2              | CurrencyMismatch
    top_up   alice 0.00 r2                 | AmountOutOfRange
    top_up   alice 1.00 r2 bank=icbc       | ok
    balance  user_available alice 101.00
    balance  safeguarded_bank - 100.00
    balance  safeguarded_bank icbc 1.00
"

/// Transfer between users.
a_transfer_between_users "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 USD                   | ok
    top_up   alice 100.00 r1               | ok
    transfer alice bob 100.01              | InsufficientFunds
    transfer alice bob 100.00              | ok
    events   Transferred
    transfer alice bob 0.01                | InsufficientFunds
    transfer bob bob 1.00                  | AccountsMustDiffer
    transfer bob carol 1.00                | CurrencyMismatch
    transfer bob alice USD1.00             | CurrencyMismatch
    transfer bob dave 1.00                 | UnknownAccount
    transfer dave bob 1.00                 | UnknownAccount
    transfer bob alice 0.00                | AmountOutOfRange
    transfer bob alice 99.99               | ok
    balance  user_available alice 99.99
    balance  user_available bob 0.01
"

/// PlaceHold, ReleaseHold, SeizeHold.
a_hold_is_released_in_parts_or_seized "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    hold     h1 alice 60.00                | ok
    hold     h1 alice 10.00                | Duplicate
    hold     h2 alice 40.01                | InsufficientFunds
    hold     h2 carol 1.00                 | UnknownAccount
    hold     h2 alice USD1.00              | CurrencyMismatch
    hold     h2 alice 0.00                 | AmountOutOfRange
    release  h9 alice 1.00                 | UnknownAccount
    release  h1 bob 1.00                   | NotHoldOfUser
    release  h1 alice USD1.00              | CurrencyMismatch
    release  h1 alice 0.00                 | AmountOutOfRange
    release  h1 alice 60.01                | InsufficientFunds
    release  h1 alice 20.00                | ok
    held     h1 40.00
    balance  user_available alice 60.00
    seize    h1 court-7                    | ok
    held     h1 0.00
    balance  user_hold alice 0.00
    balance  safeguarded_bank - 60.00
    seize    h1 court-7                    | InvalidState
    seize    h9 court-7                    | UnknownAccount
    release  h1 alice 0.01                 | InsufficientFunds
"

/// A seizure is paid by the house bank, or the one named, which must hold it.
a_seizure_needs_money_at_the_bank "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1 bank=icbc     | ok
    hold     h1 alice 60.00                | ok
    seize    h1 court-7                    | SafeguardedBankInsufficient
    adjust   dr:safeguarded_bank:60.00 cr:safeguarded_bank:icbc:60.00 | ok
    seize    h1 court-7                    | ok
    top_up   alice 50.00 r2 bank=icbc      | ok
    hold     h2 alice 90.00                | ok
    seize    h2 court-8                    | SafeguardedBankInsufficient
    seize    h2 court-8 bank=boc           | SafeguardedBankInsufficient
    seize    h2 court-8 bank=icbc          | ok
    balance  safeguarded_bank icbc 0.00
"

/// Two holds of one user are two things: releasing one leaves the other.
holds_of_one_user_are_separate "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    hold     h1 alice 60.00                | ok
    hold     h2 alice 40.00                | ok
    release  h2 alice 40.01                | InsufficientFunds
    release  h2 alice 40.00                | ok
    release  h2 alice 0.01                 | InsufficientFunds
    held     h1 60.00
    balance  user_hold alice 60.00
"

/// RequestPayout, ConfirmPayout: amount and fee leave the owner at once.
a_payout_is_confirmed "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    payout   w1 user:alice 99.91 fee=0.10  | InsufficientFunds
    payout   w1 user:alice 99.90 fee=0.10  | ok
    told     PayoutRequested
    state    w1 REQUESTED
    balance  user_available alice 0.00
    balance  payout_in_transit w1 99.90
    balance  other_fees - 0.10
    payout   w1 user:alice 1.00            | Duplicate
    payout_confirm w1 bank=icbc            | SafeguardedBankInsufficient
    payout_confirm w1                      | ok
    told     PayoutConfirmed
    state    w1 CONFIRMED
    balance  safeguarded_bank - 0.10
    payout_confirm w1                      | InvalidState
    payout_fail w1                         | InvalidState
    payout_confirm w9                      | UnknownAccount
    payout_fail w9                         | UnknownAccount
"

/// FailPayout: amount and fee come back.
a_failed_payout_returns_amount_and_fee "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    payout   w1 user:alice 50.00 fee=0.10  | ok
    payout   w2 user:alice 49.90           | ok
    payout_fail w1                         | ok
    told     PayoutFailed
    state    w1 FAILED
    balance  user_available alice 50.10
    balance  other_fees - 0.00
    payout_confirm w1                      | InvalidState
    state    w2 REQUESTED
    balance  payout_in_transit w2 49.90
"

/// What a payout must name.
a_payout_has_an_owner_with_a_bank "
    user     alice 2 CNY                   | ok
    account  a CNY                         | ok
    payout   w1 ledger:a 1.00              | SchemaInvalid
    payout   w1 user:bob 1.00              | UnknownAccount
    payout   w1 merchant:alice 1.00        | UnknownAccount
    payout   w1 user:alice USD1.00         | CurrencyMismatch
    payout   w1 user:alice 0.00            | AmountOutOfRange
    payout   w1 user:alice 1.00 fee=#1000000000000000001 | AmountOutOfRange
    payout   w1 user:alice 1.00            | InsufficientFunds
"

/// MatchReceipt: into suspense first, to its owner later, in parts.
a_receipt_is_matched_later "
    user     alice 2 CNY                   | ok
    user     carol 2 USD                   | ok
    merchant shop CNY                      | ok
    account  a CNY                         | ok
    receipt  r1 100.00                     | ok
    events   AccountOpened AccountOpened ReceiptRecorded
    balance  suspense - 100.00
    receipt  r1 100.00                     | Duplicate
    top_up   alice 100.00 r1               | Duplicate
    receipt  r1 60.00 to=user:alice        | ok
    receipt  r1 40.01 to=merchant:shop     | ReceiptExceeded
    receipt  r1 USD40.00 to=user:carol     | CurrencyMismatch
    receipt  r1 40.00 to=user:carol        | CurrencyMismatch
    receipt  r1 40.00 to=user:bob          | UnknownAccount
    receipt  r1 40.00 to=ledger:a          | SchemaInvalid
    receipt  r2 40.00 to=user:alice        | UnknownAccount
    receipt  r1 0.00 to=user:alice         | AmountOutOfRange
    unmatched r1 40.00
    receipt  r1 40.00 to=merchant:shop     | ok
    unmatched r1 0.00
    receipt  r1 0.01 to=user:alice         | ReceiptExceeded
    balance  suspense - 0.00
    balance  user_available alice 60.00
    balance  merchant_available shop 40.00
"

/// The reference of a top-up holds nothing that could be matched again.
a_top_up_leaves_nothing_to_match "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    receipt  r1 0.01 to=user:alice         | ReceiptExceeded
"

/// PostAdjustment: two persons, balanced per currency, classes that have no command of their own.
an_adjustment_balances_under_four_eyes "
    user     alice 2 CNY                   | ok
    adjust   dr:marketing:5.00 cr:user_available:alice:5.00 maker=eve approver=eve  | FourEyes
    adjust   dr:marketing:5.00 cr:user_available:alice:5.00 maker=eve approver=none | SchemaInvalid
    adjust   dr:marketing:5.00             | SchemaInvalid
    adjust   dr:marketing:5.00 cr:user_available:alice:4.99 | Unbalanced
    adjust   dr:marketing:USD5.00 cr:user_available:alice:5.00 | Unbalanced
    adjust   dr:marketing:5.00 dr:marketing:USD5.00 cr:equity:5.00 cr:equity:USD5.01 | Unbalanced
    adjust   dr:marketing:0.00 cr:user_available:alice:0.00 | AmountOutOfRange
    adjust   dr:marketing:5.00 cr:user_available:bob:5.00   | UnknownAccount
    adjust   dr:marketing:USD5.00 cr:user_available:alice:USD5.00 | UnknownAccount
    adjust   dr:marketing:5.00 cr:merchant_available:shop:5.00    | UnknownAccount
    adjust   cr:marketing:5.00 dr:merchant_receivable:shop:5.00   | UnknownAccount
    adjust   dr:marketing:5.00 cr:ledger:a:5.00       | UnknownAccount
    adjust   dr:marketing:5.00 cr:user_hold:alice:5.00       | AccountNotAdjustable
    adjust   dr:marketing:5.00 cr:merchant_pending:shop:5.00 | AccountNotAdjustable
    adjust   dr:marketing:5.00 cr:merchant_reserve:shop:5.00 | AccountNotAdjustable
    adjust   dr:marketing:5.00 cr:payout_in_transit:w1:5.00  | AccountNotAdjustable
    adjust   dr:marketing:5.00 cr:suspense:5.00       | AccountNotAdjustable
    adjust   dr:equity:5.00 cr:equity:5.00            | AccountsMustDiffer
    adjust   dr:marketing:5.00 cr:user_available:alice:5.00 | ok
    balance  user_available alice 5.00
    balance  marketing - 5.00
"

/// Many lines, two currencies: one entry, or nothing.
an_adjustment_of_many_lines "
    user     alice 2 CNY                   | ok
    user     carol 2 USD                   | ok
    account  a CNY                         | ok
    adjust   dr:marketing:5.00 dr:other_write_off:2.00 dr:equity:USD3.00 \
             cr:user_available:alice:6.00 cr:ledger:a:1.00 cr:user_available:carol:USD3.00 | ok
    balance  marketing - 5.00
    balance  other_write_off - 2.00
    balance  equity - -USD3.00
    balance  user_available alice 6.00
    balance  user_available carol USD3.00
    balance  ledger a 1.00
    adjust   dr:marketing:1.00 cr:ledger:a:USD1.00    | CurrencyMismatch
    adjust   dr:user_available:alice:4.00 dr:user_available:alice:2.01 cr:equity:6.01 \
              | InsufficientFunds
    adjust   dr:user_available:alice:4.00 dr:user_available:alice:2.00 cr:equity:6.00 | ok
    adjust   dr:equity:1.00 cr:safeguarded_bank:1.00  | InsufficientFunds
    adjust   dr:equity:1.00 cr:channel_receivable:visa:1.00 | InsufficientFunds
    restrict user:carol debit              | ok
    adjust   dr:user_available:carol:USD1.00 cr:equity:USD1.00 | AccountRestricted
    restrict user:carol all                | ok
    adjust   cr:user_available:carol:USD1.00 dr:equity:USD1.00 | AccountRestricted
"

/// Money of an acquirer reaches the bank by an adjustment; then it can be paid out.
an_acquirer_pays_by_adjustment "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice channel:visa:10.00   | ok
    at       +1d                           | BatchCut BatchSettle
    payout   w1 merchant:shop 10.00        | ok
    payout_confirm w1                      | SafeguardedBankInsufficient
    adjust   dr:safeguarded_bank:10.00 cr:channel_receivable:visa:10.00 | ok
    payout_confirm w1                      | ok
    balance  safeguarded_bank - 0.00
    balance  channel_receivable visa 0.00
"

/// AdvanceClock: forward only, and not beyond the end of the calendar.
the_clock_only_moves_forward "
    at       2026-01-31T09:30:00Z          |
    clock    2026-01-31T09:29:59.999Z      | ClockBackwards
    clock    2026-01-31T09:30:00Z          | ok
    clock    2026-02-01T00:00:00Z          | ok
    events   ClockAdvanced
    clock    9999-12-31T23:59:59.999Z      | ok
    clock    +253402300799999ms            | SchemaInvalid
"
}
