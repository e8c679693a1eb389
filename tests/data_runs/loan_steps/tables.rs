//! What the tables show of a loan's charges and of its schedule.

use super::Case;
use super::words::{cents, noon};
use groat_ledger::{Loan, LoanCharge, LoanChargeKind, LoanState};

/// Of a schedule: the date, principal, fees and penalties, and what of them is open.
type Row = (u32, [u64; 3], u64);

impl Case {
    /// Of each charge what it is, when it is due, and what became of it. One with each term is
    /// shown as one.
    pub(super) fn compare_charges(&self, rows: &[Vec<&str>]) {
        let calendar = self.ledger.calendar();
        let mut shown: Vec<(bool, Option<u32>, [u64; 4])> = rows
            .iter()
            .map(|row| {
                let date = Some(row[3]).filter(|date| !date.is_empty());
                let date = date.map(|date| calendar.date(noon(date)));
                (row[1] == "true", date, [row[5], row[6], row[7], row[8]].map(cents))
            })
            .collect();
        let sums = |c: &LoanCharge| [c.amount, c.paid, c.waived, c.left()];
        let (each, own): (Vec<&LoanCharge>, Vec<&LoanCharge>) =
            self.loan().charges.iter().partition(|c| format!("{}", c.charge).starts_with('e'));
        let penalty = |c: &LoanCharge| c.kind == LoanChargeKind::Penalty;
        let own = own.into_iter().map(|c| (penalty(c), Some(c.due_on), sums(c)));
        let mut found: Vec<_> = own.collect();
        if !each.is_empty() {
            let add = |all: [u64; 4], c: &&LoanCharge| std::array::from_fn(|n| all[n] + sums(c)[n]);
            found.push((false, None, each.iter().fold([0; 4], add)));
        }
        shown.sort_unstable();
        found.sort_unstable();
        assert_eq!(shown, found, "charges");
    }

    /// Dates and principal as agreed, with the charges up to each date; what is open of them is
    /// due, ahead, and to come next.
    pub(super) fn compare_schedule(&self, rows: &[Vec<&str>]) {
        let (loan, terms, calendar) = (self.loan(), self.loan().terms, self.ledger.calendar());
        let rows: Vec<Row> = rows
            .iter()
            .filter(|row| !row[0].is_empty())
            .map(|row| {
                let (date, sums) = (calendar.date(noon(row[2])), [row[5], row[7], row[8]]);
                (date, sums.map(cents), cents(row[13]))
            })
            .collect();
        // A charge that falls due behind the last term has a row of its own, and so has what fell
        // due beside the terms.
        let beside = || self.back.iter().chain(&self.at_once);
        let back = |row: &Row| beside().any(|one| *one == (row.0, row.1[0]));
        let own = |row: &&Row| row.1[0] > 0 && !back(row);
        let at_once = usize::from(terms.at_once > 0);
        let agreed = rows[at_once..].iter().filter(own).map(|row| row.1[0]);
        assert_eq!(agreed.collect::<Vec<u64>>(), loan.agreed(), "as agreed");
        let mut from = 0;
        for (date, [_, fee, penalty], _) in &rows {
            let of = |kind| charged(loan, kind, from..=*date);
            let found = (of(LoanChargeKind::Fee), of(LoanChargeKind::Penalty));
            assert_eq!((*fee, *penalty), found, "charges up to {date}");
            from = *date + 1;
        }
        let left = |dates: std::ops::RangeInclusive<u32>| {
            let own = loan.charges.iter().filter(|charge| dates.contains(&charge.due_on));
            own.map(LoanCharge::left).sum::<u64>()
        };
        let today = calendar.date(self.now);
        let (due, ahead): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.0 <= today);
        let open = |rows: &[&Row]| rows.iter().map(|row| row.2).sum::<u64>();
        let last = due.last().map_or(0, |row| row.0);
        let found = (loan.due + left(0..=last), loan.ahead() + left(last + 1..=u32::MAX));
        assert_eq!((open(&due), open(&ahead)), found, "due and ahead");
        if loan.state == LoanState::Active
            && let Some(next) = ahead.iter().find(|row| row.1[0] > 0)
        {
            let principal = next.2 - left(last + 1..=next.0);
            assert_eq!((loan.next_due_on(), loan.next_principal()), (next.0, principal), "next");
        }
    }
}

/// What was charged of a kind, paid or not, that falls due on one of these dates.
pub(super) fn charged(
    loan: &Loan,
    kind: LoanChargeKind,
    dates: std::ops::RangeInclusive<u32>,
) -> u64 {
    let own = loan.charges.iter().filter(|c| c.kind == kind && dates.contains(&c.due_on));
    own.map(|charge| charge.amount).sum()
}
