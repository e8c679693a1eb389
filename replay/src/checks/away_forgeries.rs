//! Disputes of what was sold elsewhere, fees of plans that its seller bears, and royalties taken
//! back from elsewhere: books of either shard whose every hash is right, in which what was not
//! decided is asked for, or paid, or money stays where it is not at home. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, nothing};
use crate::sample::{
    borne_elsewhere, chain_of, funded_elsewhere, shared_elsewhere, sold_and_shared_elsewhere,
    sold_elsewhere,
};
use crate::verify::verify;
use groat_proto::v1;
use groat_proto::v1::cargo::Purpose;
use groat_proto::v1::event::Fact;

/// Where the payer is.
const HERE: &[Forgery] = &[
    (Check::Away, "owes 2500 here; its home was asked for 2400", |event| {
        if let Some(Fact::RemittanceSent(f)) = &mut event.fact
            && let Some(cargo) = &mut f.cargo
            && let Some(Purpose::DisputeDebt(debt)) = &mut cargo.purpose
            && debt.owed == 2_500
        {
            debt.owed -= 100;
        }
    }),
    (Check::Away, "has paid 100 more than was asked for", |event| {
        if let Some(Fact::DisputeDebtPaid(f)) = &mut event.fact
            && f.amount == 2_500
        {
            f.amount += 100;
        }
    }),
    (Check::Away, "of settled money, which is elsewhere", |event| {
        if let Some(Fact::RemittanceSent(f)) = &mut event.fact
            && let Some(cargo) = &mut f.cargo
            && let Some(Purpose::DisputeReleased(_)) = &mut cargo.purpose
        {
            cargo.amount -= 1;
            event.movements[0].amount -= 1;
        }
    }),
    (Check::Away, "owes 2500 here; its home was asked for 0", |event| {
        if let Some(Fact::DisputeDebtPaid(_)) = &mut event.fact {
            event.movements.clear();
        }
    }),
];

/// Where the merchant is at home.
const AT_HOME: &[Forgery] = &[
    (Check::BillLines, "dispute_charged: ", |event| {
        if let Some(Fact::DisputeCharged(f)) = &mut event.fact
            && f.owed > 0
        {
            f.from_available += 1;
            f.owed -= 1;
        }
    }),
    (Check::BillLines, "dispute_reversed: ", |event| {
        if let Some(Fact::DisputeReversed(f)) = &mut event.fact
            && f.to_debt > 0
        {
            f.to_available += 1;
        }
    }),
];

/// Where the merchant shares, and where the receiver is at home.
const SHARED_HERE: &[Forgery] = &[
    (Check::Royalties, "is asked for 999 of p1; its part is 1000 of 1700", |event| {
        if let Some(Fact::SplitReturnAsked(f)) = &mut event.fact
            && f.pro_rata
        {
            f.shares[0].amount -= 1;
        }
    }),
    (Check::Royalties, "was not asked for its part of a refund of p1", |event| {
        if let Some(Fact::SplitReturnAsked(f)) = &mut event.fact
            && f.pro_rata
        {
            f.shares.clear();
        }
    }),
    (Check::Royalties, "300 of p1 is moved where its fact says 299", |event| {
        if let Some(Fact::RoyaltyGivenBack(f)) = &mut event.fact
            && f.amount == 300
        {
            f.amount -= 1;
        }
    }),
    (Check::Royalties, "gives 1 back of p1; its part is 0", |event| {
        if let Some(Fact::SplitReturned(f)) = &mut event.fact
            && f.pro_rata > 0
        {
            f.shares.push(v1::ReturnedShare { split: 0, share: 0, amount: 1 });
        }
    }),
    (Check::Royalties, "answers of p1 what it was not asked for", |event| {
        if let Some(Fact::SplitReturnFailed(f)) = &mut event.fact
            && let Some(sent) = &mut f.sent
        {
            sent.receiver = sent.merchant;
        }
    }),
];

const RECEIVED_AT_HOME: &[Forgery] = &[(Check::BillLines, "royalty_taken: ", |event| {
    if let Some(Fact::RoyaltyTaken(f)) = &mut event.fact
        && f.amount == 1_000
    {
        f.amount += 1;
    }
})];

/// Where the plan is.
const BORNE_HERE: &[Forgery] = &[
    (Check::Away, "has 1 of settled money, which is elsewhere", |event| {
        if let Some(Fact::RemittanceSent(f)) = &mut event.fact
            && let Some(cargo) = &mut f.cargo
            && let Some(Purpose::BackHome(_)) = &mut cargo.purpose
        {
            cargo.amount -= 1;
            event.movements[0].amount -= 1;
        }
    }),
    (Check::PlanFees, "75 of the fee of plan l1 is said to move, not 76", |event| {
        if let Some(Fact::SellerFeeReturned(f)) = &mut event.fact {
            f.amount -= 1;
        }
    }),
];

