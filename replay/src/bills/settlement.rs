//! The settlement bill: what of each batch that was settled on the date, and what else, became or
//! left the merchant's settled money. Its rows sum to what moved on that account. A payment counts
//! once, whatever paid it: balance, credit, a card, points or a coupon.
//!
//! | row type | what |
//! |---|---|
//! | PAYMENT, ADVANCE, REFUND, DISPUTE | items of a batch; of none where settled money paid |
//! | ADVANCE_RETURN | of an advance, what the merchant gave back; as above |
//! | PROCEEDS | the net of the batch of that date on another shard |
//! | RECOVERED, RESERVE | what of a batch paid the merchant's debt, and what is kept back |
//! | FORWARDED | the net of a batch that went to the merchant's home |
//! | DISPUTE_REVERSAL, DISPUTE_FEE | a dispute that was won; its fee when it was lost |
//! | SELLER_FEE_RETURNED | of a plan whose terms a lost dispute cut; by a refund it is in its row |
//! | RESERVE_RELEASED | given back of a batch, or of none |
//! | PAYOUT, PAYOUT_FAILED | to the bank, and back |
//! | RECEIPT | money that was found to be the merchant's |
//! | any other | the name of what moved the money |

use super::csv::{Sheet, amount, text};
use crate::lines::Seen;
use crate::naive::Moved;
use crate::names::fact_name;
use groat_ledger::{Cargo, Class, Currency, Fact, Id, Purpose};
use groat_proto::json::date_text;
use groat_proto::v1::command::Body;
use std::collections::BTreeMap;

const COLUMNS: [&str; 7] = ["batch id", "row type", "count", "gross", "fee", "net", "currency"];

/// In the order of the rows of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Payment,
    Advance,
    Refund,
    AdvanceReturn,
    Dispute,
    Proceeds,
    Recovered,
    Reserve,
    Forwarded,
    DisputeReversal,
    DisputeFee,
    SellerFeeReturned,
    ReserveReleased,
    Payout,
    PayoutFailed,
    Receipt,
    Other(&'static str),
}

impl Kind {
    fn name(self) -> String {
        let name = match self {
            Kind::Payment => "PAYMENT",
            Kind::Advance => "ADVANCE",
            Kind::Refund => "REFUND",
            Kind::AdvanceReturn => "ADVANCE_RETURN",
            Kind::Dispute => "DISPUTE",
            Kind::Proceeds => "PROCEEDS",
            Kind::Recovered => "RECOVERED",
            Kind::Reserve => "RESERVE",
            Kind::Forwarded => "FORWARDED",
            Kind::DisputeReversal => "DISPUTE_REVERSAL",
            Kind::DisputeFee => "DISPUTE_FEE",
            Kind::SellerFeeReturned => "SELLER_FEE_RETURNED",
            Kind::ReserveReleased => "RESERVE_RELEASED",
            Kind::Payout => "PAYOUT",
            Kind::PayoutFailed => "PAYOUT_FAILED",
            Kind::Receipt => "RECEIPT",
            Kind::Other(fact) => return fact.to_ascii_uppercase(),
        };
        name.into()
    }
}

/// Signed minor units.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    count: u64,
    gross: i128,
    fee: i128,
}

impl Sum {
    fn net(self) -> i128 {
        self.gross + self.fee
    }
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    batch: String,
    kind: Kind,
    currency: u16,
    sum: Sum,
}

/// By currency: a merchant's batches and direct movements of one shard.
type Items = BTreeMap<(u16, Kind), Sum>;

/// What a batch becomes when it is gone; what becomes settled money has no row of its own.
type Parts = Vec<(Option<Kind>, i128)>;

/// A batch that was settled or forwarded: what its rows say, and what its own row does.
pub(super) struct Gone {
    pub(super) date: u32,
    /// What its items sum to, and what was settled.
    pub(super) items: i128,
    pub(super) out: i128,
    /// Payments by its items, and as it counted them itself.
    pub(super) counted: u64,
    pub(super) count: u64,
}

/// What a merchant's batches hold until they are settled, and the rows of the date.
pub(super) struct Settled {
    merchant: Id,
    date: u32,
    shard: u32,
    /// Of several shards the batches are told apart.
    several: bool,
    open: BTreeMap<u32, Items>,
    /// Payments of batches that were settled: proceeds that arrive later settle one again.
    counted: BTreeMap<u32, u64>,
    of_batches: Vec<Row>,
    direct: BTreeMap<(String, Kind, u16), Sum>,
}

impl Settled {
    pub(super) fn new(merchant: Id, date: u32, several: bool) -> Settled {
        Settled {
            merchant,
            date,
            shard: 0,
            several,
            open: BTreeMap::new(),
            counted: BTreeMap::new(),
            of_batches: Vec::new(),
            direct: BTreeMap::new(),
        }
    }

