//! A rental of the data with its payment, and what must come of it.

use groat_ledger::ChargeKind;
use groat_proto::json::parse_time;
use groat_tests::feed::{self, cents};
use std::collections::BTreeMap;

const DAY_MS: u64 = 86_400_000;

/// How long after the agreed time a thing is given up.
pub(super) const LOST_AFTER_DAYS: u64 = 30;

/// Two rows that are one. Times are milliseconds since 1970, amounts are cents.
pub(super) struct Rental {
    pub(super) id: String,
    pub(super) customer: String,
    pub(super) item: String,
    pub(super) store: String,
    pub(super) rented_at: u64,
    pub(super) expiry_at: u64,
    pub(super) returned_at: Option<u64>,
    pub(super) replacement_cost: u64,
    pub(super) base_rate: u64,
    pub(super) late_days: u64,
    /// What the data expects; the replacement cost where the thing never came back.
    pub(super) charge: u64,
    pub(super) payment: String,
    pub(super) paid: u64,
}

impl Rental {
    /// When it is settled.
    pub(super) fn ends_at(&self) -> u64 {
        self.returned_at.unwrap_or(self.expiry_at + LOST_AFTER_DAYS * DAY_MS)
    }

    /// What the charge is made of.
    pub(super) fn charges(&self) -> Vec<(ChargeKind, u64)> {
        if self.returned_at.is_none() {
            return vec![(ChargeKind::Lost, self.replacement_cost)];
        }
        let late = (self.late_days > 0).then_some((ChargeKind::LateRent, self.late_days * 100));
        [(ChargeKind::Rent, self.base_rate)].into_iter().chain(late).collect()
    }
}

/// Every rental, in the order of the data.
pub(super) fn rentals() -> Vec<Rental> {
    let text = feed::text("rentals/payments.csv.xz");
    let payments = feed::rows::<5>(&text, "payment_id,customer_id,rental_id,amount,payment_date");
    let mut payment_of = BTreeMap::new();
    for payment in payments {
        assert_eq!(payment_of.insert(payment[2], payment), None, "one payment for each rental");
    }
    let text = feed::text("rentals/rentals.csv.xz");
    let head = "rental_id,customer_id,item_id,store_id,rented_at,returned_at,included_days,\
                base_rate,replacement_cost,late_days,expected_charge,paid_total,payments,agrees";
    let rows = feed::rows::<14>(&text, head);
    assert_eq!((rows.len(), payment_of.len()), (5_334, 5_334));
    rows.into_iter().map(|row| rental(row, payment_of[row[0]])).collect()
}

fn rental(row: [&str; 14], payment: [&str; 5]) -> Rental {
    let [id, customer, item, store, rented_at, returned_at, included_days, ..] = row;
    let [.., base_rate, replacement_cost, late_days, charge, paid_total, count, agrees] = row;
    let [payment, payer, _, paid, paid_at] = payment;
    assert_eq!((payer, paid_at), (customer, rented_at), "payment of rental {id}");
    assert_eq!((paid, count), (paid_total, "1"), "payment of rental {id}");
    let is_back = !returned_at.is_empty();
    assert_eq!(agrees, if is_back { "yes" } else { "open" }, "rental {id}");
    assert!(!is_back || paid == charge, "what is back is paid, rental {id}");
    let time = |text: &str| parse_time(&format!("{}Z", text.replace(' ', "T"))).unwrap();
    let amount = |text: &str| u64::try_from(cents(text)).unwrap();
    Rental {
        id: format!("r{id}"),
        customer: format!("c{customer}"),
        item: format!("i{item}"),
        store: format!("store-{store}"),
        rented_at: time(rented_at),
        expiry_at: time(rented_at) + included_days.parse::<u64>().unwrap() * DAY_MS,
        returned_at: is_back.then(|| time(returned_at)),
        replacement_cost: amount(replacement_cost),
        base_rate: amount(base_rate),
        late_days: if is_back { late_days.parse().unwrap() } else { 0 },
        charge: amount(if is_back { charge } else { replacement_cost }),
        payment: payment.into(),
        paid: amount(paid),
    }
}
