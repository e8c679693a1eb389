//! The 35 loans without interest of Apache Fineract's tests, step by step through the ledger: each
//! is drawn with its terms (a down payment is due at once), days pass, repayments are made by name,
//! and what each table shows must be what is due, ahead and to come, to the cent.
//!
//! A scenario is followed up to the first step that groat has no command for; which one that is,
//! and how many steps before it match, stands below for each, and the list is exact. Its loans take
//! no fees, are not paid into the past, and what was done with them is not undone: groat's chain
//! goes forward.

use groat_ledger::{
    Ahead, Body, Calendar, ConfirmTopUp, CreditTerms, Currency, Decision, DrawLoan, Every,
    GrantCreditLine, Id, Ledger, Loan, LoanKind, LoanState, LoanTerms, Money, OpenUser, Reference,
    RepayCredit,
};
use groat_proto::json::parse_time;
use groat_tests::feed::text;
use serde_json::Value;

/// Cents of `16.9`, `1,000.0` or nothing.
fn cents(text: &str) -> u64 {
    super::instalments::cents(text)
}

/// Milliseconds of the noon of `1 January 2022`.
fn noon(date: &str) -> u64 {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let [day, month, year] = date.split(' ').collect::<Vec<_>>()[..] else { panic!("{date}") };
    let month = 1 + MONTHS.iter().position(|name| *name == month).unwrap();
    parse_time(&format!("{year}-{month:02}-{day:0>2}T12:00:00Z")).unwrap()
}

/// The texts of a step in quotation marks.
fn quoted(step: &str) -> Vec<&str> {
    step.split('"').skip(1).step_by(2).collect()
}

/// One loan of one user.
struct Case {
    ledger: Ledger,
    now: u64,
    ids: u128,
    ahead: Ahead,
    terms: Option<LoanTerms>,
    /// A part that is due at once is paid at once.
    pays_at_once: bool,
    /// Amount, principal, and what is left behind it.
    done: Vec<[u64; 3]>,
}

type Step<'a> = Result<(), &'a str>;

impl Case {
    fn new() -> Case {
        let ledger = Ledger::new(Calendar::default());
        let (terms, done) = (None, Vec::new());
        Case { ledger, now: 0, ids: 0, ahead: Ahead::Next, terms, pays_at_once: false, done }
    }

    /// What is due by now, then a command.
    fn ask(&mut self, body: Option<&Body>) {
        let mut decision = Decision::default();
        let apply = |ledger: &mut Ledger, decision: &Decision, at| {
            for (fact, movements) in decision.events() {
                assert_eq!(ledger.check(fact, movements), Ok(()));
                ledger.apply(fact, movements, at);
            }
        };
        while let Some(due) = self.ledger.next_due(self.now) {
            self.ledger.decide_due(due, &mut decision);
            apply(&mut self.ledger, &decision, due.at);
        }
        let Some(body) = body else { return };
        self.ids += 1;
        let decided = self.ledger.decide(Id(self.ids), body, self.now, &mut decision);
        assert!(decided.is_ok(), "{body:?}: {decided:?}");
        apply(&mut self.ledger, &decision, self.now);
    }

    fn loan(&self) -> &Loan {
        self.ledger.tables().loans.get(&named("loan")).unwrap()
    }

