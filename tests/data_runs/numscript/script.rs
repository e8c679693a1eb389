//! What a script says, read while it is run: its variables are put in their place, each statement
//! is done as it is met.

use super::books::{Account, Books, Destination, Run, Source, Why, minor};
use super::tokens::{Token, Values, tokens};
use groat_ledger::allocation::{Overdraft, Portion};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Script {
    tokens: Vec<Token>,
    at: usize,
    books: Books,
}

/// Runs a script on these balances, with the text of its variables.
pub(super) fn run(
    text: &str,
    balances: BTreeMap<Account, i128>,
    variables: &BTreeMap<String, String>,
) -> Run<Books> {
    let mut overdrawn: BTreeSet<Account> = BTreeSet::new();
    overdrawn.extend(balances.iter().filter(|b| *b.1 < 0).map(|b| b.0.clone()));
    let books = Books { balances, overdrawn, ..Books::default() };
    let mut script = Script { tokens: tokens(text), at: 0, books };
    if script.takes("vars") {
        script.variables(variables)?;
    }
    while let Some(token) = script.tokens.get(script.at).cloned() {
        script.at += 1;
        match token {
            Token::Word(word) if word == "send" => script.send()?,
            Token::Word(word) if word == "save" => {
                let (asset, amount) = script.monetary()?;
                script.must("from");
                let key = (script.account(), asset);
                *script.books.saved.entry(key).or_default() += amount;
            }
            Token::Word(word) if word == "set_tx_meta" => {
                return Err(Why::Unfit("a script does not write metadata"));
            }
            other => panic!("{other:?} begins no statement"),
        }
    }
    Ok(script.books)
}

impl Script {
    fn next(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        self.at += 1;
        token
    }

    fn is(&self, word: &str) -> bool {
        match self.tokens.get(self.at) {
            Some(Token::Word(found)) => found == word,
            Some(Token::Mark(mark)) => mark.to_string() == word,
            _ => false,
        }
    }

    fn takes(&mut self, word: &str) -> bool {
        let is = self.is(word);
        self.at += usize::from(is);
        is
    }

    fn must(&mut self, word: &str) {
        assert!(self.takes(word), "{word} is not at {:?}", &self.tokens[self.at..]);
    }

    /// Puts what variables stand for in their place.
    fn variables(&mut self, given: &BTreeMap<String, String>) -> Run<()> {
        let mut values = Values::new();
        self.must("{");
        while !self.takes("}") {
            let Token::Word(kind) = self.next() else { panic!("no type") };
            let Token::Variable(name) = self.next() else { panic!("no name") };
            let value = match given.get(&name) {
                Some(text) if kind == "account" => vec![Token::Account(text.clone())],
                Some(text) => tokens(text),
                None => {
                    self.must("=");
                    self.expression(&kind, &values)?
                }
            };
            values.insert(name, value);
        }
        let rest = self.tokens.split_off(self.at);
        self.tokens.extend(with(rest, &values));
        Ok(())
    }

    /// What a variable is computed as.
    fn expression(&mut self, kind: &str, values: &Values) -> Run<Vec<Token>> {
        let rest = self.tokens.split_off(self.at);
        self.tokens.extend(with(rest, values));
        let (asset, amount) = match kind {
            "number" => return Ok(number(self.sum()?)),
            "monetary" => self.monetary()?,
            other => panic!("{other} is not computed"),
        };
        let mut value = vec![Token::Mark('['), Token::Word(asset)];
        value.extend(number(amount));
        value.push(Token::Mark(']'));
        Ok(value)
    }

    fn account(&mut self) -> String {
        match self.next() {
            Token::Account(name) => name,
            other => panic!("{other:?} is no account"),
        }
    }

    fn asset(&mut self) -> String {
        match self.next() {
            Token::Word(asset) => asset,
            other => panic!("{other:?} is no asset"),
        }
    }

    fn sum(&mut self) -> Run<i128> {
        let mut sum = self.term();
        loop {
            match () {
                () if self.takes("+") => sum += self.term(),
                () if self.takes("-") => sum -= self.term(),
                () => return Ok(sum),
            }
        }
    }

    fn term(&mut self) -> i128 {
        let sign = if self.takes("-") { -1 } else { 1 };
        match self.next() {
            Token::Number(digits) => sign * digits.parse::<i128>().unwrap(),
            other => panic!("{other:?} is no number"),
        }
    }

    fn monetary(&mut self) -> Run<(String, i128)> {
        let (asset, mut amount) = self.one_monetary()?;
        while self.takes("+") {
            let (other, more) = self.one_monetary()?;
            assert_eq!(asset, other, "two assets in one sum");
            amount += more;
        }
        Ok((asset, amount))
    }

