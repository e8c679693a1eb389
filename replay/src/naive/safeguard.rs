//! What the platform holds and what it owes by currency, as the movements sum by the class of
//! their accounts. It knows neither rows nor facts.
//!
//! DOMAIN §6, 18 wants what users and merchants are owed to be in banks or with acquirers at every
//! day end. It is where the platform lends nobody anything; a purchase on credit is owed to the
//! merchant at once and paid by the user in a month, and whether the money lies ready meanwhile is
//! how the platform is funded, which no rule decides. So what is checked is what the rules do
//! promise: the part that is not there was lent, advanced or given by the platform, and nothing
//! else is counted as if it were there.
//!
//! ```text
//!     held + lent + given >= users and merchants + others       by currency, but for adjustments
//! ```
//!
//! On the left are debts somebody pays, at their principal. Not there: fees, interest and penalties
//! that nobody has paid yet, however much of them is booked as income, or lost of it later: no
//! money ever came or went for them. Nor what points cost that lapsed: nobody has it. On the right
//! is also the money of funding partners, that which came for nobody yet, that which is on its way
//! to another shard, what payers gave for another currency, and accounts of others' own: all of it
//! may lie in the same bank, and nobody else's claim is covered by it. What is over on the left is
//! the platform's own, capital and income that was paid. So this is more than a balance of trial,
//! which holds as well where a user's balance is raised at the cost of income.
//!
//! Adjustments may do anything to anybody under four eyes; what they changed stands apart.

use super::Journal;
use groat_ledger::{Class, Currency, Layer, Movement};
use std::collections::BTreeMap;

/// Sums of one currency, in minor units.
#[derive(Default, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cover {
    /// In banks and with acquirers (NB, CR).
    pub(crate) held: i128,
    /// Principal that users owe (PU, PB, PI, PO), rent advanced (RX), merchants' debts (MX).
    pub(crate) lent: i128,
    /// Spent on marketing less what lapsed of it, lost of credit less what was set aside for it,
    /// written off (E1, I6, E2, AL, E3); of what is lost only what once was lent.
    pub(crate) given: i128,
    /// Of users and merchants (UA, UF, UH, MP, MF, MA, MR, MD, PT, RP, CF).
    pub(crate) customers: i128,
    /// Of others: FP, SU, UI, money on its way, FX, PL, accounts of their own.
    pub(crate) others: i128,
    /// By how much adjustments raised the left side more than the right.
    pub(crate) adjusted: i128,
}

impl Cover {
    /// Of what users and merchants are owed, what is not held.
    pub(crate) fn short(&self) -> i128 {
        (self.customers - self.held).max(0)
    }

    /// Says if more is owed than is held, lent and given.
    pub(crate) fn holds(&self, currency: Currency) -> Result<(), String> {
        let Cover { held, lent, given, customers, others, adjusted } = *self;
        let (has, owes) = (held + lent + given - adjusted, customers + others);
        if has >= owes {
            return Ok(());
        }
        Err(format!(
            "{owes} is owed in {currency}; {held} is held, {lent} lent, {given} given, {adjusted} \
             of that by adjustments"
        ))
    }

