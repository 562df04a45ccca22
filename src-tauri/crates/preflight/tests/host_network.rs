//! What is asked over the network, against small servers on the loopback interface.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use support::{Local, gather, json as file, setting, shells};

/// Requests by their first line and headers, and what is answered to a path.
type Seen = Arc<Mutex<Vec<String>>>;

fn serve(answers: &[(&'static str, &'static str)]) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("bound");
    let (answers, seen): (BTreeMap<_, _>, Seen) = (answers.iter().copied().collect(), Seen::default());
    let seen_there = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &answers, &seen_there);
        }
    });
    (at, seen)
}

fn answer(mut stream: TcpStream, answers: &BTreeMap<&str, &str>, seen: &Seen) -> std::io::Result<()> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer)?;
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return Ok(());
            }
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        if body.len() >= length || read == 0 {
            break;
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let line: Vec<&str> = text.split_whitespace().take(2).collect();
    let key = format!("{} {}", line[0], line[1]);
    let response = answers.get(key.as_str()).copied().unwrap_or("404 Not Found\r\n\r\nno");
    seen.lock().expect("no panic").push(text);
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((response, ""));
    write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_request_is_what_the_spec_says() {
    let (at, seen) = serve(&[
        (
            "GET /a?b=c%20d",
            "200 OK\r\ncontent-type: application/json\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n{\"fine\": [1]}",
        ),
        ("GET /moved", "302 Found\r\nLocation: /a?b=c%20d\r\n\r\nelsewhere"),
        ("POST /in", "201 Created\r\n\r\nmade"),
        ("PUT /in", "500 Broken\r\n\r\n"),
    ]);
    for shell in shells() {
        let url = |path: &str| format!("http://{at}{path}");
        let body = "it's \"quoted\"\n@file\\n";
        let asked = json!([
            { "http": { "get": { "url": url("/a?b=c%20d"), "headers": { "Authorization": "Bearer it's \"secret\"" } } } },
            { "http": { "collectorName": "moved", "get": { "url": url("/moved") } } },
            { "http": { "collectorName": "post", "post": { "url": url("/in"), "body": body, "headers": { "Content-Type": "text/x" } } } },
            { "http": { "collectorName": "put", "put": { "url": url("/in"), "body": "@/etc/passwd" } } },
            { "http": { "collectorName": "refused", "get": { "url": "http://127.0.0.1:1/", "timeout": "5s" } } },
            { "http": { "collectorName": "none" } },
        ]);
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let named = |name: &str| file(&found.gathered, &format!("host-collectors/http/{name}.json"));
        let plain = named("result");
        assert_eq!(plain["response"]["status"], 200, "{shell}: {plain}");
        assert_eq!(plain["response"]["headers"]["Content-Type"], "application/json", "{shell}: {plain}");
        assert_eq!(plain["response"]["headers"]["X-Two"], "1,2", "{shell}");
        assert_eq!(plain["response"]["raw_json"], json!({ "fine": [1] }), "{shell}");
        assert_eq!(named("moved")["response"]["body"], "{\"fine\": [1]}", "{shell}: redirects are followed");
        assert_eq!(named("post")["response"]["status"], 201, "{shell}");
        assert_eq!(named("put")["response"]["status"], 500, "{shell}");
        let message = named("refused")["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains("connect"), "{shell}: {message}");
        assert!(found.gathered.refused.contains_key("host-collectors/http/none.json"), "{shell}");
        let seen: Vec<String> = seen.lock().expect("no panic").drain(..).collect();
        assert!(
            seen.iter().any(|request| request.contains("Authorization: Bearer it's \"secret\"\r\n")),
            "{shell}: {seen:?}"
        );
        assert!(
            seen.iter().any(|request| request.starts_with("POST /in")
                && request.ends_with(body)
                && request.contains("Content-Type: text/x")),
            "{shell}: {seen:?}"
        );
        assert!(
            seen.iter()
                .any(|request| request.starts_with("PUT /in") && request.ends_with("\r\n\r\n@/etc/passwd")),
            "{shell}: a body is no file: {seen:?}"
        );
    }
}

#[tokio::test]
async fn secrets_are_in_no_argument() {
    // A curl that says how it was called.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("curl");
    fs::write(&path, "#!/bin/sh\nprintf 'HTTP/1.1 200 OK\\r\\n\\r\\n%s' \"$*\"\n").expect("written");
    Command::new("chmod").arg("+x").arg(&path).status().expect("chmod runs");
    let host = Local::new("sh")
        .env("PATH", &format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default()));
    let asked = json!([{ "http": { "get": { "url": "http://a.example/", "headers": { "X": "secret" }, "proxy": "http://u:secret@p" } } }]);
    let found = gather(asked, &host, &setting()).await;
    let said = file(&found.gathered, "host-collectors/http/result.json");
    assert_eq!(said["response"]["body"], "-K -", "only the place of its configuration is in its arguments");
}

#[tokio::test]
async fn images_are_looked_for_with_a_token_and_without() {
    let (at, seen) = serve(&[
        ("GET /v2/a/manifests/1", "200 OK\r\n\r\n{}"),
        ("GET /v2/b/manifests/1", "404 Not Found\r\n\r\n{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}"),
        ("GET /v2/c/manifests/latest", "404 Not Found\r\n\r\n{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}"),
    ]);
    let (registry, port) = (format!("localhost:{}", at.port()), at.port());
    let asked = json!([{ "registryImages": { "images": [format!("{registry}/a:1"), format!("{registry}/b:1"), format!("{registry}/c"), "not an image"] } }]);
    let found = gather(asked, &Local::new("sh"), &setting()).await;
    let images = file(&found.gathered, "host-collectors/registry-images/images.json");
    let of = |name: &str| images["images"][format!("localhost:{port}/{name}")].clone();
    assert_eq!(of("a:1"), json!({ "exists": true }), "{images}");
    assert_eq!(of("b:1"), json!({ "exists": false }), "{images}");
    assert!(of("c")["error"].as_str().is_some_and(|why| why.contains("404")), "{images}");
    assert!(images["images"]["not an image"]["error"].is_string(), "{images}");
    assert!(
        seen.lock().expect("no panic").iter().all(|request| request.contains("vnd.oci.image.index")),
        "manifests of indexes count"
    );

    let realm: &'static str = Box::leak(format!("401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"http://{at}/token\",service=\"s\",scope=\"repository:p:pull\"\r\n\r\n").into_boxed_str());
    let (guarded, asked_for) = serve(&[("GET /v2/p/manifests/1", realm)]);
    let asked = json!([{ "registryImages": { "images": [format!("localhost:{}/p:1", guarded.port())], "username": "u", "password": "it's \"p" } }]);
    let found = gather(asked, &Local::new("sh"), &setting()).await;
    let images = file(&found.gathered, "host-collectors/registry-images/images.json");
    assert!(images.to_string().contains("401"), "{images}");
    let token =
        seen.lock().expect("no panic").iter().find(|request| request.starts_with("GET /token")).cloned();
    let token = token.expect("a token was asked for");
    let lower = token.to_lowercase().replace("%3a", ":");
    assert!(lower.contains("service=s&scope=repository:p:pull"), "{token}");
    assert!(token.contains("Authorization: Basic dTppdCdzICJw"), "{token}");
    assert_eq!(asked_for.lock().expect("no panic").len(), 2, "once without a password, once with it");
}

#[tokio::test]
async fn balancers_that_lead_here_and_elsewhere() {
    for shell in shells() {
        let free = || TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
        let (ours, web, closed) = (free(), free(), free());
        let (other, _) = serve(&[]);
        let asked = json!([
            { "tcpLoadBalancer": { "collectorName": "here", "address": format!("localhost:{ours}"), "port": ours, "timeout": "10s" } },
            { "httpLoadBalancer": { "collectorName": "web", "address": format!("http://127.0.0.1:{web}/x"), "port": web, "timeout": "10s" } },
            { "tcpLoadBalancer": { "collectorName": "closed", "address": "127.0.0.1:1", "port": closed, "timeout": "5s" } },
            { "tcpLoadBalancer": { "collectorName": "taken", "address": format!("127.0.0.1:{}", other.port()), "port": other.port(), "timeout": "5s" } },
            { "httpLoadBalancer": { "collectorName": "tls", "address": "https://127.0.0.1/", "port": closed } },
        ]);
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let status = |kind: &str, name: &str| {
            file(&found.gathered, &format!("host-collectors/{kind}/{name}.json"))["status"].clone()
        };
        assert_eq!(status("tcpLoadBalancer", "here"), "connected", "{shell}");
        assert_eq!(status("httpLoadBalancer", "web"), "connected", "{shell}");
        assert_eq!(status("tcpLoadBalancer", "closed"), "connection-refused", "{shell}");
        assert_eq!(status("tcpLoadBalancer", "taken"), "address-in-use", "{shell}");
        assert!(
            found.gathered.refused["host-collectors/httpLoadBalancer/tls.json"].words().contains("TLS"),
            "{shell}"
        );
    }
}

#[tokio::test]
async fn name_servers_are_asked_one_by_one() {
    // Port 53 on an address of the loopback network of its own, so that nothing of the machine is touched.
    let Ok(socket) = UdpSocket::bind("127.53.53.53:53") else { return };
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((read, from)) = socket.recv_from(&mut buffer) {
            let question = &buffer[12..read];
            let wild = question.windows(4).any(|window| window == b"wild");
            let mut reply = vec![
                buffer[0],
                buffer[1],
                0x81,
                if wild { 0x80 } else { 0x83 },
                0,
                1,
                0,
                u8::from(wild),
                0,
                0,
                0,
                0,
            ];
            reply.extend_from_slice(question);
            if wild {
                reply.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
            }
            let _ = socket.send_to(&reply, from);
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("etc")).expect("made");
    fs::write(
        folder.path().join("etc/resolv.conf"),
        "# mine\nnameserver 127.53.53.53\nsearch plain.example wild.example\noptions ndots:2\n",
    )
    .expect("written");
    for shell in shells() {
        let setting = longshore_preflight::Setting { root: folder.path().display().to_string(), ..setting() };
        let asked = json!([{ "dns": { "collectorName": "my names", "hostnames": ["*", "a.example."] } }]);
        let found = gather(asked, &Local::new(shell), &setting).await;
        let result = file(&found.gathered, "host-collectors/dns/my_names/result.json");
        assert_eq!(result["resolvedFromSearch"], "wild.example", "{shell}: {result}");
        let entries = result["query"]["*"].as_array().cloned().unwrap_or_default();
        let names: Vec<&str> = entries.iter().filter_map(|entry| entry["name"].as_str()).collect();
        assert_eq!(names.len(), 3, "{shell}: each search domain and the name itself: {result}");
        let hit =
            entries.iter().find(|entry| entry["name"] == "*.wild.example.").cloned().unwrap_or_default();
        let wanted = json!({ "server": "127.53.53.53:53", "search": "wild.example", "name": "*.wild.example.", "answer": "*.wild.example.\t60\tIN\tA\t192.0.2.1", "record": "192.0.2.1" });
        assert_eq!(hit, wanted, "{shell}");
        assert_eq!(result["query"]["a.example."].as_array().map(Vec::len), Some(1), "{shell}: {result}");
        assert!(found.gathered.files.contains_key("host-collectors/dns/my_names/resolv.conf"), "{shell}");
    }
}

/// Ends a process that a test started.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn certificates_of_servers_are_verified_as_the_spec_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    openssl(
        at,
        "req -x509 -newkey rsa:2048 -nodes -keyout s.key -out s.crt -days 9 -subj /CN=localhost -addext subjectAltName=DNS:localhost",
    );
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let server = Command::new("openssl")
        .args(["s_server", "-quiet", "-www", "-accept", &port.to_string(), "-cert", "s.crt", "-key", "s.key"])
        .current_dir(at)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .map(Ended)
        .expect("openssl runs");
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    let (url, pem) =
        (format!("https://localhost:{port}/"), fs::read_to_string(at.join("s.crt")).expect("written"));
    let folder_of_it = at.join("folder");
    fs::create_dir(&folder_of_it).expect("made");
    for shell in shells() {
        let get = |name: &str, tls: Value, insecure: bool| json!({ "http": { "collectorName": name, "get": { "url": url, "tls": tls, "insecureSkipVerify": insecure, "timeout": "20s" } } });
        let asked = json!([
            get("unknown", Value::Null, false),
            get("insecure", Value::Null, true),
            get("literal", json!({ "cacert": pem }), false),
            get("file", json!({ "cacert": at.join("s.crt") }), false),
            get("folder", json!({ "cacert": folder_of_it }), false),
        ]);
        let found = gather(asked, &Local::new(shell), &setting()).await;
        let status = |name: &str| {
            let said = file(&found.gathered, &format!("host-collectors/http/{name}.json"));
            said["response"]["status"].as_u64().ok_or_else(|| said["error"]["message"].to_string())
        };
        assert!(
            status("unknown").is_err_and(|why| why.contains("certificate")),
            "{shell}: {:?}",
            status("unknown")
        );
        assert_eq!(status("insecure"), Ok(200), "{shell}");
        assert_eq!(status("literal"), Ok(200), "{shell}");
        assert_eq!(status("file"), Ok(200), "{shell}");
        assert!(status("folder").is_err(), "{shell}: an empty folder knows nobody");
    }
    drop(server);
}