    fn draw(&mut self, amount: u64) {
        let money = |amount| Money { amount, currency: euro() };
        let user = named("user");
        self.ask(Some(&Body::OpenUser(OpenUser { user, kyc_class: 2, currency: euro() })));
        let terms = CreditTerms {
            statement_day: 1,
            due_day: 20,
            min_bps: 1_000,
            day_ppm: 0,
            late_fee_ppm: 0,
            grace_days: 3,
            tolerance: 0,
            billing: Some(groat_ledger::BillingTerms {
                order: groat_ledger::instalments::CHARGES_FIRST,
                late_order: groat_ledger::instalments::CHARGES_FIRST,
                late_order_from_day: 0,
                late_fee_max: 0,
            }),
        };
        let line = GrantCreditLine { user, limit: money(amount), terms };
        self.ask(Some(&Body::GrantCreditLine(line)));
        let terms = self.terms.unwrap();
        let (at_once, loan) = (amount / 100 * 25 * u64::from(terms.at_once > 0), named("loan"));
        let terms = LoanTerms { at_once, ahead: self.ahead, ..terms };
        let draw = DrawLoan { user, loan, amount: money(amount), terms };
        self.ask(Some(&Body::DrawLoan(draw)));
        self.done.push([amount, 0, amount]);
        if self.pays_at_once {
            self.repay(at_once);
        }
    }

    fn repay(&mut self, amount: u64) {
        let amount = Money { amount, currency: euro() };
        let (user, target) = (named("user"), named("loan"));
        let bank_ref = Reference::new(&format!("r{}", self.ids)).unwrap();
        let top_up = ConfirmTopUp { user, amount, bank_ref, bank: Id::NONE };
        self.ask(Some(&Body::ConfirmTopUp(top_up)));
        self.ask(Some(&Body::RepayCredit(RepayCredit { user, amount, target })));
        self.done.push([amount.amount, amount.amount, self.loan().debt()]);
    }

