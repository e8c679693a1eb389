//! Rows of instalment plans.

use crate::command::Bearer;
use crate::id::Id;
use crate::instalments::{Instalment, Split, plan_of};
use crate::table::Row;

/// A plan: what is ahead of it is owed, and not billed yet (PI). What was billed of it is the
/// statements' like any other purchase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Its id.
    pub plan: Id,
    /// Whose: number in `users`.
    pub user: u32,
    /// The purchase in it: number in `payments`; none if it is out of a statement.
    pub payment: Option<u32>,
    /// The principal, in minor units.
    pub amount: u64,
    /// The whole fee, in minor units.
    pub fee: u64,
    /// How many terms.
    pub terms: u32,
    /// How the principal is cut into them; the fee alike, but by the minor unit.
    pub split: Split,
    /// How many of them are billed.
    pub billed: u32,
    /// Taken off the last terms by refunds, in minor units.
    pub cut: u64,
    /// Who pays the fee.
    pub bearer: Bearer,
    /// Where it stands.
    pub state: PlanState,
}

row!(Plan, Id, self => self.plan);

/// Where a plan stands (DOMAIN §5). The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlanState {
    /// Something is ahead.
    Active = 0,
    /// All is billed.
    Completed = 1,
    /// The rest was paid ahead.
    Prepaid = 2,
    /// The rest was refunded.
    Cancelled = 3,
    /// The rest is lost.
    WrittenOff = 4,
}

impl PlanState {
    /// The state of a number.
    pub fn of(number: u32) -> Option<PlanState> {
        use PlanState::{Active, Cancelled, Completed, Prepaid, WrittenOff};
        let mut all = [Active, Completed, Prepaid, Cancelled, WrittenOff].into_iter();
        all.find(|state| *state as u32 == number)
    }
}

impl Plan {
    /// The terms that are not billed yet, with what the user pays of their fees.
    pub fn ahead(&self) -> Vec<Instalment> {
        let mut ahead = self.agreed();
        if self.bearer == Bearer::Seller {
            ahead.iter_mut().for_each(|term| term.fee = 0);
        }
        ahead
    }

    /// What the seller has paid of the fees of these terms (UI), in minor units.
    pub fn unearned(&self) -> u64 {
        match self.bearer {
            Bearer::User => 0,
            Bearer::Seller => {
                self.agreed().iter().fold(0, |sum, term| sum.saturating_add(term.fee))
            }
        }
    }

    /// What of that is of the term that is billed next.
    pub fn next_unearned(&self) -> u64 {
        let next = self.agreed().first().map_or(0, |term| term.fee);
        if self.bearer == Bearer::Seller { next } else { 0 }
    }

    /// What of that is no longer ahead when so much more is cut off the last terms.
    pub fn unearned_of(&self, cut: u64) -> u64 {
        let rest = Plan { cut: self.cut.saturating_add(cut), ..self.clone() };
        self.unearned().saturating_sub(rest.unearned())
    }

    /// What is cut is cut off the last terms. A term of which nothing is left bears no fee; one
    /// that is cut in part bears its own.
    fn agreed(&self) -> Vec<Instalment> {
        if self.state != PlanState::Active {
            return Vec::new();
        }
        let all = plan_of(self.amount, self.fee, self.terms, self.split).unwrap_or_default();
        let mut ahead: Vec<_> = all.into_iter().skip(self.billed as usize).collect();
        let mut cut = self.cut;
        for term in ahead.iter_mut().rev() {
            let part = cut.min(term.principal);
            term.principal -= part;
            cut -= part;
            if term.principal == 0 {
                term.fee = 0;
            }
        }
        ahead.retain(|term| term.principal > 0);
        ahead
    }

    /// Principal that is not billed yet, in minor units.
    pub fn left(&self) -> u64 {
        self.ahead().iter().fold(0, |sum, term| sum.saturating_add(term.principal))
    }
}
