//! Hosts for real: a systemd of its own over a layer on this machine's file system, reached by ssh.
//!
//! Wants root. Everything is in namespaces that end with the handle; nothing of this machine is changed.

mod hosts;
mod jobs;
mod k0s;
mod locks;
mod machine;
