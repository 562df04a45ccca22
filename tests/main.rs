//! The same journeys through each shell, on the real parts.
