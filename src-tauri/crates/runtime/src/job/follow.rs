//! Starting a job and following it to its end, over as many links as it takes.

use std::time::Duration;

use longshore_remote::{Captured, Command, Event, Host, RemoteError, Sink as _, Stream};

use super::lines::Lines;
use super::patience::Patience;
use super::{GRACE, Job, SAID, SHORT, hint, refused, script};
use crate::{RuntimeError, Watch, leaving};

/// A look that says nothing for so long is dead: it ends by itself before.
const STALL: Duration = Duration::from_secs(script::WINDOW + 30);
/// How often a job that a reboot cut off is started again by the same call.
const REBOOTS: u32 = 5;
/// Answers in a row that nobody understands before we give up.
const UNCLEAR: u32 = 3;

/// How a job stands when a look at it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stand {
    Runs,
    /// The script ended with this status; kilobytes free beside its log.
    Ended {
        status: String,
        free: Option<u64>,
    },
    /// The unit is gone, and nothing says how it ended.
    Lost {
        reason: String,
    },
    /// There is another log than the one that was read.
    Anew,
    Unknown,
    /// The host's command ended without an answer, saying this.
    Unclear {
        said: String,
    },
}

/// Refuses ids that could not name a unit and a folder.
pub(super) fn check(host: &dyn Host, id: &str) -> Result<(), RuntimeError> {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let good = (1..=120).contains(&id.len()) && id.bytes().all(named) && !id.starts_with(['.', '-']);
    if good {
        return Ok(());
    }
    Err(RuntimeError::Failed {
        host: host.name().to_owned(),
        what: format!("Naming the job {id:?}"),
        why: "a job's id has 1 to 120 letters, digits, '.', '-' and '_', and begins with none but the first two".to_owned(),
        hint: "Give the job another id.".to_owned(),
    })
}

pub(super) async fn run(host: &dyn Host, job: &Job, watch: &dyn Watch) -> Result<(), RuntimeError> {
    let mut following = Following::new(host, &job.id, &job.title, watch, job.limit + GRACE);
    let mut reboots = 0;
    loop {
        begin(host, job, &mut following.patience).await?;
        match following.until_it_ends().await? {
            Stand::Ended { status, .. } if status == "0" => return Ok(()),
            Stand::Lost { reason } if reason == "rebooted" && reboots < REBOOTS => {
                reboots += 1;
                watch.line(&format!("{} was cut off by a reboot and is started again.", job.title));
            }
            // Somebody forgot it between the two commands.
            Stand::Unknown if reboots < REBOOTS => reboots += 1,
            stand => return Err(following.told(stand).await),
        }
    }
}

/// Watches to the end what somebody else has started.
pub(super) async fn only(host: &dyn Host, id: &str, watch: &dyn Watch) -> Result<(), RuntimeError> {
    let title = format!("The job {id}");
    let mut following = Following::new(host, id, &title, watch, GRACE * 2);
    match following.until_it_ends().await? {
        Stand::Ended { status, .. } if status == "0" => Ok(()),
        stand => Err(following.failed(&stand)),
    }
}

/// Has the job started, by us or before.
async fn begin(host: &dyn Host, job: &Job, patience: &mut Patience<'_>) -> Result<(), RuntimeError> {
    let command = Command::script(script::begin(job)).stdin(job.input.clone()).as_root().within(SHORT);
    loop {
        match host.run(&command, SAID).await {
            Ok(finished) if finished.exit.is_success() && script::is_leaving(&finished.stdout()) => {
                patience.bear(leaving::lost(host, &job.title)).await?;
            }
            Ok(finished) if finished.exit.is_success() => {
                patience.met();
                return Ok(());
            }
            Ok(finished) => return Err(refused(host, &job.title, &finished)),
            // Whether it has begun is not known; to ask again is safe.
            Err(error) => patience.bear(error).await?,
        }
    }
}

struct Following<'a> {
    host: &'a dyn Host,
    id: &'a str,
    title: &'a str,
    watch: &'a dyn Watch,
    lines: Lines,
    patience: Patience<'a>,
}

impl<'a> Following<'a> {
    fn new(host: &'a dyn Host, id: &'a str, title: &'a str, watch: &'a dyn Watch, allowed: Duration) -> Self {
        Self { host, id, title, watch, lines: Lines::default(), patience: Patience::new(watch, allowed) }
    }

    /// Passes lines on until the job does not run any more.
    async fn until_it_ends(&mut self) -> Result<Stand, RuntimeError> {
        let mut unclear = 0;
        loop {
            match self.look().await {
                Ok(Stand::Runs) => unclear = 0,
                Ok(Stand::Anew) => self.lines = Lines::default(),
                // Its command was ended from outside, as a host that shuts down does.
                Ok(Stand::Unclear { .. }) if unclear < UNCLEAR => unclear += 1,
                Ok(stand) => {
                    let (host, watch) = (self.host, self.watch);
                    self.lines.end(&mut |line| watch.line(&host.redactor().scrub(line)));
                    return Ok(stand);
                }
                Err(error) => self.patience.bear(error).await?,
            }
        }
    }

