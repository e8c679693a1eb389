//! The page of a rental or of an authorization: what was held and by what, what was charged, who
//! paid it, what was given back, and that all of it adds up.
//!
//! | part | file |
//! |---|---|
//! | what the events come to | `tally` |
//! | what happened, in words | `words` |
//! | amounts as text, and the sums that must come out | `sums` |

mod sums;
mod tally;
#[cfg(test)]
mod tests;
mod words;

use crate::follow::{Trouble, read_chain};
use crate::source::{Progress, Source};
use groat_ledger::{DayRule, Id, RentUnit, RentalTerms};
use groat_proto::json::time_text;
use groat_shard::{Books, Folded};
use serde::Serialize;
use sums::{InText, totals};
use tally::Tally;

/// The pages of all shards that know the id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageReport {
    /// In the order of the shards.
    pub pages: Vec<Page>,
}

/// The life of a rental or of an authorization. Amounts are text in major units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The shard.
    pub shard: u32,
    /// `rental` or `authorization`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The merchant's number of it.
    pub out_order_no: String,
    /// The merchant.
    pub merchant: String,
    /// The user.
    pub user: String,
    /// Where it stands, such as `in_use`.
    pub state: String,
    /// Of all amounts.
    pub currency: String,
    /// When an authorization times out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What was agreed about a rental.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<Agreed>,
    /// The deposit or the hold by its parts, if anything was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Listed<HeldPart>>,
    /// What happened, in order.
    pub life: Vec<Moment>,
    /// What was charged for a rental, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charged: Option<Listed<Charged>>,
    /// What was paid and from what, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<Listed<Paid>>,
    /// What the platform paid to the merchant in the user's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced: Option<String>,
    /// What went back to the user.
    pub given_back: GivenBack,
    /// The sums that must come out.
    pub totals: Vec<Total>,
    /// Whether all of them do.
    pub adds_up: bool,
}

/// Lines and their sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed<L> {
    /// Each.
    pub lines: Vec<L>,
    /// All of them.
    pub all: L,
}

/// What was agreed about a rental.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agreed {
    /// The thing, if it is one of a kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The deposit.
    pub deposit: String,
    /// The price of a unit.
    pub rent: String,
    /// `hour`, `day`, `fixed` or `use`.
    pub unit: &'static str,
    /// Most per started 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_cap: Option<String>,
    /// `elapsed` or `calendar`.
    pub day_rule: &'static str,
    /// When it begins, or began.
    pub borrow_at: String,
    /// When it is to be back.
    pub expiry_at: String,
    /// When it was to be back at first, where that was moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_expiry_at: Option<String>,
    /// When it came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned_at: Option<String>,
    /// Seconds into a further unit that cost nothing.
    pub grace_s: u32,
    /// The price of a late day, where that is more than a unit like another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_price: Option<String>,
    /// Most that all charges may come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_amount: Option<String>,
    /// Rent by terms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<Term>,
    /// The platform advances what the user cannot pay.
    pub guaranteed: bool,
    /// Credit is used before the balance.
    pub credit_first: bool,
}

/// A term of a rent plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Term {
    pub due_at: String,
    pub amount: String,
    /// The price of the thing at this term, less what was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyout: Option<String>,
}

/// A part of what is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldPart {
    /// By what: `score` (waived), `credit` (held on the line), `cash` (frozen), or `all`.
    pub by: &'static str,
    /// Held at first.
    pub amount: String,
    /// Used to pay.
    pub taken: String,
    /// Given back.
    pub given_back: String,
    /// Still held.
    pub rest: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub time: String,
    /// The event's number.
    pub event: u64,
    /// What, in words.
    pub what: String,
    /// How much, where it is about an amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

/// A charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charged {
    /// Its number, from 0, as `ReduceCharge` names it; the price of a buy-out has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<usize>,
    /// `rent`, `late_rent`, `damage`, `lost`, `buy_out`, or `all`.
    pub what: &'static str,
    /// How much.
    pub amount: String,
    /// Taken off by the merchant, or part of the price of a buy-out.
    pub reduced: String,
    /// Paid by the user, less what was refunded when it was reduced.
    pub paid: String,
    /// Still owed.
    pub outstanding: String,
}

/// One payment, or what was paid back to the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paid {
    /// When; none in the sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The payment's id; none for what was paid back to the platform, and in the sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// To the `merchant`, to the `platform` that advanced it, or `all`.
    pub to: &'static str,
    /// From the frozen cash.
    pub frozen: String,
    /// From the balance.
    pub balance: String,
    /// From the line of credit.
    pub credit: String,
    /// All of it.
    pub amount: String,
}

/// What went back to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenBack {
    /// Of the frozen cash.
    pub cash_released: String,
    /// Of what was waived or held on credit.
    pub credit_released: String,
    /// Refunds of what was paid.
    pub refunds: Vec<Refunded>,
    /// Sum of the refunds.
    pub refunded: String,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refunded {
    /// When.
    pub time: String,
    /// Of which payment; none of what had been paid back to the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// The charge that was reduced, if it was for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// To the line of credit.
    pub to_credit: String,
    /// To the balance.
    pub to_balance: String,
    /// All of it.
    pub amount: String,
}

