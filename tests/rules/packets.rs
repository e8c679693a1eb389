//! Red packets (DOMAIN §1.6, §4.6).

tables! {
/// DOMAIN §7, example 28: fixed parts, and one that nobody claimed.
fixed_packets_of_example_28 "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 CNY                   | ok
    user     dora 2 CNY                    | ok
    top_up   alice 100.00 r1               | ok
    packet   k1 alice 10.00 3              | ok
    events   AccountOpened PacketSent
    told     PacketSent
    packet   k2 alice 10.00 3              | ok
    packet   k3 alice 10.00 51             | PacketPartOutOfRange
    balance  user_available alice 80.00
    balance  red_packet k1 10.00
    claim    k1 bob                        | ok
    told     PacketClaimed
    claim    k1 bob                        | AlreadyClaimed
    claim    k1 carol                      | ok
    claim    k1 alice                      | ok
    balance  user_available bob 3.34
    balance  user_available carol 3.33
    balance  user_available alice 83.33
    balance  red_packet k1 0.00
    claim    k1 dora                       | PacketEmpty
    claim    k2 carol                      | ok
    claim    k2 dora                       | ok
    balance  user_available carol 6.67
    balance  user_available dora 3.33
    close_account user:dora                | BalanceNotZero
    at       1970-01-02T00:00:00Z          | PacketExpiry
    told     PacketEnded
    balance  red_packet k2 0.00
    balance  user_available alice 86.66
    claim    k2 bob                        | PacketExpired
    claim    k1 bob                        | AlreadyClaimed
    claim    k1 dora                       | PacketExpired
"

/// Example 28: each random part in [1.67, 5.00], all of them 10.00, by the seed and nothing else.
random_packets_of_example_28 "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 CNY                   | ok
    user     dora 2 CNY                    | ok
    top_up   alice 100.00 r1               | ok
    packet   k1 alice 10.00 3 random seed=7 | ok
    packet   k2 alice 10.00 3 random seed=7 | ok
    packet   k3 alice 10.00 3 random seed=8 | ok
    claim    k1 bob                        | ok
    claim    k1 carol                      | ok
    claim    k1 dora                       | ok
    balance  user_available bob 2.97
    balance  user_available carol 2.08
    balance  user_available dora 4.95
    claim    k2 dora                       | ok
    claim    k2 carol                      | ok
    claim    k2 bob                        | ok
    balance  user_available bob 7.92
    balance  user_available carol 4.16
    balance  user_available dora 7.92
    claim    k3 bob                        | ok
    balance  user_available bob 11.65
"

/// Each way to say it wrong, in order.
a_packet_that_cannot_be_sent "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    fund     c1 - 10.00                    | ok
    packet   k1 nobody 1.00 1              | UnknownAccount
    packet   k1 campaign:c9 1.00 1         | UnknownAccount
    packet   k1 alice USD1.00 1            | CurrencyMismatch
    packet   k1 campaign:c1 USD1.00 1      | CurrencyMismatch
    packet   k1 alice 0.00 1               | AmountOutOfRange
    packet   k1 alice 10000000.01 500000   | AmountOutOfRange
    packet   k1 campaign:c1 0.99 1         | AmountOutOfRange
    packet   k1 alice 1.00 0               | SchemaInvalid
    packet   k1 alice 1.00 10000001        | SchemaInvalid
    packet   k1 alice 1.00 1 for=15897601  | SchemaInvalid
    packet   k1 alice 0.19 1               | PacketPartOutOfRange
    packet   k1 alice 1.00 6               | PacketPartOutOfRange
    packet   k1 alice 400.01 2             | PacketPartOutOfRange
    restrict user:alice debit              | ok
    packet   k1 alice 1.00 1               | AccountRestricted
    lift     user:alice debit              | ok
    packet   k1 alice 100.01 1             | InsufficientFunds
    limits   user:alice single=50.00 day=60.00 | ok
    packet   k1 alice 50.01 1              | LimitExceeded
    packet   k1 alice 50.00 1              | ok
    packet   k1 alice 0.20 1               | Duplicate
    packet   k2 alice 10.01 1              | LimitExceeded
    at       1970-01-02T00:00:00Z          | PacketExpiry
    balance  user_available alice 100.00
    packet   k2 alice 10.01 1 for=15897600 | ok
    packet   k3 campaign:c1 10.01 1        | BudgetExhausted
    close_campaign c1                      | ok
    packet   k3 campaign:c1 1.00 1         | InvalidState
"

/// And each way to claim in vain; the sender cannot leave before.
a_part_that_cannot_be_claimed "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 USD                   | ok
    user     gone 2 CNY                    | ok
    close_account user:gone                | ok
    top_up   alice 3.00 r1                 | ok
    packet   k1 alice 3.00 2 for=60        | ok
    claim    k9 bob                        | UnknownAccount
    claim    k1 nobody                     | UnknownAccount
    claim    k1 carol                      | CurrencyMismatch
    claim    k1 gone                       | AccountClosed
    restrict user:bob credit               | ok
    claim    k1 bob                        | AccountRestricted
    lift     user:bob credit               | ok
    limits   user:bob cap=1.49             | ok
    claim    k1 bob                        | BalanceCapExceeded
    limits   user:bob cap=1.50             | ok
    claim    k1 bob                        | ok
    close_account user:alice               | OpenObligations
    at       1970-01-01T00:01:00Z          | PacketExpiry
    balance  user_available alice 1.50
    payout   w1 user:alice 1.50            | ok
    payout_confirm w1                      | ok
    close_account user:alice               | ok
"

/// A campaign gives what it has not promised; what is not claimed is its own again, or its
/// funder's.
packets_of_a_campaign "
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    merchant shop CNY                      | ok
    adjust   dr:equity:50.00 cr:merchant_available:shop:50.00 | ok
    fund     c1 shop 20.00                 | ok
    kind     t1 5.00 by=c1                 | ok
    issue    x1 t1 alice                   | ok
    packet   k1 campaign:c1 15.01 3        | BudgetExhausted
    packet   k1 campaign:c1 15.00 3        | ok
    told     PacketSent
    balance  campaign_fund c1 5.00
    issue    x2 t1 bob                     | BudgetExhausted
    packet   k2 campaign:c1 1.00 1         | BudgetExhausted
    claim    k1 alice                      | ok
    balance  user_available alice 5.00
    at       1970-01-02T00:00:00Z          | CouponExpiry PacketExpiry
    balance  campaign_fund c1 15.00
    packet   k3 campaign:c1 10.00 2        | ok
    claim    k3 bob                        | ok
    close_campaign c1                      | ok
    balance  merchant_available shop 35.00
    at       1970-01-03T00:00:00Z          | PacketExpiry
    balance  merchant_available shop 40.00
    balance  campaign_fund c1 0.00
"
}
