//! Sessions against a real sshd, with real users, sudo and doas, on this machine's loopback.
//!
//! Wants root: the daemon runs in namespaces of its own, where `/etc` is a layer over the machine's, so that
//! users and rules exist for it alone and everything is gone with its process.

mod errors;
mod exec;
mod hostile;
mod jumps;
mod lab;
mod local;
mod login;
mod matrix;
mod privilege;
mod relay;
mod transfer;
