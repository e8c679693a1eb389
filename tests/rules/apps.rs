//! Third-party apps (DOMAIN §1.7, §4.1). Whether a signature holds is the shard's: `wire`, `apps`.

tables! {
/// RegisterApp: an app that signs has scopes that mean something; one that does not may have any.
apps_are_registered_once "
    app      old key1 auth_user            | ok
    told
    app      tea key1 payments signs=1     | ok
    events   AppRegistered
    app      tea key2 payments signs=2     | Duplicate
    app      odd key1 payments tips signs=1 | SchemaInvalid
    app      odd key1 tips                 | ok
    app      idle key1 signs=3             | ok
"

/// GrantAppAuth, RevokeAppAuth: both exist, within the app's scopes, with an end to come.
merchants_grant_and_revoke "
    at 2026-01-31T09:00:00Z |
    merchant shop CNY                      | ok
    app      tea key1 payments refunds signs=1 | ok
    app      old key1 payments             | ok
    grant_app nobody shop payments         | UnknownTenant
    grant_app old shop payments            | UnknownTenant
    grant_app tea nobody payments          | UnknownAccount
    grant_app tea shop                     | SchemaInvalid
    grant_app tea shop payments rentals    | ScopeDenied
    grant_app tea shop payments until=+0ms | GrantExpired
    revoke_app tea shop                    | NotGranted
    grant_app tea shop payments until=+1ms | ok
    events   AppAuthGranted
    told     AppAuthGranted
    revoke_app tea shop refunds            | NotGranted
    revoke_app tea shop payments refunds   | NotGranted
    grant_app tea shop refunds             | ok
    revoke_app nobody shop                 | UnknownTenant
    revoke_app tea nobody                  | UnknownAccount
    revoke_app tea shop payments           | ok
    events   AppAuthRevoked
    told     AppAuthRevoked
    revoke_app tea shop payments           | NotGranted
    revoke_app tea shop                    | ok
    revoke_app tea shop                    | NotGranted
"

/// A command that names no app, one that nobody registered, or one without a key, is the
/// platform's own. From the first app that signs, names that nobody registered are refused.
who_asks "
    merchant shop CNY                      | ok
    as mini create p1 o1 shop 5.00         | ok
    events   PaymentCreated
    app      mini key1 nothing             | ok
    as mini create p2 o2 shop 5.00         | ok
    as nobody create p3 o3 shop 5.00       | ok
    app      tea key1 payments signs=1     | ok
    as mini create p4 o4 shop 5.00         | ok
    as nobody create p5 o5 shop 5.00       | UnknownTenant
    create   p5 o5 shop 5.00               | ok
"

/// Scope, then the grant of the merchant whose object it is, then its end. What is not there is
/// answered as what is another merchant's.
scopes_and_grants_cover "
    at 2026-01-31T09:00:00Z |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    merchant inn CNY                       | ok
    app      tea key1 payments refunds signs=1 | ok
    app      purse key2 wallet signs=2     | ok
    create   p0 o0 inn 5.00                | ok
    as tea create p1 o1 shop 5.00          | NotGranted
    as tea close nothing                   | NotGranted
    as tea close p0                        | NotGranted
    as tea cancel_rental nothing           | ScopeDenied
    as tea clock +1h                       | ScopeDenied
    as tea app own key3                    | ScopeDenied
    as tea grant_app tea shop payments     | ScopeDenied
    as tea revoke_app tea shop             | ScopeDenied
    as tea app_limits tea                  | ScopeDenied
    as tea adjust dr:marketing:5.00 cr:equity:5.00 | ScopeDenied
    grant_app tea shop payments until=+2h  | ok
    as tea create p1 o1 shop 5.00          | ok
    events   AppAsked PaymentCreated
    as tea create p2 o2 inn 5.00           | NotGranted
    as tea pay p1 alice balance:5.00       | ScopeDenied
    as purse pay p1 alice balance:5.00     | ok
    as tea refund p1 r1 1.00               | NotGranted
    grant_app tea shop refunds until=+1h   | ok
    as tea refund p1 r1 1.00               | ok
    as tea refund p1 r1 1.00               | again
    as tea refund p1 r1 2.00               | IdempotencyConflict
    at +3599s |
    as tea refund p1 r2 1.00               | ok
    at +1s |
    as tea refund p1 r3 1.00               | GrantExpired
    as tea create p3 o3 shop 5.00          | GrantExpired
    as tea refund p1 r1 1.00               | GrantExpired
    // What is over does not come back with a new grant.
    grant_app tea shop payments            | ok
    events   AppAuthRevoked AppAuthGranted
    told     AppAuthRevoked AppAuthGranted
    as tea refund p1 r3 1.00               | NotGranted
    revoke_app tea shop refunds            | NotGranted
    grant_app tea shop refunds             | ok
    events   AppAuthGranted
    as tea refund p1 r3 1.00               | ok
    revoke_app tea shop refunds            | ok
    as tea refund p1 r4 1.00               | NotGranted
    as tea create p3 o3 shop 5.00          | ok
"

/// Every kind of object has its merchant, and each app only what its scope names.
each_object_is_its_merchants "
    at 2026-01-31T09:00:00Z |
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY                      | ok
    merchant inn CNY                       | ok
    app      all k authorizations rentals payouts coupons invoices disputes merchants signs=1 | ok
    app      back key2 users risk treasury credit ledger merchants signs=2 | ok
    grant_app all shop authorizations rentals payouts coupons invoices disputes merchants | ok
    create   p1 o1 shop 50.00              | ok
    pay      p1 alice balance:50.00        | ok
    create   p2 o2 inn 50.00               | ok
    pay      p2 alice balance:50.00        | ok
    as all request i1 p1 50.00             | ok
    as all request i2 p2 50.00             | NotGranted
    request  i2 p2 50.00                   | ok
    as all reject_invoice i2               | NotGranted
    as all reject_invoice i1               | ok
    as all dispute d1 p1 5.00 +3d          | ScopeDenied
    as back dispute d1 p1 5.00 +3d         | ok
    as back dispute d2 p2 5.00 +3d         | ok
    as all defend d1 slip                  | ok
    as all defend d2 slip                  | NotGranted
    as all withdraw d1                     | ScopeDenied
    as all payout w1 merchant:inn 1.00     | NotGranted
    as all payout w1 merchant:shop 1.00    | InsufficientFunds
    as all payout w1 user:alice 1.00       | ScopeDenied
    as all kind k1 1.00 at=shop merchant=1.00 | ok
    as all kind k2 1.00 at=inn merchant=1.00 | NotGranted
    as all issue c1 k1 alice               | ok
    as all revoke c1                       | ok
    as all issue c2 k9 alice               | NotGranted
    as all fund spring - 10.00             | NotGranted
    as all close_account merchant:inn      | NotGranted
    as all close_account merchant:shop     | OpenObligations
    as all close_account user:alice        | ScopeDenied
    as back close_account user:alice       | BalanceNotZero
    as back close_account ledger:l         | UnknownAccount
    as back account l CNY                  | ok
    as back account m CNY                  | ok
    as back post l m 5.00                  | ok
    as back top_up alice 5.00 r2           | ok
    as back restrict user:alice debit      | ok
    as back merchant new CNY               | ok
    as back user bob 2 CNY                 | ok
    as back transfer alice bob 1.00        | ScopeDenied
"

/// A coupon of a campaign promises its funder's money: that grant is asked for too. What a campaign
/// of the platform pays no merchant lets an app promise. What is promised counts.
coupons_ask_who_pays_for_them "
    at 2026-01-31T09:00:00Z |
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    merchant inn CNY                       | ok
    app      tea key1 coupons signs=1      | ok
    grant_app tea shop coupons             | ok
    adjust   dr:equity:50.00 cr:merchant_available:inn:50.00 | ok
    fund     house - 100.00                | ok
    fund     inns inn 50.00                | ok
    as tea kind k1 20.00 at=shop by=house  | NotGranted
    as tea kind k1 20.00 at=shop by=inns   | NotGranted
    as tea kind k1 20.00 at=shop by=nothing | NotGranted
    as tea kind k1 20.00 by=inns           | NotGranted
    as tea kind k1 20.00 by=house          | NotGranted
    as tea kind k1 20.00                   | NotGranted
    kind     k1 20.00 at=shop by=house     | ok
    kind     k2 20.00 at=shop by=inns      | ok
    as tea issue c1 k1 alice               | NotGranted
    as tea issue c2 k2 alice               | NotGranted
    issue    c1 k1 alice                   | ok
    issue    c2 k2 alice                   | ok
    as tea revoke c1                       | NotGranted
    as tea revoke c2                       | NotGranted
    grant_app tea inn coupons until=+1h    | ok
    as tea revoke c2                       | ok
    as tea kind k3 20.00 at=shop by=inns   | ok
    app_limits tea CNY:19.99:99.00         | ok
    as tea issue c3 k3 alice               | AppLimitExceeded
    app_limits tea CNY:20.00:20.00         | ok
    as tea issue c3 k3 alice               | ok
    as tea kind k4 5.00 at=shop merchant=5.00 | ok
    as tea issue c4 k4 alice               | AppLimitExceeded
    pass     +1h                           |
    as tea revoke c3                       | GrantExpired
    as tea revoke c1                       | NotGranted
    as tea revoke c4                       | NotGranted
"

/// What points cost is the platform's: it alone gives them a worth and adjusts them up. What an
/// app earns and redeems counts with its worth. Of a payment, its merchant is asked too.
points_cost_the_platform "
    at 2026-01-31T09:00:00Z |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    merchant inn CNY fee=0                 | ok
    app      tea key1 coupons wallet signs=1 | ok
    grant_app tea shop coupons             | ok
    as tea card_kind club CNY at=shop per=1.00 worth=1 | NotGranted
    as tea card_kind club CNY per=1.00 worth=0 | NotGranted
    as tea card_kind stamps CNY at=shop per=1.00 worth=0 | ok
    as tea card_kind plain CNY at=shop     | ok
    card_kind club CNY at=shop per=1.00 worth=1000000 | ok
    as tea card c1 alice club              | ok
    as tea card c2 alice stamps            | ok
    as tea adjust_points c1 alice 5        | NotGranted
    as tea adjust_points c2 alice 5        | NotGranted
    app_limits tea CNY:0.80:1.50           | ok
    as tea earn c1 alice 81                | AppLimitExceeded
    as tea earn c1 alice 80                | ok
    as tea earn c1 alice 71                | AppLimitExceeded
    as tea earn c1 alice 70                | ok
    as tea earn c2 alice 1000000           | ok
    as tea adjust_points c2 alice less=5   | ok
    as tea adjust_points c1 alice less=1   | AppLimitExceeded
    as tea redeem c1 alice 1               | AppLimitExceeded
    app_limits tea CNY:0.50:10.00          | ok
    as tea redeem c1 alice 51              | AppLimitExceeded
    as tea redeem c1 alice 50              | ok
    create   p1 o1 shop 60.00              | ok
    pay      p1 alice balance:60.00        | ok
    create   p2 o2 inn 30.00               | ok
    pay      p2 alice balance:30.00        | ok
    as tea earn c1 alice p1                | AppLimitExceeded
    as tea earn c1 alice p2                | NotGranted
    as tea earn c1 alice nothing           | NotGranted
    app_limits tea                         | ok
    as tea earn c1 alice p1                | ok
    as tea earn c1 alice p1                | AlreadyEarned
    grant_app tea inn coupons              | ok
    as tea earn c1 alice p2                | CardNotUsable
"

/// A hold freezes what is a user's: it asks for the wallet too, and counts as what it will take.
holds_ask_for_the_wallet "
    at 2026-01-31T09:00:00Z |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    app      tea key1 authorizations signs=1 | ok
    app      bank key2 authorizations wallet signs=2 | ok
    grant_app tea shop authorizations      | ok
    grant_app bank shop authorizations     | ok
    as tea authorize a1 h1 alice shop 50.00 | ScopeDenied
    as tea authorize a1 h1 alice inn 50.00 | NotGranted
    as bank authorize a1 h1 alice inn 50.00 | NotGranted
    app_limits bank CNY:40.00:70.00        | ok
    as bank authorize a1 h1 alice shop 40.01 | AppLimitExceeded
    as bank authorize a1 h1 alice shop 40.00 | ok
    as bank capture a1 t1 30.01            | AppLimitExceeded
    as bank capture a1 t1 30.00            | ok
    as tea cancel_auth a1                  | AlreadyCaptured
    as tea unfreeze a1 u1 10.00            | ok
"

/// The cancellation of what is paid is a refund: it asks for that too, and counts.
what_is_paid_is_cancelled_as_a_refund "
    at 2026-01-31T09:00:00Z |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    app      tea key1 payments signs=1     | ok
    app      two key2 payments refunds signs=2 | ok
    grant_app tea shop payments            | ok
    grant_app two shop payments            | ok
    create   p1 o1 shop 20.00              | ok
    create   p2 o2 shop 30.00              | ok
    create   p3 o3 shop 40.00              | ok
    pay      p1 alice balance:20.00        | ok
    pay      p2 alice balance:30.00        | ok
    as tea cancel p1                       | ScopeDenied
    as two cancel p1                       | NotGranted
    as tea cancel p3                       | ok
    grant_app two shop refunds until=+1h   | ok
    app_limits two CNY:25.00:50.00         | ok
    as two cancel p2                       | AppLimitExceeded
    as two cancel p1                       | ok
    events   AppAsked RefundSucceeded PaymentCancelled
    as two cancel p1                       | InvalidState
    app_limits two CNY:40.00:49.99         | ok
    as two cancel p2                       | AppLimitExceeded
    pass     +1h                           |
    as two cancel p2                       | GrantExpired
"

/// All that is owed for a rental counts when it is taken, its deposit when it is frozen, a payout
/// with its fee, and a dispute that is accepted.
what_apps_take_and_pay_out_counts "
    at 2026-01-31T09:00:00Z |
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    merchant shop CNY fee=0                | ok
    app      tea k payouts rentals disputes signs=1 | ok
    grant_app tea shop payouts rentals disputes | ok
    adjust   dr:equity:50.00 cr:merchant_available:shop:50.00 | ok
    app_limits tea CNY:1.00:1000.00        | ok
    as tea payout w1 merchant:shop 1.00 fee=0.01 | AppLimitExceeded
    as tea payout w1 merchant:shop 0.99 fee=0.01 | ok
    create   p1 o1 shop 50.00              | ok
    pay      p1 alice balance:50.00        | ok
    dispute  d1 p1 5.00 +3d                | ok
    app_limits tea CNY:4.99:1000.00        | ok
    as tea accept d1                       | AppLimitExceeded
    app_limits tea CNY:5.00:1000.00        | ok
    as tea accept d1                       | ok
    as tea rent k1 n1 shop alice 100.00 fixed:10.00 | ok
    assess   k1 40.00                      | ok
    app_limits tea CNY:59.99:1000.00       | ok
    as tea secure k1                       | AppLimitExceeded
    app_limits tea CNY:60.00:1000.00       | ok
    as tea secure k1                       | ok
    as tea start k1                        | ok
    as tea return k1 on=+1h                | ok
    app_limits tea CNY:9.99:1000.00        | ok
    as tea settle k1                       | AppLimitExceeded
    app_limits tea CNY:10.00:1000.00       | ok
    as tea settle k1                       | ok
    rental   k1 COMPLETED owed=0.00
    as tea reduce k1 0 10.01               | AppLimitExceeded
    as tea reduce k1 0 10.00               | ok
    rent     k2 n2 shop alice 100.00 day:0.00 plan=+1h@5.00/20.00 | ok
    assess   k2 full                       | ok
    as tea secure k2                       | ok
    as tea start k2                        | ok
    restrict user:alice debit              | ok
    pass     +1h                           |
    lift     user:alice debit              | ok
    app_limits tea CNY:4.99:1000.00        | ok
    as tea collect k2                      | AppLimitExceeded
    app_limits tea CNY:14.99:1000.00       | ok
    as tea collect k2                      | ok
    as tea buy_out k2 1                    | AppLimitExceeded
    app_limits tea CNY:15.00:1000.00       | ok
    as tea buy_out k2 1                    | ok
"

/// What an app does counts by minute, by business date and by money moved; what is refused does
/// not. `day` of money begins anew with the date.
limits_of_an_app "
    at 2026-01-31T23:50:00Z |
    user     alice 2 CNY                   | ok
    top_up   alice 500.00 r1               | ok
    user     bob 2 CNY                     | ok
    app      purse key1 wallet signs=1     | ok
    app_limits nobody minute=1             | UnknownTenant
    app_limits purse CNY:1.00:2.00 CNY:1.00:3.00 | SchemaInvalid
    app_limits purse minute=2 day=5 CNY:10.00:25.00 | ok
    events   AppLimitsSet
    as purse transfer alice bob 10.01      | AppLimitExceeded
    as purse transfer alice bob 10.00      | ok
    as purse transfer alice bob #1000000001 | AppLimitExceeded
    as purse transfer nobody bob 1.00      | UnknownAccount
    as purse transfer alice bob 10.00      | ok
    as purse transfer alice bob 5.01       | AppLimitExceeded
    as purse transfer alice bob 5.00       | AppRateExceeded
    at 2026-01-31T23:50:59.999Z |
    as purse transfer alice bob 5.00       | AppRateExceeded
    at 2026-01-31T23:51:00Z |
    as purse transfer alice bob 5.01       | AppLimitExceeded
    as purse transfer alice bob 5.00       | ok
    as purse transfer alice bob 0.01       | AppLimitExceeded
    transfer alice bob 0.01                | ok
    as purse payout w1 user:alice USD0.01  | CurrencyMismatch
    app_limits purse minute=2 day=5        | ok
    as purse transfer alice bob 20.00      | ok
    at 2026-01-31T23:52:00Z |
    as purse transfer alice bob 0.01       | ok
    as purse transfer alice bob 0.01       | AppRateExceeded
    app_limits purse CNY:-:45.00           | ok
    as purse transfer alice bob 0.01       | AppLimitExceeded
    at 2026-02-01T00:00:00Z |
    as purse transfer alice bob 45.00      | ok
    as purse transfer alice bob 0.01       | AppLimitExceeded
    app_limits purse day=1                 | ok
    as purse transfer alice bob 0.01       | AppRateExceeded
    app_limits purse                       | ok
    as purse transfer alice bob 0.01       | ok
"
}
