//! Pages of the rented days, word for word, and of days at random, whose sums must come out.

use super::*;
use crate::sample::{self, Day};
use crate::source::Chain;
use groat_proto::v1::event::Fact;

fn page_of(day: &Day, id: &str) -> Page {
    of_chain(day.chain(), id).unwrap()
}

fn of_chain(chain: Chain, id: &str) -> Option<Page> {
    let id = id.parse().unwrap();
    let mut tally = Tally::new(id);
    let follower = read_chain(chain, &mut |_, _| {}, |books, _, folded| {
        if let Folded::Event { number, at, fact, movements, due } = folded {
            tally.event(books, (number, at), fact, movements, due);
        }
    });
    page(0, id, &tally, follower.unwrap().books().unwrap())
}

fn life(page: &Page) -> Vec<(&str, &str)> {
    page.life.iter().map(|m| (m.what.as_str(), m.amount.as_deref().unwrap_or(""))).collect()
}

fn totals_of(page: &Page) -> Vec<String> {
    let part = |part: &PartOf| format!("{} {}", part.amount, part.what);
    let line = |total: &Total| {
        let parts: Vec<String> = total.parts.iter().map(part).collect();
        format!("{} {} = {}", total.what, total.amount, parts.join(" + "))
    };
    page.totals.iter().map(line).collect()
}

/// A day and two hours late and scratched; paid by frozen cash, balance and credit.
#[test]
fn a_car_on_one_page() {
    let page = page_of(&sample::rented_days(), "car-1");
    assert_eq!((page.kind, &*page.state, &*page.user), ("rental", "completed", "alice"));
    let terms = page.terms.as_ref().unwrap();
    assert_eq!(terms.first_expiry_at.as_deref(), Some("2026-03-03T09:00:00Z"));
    assert_eq!(terms.expiry_at, "2026-03-04T09:00:00Z");
    assert_eq!(terms.late_price.as_deref(), Some("270.00"));
    assert_eq!(terms.risk_amount.as_deref(), Some("3000.00"));
    let held = page.held.as_ref().unwrap();
    let parts = held.lines.iter().map(|p| [p.by, &p.amount, &p.taken, &p.given_back, &p.rest]);
    let expected = [
        ["score", "1200.00", "0.00", "1200.00", "0.00"],
        ["cash", "800.00", "800.00", "0.00", "0.00"],
    ];
    assert_eq!(parts.collect::<Vec<_>>(), expected);
    let expected = [
        ("agreed", ""),
        ("score 712: part of the deposit is waived", "1200.00"),
        ("deposit held: 800.00 frozen, 1200.00 waived", "2000.00"),
        ("handed over", ""),
        ("extended to 2026-03-04T09:00:00Z", ""),
        ("overdue: not back", ""),
        ("back: 540.00 rent, 540.00 late rent", "1080.00"),
        ("damage claimed, evidence photo-17", "900.00"),
        ("charge 2, damage, reduced", "100.00"),
        ("paid: 800.00 frozen, 600.00 balance, 480.00 credit", "1880.00"),
        ("given back: 1200.00 waived", "1200.00"),
        ("completed", ""),
        ("refunded: 50.00 to credit", "50.00"),
        ("charge 2, damage, reduced and given back", "50.00"),
    ];
    assert_eq!(life(&page), expected);
    let charged = page.charged.as_ref().unwrap();
    let row = |c: &Charged| [c.what.into(), c.amount.clone(), c.reduced.clone(), c.paid.clone()];
    let rows: Vec<[String; 4]> = charged.lines.iter().chain([&charged.all]).map(row).collect();
    let expected = [
        ["rent", "540.00", "0.00", "540.00"],
        ["late_rent", "540.00", "0.00", "540.00"],
        ["damage", "900.00", "150.00", "750.00"],
        ["all", "1980.00", "150.00", "1830.00"],
    ];
    assert_eq!(rows, expected);
    let paid = &page.paid.as_ref().unwrap().lines;
    assert_eq!(paid.len(), 1);
    let from = [&paid[0].frozen, &paid[0].balance, &paid[0].credit, &paid[0].amount];
    assert_eq!(from, ["800.00", "600.00", "480.00", "1880.00"]);
    let refund = &page.given_back.refunds[0];
    assert_eq!(refund.payment, paid[0].payment);
    assert_eq!((refund.item, &*refund.to_credit), (Some(2), "50.00"));
    let expected = [
        "deposit 2000.00 = 1200.00 waived + 800.00 frozen",
        "frozen 800.00 = 800.00 taken + 0.00 given back + 0.00 still held",
        "waived 1200.00 = 0.00 taken + 1200.00 given back + 0.00 still held",
        "charged 1980.00 = 1830.00 paid + 150.00 reduced + 0.00 outstanding",
        "taken 1880.00 = 1830.00 for charges + 50.00 refunded when reduced",
    ];
    assert_eq!(totals_of(&page), expected);
    assert!(page.adds_up);
}