    /// The next shard: its batches are its own.
    pub(super) fn begin(&mut self, shard: u32) {
        self.shard = shard;
        self.open.clear();
        self.counted.clear();
    }

    /// Takes a fact in with the lines it tells of the merchant's accounts. Of a batch that is
    /// settled, gives what its rows and it say.
    pub(super) fn event(&mut self, seen: &Seen<'_>, told: &Moved) -> Option<Gone> {
        let today = seen.date() == self.date;
        if let Some((date, count, parts)) = self.gone(seen.fact, seen) {
            let mut items = self.open.remove(&date).unwrap_or_default();
            let sum = items.values().map(|sum| sum.net()).sum();
            let payments = items.iter().filter(|((_, kind), _)| *kind == Kind::Payment);
            let counted = self.counted.entry(date).or_default();
            *counted += payments.map(|(_, sum)| sum.count).sum::<u64>();
            let counted = *counted;
            let out = parts.iter().map(|(_, amount)| *amount).sum();
            let settled = told.first().map(|line| line.0.currency_code);
            let currency = settled.or_else(|| items.keys().next().map(|key| key.0)).unwrap_or(0);
            for (kind, amount) in parts {
                if let Some(kind) = kind.filter(|_| amount != 0) {
                    items.insert((currency, kind), Sum { count: 1, gross: -amount, fee: 0 });
                }
            }
            if today {
                let batch = self.label(date);
                self.of_batches.extend(items.into_iter().map(|((currency, kind), sum)| Row {
                    batch: batch.clone(),
                    kind,
                    currency,
                    sum,
                }));
            }
            return Some(Gone { date, items: sum, out, counted, count });
        }
        let sent_on = |cargo: &Cargo| {
            matches!(
                cargo.purpose,
                Purpose::Royalty(_)
                    | Purpose::DisputeReleased { .. }
                    | Purpose::Confirmed(_)
                    | Purpose::BackHome { .. }
            )
        };
        if matches!(seen.fact, Fact::RemittanceSent { cargo, .. } if !sent_on(cargo)) {
            // The remittance behind a batch that was forwarded; it is in its rows.
            return None;
        }
        self.count_payment(seen);
        let (kind, is_fee, counts) = match seen.fact {
            Fact::SellerFeeReturned { .. } if is_of_dispute(seen) => {
                (Kind::SellerFeeReturned, true, true)
            }
            fact => kind_of(fact),
        };
        for (key, amount) in told {
            let mut part = Sum { count: u64::from(counts), gross: *amount, fee: 0 };
            if is_fee {
                (part.gross, part.fee) = (0, *amount);
            }
            let mut kind = kind;
            match seen.fact {
                Fact::PayoutRequested { fee, .. } => {
                    (part.gross, part.fee) = (amount + i128::from(*fee), -i128::from(*fee));
                }
                Fact::PayoutFailed { payout, .. } => {
                    let payouts = &seen.books.ledger().tables().payouts;
                    let fee = payouts.get(payout).map_or(0, |row| i128::from(row.fee));
                    (part.gross, part.fee) = (amount - fee, fee);
                }
                Fact::DisputeJudged { .. } if *amount < 0 => {
                    (kind, part.gross, part.fee) = (Kind::DisputeFee, 0, *amount);
                }
                _ => {}
            }
            let sum = match key.class {
                Class::MerchantPending => {
                    let items = self.open.entry(key.sub).or_default();
                    items.entry((key.currency_code, kind)).or_default()
                }
                Class::MerchantAvailable if today => {
                    let batch = self.released_of(seen);
                    self.direct.entry((batch, kind, key.currency_code)).or_default()
                }
                _ => continue,
            };
            sum.count += part.count;
            sum.gross += part.gross;
            sum.fee += part.fee;
        }
        None
    }

    /// A payment counts by its fact: its money may have come with the facts of its parts.
    fn count_payment(&mut self, seen: &Seen<'_>) {
        let Fact::PaymentPaid { batch, .. } = seen.fact else { return };
        let tables = seen.books.ledger().tables();
        let Some(batch) = tables.batches.try_row(*batch) else { return };
        let Some(seller) = tables.merchants.try_row(batch.merchant) else { return };
        if seller.merchant == self.merchant {
            let currency = seller.terms.settle_currency.code();
            let items = self.open.entry(batch.date).or_default();
            items.entry((currency, Kind::Payment)).or_default().count += 1;
        }
    }

