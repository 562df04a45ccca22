//! This machine as preflights see it: what is asked from here and not from within a cluster.

use async_trait::async_trait;
use longshore_cluster::outside::{Outgoing, send};
use longshore_cluster::registry::Registry;
use longshore_contract::{RegistrySettings, chain};
use longshore_database::{Answer, Asked, Bucket, Kind, Tls, ask, refusal, signed};
use longshore_preflight::{
    BucketRequest, Database, DatabaseAnswer, DatabaseRequest, ImageRequest, Machine, Request, Response,
};

use crate::reading::text;

/// This machine.
pub struct Here;

#[async_trait]
impl Machine for Here {
    async fn request(&self, request: &Request) -> Result<Response, String> {
        let outgoing = Outgoing {
            method: request.method,
            url: &request.url,
            headers: &request.headers,
            body: &request.body,
            timeout: request.timeout,
            insecure: request.insecure,
            authority: &request.authority,
            proxy: &request.proxy,
            limit: request.limit,
        };
        let incoming = send(&outgoing).await.map_err(|error| chain(&error))?;
        Ok(Response { status: incoming.status, headers: incoming.headers, body: text(incoming.body) })
    }

    async fn image(&self, image: &ImageRequest) -> Result<bool, String> {
        let settings = RegistrySettings {
            address: image.registry.clone(),
            username: image.username.clone(),
            password: Some(image.password.clone()),
            insecure: image.insecure,
            ..RegistrySettings::default()
        };
        let asked = async {
            let registry = Registry::open(&settings).await?;
            registry.has_manifest(&image.repository, &image.name, image.timeout).await
        };
        match tokio::time::timeout(image.timeout, asked).await {
            Ok(answer) => answer.map_err(|error| chain(&error)),
            Err(_) => Err(format!(
                "registry {} did not answer within {} s",
                image.registry,
                image.timeout.as_secs()
            )),
        }
    }

    async fn database(&self, request: &DatabaseRequest) -> DatabaseAnswer {
        let tls = request.tls.as_ref().map(|tls| Tls {
            skip_verify: tls.skip_verify,
            authority: tls.authority.clone(),
            certificate: tls.certificate.clone(),
            key: tls.key.clone(),
        });
        let kind = match request.kind {
            Database::Postgres => Kind::Postgres,
            Database::Mysql => Kind::Mysql,
            Database::Redis => Kind::Redis,
            Database::Clickhouse => Kind::Clickhouse,
            Database::Mssql => Kind::Mssql,
        };
        let asked = Asked { kind, uri: &request.uri, parameters: &request.parameters, tls: tls.as_ref() };
        let Answer { is_connected, error, version, variables } = ask(&asked).await;
        DatabaseAnswer { is_connected, error, version, variables }
    }

    async fn bucket(&self, request: &BucketRequest) -> Result<(), String> {
        let bucket = Bucket {
            name: &request.name,
            region: &request.region,
            endpoint: &request.endpoint,
            key: &request.key,
            secret: &request.secret,
            in_path: request.in_path,
        };
        let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let signed = signed(&bucket, &time)?;
        let outgoing = Outgoing {
            method: "HEAD",
            url: &signed.url,
            headers: &signed.headers,
            body: "",
            timeout: request.timeout,
            insecure: request.insecure,
            authority: "",
            proxy: "",
            limit: 0,
        };
        let failed = |why: String| {
            format!(
                "operation error S3: HeadBucket, https response error StatusCode: 0, RequestID: , HostID: , request send failed, {why}"
            )
        };
        let incoming = send(&outgoing).await.map_err(|error| failed(chain(&error)))?;
        let header = |name: &str| incoming.headers.get(name).map(String::as_str).unwrap_or_default();
        refusal(incoming.status, header("X-Amz-Request-Id"), header("X-Amz-Id-2")).map_or(Ok(()), Err)
    }
}
