//! Holds a pod's namespaces open. Asked for its version it ends: kubeadm starts it so to see whether jobs run.

fn main() {
    if std::env::args().any(|argument| argument == "-v") {
        println!("pause");
        return;
    }
    loop {
        std::thread::park();
    }
}
