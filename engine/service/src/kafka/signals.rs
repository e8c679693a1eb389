//! The tokio runtime of a process that serves: it hears SIGTERM and SIGINT, and serves the pages if
//! they are wanted. No shard ever waits for it.

use super::status::Status;
use crate::config::Config;
use crate::http::{Listening, Pages};
use groat_shard::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A flag that SIGTERM and SIGINT set. Pages are served from now on, until the process ends.
pub(super) fn stop_on_signals(
    config: &Config,
    status: &Arc<Status>,
) -> Result<Arc<AtomicBool>, Fault> {
    let no_signals =
        |e: std::io::Error| Fault::new(format!("signals cannot be heard: {e}"), "start again");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(no_signals)?;
    let inside = runtime.enter();
    let terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    let interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    let listening = config.listen.map(Listening::on).transpose()?;
    drop(inside);
    let stop = Arc::new(AtomicBool::new(false));
    let (set, status) = (Arc::clone(&stop), Arc::clone(status));
    let pages = Pages::of(config, Arc::clone(&status));
    let thread = std::thread::Builder::new().name("signals".into());
    let work = async move {
        if let Some(listening) = listening {
            tokio::spawn(listening.serve(pages));
        }
        heard(terminate, interrupt).await;
        tracing::info!("stopping: shards finish their block");
        status.stops();
        set.store(true, Ordering::Relaxed);
        // While they do, who looks is told so.
        std::future::pending::<()>().await;
    };
    thread.spawn(move || runtime.block_on(work)).map_err(no_signals)?;
    Ok(stop)
}

async fn heard(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
