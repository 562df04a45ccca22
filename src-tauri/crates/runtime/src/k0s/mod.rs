//! k0s, driven as its own documentation says.

/// The runtime.
#[derive(Debug, Clone, Copy)]
pub struct K0s;
