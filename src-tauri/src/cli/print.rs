//! Printing: answers as text, refusals, bars.

use std::io::Write;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use longshore_contract::{Timestamp, WireError};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use super::args::Output;

/// Prints a line; a reader that went away is no error of ours.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a part of something longer, as it is.
pub(super) fn part(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}

/// Prints a line beside the answer.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Our own log goes to standard error as JSON lines, warnings and worse unless more is asked for. It is written
/// beside the work: a reader that stops reading, such as a halted terminal, loses lines and halts nothing. What is
/// still to be written is written when the guard goes.
pub(super) fn logging(verbose: u8) -> WorkerGuard {
    let level = ["warn", "info", "debug"][usize::from(verbose.min(2))];
    let filter = EnvFilter::try_from_env("LONGSHORE_LOG")
        .unwrap_or_else(|_| EnvFilter::new(format!("longshore={level}")));
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    // A second subscriber in one process is refused, which only a test can bring about.
    let _ = tracing_subscriber::fmt().json().with_writer(writer).with_env_filter(filter).try_init();
    guard
}

/// Prints a refusal and gives its exit code.
pub(super) fn refusal(output: Output, error: &WireError) -> ExitCode {
    match output {
        Output::Json => {
            line(&serde_json::to_string(&serde_json::json!({ "error": error })).unwrap_or_default());
        }
        Output::Text => {
            note(&format!("{}.", error.message.trim_end_matches('.')));
            for field in &error.fields {
                note(&format!("  {}: {}", field.field, field.message));
            }
            if !error.hint.is_empty() {
                note(&error.hint);
            }
        }
    }
    ExitCode::from(error.code.exit_code())
}

/// `14:03:22`, local time.
pub(super) fn clock(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::system();
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(zone);
    at.strftime("%H:%M:%S").to_string()
}

pub(super) fn bytes_style() -> ProgressStyle {
    let template = "{msg:40!} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

pub(super) fn count_style() -> ProgressStyle {
    ProgressStyle::with_template("{pos}/{len} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A bar that counts; hidden where nobody looks.
pub(super) fn count_bar(output: Output, total: u64) -> ProgressBar {
    ProgressBar::with_draw_target(Some(total), target(output)).with_style(count_style())
}

fn target(output: Output) -> ProgressDrawTarget {
    if output == Output::Text { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// A bar in bytes; hidden where nobody looks.
pub(super) fn bytes_bar(output: Output, total: u64, message: &str) -> ProgressBar {
    ProgressBar::with_draw_target(Some(total), target(output))
        .with_style(bytes_style())
        .with_message(message.to_owned())
}