/// A sum and its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// What is divided.
    pub what: &'static str,
    /// How much it is.
    pub amount: String,
    /// Its parts.
    pub parts: Vec<PartOf>,
    /// Whether they are all of it.
    pub adds_up: bool,
}

/// A part of a sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct PartOf {
    pub what: &'static str,
    pub amount: String,
}

/// The pages of a rental, or of an authorization that is of none.
pub(crate) fn pages(
    source: &Source,
    shards: &[u32],
    id: Id,
    progress: Progress<'_>,
) -> Result<PageReport, Trouble> {
    let mut pages = Vec::new();
    for shard in shards {
        let mut tally = Tally::new(id);
        let follower = read_chain(source.chain(*shard)?, progress, |books, _, folded| {
            if let Folded::Event { number, at, fact, movements, due } = folded {
                tally.event(books, (number, at), fact, movements, due);
            }
        })?;
        let page = follower.books().and_then(|books| page(*shard, id, &tally, books));
        pages.extend(page);
    }
    if pages.is_empty() {
        return Err(Trouble::Usage(format!("there is no rental or authorization {id}")));
    }
    Ok(PageReport { pages })
}

fn page(shard: u32, id: Id, tally: &Tally, books: &Books) -> Option<Page> {
    let tables = books.ledger().tables();
    let (rental, held) = (tables.rentals.get(&id), tables.authorizations.get(&id));
    let (user, merchant, order_no, currency, state) = match (rental, held) {
        (Some(r), _) => {
            let state = words::shown(&format!("{:?}", r.state));
            (r.user, r.merchant, &r.out_order_no, r.terms.deposit.currency, state)
        }
        (None, Some(a)) => {
            let state = words::shown(&format!("{:?}", a.state));
            (a.user, a.merchant, &a.out_order_no, a.currency, state)
        }
        (None, None) => return None,
    };
    let in_text = InText(currency);
    let totals = totals(id, tally, books, currency);
    Some(Page {
        shard,
        kind: if rental.is_some() { "rental" } else { "authorization" },
        id: id.to_string(),
        out_order_no: order_no.to_string(),
        merchant: tables.merchants.row(merchant).merchant.to_string(),
        user: tables.users.row(user).user.to_string(),
        state,
        currency: currency.letters().into(),
        expires_at: held.and_then(|held| held.expires_at).map(time_text),
        terms: rental.map(|r| agreed(&r.terms, tally, r.returned_at, in_text)),
        held: tally.hold().map(|hold| in_text.held(hold)),
        life: tally.life.clone(),
        charged: in_text.charged(tally),
        paid: in_text.paid(tally),
        advanced: (tally.advanced > 0).then(|| in_text.of(tally.advanced)),
        given_back: in_text.given_back(tally),
        adds_up: totals.iter().all(|total| total.adds_up),
        totals,
    })
}

fn agreed(terms: &RentalTerms, tally: &Tally, returned_at: u64, in_text: InText) -> Agreed {
    let of = |amount: u64| in_text.of(amount.into());
    let first = tally.first_expiry.filter(|first| *first != terms.expiry_at);
    let plan = terms.plan.iter().map(|term| Term {
        due_at: time_text(term.due_at),
        amount: of(term.amount),
        buyout: term.buyout.map(of),
    });
    Agreed {
        item: (!terms.item.is_none()).then(|| terms.item.to_string()),
        deposit: of(terms.deposit.amount),
        rent: of(terms.rent),
        unit: match terms.unit {
            RentUnit::Hour => "hour",
            RentUnit::Day => "day",
            RentUnit::Fixed => "fixed",
            RentUnit::Use => "use",
        },
        day_cap: terms.day_cap.map(of),
        day_rule: match terms.day_rule {
            DayRule::Elapsed => "elapsed",
            DayRule::Calendar => "calendar",
        },
        borrow_at: time_text(terms.borrow_at),
        expiry_at: time_text(terms.expiry_at),
        first_expiry_at: first.map(time_text),
        returned_at: (returned_at > 0).then(|| time_text(returned_at)),
        grace_s: terms.grace_s,
        late_price: late_price(terms).map(|price| in_text.of(price)),
        risk_amount: terms.risk_amount.map(of),
        plan: plan.collect(),
        guaranteed: terms.guaranteed,
        credit_first: terms.credit_first,
    }
}

/// What a late day costs: a price of its own, or by the day the agreed part of the rent, half up.
fn late_price(terms: &RentalTerms) -> Option<i128> {
    let by_rent = (i128::from(terms.rent) * i128::from(terms.late_ppm) + 500_000) / 1_000_000;
    let by_day = (terms.unit == RentUnit::Day).then_some(by_rent);
    terms.late_price.map(i128::from).or(by_day).filter(|price| *price > 0)
}
