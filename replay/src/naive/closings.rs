//! Merchants that are to be closed: who was asked, what was answered, what became of it; and which
//! relations all shards are told of. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{Fact, Id, Owner, Place, Purpose};
use std::collections::{BTreeMap, BTreeSet};

/// All of them, by merchant and by merchant and receiver.
#[derive(Default, Debug)]
pub(crate) struct Closings {
    closings: BTreeMap<Id, Closing>,
    /// Shards that are still to be told of a relation in the same decision.
    words: BTreeMap<(Id, Id), BTreeSet<u32>>,
}

#[derive(Default, Debug)]
struct Closing {
    /// Shards that are still to be asked.
    to_ask: BTreeSet<u32>,
    /// Shards that have not answered.
    asked: BTreeSet<u32>,
    /// One of them said no.
    refused: bool,
    /// All of them said yes, and so did its home.
    agreed: bool,
}

impl Closings {
    /// Takes a fact in; gives the merchant that it is about, if it is about one, and says what of
    /// it does not follow from those before. With `asks` merchants are closed by asking alone.
    pub(crate) fn follow(
        &mut self,
        fact: &Fact,
        place: Place,
        asks: bool,
    ) -> (Option<Id>, Result<(), String>) {
        let others = || place.others().collect::<BTreeSet<u32>>();
        match fact {
            Fact::CloseAsked { merchant, shards } => {
                let to_ask = others();
                let counted = u32::try_from(to_ask.len()) == Ok(*shards);
                self.closings.insert(*merchant, Closing { to_ask, ..Closing::default() });
                (Some(*merchant), says(counted, || format!("{shards} shards are asked of all")))
            }
            Fact::RemittanceSent { to, cargo, .. } => match &cargo.purpose {
                Purpose::CloseAsked { merchant } => {
                    let of = self.closings.entry(*merchant).or_default();
                    of.asked.insert(*to);
                    let new = of.to_ask.remove(to);
                    (Some(*merchant), says(new, || format!("shard {to} is asked about {merchant}")))
                }
                Purpose::RoyaltyWord(word) if word.bound => {
                    if let Some(of) = self.words.get_mut(&(word.merchant, word.receiver)) {
                        of.remove(to);
                    }
                    (Some(word.merchant), Ok(()))
                }
                _ => (None, Ok(())),
            },
            Fact::CloseAnswered { merchant, shard, open } => {
                let of = self.closings.entry(*merchant).or_default();
                of.refused |= open;
                let was_asked = of.asked.remove(shard);
                let what = || format!("shard {shard} answers about {merchant} what nobody asked");
                (Some(*merchant), says(was_asked, what))
            }
            Fact::CloseDecided { merchant, why } => {
                let of = self.closings.entry(*merchant).or_default();
                of.agreed = why.is_none();
                let silent = of.asked.len() + of.to_ask.len();
                let verdict = says(silent == 0, || {
                    format!("{silent} shards have not answered about {merchant}")
                });
                let open = of.agreed && of.refused;
                let what = || format!("{merchant} is closed, and open on another shard");
                (Some(*merchant), verdict.and_then(|()| says(!open, what)))
            }
            Fact::AccountClosed { owner: Owner::Merchant(merchant) } if asks => {
                let of = self.closings.remove(merchant).unwrap_or_default();
                let what = || format!("{merchant} is closed, and nobody was asked");
                (Some(*merchant), says(of.agreed, what))
            }
            Fact::AccountClosed { .. } => (None, Ok(())),
            Fact::RoyaltyTold { merchant, receiver } => {
                self.words.insert((*merchant, *receiver), others());
                (Some(*merchant), Ok(()))
            }
            other => (None, Err(stranger(other, "closing a merchant"))),
        }
    }

    /// Whether all were asked and told that should be, when a decision is complete.
    pub(crate) fn is_complete(&self, merchant: Id) -> Result<(), String> {
        let to_ask = self.closings.get(&merchant).map_or(0, |of| of.to_ask.len());
        says(to_ask == 0, || format!("{to_ask} shards were not asked about {merchant}"))?;
        let of = self.words.range((merchant, Id(0))..=(merchant, Id(u128::MAX)));
        let mut untold = of.filter(|(_, left)| !left.is_empty());
        untold.next().map_or(Ok(()), |((_, receiver), left)| {
            Err(format!("{} shards were not told that {receiver} is bound", left.len()))
        })
    }
}

fn says(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}
