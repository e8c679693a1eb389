//! Points that a card owes: those that were taken back and that it did not have.

tables! {
/// Points that were redeemed are not free: what a refund takes back and the card does not have it
/// owes, and whatever comes to it pays that first. Four times around nobody has won anything.
points_that_were_spent_are_owed "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY per=1.00 worth=1000000 | ok
    card     c1 alice club                 | ok
    create   p1 o1 shop 100.00             | ok
    pay      p1 alice balance:100.00       | ok
    earn     c1 alice p1                   | ok
    redeem   c1 alice 100                  | ok
    balance  user_available alice 1.00
    refund   p1 f1 60.00                   | ok
    refund   p1 f2 40.00                   | ok
    events   RefundSucceeded PointsReversed
    told     PaymentRefunded PointsReversed
    balance  user_available alice 101.00
    balance  points c1 PTS0
    redeem   c1 alice 1                    | PointsInsufficient
    create   p2 o2 shop 100.00             | ok
    pay      p2 alice balance:100.00       | ok
    earn     c1 alice p2                   | ok
    events   PointsEarned
    balance  points c1 PTS0
    balance  points_liability club 0.00
    redeem   c1 alice 100                  | PointsInsufficient
    refund   p2 f1 100.00                  | ok
    create   p3 o3 shop 100.00             | ok
    pay      p3 alice balance:100.00       | ok
    earn     c1 alice p3                   | ok
    refund   p3 f1 100.00                  | ok
    create   p4 o4 shop 100.00             | ok
    pay      p4 alice balance:100.00       | ok
    earn     c1 alice p4                   | ok
    refund   p4 f1 100.00                  | ok
    redeem   c1 alice 1                    | PointsInsufficient
    balance  user_available alice 101.00
    balance  marketing - 1.00
    earn     c1 alice 30                   | ok
    adjust_points c1 alice 69              | ok
    balance  points c1 PTS0
    adjust_points c1 alice 3               | ok
    balance  points c1 -PTS2
    balance  marketing - 1.02
"

/// Points that come back to a card pay what it owes too: what they paid is marketing's then.
points_that_come_back_pay_what_is_owed "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY per=1.00 worth=1000000 | ok
    card     c1 alice club                 | ok
    create   p1 o1 shop 70.00              | ok
    create   p2 o2 shop 1.00               | ok
    pay      p1 alice balance:70.00        | ok
    earn     c1 alice p1                   | ok
    earn     c1 alice 30                   | ok
    pay      p2 alice points:c1:1.00       | ok
    balance  marketing - 1.00
    refund   p1 f1 70.00                   | ok
    refund   p2 f1 1.00                    | ok
    events   PointsReturned RefundSucceeded
    balance  points c1 -PTS30
    balance  points_liability club 0.30
    balance  marketing - 0.30
    balance  user_available alice 100.00
"

/// Closing the card helps nobody: the next one of its kind owes what it owed, and gives back what
/// it earned.
what_a_closed_card_owes_the_next_one_does "
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    card_kind club CNY per=1.00 worth=1000000 | ok
    card     c1 alice club                 | ok
    create   p1 o1 shop 80.00              | ok
    pay      p1 alice balance:80.00        | ok
    earn     c1 alice p1                   | ok
    redeem   c1 alice 80                   | ok
    refund   p1 f1 20.00                   | ok
    card_close c1 alice                    | ok
    refund   p1 f2 10.00                   | ok
    events   RefundSucceeded PointsReversed
    card     c2 alice club                 | ok
    earn     c2 alice 40                   | ok
    balance  points c2 -PTS10
    refund   p1 f3 25.00                   | ok
    balance  points c2 PTS0
    balance  points c1 PTS0
    earn     c2 alice 15                   | ok
    balance  points c2 PTS0
    earn     c2 alice 1                    | ok
    balance  points c2 -PTS1
"
}