    /// Does or compares a step; why not, where groat has no word for it.
    fn step(&mut self, step: &Value) -> Step<'static> {
        let said = step["text"].as_str().unwrap();
        let has = |words: &str| said.contains(words);
        let today =
            |date: &str, now: u64| if noon(date) == now { Ok(()) } else { Err("in the past") };
        let rows = || -> Vec<Vec<&str>> {
            let rows = step["table"].as_array().unwrap()[1..].iter();
            rows.map(|row| row.as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect())
                .collect()
        };
        if has("sets the business date") {
            self.now = noon(quoted(said)[0]);
            self.ask(None);
        } else if has("future installment allocation rule") {
            let last = has("LAST_INSTALLMENT");
            self.ahead = if last { Ahead::Last } else { Ahead::Next };
        } else if has("fully customized loan") {
            self.terms = Some(self.agreed(step)?);
        } else if has("successfully disburse") {
            let words = quoted(said);
            today(words[0], self.now)?;
            if !self.done.is_empty() {
                return Err("a second payout");
            }
            self.draw(cents(words[1]));
        } else if has("\"AUTOPAY\" repayment on") {
            let amount = said.split(" with ").last().unwrap();
            let amount = cents(amount.trim_end_matches(" EUR transaction amount"));
            today(quoted(said)[1], self.now)?;
            if amount > self.loan().debt() {
                return Err("paid beyond the debt");
            }
            self.repay(amount);
        } else if has("Pay-off is made") {
            today(quoted(said)[0], self.now)?;
            self.repay(self.loan().debt());
        } else if has("Repayment schedule has") && has("periods") {
            self.compare_schedule(&rows());
        } else if has("Repayment schedule has") {
            let row = &rows()[0];
            let (loan, paid) = (self.loan(), self.loan().amount - self.loan().owed);
            let sums = [row[0], row[4], row[5], row[8]].map(cents);
            assert_eq!(sums, [loan.amount, loan.amount, paid, loan.owed]);
        } else if has("Transactions tab has the following data") {
            let found = rows().iter().map(|row| [row[2], row[3], row[7]].map(cents)).collect();
            let found: Vec<[u64; 3]> = found;
            assert_eq!(found, self.done);
        } else if has("outstanding amount") && has("Loan has") {
            let words: Vec<&str> = said.split(' ').collect();
            assert_eq!(self.loan().debt(), cents(words[2]));
        } else if has("Loan status will be") || has("Loan status has changed") {
            let state = match quoted(said)[0] {
                "ACTIVE" | "Active" => LoanState::Active,
                "CLOSED_OBLIGATIONS_MET" => LoanState::Repaid,
                "Approved" => return Ok(()),
                _ => return Err("a state of theirs"),
            };
            assert_eq!(self.loan().state, state);
        } else if has("closed with zero outstanding balance") {
            assert_eq!(self.loan().state, LoanState::Repaid);
        } else if has("delinquency data") {
            assert_eq!(self.loan().due, rows().iter().map(|row| cents(row[1])).sum::<u64>());
        } else {
            return self.without(said);
        }
        Ok(())
    }

    /// Steps that ask nothing of a ledger, and those that it has no command for.
    fn without(&self, said: &str) -> Step<'static> {
        let nothing = [
            "creates a client",
            "approves the loan",
            "runs inline COB",
            "event has correct",
            "creates new user",
        ];
        if nothing.iter().any(|words| said.contains(words)) {
            return Ok(());
        }
        let unknown = [
            ("charge with", "a fee of a loan"),
            ("installment charge", "a fee of a loan"),
            ("undo", "undone"),
            ("chargeback", "a chargeback"),
            ("charge-off", "a charge-off by hand"),
            ("Fraud flag", "a flag of fraud"),
            ("re-aging", "a new schedule"),
            ("reschedule", "a new schedule"),
            ("payment type on", "paid by the merchant or the house"),
            ("BusinessEvent is raised", "an event of theirs"),
        ];
        let found = unknown.iter().find(|(words, _)| said.contains(words));
        Err(found.unwrap_or_else(|| panic!("a step that is new here: {said}")).1)
    }

    /// The terms of the table that makes a loan, without its amount.
    fn agreed(&mut self, step: &Value) -> Result<LoanTerms, &'static str> {
        let table = step["table"].as_array().unwrap();
        let of = |name: &str| {
            let at = table[0].as_array().unwrap().iter().position(|column| column == name);
            table[1][at.unwrap()].as_str().unwrap()
        };
        let (product, every) = (of("LoanProduct"), of("repaymentEvery").parse().unwrap());
        let monthly = of("repaymentFrequencyType") == "MONTHS";
        let every = if monthly { Every::Months(every) } else { Every::Days(every) };
        let down = product.contains("DOWNPAYMENT");
        self.pays_at_once = down && product.contains("AUTO");
        let count = of("numberOfRepayments").parse().unwrap();
        // How the parts are rounded is the product's, which the data does not have: to whole euros,
        // but for these, as their tables show.
        let share_unit = if product.starts_with("LP2_DOWNPAYMENT_ADV") { 1 } else { 100 };
        let at_once = u64::from(down);
        let new = LoanTerms::new(count, 0, LoanKind::EqualPrincipal);
        Ok(LoanTerms { every, share_unit, at_once, ..new })
    }

    /// Dates and principal as agreed; what is open of them is due, ahead, and to come next.
    fn compare_schedule(&self, rows: &[Vec<&str>]) {
        let (loan, terms) = (self.loan(), self.loan().terms);
        let rows: Vec<(u64, u64, u64)> = rows
            .iter()
            .filter(|row| !row[0].is_empty())
            .map(|row| (noon(row[2]), cents(row[5]), cents(row[13])))
            .collect();
        let at_once = usize::from(terms.at_once > 0);
        let agreed: Vec<u64> = rows[at_once..].iter().map(|row| row.1).collect();
        assert_eq!(agreed, loan.agreed(), "as agreed");
        let open = |due: bool| {
            let rows = rows.iter().filter(|row| (row.0 <= self.now) == due);
            rows.map(|row| row.2).sum::<u64>()
        };
        assert_eq!((loan.due, loan.ahead()), (open(true), open(false)), "due and ahead");
        if loan.state == LoanState::Active
            && let Some(next) = rows.iter().find(|row| row.0 > self.now)
        {
            let date = self.ledger.calendar().date(next.0);
            assert_eq!((loan.next_due_on(), loan.next_principal()), (date, next.2), "next");
        }
    }
}

