//! Points as their facts tell them: what each card has, what each payment earned, and what all
//! cards of a template have together. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{Fact, Id, PointsTerms};
use std::collections::BTreeMap;

/// What a payment earned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Earned {
    pub(crate) card: Id,
    pub(crate) points: u64,
    /// Of so much that its user had paid.
    of: u64,
    pub(crate) back: u64,
}

impl Earned {
    /// What must be taken back where the user has paid so much still: half up.
    pub(crate) fn due(&self, kept: u64) -> u64 {
        let (full, of) = (u128::from(self.points), u128::from(self.of.max(1)));
        let back = u128::from(self.of.saturating_sub(kept));
        u64::try_from((2 * full * back + of) / (2 * of)).unwrap_or(u64::MAX)
    }
}

/// What points of a card paid of a payment, and what of both is back.
#[derive(Debug, Clone, Copy)]
struct Spent {
    card: Id,
    points: u64,
    paid: u64,
    points_back: u64,
    back: u64,
}

/// What a point has of its last decimal.
fn parts(terms: &PointsTerms) -> u64 {
    [1, 10, 100][terms.decimals.min(2) as usize]
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Points {
    /// By card: when they expire, how many. Never is beyond all times.
    lots: BTreeMap<Id, BTreeMap<u64, u64>>,
    earned: BTreeMap<Id, Earned>,
    /// By template.
    totals: BTreeMap<Id, i128>,
    /// By payment.
    spent: BTreeMap<Id, Spent>,
    /// What goes back with the refund or ruling to come.
    back: Option<(Id, u64)>,
    /// By card: points that were taken back and that it did not have.
    owes: BTreeMap<Id, u64>,
    /// A debt was told of: in chains of old there are none, and what a card lacked was let go.
    debts_are_told: bool,
}

impl Points {
    pub(crate) fn of_card(&self, card: Id) -> u64 {
        self.lots.get(&card).map_or(0, |lots| lots.values().sum())
    }

    /// What a card owes.
    pub(crate) fn owed_by(&self, card: Id) -> u64 {
        self.owes.get(&card).copied().unwrap_or(0)
    }

    /// Whether cards of this chain owe what they lack.
    pub(crate) fn debts_are_told(&self) -> bool {
        self.debts_are_told
    }

    /// What a closed card owes, the next one of its user does.
    pub(crate) fn pass_on(&mut self, from: Id, to: Id) {
        if let Some(owed) = self.owes.remove(&from) {
            *self.owes.entry(to).or_default() += owed;
        }
    }

    pub(crate) fn of_template(&self, template: Id) -> i128 {
        self.totals.get(&template).copied().unwrap_or(0)
    }

    pub(crate) fn templates(&self) -> impl Iterator<Item = Id> {
        self.totals.keys().copied()
    }

    pub(crate) fn earned(&self, payment: Id) -> Option<&Earned> {
        self.earned.get(&payment)
    }

    /// What points paid of a payment, in minor units.
    pub(crate) fn of_payment(&self, payment: Id) -> u64 {
        self.spent.get(&payment).map_or(0, |spent| spent.paid)
    }

    /// What of a payment goes back for points: said just before.
    pub(crate) fn taken_back(&mut self, payment: Id) -> u64 {
        self.back.take_if(|(of, _)| *of == payment).map_or(0, |(_, amount)| amount)
    }

    /// What the points of a template are worth, half up.
    pub(crate) fn worth(&self, template: Id, terms: &PointsTerms) -> i128 {
        let micros = self.of_template(template) * i128::from(terms.value_micros);
        let unit = 1_000_000 * i128::from(parts(terms));
        (2 * micros + unit) / (2 * unit)
    }

    /// Takes a fact in of a card of a template with these terms; says if it is not as they have it.
    /// `kept` is what the user has paid of the payment and not back.
    pub(crate) fn follow(
        &mut self,
        fact: &Fact,
        of: (Id, &PointsTerms),
        kept: u64,
        due: Option<u64>,
    ) -> Result<(), String> {
        let (template, terms) = of;
        match fact {
            Fact::PointsEarned { card, payment, points, of, until, repaid } => {
                self.give(*card, template, (*points, *repaid), *until)?;
                if payment.is_none() {
                    return Ok(());
                }
                let new = Earned { card: *card, points: *points, of: *of, back: 0 };
                let twice = self.earned.insert(*payment, new).is_some();
                let of_parts = u128::from(*of) * u128::from(parts(terms));
                let by_terms = of_parts.checked_div(terms.per.into()) == Some((*points).into());
                if twice || *of != kept || !by_terms {
                    return Err(format!("{payment} earns {points} of {of}; {kept} is paid"));
                }
                Ok(())
            }
            Fact::PointsAdjusted { card, points, less: false, until, repaid, .. } => {
                self.give(*card, template, (*points, *repaid), *until)
            }
            Fact::PointsAdjusted { card, points, less: true, .. }
            | Fact::CardClosed { card, points } => self.take(*card, template, *points),
            Fact::PointsRedeemed { card, points, amount, payment, .. } => {
                let value = u128::from(terms.value_micros);
                let micros = u128::from(*points) * value;
                let unit = 1_000_000 * u128::from(parts(terms));
                self.take(*card, template, *points)?;
                let fits = if payment.is_none() {
                    micros / unit == u128::from(*amount)
                } else {
                    let (card, points, paid) = (*card, *points, *amount);
                    let spent = Spent { card, points, paid, points_back: 0, back: 0 };
                    let twice = self.spent.insert(*payment, spent).is_some();
                    // The fewest that are worth as much.
                    let over = micros.checked_sub(u128::from(paid) * unit);
                    !twice && over.is_some_and(|over| over < value)
                };
                if fits {
                    Ok(())
                } else {
                    Err(format!("{points} points of {card} are redeemed for {amount}"))
                }
            }
            Fact::PointsReturned { card, payment, points, amount, until, repaid } => {
                self.back = Some((*payment, *amount));
                self.give(*card, template, (*points, *repaid), *until)?;
                let row = self.spent.get_mut(payment).filter(|row| row.card == *card);
                let row = row.ok_or_else(|| format!("{card} did not pay {payment}"))?;
                (row.points_back, row.back) = (row.points_back + points, row.back + amount);
                let (of, paid) = (u128::from(row.points), u128::from(row.paid.max(1)));
                let due = (2 * of * u128::from(row.back) + paid) / (2 * paid);
                if row.back <= row.paid && due == u128::from(row.points_back) {
                    return Ok(());
                }
                let Spent { points_back, back, .. } = *row;
                Err(format!("{points_back} points of {payment} are back for {back}; {due} are due"))
            }
            Fact::PointsReversed { card, payment, points, owed } => {
                let row = self.earned.get_mut(payment);
                let row = row.ok_or_else(|| format!("{payment} earned {card} nothing"))?;
                row.back += points + owed;
                let (back, due) = (row.back, row.due(kept));
                self.take(*card, template, *points)?;
                if back > due {
                    return Err(format!(
                        "{back} points of {payment} are taken back; {due} are due"
                    ));
                }
                let left = self.of_card(*card);
                if *owed > 0 && left > 0 {
                    return Err(format!("{card} owes {owed} points of {payment}; it has {left}"));
                }
                self.debts_are_told |= *owed > 0;
                *self.owes.entry(*card).or_default() += owed;
                Ok(())
            }
            Fact::PointsExpired { card, points } => {
                let first = self.lots.get(card).and_then(|lots| lots.first_key_value());
                let first = first.map(|(until, points)| (*until, *points));
                let over = first.is_some_and(|(until, of)| {
                    due.is_some_and(|now| until <= now) && of == *points
                });
                self.take(*card, template, *points)?;
                if over { Ok(()) } else { Err(format!("points of {card} expire out of time")) }
            }
            other => Err(stranger(other, "points")),
        }
    }

    /// So many points, of which some pay what the card owes: as many as it does.
    fn give(
        &mut self,
        card: Id,
        template: Id,
        (points, repaid): (u64, u64),
        until: u64,
    ) -> Result<(), String> {
        let owes = self.owes.entry(card).or_default();
        let due = points.min(*owes);
        *owes -= due;
        if repaid != due {
            return Err(format!("{repaid} of {points} points pay what {card} owes, not {due}"));
        }
        let points = points - repaid;
        if points == 0 {
            return Ok(());
        }
        let until = if until == 0 { u64::MAX } else { until };
        *self.lots.entry(card).or_default().entry(until).or_default() += points;
        *self.totals.entry(template).or_default() += i128::from(points);
        Ok(())
    }

    /// Those that expire first.
    fn take(&mut self, card: Id, template: Id, points: u64) -> Result<(), String> {
        let lots = self.lots.entry(card).or_default();
        let mut rest = points;
        while let Some(mut lot) = lots.first_entry().filter(|_| rest > 0) {
            let part = rest.min(*lot.get());
            rest -= part;
            *lot.get_mut() -= part;
            if *lot.get() == 0 {
                lot.remove();
            }
        }
        *self.totals.entry(template).or_default() -= i128::from(points - rest);
        if rest == 0 { Ok(()) } else { Err(format!("{card} gives {rest} points that it has not")) }
    }
}