/// What the platform advanced goes to the merchant once and comes back from the user.
#[test]
fn an_advance() {
    let page = page_of(&sample::rented_days(), "bike-1");
    assert_eq!(page.advanced.as_deref(), Some("30.00"));
    let paid = page.paid.as_ref().unwrap();
    let rows: Vec<(&str, &str)> = paid.lines.iter().map(|p| (p.to, &*p.amount)).collect();
    assert_eq!(rows, [("merchant", "20.00"), ("platform", "30.00")]);
    assert_eq!(totals_of(&page)[5], "advanced 30.00 = 30.00 paid back + 0.00 still advanced");
    assert!(page.adds_up);
}

/// A charge that was advanced, lowered twice: while the platform waits for it, and after that.
#[test]
fn an_advance_that_is_lowered() {
    let page = page_of(&sample::debit_days(), "bike-1");
    assert_eq!((page.advanced.as_deref(), page.adds_up), (Some("30.00"), true));
    let totals = totals_of(&page);
    let advanced =
        "advanced 30.00 = 25.00 paid back + 5.00 given back by the merchant + 0.00 still advanced";
    assert!(totals.iter().any(|total| total == advanced), "{totals:?}");
    let refunds = page.given_back.refunds.iter();
    let refunds: Vec<_> =
        refunds.map(|r| (r.payment.is_some(), r.item, &*r.to_credit, &*r.to_balance)).collect();
    let expected = [(true, Some(0), "0.00", "20.00"), (false, Some(0), "10.00", "0.00")];
    assert_eq!(refunds, expected);
}

#[test]
fn a_thing_bought_and_a_thing_lost() {
    let days = sample::rented_days();
    let page = page_of(&days, "phone-1");
    let charged = page.charged.as_ref().unwrap();
    assert_eq!((charged.lines[2].what, &*charged.lines[2].paid), ("buy_out", "60.00"));
    assert_eq!(page.paid.as_ref().unwrap().lines.len(), 3);
    assert_eq!((&*page.state, page.adds_up), ("bought_out", true));
    let page = page_of(&days, "scooter-1");
    let expected = [
        ("overdue: not back", ""),
        ("declared lost", "80.00"),
        ("payment pending", "80.00"),
        ("overdue: not paid", ""),
        ("not collected", "80.00"),
        ("paid: 80.00 balance", "80.00"),
        ("given back: 80.00 waived", "80.00"),
        ("completed", ""),
    ];
    assert_eq!(life(&page)[4..], expected);
    assert!(page.adds_up);
}

#[test]
fn what_never_began_has_no_sums() {
    let days = sample::rented_days();
    for (id, end) in [("tent-1", "cancelled"), ("tent-2", "expired, never begun")] {
        let page = page_of(&days, id);
        assert_eq!(life(&page).last(), Some(&(end, "")));
        assert_eq!((page.held, page.charged, page.paid), (None, None, None));
        assert!(page.totals.is_empty() && page.adds_up);
    }
}

#[test]
fn an_authorization_on_one_page() {
    let days = sample::rented_days();
    let page = page_of(&days, "stay-1");
    assert_eq!((page.kind, &*page.state), ("authorization", "finished"));
    let expected = [
        ("held: 200.00 frozen, 100.00 on credit", "300.00"),
        ("captured: 80.00 frozen", "80.00"),
        ("given back: 50.00 frozen, 100.00 on credit", "150.00"),
        ("captured: 30.00 frozen", "30.00"),
        ("given back: 40.00 frozen", "40.00"),
    ];
    assert_eq!(life(&page), expected);
    let expected = [
        "frozen 200.00 = 110.00 taken + 90.00 given back + 0.00 still held",
        "held on credit 100.00 = 0.00 taken + 100.00 given back + 0.00 still held",
        "captured 110.00 = 110.00 paid",
    ];
    assert_eq!(totals_of(&page), expected);
    assert_eq!(page_of(&days, "stay-3").life[1].what, "timed out: 10.00 frozen");
}

#[test]
fn pages_of_days_at_random_add_up() {
    let (mut pages, mut paid) = (0, 0);
    for seed in 0..6 {
        let day = sample::chance(seed, 500);
        for id in (1..60).flat_map(|no| [format!("r{no}"), format!("a{no}")]) {
            let Some(page) = of_chain(day.chain(), &id) else { continue };
            assert!(page.adds_up, "seed {seed}, {id}: {:?}", totals_of(&page));
            pages += 1;
            paid += u32::from(page.paid.is_some());
        }
    }
    assert!(pages > 100 && paid > 20, "of {pages} pages {paid} show a payment");
}

/// A refund of which the charge says less.
#[test]
fn a_page_that_does_not_add_up_says_so() {
    let blocks = sample::forged(&sample::rented_days().blocks, |header, body| {
        sample::without_digests(header);
        *body = sample::with_events(header, body, |_, event| {
            if let Some(Fact::ChargeReduced(f)) = &mut event.fact
                && f.given_back > 0
            {
                f.given_back -= 1;
            }
        });
    });
    let page = of_chain(sample::chain_of(blocks), "car-1").unwrap();
    assert!(!page.adds_up);
    let wrong: Vec<&str> = page.totals.iter().filter(|t| !t.adds_up).map(|t| t.what).collect();
    assert_eq!(wrong, ["charged", "taken"]);
}