fn openssl(folder: &std::path::Path, args: &str) {
    let done =
        Command::new("openssl").args(args.split(' ')).current_dir(folder).output().expect("openssl runs");
    assert!(done.status.success(), "{args}: {}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn keys_and_certificates_belong_together_or_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    openssl(
        at,
        "req -x509 -newkey rsa:2048 -nodes -keyout a.key -out a.crt -days 9 -subj /C=DE/O=A,B/CN=a.example -addext subjectAltName=DNS:a.example,DNS:b.example",
    );
    openssl(at, "req -x509 -newkey rsa:2048 -nodes -keyout b.key -out b.crt -days 9 -subj /CN=b");
    openssl(at, "ecparam -name prime256v1 -genkey -noout -out ec.key");
    openssl(at, "rsa -in a.key -aes128 -passout pass:x -out enc.key");
    fs::write(at.join("text"), "nothing").expect("written");
    let cases = [
        ("a.crt", "a.key", "valid"),
        ("a.crt", "b.key", "mismatch"),
        ("a.crt", "ec.key", "invalid"),
        ("a.crt", "enc.key", "encrypted"),
        ("a.key", "a.crt", "switched"),
        ("a.crt", "b.crt", "switched"),
        ("a.crt", "text", "invalid"),
        ("text", "a.key", "invalid"),
        ("none", "a.key", "missing"),
    ];
    let path = |name: &str| at.join(name).display().to_string();
    let asked: Value = cases.iter().enumerate().map(|(number, (certificate, key, _))| {
        json!({ "certificate": { "collectorName": number.to_string(), "certificatePath": path(certificate), "keyPath": path(key) } })
    }).chain([json!({ "certificatesCollection": { "paths": [path("a.crt"), path("none"), path("text")] } })]).collect();
    for shell in shells() {
        let found = gather(asked.clone(), &Local::new(shell), &setting()).await;
        for (number, (certificate, key, verdict)) in cases.iter().enumerate() {
            let said = support::text(&found.gathered, &format!("host-collectors/certificate/{number}.json"));
            assert_eq!(said, format!("key-pair-{verdict}"), "{shell}: {certificate} and {key}");
        }
        let all = file(&found.gathered, "host-collectors/certificatesCollection/certificatesCollection.json");
        let messages: Vec<_> =
            all.as_array().expect("a list").iter().map(|found| found["message"].as_str()).collect();
        assert_eq!(
            messages,
            [Some("cert-valid"), Some("cert-missing"), Some("cert-invalid")],
            "{shell}: {all}"
        );
        let chain = &all[0]["certificateChain"][0];
        assert_eq!(chain["subject"], "CN=a.example,O=A\\,B,C=DE", "{shell}: {chain}");
        assert_eq!(chain["subjectAlternativeNames"], json!(["a.example", "b.example"]), "{shell}");
        assert_eq!((&chain["isValid"], &chain["isCA"]), (&json!(true), &json!(true)), "{shell}: {chain}");
    }
}

