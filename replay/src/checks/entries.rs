//! Entries: event numbers, balance, counters, sign rules. What the facts mean is in `objects`.

use super::{Check, Checks, Touched, Verdict, holds};
use crate::follow::Place;
use crate::names::{account_name, fact_name};
use crate::subject::{Subject, subjects};
use groat_ledger::{AccountKey, Class, Currency, Fact, Movement};
use groat_shard::Books;

/// An event as a fold shows it.
#[derive(Clone, Copy)]
pub(super) struct Event<'a> {
    pub(super) number: u64,
    pub(super) time: u64,
    pub(super) fact: &'a Fact,
    pub(super) movements: &'a [Movement],
    pub(super) due: bool,
}

impl Checks {
    pub(super) fn event(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, fact, movements, .. } = *event;
        self.day_end(books, at, event);
        self.counts.events += 1;
        let next = self.counts.events;
        let gap = || format!("event {number} stands where event {next} is expected");
        self.note(Check::EventNumbers, at, number, holds(number == next, gap));
        if !event.due {
            let rejects = matches!(fact, Fact::CommandRejected { .. });
            self.own = (self.own.0 + 1, self.own.1 || rejects);
        }
        let subjects = subjects(fact);
        let opened = if subjects.contains(&Subject::Account) { self.opened(fact) } else { Ok(()) };
        let posted = opened.and_then(|()| self.journal.post(movements));
        self.note(Check::EntryBalances, at, number, posted);
        self.cover(event);
        let mut touched: Vec<u32> = movements.iter().flat_map(|m| [m.debit, m.credit]).collect();
        touched.sort_unstable();
        touched.dedup();
        for no in touched {
            self.note(Check::CountersAreSums, at, number, self.counters(books, no));
            self.note(Check::SignRules, at, number, self.sign_rule(no));
            if let Some(what) = self.journal.of(no).and_then(|sums| kept_of(&sums.key)) {
                self.touch(what, at, number);
            }
        }
        self.orders.learn(fact);
        self.debit_is_followed(at, event);
        if !subjects.contains(&Subject::Bill) {
            self.unbilled(books, at, event);
        }
        for subject in subjects {
            match subject {
                Subject::Account => {}
                Subject::Payment(payment) => {
                    self.payment(books, at, event, payment);
                    self.payment_step(books, at, event, payment);
                }
                Subject::Batch => self.batches(books, at, event),
                Subject::Reserve => self.reserve(books, at, event),
                Subject::Limits => self.limits(books, at, event),
                Subject::Hold(auth) => self.hold(at, event, auth),
                Subject::Kept(hold) => self.compliance(books, at, event, hold),
                Subject::Rental(rental) => self.rental(books, at, event, rental),
                Subject::Credit => self.credit(books, at, event),
                Subject::Statement => self.statement(books, at, event),
                Subject::Plan => self.plan(books, at, event),
                Subject::Loan => self.loan(books, at, event),
                Subject::Debit => self.debit(books, at, event),
                Subject::Loss => self.loss(books, at, event),
                Subject::Coupon => self.coupon(books, at, event),
                Subject::Packet => self.packet(at, event),
                Subject::Card => self.card(books, at, event),
                Subject::Points => self.points(books, at, event),
                Subject::Invoice => self.invoice(at, event),
                Subject::Dispute(dispute) => self.dispute(at, event, dispute),
                Subject::Royalty => self.royalty(books, at, event),
                Subject::Funding => self.funding(at, event),
                Subject::Exchange => self.exchange(books, at, event),
                Subject::App => self.app(books, at, event),
                Subject::Away => self.away(at, event),
                Subject::Closing => self.closing(books, at, event),
                Subject::Bill => self.bill(books, at, event),
            }
        }
        self.bought(at, event);
        self.isolation(books, at, event);
    }

    fn opened(&mut self, fact: &Fact) -> Verdict {
        match fact {
            Fact::AccountOpened { number, key, currency, sign_rule, .. } => {
                self.journal.open(*number, key, *currency, *sign_rule)
            }
            other => Err(format!("{} opens no account", fact_name(other))),
        }
    }

    pub(super) fn counters(&self, books: &Books, no: u32) -> Verdict {
        let account = books.ledger().tables().accounts.try_row(no);
        let same = self.journal.of(no).zip(account).is_some_and(|(s, a)| s.are_those_of(a));
        holds(same, || match self.journal.of(no) {
            Some(sums) => format!("{} has other counters", account_name(&sums.key)),
            None => format!("account {no} was never opened"),
        })
    }

    pub(super) fn sign_rule(&self, no: u32) -> Verdict {
        let Some(sums) = self.journal.of(no).filter(|sums| !sums.keep_sign_rule()) else {
            return Ok(());
        };
        Err(format!("{} is on the wrong side of zero", account_name(&sums.key)))
    }
}

