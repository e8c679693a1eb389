//! What commands on points move, for the caps of an app that asks for them.

use super::{earned_by, worth};
use crate::command::EarnPoints;
use crate::id::Id;
use crate::money::Money;
use crate::state::Tables;

/// What so many points of a card that is there are worth; those without a worth are no money.
pub(crate) fn value(tables: &Tables, card: Id, points: u64) -> Option<Money> {
    let template = tables.card_templates.row(tables.cards.get(&card)?.template);
    let amount = worth(template.terms.points.as_ref()?, points);
    (amount > 0).then_some(Money { amount, currency: template.terms.currency })
}

/// What the points are worth that a command would give.
pub(crate) fn to_earn(tables: &Tables, c: &EarnPoints) -> Option<Money> {
    let mut points = c.points;
    if let Some(payment) = tables.payments.get(&c.payment) {
        let row = tables.cards.get(&c.card)?;
        let template = tables.card_templates.row(row.template);
        let terms = template.terms.points.as_ref()?;
        points = earned_by(tables, row, template, terms, payment).ok()?.0;
    }
    value(tables, c.card, points)
}
