//! Commands of authorizations, lines of credit and reserves.

use super::{Kind, Scene, balance, cny, named};
use groat_ledger::instalments::{CHARGES_FIRST, PRINCIPAL_FIRST, Part};
use groat_ledger::{
    AdjustLimit, Authorization, AuthorizationState, AuthorizeFunds, BillingTerms, Body,
    CancelAuthorization, CaptureAuthorization, CaptureMode, Class, CloseCreditLine, CreditBasis,
    CreditLine, CreditLineState, CreditTerms, FreezeCreditLine, FreezeReason, FundCredit,
    GrantCreditLine, Id, InterestFrom, ReleaseReserve, RepayCredit, RepayFunding,
    UnfreezeCreditLine, UnfreezeFunds,
};

impl<'a> Scene<'a> {
    pub(super) fn hold(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::AuthorizeFunds => self.authorize(),
            Kind::CaptureAuthorization => self.capture(),
            Kind::UnfreezeFunds => self.unfreeze(),
            Kind::CancelAuthorization => {
                let auth = self.an_auth().map_or(named('x', 9), |hold| hold.auth);
                Body::CancelAuthorization(CancelAuthorization { auth })
            }
            Kind::GrantCreditLine => self.grant(),
            Kind::AdjustLimit => {
                let user = self.user();
                let used = self.balance(Class::CreditUnbilled, user)
                    + self.balance(Class::CreditHeld, user);
                let limit = self.amount(&[1_500, used, 700]);
                Body::AdjustLimit(AdjustLimit { user, limit })
            }
            Kind::FreezeCreditLine => {
                let reasons = [FreezeReason::Manual, FreezeReason::Overdue, FreezeReason::Risk];
                let (user, reason) = (self.user(), self.dice.pick(&reasons));
                Body::FreezeCreditLine(FreezeCreditLine { user, reason })
            }
            Kind::UnfreezeCreditLine => {
                let (user, reason) = (self.a_line(is_frozen), super::reference('x', 4));
                Body::UnfreezeCreditLine(UnfreezeCreditLine { user, reason })
            }
            Kind::CloseCreditLine => {
                let open = |line: &CreditLine| line.state != CreditLineState::Closed;
                let (user, reason) = (self.a_line(open), super::reference('x', 5));
                Body::CloseCreditLine(CloseCreditLine { user, reason })
            }
            Kind::RepayCredit if self.dice.of(2) == 1 && self.lends() => {
                return self.repayment_by_name();
            }
            Kind::RepayCredit => {
                let (ledger, t) = (self.ledger, self.ledger.tables());
                let buckets = [Class::CreditUnbilled, Class::CreditBilled, Class::CreditOverdue];
                let owing = |line: &CreditLine| {
                    let user = t.users.row(line.user).user;
                    let owes = buckets.iter().any(|class| balance(ledger, *class, user) > 0);
                    owes || line.lost() > 0
                };
                let user = self.a_line(owing);
                let charges = [Class::PenaltyReceivable, Class::InterestReceivable];
                let principal = buckets.map(|class| self.balance(class, user));
                let charges: u64 = charges.iter().map(|class| self.balance(*class, user)).sum();
                let owed = principal.iter().sum::<u64>() + charges;
                let has = self.balance(Class::UserAvailable, user);
                let due = owed - principal[0];
                let amount = self.amount(&[owed, due, principal[2] + charges, has]);
                Body::RepayCredit(RepayCredit { user, amount, target: Id::NONE })
            }
            Kind::ReleaseReserve => {
                let merchant = self.merchant();
                let amount = self.amount(&[self.balance(Class::MerchantReserve, merchant)]);
                Body::ReleaseReserve(ReleaseReserve { merchant, amount })
            }
            // A partner's own bank, so that the house's stays as short of money as it is.
            Kind::FundCredit => {
                let bank = named('f', self.dice.of(2));
                let amount = cny(self.dice.about(&[1_000]));
                Body::FundCredit(FundCredit { bank, amount, safeguarded_at: bank })
            }
            Kind::RepayFunding => {
                let bank = named('f', self.dice.of(2));
                let safeguarded_at = if self.dice.one_in(6) { Id::NONE } else { bank };
                let amount = cny(self.dice.about(&[self.balance(Class::FundingPartner, bank)]));
                Body::RepayFunding(RepayFunding { bank, amount, safeguarded_at })
            }
            _ => return None,
        })
    }

    /// A merchant's hold that is open, in most cases.
    fn an_auth(&mut self) -> Option<&'a Authorization> {
        self.dice.recent(self.ledger.tables().authorizations.rows(), is_open)
    }

    pub(super) fn a_line(&mut self, fits: impl Fn(&CreditLine) -> bool) -> Id {
        let t = self.ledger.tables();
        let found = self.dice.recent(t.credit_lines.rows(), fits);
        found.map_or_else(|| self.user(), |line| t.users.row(line.user).user)
    }

    fn authorize(&mut self) -> Body {
        let t = self.ledger.tables();
        let (user, merchant) = (self.user(), self.merchant());
        let mut amount = self.amount(&[self.balance(Class::UserAvailable, user)]);
        let mut credit = 0;
        if self.dice.of(2) == 1 {
            credit = self.dice.about(&[self.credit_left(user)]);
            amount.amount = match self.dice.of(8) {
                0..4 => credit,
                7 => credit.saturating_sub(1),
                _ => amount.amount.saturating_add(credit),
            };
        }
        let rental = t.rentals.rows().len();
        let auth = if self.dice.one_in(40) {
            named('k', self.dice.of(rental))
        } else {
            self.fresh('a', t.authorizations.rows().len())
        };
        Body::AuthorizeFunds(AuthorizeFunds {
            auth,
            out_order_no: self.number('o', t.authorizations.rows().len()),
            out_request_no: super::reference('q', 0),
            user,
            merchant,
            amount,
            credit,
            timeout_s: self.dice.pick(&[0, 3_600, 60, 86_400, 900, 172_800, 1_296_000, 59]),
        })
    }

    fn capture(&mut self) -> Body {
        let t = self.ledger.tables();
        let (mut auth, mut limits) = (named('x', 9), vec![100]);
        if let Some(hold) = self.an_auth() {
            auth = hold.auth;
            let payer = t.users.row(hold.user).user;
            let cash = hold.fund_rest + self.balance(Class::UserAvailable, payer);
            let all = cash + self.credit_left(payer);
            limits = vec![hold.rest(), hold.rest(), hold.fund_rest, cash + 1, cash, all, all + 1];
        }
        let modes = [CaptureMode::NotComplete, CaptureMode::Complete, CaptureMode::NotComplete];
        Body::CaptureAuthorization(CaptureAuthorization {
            auth,
            amount: self.amount(&limits),
            mode: self.dice.pick(&modes),
            out_trade_no: self.number('o', t.payments.rows().len()),
        })
    }

    fn unfreeze(&mut self) -> Body {
        let out_request_no = super::reference('q', self.dice.of(6));
        let (mut auth, mut limits) = (named('x', 9), vec![100]);
        if let Some(hold) = self.an_auth() {
            auth = hold.auth;
            limits = vec![hold.rest(), hold.credit_rest];
            let done = hold.releases.iter().find(|r| r.out_request_no == out_request_no);
            limits.extend(done.map(|r| r.amount));
        }
        let amount = self.amount(&limits);
        let biz_complete = self.dice.one_in(2);
        Body::UnfreezeFunds(UnfreezeFunds { auth, out_request_no, amount, biz_complete })
    }

    fn grant(&mut self) -> Body {
        let user = self.user();
        let limit = self.amount(&[1_000, 300, 2_000]);
        let days: Vec<u32> = (1..=28).collect();
        let statement_day = self.dice.pick(&days);
        let due_day = 1 + (statement_day + self.dice.pick(&[0, 1, 2, 3, 4, 5])) % 28;
        let billing = self.dice.pick(&[0, 1, 2, 3]);
        // A purchase may lie on either side of such a minute.
        let begins = self.dice.pick(&[0, 0, 90, 1_439]);
        let terms = CreditTerms {
            statement_day,
            due_day: if self.dice.one_in(24) { 29 } else { due_day },
            min_bps: self.dice.pick(&[1_000, 0, 10_000, 3_333]),
            day_ppm: self.dice.pick(&[50_000, 500, 0]),
            late_fee_ppm: self.dice.pick(&[50_000, 0]),
            grace_days: self.dice.pick(&[3, 0, 1]),
            tolerance: self.dice.pick(&[30, 1_000, 0]),
            billing: (billing < 3).then(|| self::billing(billing, begins)),
        };
        Body::GrantCreditLine(GrantCreditLine { user, limit, terms })
    }
}

/// Three ways of billing, with days that begin at a minute.
pub(super) fn billing(way: u32, day_begins_min: u16) -> BillingTerms {
    let order = if way == 1 {
        [Part::Fee, Part::Interest, Part::Principal, Part::Penalty]
    } else {
        CHARGES_FIRST
    };
    BillingTerms {
        order,
        late_order: PRINCIPAL_FIRST,
        late_order_from_day: way * 2,
        late_fee_max: u64::from(way) * 7,
        auto_debit: way == 1,
        interest_from: if way == 2 { InterestFrom::StatementDay } else { InterestFrom::DueDate },
        day_begins_min,
    }
}

pub(super) fn is_open(hold: &Authorization) -> bool {
    hold.state == AuthorizationState::Authorized && hold.basis == CreditBasis::Line
}

pub(super) fn is_frozen(line: &CreditLine) -> bool {
    matches!(line.state, CreditLineState::Frozen(_))
}
