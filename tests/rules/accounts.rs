//! Who takes part: apps, users, merchants; restricting and closing (DOMAIN §4.1).

tables! {
/// RegisterApp, OpenUser: new, and in shape.
apps_and_users_are_opened_once "
    app      mini key1 auth_user           | ok
    app      mini key2                     | Duplicate
    user     alice 1 CNY                   | ok
    events   AccountOpened UserOpened
    user     alice 1 CNY                   | Duplicate
    user     alice 2 USD                   | Duplicate
    user     bob 0 CNY                     | SchemaInvalid
    user     bob 4 CNY                     | SchemaInvalid
    user     bob 3 USD                     | ok
"

/// OnboardMerchant: rates and days have ends.
merchants_have_terms_within_range "
    merchant shop CNY fee=1000001          | RateOutOfRange
    merchant shop CNY reserve=10001        | RateOutOfRange
    merchant shop CNY royalty=10001        | RateOutOfRange
    merchant shop CNY cycle=91             | RateOutOfRange
    merchant shop CNY days=3651            | RateOutOfRange
    merchant shop CNY fee=1000000 reserve=10000 royalty=10000 cycle=90 days=3650 | ok
    events   AccountOpened MerchantOnboarded
    merchant shop CNY                      | Duplicate
    merchant free CNY fee=0 cycle=0 days=0 | ok
"

/// A user and a merchant of the same name are two parties with accounts of their own.
a_user_and_a_merchant_may_share_a_name "
    user     kim 2 CNY                     | ok
    merchant kim CNY                       | ok
    top_up   kim 5.00 r1                   | ok
    balance  user_available kim 5.00
    balance  merchant_available kim 0.00
"

/// RestrictAccount blocks a side; LiftRestriction gives it back.
a_restriction_blocks_a_side "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 10.00 r1                | ok
    restrict user:alice debit              | ok
    transfer alice bob 1.00                | AccountRestricted
    payout   w1 user:alice 1.00            | PayoutBlocked
    top_up   alice 1.00 r2                 | ok
    restrict user:bob credit               | ok
    lift     user:alice debit              | ok
    transfer alice bob 1.00                | AccountRestricted
    top_up   bob 1.00 r3                   | AccountRestricted
    receipt  r4 1.00                       | ok
    receipt  r4 1.00 to=user:bob           | AccountRestricted
    lift     user:bob all                  | ok
    lift     user:bob all                  | InvalidState
    transfer alice bob 1.00                | ok
    restrict user:carol all                | UnknownAccount
    lift     user:carol all                | UnknownAccount
    restrict merchant:carol all            | UnknownAccount
    restrict ledger:carol all              | UnknownAccount
"

/// A restriction of the merchant stops its orders and its payouts.
a_restricted_merchant_takes_no_orders "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    top_up   alice 10.00 r1                | ok
    create   p1 o1 shop 1.00               | ok
    restrict merchant:shop credit          | ok
    create   p2 o2 shop 1.00               | AccountRestricted
    pay      p1 alice balance:1.00         | AccountRestricted
    lift     merchant:shop credit          | ok
    pay      p1 alice balance:1.00         | ok
    restrict merchant:shop debit           | ok
    at       +2d                           | BatchCut BatchSettle
    payout   w1 merchant:shop 1.00         | PayoutBlocked
    balance  merchant_available shop 1.00
"

/// Compliance may hold what is restricted.
a_hold_is_placed_on_a_restricted_account "
    user     alice 2 CNY                   | ok
    top_up   alice 10.00 r1                | ok
    restrict user:alice all                | ok
    hold     h1 alice 10.00                | ok
    balance  user_available alice 0.00
    balance  user_hold alice 10.00
"

/// CloseAccount of a user: nothing on it, nothing under way.
a_user_closes_with_nothing_left "
    close_account user:alice               | UnknownAccount
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 10.00 r1                | ok
    close_account user:alice               | BalanceNotZero
    hold     h1 alice 10.00                | ok
    close_account user:alice               | OpenObligations
    release  h1 alice 10.00                | ok
    payout   w1 user:alice 10.00           | ok
    close_account user:alice               | OpenObligations
    payout_confirm w1                      | ok
    close_account user:alice               | ok
    events   AccountClosed
    close_account user:alice               | AccountClosed
    restrict user:alice all                | AccountClosed
    lift     user:alice all                | AccountClosed
    top_up   alice 1.00 r2                 | AccountClosed
    hold     h2 alice 1.00                 | AccountClosed
    transfer alice bob 1.00                | AccountClosed
    top_up   bob 1.00 r3                   | ok
    transfer bob alice 1.00                | AccountClosed
    payout   w2 user:alice 1.00            | AccountClosed
    adjust   dr:marketing:1.00 cr:user_available:alice:1.00 | AccountClosed
    user     alice 2 CNY                   | Duplicate
"

/// CloseAccount of a merchant: no order, batch, payout, reserve or debt.
a_merchant_closes_with_nothing_left "
    user     alice 2 CNY                   | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    close_account merchant:shop            | OpenObligations
    pay      p1 alice balance:10.00        | ok
    close_account merchant:shop            | OpenObligations
    at       +1d                           | BatchCut BatchSettle
    close_account merchant:shop            | BalanceNotZero
    payout   w1 merchant:shop 10.00        | ok
    close_account merchant:shop            | OpenObligations
    payout_confirm w1                      | ok
    adjust   dr:merchant_receivable:shop:1.00 cr:equity:1.00 | ok
    close_account merchant:shop            | OpenObligations
    adjust   dr:equity:1.00 cr:merchant_receivable:shop:1.00 | ok
    close_account merchant:shop            | ok
    create   p2 o2 shop 1.00               | AccountClosed
    payout   w2 merchant:shop 1.00         | AccountClosed
    refund   p1 f1 1.00                    | AccountClosed
    adjust   dr:merchant_receivable:shop:1.00 cr:equity:1.00   | AccountClosed
    adjust   dr:equity:1.00 cr:merchant_available:shop:1.00    | AccountClosed
"

/// A debt in a currency that the merchant never settles would never be paid.
a_merchant_owes_in_its_currency "
    merchant shop CNY                      | ok
    adjust   dr:merchant_receivable:shop:USD1.00 cr:equity:USD1.00 | CurrencyMismatch
    adjust   dr:merchant_receivable:shop:1.00 cr:equity:1.00       | ok
"

/// The fee alone would cover the refund; what is closed stays closed all the same.
a_fee_does_not_wake_a_closed_merchant "
    user     alice 2 CNY                   | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY fee=1000000          | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    at       +1d                           | BatchCut BatchSettle
    close_account merchant:shop            | ok
    refund   p1 f1 10.00                   | AccountClosed
"

/// A reserve kept back is an obligation too.
a_merchant_with_a_reserve_stays_open "
    user     alice 2 CNY                   | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY fee=0 reserve=10000  | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    at       +1d                           | BatchCut BatchSettle
    balance  merchant_available shop 0.00
    balance  merchant_reserve shop 10.00
    close_account merchant:shop            | OpenObligations
"

/// A refund does not wake a closed account, on either side.
refunds_do_not_reach_closed_accounts "
    user     alice 2 CNY                   | ok
    top_up   alice 10.00 r1                | ok
    merchant shop CNY fee=0                | ok
    create   p1 o1 shop 10.00              | ok
    pay      p1 alice balance:10.00        | ok
    close_account user:alice               | ok
    refund   p1 f1 1.00                    | AccountClosed
    cancel   p1                            | AccountClosed
"
}
