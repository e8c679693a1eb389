//! Where several rejections apply the first one of the staircase is told. Each line takes away one
//! cause, so the order of a rule reads from top to bottom.

tables! {
/// PostTransfer, single and pending.
a_transfer_of_ledger_accounts "
    account  a CNY keep=credit             | ok
    account  v CNY keep=debit              | ok
    account  c CNY                         | ok
    account  d CNY                         | ok
    account  u USD                         | ok
    close_account ledger:c                 | ok
    restrict ledger:d all                  | ok
    pend     t1 x x 0.00 timeout=315360001 | SchemaInvalid
    post     x x 0.00                      | AccountsMustDiffer
    post     x y -                         | SchemaInvalid
    post     x y 0.00                      | AmountOutOfRange
    post     x u 1.00                      | UnknownAccount
    post     c u USD1.00                   | CurrencyMismatch
    post     c d USD1.00                   | CurrencyMismatch
    post     d c 1.00                      | AccountRestricted
    post     c d 1.00                      | AccountClosed
    post     a d 1.00                      | AccountRestricted
    post     a v 1.00                      | ExceedsCredits
    post     c v 1.00                      | AccountClosed
    restrict ledger:a debit                | ok
    post     a v 1.00                      | AccountRestricted
"

/// The second phase.
the_end_of_a_reservation "
    account  a CNY                         | ok
    account  b CNY                         | ok
    pend     t1 a b 1.00                   | ok
    post_pending t9 from=b amount=0.00     | PendingNotFound
    post_pending t1 from=b amount=USD0.00  | PendingAccountsDiffer
    post_pending t1 amount=USD0.00         | CurrencyMismatch
    post_pending t1 amount=0.00            | AmountOutOfRange
    post_pending t1 amount=1.01            | PendingAmountExceeded
    void_pending t1                        | ok
    post_pending t1 from=b amount=9.00     | PendingAccountsDiffer
    post_pending t1 amount=USD9.00         | PendingAlreadyVoided
"

/// Transfer between users.
a_transfer_between_users "
    user     alice 1 CNY                   | ok
    user     bob 1 CNY                     | ok
    user     carol 1 USD                   | ok
    limits   class:1 single=1.00 cap=2.00  | ok
    restrict user:alice all                | ok
    restrict user:bob all                  | ok
    transfer x x USD0.00                   | AccountsMustDiffer
    transfer x carol USD0.00               | UnknownAccount
    transfer alice carol USD0.00           | CurrencyMismatch
    transfer alice bob 0.00                | AmountOutOfRange
    transfer alice bob 9.00                | AccountRestricted
    lift     user:alice all                | ok
    transfer alice bob 9.00                | AccountRestricted
    lift     user:bob all                  | ok
    transfer alice bob 9.00                | InsufficientFunds
    limits   class:1 single=1.00           | ok
    top_up   alice 9.00 r1                 | ok
    top_up   bob 1.00 r2                   | ok
    limits   class:1 single=1.00 cap=1.50  | ok
    transfer alice bob 9.00                | LimitExceeded
    transfer alice bob 1.00                | BalanceCapExceeded
    transfer alice bob 0.50                | ok
"

/// ConfirmTopUp.
a_top_up "
    user     alice 1 CNY                   | ok
    user     bob 1 CNY                     | ok
    top_up   bob 0.01 r1                   | ok
    limits   class:1 cap=1.00              | ok
    restrict user:alice credit             | ok
    top_up   x USD0.00 r1                  | UnknownAccount
    top_up   alice USD0.00 r1              | CurrencyMismatch
    top_up   alice 0.00 r1                 | AmountOutOfRange
    top_up   alice 9.00 r1                 | Duplicate
    top_up   alice 9.00 r2                 | AccountRestricted
    lift     user:alice credit             | ok
    top_up   alice 9.00 r2                 | BalanceCapExceeded
    top_up   alice 1.00 r2                 | ok
"

/// Holds.
holds_are_refused_in_order "
    user     alice 1 CNY                   | ok
    user     bob 1 CNY                     | ok
    top_up   alice 9.00 r1                 | ok
    hold     h1 alice 9.00                 | ok
    hold     h1 x USD0.00                  | Duplicate
    hold     h2 x USD0.00                  | UnknownAccount
    hold     h2 alice USD0.00              | CurrencyMismatch
    hold     h2 alice 0.00                 | AmountOutOfRange
    hold     h2 alice 9.00                 | InsufficientFunds
    release  h2 bob USD0.00                | UnknownAccount
    release  h1 bob USD0.00                | NotHoldOfUser
    release  h1 alice USD0.00              | CurrencyMismatch
    release  h1 alice 0.00                 | AmountOutOfRange
    release  h1 alice 9.01                 | InsufficientFunds
"

/// RequestPayout.
a_payout "
    user     alice 1 CNY                   | ok
    top_up   alice 9.00 r1                 | ok
    payout   w1 user:alice 1.00            | ok
    account  a CNY                         | ok
    restrict user:alice debit              | ok
    payout   w1 ledger:a USD0.00           | SchemaInvalid
    payout   w1 user:x USD0.00             | Duplicate
    payout   w2 user:x USD0.00             | UnknownAccount
    payout   w2 user:alice USD0.00         | CurrencyMismatch
    payout   w2 user:alice 0.00            | AmountOutOfRange
    payout   w2 user:alice 9.00            | PayoutBlocked
    lift     user:alice debit              | ok
    payout   w2 user:alice 9.00            | InsufficientFunds
"

/// MatchReceipt with a target.
a_receipt "
    user     alice 1 CNY                   | ok
    user     carol 1 USD                   | ok
    account  a CNY                         | ok
    limits   class:1 cap=1.00              | ok
    restrict user:alice all                | ok
    receipt  r1 9.00                       | ok
    receipt  r1 0.00                       | AmountOutOfRange
    receipt  r9 0.00 to=ledger:a           | AmountOutOfRange
    receipt  r9 USD99.00 to=ledger:a       | SchemaInvalid
    receipt  r9 USD99.00 to=user:x         | UnknownAccount
    receipt  r1 USD99.00 to=user:x         | CurrencyMismatch
    receipt  r1 99.00 to=user:x            | ReceiptExceeded
    receipt  r1 9.00 to=user:x             | UnknownAccount
    receipt  r1 9.00 to=user:carol         | CurrencyMismatch
    receipt  r1 9.00 to=user:alice         | AccountRestricted
    lift     user:alice all                | ok
    receipt  r1 9.00 to=user:alice         | BalanceCapExceeded
    receipt  r1 1.00 to=user:alice         | ok
"

/// PostAdjustment.
an_adjustment "
    user     alice 1 CNY                   | ok
    restrict user:alice debit              | ok
    adjust   dr:suspense:0.00 maker=eve approver=none  | SchemaInvalid
    adjust   dr:suspense:0.00 maker=eve approver=eve   | FourEyes
    adjust   dr:suspense:0.00              | SchemaInvalid
    adjust   dr:suspense:0.00 cr:ledger:x:1.00         | AmountOutOfRange
    adjust   dr:suspense:9.00 cr:ledger:x:1.00         | AccountNotAdjustable
    adjust   dr:equity:9.00 cr:ledger:x:1.00           | UnknownAccount
    adjust   dr:equity:9.00 dr:user_available:alice:9.00 cr:equity:9.00 | Unbalanced
    adjust   dr:equity:9.00 dr:user_available:alice:9.00 cr:equity:18.00 | AccountsMustDiffer
    adjust   dr:user_available:alice:9.00 cr:safeguarded_bank:9.00 | AccountRestricted
    lift     user:alice debit              | ok
    adjust   dr:user_available:alice:9.00 cr:safeguarded_bank:9.00 | InsufficientFunds
"

/// CreatePayment.
an_order "
    user     alice 1 CNY                   | ok
    merchant shop CNY                      | ok
    create   p1 o1 shop 1.00 mode=scanned auth=2512345678901234 | ok
    restrict merchant:shop credit          | ok
    create   p1 o1 x USD0.00 discountable=9.00 timeout=1 mode=scanned       | Duplicate
    create   p2 o1 x USD0.00 discountable=9.00 timeout=1 mode=scanned       | UnknownAccount
    create   p2 o1 shop USD0.00 discountable=9.00 timeout=1 mode=scanned    | AccountRestricted
    lift     merchant:shop credit          | ok
    create   p2 o1 shop USD0.00 discountable=9.00 timeout=1 mode=scanned    | CurrencyMismatch
    create   p2 o1 shop 0.00 discountable=9.00 timeout=1 mode=scanned       | AmountOutOfRange
    create   p2 o1 shop 1.00 discountable=9.00 timeout=1 mode=scanned       | AmountSplitMismatch
    create   p2 o1 shop 1.00 timeout=1 mode=scanned                         | SchemaInvalid
    create   p2 o1 shop 1.00 mode=scanned                                   | DuplicateOutTradeNo
    create   p2 o2 shop 1.00 mode=scanned                                   | AuthCodeInvalid
    create   p2 o2 shop 1.00 mode=scanned auth=2512345678901234             | AuthCodeUsed
"

/// PayPayment.
a_payment "
    user     alice 1 CNY                   | ok
    user     carol 1 USD                   | ok
    user     shop 1 CNY                    | ok
    merchant shop CNY                      | ok
    limits   class:1 single=5.00           | ok
    limits   code:static day=1.00          | ok
    restrict user:alice debit              | ok
    restrict merchant:shop credit          | ok
    lift     merchant:shop credit          | ok
    create   p1 o1 shop 6.00 code=static timeout=60 | ok
    create   p2 o2 shop 6.00 code=static   | ok
    create   p3 o3 shop 6.00 code=static   | ok
    create   p4 o4 shop 2.00 code=static   | ok
    restrict merchant:shop credit          | ok
    close    p2                            | ok
    at       +60s                          | PaymentExpiry
    pay      p9 x in=USD balance:0.00      | UnknownAccount
    pay      p1 x in=USD balance:0.00      | PaymentExpired
    pay      p2 x in=USD balance:0.00      | InvalidState
    pay      p3 x in=USD balance:0.00      | UnknownAccount
    pay      p3 shop in=USD balance:0.00   | BuyerIsSeller
    pay      p3 carol in=USD balance:0.00  | CurrencyMismatch
    pay      p3 alice in=USD balance:0.00  | CurrencyMismatch
    pay      p3 alice balance:0.00         | AccountRestricted
    lift     user:alice debit              | ok
    pay      p3 alice balance:0.00         | AccountRestricted
    lift     merchant:shop credit          | ok
    pay      p3 alice balance:0.00         | AmountOutOfRange
    pay      p3 alice balance:6.00 balance:1.00 | SchemaInvalid
    pay      p3 alice balance:7.00         | LegSumMismatch
    pay      p3 alice balance:6.00         | InsufficientFunds
    top_up   alice 9.00 r1                 | ok
    pay      p3 alice balance:6.00         | LimitExceeded
    pay      p4 alice balance:2.00         | QrDailyLimit
"

/// RefundPayment: the number is looked up before anything else can change the answer.
a_refund "
    user     alice 1 CNY                   | ok
    top_up   alice 9.00 r1                 | ok
    merchant shop CNY fee=0 days=1         | ok
    create   p1 o1 shop 5.00               | ok
    create   p2 o2 shop 1.00               | ok
    pay      p1 alice balance:3.00 channel:visa:2.00 | ok
    refund   p9 f1 USD0.00                 | UnknownAccount
    refund   p2 f1 USD0.00                 | InvalidState
    refund   p1 f1 0.50                    | ok
    refund   p1 f1 USD0.00                 | IdempotencyConflict
    refund   p1 f2 USD0.00                 | CurrencyMismatch
    refund   p1 f2 0.00                    | AmountOutOfRange
    refund   p1 f2 9.00                    | RefundExceedsPaid
    at       +1d                           | PaymentExpiry BatchCut BatchSettle
    payout   w1 merchant:shop 4.50         | ok
    adjust   dr:safeguarded_bank:1.50 cr:channel_receivable:visa:1.50 | ok
    close_account user:alice               | BalanceNotZero
    refund   p1 f2 4.50                    | MerchantBalanceInsufficient
    payout_fail w1                         | ok
    payout   w2 user:alice 6.00            | ok
    payout_confirm w2                      | ok
    close_account user:alice               | ok
    refund   p1 f2 4.50                    | ChannelInsufficient
    adjust   cr:safeguarded_bank:1.50 dr:channel_receivable:visa:1.50 | ok
    refund   p1 f2 4.50                    | AccountClosed
    refund   p1 f2 1.50                    | ok
    at       +1ms                          | PaymentFinish
    refund   p1 f3 USD0.00                 | RefundWindowClosed
"

/// CloseAccount.
closing_an_account "
    user     alice 1 CNY                   | ok
    top_up   alice 9.00 r1                 | ok
    hold     h1 alice 4.00                 | ok
    close_account user:x                   | UnknownAccount
    close_account user:alice               | BalanceNotZero
    payout   w1 user:alice 5.00            | ok
    close_account user:alice               | OpenObligations
    account  a CNY                         | ok
    account  b CNY                         | ok
    post     a b 1.00                      | ok
    pend     t1 a b 1.00                   | ok
    close_account ledger:a                 | OpenObligations
    void_pending t1                        | ok
    close_account ledger:a                 | BalanceNotZero
"
}
