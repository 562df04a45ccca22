//! Runs that the window follows, each through a channel of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use longshore_contract::{AppEvent, Commands, EventPage, EventsRequest, RunEvent, RunId};
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri::webview::{PageLoadEvent, PageLoadPayload};
use tauri::{Manager, Runtime, Webview};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::desk::Desk;

/// How long a change by another process may go unseen.
const ELSEWHERE: Duration = Duration::from_secs(2);
/// Milliseconds that one question for events waits for an answer.
const WAIT: u32 = 20_000;

/// Streams by the id of their channel.
#[derive(Default)]
pub(super) struct Streams(Mutex<HashMap<u32, JoinHandle<()>>>);

impl Streams {
    /// Begins to send events, those of `page` first.
    pub(super) fn begin(desk: &Arc<Desk>, run: RunId, page: EventPage, channel: Channel<RunEvent>) {
        let (desk, id) = (Arc::clone(desk), channel.id());
        let owner = Arc::clone(&desk);
        // Held while it starts: the task takes itself off the list at its end, which must come after.
        let mut streams = owner.streams.lock();
        let task = tauri::async_runtime::spawn(async move {
            follow(&desk, run, page, &channel).await;
            desk.streams.lock().remove(&id);
        });
        if let Some(before) = streams.insert(id, task) {
            before.abort();
        }
    }

    /// Ends a stream; one that has ended is as well.
    pub(super) fn end(&self, channel: u32) {
        if let Some(task) = self.lock().remove(&channel) {
            task.abort();
        }
    }

    fn end_all(&self) {
        for (_, task) in self.lock().drain() {
            task.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page that is loaded anew knows nothing of the channels of the one before.
pub(super) fn end_with_page<R: Runtime>(webview: &Webview<R>, payload: &PageLoadPayload<'_>) {
    if payload.event() == PageLoadEvent::Started
        && let Some(desk) = webview.try_state::<Arc<Desk>>()
    {
        desk.streams.end_all();
    }
}

async fn follow(desk: &Desk, run: RunId, mut page: EventPage, channel: &Channel<RunEvent>) {
    let mut news = desk.app.events();
    loop {
        let over = page.state.is_goal();
        let quiet = page.events.is_empty();
        if over && quiet {
            return;
        }
        for event in page.events {
            if channel.send(event).is_err() {
                return;
            }
        }
        let here = desk.app.executing().contains(&run);
        if quiet && !here {
            moved(&mut news, &run).await;
        }
        let wait_ms = if here { WAIT } else { 0 };
        let request = EventsRequest { run: run.clone(), since: page.cursor, wait_ms };
        page = match desk.app.run_events(&desk.caller, request).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(run = %run, error = %error, "a run's events can no longer be followed");
                return;
            }
        };
    }
}

/// Waits until a run that is not executed here moves. Another process may move it, of which nobody tells us, so
/// the wait is not for long.
async fn moved(news: &mut Receiver<AppEvent>, run: &RunId) {
    let told = async {
        loop {
            match news.recv().await {
                Ok(AppEvent::RunChanged { run: moved }) if moved.id == *run => return,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    };
    drop(tokio::time::timeout(ELSEWHERE, told).await);
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use longshore_contract::{Caller, Door, Record, ReleaseRef, SiteId, State, Target, Timestamp, Workflow};
    use longshore_engine::Entry;
    use longshore_engine::port::Journal;
    use longshore_store::{KeySource, Store};

    use super::*;
    use crate::app::{App, Options};

    async fn finished(store: &Store, run: &RunId) {
        let release = ReleaseRef { slug: "a".into(), title: "A".into(), version: "1".into(), bundle: None };
        let created = Record::RunCreated {
            site: SiteId::from("s"),
            workflow: Workflow::Upgrade,
            target: Target::Kubernetes,
            release,
            from_version: None,
            initial: State::New,
            airgap: false,
            who: "test@here".into(),
            revision: None,
        };
        for record in [created, Record::StateEntered { state: State::Succeeded, failure: None }] {
            let seq = store.reserve(run).await.expect("a number");
            let entry = Entry { seq, at: Timestamp(1), record };
            store.append(run, &entry).await.expect("the journal takes a record");
        }
    }

    #[tokio::test]
    async fn the_stream_of_a_finished_run_ends_by_itself_once_all_is_sent() {
        let data = tempfile::tempdir().expect("a folder");
        let helm = Some(std::env::current_exe().expect("this test is a program"));
        let options = Options { data: data.path().to_owned(), key: KeySource::File, helm };
        let app = App::open(&options).expect("the application opens");
        let caller = Caller { who: "test@here".to_owned(), door: Door::Desktop };
        let desk = Desk { app, caller, streams: Streams::default(), leaving: AtomicBool::new(false) };
        let run = RunId::from("r");
        finished(&Store::open(data.path(), &KeySource::File).expect("the store opens"), &run).await;

        let sent = Arc::new(Mutex::new(0));
        let count = Arc::clone(&sent);
        let channel = Channel::new(move |_| {
            *count.lock().expect("one at a time") += 1;
            Ok(())
        });
        let request = EventsRequest { run: run.clone(), since: 0, wait_ms: 0 };
        let page = desk.app.run_events(&desk.caller, request).await.expect("the run is there");
        let ended = tokio::time::timeout(Duration::from_secs(20), follow(&desk, run, page, &channel)).await;
        assert!(ended.is_ok(), "a run that can move no more is not waited for");
        assert_eq!(*sent.lock().expect("one at a time"), 2, "both records were sent");
    }
}