fn named(name: &str) -> Id {
    Id::from_name(name).unwrap()
}

fn euro() -> Currency {
    "EUR".parse().unwrap()
}

/// Steps that match, of how many, and what the next one is.
const FOLLOWED: [&str; 35] = [
    "EMICalculation-Part3.feature:857 10/34 paid beyond the debt",
    "Loan-Part2.feature:452 6/16 a fee of a loan",
    "Loan-Part2.feature:1479 11/30 undone",
    "Loan-Part2.feature:1896 15/25 a second payout",
    "Loan-Part3.feature:5 8/32 a fee of a loan",
    "Loan-Part3.feature:917 8/32 a fee of a loan",
    "Loan-Part3.feature:1714 7/16 a fee of a loan",
    "LoanAccrualActivity-Part1.feature:2140 8/25 paid beyond the debt",
    "LoanAccrualTransaction.feature:1968 5/14 a fee of a loan",
    "LoanCBR.feature:1258 6/23 a flag of fraud",
    "LoanChargeOff-Part1.feature:1585 8/14 a charge-off by hand",
    "LoanChargeback-Part1.feature:1496 15/23 a chargeback",
    "LoanChargeback-Part1.feature:1846 10/24 a chargeback",
    "LoanChargeback-Part2.feature:333 14/20 a chargeback",
    "LoanChargeback-Part2.feature:690 11/20 a charge-off by hand",
    "LoanChargesInstallmentFee.feature:2026 5/24 a fee of a loan",
    "LoanChargesProgressiveLoan.feature:425 10/17 a fee of a loan",
    "LoanChargesProgressiveLoan.feature:712 7/14 a fee of a loan",
    "LoanDelinquency-Part1.feature:332 13/13 the end",
    "LoanDownPayment-Part1.feature:5 12/18 in the past",
    "LoanDownPayment-Part1.feature:679 8/18 a second payout",
    "LoanDownPayment-Part1.feature:1313 15/24 a second payout",
    "LoanDownPayment-Part1.feature:1994 11/17 in the past",
    "LoanDownPayment-Part2.feature:5 7/19 paid beyond the debt",
    "LoanInterestRateChange.feature:1588 14/17 a new schedule",
    "LoanReAging-Part1.feature:679 7/18 a new schedule",
    "LoanReAging-Part1.feature:1613 9/24 in the past",
    "LoanReAging-Part1.feature:2966 13/19 a new schedule",
    "LoanReAgingEqualAmortization-Part3.feature:1193 5/24 in the past",
    "LoanReAgingPreview.feature:333 6/19 in the past",
    "LoanRepayment-Part2.feature:117 8/17 a fee of a loan",
    "LoanRepayment-Part2.feature:372 6/12 a fee of a loan",
    "LoanRepayment-Part2.feature:846 6/13 a fee of a loan",
    "LoanRepayment-Part2.feature:1357 6/35 a fee of a loan",
    "LoanReschedule.feature:450 7/16 undone",
];

#[test]
fn loans_are_followed_step_by_step() {
    let mut found = Vec::new();
    for line in text("instalments/zero_interest_with_repayments.jsonl.xz").lines() {
        let scenario: Value = serde_json::from_str(line).unwrap();
        let at = format!("{}:{}", scenario["feature"].as_str().unwrap(), scenario["line"]);
        let steps = scenario["steps"].as_array().unwrap();
        let (mut case, mut matched, mut then) = (Case::new(), 0, "the end");
        for step in steps {
            println!("{at}: {}", step["text"]);
            match case.step(step) {
                Ok(()) => matched += 1,
                Err(why) => {
                    then = why;
                    break;
                }
            }
        }
        found.push(format!("{at} {matched}/{} {then}", steps.len()));
    }
    assert_eq!(found, FOLLOWED);
}
