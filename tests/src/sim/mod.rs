//! The simulator: owners of shards in a world of one thread, one seed and one time, where brokers,
//! disks, clocks and processes do their worst.
//!
//! | module | what |
//! |---|---|
//! | `run` | a run: random steps, then everything is healed and must come to its end |
//! | `world` | processes, and the calls in which they die or freeze |
//! | `weather` | what goes wrong, and how often |
//! | `broker`, `log` | Kafka at its worst; what a client makes of it |
//! | `disk` | local copies |
//! | `source` | input and clock |
//! | `workload` | what is published |
//! | `checker` | what must hold after every committed prefix |
//! | `told` | what was told, against what was to be; which commands happened |
//! | `transit` | what shards sent to each other, against what they received |
//! | `canary` | owners that are broken on purpose |
//! | `stage` | a world for one scenario, in which things go wrong as asked |
//! | `stage::across` | the same with several shards that send to each other |

pub mod broker;
pub mod canary;
pub mod chance;
pub mod checker;
pub mod disk;
pub mod log;
pub mod run;
pub mod source;
pub mod stage;
pub mod told;
mod transit;
pub mod weather;
pub mod workload;
pub mod world;
