//! The pages of a `groat serve`, asked for as a probe or a scraper does.

use crate::served::Serving;
use std::io::{Read, Write};
use std::net::TcpStream;

/// What `groat serve` is given so that it has pages, at a port that the system chooses.
pub const LISTEN: [&str; 2] = ["--listen", "127.0.0.1:0"];

/// Where they are.
pub struct Pages(String);

impl Pages {
    /// Waits until the log says where.
    pub fn of(serving: &Serving<'_>) -> Pages {
        serving.until_says("pages are served at http://");
        let said = serving.said();
        let (_, address) = said.split_once("pages are served at http://").unwrap();
        Pages(address.split('/').next().unwrap().to_owned())
    }

    /// The status and the body of a page.
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.0).unwrap();
        let host = &self.0;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let code = head.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        (code, body.to_owned())
    }

    /// Whether `/readyz` is green.
    pub fn is_ready(&self) -> bool {
        self.get("/readyz").0 == 200
    }

    /// A whole number of `/metrics`, by its name and labels.
    pub fn number(&self, sample: &str) -> Option<u64> {
        self.sum(|name| name == sample)
    }

    /// The sum of the whole numbers of all samples of a name and labels that are so.
    pub fn sum(&self, so: impl Fn(&str) -> bool) -> Option<u64> {
        let (code, text) = self.get("/metrics");
        assert_eq!(code, 200, "{text}");
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.map(|line| line.rsplit_once(' ').unwrap());
        let found: Vec<u64> =
            samples.filter(|(name, _)| so(name)).map(|(_, value)| value.parse().unwrap()).collect();
        (!found.is_empty()).then(|| found.iter().sum())
    }
}
