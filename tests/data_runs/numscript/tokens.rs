//! Scripts in words.

use std::collections::BTreeMap;

/// One word of a script.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    /// A keyword, a type, a function or an asset.
    Word(String),
    /// `@name`.
    Account(String),
    /// `$name`.
    Variable(String),
    /// Digits, perhaps with a point.
    Number(String),
    /// A text in quotes.
    Text(String),
    Mark(char),
}

pub(super) type Values = BTreeMap<String, Vec<Token>>;

/// The words of a text; comments are none.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut rest = line.split("//").next().unwrap().trim_start();
        while let Some(first) = rest.chars().next() {
            let (token, len) = token(first, rest);
            found.push(token);
            rest = rest[len..].trim_start();
        }
    }
    found
}

fn token(first: char, rest: &str) -> (Token, usize) {
    let word = |from: usize, others: &str| {
        let inside = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
        let len = rest[from..].find(|c: char| !inside(c)).unwrap_or(rest.len() - from);
        (rest[from..from + len].to_owned(), from + len)
    };
    match first {
        '@' => {
            let (name, len) = word(1, "_:-");
            (Token::Account(name), len)
        }
        '$' => {
            let (name, len) = word(1, "_");
            (Token::Variable(name), len)
        }
        '0'..='9' => {
            let (digits, len) = word(0, "_.");
            (Token::Number(digits.replace('_', "")), len)
        }
        'A'..='Z' => {
            let (asset, len) = word(0, "/");
            (Token::Word(asset), len)
        }
        'a'..='z' => {
            let (name, len) = word(0, "_");
            (Token::Word(name), len)
        }
        '"' => {
            let len = rest[1..].find('"').unwrap();
            (Token::Text(rest[1..=len].to_owned()), len + 2)
        }
        mark => (Token::Mark(mark), mark.len_utf8()),
    }
}
