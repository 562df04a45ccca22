//! An X server without a screen and a session bus, as a desktop would bring them.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window as Id,
};
use x11rb::rust_connection::RustConnection;

use crate::part::Part;

/// A display and a bus; gone with the handle.
#[derive(Debug)]
pub struct Display {
    name: String,
    bus: String,
    _server: Part,
    _bus: Part,
}

/// A window as the display shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    id: Id,
    /// Its title.
    pub title: String,
    /// Whether it can be seen.
    pub visible: bool,
}

impl Display {
    /// Starts both.
    ///
    /// # Errors
    /// When either does not come up.
    pub fn start() -> Result<Self> {
        let mut server = Part::start(
            "Xvfb",
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1440x960x24", "-nolisten", "tcp", "-dpi", "96"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let name = format!(":{}", server.first_line()?);
        let mut bus = Part::start(
            "dbus-daemon",
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nosyslog", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let address = bus.first_line()?;
        Ok(Self { name, bus: address, _server: server, _bus: bus })
    }

    /// Lets a program find both.
    pub fn lend(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY");
    }

    /// The programs' windows that have a title.
    ///
    /// # Errors
    /// When the display does not answer.
    pub fn windows(&self) -> Result<Vec<Shown>> {
        let (connection, screen) = self.connect()?;
        let root = connection.setup().roots[screen].root;
        let mut found = Vec::new();
        for id in connection.query_tree(root)?.reply()?.children {
            // A window may be gone before it is asked.
            let Ok(title) = title(&connection, id) else { continue };
            let Ok(attributes) = connection.get_window_attributes(id)?.reply() else { continue };
            if !title.is_empty() && !attributes.override_redirect {
                found.push(Shown { id, title, visible: attributes.map_state == MapState::VIEWABLE });
            }
        }
        Ok(found)
    }

    /// Closes a window as its close button does.
    ///
    /// # Errors
    /// When the display does not answer.
    pub fn close(&self, window: &Shown) -> Result<()> {
        let (connection, _) = self.connect()?;
        let protocols = connection.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
        let delete = connection.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
        let event = ClientMessageEvent::new(32, window.id, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
        connection.send_event(false, window.id, EventMask::NO_EVENT, event)?.check()?;
        Ok(())
    }

    fn connect(&self) -> Result<(RustConnection, usize)> {
        x11rb::connect(Some(&self.name)).with_context(|| format!("display {} does not answer", self.name))
    }
}

fn title(connection: &RustConnection, id: Id) -> Result<String> {
    let reply = connection.get_property(false, id, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?.reply()?;
    Ok(String::from_utf8_lossy(&reply.value).into_owned())
}
