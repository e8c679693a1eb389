//! What was told in a topic, against what was to be told; and which commands were answered how.

use super::broker::{Entry, Fate};
use groat_proto::Message;
use groat_proto::v1::{Outcomes, Record, command, outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How often each kind of command was answered, and how often it happened, by its name.
#[derive(Default)]
pub struct Asked(pub BTreeMap<String, (u64, u64)>);

impl Asked {
    /// Of several runs.
    pub fn add(&mut self, other: &Asked) {
        for (kind, (answered, happened)) in &other.0 {
            let sums = self.0.entry(kind.clone()).or_default();
            *sums = (sums.0 + answered, sums.1 + happened);
        }
    }
}

/// An outcome by its offset, a settlement by event and part, a remittance by event and shard.
pub(super) type Id = (u64, u32);

/// What is to be told in a topic, and how often it was.
#[derive(Default)]
pub(super) struct Told {
    at: usize,
    pub(super) expected: BTreeMap<Id, Vec<u8>>,
    /// Told before their block, which must say the same when it comes.
    early: BTreeMap<Id, Vec<u8>>,
    seen: BTreeSet<Id>,
}

impl Told {
    pub(super) fn look(
        &mut self,
        entries: &[Entry],
        answers: &BTreeMap<Id, Vec<u8>>,
        is_lost: bool,
        id_of: impl Fn(&[u8]) -> Result<Option<Id>, String>,
    ) -> Result<(), String> {
        let expected = &self.expected;
        let otherwise = self.early.iter().find(|(id, told)| {
            expected.get(id).is_some_and(|expected| expected != *told) && !is_lost
        });
        if let Some((id, _)) = otherwise {
            return Err(format!("{id:?} was told otherwise than its block says"));
        }
        self.early.retain(|id, _| !expected.contains_key(id));
        while let Some(entry) = entries.get(self.at).filter(|e| e.fate != Fate::Open) {
            self.at += 1;
            if entry.fate != Fate::Committed {
                continue;
            }
            // The answer to a record without commands says nothing.
            let Some(id) = id_of(&entry.value)? else { continue };
            let expected = self.expected.get(&id).or_else(|| answers.get(&id));
            if expected.is_some_and(|expected| *expected != entry.value) && !is_lost {
                return Err(format!("{id:?} is told otherwise than its block says"));
            }
            if !self.expected.contains_key(&id) && !entry.is_torn && !is_lost {
                return Err(format!("{id:?} is told before its block is committed"));
            }
            if !self.expected.contains_key(&id) {
                self.early.insert(id, entry.value.clone());
            }
            if !self.seen.insert(id) && !entry.is_again && !is_lost {
                return Err(format!("{id:?} is told twice"));
            }
        }
        Ok(())
    }

    pub(super) fn all_told(&self, what: &str) -> Result<(), String> {
        match self.expected.keys().find(|id| !self.seen.contains(id)) {
            Some(id) => Err(format!("the {what} {id:?} was never told")),
            None => Ok(()),
        }
    }

    /// Counts the commands that were to be answered in the topic, which stand in another.
    pub(super) fn count(&self, commands: &[Entry], asked: &mut Asked) {
        for ((offset, _), told) in &self.expected {
            let record = commands.get(*offset as usize).map(|entry| &entry.value[..]);
            let (Some(Ok(record)), Ok(told)) =
                (record.map(Record::decode), Outcomes::decode(&told[..]))
            else {
                continue;
            };
            for (command, outcome) in record.commands.iter().zip(told.outcomes) {
                let Some(body) = &command.body else { continue };
                let happened = matches!(outcome.result, Some(outcome::Result::Accepted(_)));
                let (answered, accepted) = asked.0.entry(name_of(body)).or_default();
                *answered += 1;
                *accepted += u64::from(happened && !outcome.replay);
            }
        }
    }
}

/// The name of what is asked, which its debug text begins with.
fn name_of(body: &command::Body) -> String {
    struct First(String);
    impl Write for First {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.push_str(text);
            // The rest would be long.
            Err(std::fmt::Error)
        }
    }
    let mut first = First(String::new());
    let _ = write!(first, "{body:?}");
    first.0
}