/// Where the merchant that has something back is at home.
const BACK_AT_HOME: &[Forgery] = &[(Check::BillLines, "back_home_arrived: ", |event| {
    if let Some(Fact::BackHomeArrived(f)) = &mut event.fact {
        f.amount += 1;
    }
})];

/// Where a payment is shared whose money has gone home.
const FUNDED_HERE: &[Forgery] = &[
    (Check::Royalties, "is paid, and not what was asked", |event| {
        if let Some(Fact::SplitFunded(f)) = &mut event.fact {
            f.amount -= 1;
            event.movements[0].amount -= 1;
        }
    }),
    (Check::Royalties, "is split otherwise than was asked for", |event| {
        if let Some(Fact::PaymentSplit(f)) = &mut event.fact {
            f.shares[0].amount -= 1;
            f.from_available -= 1;
            event.movements[0].amount -= 1;
        }
    }),
    (Check::Royalties, "is neither shared nor given back", |event| {
        if let Some(Fact::PaymentSplit(_)) = &mut event.fact {
            event.fact = nothing();
            event.movements.clear();
        }
    }),
    (Check::Royalties, "refused: a merchant is unknown", |event| {
        if let Some(Fact::SplitAsked(f)) = &mut event.fact {
            f.shares[0].receiver = f.payment;
        }
    }),
];

/// Where the home pays for it.
const FUNDED_AT_HOME: &[Forgery] = &[(Check::BillLines, "split_paid: ", |event| {
    if let Some(Fact::SplitPaid(f)) = &mut event.fact {
        f.amount += 1;
    }
})];

#[test]
fn splits_of_what_has_gone_home() {
    all_are_found_in(&funded_elsewhere(1), FUNDED_HERE);
    all_are_found_in(&funded_elsewhere(0), FUNDED_AT_HOME);
    for home in [0, 1] {
        let report = verify(chain_of(funded_elsewhere(home).blocks), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None, "at home on {home}");
    }
}

#[test]
fn fees_of_plans_of_sellers_elsewhere() {
    all_are_found_in(&borne_elsewhere(1), BORNE_HERE);
    all_are_found_in(&borne_elsewhere(0), BACK_AT_HOME);
    for home in [0, 1] {
        let report = verify(chain_of(borne_elsewhere(home).blocks), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None, "at home on {home}");
    }
}

/// Where what was sold is shared.
const SOLD_AND_SHARED_HERE: &[Forgery] = &[
    (Check::Royalties, "gets of p1 and is not bound", |event| {
        if let Some(Fact::RoyaltyBound(_)) = &mut event.fact {
            event.fact = nothing();
        }
    }),
    (Check::Away, "has 1 of settled money, which is elsewhere", |event| {
        if let Some(Fact::RemittanceSent(f)) = &mut event.fact
            && let Some(cargo) = &mut f.cargo
            && let Some(Purpose::BackHome(_)) = &mut cargo.purpose
        {
            cargo.amount -= 1;
            event.movements[0].amount -= 1;
        }
    }),
];

#[test]
fn royalties_of_what_was_sold_elsewhere() {
    all_are_found_in(&sold_and_shared_elsewhere(1), SOLD_AND_SHARED_HERE);
    all_are_found_in(&sold_and_shared_elsewhere(0), BACK_AT_HOME);
    for home in [0, 1] {
        let blocks = sold_and_shared_elsewhere(home).blocks;
        let report = verify(chain_of(blocks), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None, "at home on {home}");
    }
}

#[test]
fn royalties_of_receivers_elsewhere() {
    all_are_found_in(&shared_elsewhere(1), SHARED_HERE);
    all_are_found_in(&shared_elsewhere(0), RECEIVED_AT_HOME);
    for home in [0, 1] {
        let report = verify(chain_of(shared_elsewhere(home).blocks), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None, "at home on {home}");
    }
}

#[test]
fn debts_of_merchants_elsewhere() {
    all_are_found_in(&sold_elsewhere(1), HERE);
    all_are_found_in(&sold_elsewhere(0), AT_HOME);
}

#[test]
fn days_of_sales_elsewhere_hold() {
    for home in [0, 1] {
        let report = verify(chain_of(sold_elsewhere(home).blocks), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None, "at home on {home}");
        let of_sales_elsewhere = |c: &&crate::checks::Checked| c.check == Check::Away.name();
        let times = report.checks.iter().find(of_sales_elsewhere).unwrap().times;
        assert_eq!(times > 0, home == 1, "{times} times");
    }
}