    fn one_monetary(&mut self) -> Run<(String, i128)> {
        if let Some(below) = ["overdraft", "balance"].iter().position(|name| self.takes(name)) {
            self.must("(");
            let account = self.account();
            self.must(",");
            let asset = self.asset();
            self.must(")");
            let has = self.books.has(&account, &asset);
            return Ok((asset, if below == 0 { (-has).max(0) } else { has }));
        }
        self.must("[");
        let asset = self.asset();
        let amount = self.sum()?;
        self.must("]");
        Ok((asset, amount))
    }

    fn send(&mut self) -> Run<()> {
        let all = matches!(self.tokens.get(self.at + 2), Some(Token::Mark('*')));
        let (asset, amount) = if all {
            self.must("[");
            let asset = self.asset();
            self.must("*");
            self.must("]");
            (asset, None)
        } else {
            let (asset, amount) = self.monetary()?;
            (asset, Some(minor(amount)?))
        };
        self.must("(");
        self.must("source");
        self.must("=");
        let source = self.source()?;
        self.must("destination");
        self.must("=");
        let destination = self.destination()?;
        self.must(")");
        self.books.send(&asset, amount, &source, &destination)
    }

    fn source(&mut self) -> Run<Source> {
        if self.takes("max") {
            let (_, cap) = self.monetary()?;
            self.must("from");
            return Ok(Source::Max(cap, Box::new(self.source()?)));
        }
        if self.takes("oneof") {
            self.must("{");
            return Ok(Source::OneOf(self.sources()?));
        }
        if !self.takes("{") {
            let account = self.account();
            if self.is("\\") {
                return Err(Why::Unfit("money has no colours"));
            }
            if self.is("with") {
                return Err(Why::Unfit("an asset has one scale"));
            }
            return Ok(Source::Account(account, self.overdraft()?));
        }
        if !self.begins_a_portion() {
            return Ok(Source::InOrder(self.sources()?));
        }
        let mut portions = Vec::new();
        while !self.takes("}") {
            let portion = self.portion()?;
            self.must("from");
            portions.push((portion, self.source()?));
        }
        Ok(Source::Portions(portions))
    }

    fn sources(&mut self) -> Run<Vec<Source>> {
        let mut sources = Vec::new();
        while !self.takes("}") {
            sources.push(self.source()?);
        }
        Ok(sources)
    }

    fn overdraft(&mut self) -> Run<Overdraft> {
        if !self.takes("allowing") {
            return Ok(Overdraft::UpTo(0));
        }
        if self.takes("unbounded") {
            self.must("overdraft");
            return Ok(Overdraft::Unbounded);
        }
        self.must("overdraft");
        self.must("up");
        self.must("to");
        Ok(Overdraft::UpTo(minor(self.monetary()?.1.max(0))?))
    }

    fn destination(&mut self) -> Run<Destination> {
        if self.takes("oneof") {
            self.must("{");
            return Ok(Destination::OneOf(self.clauses()?));
        }
        if !self.takes("{") {
            return Ok(Destination::Account(Some(self.account())));
        }
        if self.is("max") || self.is("remaining") {
            return Ok(Destination::InOrder(self.clauses()?));
        }
        let mut portions = Vec::new();
        while !self.takes("}") {
            let portion = self.portion()?;
            portions.push((portion, self.target()?));
        }
        Ok(Destination::Portions(portions))
    }

    fn clauses(&mut self) -> Run<Vec<(Option<i128>, Destination)>> {
        let mut clauses = Vec::new();
        while !self.takes("}") {
            let cap = if self.takes("max") { Some(self.monetary()?.1) } else { None };
            if cap.is_none() {
                self.must("remaining");
            }
            clauses.push((cap, self.target()?));
        }
        Ok(clauses)
    }

    fn target(&mut self) -> Run<Destination> {
        if self.takes("kept") {
            return Ok(Destination::Account(None));
        }
        self.must("to");
        self.destination()
    }

    fn begins_a_portion(&self) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Number(_))) || self.is("remaining")
    }

    /// `10%`, `0.19%`, `1/3`; nothing is what remains.
    fn portion(&mut self) -> Run<Option<Portion>> {
        if self.takes("remaining") {
            return Ok(None);
        }
        let Token::Number(digits) = self.next() else { panic!("no portion") };
        let places = digits.split_once('.').map_or(0, |(_, places)| places.len());
        let part: u64 = digits.replace('.', "").parse().unwrap();
        let of = if self.takes("%") {
            100 * 10u64.pow(u32::try_from(places).unwrap())
        } else {
            self.must("/");
            u64::try_from(self.term()).unwrap()
        };
        Ok(Some(Portion::new(part, of).expect("a part of the whole")))
    }
}

fn with(tokens: Vec<Token>, values: &Values) -> Vec<Token> {
    let value = |token: Token| match &token {
        Token::Variable(name) => values.get(name).cloned().unwrap_or_else(|| vec![token]),
        _ => vec![token],
    };
    tokens.into_iter().flat_map(value).collect()
}

fn number(amount: i128) -> Vec<Token> {
    let sign = (amount < 0).then_some(Token::Mark('-'));
    sign.into_iter().chain([Token::Number(amount.abs().to_string())]).collect()
}
