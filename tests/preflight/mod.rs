//! Collectors of clusters, on the lab's own: vendors' specs as they are, from the command line to the verdict.

mod busy;
mod hard;
mod kinds;
mod poor;
mod tools;
mod traces;
