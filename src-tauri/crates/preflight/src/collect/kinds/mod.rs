//! Kinds of collectors: files, rights, time and function of each.

mod archive;
mod bucket;
mod ceph;
mod certificates;
mod copy;
mod daemon;
mod databases;
mod dns;
mod etcd;
mod exec;
mod goldpinger;
mod helm;
mod host_files;
mod http;
mod images;
mod keyed;
mod launch;
mod logs;
mod longhorn;
mod metadata;
mod metrics;
mod plain;
mod pods;
mod pull;
mod resources;
mod sonobuoy;
mod sysctl;

use std::future::ready;

use super::asked::{Asked, Needs};
use super::job::{Done, Job, Kind};
use super::world::Database;

const fn kind(
    name: &'static str,
    files: fn(&Asked<'_>) -> Vec<String>,
    needs: fn(&Asked<'_>) -> Needs,
    seconds: u64,
    run: for<'a> fn(&'a Job<'a>) -> Done<'a>,
) -> Kind {
    Kind { name, files, needs, seconds, run }
}

fn no_needs(_: &Asked<'_>) -> Needs {
    Needs::default()
}

/// Every kind in the order in which upstream looks for one in an item.
pub(super) static KINDS: &[Kind] = &[
    kind("clusterInfo", plain::info_files, no_needs, 30, |job| Box::pin(plain::info(job))),
    kind("clusterResources", resources::files, resources::needs, 300, |job| {
        Box::pin(resources::collect(job))
    }),
    kind("secret", keyed::secret_files, keyed::secret_needs, 30, |job| Box::pin(keyed::secret(job))),
    kind("customMetrics", metrics::custom_files, metrics::custom_needs, 60, |job| {
        Box::pin(metrics::custom(job))
    }),
    kind("configMap", keyed::map_files, keyed::map_needs, 30, |job| Box::pin(keyed::map(job))),
    kind("logs", logs::files, logs::needs, 60, |job| Box::pin(logs::collect(job))),
    kind("run", pods::files, pods::needs, 300, |job| Box::pin(pods::run(job))),
    kind("runPod", pods::files, pods::needs, 300, |job| Box::pin(pods::run_pod(job))),
    kind("runDaemonSet", daemon::files, daemon::needs, 60, |job| Box::pin(daemon::collect(job))),
    kind("exec", exec::files, exec::needs, 60, |job| Box::pin(exec::collect(job))),
    kind("data", plain::data_files, no_needs, 10, |job| Box::pin(ready(plain::data(job)))),
    kind("copy", copy::files, copy::needs, 120, |job| Box::pin(copy::collect(job))),
    kind("copyFromHost", host_files::files, host_files::needs, 180, |job| Box::pin(host_files::copy(job))),
    kind("http", http::files, no_needs, 60, |job| Box::pin(http::collect(job))),
    kind("postgres", databases::postgres, databases::needs, 30, |job| {
        Box::pin(databases::collect(job, Database::Postgres))
    }),
    kind("mssql", databases::mssql, databases::needs, 30, |job| {
        Box::pin(databases::collect(job, Database::Mssql))
    }),
    kind("mysql", databases::mysql, databases::needs, 30, |job| {
        Box::pin(databases::collect(job, Database::Mysql))
    }),
    kind("redis", databases::redis, databases::needs, 30, |job| {
        Box::pin(databases::collect(job, Database::Redis))
    }),
    kind("clickhouse", databases::clickhouse, databases::needs, 30, |job| {
        Box::pin(databases::collect(job, Database::Clickhouse))
    }),
    kind("collectd", host_files::collectd_files, host_files::needs, 180, |job| {
        Box::pin(host_files::collectd(job))
    }),
    kind("ceph", ceph::files, ceph::needs, 600, |job| Box::pin(ceph::collect(job))),
    kind("longhorn", longhorn::files, longhorn::needs, 300, |job| Box::pin(longhorn::collect(job))),
    kind("registryImages", images::files, images::needs, 300, |job| Box::pin(images::collect(job))),
    kind("sysctl", sysctl::files, sysctl::needs, 120, |job| Box::pin(sysctl::collect(job))),
    kind("certificates", certificates::files, certificates::needs, 60, |job| {
        Box::pin(certificates::collect(job))
    }),
    kind("helm", helm::files, helm::needs, 60, |job| Box::pin(helm::collect(job))),
    kind("goldpinger", goldpinger::files, goldpinger::needs, 240, |job| Box::pin(goldpinger::collect(job))),
    kind("sonobuoy", sonobuoy::files, sonobuoy::needs, 120, |job| Box::pin(sonobuoy::collect(job))),
    kind("nodeMetrics", metrics::node_files, metrics::node_needs, 60, |job| Box::pin(metrics::nodes(job))),
    kind("dns", dns::files, dns::needs, 60, |job| Box::pin(dns::collect(job))),
    kind("etcd", etcd::files, etcd::needs, 180, |job| Box::pin(etcd::collect(job))),
    kind("supportBundleMetadata", metadata::files, metadata::needs, 30, |job| {
        Box::pin(metadata::collect(job))
    }),
    kind("s3Status", bucket::files, no_needs, 40, |job| Box::pin(bucket::collect(job))),
];