/// What a model knows that an account keeps: no movement on it goes by without a comparison.
fn kept_of(key: &AccountKey) -> Option<Touched> {
    match key.class {
        Class::UserHold => Some(Touched::Kept(key.owner)),
        Class::UserFrozen | Class::DepositWaived => Some(Touched::Hold(key.owner)),
        Class::RentObligation | Class::RentalAdvance => Some(Touched::Rental(key.owner)),
        Class::CreditUnbilled
        | Class::CreditBilled
        | Class::CreditInstalment
        | Class::CreditOverdue
        | Class::FeeReceivable
        | Class::InterestReceivable
        | Class::PenaltyReceivable
        | Class::CreditHeld
        | Class::LimitGranted => Some(Touched::Line(key.owner)),
        Class::MerchantReceivable | Class::MerchantAvailable => Some(Touched::Away(key.owner)),
        Class::MerchantReserve => Some(Touched::Reserve(key.owner)),
        Class::CampaignFund => Some(Touched::Campaign(key.owner)),
        Class::RedPacket => Some(Touched::Packet(key.owner)),
        Class::StoredValue => Some(Touched::Card(key.owner)),
        Class::PointsLiability => Some(Touched::Worth(key.owner)),
        Class::Points => Some(Touched::Points(key.owner)),
        Class::CouponFace => Some(Touched::Template(key.owner)),
        Class::MerchantDisputed => Some(Touched::Dispute(key.owner)),
        Class::MerchantFrozen => Some(Touched::Royalty(key.owner)),
        Class::UnearnedFee => Some(Touched::PlanFee(key.owner)),
        Class::CashLoan | Class::LoanInterest | Class::LoanFee | Class::LoanPenalty => {
            Some(Touched::Loan(key.owner))
        }
        Class::LossAllowance | Class::CreditLoss => {
            Currency::from_code(key.currency_code.into()).map(Touched::Losses)
        }
        Class::FundingPartner => {
            let currency = Currency::from_code(key.currency_code.into());
            currency.map(|currency| Touched::Funding(key.owner, currency))
        }
        Class::SafeguardedBank
        | Class::ChannelReceivable
        | Class::UserAvailable
        | Class::MerchantPending
        | Class::PayoutInTransit
        | Class::InTransit
        | Class::Suspense
        | Class::Equity
        | Class::ServiceFee
        | Class::InstalmentFee
        | Class::InterestIncome
        | Class::PenaltyIncome
        | Class::OtherFees
        | Class::Marketing
        | Class::FxPosition
        | Class::OtherWriteOff
        | Class::LimitGrantedContra
        | Class::CreditHeldContra
        | Class::DepositWaivedContra
        | Class::RentObligationContra
        | Class::CouponFaceContra
        | Class::PointsContra
        | Class::Breakage
        | Class::Ledger => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow::Follower;
    use crate::naive::{Journal, Sums};
    use crate::sample;
    use groat_ledger::{Id, Layer, SignRule};

    /// What an auditor has seen at the end of a few days, and the books they came to.
    fn seen() -> (Checks, Follower) {
        let chain = sample::credit_days().chain();
        let (mut checks, mut follower) = (Checks::default(), Follower::of(&chain));
        for bytes in chain {
            let block = follower.accept(&bytes.unwrap()).unwrap().unwrap();
            checks.decided_by(block.header.ruleset);
            follower.fold(&block, |books, at, folded| checks.see(books, at, &folded)).unwrap();
            checks.compare_touched(follower.books().unwrap(), 0);
        }
        (checks, follower)
    }

    fn at_end((mut checks, follower): (Checks, Follower)) -> Option<&'static str> {
        let at = Place { shard: 0, block: 0, byte: 0, command: &[] };
        checks.at_end(follower.books().unwrap(), &at);
        checks.first.map(|finding| finding.check)
    }

    /// A fold refuses movements that do not fit, so what a ledger counts wrongly is no forgery: the
    /// sums of the auditor are changed instead.
    #[test]
    fn counters_that_are_not_the_sums_of_the_movements_are_found() {
        assert_eq!(at_end(seen()), None);
        for change in [
            |sums: &mut Sums| sums.debits += 1,
            |sums: &mut Sums| sums.credits -= 1,
            |sums: &mut Sums| sums.debits_pending += 1,
            |sums: &mut Sums| sums.credits_pending += 1,
        ] {
            let mut seen = seen();
            change(seen.0.journal.accounts.last_mut().unwrap());
            assert_eq!(at_end(seen), Some(Check::CountersAreSums.name()));
        }
    }

    /// One amount leaves an account and comes to another: only between currencies is it unequal.
    #[test]
    fn an_entry_across_currencies_does_not_balance() {
        let journal = || {
            let mut journal = Journal::default();
            for (no, currency) in [(0, "CNY"), (1, "USD"), (2, "CNY")] {
                let currency = currency.parse().unwrap();
                let key = AccountKey::of(Class::Ledger, Id(u128::from(no) + 1), currency);
                journal.open(no, &key, currency, SignRule::Either).unwrap();
            }
            journal
        };
        let moved = |debit, credit, layer| [Movement { debit, credit, amount: 7, layer }];
        let is_zero =
            |journal: &Journal| journal.trial_balance().values().all(|off| *off == (0, 0));
        for layer in [Layer::Posted, Layer::Pending, Layer::Released] {
            let mut even = journal();
            assert_eq!(even.post(&moved(0, 2, layer)), Ok(()));
            assert!(is_zero(&even), "{layer:?}");
            let mut odd = journal();
            let what = odd.post(&moved(0, 1, layer)).unwrap_err();
            assert!(what.starts_with("debits and credits in CNY differ by 7"), "{what}");
            assert!(!is_zero(&odd), "{layer:?}");
        }
        assert!(journal().post(&moved(0, 9, Layer::Posted)).is_err(), "nobody opened it");
    }
}
