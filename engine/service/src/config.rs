//! Configuration: a TOML file, over it the environment, over it flags.

use crate::local::ClockSource;
use groat_shard::Fault;
use groat_shard::limits::{ID_WINDOW_MS_DEFAULT, SNAPSHOT_BYTES_DEFAULT};
use serde::Deserialize;
use std::collections::BTreeMap;
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
                Fault::new(format!("--kafka {property} is not name=value"), "give name=value")
            })?;
            config.kafka.insert(name.into(), value.into());
        }
        config.group = serve.group.clone().or(config.group);
        config.instance = serve.instance.clone().or(config.instance);
        config.data = serve.data.clone().unwrap_or(config.data);
        config.standby |= serve.standby;
        config.clock = serve.clock.unwrap_or(config.clock);
        config.day_offset = serve.day_offset.unwrap_or(config.day_offset);
        config.id_window_hours = serve.id_window_hours.unwrap_or(config.id_window_hours);
        config.snapshot_bytes = serve.snapshot_bytes.unwrap_or(config.snapshot_bytes);
        Ok(config)
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

fn read(path: &Path) -> Result<Config, Fault> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Fault::new(format!("{} cannot be read: {e}", path.display()), "check --config")
    })?;
    toml::from_str(&text).map_err(|e| {
        Fault::new(
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
        let text = "brokers = 'a:1'\nprefix = 'p'\nclock = 'command'\n[kafka]\n'linger.ms' = '1'\n";
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
        std::fs::write(&path, "broker = \"a:1\"").unwrap();
        let error = Config::load(&flags, &ServeFlags::default()).unwrap_err();
        assert!(error.what.contains("unknown field `broker`"), "{error}");
    }
}