    fn part(&mut self, class: Class) -> Option<(&mut i128, i128)> {
        Some(match class {
            Class::SafeguardedBank | Class::ChannelReceivable => (&mut self.held, 1),
            Class::CreditUnbilled
            | Class::CreditBilled
            | Class::CreditInstalment
            | Class::CreditOverdue
            | Class::CashLoan
            | Class::RentalAdvance
            | Class::MerchantReceivable => (&mut self.lent, 1),
            // What is set aside for losses is a loss already.
            Class::Marketing
            | Class::Breakage
            | Class::CreditLoss
            | Class::LossAllowance
            | Class::OtherWriteOff => (&mut self.given, 1),
            Class::UserAvailable
            | Class::UserFrozen
            | Class::UserHold
            | Class::MerchantPending
            | Class::MerchantFrozen
            | Class::MerchantAvailable
            | Class::MerchantReserve
            | Class::MerchantDisputed
            | Class::PayoutInTransit
            | Class::CampaignFund
            | Class::RedPacket
            | Class::StoredValue => (&mut self.customers, -1),
            Class::FundingPartner
            | Class::Suspense
            | Class::InTransit
            | Class::FxPosition
            // Of sellers, until it is earned.
            | Class::UnearnedFee
            // Owed, though no money came in for them: what they cost is given.
            | Class::PointsLiability
            | Class::Ledger => (&mut self.others, -1),
            // The platform's own; what is charged and not paid covers nothing.
            Class::Equity
            | Class::ServiceFee
            | Class::InstalmentFee
            | Class::InterestIncome
            | Class::PenaltyIncome
            | Class::OtherFees
            | Class::FeeReceivable
            | Class::InterestReceivable
            | Class::LoanInterest
            | Class::LoanFee
            | Class::LoanPenalty
            | Class::PenaltyReceivable
            // Nobody's money.
            | Class::LimitGranted
            | Class::LimitGrantedContra
            | Class::CreditHeld
            | Class::CreditHeldContra
            | Class::DepositWaived
            | Class::DepositWaivedContra
            | Class::RentObligation
            | Class::RentObligationContra
            | Class::CouponFace
            | Class::Points
            | Class::PointsContra
            | Class::CouponFaceContra => return None,
        })
    }

    /// Held, lent and given less what is owed.
    fn spare(&self) -> i128 {
        self.held + self.lent + self.given - self.customers - self.others
    }
}

/// Sums of each currency, on a day of the business calendar.
#[derive(Default, Debug)]
pub(crate) struct Safeguard {
    date: u32,
    covers: BTreeMap<Currency, Cover>,
}

impl Safeguard {
    /// Begins the date of an event; the sums at the end of the date before, if it is a new one.
    pub(crate) fn begin(&mut self, date: u32) -> Option<(u32, Vec<(Currency, Cover)>)> {
        let ended = std::mem::replace(&mut self.date, date);
        let is_new = ended != date && !self.covers.is_empty();
        is_new.then(|| (ended, self.covers().collect()))
    }

    pub(crate) fn covers(&self) -> impl Iterator<Item = (Currency, Cover)> + '_ {
        self.covers.iter().map(|(currency, cover)| (*currency, *cover))
    }

    pub(crate) fn date(&self) -> u32 {
        self.date
    }

    /// Adds up one entry, of accounts that the journal knows.
    pub(crate) fn post(&mut self, journal: &Journal, movements: &[Movement], is_adjustment: bool) {
        for m in movements.iter().filter(|m| m.layer == Layer::Posted) {
            if is_lost_charge(journal, m) {
                continue;
            }
            for (no, signed) in [(m.debit, 1), (m.credit, -1)] {
                let Some(sums) = journal.of(no) else { continue };
                let cover = self.covers.entry(sums.currency).or_default();
                let before = cover.spare();
                if let Some((part, sign)) = cover.part(sums.key.class) {
                    *part += sign * signed * i128::from(m.amount);
                }
                if is_adjustment {
                    cover.adjusted += cover.spare() - before;
                }
            }
        }
    }
}

