//! References and lists of digests, for any text.

use longshore_bundle::{Base, SavedImage, full_name};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_full_name_is_its_own(reference in "\\PC{0,40}") {
        let full = full_name(&reference);
        prop_assert_eq!(full_name(&full), full);
    }

    #[test]
    fn any_list_is_read_or_refused(text in "(bundle )?[0-9a-f]{60,66}\n(sha256:[0-9a-f]{63,65} [0-9]{0,22}\n){0,3}") {
        if let Ok(base) = Base::parse(&text) {
            prop_assert_eq!(Base::parse(&base.text()), Ok(base));
        }
        prop_assert!(SavedImage::parse(text.as_bytes()).is_err(), "it is no JSON");
    }
}

#[test]
fn short_names_mean_the_long_ones() {
    for (short, full) in [
        ("nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/nginx:1", "docker.io/library/nginx:1"),
        ("bitnami/redis:7", "docker.io/bitnami/redis:7"),
        ("localhost/web", "localhost/web:latest"),
        ("host:5000/a/web:1", "host:5000/a/web:1"),
        ("x.example/a@sha256:00", "x.example/a@sha256:00"),
    ] {
        assert_eq!(full_name(short), full, "{short}");
    }
}
