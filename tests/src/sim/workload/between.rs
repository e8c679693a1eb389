//! What is published to shards that send to each other.

use super::stories::{Cast, Stories};
use super::{Feed, START_MS, body_of, elsewhere};
use crate::signing::{key, public_key, sign};
use crate::sim::chance::Chance;
use groat_ledger::{Id, Place};
use groat_proto::Message;
use groat_proto::json::{hex, time_text};
use groat_proto::v1::{self, Command, Record};
use serde_json::{Value, json};
use std::cell::Cell;

/// Who has nothing left of what is asked back: a seller, and a receiver of its royalties.
const SPENDERS: [&str; 2] = ["spender", "taker"];

/// Feeds of shards that send to each other: each account at home where its id says, money between
/// all of them, some of it to nobody, payments, refunds and disputes of merchants at home
/// elsewhere, some of them at quotes for another currency, some from what is stored on cards, some
/// of the orders made by an app that signs, or that a wrong key signs, days that pass in between,
/// and some records that come to the wrong shard.
pub fn across(chance: &mut Chance, shards: u32, records: usize) -> Vec<Feed> {
    let place = Place { shard: 0, shards };
    let mut feeds: Vec<Feed> =
        (0..shards).map(|_| Feed { records: Vec::new(), published: 0 }).collect();
    let (now, mut number) = (Cell::new(START_MS), 0u128);
    let mut command = |body: Value, chance: &mut Chance| {
        let long = chance.one_in(30);
        let at = now.get() + chance.below(if long { 100_000_000 } else { 5_000 });
        now.set(at);
        number += 1;
        let id = Some(Id((u128::from(at) << 80) | number).into());
        Command { id, at, body: Some(body_of(&body)), ..Command::default() }
    };
    let money = |amount: u64| json!({ "amount": format!("{amount}.00"), "currency": "CNY" });
    let named = |what: &str, no: u64| format!("{what}{no}");
    let (users, merchants) = (3 * u64::from(shards), u64::from(shards));
    let mut give = |commands: Vec<Command>, key: &str, chance: &mut Chance| {
        let home = place.home(key.parse().unwrap());
        let shard = if chance.one_in(40) { chance.below(u64::from(shards)) as u32 } else { home };
        let value = Record { atomic: commands.len() > 1, commands }.encode_to_vec();
        feeds[shard as usize].records.push((key.as_bytes().to_vec(), value));
    };
    let codes = json!({ "scope": { "code_kind": "STATIC" }, "ccy": "CNY", "day": money(60),
        "month": money(90), "every_window": true });
    give(vec![command(json!({ "set_limits": codes }), chance)], "codes", chance);
    for no in 0..merchants {
        let merchant = named("m", no);
        let terms = json!({ "merchant": merchant, "fee_ppm": 6000, "cycle": 1,
            "fee_refund": "PROPORTIONAL", "settle_ccy": "CNY" });
        give(vec![command(json!({ "onboard_merchant": terms }), chance)], &merchant, chance);
    }
    let registered = json!({ "app_id": "till", "key_id": "k1", "scopes": ["payments"],
        "public_key": hex::text(&public_key(1)) });
    give(vec![command(json!({ "register_app": registered }), chance)], "till", chance);
    for no in 0..merchants {
        let grant = json!({ "app_id": "till", "merchant_id": named("m", no),
            "scopes": ["payments"] });
        give(vec![command(json!({ "grant_app_auth": grant }), chance)], "till", chance);
    }
    let abroad = json!({ "merchant": "abroad", "fee_ppm": 6000, "cycle": 1,
        "fee_refund": "PROPORTIONAL", "settle_ccy": "USD" });
    give(vec![command(json!({ "onboard_merchant": abroad }), chance)], "abroad", chance);
    // Fen for a cent, of a quote that ends soon, of one that does not, of one that is only told.
    let quotes = [("q1", "7", 700), ("q2", "7.25", 725), ("q3", "0.5", 50)];
    for (quote, price, _) in quotes {
        let ends = START_MS + if quote == "q1" { 90_000_000 } else { 90_000_000_000 };
        let published = json!({ "publish_quote": { "quote": quote, "base_ccy": "USD",
            "quote_ccy": "CNY", "price": price, "valid_from": time_text(START_MS),
            "valid_until": time_text(ends), "guaranteed": quote != "q3" } });
        give(vec![command(published, chance)], quote, chance);
    }
    for no in 0..users {
        let (user, account) = (named("u", no), named("l", no));
        let opened = json!({ "open_user": { "user": user, "kyc_class": 3, "ccy": "CNY" } });
        let amt = money(1_000);
        let top_up = json!({ "confirm_top_up": { "user": user, "amt": amt,
            "bank_ref": named("bank", no) } });
        give(vec![command(opened, chance)], &user, chance);
        give(vec![command(top_up, chance)], &user, chance);
        give(vec![command(elsewhere::line(&user), chance)], &user, chance);
        let opened = json!({ "open_ledger_account": { "account": account, "currency": "CNY" } });
        give(vec![command(opened, chance)], &account, chance);
    }
    for no in 0..elsewhere::CLOSED {
        let merchant = named("c", no);
        let terms = json!({ "merchant": merchant, "cycle": 1, "settle_ccy": "CNY" });
        give(vec![command(json!({ "onboard_merchant": terms }), chance)], &merchant, chance);
    }
    for merchant in SPENDERS {
        let terms = json!({ "merchant": merchant, "cycle": 1, "settle_ccy": "CNY" });
        give(vec![command(json!({ "onboard_merchant": terms }), chance)], merchant, chance);
    }
    let [merchant, receiver] = SPENDERS;
    let pair = json!({ "bind_royalty": { "merchant": merchant, "receiver": receiver } });
    give(vec![command(pair, chance)], merchant, chance);
    let kind = json!({ "define_card": { "template": "club", "ccy": "CNY",
        "balance_cap": money(900),
        "points": { "per": money(1), "value_micros": 750_000, "valid_days": 2,
            "decimals": 1 } } });
    give(vec![command(kind, chance)], "club", chance);
    for no in 0..users {
        let (card, user) = (named("d", no), named("u", no));
        let opened = json!({ "open_card": { "card": card, "user": user, "template": "club" } });
        let loaded = json!({ "load_card": { "card": card, "user": user, "amt": money(200) } });
        give(vec![command(opened, chance)], &user, chance);
        give(vec![command(loaded, chance)], &user, chance);
    }
    let campaigns: Vec<String> = (0..3 * u64::from(shards)).map(|no| named("g", no)).collect();
    for campaign in &campaigns {
        for step in elsewhere::campaign(campaign) {
            give(vec![command(step, chance)], campaign, chance);
        }
    }
    let mut paid = Vec::<(String, String, &str)>::new();
    let mut packets = Vec::<(String, String)>::new();
    let mut pending = Vec::<(String, v1::Id)>::new();
    let mut rented = Vec::<(String, String)>::new();
    let mut ordered = Vec::<(String, String)>::new();
    let mut stories = Stories::default();
    let all_users: Vec<String> = (0..users).map(|no| named("u", no)).collect();
    let all_merchants: Vec<String> = (0..merchants).map(|no| named("m", no)).collect();
    let rounds = records as u64 * u64::from(shards);
    // Time enough for all shards to know who is in it.
    let spent_from = rounds / 4;
    for no in 0..rounds {
        if no == spent_from {
            let cast = Cast::new(&all_users, &all_merchants, "CNY", now.get(), chance);
            stories.begin_spent(chance, cast, SPENDERS);
        }
        let (from, to) = (chance.below(users), chance.below(users + 1));
        let (user, amount) = (named("u", from), 1 + chance.below(40));
        match chance.below(16) {
            15 => {
                for (body, key) in elsewhere::closing(chance, no, &user, &mut ordered) {
                    give(vec![command(body, chance)], &key, chance);
                }
            }
            0..=3 => {
                let sent = json!({ "transfer": { "from": user, "to": named("u", to),
                    "amt": money(amount) } });
                give(vec![command(sent, chance)], &user, chance);
            }
            4 | 5 => {
                let (debit, credit) = (named("l", from), named("l", to));
                let posted = json!({ "post_transfer": { "debit": debit, "credit": credit,
                    "amount": money(amount),
                    "balancing": if chance.one_in(4) { "CREDIT" } else { "UNSPECIFIED" } } });
                let mut posted = command(posted, chance);
                let debit = elsewhere::in_phases(chance, &mut posted, debit, &mut pending);
                give(vec![posted], &debit, chance);
            }
            6 | 7 => {
                let (payment, merchant) = (named("p", no), named("m", chance.below(merchants)));
                let created = json!({ "create_payment": { "payment": payment,
                    "out_trade_no": named("o", no), "merchant": merchant, "mode": "IN_APP",
                    "code_kind": if chance.one_in(2) { "STATIC" } else { "DYNAMIC_A" },
                    "undiscountable": money(amount.min(chance.below(3))),
                    "amt": money(amount), "royalty_freeze": chance.one_in(4) } });
                let balance = json!({ "balance": { "amt": money(amount) } });
                let of_card = |amt: Value| json!({ "card": named("d", from), "amt": amt });
                let cents = |cents: u64| {
                    json!({ "amount": format!("{}.{:02}", cents / 100,
                    cents % 100), "currency": "CNY" })
                };
                let legs = match chance.below(8) {
                    0 | 1 => json!([{ "stored_value": of_card(money(amount)) }]),
                    2 | 3 => json!([{ "balance": { "amt": cents(100 * amount - 7) } },
                        { "points": of_card(cents(7)) }]),
                    4 | 5 => elsewhere::in_terms(chance, &payment, money(amount)),
                    _ => json!([balance]),
                };
                let pay = json!({ "pay_payment": { "payment": payment, "user": user,
                    "legs": legs } });
                let created = command(created, chance);
                let created = match chance.below(8) {
                    0..=2 => sign(created, "till".parse().unwrap(), &key(1)),
                    3 => sign(created, "till".parse().unwrap(), &key(2)),
                    _ => created,
                };
                let both = vec![created, command(pay, chance)];
                give(both, &user, chance);
                if chance.one_in(2) {
                    let earned = json!({ "earn_points": { "card": named("d", from),
                        "user": user, "payment": payment } });
                    give(vec![command(earned, chance)], &user, chance);
                }
                paid.push((payment, user, "CNY"));
            }
            8 if !paid.is_empty() && chance.one_in(2) => {
                let (payment, user, currency) = paid[chance.index(paid.len())].clone();
                let asked = elsewhere::dispute_or_confirm(chance, &payment, currency);
                give(vec![command(asked, chance)], &user, chance);
            }
            8 if !paid.is_empty() => {
                let (payment, user, currency) = paid[chance.index(paid.len())].clone();
                let back = json!({ "amount": format!("{}.{:02}", amount / 3, 1 + amount),
                    "currency": currency });
                let mut refund = json!({ "refund_payment": { "payment": payment,
                    "out_request_no": named("r", chance.below(3)), "amt": back } });
                let shares = elsewhere::royalty_refunds(chance, merchants, &back);
                if !shares.is_null() {
                    refund["refund_payment"]["royalty_refunds"] = shares;
                }
                give(vec![command(refund, chance)], &user, chance);
            }
            12 => {
                let asked = elsewhere::repayment(chance, &user, &paid, money(amount));
                give(vec![command(asked, chance)], &user, chance);
            }
            13 => {
                let (rental, merchant) = (named("h", no), named("m", chance.below(merchants)));
                // So dear, now and then, that the platform advances some of it.
                let rent = if chance.one_in(3) { 2_000 } else { amount };
                let steps = elsewhere::rental(&rental, &user, &merchant, &money(rent));
                let steps = steps.into_iter().map(|step| command(step, chance));
                give(steps.collect(), &user, chance);
                rented.push((rental, user));
            }
            14 if !rented.is_empty() => {
                let (rental, user) = rented[chance.index(rented.len())].clone();
                let less = if chance.one_in(4) { 1_960 } else { amount.div_ceil(3) };
                let less = json!({ "reduce_charge": { "rental": rental, "item": 0,
                    "amt": money(less) } });
                let more = json!({ "collect_rental": { "rental": rental,
                    "allow_partial": chance.one_in(2) } });
                let asked = if chance.one_in(3) { more } else { less };
                give(vec![command(asked, chance)], &user, chance);
            }
            9 if chance.one_in(3) => {
                // A coupon of a campaign that may be at home where the user is, and an order.
                let campaign = &campaigns[chance.index(campaigns.len())];
                let order = (named("p", no), named("o", no), named("m", chance.below(merchants)));
                for steps in elsewhere::named_coupon(chance, campaign, &user, &order) {
                    let steps = steps.into_iter().map(|step| command(step, chance)).collect();
                    give(steps, &user, chance);
                }
                paid.push((order.0, user, "CNY"));
            }
            9 if chance.one_in(3) => {
                // A card, which is the user's already from the second time on, loaded and unloaded.
                let card = elsewhere::card(chance, &named("d", from), &user, amount);
                let opened = json!({ "open_card": { "card": named("d", from), "user": user,
                    "template": "club", "level": no } });
                give(vec![command(opened, chance)], &user, chance);
                give(vec![command(card, chance)], &user, chance);
            }
            9 if chance.one_in(4) => {
                let limits = json!({ "app_id": "till", "per_minute": chance.below(3) });
                give(vec![command(json!({ "set_app_limits": limits }), chance)], "till", chance);
            }
            9 if !paid.is_empty() && chance.one_in(2) => {
                // Shared with whoever is bound by then, wherever they are at home.
                let (merchant, receiver) =
                    (named("m", chance.below(merchants)), named("m", chance.below(merchants)));
                let bound =
                    json!({ "bind_royalty": { "merchant": merchant, "receiver": receiver } });
                give(vec![command(bound, chance)], &merchant, chance);
                let (payment, user, _) = paid[chance.index(paid.len())].clone();
                let split = elsewhere::split(chance, &payment, &receiver);
                give(vec![command(split, chance)], &user, chance);
                let back = elsewhere::return_split(chance, &payment, merchants);
                give(vec![command(back, chance)], &user, chance);
            }
            9 if chance.one_in(2) => {
                let whom = if chance.one_in(2) {
                    json!({ "user": user })
                } else {
                    json!({ "merchant": named("m", chance.below(merchants)) })
                };
                let key = whom.as_object().unwrap().values().next().unwrap().clone();
                let block = json!({ "account": whom, "block": "CREDIT", "case": "case" });
                let (name, key) = (
                    if chance.one_in(3) { "restrict_account" } else { "lift_restriction" },
                    key.as_str().unwrap().to_owned(),
                );
                give(vec![command(json!({ name: block }), chance)], &key, chance);
            }
            9 if chance.one_in(2) => {
                // A packet, and users of all shards who claim from one that is there.
                let packet = named("k", no);
                let sender = json!({ "user": user });
                let sent = json!({ "send_red_packet": { "packet": packet, "sender": sender,
                    "total": money(amount), "count": 1 + amount % 5,
                    "kind": if chance.one_in(2) { "FIXED" } else { "RANDOM" },
                    "seed": no, "timeout_s": if chance.one_in(2) { 60 } else { 0 } } });
                give(vec![command(sent, chance)], &user, chance);
                packets.push((packet, user));
            }
            9 | 10 if chance.one_in(2) => {
                let (quote, _, cents) = quotes[chance.index(quotes.len())];
                let payment = named("p", no);
                let amt = json!({ "amount": format!("{amount}.00"), "currency": "USD" });
                let created = json!({ "create_payment": { "payment": payment,
                    "out_trade_no": named("o", no), "merchant": "abroad", "mode": "IN_APP",
                    "undiscountable": amt, "amt": amt, "quote": quote } });
                let price = json!({ "amount": format!("{}.{:02}", amount * cents / 100,
                    amount * cents % 100), "currency": "CNY" });
                let pay = json!({ "pay_payment": { "payment": payment, "user": user,
                    "legs": [{ "balance": { "amt": price } }] } });
                let both = vec![command(created, chance), command(pay, chance)];
                give(both, &user, chance);
                paid.push((payment, user, "USD"));
            }
            _ if !packets.is_empty() => {
                let (packet, sender) = packets[chance.index(packets.len())].clone();
                let claim = json!({ "claim_red_packet": { "packet": packet,
                    "user": named("u", to) } });
                give(vec![command(claim, chance)], &sender, chance);
            }
            _ => {}
        }
        // Beside all that, not instead.
        if chance.one_in(4) {
            let cast = Cast::new(&all_users, &all_merchants, "CNY", now.get(), chance);
            let (asked, key) = stories.go_on(chance, cast);
            let asked = asked.into_iter().map(|asked| command(asked, chance)).collect();
            give(asked, &key, chance);
        }
    }
    feeds
}
