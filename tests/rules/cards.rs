//! Membership cards and what is stored on them (DOMAIN §1.6, §4.2, §4.6, §5).

tables! {
/// One of a template at a time; what it is and who may have it.
cards_are_defined_and_opened "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 USD                   | ok
    user     gone 2 CNY                    | ok
    close_account user:gone                | ok
    merchant shop CNY                      | ok
    card_kind club CNY at=nobody           | UnknownAccount
    card_kind club USD at=shop             | CurrencyMismatch
    card_kind club CNY at=shop cap=0.00    | AmountOutOfRange
    card_kind club CNY at=shop cap=#1000000000000000001 | AmountOutOfRange
    card_kind club CNY at=shop cap=200.00  | ok
    events   CardDefined
    told
    card_kind club CNY                     | Duplicate
    card_kind mall CNY                     | ok
    card     c1 alice none                 | UnknownAccount
    card     c1 nobody club                | UnknownAccount
    card     c1 gone club                  | AccountClosed
    card     c1 carol club                 | CurrencyMismatch
    card     c1 alice club until=+0ms      | SchemaInvalid
    card     c1 alice club level=1         | ok
    told     CardOpened
    state    c1 ACTIVE
    card     c1 bob mall                   | Duplicate
    card     c2 alice club                 | CardExists
    card     c2 alice mall                 | ok
    card     c3 bob club                   | ok
    card_close c1 bob                      | UnknownAccount
    card_close c9 alice                    | UnknownAccount
    card_close c1 alice                    | ok
    told     CardChanged
    state    c1 CLOSED
    card_close c1 alice                    | InvalidState
    card     c4 alice club                 | ok
    card_close c4 alice                    | ok
    card_close c2 alice                    | ok
    close_account user:alice               | ok
"

/// DOMAIN §5: suspended and taken up again, expired by the clock and renewed, closed for good.
a_card_is_suspended_expires_and_is_renewed "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY                     | ok
    card     c1 alice club until=+1d       | ok
    load     c1 alice 50.00                | ok
    card_update c1 alice                   | SchemaInvalid
    card_update c1 alice until=+0ms        | SchemaInvalid
    card_update c1 bob level=2             | UnknownAccount
    card_update c1 alice level=2           | ok
    state    c1 ACTIVE
    card_update c1 alice suspended=yes     | ok
    told     CardChanged
    state    c1 SUSPENDED
    load     c1 alice 1.00                 | CardNotUsable
    create   p1 o1 shop 10.00 timeout=604800 | ok
    pay      p1 alice stored:c1:10.00      | CardNotUsable
    card_update c1 alice level=3           | ok
    state    c1 SUSPENDED
    unload   c1 alice 1.00                 | ok
    card_update c1 alice suspended=no      | ok
    state    c1 ACTIVE
    at       1970-01-02T00:00:00Z          | CardExpiry
    told     CardChanged
    state    c1 EXPIRED
    load     c1 alice 1.00                 | CardNotUsable
    pay      p1 alice stored:c1:10.00      | CardNotUsable
    card_update c1 alice suspended=no      | InvalidState
    card_update c1 alice level=4           | ok
    state    c1 EXPIRED
    unload   c1 alice 1.00                 | ok
    card     c2 alice club                 | CardExists
    card_update c1 alice until=+1d         | ok
    state    c1 ACTIVE
    pay      p1 alice stored:c1:10.00      | ok
    card_update c1 alice suspended=yes     | ok
    at       1970-01-03T00:00:00Z          | CardExpiry BatchCut BatchSettle
    card_update c1 alice suspended=yes until=+1d | ok
    state    c1 SUSPENDED
    card_close c1 alice                    | BalanceNotZero
    unload   c1 alice 38.00                | ok
    card_close c1 alice                    | ok
    card_update c1 alice level=1           | InvalidState
    unload   c1 alice 1.00                 | InvalidState
    load     c1 alice 1.00                 | CardNotUsable
    at       1970-01-09T00:00:00Z          |
    state    c1 CLOSED
    balance  user_available alice 90.00
"

/// UA to SV up to the cap of the template, counted as spent; back whatever the balance.
a_card_is_loaded_within_cap_and_limits "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    card_kind club CNY cap=60.00           | ok
    card     c1 alice club                 | ok
    load     c9 alice 10.00                | UnknownAccount
    load     c1 bob 10.00                  | UnknownAccount
    load     c1 alice USD10.00             | CurrencyMismatch
    load     c1 alice 0.00                 | AmountOutOfRange
    restrict user:alice debit              | ok
    load     c1 alice 10.00                | AccountRestricted
    lift     user:alice debit              | ok
    load     c1 alice 100.01               | InsufficientFunds
    load     c1 alice 60.01                | BalanceCapExceeded
    limits   user:alice day=50.00      | ok
    load     c1 alice 50.01                | LimitExceeded
    load     c1 alice 40.00                | ok
    told     CardLoaded
    balance  stored_value c1 40.00
    balance  user_available alice 60.00
    transfer alice bob 10.01               | LimitExceeded
    limits   user:alice cap=75.00 | ok
    load     c1 alice 20.00                | ok
    load     c1 alice 0.01                 | BalanceCapExceeded
    unload   c1 alice 60.01                | CardBalanceInsufficient
    unload   c1 alice 0.00                 | AmountOutOfRange
    unload   c1 alice USD1.00              | CurrencyMismatch
    unload   c1 bob 1.00                   | UnknownAccount
    restrict user:alice credit             | ok
    unload   c1 alice 1.00                 | AccountRestricted
    lift     user:alice credit             | ok
    // It is the user's own: above the cap of the balance too.
    unload   c1 alice 35.01                | ok
    told     CardUnloaded
    balance  stored_value c1 24.99
    balance  user_available alice 75.01
    top_up   alice 0.01 r3                 | BalanceCapExceeded
"

/// Who opened cards on which nothing is stored keeps nobody from closing an account: they are
/// closed with it, and their points lapse.
cards_close_with_the_account "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY                      | ok
    card_kind club CNY at=shop per=1.00 worth=1000000 | ok
    card_kind mall CNY per=1.00 worth=0    | ok
    card     c1 alice club                 | ok
    card     c2 alice mall                 | ok
    card     c3 bob club                   | ok
    card_update c2 alice suspended=yes     | ok
    load     c1 alice 10.00                | ok
    earn     c1 alice 5                    | ok
    close_account user:alice               | OpenObligations
    unload   c1 alice 10.00                | ok
    transfer alice bob 10.00               | ok
    authorize a1 h1 bob shop 5.00          | ok
    restart
    close_account user:alice               | ok
    events   AccountOpened CardClosed CardClosed AccountClosed
    state    c1 CLOSED
    state    c2 CLOSED
    state    c3 ACTIVE
    balance  points c1 PTS0
    balance  points_liability club 0.00
    balance  breakage - 0.05
    transfer bob alice 5.00                | AccountClosed
    transfer bob shop 5.00                 | UnknownAccount
    user     carl 2 CNY                    | ok
    transfer bob carl 5.00                 | ok
    // One that is held stands in the way all the same.
    close_account user:bob                 | OpenObligations
    cancel_auth a1                         | ok
    transfer bob carl 5.00                 | ok
    close_account user:bob                 | ok
    state    c3 CLOSED
"

/// The leg: whose, where, in which currency, how much; one for an order.
a_card_pays "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 200.00 r1               | ok
    top_up   bob 100.00 r2                 | ok
    merchant shop CNY                      | ok
    merchant stall CNY                     | ok
    merchant abroad USD                    | ok
    card_kind club CNY at=shop             | ok
    card_kind mall CNY                     | ok
    card     c1 alice club                 | ok
    card     c2 alice mall                 | ok
    load     c1 alice 50.00                | ok
    load     c2 alice 50.00                | ok
    create   p1 o1 shop 60.00              | ok
    create   p2 o2 stall 60.00             | ok
    pay      p1 bob balance:10.00 stored:c1:50.00 | CardNotUsable
    pay      p1 alice balance:10.00 stored:c9:50.00 | CardNotUsable
    pay      p2 alice balance:10.00 stored:c1:50.00 | CardNotUsable
    pay      p1 alice stored:c1:30.00 stored:c2:30.00 | SchemaInvalid
    pay      p1 alice balance:10.00 stored:c1:49.00 | LegSumMismatch
    pay      p1 alice balance:9.99 stored:c1:50.01 | CardBalanceInsufficient
    pay      p1 alice balance:10.00 stored:c1:50.00 | ok
    events   AccountOpened BatchOpened AccountOpened CardCharged PaymentPaid FeeCharged
    told     CardCharged PaymentPaid
    balance  stored_value c1 0.00
    batch    shop 1970-01-01 OPEN 59.64
    fee      p1 0.36 0.00
    pay      p2 alice balance:20.00 stored:c2:40.00 | ok
    balance  stored_value c2 10.00
    quote    q1 USD CNY 7 +0ms +1d         | ok
    create   p3 o3 abroad USD1.00 quote=q1 | ok
    pay      p3 alice stored:c2:7.00       | CardNotUsable
"

/// DOMAIN §1.1: after what the balance paid and before the coupon; the order of parts is kept.
what_a_card_paid_goes_back_to_it "
    user     alice 2 CNY                   | ok
    top_up   alice 200.00 r1               | ok
    merchant shop CNY fee=10000            | ok
    kind     t1 10.00 at=shop merchant=10.00 min=100.00 | ok
    issue    k1 t1 alice                   | ok
    card_kind club CNY                     | ok
    card     c1 alice club                 | ok
    load     c1 alice 70.00                | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:30.00 stored:c1:60.00 coupon:k1:10.00 | ok
    fee      p1 0.90 0.00
    refund   p1 f1 20.00                   | ok
    balance  user_available alice 120.00
    balance  stored_value c1 10.00
    refund   p1 f2 35.50                   | ok
    events   FeeReturned CardReturned RefundSucceeded
    told     CardReturned PaymentRefunded
    balance  user_available alice 130.00
    balance  stored_value c1 35.50
    refund   p1 f3 40.00                   | ok
    balance  stored_value c1 70.00
    state    k1 USED
    refund   p1 f4 4.50                    | ok
    state    k1 EFFECTIVE
    balance  user_available alice 130.00
    balance  merchant_pending shop@1970-01-01 0.00
    fee      p1 0.90 0.90
"

/// A suspended or expired card has its money back; of a closed one the balance has it.
a_refund_finds_the_card_in_another_state "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY                     | ok
    card     c1 alice club until=+1d       | ok
    load     c1 alice 30.00                | ok
    create   p1 o1 shop 30.00              | ok
    pay      p1 alice stored:c1:30.00      | ok
    card_update c1 alice suspended=yes     | ok
    refund   p1 f1 10.00                   | ok
    balance  stored_value c1 10.00
    at       1970-01-02T00:00:00Z          | CardExpiry BatchCut BatchSettle
    refund   p1 f2 10.00                   | ok
    balance  stored_value c1 20.00
    unload   c1 alice 20.00                | ok
    card_close c1 alice                    | ok
    refund   p1 f3 10.00                   | ok
    events   RefundSucceeded
    balance  stored_value c1 0.00
    balance  user_available alice 100.00
    state    p1 REFUNDED
"

/// A lost dispute gives back as a refund would; what it gave, refunds do not give again.
a_lost_dispute_gives_the_card_its_part "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY                     | ok
    card     c1 alice club                 | ok
    load     c1 alice 60.00                | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:40.00 stored:c1:60.00 | ok
    dispute  d1 p1 70.00 +9d               | ok
    judge    d1 customer                   | ok
    events   CardReturned DisputeJudged
    balance  user_available alice 40.00
    balance  stored_value c1 30.00
    refund   p1 f1 30.00                   | ok
    balance  stored_value c1 60.00
    refund   p1 f2 0.01                    | PaymentDisputed
    cancel   p1                            | InvalidState
"

/// An app asks for its merchant's cards, a wallet for the user's money.
apps_ask_for_cards "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    merchant stall CNY                     | ok
    app      tea k1 coupons signs=1        | ok
    app      purse k2 wallet signs=2       | ok
    as tea card_kind club CNY at=shop      | NotGranted
    grant_app tea shop coupons             | ok
    as tea card_kind club CNY at=shop      | ok
    as tea card_kind other CNY at=stall    | NotGranted
    as tea card_kind mall CNY              | NotGranted
    as purse card c1 alice club            | ScopeDenied
    as tea card c1 alice club              | ok
    as tea card c2 alice none              | NotGranted
    as tea load c1 alice 10.00             | ScopeDenied
    as purse load c1 alice 10.00           | ok
    as tea card_update c1 alice level=2    | ok
    as tea card_close c9 alice             | NotGranted
    as purse unload c1 alice 10.00         | ok
    as tea card_close c1 alice             | ok
"
}
