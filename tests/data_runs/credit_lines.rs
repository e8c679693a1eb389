//! Six months of 3,000 card clients on lines of credit, straight through the ledger: each month
//! the client repays, the month's purchases bring the debt to the bill, and what is owed on the
//! account must be the bill. The data has no purchases, only their sum: what the bill says beyond
//! what was left. It runs twice: on lines that are owed as a whole, and on lines with statements,
//! each of which must come to the bill by itself, whatever of the last one was left unpaid.
//!
//! A client's months end where the data has what a line of credit does not: a bill below zero, a
//! bill beyond the limit (groat must refuse that purchase), or less on the bill than purchases and
//! repayments leave. How many do is fixed below.

use groat_ledger::{
    AccountKey, BillingTerms, Body, Calendar, Class, CodeKind, ConfirmTopUp, CreatePayment,
    CreditTerms, Currency, Decision, Fact, FeeRefund, GrantCreditLine, Id, Ledger, Leg, LegSource,
    MerchantTerms, Money, OnboardMerchant, OpenUser, PayMode, PayPayment, Reference, Refusal,
    Rejection, RepayCredit,
};
use groat_tests::feed::text;
use std::collections::HashMap;

const DAY_MS: u64 = 86_400_000;

/// In the middle of each month of 1970 is one of these; statements are cut in between.
fn middle_of(month: usize) -> u64 {
    (31 * month as u64 + 14) * DAY_MS
}

/// A ledger with the next id and the time.
struct Books {
    ledger: Ledger,
    decision: Decision,
    ids: u128,
    now: u64,
    /// What the last statement of each user came to.
    statements: HashMap<Id, u64>,
}

fn named(letter: char, number: usize) -> Id {
    Id::from_name(&format!("{letter}{number}")).unwrap()
}

impl Books {
    /// What is due by now, then a command; why not, if it is refused.
    fn ask(&mut self, body: &Body) -> Result<(), Rejection> {
        self.pass();
        self.ids += 1;
        match self.ledger.decide(Id(self.ids), body, self.now, &mut self.decision) {
            Ok(()) => {
                self.apply(self.now);
                Ok(())
            }
            Err(Refusal::Rejected(rejection)) => Err(rejection),
            Err(Refusal::Repeat(range)) => panic!("{body:?} was done before: {range:?}"),
        }
    }

    /// What is due by now.
    fn pass(&mut self) {
        while let Some(due) = self.ledger.next_due(self.now) {
            self.ledger.decide_due(due, &mut self.decision);
            self.apply(due.at);
        }
    }

    fn apply(&mut self, at: u64) {
        for (fact, movements) in self.decision.events() {
            if let Fact::StatementIssued { user, total, .. } = fact {
                self.statements.insert(*user, *total);
            }
            assert_eq!(self.ledger.check(fact, movements), Ok(()));
            self.ledger.apply(fact, movements, at);
        }
    }

    fn owed(&self, user: Id, currency: Currency) -> i128 {
        let classes = [Class::CreditUnbilled, Class::CreditBilled, Class::CreditOverdue];
        let of = |class| self.ledger.account(&AccountKey::of(class, user, currency));
        classes.into_iter().filter_map(of).map(|account| -account.credit_balance()).sum()
    }

    fn buy(
        &mut self,
        payment: Id,
        number: usize,
        user: Id,
        amount: Money,
    ) -> Result<(), Rejection> {
        let order = Body::CreatePayment(CreatePayment {
            payment,
            out_trade_no: Reference::new(&format!("o{number}")).unwrap(),
            merchant: named('m', 0),
            mode: PayMode::InApp,
            code_kind: CodeKind::None,
            auth_code: None,
            amount,
            discountable: None,
            undiscountable: None,
            timeout_s: 600,
            quote: Id::NONE,
            royalty_freeze: false,
            coupon: Id::NONE,
        });
        self.ask(&order).unwrap();
        let legs = vec![Leg { source: LegSource::Credit, amount: amount.amount }];
        let currency = amount.currency;
        self.ask(&Body::PayPayment(PayPayment { payment, user, currency, legs }))
    }

    fn repay(&mut self, number: usize, user: Id, amount: Money) {
        let bank_ref = Reference::new(&format!("r{number}")).unwrap();
        let top_up = ConfirmTopUp { user, amount, bank_ref, bank: Id::NONE };
        self.ask(&Body::ConfirmTopUp(top_up)).unwrap();
        self.ask(&Body::RepayCredit(RepayCredit { user, amount, target: Id::NONE })).unwrap();
    }
}

