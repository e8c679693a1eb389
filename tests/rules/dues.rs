//! What is due of virtual credit, to the fen: the minimum as the statement says it, statements in
//! plans and their refunds, interest of many loans (DOMAIN §4.2, §4.5, §4.7).

use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{
    Body, Calendar, CreditTerms, Decision, DrawLoan, Fact, GrantCreditLine, Id, Ledger, LoanKind,
    LoanTerms, Movement, OpenUser, WriteOffCredit,
};

tables! {
/// Whoever pays the minimum of a statement, or its total, has paid it: what came since the cut is
/// of the next, whatever is paid first.
a_statement_is_paid_by_what_it_says "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    user     bob 2 CNY                     | ok
    user     carol 2 CNY                   | ok
    top_up   alice 5000.00 r1              | ok
    top_up   bob 5000.00 r2                | ok
    top_up   carol 5000.00 r3              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    line     bob 2000.00 billed=yes        | ok
    line     carol 2000.00 billed=yes order=cpif | ok
    create   p1 o1 shop 1400.00            | ok
    create   p2 o2 shop 1400.00            | ok
    create   p3 o3 shop 1400.00            | ok
    pay      p1 alice credit:1400.00       | ok
    pay      p2 bob credit:1400.00         | ok
    pay      p3 carol credit:1400.00       | ok
    pass     2026-02-09T20:00:00Z          |
    repay    alice 140.00                  | ok
    repay    bob 140.00                    | ok
    repay    carol 140.00                  | ok
    pass     2026-03-05T00:00:00Z          |
    create   p4 o4 shop 100.00             | ok
    pay      p4 bob credit:100.00          | ok
    pass     2026-03-09T20:00:00Z          |
    // 11.97 was billed, nine nights of 0.63 came since.
    bill     alice ISSUED total=1271.97 min=137.97 interest=17.64
    repay    alice 137.97                  | ok
    bill     alice MIN_PAID unpaid=1134.00 billed=1134.00 interest=5.67
    repay    carol 137.96                  | ok
    bill     carol ISSUED unpaid=1134.01 billed=1122.04 interest=17.64
    repay    carol 0.01                    | ok
    bill     carol MIN_PAID unpaid=1134.00 billed=1122.03 interest=17.64
    repay    bob 1271.97                   | ok
    bill     bob PAID unpaid=0.00 billed=0.00 interest=5.67 unbilled=100.00
    repay    bob 10.00                     | ok
    bill     bob PAID interest=0.00 unbilled=95.67
    pass     2026-03-13T00:00:00Z          |
    // Four nights of 0.567 and of 0.561015.
    bill     alice MIN_PAID overdue=0.00 penalty=0.00 interest=7.93
    credit   alice ACTIVE owed=1134.00 left=866.00
    bill     carol MIN_PAID overdue=0.00 penalty=0.00 interest=19.88
    credit   carol ACTIVE owed=1122.03
    credit   bob ACTIVE owed=95.67
"

/// A refund of what is in a plan of its statement cuts the last terms, as it does of a purchase's
/// own; the fees to come are cut with them.
a_refund_cuts_the_plan_of_its_statement "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 1200.00            | ok
    pay      p1 alice credit:1200.00       | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    convert  alice pl1 statement 1200.00 n=12 fee=75000 | ok
    plan     pl1 ACTIVE fee=90.00 12*107.50
    refund   p1 f1 450.00                  | ok
    events   RefundSucceeded PlanReduced
    told     PaymentRefunded PlanReduced
    plan     pl1 ACTIVE fee=90.00 7*107.50 57.50
    credit   alice ACTIVE owed=750.00 left=1250.00
    dispute  d1 p1 150.00 +10d             | ok
    judge    d1 customer                   | ok
    events   DisputeJudged PlanReduced
    plan     pl1 ACTIVE fee=90.00 6*107.50
    refund   p1 f2 600.00                  | ok
    events   RefundSucceeded PlanReduced
    told     PaymentRefunded PlanEnded
    plan     pl1 CANCELLED
    balance  user_available alice 0.00
    balance  credit_instalment alice 0.00
    close_line alice                       | ok
"

/// First what is owed beside plans, then the plan of a statement that was made last; the balance
/// gets what is left. What is in the plan of another purchase stays.
plans_of_statements_are_cut_from_the_last "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 1000.00 r1              | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes      | ok
    create   p1 o1 shop 300.00             | ok
    pay      p1 alice credit:300.00        | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    convert  alice pl1 statement 300.00    | ok
    create   p2 o2 shop 60.00              | ok
    pay      p2 alice credit:60.00         | ok
    create   p3 o3 shop 90.00              | ok
    pay      p3 alice instalment:pl3:3:0:90.00 | ok
    at       2026-03-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=190.00 ahead=260.00
    convert  alice pl2 statement 60.00     | ok
    repay    alice 110.00                  | ok
    bill     alice MIN_PAID unpaid=20.00 ahead=320.00
    refund   p1 f1 130.00                  | ok
    events   RefundSucceeded PlanReduced PlanReduced CreditReduced
    bill     alice PAID billed=0.00 ahead=210.00
    plan     pl2 CANCELLED
    plan     pl1 ACTIVE fee=0.00 100.00 50.00
    refund   p1 f2 170.00                  | ok
    events   RefundSucceeded PlanReduced
    plan     pl1 CANCELLED
    plan     pl3 ACTIVE fee=0.00 2*30.00
    balance  user_available alice 910.00
"

/// Overdue principal within the tolerance is late while charges beside it are beyond it, and no
/// longer than until a statement counts as paid.
what_counts_as_paid_is_not_late "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    top_up   alice 100.00 r1               | ok
    merchant shop CNY fee=0                | ok
    line     alice 2000.00 billed=yes day_ppm=0 | ok
    create   p1 o1 shop 30.00              | ok
    pay      p1 alice instalment:pl1:3:1000000:30.00 | ok
    at       2026-02-01T00:00:00Z          | BatchCut BatchSettle CreditStatement
    bill     alice ISSUED total=20.00 min=11.00
    at       2026-02-13T00:00:00Z          | CreditGraceEnd
    bill     alice OVERDUE overdue=10.00 fee=10.00 penalty=0.55
    prepay   alice pl1                     | ok
    repay    alice 10.55                   | ok
    events   CreditRepaid
    credit   alice FROZEN owed=10.00
    at       2026-03-01T00:00:00Z          | CreditStatement
    bill     alice ISSUED total=10.00 min=10.00 overdue=10.00
    at       2026-03-13T00:00:00Z          | CreditGraceEnd
    events   StatementAssessed LatenessEnded CreditLineUnfrozen
    bill     alice PAID overdue=0.00 billed=10.00
    credit   alice ACTIVE owed=10.00
    pass     2026-12-01T00:00:00Z          |
    credit   alice ACTIVE owed=10.00
    write_off alice                        | NotEligible
"

/// A loan is late until so much is paid that the tolerance covers the rest; the line is free with
/// that, unless its bill is late.
a_loan_within_the_tolerance_is_not_late "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 300.00 3 ppm=0 order=CIFP | ok
    pass     2026-02-13T00:00:00Z          |
    loan     l1 ACTIVE late=2026-02-09 unpaid=100.00
    charge_loan alice l1 c1 fee 3.00 due=2026-02-20 | ok
    repay    alice 89.99 to=l1             | ok
    credit   alice FROZEN
    repay    alice 0.01 to=l1              | ok
    events   LoanRepaid LatenessEnded CreditLineUnfrozen
    loan     l1 ACTIVE unpaid=10.00
    credit   alice ACTIVE
    // The next term is looked at anew, and what is given up counts as what is paid.
    charge_loan alice l1 c2 fee 5.00 due=2026-03-11 | ok
    pass     2026-03-11T00:00:00Z          |
    repay    alice 108.00 to=l1            | ok
    loan     l1 ACTIVE unpaid=10.00
    charge_loan alice l1 c3 fee 10.00 due=2026-04-10 | ok
    pass     2026-04-10T00:00:00Z          |
    repay    alice 102.00 to=l1            | ok
    pass     2026-04-14T00:00:00Z          |
    loan     l1 ACTIVE late=2026-04-10 unpaid=18.00
    credit   alice FROZEN
    waive_charge alice l1 c3               | ok
    events   LoanChargeWaived LatenessEnded CreditLineUnfrozen
    loan     l1 ACTIVE unpaid=8.00
    credit   alice ACTIVE
"

/// Each term that is missed freezes the line, though somebody let it go after the one before.
each_missed_term_freezes_the_line "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice 2000.00 billed=yes      | ok
    draw     alice l1 300.00 3             | ok
    pass     2026-02-13T00:00:00Z          |
    credit   alice FROZEN
    thaw     alice                         | ok
    pass     2026-02-20T00:00:00Z          |
    credit   alice ACTIVE
    at       2026-03-14T23:59:59.999Z      | CreditStatement LoanTerm
    credit   alice ACTIVE
    at       2026-03-15T00:00:00Z          | LoanGraceEnd
    events   LoanOverdue CreditLineFrozen
    told     LoanOverdue
    // Late since the first.
    loan     l1 ACTIVE late=2026-02-09 unpaid=209.00
    credit   alice FROZEN
    // Frozen already: it is said, and nothing more.
    at       2026-04-13T23:59:59.999Z      | CreditStatement LoanTerm
    at       2026-04-14T00:00:00Z          | LoanGraceEnd
    events   LoanOverdue
    thaw     alice                         | ok
    // Behind the last term too.
    at       2026-05-14T00:00:00Z          | CreditStatement LoanTerm LoanGraceEnd
    credit   alice FROZEN
    loan     l1 ACTIVE late=2026-02-09
"

/// The interest of all loans of a user together is at most an amount, so that it can be lost.
the_interest_of_many_loans_is_lost "
    at       2026-01-10T09:00:00Z          |
    user     alice 2 CNY                   | ok
    line     alice #1000000000000000000 billed=yes | ok
    draw     alice l1 #400000000000000000 1 ppm=50000 | ok
    draw     alice l2 #400000000000000000 1 ppm=50000 | ok
    pass     2026-02-09T00:00:00Z          |
    // Thirty nights of 5 %: of the one all of it, of the other what is left below the bound.
    loan     l1 ACTIVE interest=#600000000000000000
    loan     l2 ACTIVE interest=#400000000000000000
    pass     2026-08-08T00:00:00Z          |
    loan     l1 ACTIVE interest=#600000000000000000
    loan     l2 ACTIVE interest=#400000000000000000
    write_off alice                        | ok
    events   AccountOpened AccountOpened CreditWrittenOff LoanWrittenOff LoanWrittenOff
    loan     l1 WRITTEN_OFF owed=0.00 interest=0.00
    balance  credit_loss - #1800000000000000000
"
}

