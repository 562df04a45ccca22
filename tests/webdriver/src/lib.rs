//! The packaged window as an operator has it: a real one, on a display without a screen.
//!
//! A [`Window`] starts an X server, a session bus, the driver and the application, each by itself and in a folder of
//! its own, and ends them all, by id, when it goes. [`sample`] measures a start of any such program from outside.

mod display;
mod measure;
pub mod operator;
mod part;
mod session;
mod tools;
mod window;

pub use display::{Display, Shown};
pub use measure::{Sample, sample};
pub use part::until;
pub use session::Session;
pub use tools::{application, driver};
pub use window::{Program, Window};