/// What the end of a client's months was.
#[derive(Default, Debug, PartialEq, Eq)]
struct Ends {
    whole: u32,
    below_zero: u32,
    beyond_limit: u32,
    less_than_left: u32,
}

#[test]
fn the_debt_after_each_month_is_the_bill() {
    six_months(None);
}

/// Nothing is charged: of what the data's bank charged, its bills do not tell.
#[test]
fn each_statement_comes_to_the_bill() {
    six_months(Some(BillingTerms::default()));
}

fn six_months(billing: Option<BillingTerms>) {
    let text = text("credit-lines/clients_1_3000.csv.xz");
    let currency: Currency = "TWD".parse().unwrap();
    let money = |amount: i64| Money { amount: u64::try_from(amount).unwrap() * 100, currency };
    let ledger = Ledger::new(Calendar::default());
    let mut books =
        Books { ledger, decision: Decision::default(), ids: 0, now: 0, statements: HashMap::new() };
    let terms = MerchantTerms {
        fee_ppm: 0,
        fee_refund: FeeRefund::None,
        cycle_days: 1,
        reserve_bps: 0,
        reserve_days: 0,
        royalty_cap_bps: 0,
        refund_days: 1,
        settle_currency: currency,
    };
    books.ask(&Body::OnboardMerchant(OnboardMerchant { merchant: named('m', 0), terms })).unwrap();
    // Client, limit, then bill and paid of each month.
    let rows: Vec<Vec<i64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(14).map(|field| field.parse().unwrap()).collect())
        .collect();
    assert_eq!(rows.len(), 3_000);
    for (client, row) in rows.iter().enumerate() {
        let user = named('u', client);
        books.ask(&Body::OpenUser(OpenUser { user, kyc_class: 2, currency })).unwrap();
        let terms = CreditTerms {
            statement_day: 1,
            due_day: 20,
            min_bps: 0,
            day_ppm: 0,
            late_fee_ppm: 0,
            grace_days: 3,
            tolerance: 0,
            billing,
        };
        let line = GrantCreditLine { user, limit: money(row[1]), terms };
        books.ask(&Body::GrantCreditLine(line)).unwrap();
    }
    let (mut ends, mut months) = (Ends::default(), 0);
    let mut open: Vec<usize> = (0..rows.len()).collect();
    for month in 0..6 {
        books.now = middle_of(month);
        open.retain(|&client| {
            let (user, row) = (named('u', client), &rows[client]);
            let (bill, paid) = (row[2 + 2 * month], row[3 + 2 * month]);
            let number = client * 6 + month;
            let owed = i64::try_from(books.owed(user, currency) / 100).unwrap();
            // Paid beyond the debt is no repayment.
            let repaid = paid.min(owed);
            if repaid > 0 {
                books.repay(number, user, money(repaid));
            }
            let bought = bill - (owed - repaid);
            if bill < 0 {
                ends.below_zero += 1;
                return false;
            }
            if bought < 0 {
                ends.less_than_left += 1;
                return false;
            }
            if bought > 0 {
                let done = books.buy(named('p', number), number, user, money(bought));
                assert_eq!(done.is_ok(), bill <= row[1], "client {}: {done:?}", row[0]);
                if done.is_err() {
                    assert_eq!(done, Err(Rejection::CreditLimitExceeded), "client {}", row[0]);
                    ends.beyond_limit += 1;
                    return false;
                }
            }
            months += 1;
            let owed = books.owed(user, currency);
            assert_eq!(owed, i128::from(bill) * 100, "client {}, month {month}", row[0]);
            true
        });
        // Some days into the next: its first was a statement's.
        books.now = middle_of(month) + 20 * DAY_MS;
        books.pass();
        for client in open.iter().filter(|_| billing.is_some()) {
            let bill = u64::try_from(100 * rows[*client][2 + 2 * month]).unwrap();
            let statement = books.statements.remove(&named('u', *client));
            assert_eq!(statement, Some(bill), "client {}, month {month}", rows[*client][0]);
        }
    }
    ends.whole = u32::try_from(open.len()).unwrap();
    let expected = Ends { whole: 2_432, below_zero: 183, beyond_limit: 365, less_than_left: 20 };
    assert_eq!((ends, months), (expected, 15_957));
}
