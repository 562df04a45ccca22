//! What a build needs and a fresh clone lacks: a folder for the user interface, and what the window is made of.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Built into the window and the server alike; a server built without one says how to get it.
    std::fs::create_dir_all("ui/dist")?;
    println!("cargo::rerun-if-changed=ui/dist");
    println!("cargo::rerun-if-changed=src-tauri/build.rs");
    #[cfg(feature = "desktop")]
    window()?;
    Ok(())
}

#[cfg(feature = "desktop")]
fn window() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=src-tauri/permissions");
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern("src-tauri/permissions/*.toml");
    Ok(tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?)
}
