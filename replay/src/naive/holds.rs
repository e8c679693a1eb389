//! Authorizations as their facts tell them: what was frozen, captured and released of each part,
//! and where each stands (DOMAIN §5). It knows neither rows nor accounts.

use super::stranger;
use crate::names::fact_name;
use groat_ledger::{AuthorizationState, CreditBasis, Currency, Fact, Id};
use std::collections::BTreeMap;

/// The cash of a hold, or its credit.
#[derive(Default, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) frozen: i128,
    pub(crate) captured: i128,
    pub(crate) released: i128,
}

impl Part {
    pub(crate) fn rest(&self) -> i128 {
        self.frozen - self.captured - self.released
    }
}

/// One authorization.
#[derive(Debug)]
pub(crate) struct Hold {
    pub(crate) user: Id,
    pub(crate) currency: Currency,
    pub(crate) basis: CreditBasis,
    pub(crate) cash: Part,
    pub(crate) credit: Part,
    pub(crate) state: AuthorizationState,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Holds {
    holds: BTreeMap<Id, Hold>,
    /// Credit still held on each user's line.
    on_line: BTreeMap<Id, i128>,
}

impl Holds {
    pub(crate) fn get(&self, auth: Id) -> Option<&Hold> {
        self.holds.get(&auth)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.holds.keys().copied()
    }

    /// What authorizations hold on the line of a user.
    pub(crate) fn on_line_of(&self, user: Id) -> i128 {
        self.on_line.get(&user).copied().unwrap_or(0)
    }

    /// Takes a fact in; says if the state it finds does not have that step.
    pub(crate) fn follow(&mut self, auth: Id, fact: &Fact, due: bool) -> Result<(), String> {
        if let Fact::FundsAuthorized { user, currency, fund, credit, basis, .. } = fact {
            let part = |amount: u64| Part { frozen: amount.into(), ..Part::default() };
            let (cash, credit) = (part(*fund), part(*credit));
            let state = AuthorizationState::Authorized;
            let hold =
                Hold { user: *user, currency: *currency, basis: *basis, cash, credit, state };
            if *basis == CreditBasis::Line {
                *self.on_line.entry(*user).or_default() += credit.frozen;
            }
            let before = self.holds.insert(auth, hold);
            return before.map_or(Ok(()), |_| Err(format!("{auth} is authorized twice")));
        }
        let hold = self.holds.get_mut(&auth);
        // A rental without a deposit held has nothing that could be captured.
        let Some(hold) = hold else {
            return match fact {
                Fact::RentalCharged { fund: 0, .. } => Ok(()),
                other => Err(format!("{} of {auth}, which holds nothing", fact_name(other))),
            };
        };
        let (state, held) = (hold.state, hold.credit.rest());
        let taken = hold.take(fact, due);
        if hold.basis == CreditBasis::Line {
            *self.on_line.entry(hold.user).or_default() += hold.credit.rest() - held;
        }
        taken.map_err(|what| format!("{what} of {auth}, which is {state:?}"))
    }
}

impl Hold {
    /// Gives the name of a fact that cannot happen to this hold.
    fn take(&mut self, fact: &Fact, due: bool) -> Result<(), String> {
        let open = self.state == AuthorizationState::Authorized;
        let on_line = self.basis == CreditBasis::Line;
        let (fits, cash, credit, captures) = match fact {
            Fact::RentalCharged { fund: 0, .. } => return Ok(()),
            Fact::RentalCharged { fund, .. } => (!on_line, *fund, 0, true),
            Fact::AuthorizationCaptured { fund, credit, .. } => (on_line, *fund, *credit, true),
            Fact::FundsReleased { fund, credit, .. } => (true, *fund, *credit, false),
            Fact::AuthorizationClosed { fund, credit, expired, .. } => {
                // A part captured can no longer be cancelled; what is left of it can time out.
                let fits = on_line && *expired == due && (*expired || !self.has_captured());
                (fits, *fund, *credit, false)
            }
            other => return Err(stranger(other, "an authorization")),
        };
        for (part, amount) in [(&mut self.cash, cash), (&mut self.credit, credit)] {
            let sum = if captures { &mut part.captured } else { &mut part.released };
            *sum += i128::from(amount);
        }
        if !open || !fits {
            return Err(fact_name(fact).into());
        }
        let timed_out = matches!(fact, Fact::AuthorizationClosed { expired: true, .. });
        if self.cash.rest() + self.credit.rest() == 0 {
            self.state = match (timed_out, self.has_captured()) {
                (true, _) => AuthorizationState::Expired,
                (false, true) => AuthorizationState::Finished,
                (false, false) => AuthorizationState::Closed,
            };
        }
        Ok(())
    }

    fn has_captured(&self) -> bool {
        self.cash.captured + self.credit.captured > 0
    }
}
