//! What nobody has to hide stays as it is to the byte.

use longshore_support::Redactor;

/// Files of a bundle without secrets: path and content.
pub const FILES: &[(&str, &str)] = &[
    (
        "logs/kubelet.log",
        "I1103 10:15:02.123456       1 flags.go:64] FLAG: --authorization-mode=\"Node,RBAC\"\n\
         I1103 10:15:02.123457       1 flags.go:64] FLAG: --bootstrap-kubeconfig=\"/etc/kubernetes/bootstrap-kubelet.conf\"\n\
         W1103 10:15:03.000001       1 authentication.go:313] No authentication-kubeconfig provided in order to lookup client-ca-file\n\
         E1103 10:15:04.100000       1 reflector.go:140] failed to watch *v1.Secret: secrets is forbidden: User \"system:anonymous\" cannot list resource \"secrets\"\n\
         I1103 10:15:05.100000       1 token_controller.go:56] token expired, requesting a new one\n\
         E1103 10:15:06.100000       1 kubelet.go:77] Unable to authenticate the request: invalid bearer token, token lookup failed\n\
         I1103 10:15:07.100000       1 operation_generator.go:721] MountVolume.SetUp succeeded for volume \"kube-api-access-7xk2p\" (UniqueName: \"kubernetes.io/projected/6f1d3f6e-7d0f-4d5e-9d29-3c9a0a7f8c11-kube-api-access-7xk2p\") pod \"web-6d4b75cb6d-x2kvl\"\n",
    ),
    (
        "logs/nginx.log",
        "10.0.0.7 - alice [03/Nov/2026:10:15:02 +0000] \"GET /api/v1/sessions/42?page=3&sort=name HTTP/1.1\" 200 1532 \"https://shop.example/cart\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"\n\
         10.0.0.8 - - [03/Nov/2026:10:15:03 +0000] \"POST /login HTTP/2.0\" 401 17 \"-\" \"curl/8.5.0\"\n\
         2026/11/03 10:15:04 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.9, server: shop.example, request: \"GET / HTTP/1.1\", upstream: \"http://10.42.0.5:8080/\", host: \"shop.example\"\n",
    ),
    (
        "logs/json.log",
        "{\"level\":\"info\",\"ts\":\"2026-11-03T10:15:02.123Z\",\"logger\":\"controller.certificate\",\"msg\":\"reconciled\",\"duration\":0.25,\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\"}\n\
         {\"level\":\"warn\",\"msg\":\"password policy: passwords must have 12 letters\",\"passwordPolicy\":\"strong\",\"tokenTTL\":\"24h\",\"max_tokens\":4096}\n\
         {\"level\":\"error\",\"msg\":\"Get \\\"https://10.96.0.1:443/api/v1/namespaces/shop/secrets/db-credentials\\\": dial tcp 10.96.0.1:443: connect: connection refused\"}\n\
         {\"time\":1762165002,\"message\":\"user \\\"alice\\\" logged in\\nsession began\",\"user\":\"alice\",\"database\":\"shop\"}\n",
    ),
    (
        "logs/java.log",
        "2026-11-03 10:15:02,123 ERROR [main] org.example.shop.Login - Authentication failed\n\
         java.lang.IllegalStateException: Token has expired at 2026-11-03T10:00:00Z\n\
         \tat org.example.shop.security.TokenValidator.validate(TokenValidator.java:118)\n\
         \tat org.example.shop.security.PasswordEncoder$Holder.<clinit>(PasswordEncoder.java:42)\n\
         \tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)\n\
         Caused by: org.postgresql.util.PSQLException: FATAL: password authentication failed for user \"shop\"\n\
         \t... 27 more\n",
    ),
    (
        "logs/journal.txt",
        "Nov 03 10:15:02 node-1 systemd[1]: Started k0s - Zero Friction Kubernetes.\n\
         Nov 03 10:15:02 node-1 sshd[811]: Accepted publickey for root from 10.0.0.2 port 51234 ssh2: ED25519 SHA256:2Z5vCk2mJ0yq7hXw3o5J9V2b1mWZ7s8uT4nQe6rYdPo\n\
         Nov 03 10:15:03 node-1 sshd[812]: Failed password for invalid user admin from 203.0.113.9 port 40022 ssh2\n\
         Nov 03 10:15:03 node-1 sudo[813]: pam_unix(sudo:session): session opened for user root(uid=0) by (uid=1000)\n\
         Nov 03 10:15:04 node-1 kernel: Command line: BOOT_IMAGE=/boot/vmlinuz-6.1.0-18-amd64 root=UUID=6f1d3f6e-7d0f-4d5e-9d29-3c9a0a7f8c11 ro quiet\n",
    ),
    (
        "cluster-resources/pods/shop.json",
        "{\n  \"kind\": \"PodList\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {\n    \"resourceVersion\": \"18273645\"\n  },\n  \"items\": [\n    {\n      \"metadata\": {\n        \"name\": \"web-6d4b75cb6d-x2kvl\",\n        \"uid\": \"6f1d3f6e-7d0f-4d5e-9d29-3c9a0a7f8c11\",\n        \"annotations\": {\n          \"checksum/config\": \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"\n        }\n      },\n      \"spec\": {\n        \"volumes\": [{\"name\": \"tls\", \"secret\": {\"secretName\": \"shop-tls\", \"defaultMode\": 420}}],\n        \"containers\": [\n          {\n            \"image\": \"registry.example/shop/web@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\n            \"env\": [\n              {\"name\": \"LOG_LEVEL\", \"value\": \"debug\"},\n              {\"name\": \"DB_PASSWORD\", \"valueFrom\": {\"secretKeyRef\": {\"name\": \"db\", \"key\": \"password\"}}}\n            ]\n          }\n        ],\n        \"imagePullSecrets\": [{\"name\": \"registry-credentials\"}],\n        \"automountServiceAccountToken\": true\n      }\n    }\n  ]\n}\n",
    ),
    (
        "cluster-resources/configmaps/shop.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop\n  resourceVersion: \"18273645\"\ndata:\n  log_level: debug\n  passwordPolicy: strong\n  tokenLifetime: 24h\n  database_host: db.shop.svc\n  existingSecret: db-credentials\n  ca.crt: |\n    -----BEGIN CERTIFICATE-----\n    MIIBszCCAVmgAwIBAgIUWlLMR0f2vKQ0s1m3kq1yWjJm6y0wCgYIKoZIzj0EAwIw\n    HjEcMBoGA1UEAwwTdGlkZXdhdGVyLmV4YW1wbGUwHhcNMjYwMTAxMDAwMDAwWhcN\n    -----END CERTIFICATE-----\n  commit: 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\n",
    ),
    (
        "host-collectors/system/kubeconfig-public.yaml",
        "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJzekNDQVZtZ0F3SUJBZ0lVV2xMTVIwZjJ2S1EwczFtM2txMXlXakptNnkwd0NnWUlLb1pJemowRUF3SXcKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\n    server: https://10.0.0.1:6443\n  name: shop\n",
    ),
    (
        "cluster-resources/custom-resources/crd.yaml",
        "properties:\n  password:\n    description: Password of the user. It must be set before the token is rotated.\n    type: string\n  tokenSecretRef:\n    properties:\n      key: {type: string}\n      name: {type: string}\nrequired: [password]\n",
    ),
    (
        "host-collectors/run-host/usage.txt",
        "Usage: shop [flags]\n  --password string        password of the user\n  --password-file string   file that holds the password\n  --token string           token to use (default \"\")\nbash-5.2$ echo $PWD\nPWD=/home/alice\nOLDPWD=/root\nGIT_COMMIT=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\n",
    ),
    (
        "logs/words.txt",
        "The secret of a good log: nobody has to hide it. Basic authentication is off; a bearer token is required.\n\
         Tokens: none. Password: must contain a digit. See https://docs.example/tokens?from=me@shop.example#secret for more.\n\
         sha512:9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043\n\
         ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0m7wq3n9Gx1yqM2pVt8rX5kq0ZbN4cV6dF7sH8jL2a alice@laptop\n\
         deadbeef-1234-5678-9abc-def012345678 ok\nimage: quay.io/jetstack/cert-manager-controller:v1.14.4\n",
    ),
];

#[test]
fn harmless_files_stay_as_they_are() {
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    for (path, content) in FILES {
        for content in [(*content).to_owned(), content.replace('\n', "\r\n"), content.trim_end().to_owned()] {
            let mut output = Vec::new();
            let report = redactor.file(path, content.as_bytes(), &mut output).expect("memory is read");
            let output = String::from_utf8(output).expect("it is text");
            for (before, after) in content.lines().zip(output.lines()) {
                assert_eq!(after, before, "{path}: {:?}", report.found);
            }
            assert_eq!(output, content, "{path}");
            assert_eq!(report.count(), 0, "{path}: {:?}", report.found);
        }
    }
}
