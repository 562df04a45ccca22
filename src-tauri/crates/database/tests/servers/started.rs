//! Servers with a folder and ports of their own; gone with their handles.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use longshore_lab::install;
use tempfile::TempDir;

/// Everybody's. It has never opened anything else.
pub const PASSWORD: &str = "hunter2";

/// A server.
pub struct Server {
    child: Child,
    _folder: TempDir,
    port: u16,
    encrypted: u16,
    /// Where it speaks HTTP, if it does.
    http: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // PostgreSQL's are several, which go when the first is told to.
        let id = self.child.id().to_string();
        drop(Command::new("kill").args(["-QUIT", &id]).status());
        let started = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if started.elapsed() > Duration::from_secs(5) {
                drop(self.child.kill());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The certificate of all servers, which is its own authority, and its key.
pub fn certificate() -> (String, String) {
    static MADE: OnceLock<(String, String)> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        (made.cert.pem(), made.signing_key.serialize_pem())
    });
    made.clone()
}

fn port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn done(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A folder with the certificate, which a server's own user may enter.
fn folder() -> TempDir {
    install::ensure(&[&install::DATABASES]).expect("the servers are there");
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it may be entered");
    let (certificate, key) = certificate();
    fs::write(folder.path().join("cert.pem"), certificate).expect("writes");
    fs::write(folder.path().join("key.pem"), key).expect("writes");
    folder
}

impl Server {
    fn begun(mut command: Command, folder: TempDir, port: u16, encrypted: u16) -> Self {
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        let child = command.spawn().expect("the server starts");
        let started = Instant::now();
        let log = folder.path().join("log");
        let server = Self { child, _folder: folder, port, encrypted, http: 0 };
        loop {
            // They take connections before they can say more than that they are not ready.
            let said = fs::read_to_string(&log).unwrap_or_default();
            let ready = ["eady to accept connections", "eady for connections"]
                .iter()
                .any(|words| said.contains(words));
            if ready && TcpStream::connect(server.address()).is_ok() {
                return server;
            }
            assert!(started.elapsed() < Duration::from_mins(1), "the server does not come up: {said}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where it speaks TLS alone.
    pub fn encrypted(&self) -> String {
        format!("127.0.0.1:{}", self.encrypted)
    }

    /// Where it speaks HTTP.
    pub fn http(&self) -> String {
        format!("127.0.0.1:{}", self.http)
    }

    pub fn clickhouse() -> Self {
        let (folder, plain, encrypted, http) = (folder(), port(), port(), port());
        let at = |name: &str| folder.path().join(name).display().to_string();
        let config = format!(
            "<yandex><logger><level>information</level><console>1</console></logger>
            <listen_host>127.0.0.1</listen_host>
            <tcp_port>{plain}</tcp_port><tcp_port_secure>{encrypted}</tcp_port_secure><http_port>{http}</http_port>
            <openSSL><server><certificateFile>{}</certificateFile><privateKeyFile>{}</privateKeyFile>
            <verificationMode>none</verificationMode></server></openSSL>
            <path>{}/</path><tmp_path>{}/</tmp_path><mark_cache_size>1000000</mark_cache_size>
            <users_config>{}</users_config>
            <default_profile>default</default_profile><default_database>default</default_database></yandex>",
            at("cert.pem"),
            at("key.pem"),
            at("data"),
            at("tmp"),
            at("users.xml"),
        );
        let users = format!(
            "<yandex><profiles><default/></profiles><quotas><default/></quotas><users><ada>
            <password>{PASSWORD}</password><networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile><quota>default</quota></ada></users></yandex>"
        );
        fs::create_dir(at("data")).expect("a folder");
        fs::write(at("config.xml"), config).expect("writes");
        fs::write(at("users.xml"), users).expect("writes");
        let mut command = Command::new("clickhouse-server");
        command.arg(format!("--config-file={}", at("config.xml"))).current_dir(folder.path());
        let mut server = Self::begun(command, folder, plain, encrypted);
        server.http = http;
        server
    }

    pub fn redis() -> Self {
        let (folder, plain, encrypted) = (folder(), port(), port());
        let at = |name: &str| folder.path().join(name);
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &plain.to_string(), "--save", ""]);
        command.args([
            "--requirepass",
            PASSWORD,
            "--tls-port",
            &encrypted.to_string(),
            "--tls-auth-clients",
            "no",
        ]);
        command.arg("--tls-cert-file").arg(at("cert.pem")).arg("--tls-key-file").arg(at("key.pem"));
        command.arg("--tls-ca-cert-file").arg(at("cert.pem")).arg("--dir").arg(folder.path());
        Self::begun(command, folder, plain, encrypted)
    }

    /// PostgreSQL refuses to run as root.
    pub fn postgres() -> Self {
        let (folder, plain) = (folder(), port());
        let data = folder.path().join("data");
        let word = folder.path().join("word");
        fs::write(&word, PASSWORD).expect("writes");
        done(Command::new("chown").args(["-R", "postgres"]).arg(folder.path()));
        let programs = newest(Path::new("/usr/lib/postgresql")).join("bin");
        let begin = |program: &str| {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
            command.arg(programs.join(program)).current_dir(folder.path());
            command
        };
        let as_postgres = |program: &str| {
            let mut command = begin(program);
            command.arg("-D").arg(&data);
            command
        };
        let mut made = as_postgres("initdb");
        made.args(["-U", "ada", "-A", "scram-sha-256", "--no-sync", "--pwfile"]).arg(&word);
        done(&mut made);
        let rules = "hostssl all old all md5\nhost all all all scram-sha-256\n";
        fs::write(data.join("pg_hba.conf"), rules).expect("writes");
        fs::set_permissions(folder.path().join("key.pem"), fs::Permissions::from_mode(0o600))
            .expect("for its owner");
        // It looks for this word in the first place alone.
        let mut single = begin("postgres");
        single.args(["--single", "-c", "password_encryption=md5", "-D"]).arg(&data).arg("postgres");
        single.stdin(Stdio::piped());
        let mut child = single.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let line = format!("CREATE ROLE old LOGIN PASSWORD '{PASSWORD}'\n");
        std::io::Write::write_all(&mut child.stdin.take().expect("its input"), line.as_bytes())
            .expect("it reads");
        assert!(child.wait().expect("it ends").success(), "the role is made");
        let mut command = as_postgres("postgres");
        command.args(["-F", "-p", &plain.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "ssl=on"]);
        for (name, file) in [("ssl_cert_file", "cert.pem"), ("ssl_key_file", "key.pem")] {
            command.args(["-c", &format!("{name}={}", folder.path().join(file).display())]);
        }
        command.args(["-c", &format!("unix_socket_directories={}", folder.path().display())]);
        Self::begun(command, folder, plain, plain)
    }

    pub fn mariadb() -> Self {
        let (folder, plain) = (folder(), port());
        let at = |name: &str| folder.path().join(name).display().to_string();
        let mut made = Command::new("mariadb-install-db");
        made.args([
            "--no-defaults",
            "--user=root",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
        ]);
        done(made.arg(format!("--datadir={}", at("data"))));
        let users = format!(
            "CREATE USER 'ada'@'%' IDENTIFIED BY '{PASSWORD}';\nCREATE DATABASE tides;\nGRANT SELECT ON tides.* TO 'ada'@'%';\n"
        );
        fs::write(at("users.sql"), users).expect("writes");
        let mut command = Command::new("mariadbd");
        command.args([
            "--no-defaults",
            "--user=root",
            "--bind-address=127.0.0.1",
            &format!("--port={plain}"),
        ]);
        for (name, file) in [
            ("datadir", "data"),
            ("socket", "socket"),
            ("pid-file", "pid"),
            ("init-file", "users.sql"),
            ("ssl-cert", "cert.pem"),
            ("ssl-key", "key.pem"),
        ] {
            command.arg(format!("--{name}={}", at(file)));
        }
        Self::begun(command, folder, plain, plain)
    }
}

/// The last of the folders in one, which are named by versions.
fn newest(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).expect("PostgreSQL is installed").flatten().map(|entry| entry.path());
    entries.max().expect("a version of it")
}
