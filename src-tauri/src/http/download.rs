//! Download of support bundles: the file as it lies, piece by piece.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use longshore_contract::{SupportId, WireError};
use serde_json::Value;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::Shell;
use super::answer::Refusal;
use super::request::Incoming;

/// Bytes read at a time.
const PIECE: usize = 64 << 10;

/// `GET /api/support/{support}/download`
pub(super) async fn send(State(shell): State<Arc<Shell>>, request: Request) -> Result<Response, Refusal> {
    let incoming = Incoming::new(request).await;
    shell.known(&incoming.parts)?;
    let id = incoming.path.get("support").and_then(Value::as_str).unwrap_or_default();
    let path = shell.app.support().file(&SupportId::from(id))?;
    let failed = |error: std::io::Error| Refusal::from(WireError::internal(&error));
    let file = File::open(&path).await.map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    let headers = [
        (header::CONTENT_TYPE, "application/gzip".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"support-bundle-{id}.tar.gz\"")),
    ];
    // A removed bundle is sent to its end all the same: the file is open.
    let pieces = futures::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}
