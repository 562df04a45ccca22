//! Commands in containers.
//!
//! Through a client of their own: the usual one gives up on a connection that says nothing for half a minute, which
//! many a command does.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::Api;
use kube::api::AttachParams;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::api::{ApiError, ApiFault, Cluster};
use crate::bounded::Bounded;
use crate::connect;

/// Bytes that are under way between the connection and us.
const BUFFER: usize = 64 << 10;

/// What a command said, and how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ran {
    /// Its standard output.
    pub out: Bounded,
    /// Its standard error.
    pub err: Bounded,
    /// How it failed, if it did, with the exit code.
    pub failed: Option<String>,
}

impl Cluster {
    /// Runs a command in a container and takes at most `limit` bytes of each of its streams; with more, it is left
    /// alone. It has no standard input. An empty name means the pod's first container.
    ///
    /// # Errors
    /// When the API server does not answer, or refuses. That the command itself fails is no error.
    pub async fn exec(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        command: &[String],
        limit: usize,
    ) -> Result<Ran, ApiError> {
        let program = command.first().map(String::as_str).unwrap_or_default();
        let what = format!("{program} in pod {namespace}/{pod}");
        let failed = |fault, said: String| ApiError { what: what.clone(), fault, said };
        let client = self.patient.get_or_try_init(|| connect::patient(&self.kubeconfig)).await;
        let client = client.map_err(|error| failed(ApiFault::Other, longshore_contract::chain(&error)))?;
        let mut parameters = AttachParams::default().stdin(false).stdout(true).stderr(true);
        parameters = parameters.max_stdout_buf_size(BUFFER).max_stderr_buf_size(BUFFER);
        if !container.is_empty() {
            parameters = parameters.container(container);
        }
        let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
        let mut process =
            pods.exec(pod, command, &parameters).await.map_err(|error| ApiError::new(&what, &error))?;
        let (out, err, status) = (process.stdout(), process.stderr(), process.take_status());
        let mut ran = Ran::default();
        both(out, &mut ran.out, err, &mut ran.err, limit)
            .await
            .map_err(|error| failed(ApiFault::Offline, error.to_string()))?;
        if ran.out.cut || ran.err.cut {
            return Ok(ran);
        }
        let status = match status {
            Some(status) => status.await,
            None => None,
        };
        ran.failed = match status {
            Some(status) if status.status.as_deref() == Some("Success") => None,
            Some(status) => Some(told(status)),
            None => return Err(failed(ApiFault::Offline, "the connection ended before it did".to_owned())),
        };
        Ok(ran)
    }
}

/// How a command failed. The API server's own message repeats the command, in which there may be a password.
fn told(status: Status) -> String {
    let causes = status.details.and_then(|details| details.causes).unwrap_or_default();
    let code = causes.into_iter().find(|cause| cause.reason.as_deref() == Some("ExitCode"));
    match code.and_then(|cause| cause.message) {
        Some(code) => format!("command terminated with exit code {code}"),
        None => status.message.unwrap_or_else(|| "it failed".to_owned()),
    }
}

/// Reads two streams side by side until both end, or one has said too much.
async fn both(
    out: Option<impl AsyncRead + Unpin>,
    said: &mut Bounded,
    err: Option<impl AsyncRead + Unpin>,
    complained: &mut Bounded,
    limit: usize,
) -> std::io::Result<()> {
    let (Some(mut out), Some(mut err)) = (out, err) else { return Ok(()) };
    let (mut first, mut second) = (vec![0; BUFFER], vec![0; BUFFER]);
    let (mut out_open, mut err_open) = (true, true);
    while out_open || err_open {
        tokio::select! {
            read = out.read(&mut first), if out_open => out_open = said.take(&first[..read?], limit),
            read = err.read(&mut second), if err_open => err_open = complained.take(&second[..read?], limit),
        }
        if said.cut || complained.cut {
            return Ok(());
        }
    }
    Ok(())
}

impl Bounded {
    /// Takes what was read, as far as there is room; whether more may come.
    fn take(&mut self, bytes: &[u8], limit: usize) -> bool {
        let room = limit - self.bytes.len();
        self.cut |= bytes.len() > room;
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        !bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_streams_are_read_until_one_floods() {
        for (out, err, limit, cut) in [(10, 10, 10, false), (11, 10, 10, true), (0, 200_000, 150_000, true)] {
            let (mut said, mut complained) = (Bounded::default(), Bounded::default());
            let (a, b) = (vec![b'a'; out], vec![b'b'; err]);
            both(Some(a.as_slice()), &mut said, Some(b.as_slice()), &mut complained, limit)
                .await
                .expect("slices can be read");
            assert_eq!(said.cut || complained.cut, cut, "{out} {err} {limit}");
            assert!(
                said.bytes.len() <= limit && complained.bytes.len() <= limit,
                "never more than the limit"
            );
            if !cut {
                assert_eq!((said.bytes.len(), complained.bytes.len()), (out, err), "all of both");
            }
        }
    }
}