/// Books of one user, and what they are asked.
struct Books {
    ledger: Ledger,
    commands: u128,
}

impl Books {
    fn ask(&mut self, body: &Body, now: u64) {
        self.commands += 1;
        let mut decision = Decision::default();
        let id = Id((u128::from(now) << 80) | self.commands);
        assert_eq!(self.ledger.decide_for(Id::NONE, id, body, now, &mut decision), Ok(()));
        self.take(&decision, now, |_, _| {});
    }

    fn take(
        &mut self,
        decision: &Decision,
        now: u64,
        edit: impl Fn(&mut Fact, &mut Vec<Movement>),
    ) {
        let events: Vec<_> = decision.events().map(|(f, m)| (f.clone(), m.to_vec())).collect();
        for (mut fact, mut movements) in events {
            edit(&mut fact, &mut movements);
            assert_eq!(self.ledger.check(&fact, &movements), Ok(()), "{fact:?}");
            self.ledger.apply(&fact, &movements, now);
        }
    }
}

/// Once each loan bore as much interest as an amount can be: such books are read, and lost whole.
#[test]
fn interest_that_each_loan_bore_alone_can_be_lost() {
    let (user, limit) = (Id::from_name("alice").unwrap(), "CNY".parse().unwrap());
    let amount = |amount| groat_ledger::Money { amount, currency: limit };
    let terms = CreditTerms {
        statement_day: 1,
        due_day: 9,
        min_bps: 1_000,
        day_ppm: 500,
        late_fee_ppm: 0,
        grace_days: 3,
        tolerance: 0,
        billing: Some(groat_ledger::BillingTerms {
            order: groat_ledger::instalments::CHARGES_FIRST,
            late_order: groat_ledger::instalments::PRINCIPAL_FIRST,
            late_order_from_day: 0,
            late_fee_max: 0,
            ..groat_ledger::BillingTerms::default()
        }),
    };
    let mut books = Books { ledger: Ledger::new(Calendar::default()), commands: 0 };
    let day = 86_400_000;
    books.ask(&Body::OpenUser(OpenUser { user, kyc_class: 2, currency: limit }), day);
    let limit = amount(AMOUNT_MAX);
    books.ask(&Body::GrantCreditLine(GrantCreditLine { user, limit, terms }), day);
    let [l1, l2] = ["l1", "l2"].map(|loan| Id::from_name(loan).unwrap());
    for loan in [l1, l2] {
        let terms = LoanTerms::new(1, 10_000, LoanKind::Bullet);
        let amount = amount(AMOUNT_MAX / 4);
        books.ask(&Body::DrawLoan(DrawLoan { user, loan, amount, terms }), day);
    }
    let mut decision = Decision::default();
    while let Some(due) = books.ledger.next_due(250 * day) {
        books.ledger.decide_due(due, &mut decision);
        books.take(&decision, due.at, |fact, movements| {
            if let Fact::LoanTermDue { loan, term_no: 1, interest, .. } = fact
                && *loan == l2
            {
                *interest = AMOUNT_MAX;
                for movement in movements {
                    movement.amount = AMOUNT_MAX;
                }
            }
        });
    }
    books.ask(&Body::WriteOffCredit(WriteOffCredit { user }), 250 * day);
    let tables = books.ledger.tables();
    let line = tables.credit_lines.rows().first().unwrap();
    // Half of an amount was lent; the first loan bore 30 % of its half of that.
    let borne = AMOUNT_MAX + AMOUNT_MAX / 1_000 * 75;
    assert_eq!(line.lost(), borne + AMOUNT_MAX / 2);
}
