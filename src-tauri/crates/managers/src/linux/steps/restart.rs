//! A host that restarts in the middle of a run is waited for: it takes minutes, longer than a step is tried again.

use std::time::Duration;

use longshore_contract::{Failure, FailureClass, LogLevel, Unit};
use longshore_engine::step::StepContext;
use longshore_runtime::{Member, Standing};

use super::Ground;

/// How long a host may be away.
const PATIENCE: Duration = Duration::from_mins(10);
/// Time between two tries to reach it.
const PACE: Duration = Duration::from_secs(3);

impl Ground {
    /// A host and how it stands. One that does not answer is waited for, which is told.
    pub(super) async fn found(
        &self,
        cx: &StepContext<'_>,
        host: &str,
        doing: &str,
    ) -> Result<(Member, Standing), Failure> {
        let begun = tokio::time::Instant::now();
        let mut told = String::new();
        loop {
            let away = match self.standing(host, doing).await {
                Err(away) if away.class == FailureClass::Transient && !cx.cancelled() => away,
                other => return other,
            };
            if begun.elapsed() + PACE > PATIENCE {
                // It was waited for long enough: to begin anew is a person's decision.
                let hint = "See why the host does not come back, then retry.".to_owned();
                return Err(Failure { class: FailureClass::BrokenTarget, hint, ..away });
            }
            let said = format!("{host} does not answer and is waited for: {}", away.causes.join(": "));
            cx.progress("host", 0, Some(1), Unit::Items, &said);
            if said != told {
                cx.log(LogLevel::Warn, &said);
                told = said;
            }
            tokio::select! {
                () = tokio::time::sleep(PACE) => {}
                () = cx.until_cancelled() => {}
            }
        }
    }

    async fn standing(&self, host: &str, doing: &str) -> Result<(Member, Standing), Failure> {
        let member = self.member(host, doing).await?;
        let standing = self.look(&member, doing).await?;
        Ok((member, standing))
    }
}