    /// Of a batch of the merchant that is settled or forwarded: its date, its payments and what it
    /// becomes.
    fn gone(&self, fact: &Fact, seen: &Seen<'_>) -> Option<(u32, u64, Parts)> {
        let signed = |amount: &u64| i128::from(*amount);
        let (batch, parts) = match fact {
            Fact::BatchSettled { batch, recovered, reserve, available } => (
                batch,
                vec![
                    (Some(Kind::Recovered), signed(recovered)),
                    (Some(Kind::Reserve), signed(reserve)),
                    (None, signed(available)),
                ],
            ),
            Fact::BatchForwarded { batch, amount } => {
                (batch, vec![(Some(Kind::Forwarded), signed(amount))])
            }
            _ => return None,
        };
        let tables = seen.books.ledger().tables();
        let row = tables.batches.try_row(*batch)?;
        let merchant = tables.merchants.try_row(row.merchant)?.merchant;
        (merchant == self.merchant).then_some((row.date, u64::from(row.count), parts))
    }

    fn released_of(&self, seen: &Seen<'_>) -> String {
        match seen.fact {
            Fact::ReserveReleased { batch: Some(no), .. } => {
                let batch = seen.books.ledger().tables().batches.try_row(*no);
                batch.map_or_else(String::new, |batch| self.label(batch.date))
            }
            _ => String::new(),
        }
    }

    fn label(&self, date: u32) -> String {
        let date = date_text(date);
        if self.several { format!("{date}@{}", self.shard) } else { date }
    }

    /// The rows in a currency: of batches, then what else moved settled money.
    pub(super) fn rows(&self, currency: Currency) -> Vec<Row> {
        let of_batches = self.of_batches.iter().cloned();
        let direct = self.direct.iter().map(|((batch, kind, currency), sum)| Row {
            batch: batch.clone(),
            kind: *kind,
            currency: *currency,
            sum: *sum,
        });
        of_batches.chain(direct).filter(|row| row.currency == currency.code()).collect()
    }
}

/// Whether the command of an event ends a dispute.
fn is_of_dispute(seen: &Seen<'_>) -> bool {
    let body = seen.at.command().and_then(|command| command.body);
    matches!(body, Some(Body::JudgeDispute(_) | Body::AcceptDispute(_)))
}

/// The row type of a fact; whether it is a fee of it; whether it counts as an item.
fn kind_of(fact: &Fact) -> (Kind, bool, bool) {
    match fact {
        Fact::PaymentPaid { .. }
        | Fact::CouponUsed { .. }
        | Fact::CardCharged { .. }
        | Fact::PointsRedeemed { .. } => (Kind::Payment, false, false),
        Fact::FeeCharged { .. } | Fact::SellerFeeCharged { .. } => (Kind::Payment, true, false),
        Fact::RentalPaymentPending { .. } => (Kind::Advance, false, true),
        Fact::AdvanceReturned { .. } => (Kind::AdvanceReturn, false, true),
        Fact::RefundSucceeded { .. } | Fact::RefundFunded { .. } => (Kind::Refund, false, true),
        Fact::FeeReturned { .. } | Fact::SellerFeeReturned { .. } => (Kind::Refund, true, false),
        Fact::DisputeOpened { .. } => (Kind::Dispute, false, true),
        Fact::DisputeJudged { .. } => (Kind::DisputeReversal, false, true),
        // Of sales on other shards.
        Fact::DisputeCharged { is_fee: true, .. } => (Kind::DisputeFee, true, true),
        Fact::DisputeCharged { .. } => (Kind::Dispute, false, true),
        Fact::DisputeReversed { .. } => (Kind::DisputeReversal, false, true),
        Fact::ProceedsReceived { .. } => (Kind::Proceeds, false, true),
        Fact::ReserveReleased { .. } => (Kind::ReserveReleased, false, true),
        Fact::PayoutRequested { .. } => (Kind::Payout, false, true),
        Fact::PayoutFailed { .. } => (Kind::PayoutFailed, false, true),
        Fact::ReceiptMatched { .. } => (Kind::Receipt, false, true),
        other => (Kind::Other(fact_name(other)), false, true),
    }
}

/// The sum of the rows: what moved on the account of settled money.
pub(super) fn net(rows: &[Row]) -> i128 {
    rows.iter().map(|row| row.sum.net()).sum()
}

/// The file.
pub(super) fn write(rows: &[Row], preamble: &[Vec<String>], currency: Currency) -> Vec<u8> {
    let mut sheet = Sheet::new(preamble);
    sheet.header(&COLUMNS);
    let mut total = Sum::default();
    let line = |batch: &str, kind: String, sum: Sum| {
        let amounts = [sum.gross, sum.fee, sum.net()].map(|minor| amount(minor, currency));
        let mut fields = vec![batch.to_owned(), kind, sum.count.to_string()];
        fields.extend(amounts);
        fields.push(currency.letters().into());
        fields
    };
    for Row { batch, kind, sum, .. } in rows {
        total.count += sum.count;
        total.gross += sum.gross;
        total.fee += sum.fee;
        sheet.row(&line(&text(batch), kind.name(), *sum));
    }
    sheet.row(&line("TOTAL", String::new(), total));
    sheet.end()
}
