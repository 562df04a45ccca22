//! This machine by the same trait.

use std::sync::Arc;
use std::time::Duration;

use longshore_remote::{Command, Exit, Host as _, LocalHost, NoSecrets, Privilege, RemoteError};

#[tokio::test(flavor = "multi_thread")]
async fn commands_on_this_machine() {
    let host = LocalHost::new(Arc::new(NoSecrets));
    let script = "cat; echo err >&2; exit 9";
    let finished = host.run(&Command::script(script).stdin("in"), 100).await.expect("it runs");
    assert_eq!(
        (finished.exit.clone(), finished.stdout(), finished.stderr()),
        (Exit::Status(9), "in".into(), "err\n".into()),
        "the parts of an answer"
    );
    let finished = host.run(&Command::script("kill -TERM $$"), 100).await.expect("it runs");
    assert_eq!(finished.exit, Exit::Signal("TERM".to_owned()), "a signal has SSH's name");
    assert_eq!(
        host.privilege().await.expect("it can be found out"),
        Privilege::Root,
        "these tests run as root"
    );

    let mark = format!("sleep 4{}", std::process::id());
    let command = Command::script(format!("{mark} & wait")).within(Duration::from_millis(300));
    let error = host.run(&command, 100).await.expect_err("it takes longer");
    assert!(matches!(error, RemoteError::CommandTimeout { .. }), "another error: {error}");
    let runs = || {
        let found = std::process::Command::new("pgrep").args(["-fx", &mark]).output();
        found.is_ok_and(|output| output.status.success())
    };
    let ended = async {
        while runs() {
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
    assert!(ended.is_ok(), "what the command had started still runs");
    let nul = host.run(&Command::script("echo \0"), 100).await.expect_err("a NUL cannot be sent");
    assert!(matches!(nul, RemoteError::Command { .. }), "another error: {nul}");
}
