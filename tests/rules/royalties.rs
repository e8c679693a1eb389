//! Royalties: relations, splits, what is frozen, and what comes back (DOMAIN §1.5, §4.6).

tables! {
/// DOMAIN §7, example 21.
caps_and_what_is_left_of_example_21 "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY                      | ok
    merchant full CNY royalty=10000        | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    bind     full guide                    | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    share    p1 s1 guide:20.00             | ok
    events   PaymentSplit
    told     PaymentSplit
    share    p1 s2 guide:9.99              | ok
    share    p1 s3 guide:0.02              | RoyaltyCapExceeded
    share    p1 s4 guide:0.01              | ok
    balance  merchant_available guide 30.00
    batch    shop 1970-01-01 OPEN 69.40
    create   p2 o2 full 6.90               | ok
    pay      p2 alice balance:6.90         | ok
    share    p2 s1 guide:6.87              | AmountNotEnough
    share    p2 s2 guide:6.86              | ok
    create   p3 o3 shop 33.33              | ok
    pay      p3 alice balance:33.33        | ok
    share    p3 s1 guide:7%                | ok
    balance  merchant_available guide 39.19
"

/// DOMAIN §7, example 22, and the rest of it: the parts of a share sum to the share.
a_refund_in_proportion_of_example_22 "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    merchant driver CNY                    | ok
    bind     shop guide                    | ok
    bind     shop driver                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    share    p1 s1 guide:20.00 driver:10.00 | ok
    batch    shop 1970-01-01 OPEN 70.00
    refund   p1 f1 50.00 royalties=pro_rata | ok
    events   SplitReturned RefundSucceeded
    told     SplitReturned PaymentRefunded
    balance  merchant_available guide 10.00
    balance  merchant_available driver 5.00
    batch    shop 1970-01-01 OPEN 35.00
    balance  user_available alice 950.00
    refund   p1 f2 33.33 royalties=pro_rata | ok
    balance  merchant_available guide 3.33
    balance  merchant_available driver 1.67
    refund   p1 f3 16.67 royalties=pro_rata | ok
    balance  merchant_available guide 0.00
    balance  merchant_available driver 0.00
    batch    shop 1970-01-01 OPEN 0.00
    refund   p1 f1 50.00                   | again
"

/// Else the merchant alone pays, or the receivers that it names; a split after a refund gives
/// nothing for it.
who_pays_a_refund "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    merchant other CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    share    p1 s1 guide:10.00             | ok
    refund   p1 f1 20.00                   | ok
    balance  merchant_available guide 10.00
    refund   p1 f2 1.00 royalties=guide:1.01 | ReturnExceedsReceived
    refund   p1 f2 20.00 royalties=guide:10.01 | ReturnExceedsReceived
    refund   p1 f2 20.00 royalties=other:0.01 | ReturnExceedsReceived
    refund   p1 f2 20.00 royalties=nope:0.01 | UnknownAccount
    refund   p1 f2 20.00 royalties=guide:USD0.01 | CurrencyMismatch
    refund   p1 f2 20.00 royalties=guide:0.00 | AmountOutOfRange
    refund   p1 f2 20.00 royalties=guide:1.00,guide:1.00 | SchemaInvalid
    refund   p1 f2 20.00 royalties=guide:4.00 | ok
    balance  merchant_available guide 6.00
    refund   p1 f3 10.00 royalties=pro_rata | ok
    balance  merchant_available guide 5.00
    share    p1 s2 guide:10.00             | ok
    refund   p1 f4 10.00 royalties=pro_rata | ok
    balance  merchant_available guide 13.00
    payout   w1 merchant:guide 13.00       | ok
    refund   p1 f5 10.00 royalties=pro_rata | ReceiverBalanceInsufficient
    restrict merchant:guide debit          | ok
    refund   p1 f5 10.00 royalties=pro_rata | AccountRestricted
    refund   p1 f5 10.00                   | ok
"

/// A receiver is bound first; what was shared stays when it no longer is.
receivers_are_bound "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY                      | ok
    merchant guide CNY                     | ok
    merchant yankee USD                    | ok
    bind     shop shop                     | AccountsMustDiffer
    bind     nope guide                    | UnknownAccount
    bind     shop nope                     | UnknownAccount
    bind     shop yankee                   | CurrencyMismatch
    unbind   shop guide                    | NotBound
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    share    p1 s1 guide:1.00              | NotBound
    bind     shop guide                    | ok
    events   RoyaltyBound
    bind     shop guide                    | Duplicate
    share    p1 s1 guide:1.00              | ok
    unbind   shop guide                    | ok
    share    p1 s1 guide:1.00              | again
    share    p1 s2 guide:1.00              | NotBound
    return_share p1 s1 b1 guide 0.40       | ok
    balance  merchant_available guide 0.60
    bind     shop guide                    | ok
    share    p1 s2 guide:1.00              | ok
"

as_many_receivers_as_may_be "
    merchant shop CNY                      | ok
    repeat 200 merchant m$ CNY ; bind shop m$ | ok
    merchant last CNY                      | ok
    bind     shop last                     | RelationLimit
    unbind   shop m7                       | ok
    bind     shop last                     | ok
"

/// The staircase of a split, step by step; all of it or nothing.
splits_are_whole_or_refused "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 royalty=10000  | ok
    merchant a CNY                         | ok
    merchant b CNY                         | ok
    bind     shop a                        | ok
    bind     shop b                        | ok
    share    p1 s1 a:1.00                  | UnknownAccount
    create   p1 o1 shop 100.00             | ok
    share    p1 s1 a:1.00                  | InvalidState
    pay      p1 alice balance:100.00       | ok
    share    p1 s1                         | SchemaInvalid
    share    p1 s1 a:1.00 a:1.00           | SchemaInvalid
    share    p1 s1 a:1.00 b:1.00 c:1.00 d:1.00 e:1.00 f:1.00 | SchemaInvalid
    share    p1 s1 a:1.00 c:1.00           | UnknownAccount
    share    p1 s1 a:USD1.00               | CurrencyMismatch
    share    p1 s1 a:0.00                  | AmountOutOfRange
    share    p1 s1 a:0%                    | RateOutOfRange
    share    p1 s1 a:101%                  | RateOutOfRange
    restrict merchant:b credit             | ok
    share    p1 s1 a:1.00 b:1.00           | AccountRestricted
    lift     merchant:b credit             | ok
    restrict merchant:shop debit           | ok
    share    p1 s1 a:1.00                  | AccountRestricted
    lift     merchant:shop debit           | ok
    share    p1 s1 a:60.00 b:40.01         | RoyaltyCapExceeded
    refund   p1 f1 10.00                   | ok
    dispute  d1 p1 5.00 +9d                | ok
    share    p1 s1 a:60.00 b:25.01         | AmountNotEnough
    share    p1 s1 a:60.00 b:25.00         | ok
    share    p1 s1 a:60.00 b:24.99         | IdempotencyConflict
    share    p1 s1 a:60.00 b:25.00 finish=yes | IdempotencyConflict
    share    p1 s1 a:60.00 b:25.00         | again
    share    p1 s2 finish=yes              | ok
    events   PaymentSplit SplitFinished
    share    p1 s3 a:0.01                  | SplitFinished
    create   p2 o2 shop 0.10               | ok
    pay      p2 alice balance:0.10         | ok
    share    p2 s1 a:1%                    | AmountOutOfRange
    create   p3 o3 shop 10.00              | ok
    pay      p3 alice balance:10.00        | ok
    repeat 50 share p3 s$ a:0.01           | ok
    share    p3 t1 a:0.01                  | SplitCountExceeded
"

/// When the batch is settled the money is the merchant's settled money.
a_split_after_settlement "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    confirm  p1 90.00                      | ok
    share    p1 s1 guide:15.00             | ok
    balance  merchant_available shop 85.00
    batch    shop 1970-01-01 OPEN 0.00
    at       +1d                           | BatchCut BatchSettle
    share    p1 s2 guide:15.00             | ok
    balance  merchant_available shop 70.00
    refund   p1 f1 10.00 royalties=pro_rata | ok
    balance  merchant_available shop 63.00
    balance  merchant_available guide 27.00
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice balance:100.00       | ok
    at       +1d                           | BatchCut BatchSettle
    payout   w1 merchant:shop 163.00       | ok
    share    p2 s1 guide:0.01              | AmountNotEnough
"

/// What is frozen is shared, frees what a refund or a dispute needs, and the rest of it at the end.
proceeds_are_frozen_until_they_are_shared "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY cycle=2              | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    events   PaymentCreated RoyaltyFreezeSet
    pay      p1 alice balance:100.00       | ok
    balance  merchant_frozen p1 99.40
    batch    shop 1970-01-01 OPEN 0.00
    confirm  p1 0.01                       | ConfirmationExceedsUnsettled
    share    p1 s1 guide:20.00             | ok
    balance  merchant_frozen p1 79.40
    refund   p1 f1 50.00 royalties=pro_rata | ok
    events   FeeReturned SplitReturned ProceedsFreed RefundSucceeded
    balance  merchant_frozen p1 39.70
    balance  merchant_available guide 10.00
    dispute  d1 p1 9.70 +9d                | ok
    events   ProceedsFreed AccountOpened DisputeOpened
    balance  merchant_frozen p1 30.00
    close_account merchant:shop            | OpenObligations
    share    p1 s2 guide:5.00 finish=yes   | ok
    told     PaymentSplit SplitFinished
    balance  merchant_frozen p1 0.00
    balance  merchant_available guide 15.00
    batch    shop 1970-01-01 OPEN 25.00
    refund   p1 f2 5.00                    | ok
    batch    shop 1970-01-01 OPEN 20.03
"

/// What was refunded whole waits for no split: nothing of it is frozen, and the shop may close.
a_whole_refund_ends_what_is_frozen "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    pay      p1 alice balance:100.00       | ok
    at       +1d                           | BatchCut BatchSettle
    share    p1 s1 guide:10.00             | ok
    refund   p1 f1 60.00 royalties=pro_rata | ok
    events   SplitReturned ProceedsFreed RefundSucceeded
    close_account merchant:shop            | OpenObligations
    refund   p1 f2 40.00 royalties=pro_rata | ok
    events   SplitReturned ProceedsFreed RefundSucceeded SplitFinished
    balance  merchant_frozen p1 0.00
    balance  merchant_available guide 0.00
    balance  user_available alice 1000.00
    close_account merchant:shop            | ok
    at       +30d                          |
"

/// What a dispute took of what was frozen is settled money once the merchant has won, and is shared
/// like it; no more than is left of the payment.
what_a_dispute_gives_back_is_shared "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    pay      p1 alice balance:100.00       | ok
    dispute  d1 p1 95.00 +9d               | ok
    judge    d1 merchant                   | ok
    balance  merchant_available shop 95.00
    balance  merchant_frozen p1 5.00
    share    p1 s1 guide:20.00             | ok
    balance  merchant_frozen p1 0.00
    balance  merchant_available shop 80.00
    balance  merchant_available guide 20.00
    share    p1 s2 guide:10.00 finish=yes  | ok
    balance  merchant_available guide 30.00
"

/// Of settled money that was paid out nothing is shared, and never more than the payment has left.
what_a_dispute_gave_back_may_be_gone "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 royalty=10000 | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    pay      p1 alice balance:100.00       | ok
    create   p2 o2 shop 200.00             | ok
    pay      p2 alice balance:200.00       | ok
    dispute  d1 p1 95.00 +9d               | ok
    judge    d1 merchant                   | ok
    refund   p1 f1 10.00                   | ok
    share    p1 s1 guide:90.01             | AmountNotEnough
    payout   w1 merchant:shop 89.00        | ok
    share    p1 s1 guide:50.00             | AmountNotEnough
"

/// The clock frees it after thirty days, before it cuts that day's batch (DOMAIN §4.7).
the_clock_frees_what_is_frozen "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    pay      p1 alice balance:100.00       | ok
    at       +1d                           | BatchCut BatchSettle
    balance  merchant_available shop 0.00
    share    p1 s1 guide:10.00             | ok
    balance  merchant_frozen p1 90.00
    refund   p1 f1 20.00                   | ok
    events   ProceedsFreed RefundSucceeded
    balance  merchant_available shop 0.00
    balance  merchant_frozen p1 70.00
    at       +29d                          | RoyaltyRelease
    events   AccountOpened BatchOpened SplitFinished
    told     SplitFinished
    batch    shop 1970-01-31 OPEN 70.00
    share    p1 s2 guide:1.00              | SplitFinished
    at       +1d                           | BatchCut BatchSettle
    balance  merchant_available shop 70.00
    payout   w1 merchant:shop 70.00        | ok
    payout_confirm w1                      | ok
    close_account merchant:shop            | ok
"

/// A coupon of the merchant lowers what there is to freeze and to share.
frozen_with_a_coupon "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0 royalty=10000  | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    kind     t1 20.00 at=shop merchant=20.00 | ok
    issue    k1 t1 alice                   | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    pay      p1 alice balance:80.00 coupon:k1:20.00 | ok
    balance  merchant_frozen p1 80.00
    share    p1 s1 guide:40.00             | ok
    refund   p1 f1 40.00 royalties=pro_rata | ok
    balance  merchant_available guide 20.00
    refund   p1 f2 60.00 royalties=pro_rata | ok
    balance  merchant_available guide 0.00
    balance  merchant_frozen p1 0.00
"

/// Whose share it is comes before the number: each receiver has its own, and learns nothing of
/// those of others.
each_receiver_has_its_own_numbers "
    at 2026-01-31T09:00:00Z |
    user     alice 3 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    merchant driver CNY                    | ok
    merchant inn CNY                       | ok
    app      spy key1 royalties signs=1    | ok
    grant_app spy inn royalties            | ok
    bind     shop guide                    | ok
    bind     shop driver                   | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    share    p1 s1 guide:10.00 driver:10.00 | ok
    return_share p1 s1 b1 guide 4.00       | ok
    return_share p1 s1 b1 driver 5.00      | ok
    return_share p1 s1 b1 driver 5.00      | again
    return_share p1 s1 b1 driver 5.01      | IdempotencyConflict
    return_share p1 s1 b1 guide 4.00       | again
    as spy return_share p1 s1 b1 inn 4.00  | UnknownAccount
    as spy return_share p1 s1 b2 inn 4.00  | UnknownAccount
    return_share p1 s2 b1 guide 4.00       | UnknownAccount
    share    p1 s2 guide:10.00             | ok
    return_share p1 s2 b1 guide 4.00       | IdempotencyConflict
    return_share p1 s2 b2 guide 4.00       | ok
"

/// A receiver gives back to the merchant's settled money, for 180 days.
receivers_give_back "
    user     alice 3 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    return_share nope s1 b1 guide 1.00     | UnknownAccount
    return_share p1 s1 b1 guide 1.00       | UnknownAccount
    share    p1 s1 guide:30.00             | ok
    return_share p1 s1 b1 shop 1.00        | UnknownAccount
    return_share p1 s1 b1 guide USD1.00    | CurrencyMismatch
    return_share p1 s1 b1 guide 0.00       | AmountOutOfRange
    return_share p1 s1 b1 guide 30.01      | ReturnExceedsReceived
    return_share p1 s1 b1 guide 10.00      | ok
    told     SplitReturned
    return_share p1 s1 b1 guide 10.00      | again
    return_share p1 s1 b1 guide 10.01      | IdempotencyConflict
    balance  merchant_available shop 10.00
    balance  merchant_available guide 20.00
    share    p1 s2 guide:0.01              | RoyaltyCapExceeded
    refund   p1 f1 100.00 royalties=pro_rata | ok
    balance  merchant_available guide 0.00
    return_share p1 s1 b2 guide 0.01       | ReturnExceedsReceived
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice balance:100.00       | ok
    share    p2 s1 guide:30.00             | ok
    payout   w1 merchant:guide 1.00        | ok
    return_share p2 s1 b1 guide 30.00      | ReceiverBalanceInsufficient
    restrict merchant:guide debit          | ok
    return_share p2 s1 b1 guide 1.00       | AccountRestricted
    lift     merchant:guide debit          | ok
    restrict merchant:shop credit          | ok
    return_share p2 s1 b1 guide 1.00       | AccountRestricted
    lift     merchant:shop credit          | ok
    repeat 50 return_share p2 s1 b$ guide 0.01 | ok
    return_share p2 s1 c1 guide 0.01       | SplitCountExceeded
    create   p3 o3 shop 100.00             | ok
    pay      p3 alice balance:100.00       | ok
    share    p3 s1 guide:30.00             | ok
    at       +180d                         | BatchCut BatchSettle
    return_share p3 s1 b1 guide 1.00       | ok
    at       +1ms                          |
    return_share p3 s1 b2 guide 1.00       | ReturnWindowClosed
"
}
