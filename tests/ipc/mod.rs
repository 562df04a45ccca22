//! What the window calls, over a runtime without a display: the list's answers, one shape of refusal, streams.

mod dispatch;
mod rights;
mod stream;

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use longshore::app::{App, Options};
use longshore::desktop;
use longshore_contract::{Caller, Door};
use longshore_store::KeySource;
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{Manager, WebviewWindow};
use tempfile::TempDir;

/// How long something that has to come may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A window over an application with a data folder of its own.
struct Window {
    data: TempDir,
    _shell: tauri::App<MockRuntime>,
    webview: WebviewWindow<MockRuntime>,
    /// What came through channels: the channel, and the message.
    messages: Mutex<Receiver<(u32, Value)>>,
}

impl Window {
    fn open() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let (sender, messages) = channel();
        let sender = Mutex::new(sender);
        let builder = mock_builder().channel_interceptor(move |_, channel, _, body| {
            let message = match body {
                InvokeResponseBody::Json(text) => serde_json::from_str(text).expect("messages are JSON"),
                InvokeResponseBody::Raw(_) => panic!("a channel of events carries no raw bytes"),
            };
            drop(sender.lock().expect("one at a time").send((channel.0, message)));
            true
        });
        let shell = desktop::shell(builder).build(desktop::context()).expect("the shell is built");
        desktop::open(shell.handle(), desktop::begin(options(data.path()))).expect("the window opens");
        let webview = shell.get_webview_window("main").expect("the window is there");
        Self { data, _shell: shell, webview, messages: Mutex::new(messages) }
    }

    /// Invokes a command as the page does.
    fn invoke(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        self.invoke_from("tauri://localhost", command, arguments)
    }

    fn invoke_from(&self, url: &str, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: url.parse().expect("a URL"),
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.webview, request).map(|body| body.deserialize().expect("answers are JSON"))
    }

    /// Calls a command of the list.
    fn call(&self, name: &str, request: &Value) -> Result<Value, Value> {
        self.invoke("call", json!({ "name": name, "request": request }))
    }

    /// The next message that comes through a channel.
    fn next(&self) -> (u32, Value) {
        let messages = self.messages.lock().expect("one at a time");
        messages.recv_timeout(PATIENCE).expect("a message comes through a channel")
    }
}

/// How the application of a data folder is opened; helm is needed by runs only, and none is started here.
fn options(data: &Path) -> Options {
    let helm = Some(std::env::current_exe().expect("this test is a program"));
    Options { data: data.to_owned(), key: KeySource::File, helm }
}

/// The same data as another process sees it, without a shell in between.
fn bare(data: &Path) -> (Arc<App>, Caller) {
    let app = App::open(&options(data)).expect("the application opens");
    (app, Caller { who: "test@here".to_owned(), door: Door::Desktop })
}
