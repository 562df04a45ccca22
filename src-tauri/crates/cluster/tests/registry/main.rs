//! Push to and pull from a real registry, over links that break; and against a scripted one for what the real one
//! never does.
//!
//! Wants `docker-registry` (Debian's package of that name) on the PATH.

mod ask;
mod auth;
mod cuts;
mod docker;
mod doomed;
mod images;
mod link;
mod order;
mod pull;
mod refusals;
mod resume;
mod scripted;
mod tls;
