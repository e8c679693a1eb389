//! Configuration: a TOML file, over it the environment, over it flags.

use crate::limits::{
    DAY_OFFSET_MIN_MAX, ID_WINDOW_HOURS_MAX, ID_WINDOW_HOURS_MIN, PREFIX_CHARS_MAX,
    SNAPSHOT_BYTES_MIN,
};
use crate::local::ClockSource;
use groat_shard::Fault;
use groat_shard::limits::{ID_WINDOW_MS_DEFAULT, SNAPSHOT_BYTES_DEFAULT};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Everything that can be configured. Flags and environment have the same names.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Bootstrap addresses, comma separated.
    pub brokers: String,
    /// What the names of all topics begin with.
    pub prefix: String,
    /// The consumer group; none is `<prefix>.engine`.
    pub group: Option<String>,
    /// This process's name in the group, the same after a restart: its shards then wait for it
    /// instead of moving.
    pub instance: Option<String>,
    /// The folder that holds a data directory per shard.
    pub data: PathBuf,
    /// Whether shards that other processes own are followed, so that they can be taken over soon.
    pub standby: bool,
    /// Where pages are served for people and programs that watch; none, and there are none.
    pub listen: Option<SocketAddr>,
    /// Where time comes from.
    pub clock: ClockSource,
    /// Minutes that the business day is ahead of UTC.
    pub day_offset: i32,
    /// How long command ids are kept, in hours of stream time.
    pub id_window_hours: u64,
    /// A snapshot is taken when this many bytes of blocks have come since the last.
    pub snapshot_bytes: u64,
    /// Raw librdkafka properties, over groat's own.
    pub kafka: BTreeMap<String, String>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            brokers: "127.0.0.1:9092".into(),
            prefix: "groat".into(),
            group: None,
            instance: None,
            data: PathBuf::from("groat-data"),
            standby: false,
            listen: None,
            clock: ClockSource::Record,
            day_offset: 0,
            id_window_hours: ID_WINDOW_MS_DEFAULT / 3_600_000,
            snapshot_bytes: SNAPSHOT_BYTES_DEFAULT,
            kafka: BTreeMap::new(),
        }
    }
}

/// Flags of every command that talks to a broker; each stands over the file.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Flags {
    /// A TOML file
    #[arg(long, env = "GROAT_CONFIG")]
    pub config: Option<PathBuf>,
    /// Bootstrap addresses, comma separated [default: 127.0.0.1:9092]
    #[arg(long, env = "GROAT_BROKERS")]
    pub brokers: Option<String>,
    /// What the names of all topics begin with [default: groat]
    #[arg(long, env = "GROAT_PREFIX")]
    pub prefix: Option<String>,
    /// A raw librdkafka property, as name=value; may be repeated
    #[arg(long = "kafka", value_name = "NAME=VALUE")]
    pub kafka: Vec<String>,
}

/// Flags of `serve` alone.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct ServeFlags {
    /// The consumer group [default: <prefix>.engine]
    #[arg(long, env = "GROAT_GROUP")]
    pub group: Option<String>,
    /// This process's name in the group, the same after a restart and no other's: within the
    /// session timeout its shards wait for it instead of moving
    #[arg(long, env = "GROAT_INSTANCE")]
    pub instance: Option<String>,
    /// The folder that holds a data directory per shard [default: groat-data]
    #[arg(long, env = "GROAT_DATA")]
    pub data: Option<PathBuf>,
    /// Follow the shards that other processes own, in memory and on disk, so that taking one over
    /// reads only what is new
    #[arg(long, env = "GROAT_STANDBY")]
    pub standby: bool,
    /// Serve pages over HTTP at this address, such as 127.0.0.1:9180: /, /healthz, /readyz and
    /// /metrics; with port 0 the log says which port it is [default: none]
    #[arg(long, env = "GROAT_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Where time comes from [default: record]
    #[arg(long, env = "GROAT_CLOCK")]
    pub clock: Option<ClockSource>,
    /// Minutes that the business day is ahead of UTC [default: 0]
    #[arg(long, env = "GROAT_DAY_OFFSET", allow_negative_numbers = true)]
    pub day_offset: Option<i32>,
    /// How long command ids are kept, in hours of stream time [default: 168]
    #[arg(long, env = "GROAT_ID_WINDOW_HOURS")]
    pub id_window_hours: Option<u64>,
    /// Take a snapshot when this many bytes of blocks have come since the last, and twice its own
    #[arg(long, env = "GROAT_SNAPSHOT_BYTES")]
    pub snapshot_bytes: Option<u64>,
}

