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
    grant_app tea shop payments            | ok
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