#[tokio::test]
async fn traffic_between_namespaces_depends_on_forwarding_and_leaves_nothing() {
    let run = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).output().expect("sh runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    // It needs root, its tools, and a kernel with virtual pairs.
    let able =
        "unshare -n sh -c 'unshare -n true && ip link add lstry0 type veth peer name lstry1 && echo yes'";
    if run("id -u") != "0" || run(able) != "yes" {
        return;
    }
    for (shell, forwarding) in shells().into_iter().flat_map(|shell| [(shell, true), (shell, false)]) {
        // In a network of its own, so that the machine's stays as it is; what is left there is told at the end.
        let traces = tempfile::NamedTempFile::new().expect("a file");
        let enter = format!(
            "ip link set lo up; echo {} >/proc/sys/net/ipv4/ip_forward; {shell}; ls /sys/class/net >/dev/null; ip -o link >{}",
            u8::from(forwarding),
            traces.path().display()
        );
        let shell_in = ["unshare", "-n", "sh", "-c", &enter].map(str::to_owned).to_vec();
        let host = Local { shell: shell_in, ..Local::new("sh") };
        let asked = json!([{ "networkNamespaceConnectivity": { "fromCIDR": "10.213.1.0/24", "toCIDR": "10.213.2.0/24", "timeout": "2s" } }]);
        let found = gather(asked, &host, &setting()).await;
        let said = file(&found.gathered, "host-collectors/system/networkNamespaceConnectivity.json");
        assert_eq!(said["success"], forwarding, "{shell}: {said}");
        let errors = &said["errors"];
        assert_eq!(
            (&errors["from_cidr_creation"], &errors["to_cidr_creation"]),
            (&json!(""), &json!("")),
            "{shell}"
        );
        for client in ["udp_client", "tcp_client"] {
            let error = errors[client].as_str().unwrap_or_default();
            let told = if forwarding { error.is_empty() } else { error.contains("ip_forward is 0") };
            assert!(told, "{shell}: {said}");
        }
        let left = fs::read_to_string(traces.path()).expect("written");
        assert!(left.contains(": lo:") && !left.contains("ls"), "{shell}: a link is left: {left}");
    }
}