impl Config {
    /// The file if there is one, then environment and flags.
    pub fn load(flags: &Flags, serve: &ServeFlags) -> Result<Config, Fault> {
        let mut config = match &flags.config {
            Some(path) => read(path)?,
            None => Config::default(),
        };
        let set = |to: &mut String, from: &Option<String>| {
            if let Some(value) = from {
                to.clone_from(value);
            }
        };
        set(&mut config.brokers, &flags.brokers);
        set(&mut config.prefix, &flags.prefix);
        for property in &flags.kafka {
            let (name, value) = property.split_once('=').ok_or_else(|| {
                Fault::usage(format!("--kafka {property} is not name=value"), "give name=value")
            })?;
            config.kafka.insert(name.into(), value.into());
        }
        config.group = serve.group.clone().or(config.group);
        config.instance = serve.instance.clone().or(config.instance);
        config.data = serve.data.clone().unwrap_or(config.data);
        config.standby |= serve.standby;
        config.listen = serve.listen.or(config.listen);
        config.clock = serve.clock.unwrap_or(config.clock);
        config.day_offset = serve.day_offset.unwrap_or(config.day_offset);
        config.id_window_hours = serve.id_window_hours.unwrap_or(config.id_window_hours);
        config.snapshot_bytes = serve.snapshot_bytes.unwrap_or(config.snapshot_bytes);
        config.check()?;
        Ok(config)
    }

    /// Whether every value is one that it can be, wherever it was given.
    fn check(&self) -> Result<(), Fault> {
        check_prefix(&self.prefix)?;
        check_day_offset(self.day_offset)?;
        let hours = ID_WINDOW_HOURS_MIN..=ID_WINDOW_HOURS_MAX;
        check("id_window_hours", self.id_window_hours, hours)?;
        check_snapshot_bytes(self.snapshot_bytes)?;
        self.kafka.keys().try_for_each(|name| check_property(name))
    }

