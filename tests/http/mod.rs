//! The HTTPS server, by a real client over a real socket. But for the journey nothing here needs a cluster:
//! runs are written into the journal as another process would have written them.

mod client;
mod imports;
mod journey;
mod routes;
mod serving;
mod sessions;
mod streams;
mod support;
mod upload;
mod world;
