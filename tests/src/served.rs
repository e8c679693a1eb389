//! The same commands published to a real broker and served from it.

use crate::{broker, fresh_prefix, run, stderr};
use groat::config::Config;
use groat::kafka::read_events;
use groat_shard::{Block, Shard};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a chain may take to come to its end.
const PATIENCE: Duration = Duration::from_secs(120);

/// A prefix of its own on a real broker, with the topics made.
pub struct Topics {
    brokers: String,
    prefix: String,
}

/// Serves the lines from a broker, if there is one, and compares the state at the end.
pub fn same_state(test: &str, lines: &str, records: u64, digest: &str) {
    let Some(topics) = Topics::fresh(test) else { return };
    topics.publish(lines, records);
    let dir = tempfile::tempdir().unwrap();
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    serving.until_consumed(records);
    assert_eq!(serving.release(), digest, "Kafka mode ends in the state of local mode");
}

impl Topics {
    /// `None`, and said loudly, when there is no broker.
    pub fn fresh(test: &str) -> Option<Topics> {
        Some(Topics::on(broker(test)?, test))
    }

    /// As [`Topics::fresh`], with so many shards.
    pub fn sharded_fresh(test: &str, shards: u32) -> Option<Topics> {
        Some(Topics::sharded(broker(test)?, test, shards))
    }

    /// On the broker of this address.
    pub fn on(brokers: String, test: &str) -> Topics {
        Topics::sharded(brokers, test, 1)
    }

    /// On the broker of this address, with so many shards.
    pub fn sharded(brokers: String, test: &str, shards: u32) -> Topics {
        let topics = Topics { brokers, prefix: fresh_prefix(test) };
        topics.make(shards);
        topics
    }

    /// Makes those that are not there.
    pub fn make(&self, shards: u32) {
        self.groat(&["topics", "--create", "--partitions", &shards.to_string()]);
    }

    /// Their configuration.
    pub fn config(&self) -> Config {
        let (brokers, prefix) = (self.brokers.clone(), self.prefix.clone());
        Config { brokers, prefix, ..Config::default() }
    }

    fn flags(&self) -> [&str; 4] {
        ["--brokers", &self.brokers, "--prefix", &self.prefix]
    }

    fn groat(&self, args: &[&str]) -> String {
        let ended = run("groat", &[args, &self.flags()].concat());
        assert!(ended.status.success(), "{args:?}: {}", stderr(&ended));
        stderr(&ended)
    }

    /// Publishes lines which all are commands.
    pub fn publish(&self, lines: &str, records: u64) {
        self.publish_with(lines, records, &[]);
    }

    /// As [`Topics::publish`], with further flags.
    pub fn publish_with(&self, lines: &str, records: u64, flags: &[&str]) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), lines).unwrap();
        let path = file.path().to_str().unwrap();
        let told = self.groat(&[&["publish", path], flags].concat());
        assert!(told.starts_with(&format!("{records} records published")), "{told}");
    }

    /// Starts `groat serve`; its log is appended to `log`.
    pub fn serve(&self, data: &Path, log: &Path) -> Serving<'_> {
        self.serve_with(data, log, &[])
    }

    /// As [`Topics::serve`], with further flags.
    pub fn serve_with(&self, data: &Path, log: &Path, flags: &[&str]) -> Serving<'_> {
        let file = File::options().create(true).append(true).open(log).unwrap();
        let mut args = vec!["serve", "--clock", "command", "--data", data.to_str().unwrap()];
        // A member that was killed is missed sooner than by default.
        args.extend(["--kafka", "session.timeout.ms=6000", "--snapshot-bytes", "2000000"]);
        let mut command = Command::new(crate::binary("groat"));
        command.args(args).args(flags).args(self.flags());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        Serving { topics: self, log: log.into(), child: command.spawn().unwrap() }
    }

    /// The offset after the last command in a committed block, if `from` or a later block is there.
    pub fn consumed(&self, from: &mut u64) -> Option<u64> {
        self.consumed_of(0, from)
    }

    /// As [`Topics::consumed`], of one shard. A broker that was away may be a while without leaders
    /// for its partitions: whoever waits asks again.
    pub fn consumed_of(&self, shard: u32, from: &mut u64) -> Option<u64> {
        let mut next = None;
        let read = read_events(&self.config(), shard, *from, |bytes| {
            let header = Block::parse(bytes).unwrap().header;
            *from = header.number;
            let commands = self.config().topic("commands");
            let mut ranges = header.inputs.iter().filter(|range| range.topic == commands);
            next = ranges.next_back().map(|range| range.last_offset + 1).or(next);
            Ok(())
        });
        read.ok().and(next)
    }
}

/// Whether something that a shard sent was not received yet.
pub fn is_in_transit(config: &Config, shards: u32) -> bool {
    let (mut sent, mut received) = (0, 0);
    for shard in 0..shards {
        let mut chain: Option<Shard> = None;
        read_events(config, shard, 0, |bytes| {
            let block = Block::parse(bytes).unwrap();
            let begin = || Shard::begin(shard, block.header.terms.unwrap());
            let _ = chain.get_or_insert_with(begin).follow(&block)?;
            Ok(())
        })
        .unwrap();
        let peers = chain.iter().flat_map(|chain| chain.books().ledger().tables().peers.rows());
        for peer in peers {
            (sent, received) = (sent + peer.sent, received + peer.received);
        }
    }
    sent != received
}

/// A `groat serve` that is killed when it is let go of.
pub struct Serving<'a> {
    topics: &'a Topics,
    log: PathBuf,
    child: Child,
}

impl Serving<'_> {
    /// Waits until the chain has consumed this many commands.
    pub fn until_consumed(&self, records: u64) {
        let mut block = 0;
        self.until(|| self.topics.consumed(&mut block).is_some_and(|next| next >= records));
    }

    /// Waits until something is so.
    pub fn until(&self, mut so: impl FnMut() -> bool) {
        let started = Instant::now();
        while !so() {
            self.still_well(started);
        }
    }

    /// Waits until the log says something.
    pub fn until_says(&self, words: &str) {
        self.until(|| self.said().contains(words));
    }

    /// A pause between two looks, unless waiting has become pointless.
    fn still_well(&self, started: Instant) {
        assert!(started.elapsed() < PATIENCE, "not in {PATIENCE:?}:\n{}", self.said());
        let alive = Path::new("/proc").join(self.child.id().to_string()).join("exe").exists();
        assert!(alive, "groat serve has ended:\n{}", self.said());
        std::thread::sleep(Duration::from_millis(20));
    }

    /// Everything in the log so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it by SIGTERM; gives what it said.
    pub fn leave(mut self) -> String {
        self.signal("TERM");
        let ended = self.child.wait().unwrap();
        let said = self.said();
        assert!(ended.success(), "{said}");
        said
    }

    /// Sends a signal, such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        let (signal, id) = (format!("-{name}"), self.child.id().to_string());
        assert!(Command::new("kill").args([&signal, &id]).status().unwrap().success());
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it has ended by itself; gives its exit code and log.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        while self.is_running() {
            assert!(started.elapsed() < PATIENCE, "not in {PATIENCE:?}:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
        (self.child.wait().unwrap().code(), self.said())
    }

    /// Stops it by SIGTERM; gives the digest with which the shard was released.
    pub fn release(self) -> String {
        let said = self.leave();
        let released = said.lines().rev().find(|line| line.contains("shard is released"));
        let digest = released.and_then(|line| line.split_once("state_digest="));
        let (_, digest) = digest.unwrap_or_else(|| panic!("no digest in:\n{said}"));
        digest.trim_matches('"').to_owned()
    }
}

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