    /// A topic's name.
    pub fn topic(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    /// The consumer group.
    pub fn group(&self) -> String {
        self.group.clone().unwrap_or_else(|| self.topic("engine"))
    }
}

/// Whether this can be the distance of the business day from UTC, in minutes.
pub fn check_day_offset(minutes: i32) -> Result<(), Fault> {
    check("day_offset", minutes, -DAY_OFFSET_MIN_MAX..=DAY_OFFSET_MIN_MAX)
}

/// Whether snapshots can be taken after so many bytes of blocks.
pub fn check_snapshot_bytes(bytes: u64) -> Result<(), Fault> {
    check("snapshot_bytes", bytes, SNAPSHOT_BYTES_MIN..=u64::MAX)
}

fn check<T: PartialOrd + std::fmt::Display>(
    key: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), Fault> {
    if range.contains(&value) {
        return Ok(());
    }
    let (from, to) = range.into_inner();
    Err(Fault::usage(
        format!("{key} = {value} cannot be: it is from {from} to {to}"),
        "see README \"Configuration\" for every key and its meaning",
    ))
}

/// Properties of librdkafka that are not the operator's: a key of groat's own says them, or what is
/// promised rests on the value that groat gives them.
const NOT_TO_SET: [(&str, Option<&str>); 17] = [
    ("bootstrap.servers", Some("brokers")),
    ("metadata.broker.list", Some("brokers")),
    ("group.id", Some("group")),
    ("group.instance.id", Some("instance")),
    ("group.protocol", None),
    ("partition.assignment.strategy", None),
    ("auto.commit.enable", None),
    ("enable.auto.commit", None),
    ("enable.auto.offset.store", None),
    ("auto.offset.reset", None),
    ("isolation.level", None),
    ("enable.partition.eof", None),
    ("enable.idempotence", None),
    ("transactional.id", None),
    ("acks", None),
    ("request.required.acks", None),
    ("partitioner", None),
];

fn check_property(name: &str) -> Result<(), Fault> {
    let Some((_, key)) = NOT_TO_SET.iter().find(|(property, _)| *property == name) else {
        return Ok(());
    };
    let advice = match key {
        Some(key) => format!("set `{key}` instead, see README \"Configuration\""),
        None => "leave it out: that nothing is lost or doubled rests on groat's own value".into(),
    };
    Err(Fault::usage(format!("the property {name} of [kafka] or --kafka is groat's own"), advice))
}

fn check_prefix(prefix: &str) -> Result<(), Fault> {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let fits = (1..=PREFIX_CHARS_MAX).contains(&prefix.len());
    if fits && prefix.chars().all(is_legal) {
        return Ok(());
    }
    Err(Fault::usage(
        format!(
            "prefix = {prefix:?} cannot be: names of topics begin with it, so it has from 1 to \
             {PREFIX_CHARS_MAX} of the characters a-z, A-Z, 0-9, `.`, `_` and `-`"
        ),
        "see README \"Configuration\" for every key and its meaning",
    ))
}

fn read(path: &Path) -> Result<Config, Fault> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Fault::usage(format!("{} cannot be read: {e}", path.display()), "check --config")
    })?;
    toml::from_str(&text).map_err(|e| {
        Fault::usage(
            format!("{}: {e}", path.display()),
            "see README \"Configuration\" for every key and its meaning",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_stand_over_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("groat.toml");
        let text = "brokers = 'a:1'\nprefix = 'p'\nclock = 'command'\nlisten = '127.0.0.1:9180'\n\
                    [kafka]\n'linger.ms' = '1'\n";
        std::fs::write(&path, text).unwrap();
        let flags = Flags {
            config: Some(path.clone()),
            brokers: Some("b:2".into()),
            kafka: vec!["client.id=x".into()],
            ..Flags::default()
        };
        let config = Config::load(&flags, &ServeFlags::default()).unwrap();
        assert_eq!((config.brokers.as_str(), config.prefix.as_str()), ("b:2", "p"));
        assert_eq!(config.clock, ClockSource::Command);
        assert_eq!(config.kafka.len(), 2);
        let file = "127.0.0.1:9180".parse().ok();
        assert_eq!((config.listen, Config::default().listen), (file, None));
        let flag = "0.0.0.0:80".parse().ok();
        let serve = ServeFlags { listen: flag, ..ServeFlags::default() };
        assert_eq!(Config::load(&flags, &serve).unwrap().listen, flag);
        std::fs::write(&path, "listen = 'all of them'").unwrap();
        let error = Config::load(&flags, &ServeFlags::default()).unwrap_err();
        assert!(error.what.contains("invalid socket address"), "{error}");
        std::fs::write(&path, "broker = \"a:1\"").unwrap();
        let error = Config::load(&flags, &ServeFlags::default()).unwrap_err();
        assert!(error.what.contains("unknown field `broker`"), "{error}");
    }

    /// Each with its key, what was given and what can be, whether from the file or a flag.
    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("groat.toml");
        let flags = Flags { config: Some(path.clone()), ..Flags::default() };
        let load = |text: &str, serve: &ServeFlags| {
            std::fs::write(&path, text).unwrap();
            Config::load(&flags, serve)
        };
        let long = format!("prefix = '{}'", "p".repeat(PREFIX_CHARS_MAX + 1));
        for (text, says) in [
            ("day_offset = 1441", "day_offset = 1441 cannot be: it is from -1440 to 1440"),
            ("day_offset = -1441", "it is from -1440 to 1440"),
            ("id_window_hours = 0", "id_window_hours = 0 cannot be: it is from 1 to 87840"),
            ("id_window_hours = 87841", "it is from 1 to 87840"),
            ("snapshot_bytes = 0", "snapshot_bytes = 0 cannot be: it is from 65536 to"),
            ("prefix = ''", "prefix = \"\" cannot be"),
            ("prefix = 'a/b'", "0-9, `.`, `_` and `-`"),
            (&long, "from 1 to 237"),
            ("[kafka]\n'isolation.level' = 'read_uncommitted'", "isolation.level of [kafka]"),
            ("[kafka]\n'auto.offset.reset' = 'earliest'", "is groat's own"),
            ("[kafka]\n'group.id' = 'mine'", "group.id of [kafka] or --kafka is groat's own"),
        ] {
            let error = load(text, &ServeFlags::default()).unwrap_err();
            assert!(error.what.contains(says), "{text}: {error}");
            assert_eq!(error.cause, groat_shard::Cause::Usage, "{text}");
        }
        let good = "day_offset = -1440\nid_window_hours = 1\nsnapshot_bytes = 65536";
        assert!(load(good, &ServeFlags::default()).is_ok());
        for (property, _) in NOT_TO_SET {
            let kafka = vec![format!("{property}=true")];
            let error = Config::load(&Flags { kafka, ..Flags::default() }, &ServeFlags::default());
            assert!(error.unwrap_err().what.contains(property), "{property}");
        }
        let serve = ServeFlags { day_offset: Some(9_999), ..ServeFlags::default() };
        assert!(load(good, &serve).unwrap_err().what.contains("day_offset = 9999"));
    }
}
