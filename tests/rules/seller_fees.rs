//! Instalment plans whose fee the seller bears: charged whole with the payment, earned term by
//! term, given back with what is refunded (DOMAIN §1.4, §4.2, §4.7).

tables! {
/// The published rate of sellers, 1.80 % for three terms: the user pays the price alone.
the_seller_pays_and_terms_earn "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 2000.00 r1              | ok
    merchant shop CNY                      | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 1111.11            | ok
    pay      p1 alice instalment:pl1:3:18000:1111.11:seller | ok
    events   AccountOpened AccountOpened BatchOpened AccountOpened PaymentPaid FeeCharged \
             AccountOpened SellerFeeCharged PlanCreated
    told     PaymentPaid SellerFeeCharged PlanCreated
    plan     pl1 ACTIVE fee=20.00 3*370.37
    // Less 6.67 of service fee and 20.00.
    batch    shop 2026-01-10 OPEN 1084.44
    balance  unearned_fee pl1 20.00
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    events   BatchCut BatchSettled AccountOpened TermBilled AccountOpened SellerFeeEarned \
             StatementIssued
    told     BatchSettled StatementIssued
    balance  merchant_available shop 1084.44
    bill     alice ISSUED total=370.37 min=37.03 billed=370.37 fee=0.00 ahead=740.74
    balance  instalment_fee - 6.68
    balance  unearned_fee pl1 13.32
    repay    alice 370.37                  | ok
    at       2026-03-01T00:00:00Z          | CreditStatement
    repay    alice 370.37                  | ok
    balance  instalment_fee - 13.34
    at       2026-04-01T00:00:00Z          | CreditStatement
    told     PlanEnded StatementIssued
    plan     pl1 COMPLETED
    balance  instalment_fee - 20.00
    balance  unearned_fee pl1 0.00
    repay    alice 370.37                  | ok
    close_line alice                       | ok
"

/// Who pays ahead gives nothing back to the seller: the fees of these terms are earned.
what_is_paid_ahead_is_earned "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 600.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    pay      p1 alice instalment:pl1:6:45000:600.00:seller | ok
    repay    alice 99.99 to=pl1            | ok
    events   PlanRepaid
    balance  unearned_fee pl1 27.00
    repay    alice 50.01 to=pl1            | ok
    events   PlanRepaid AccountOpened SellerFeeEarned
    told     PlanRepaid
    plan     pl1 ACTIVE fee=27.00 4*100.00 50.00
    balance  instalment_fee - 4.50
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    balance  instalment_fee - 9.00
    prepay   alice pl1                     | ok
    events   PlanPrepaid SellerFeeEarned
    told     PlanEnded
    balance  instalment_fee - 27.00
    balance  unearned_fee pl1 0.00
    balance  user_available alice 100.00
    bill     alice ISSUED total=100.00
    // All was earned: of the refund the seller has nothing back.
    balance  merchant_available shop 573.00
    refund   p1 f1 573.01                  | MerchantBalanceInsufficient
    refund   p1 f1 573.00                  | ok
    events   RefundSucceeded CreditReduced
"

/// The fee of a term that is cut comes back before the seller gives; a term that is cut in part
/// keeps its own.
refunds_give_back_what_is_not_earned "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    pay      p1 alice instalment:pl1:6:45000:600.00:seller | ok
    batch    shop 2026-01-10 OPEN 569.40
    refund   p1 f1 250.00                  | ok
    events   SellerFeeReturned FeeReturned RefundSucceeded PlanReduced
    told     SellerFeeReturned PaymentRefunded PlanReduced
    plan     pl1 ACTIVE fee=27.00 3*100.00 50.00
    // Two terms of 4.50, and 1.50 of the service fee.
    batch    shop 2026-01-10 OPEN 329.90
    balance  unearned_fee pl1 18.00
    refund   p1 f2 350.00                  | ok
    told     SellerFeeReturned PaymentRefunded PlanEnded
    plan     pl1 CANCELLED
    batch    shop 2026-01-10 OPEN 0.00
    balance  unearned_fee pl1 0.00
    balance  instalment_fee - 0.00
    balance  service_fee - 0.00
    credit   alice ACTIVE owed=0.00 left=2000.00
"

/// It is given back whatever was agreed about the service fee, which stays with the platform here.
a_merchant_without_fees_back_has_this_one_back "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee_back=none        | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    pay      p1 alice instalment:pl1:6:45000:600.00:seller | ok
    cancel   p1                            | MerchantBalanceInsufficient
    refund   p1 f1 596.41                  | MerchantBalanceInsufficient
    refund   p1 f1 596.40                  | MerchantBalanceInsufficient
    // The first term is still there with its 4.50.
    refund   p1 f1 591.91                  | MerchantBalanceInsufficient
    refund   p1 f1 591.90                  | ok
    events   SellerFeeReturned RefundSucceeded PlanReduced
    plan     pl1 ACTIVE 8.10
    batch    shop 1970-01-01 OPEN 0.00
    balance  unearned_fee pl1 4.50
"

/// After the settlement it comes back to settled money, and what was earned does not.
after_settlement_it_comes_back_to_settled_money "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 600.00             | ok
    pay      p1 alice instalment:pl1:6:45000:600.00:seller | ok
    at       2026-01-11T09:00:00Z          | BatchCut BatchSettle
    balance  merchant_available shop 569.40
    create   p2 o2 shop 300.00             | ok
    pay      p2 alice instalment:pl2:3:0:300.00:seller | ok
    events   AccountOpened BatchOpened PaymentPaid FeeCharged PlanCreated
    refund   p2 f1 300.00                  | ok
    events   FeeReturned RefundSucceeded PlanReduced
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    balance  instalment_fee - 4.50
    // 569.40, 22.50 and 3.57 come to 595.47.
    refund   p1 f1 595.48                  | MerchantBalanceInsufficient
    refund   p1 f1 595.47                  | ok
    events   SellerFeeReturned FeeReturned RefundSucceeded PlanReduced CreditReduced
    balance  merchant_available shop 0.00
    balance  unearned_fee pl1 0.00
    balance  instalment_fee - 4.50
    bill     alice MIN_PAID billed=4.53
"

/// No more is charged than the seller receives; in another currency nothing is.
what_cannot_be_charged "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY                      | ok
    merchant abroad USD                    | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice instalment:pl1:3:994001:100.00:seller | ok
    batch    shop 1970-01-01 OPEN 0.00
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice instalment:pl2:3:994051:100.00:seller | SellerFeeExceedsReceipts
    pay      p2 alice instalment:pl2:3:994051:100.00 | ok
    // Of a coupon's discount the seller receives nothing: 89.46 is what 90.00 leave.
    kind     t1 10.00 at=shop merchant=10.00 | ok
    issue    k1 t1 alice                   | ok
    create   p3 o3 shop 100.00             | ok
    pay      p3 alice coupon:k1:10.00 instalment:l3:3:994112:90.00:seller | \
                                                                   SellerFeeExceedsReceipts
    pay      p3 alice coupon:k1:10.00 instalment:l3:3:994000:90.00:seller | ok
    batch    shop 1970-01-01 OPEN 99.40
    quote    q1 USD CNY 7.0 +0ms +1h       | ok
    create   p4 o4 abroad USD10.00 quote=q1 | ok
    pay      p4 alice instalment:pl4:3:23000:70.00:seller | CurrencyMismatch
    pay      p4 alice instalment:pl4:3:23000:70.00 | ok
    // What the line does not cover is refused for that.
    create   p5 o5 shop 9000.00            | ok
    pay      p5 alice instalment:pl5:3:1000000:9000.00:seller | CreditLimitExceeded
"

/// What is frozen to be shared is net of it, and so is what can be shared; a refund frees no more
/// than the two fees leave to be given.
what_is_frozen_is_net_of_it "
    user     alice 2 CNY                   | ok
    merchant shop CNY royalty=10000        | ok
    merchant guide CNY                     | ok
    bind     shop guide                    | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 100.00 freeze=yes  | ok
    pay      p1 alice instalment:pl1:3:23000:100.00:seller | ok
    events   AccountOpened AccountOpened BatchOpened AccountOpened PaymentPaid FeeCharged \
             AccountOpened SellerFeeCharged AccountOpened ProceedsFrozen PlanCreated
    balance  merchant_frozen p1 97.10
    share    p1 s1 guide:97.11             | AmountNotEnough
    refund   p1 f1 50.00                   | ok
    events   SellerFeeReturned FeeReturned ProceedsFreed RefundSucceeded PlanReduced
    // The last term goes with its 0.76; 0.30 of the service fee comes back too.
    balance  merchant_frozen p1 48.16
    share    p1 s1 guide:48.17             | AmountNotEnough
    share    p1 s1 guide:48.16             | ok
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice instalment:pl2:3:23000:100.00:seller | ok
    share    p2 s1 guide:97.11             | AmountNotEnough
    share    p2 s1 guide:97.10             | ok
    batch    shop 1970-01-01 OPEN 0.00
"

/// A dispute that the payer wins gives it back to settled money.
a_dispute_gives_it_back "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 300.00             | ok
    pay      p1 alice instalment:pl1:3:23000:300.00:seller | ok
    dispute  d1 p1 150.00 +10d             | ok
    batch    shop 1970-01-01 OPEN 143.10
    judge    d1 customer                   | ok
    events   SellerFeeReturned DisputeJudged PlanReduced
    told     SellerFeeReturned DisputeJudged PlanReduced
    plan     pl1 ACTIVE 100.00 50.00
    balance  merchant_available shop 2.30
    balance  unearned_fee pl1 4.60
    // Of the batch so much is left; the rest of the plan brings 4.60.
    refund   p1 f1 150.00                  | ok
    batch    shop 1970-01-01 OPEN 0.00
    balance  merchant_available shop 0.00
    balance  unearned_fee pl1 0.00
"

/// What comes back pays the fee of the dispute before the seller owes any of it.
a_dispute_fee_is_paid_from_it "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 300.00             | ok
    pay      p1 alice instalment:pl1:3:23000:300.00:seller | ok
    dispute  d1 p1 150.00 +10d             | ok
    judge    d1 customer fee=3.00          | ok
    balance  merchant_available shop 0.00
    balance  merchant_receivable shop 0.70
    balance  other_fees - 3.00
"

/// What of the sale can be settled ahead of its batch is net of it.
a_confirmation_is_net_of_it "
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 300.00             | ok
    create   p2 o2 shop 300.00             | ok
    pay      p1 alice instalment:pl1:3:23000:300.00:seller | ok
    pay      p2 alice credit:300.00        | ok
    confirm  p1 293.11                     | ConfirmationExceedsUnsettled
    confirm  p1 293.10                     | ok
"

/// What is lost is earned: nobody has a claim on it any more.
what_is_lost_is_earned "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 late_ppm=0 | ok
    create   p1 o1 shop 600.00             | ok
    pay      p1 alice instalment:pl1:12:75000:600.00:seller | ok
    pass     2026-08-08T00:00:00Z          |
    balance  instalment_fee - 26.25
    balance  unearned_fee pl1 18.75
    write_off alice                        | ok
    events   AccountOpened AccountOpened CreditWrittenOff PlanWrittenOff SellerFeeEarned
    balance  instalment_fee - 45.00
    balance  unearned_fee pl1 0.00
    balance  credit_loss - 600.00
    refund   p1 f1 555.01                  | MerchantBalanceInsufficient
    refund   p1 f1 555.00                  | ok
    events   RefundSucceeded
"
}
