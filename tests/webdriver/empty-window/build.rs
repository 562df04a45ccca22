//! Prepares the window.

fn main() {
    tauri_build::build();
}
