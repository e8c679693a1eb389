//! Stories: commands that follow from each other, told piece by piece between all others, so that
//! most of them find what they are about and nobody knows what happens in between.

mod lending;
mod market;
mod members;
mod rentals;
mod sales;
mod treasury;

use crate::sim::chance::Chance;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// What is asked, and whose shard decides it.
type Step = (Value, String);

/// Steps asked for in one record, at most.
const STEPS_MAX: u64 = 3;

/// Stories that are told at a time: so few that most come to their end.
const OPEN_MAX: usize = 4;

/// Who a story is about: a user, another one, a merchant that may be at home elsewhere than
/// either, what they pay with, and when it begins.
pub(super) struct Cast {
    user: String,
    other: String,
    merchant: String,
    currency: &'static str,
    pub(super) at: u64,
    /// No other story has it.
    no: u64,
}

impl Cast {
    /// Some of those who are there.
    pub(super) fn new(
        users: &[String],
        merchants: &[String],
        currency: &'static str,
        at: u64,
        chance: &mut Chance,
    ) -> Cast {
        let mut one = |of: &[String]| of[chance.index(of.len())].clone();
        let (user, other, merchant) = (one(users), one(users), one(merchants));
        Cast { user, other, merchant, currency, at, no: 0 }
    }

    /// A name that belongs to this story alone.
    fn named(&self, what: &str) -> String {
        format!("{what}-{}", self.no)
    }

    fn money(&self, cents: u64) -> Value {
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        json!({ "amount": amount, "currency": self.currency })
    }

    /// A step that the user's shard decides.
    fn users(&self, asked: Value) -> Step {
        (asked, self.user.clone())
    }

    /// A step that the merchant's shard decides.
    fn merchants(&self, asked: Value) -> Step {
        (asked, self.merchant.clone())
    }
}

/// See the module.
#[derive(Default)]
pub(super) struct Stories {
    begun: u64,
    open: Vec<VecDeque<Step>>,
}

impl Stories {
    /// Begins the one in which shards refuse each other what they ask for: what a seller and a
    /// receiver, known everywhere, had of a payment is spent.
    pub(super) fn begin_spent(
        &mut self,
        chance: &mut Chance,
        cast: Cast,
        [seller, receiver]: [&str; 2],
    ) {
        self.begun += 1;
        let cast = Cast { no: self.begun, ..cast };
        self.open.push(sales::spent(chance, &cast, seller, receiver).into());
    }

    /// What comes next in one of them, as one record, and whose shard decides it.
    pub(super) fn go_on(&mut self, chance: &mut Chance, cast: Cast) -> (Vec<Value>, String) {
        if self.open.is_empty() || self.open.len() < OPEN_MAX && chance.one_in(3) {
            self.begun += 1;
            let story = story(chance, &Cast { no: self.begun, ..cast });
            self.open.push(story.into());
        }
        let index = chance.index(self.open.len());
        let story = &mut self.open[index];
        let most = 1 + chance.below(STEPS_MAX);
        let (first, key) = story.pop_front().expect("a story that is over is not open");
        let mut asked = vec![first];
        while (asked.len() as u64) < most && story.front().is_some_and(|next| next.1 == key) {
            asked.extend(story.pop_front().map(|next| next.0));
        }
        self.open.retain(|story| !story.is_empty());
        (asked, key)
    }
}

/// Fields, and more fields.
fn with(fields: Value, more: Value) -> Value {
    match (fields, more) {
        (Value::Object(mut fields), Value::Object(more)) => {
            fields.extend(more);
            fields.into()
        }
        (fields, _) => fields,
    }
}

/// Somebody borrows and is not heard of: before so much time has passed, and after.
pub(super) fn lost(chance: &mut Chance, cast: &Cast) -> [Vec<Value>; 2] {
    lending::lost(chance, cast)
}

fn story(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    match chance.below(22) {
        0 => treasury::hold(chance, cast),
        1 => treasury::payout(chance, cast),
        2 => treasury::receipt(chance, cast),
        3 => treasury::adjustment(chance, cast),
        4 => treasury::funding(chance, cast),
        5 | 6 => sales::authorization(chance, cast),
        7 => sales::invoice(chance, cast),
        8 => sales::cancelled(chance, cast),
        9 => sales::dispute(chance, cast),
        10 => sales::split(chance, cast),
        11 | 12 => rentals::rental(chance, cast),
        13 => lending::line(chance, cast),
        14 => lending::loan(chance, cast),
        15 => market::reserve(chance, cast),
        16 => market::campaign(chance, cast),
        17 => market::coupon(chance, cast),
        18 => market::relation(chance, cast),
        19 => lending::plan(chance, cast),
        20 => members::card(chance, cast),
        _ => members::restricted(chance, cast),
    }
}