    /// One look: it lasts as long as the host lets it.
    async fn look(&mut self) -> Result<Stand, RemoteError> {
        let command = Command::script(script::follow(self.id, self.lines.cursor)).as_root();
        let mut process = self.host.start(&command).await?;
        let mut answer = Captured::new(SAID, self.host.redactor());
        loop {
            match tokio::time::timeout(STALL, process.next()).await {
                Ok(Ok(Event::Stdout(piece))) => self.pass(&piece),
                Ok(Ok(Event::Stderr(piece))) => answer.piece(Stream::Stderr, &piece),
                Ok(Ok(Event::Ended(_))) => {
                    self.patience.met();
                    return Ok(stand(&answer.text(Stream::Stderr)));
                }
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    let host = self.host.name().to_owned();
                    return Err(RemoteError::CommandTimeout { host, limit: STALL });
                }
            }
        }
    }

    fn pass(&mut self, piece: &[u8]) {
        let (host, watch) = (self.host, self.watch);
        self.patience.met();
        self.lines.take(piece, &mut |line| watch.line(&host.redactor().scrub(line)));
    }

    /// The error, after the host was told that it is known: the next run is a retry.
    async fn told(&self, stand: Stand) -> RuntimeError {
        if matches!(stand, Stand::Ended { .. })
            && let Err(error) = super::short(self.host, script::told(self.id), self.title).await
        {
            tracing::warn!(host = self.host.name(), id = self.id, %error, "a failure stays to be told again");
        }
        self.failed(&stand)
    }

    fn failed(&self, stand: &Stand) -> RuntimeError {
        let said = self.host.redactor().scrub(&self.lines.said());
        let (why, free) = match stand {
            Stand::Ended { status, .. } if status == "stopped" => ("it was stopped".to_owned(), None),
            // 128 and the number of KILL.
            Stand::Ended { status, .. } if status == "137" => (lost("oom-kill", &said), None),
            Stand::Ended { free, .. } if !said.is_empty() => (said, *free),
            Stand::Ended { status, free } => {
                (format!("it ended with status {status} and said nothing"), *free)
            }
            Stand::Lost { reason } => (lost(reason, &said), None),
            Stand::Unclear { said } => (format!("the host says {said:?} of it"), None),
            Stand::Unknown | Stand::Runs | Stand::Anew => ("the host knows no such job".to_owned(), None),
        };
        let hint = hint::hint(&why, free, || self.advice(stand));
        RuntimeError::Failed { host: self.host.name().to_owned(), what: self.title.to_owned(), why, hint }
    }

    /// What to do when what it said tells nothing.
    fn advice(&self, stand: &Stand) -> String {
        match stand {
            Stand::Unknown => {
                "It may have ended and been forgotten; look at the site, then retry.".to_owned()
            }
            Stand::Lost { reason } if reason == "rebooted" => {
                "It is started again by a retry; find out first why the host restarts.".to_owned()
            }
            Stand::Ended { status, .. } if status == "stopped" => {
                "It is started again by a retry.".to_owned()
            }
            _ => format!(
                "The whole log is {}/{}/log on the host. Correct what it names, then retry.",
                script::JOBS,
                self.id
            ),
        }
    }
}

/// Why a unit is gone: a result of systemd's (systemd.exec(5), `$SERVICE_RESULT`), or one of ours.
fn lost(reason: &str, said: &str) -> String {
    let why = match reason {
        "rebooted" => "the host was restarted meanwhile".to_owned(),
        "overdue" | "timeout" => "it did not end in its time and was ended".to_owned(),
        "oom-kill" => "it was killed, as the kernel does when it is out of memory".to_owned(),
        "success" | "" => "it was ended from outside".to_owned(),
        other => format!("it was ended from outside ({other})"),
    };
    if said.is_empty() { why } else { format!("{why}; its last lines: {said}") }
}

/// What a look's last words mean.
fn stand(answer: &str) -> Stand {
    let line = answer.lines().rev().find_map(|line| line.strip_prefix(script::SIGN));
    let mut words = line.unwrap_or_default().split_whitespace();
    let kind = words.next();
    let word = words.next().unwrap_or_default().to_owned();
    match kind {
        Some("runs") => Stand::Runs,
        Some("ended") => Stand::Ended { status: word, free: words.next().and_then(|free| free.parse().ok()) },
        Some("lost") => Stand::Lost { reason: word },
        Some("anew") => Stand::Anew,
        Some("unknown") => Stand::Unknown,
        _ => Stand::Unclear { said: answer.trim().chars().take(400).collect() },
    }
}
