//! Tools of Apache Kafka itself, and brokers of a test's own, which it may kill or freeze.

use crate::{stderr, stdout};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A tool of Apache Kafka, so that not only our own client is believed.
pub fn kafka(args: &[&str], input: &str) -> String {
    let mut tool = Command::new(script("tool"));
    let mut child = tool.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{args:?}");
    String::from_utf8(ended.stdout).unwrap()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/kafka").join(name)
}

/// A broker that is stopped when let go of.
pub struct OwnBroker {
    run: tempfile::TempDir,
    port: u16,
}

impl OwnBroker {
    /// Not started yet. The port and the next one must be nobody else's.
    pub fn new(port: u16) -> OwnBroker {
        OwnBroker { run: tempfile::tempdir().unwrap(), port }
    }

    /// `start`, `kill`, `restart` or `stop`, as `.ci/kafka/broker` knows them.
    pub fn tell(&self, word: &str) -> String {
        let told = Command::new(script("broker"))
            .arg(word)
            .env("GROAT_KAFKA_PORT", self.port.to_string())
            .env("GROAT_KAFKA_RUN", self.run.path().join("run"))
            .output()
            .unwrap();
        assert!(told.status.success(), "broker {word}: {}", stderr(&told));
        stdout(&told).trim().to_owned()
    }

    /// Sends its process a signal, such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        let id = std::fs::read_to_string(self.run.path().join("run/pid")).unwrap();
        let signal = format!("-{name}");
        assert!(Command::new("kill").args([&signal, id.trim()]).status().unwrap().success());
    }
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        self.tell("stop");
    }
}
