//! Limits on what is spent from the balance: per transaction, day, month, year and lifetime, by
//! user, identity class and kind of code; and on the balance itself (DOMAIN §1.9, §4.1).

tables! {
/// DOMAIN §7, example 29, first half: 1,000 lifetime for class I; other sources do not count.
class_one_spends_a_thousand_in_a_lifetime "
    limits   class:1 lifetime=1000.00      | ok
    user     alice 1 CNY                   | ok
    merchant shop CNY                      | ok
    top_up   alice 2000.00 r1              | ok
    create   p1 o1 shop 990.00             | ok
    pay      p1 alice balance:990.00       | ok
    create   p2 o2 shop 10.01              | ok
    create   p3 o3 shop 10.00              | ok
    create   p4 o4 shop 50.00              | ok
    pay      p2 alice balance:10.01        | LimitExceeded
    pay      p3 alice balance:10.00        | ok
    pay      p4 alice balance:50.00        | LimitExceeded
    pay      p4 alice channel:credit:50.00 | ok
    pay      p2 alice balance:0.01 channel:credit:10.00 | LimitExceeded
"

/// DOMAIN §7, example 29, second half: a static code takes 500.00 per user and day.
static_codes_take_five_hundred_a_day "
    limits   code:static day=500.00        | ok
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY                      | ok
    top_up   alice 2000.00 r1              | ok
    top_up   bob 2000.00 r2                | ok
    at       2026-01-31T09:30:00Z          |
    create   p1 o1 shop 450.00 code=static | ok
    create   p2 o2 shop 50.01 code=static  | ok
    create   p3 o3 shop 50.00 code=static  | ok
    create   p4 o4 shop 50.01 code=a       | ok
    create   p5 o5 shop 500.00 code=static | ok
    create   p6 o6 shop 50.01 code=static  | ok
    pay      p1 alice balance:450.00       | ok
    pay      p2 alice balance:50.01        | QrDailyLimit
    pay      p3 alice balance:50.00        | ok
    pay      p4 alice balance:50.01        | ok
    pay      p2 alice balance:0.01 channel:visa:50.00 | QrDailyLimit
    pay      p2 alice channel:visa:50.01   | ok
    pay      p5 bob balance:500.00         | ok
    at       2026-01-31T12:29:59.999Z      |
    pay      p6 alice balance:50.01        | QrDailyLimit
"

/// DOMAIN §1.9: B 5,000 and C 1,000, each counted by itself.
dynamic_codes_have_limits_of_their_own "
    limits   code:b day=5000.00            | ok
    limits   code:c day=1000.00            | ok
    user     alice 3 CNY                   | ok
    merchant shop CNY                      | ok
    top_up   alice 20000.00 r1             | ok
    create   p1 o1 shop 5000.00 code=b     | ok
    create   p2 o2 shop 1000.00 code=c     | ok
    create   p3 o3 shop 0.01 code=b        | ok
    create   p4 o4 shop 0.01 code=c        | ok
    create   p5 o5 shop 9000.00            | ok
    pay      p1 alice balance:5000.00      | ok
    pay      p2 alice balance:1000.00      | ok
    pay      p3 alice balance:0.01         | QrDailyLimit
    pay      p4 alice balance:0.01         | QrDailyLimit
    pay      p5 alice balance:9000.00      | ok
"

/// Days, months and years end at midnight of the business calendar.
windows_roll_over_at_midnight "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 1000.00 r1              | ok
    limits   user:alice day=10.00 month=15.00 year=18.00 | ok
    at       2026-11-29T00:00:00Z          |
    transfer alice bob 10.00               | ok
    transfer alice bob 0.01                | LimitExceeded
    at       2026-11-29T23:59:59.999Z      |
    transfer alice bob 0.01                | LimitExceeded
    at       2026-11-30T00:00:00Z          |
    transfer alice bob 5.01                | LimitExceeded
    transfer alice bob 5.00                | ok
    at       2026-11-30T23:59:59.999Z      |
    transfer alice bob 0.01                | LimitExceeded
    at       2026-12-01T00:00:00Z          |
    transfer alice bob 3.01                | LimitExceeded
    transfer alice bob 3.00                | ok
    at       2026-12-31T23:59:59.999Z      |
    transfer alice bob 0.01                | LimitExceeded
    at       2027-01-01T00:00:00Z          |
    transfer alice bob 10.00               | ok
    transfer alice bob 0.01                | LimitExceeded
"

/// In China the day ends at 16:00 UTC.
windows_follow_the_calendar_of_the_chain "
    calendar 480
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 1000.00 r1              | ok
    limits   user:alice day=10.00          | ok
    at       2026-12-31T15:59:59.999Z      |
    transfer alice bob 10.00               | ok
    transfer alice bob 0.01                | LimitExceeded
    at       2026-12-31T16:00:00Z          |
    transfer alice bob 10.00               | ok
    at       2027-01-01T15:59:59.999Z      |
    transfer alice bob 0.01                | LimitExceeded
    at       2027-01-01T16:00:00Z          |
    transfer alice bob 10.00               | ok
"

/// The day of a leap year, and the month of it, are days and months too.
a_leap_day_belongs_to_february "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 1000.00 r1              | ok
    limits   user:alice month=10.00        | ok
    at       2028-02-01T00:00:00Z          |
    transfer alice bob 10.00               | ok
    at       2028-02-29T23:59:59.999Z      |
    transfer alice bob 0.01                | LimitExceeded
    at       2028-03-01T00:00:00Z          |
    transfer alice bob 10.00               | ok
"

/// The user's own limit and that of the class both hold; each transaction has one too.
every_limit_in_force_holds "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 1000.00 r1              | ok
    limits   class:2 single=50.00          | ok
    limits   user:alice single=100.00      | ok
    transfer alice bob 50.01               | LimitExceeded
    transfer alice bob 50.00               | ok
    limits   user:alice single=20.00       | ok
    transfer alice bob 20.01               | LimitExceeded
    limits   user:alice                    | ok
    limits   class:2 lifetime=60.00        | ok
    transfer alice bob 10.01               | LimitExceeded
    transfer alice bob 10.00               | ok
    limits   class:3 single=0.01           | ok
    limits   class:2 in=USD single=0.01    | ok
    limits   class:2                       | ok
    transfer alice bob 900.00              | ok
"

/// A transfer counts like a payment; a refund does not give the limit back.
spending_is_counted_once_and_for_good "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY fee=0                | ok
    top_up   alice 1000.00 r1              | ok
    limits   user:alice lifetime=100.00    | ok
    transfer alice bob 40.00               | ok
    create   p1 o1 shop 60.00              | ok
    pay      p1 alice balance:60.00        | ok
    refund   p1 f1 60.00                   | ok
    transfer alice bob 0.01                | LimitExceeded
    hold     h1 alice 100.00               | ok
    payout   w1 user:alice 100.00          | ok
"

/// A refusal counts nothing.
a_refused_spending_is_not_counted "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   alice 100.00 r1               | ok
    limits   user:alice day=60.00          | ok
    transfer alice bob 60.01               | LimitExceeded
    transfer alice bob 100.01              | InsufficientFunds
    transfer alice bob 60.00               | ok
"

/// The balance itself has a cap, whichever way the money comes.
a_balance_has_a_cap "
    user     alice 1 CNY                   | ok
    user     bob 2 CNY                     | ok
    top_up   bob 1000.00 r1                | ok
    limits   class:1 cap=100.00            | ok
    top_up   alice 100.01 r2               | BalanceCapExceeded
    top_up   alice 60.00 r2                | ok
    transfer bob alice 40.01               | BalanceCapExceeded
    receipt  r3 40.01                      | ok
    receipt  r3 40.01 to=user:alice        | BalanceCapExceeded
    receipt  r3 40.00 to=user:alice        | ok
    transfer bob alice 0.01                | BalanceCapExceeded
    limits   user:alice cap=200.00         | ok
    transfer bob alice 0.01                | BalanceCapExceeded
    limits   class:1                       | ok
    transfer bob alice 100.00              | ok
    transfer bob alice 0.01                | BalanceCapExceeded
"

/// A kind of code has every window that users have, where its limits say so.
codes_have_every_window "
    limits   code:static windows=all single=100.00 month=150.00 year=180.00 lifetime=200.00 | ok
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY                      | ok
    top_up   alice 2000.00 r1              | ok
    top_up   bob 2000.00 r2                | ok
    at       2026-11-29T10:00:00Z          |
    create   p1 o1 shop 100.01 code=static timeout=1296000 | ok
    create   p2 o2 shop 100.00 code=static | ok
    create   p3 o3 shop 50.01 code=static timeout=1296000 | ok
    create   p4 o4 shop 50.00 code=static  | ok
    create   p5 o5 shop 100.00 code=a      | ok
    create   p6 o6 shop 100.00             | ok
    create   p7 o7 shop 100.00 code=static | ok
    pay      p1 alice balance:100.01       | LimitExceeded
    pay      p2 alice balance:100.00       | ok
    pay      p3 alice balance:50.01        | LimitExceeded
    pay      p4 alice balance:50.00        | ok
    pay      p5 alice balance:100.00       | ok
    pay      p6 alice balance:100.00       | ok
    pay      p7 bob balance:100.00         | ok
    pay      p1 alice balance:0.01 channel:visa:100.00 | LimitExceeded
    at       2026-11-30T23:59:59.999Z      | BatchCut BatchSettle
    create   p8 o8 shop 0.01 code=static timeout=1296000 | ok
    pay      p8 alice balance:0.01         | LimitExceeded
    at       2026-12-01T00:00:00Z          |
    create   p9 o9 shop 30.01 code=static  | ok
    create   p10 o10 shop 30.00 code=static timeout=1296000 | ok
    pay      p9 alice balance:30.01        | LimitExceeded
    pay      p10 alice balance:30.00       | ok
    pay      p8 alice balance:0.01         | LimitExceeded
"

/// The year of a kind ends with the year; what was ever spent with it does not.
years_of_codes_end "
    limits   code:c windows=all year=10.00 lifetime=15.00 | ok
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    top_up   alice 100.00 r1               | ok
    at       2026-12-31T23:59:59.999Z      |
    create   p1 o1 shop 10.00 code=c       | ok
    create   p2 o2 shop 5.00 code=c        | ok
    create   p3 o3 shop 0.01 code=c        | ok
    pay      p1 alice balance:10.00        | ok
    pay      p2 alice balance:5.00         | LimitExceeded
    at       2027-01-01T00:00:00Z          | BatchCut BatchSettle
    pay      p2 alice balance:5.00         | ok
    pay      p3 alice balance:0.01         | LimitExceeded
"

/// Without the word a kind of code has a day and nothing else, as it had before there was the word;
/// what is counted begins with it, and does not end where later limits leave it out.
every_window_is_counted_from_when_it_is_said "
    limits   code:b single=1.00 month=1.00 lifetime=1.00 cap=1.00 day=20.00 | ok
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    top_up   alice 100.00 r1               | ok
    create   p1 o1 shop 10.00 code=b       | ok
    create   p2 o2 shop 5.00 code=b        | ok
    create   p3 o3 shop 0.01 code=b        | ok
    create   p4 o4 shop 5.00 code=b        | ok
    create   p5 o5 shop 0.01 code=b        | ok
    pay      p1 alice balance:10.00        | ok
    limits   code:b windows=all lifetime=5.00 | ok
    pay      p2 alice balance:5.00         | ok
    pay      p3 alice balance:0.01         | LimitExceeded
    limits   code:b                        | ok
    pay      p4 alice balance:5.00         | ok
    limits   code:b lifetime=10.00         | ok
    pay      p5 alice balance:0.01         | LimitExceeded
    limits   code:b lifetime=10.01         | ok
    pay      p5 alice balance:0.01         | ok
"

/// The day of the kind is asked before its other windows, and the user's own limits before both.
limits_of_codes_come_after_those_of_users "
    limits   code:a windows=all day=10.00 month=5.00 | ok
    limits   user:alice lifetime=20.00     | UnknownAccount
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    top_up   alice 100.00 r1               | ok
    create   p1 o1 shop 10.01 code=a       | ok
    create   p2 o2 shop 5.01 code=a        | ok
    pay      p1 alice balance:10.01        | QrDailyLimit
    pay      p2 alice balance:5.01         | LimitExceeded
    limits   user:alice single=10.00       | ok
    pay      p1 alice balance:10.01        | LimitExceeded
"

/// Classes and users have every window without a word, and the word changes nothing there.
classes_have_every_window "
    limits   class:2 single=50.00 day=60.00 month=70.00 year=80.00 lifetime=90.00 | ok
    limits   class:3 windows=all month=70.00 | ok
    user     alice 2 CNY                   | ok
    user     bob 3 CNY                     | ok
    top_up   alice 200.00 r1               | ok
    top_up   bob 200.00 r2                 | ok
    at       2026-11-29T10:00:00Z          |
    transfer alice bob 50.01               | LimitExceeded
    transfer alice bob 50.00               | ok
    transfer alice bob 10.01               | LimitExceeded
    transfer alice bob 10.00               | ok
    transfer bob alice 70.01               | LimitExceeded
    transfer bob alice 70.00               | ok
    at       2026-11-30T10:00:00Z          |
    transfer alice bob 10.01               | LimitExceeded
    transfer alice bob 10.00               | ok
    at       2026-12-01T10:00:00Z          |
    transfer alice bob 10.01               | LimitExceeded
    transfer alice bob 10.00               | ok
    at       2027-01-01T10:00:00Z          |
    transfer alice bob 10.01               | LimitExceeded
    transfer alice bob 10.00               | ok
"

/// SetLimits: a scope that exists.
limits_have_a_scope "
    user     alice 1 CNY                   | ok
    limits   user:bob day=1.00             | UnknownAccount
    limits   user:alice in=USD day=1.00    | CurrencyMismatch
    limits   class:0 day=1.00              | SchemaInvalid
    limits   class:4 day=1.00              | SchemaInvalid
    limits   code:none day=1.00            | SchemaInvalid
    limits   code:none windows=all         | SchemaInvalid
    limits   code:static windows=all cap=1.00 | SchemaInvalid
"
}
