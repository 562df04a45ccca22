//! Holds a pod's namespaces open.

fn main() {
    loop {
        std::thread::park();
    }
}