/// Whether a charge is lost that nobody has paid: it never stood for money, and its loss gives
/// nobody anything.
fn is_lost_charge(journal: &Journal, m: &Movement) -> bool {
    let class = |no: u32| journal.of(no).map(|sums| sums.key.class);
    let is_loss = matches!(class(m.debit), Some(Class::CreditLoss | Class::LossAllowance));
    let charges = matches!(
        class(m.credit),
        Some(
            Class::FeeReceivable
                | Class::InterestReceivable
                | Class::LoanFee
                | Class::LoanInterest
                | Class::LoanPenalty
                | Class::PenaltyReceivable
        )
    );
    is_loss && charges
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_ledger::{AccountKey, Id};

    const CLASSES: [Class; 10] = [
        Class::SafeguardedBank,
        Class::UserAvailable,
        Class::InterestReceivable,
        Class::InterestIncome,
        Class::CreditUnbilled,
        Class::FundingPartner,
        Class::Marketing,
        Class::PointsLiability,
        Class::Breakage,
        Class::CreditLoss,
    ];

    /// Entries by what is debited and credited of the classes.
    fn cover(entries: &[(Class, Class, u64)]) -> Cover {
        let (mut journal, mut safeguard) = (Journal::default(), Safeguard::default());
        for (no, class) in (0..).zip(CLASSES) {
            let key = AccountKey::of(class, Id(1), Currency::CNY);
            journal.open(no, &key, Currency::CNY, class.sign_rule()).unwrap();
        }
        let no = |class: Class| (0..).zip(CLASSES).find(|(_, c)| *c == class).unwrap().0;
        for (debit, credit, amount) in entries {
            let (debit, credit, layer) = (no(*debit), no(*credit), Layer::Posted);
            let entry = [Movement { debit, credit, amount: *amount, layer }];
            safeguard.post(&journal, &entry, false);
        }
        safeguard.covers().next().unwrap().1
    }

    #[test]
    fn what_is_lent_stands_for_what_is_owed() {
        let bought = (Class::CreditUnbilled, Class::UserAvailable, 100);
        let funded = (Class::SafeguardedBank, Class::FundingPartner, 100);
        let lent = cover(&[bought, funded]);
        assert_eq!((lent.holds(Currency::CNY), lent.short()), (Ok(()), 0));
        assert_eq!(cover(&[bought]).short(), 100);
        assert_eq!(cover(&[bought]).holds(Currency::CNY), Ok(()));
    }

    /// What was lent is lost with what it stood for; a charge that nobody paid stood for nothing,
    /// and what points cost that lapsed is given to nobody.
    #[test]
    fn losses_of_charges_and_points_that_lapse_cover_nothing() {
        let bought = (Class::CreditUnbilled, Class::UserAvailable, 100);
        let lost = (Class::CreditLoss, Class::CreditUnbilled, 100);
        assert_eq!(cover(&[bought, lost]).holds(Currency::CNY), Ok(()));
        let charged = (Class::InterestReceivable, Class::InterestIncome, 100);
        let charge_lost = (Class::CreditLoss, Class::InterestReceivable, 100);
        let given = (Class::InterestIncome, Class::UserAvailable, 100);
        assert_eq!(cover(&[charged, charge_lost]).holds(Currency::CNY), Ok(()));
        assert!(cover(&[charged, charge_lost, given]).holds(Currency::CNY).is_err());
        let earned = (Class::Marketing, Class::PointsLiability, 100);
        let redeemed = (Class::PointsLiability, Class::UserAvailable, 100);
        let lapsed = (Class::PointsLiability, Class::Breakage, 100);
        assert_eq!(cover(&[earned, redeemed]).holds(Currency::CNY), Ok(()));
        assert_eq!(cover(&[earned, lapsed]).holds(Currency::CNY), Ok(()));
        assert!(cover(&[earned, lapsed, given]).holds(Currency::CNY).is_err());
    }

    /// Neither what is charged and not paid, nor the money of a partner, covers what is owed.
    #[test]
    fn charges_and_other_peoples_money_cover_nothing() {
        let charged = (Class::InterestReceivable, Class::InterestIncome, 100);
        let given = (Class::InterestIncome, Class::UserAvailable, 100);
        assert_eq!(cover(&[charged]).holds(Currency::CNY), Ok(()));
        assert!(cover(&[charged, given]).holds(Currency::CNY).is_err());
        let funded = (Class::SafeguardedBank, Class::FundingPartner, 100);
        assert!(cover(&[funded, charged, given]).holds(Currency::CNY).is_err());
        let paid = (Class::SafeguardedBank, Class::InterestReceivable, 100);
        assert_eq!(cover(&[charged, paid, given]).holds(Currency::CNY), Ok(()));
    }
}
