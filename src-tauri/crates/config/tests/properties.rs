//! What holds for every input: nothing panics, the same gives the same, order does not matter.

mod support;

use std::sync::Arc;

use longshore_config::{
    Config, Group, Item, Scalar, Values, export_values, import_values, layered, overlay, resolve_chart,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use support::{bare, given, run};

const PIECES: &[&str] = &[
    "{{repl ",
    "}}",
    "repl{{ ",
    "-}}",
    "{{repl- ",
    "if ",
    "else ",
    "end ",
    "range ",
    "with ",
    "break ",
    "continue ",
    "define \"t\" ",
    "template \"t\" ",
    "block \"t\" 1 ",
    "$ ",
    "$x ",
    "$x := ",
    "$x = ",
    ". ",
    ".a ",
    "nil ",
    "true ",
    "| ",
    "( ",
    ") ",
    ", ",
    "1 ",
    "-1 ",
    "0x1p4 ",
    "1e400 ",
    "'a' ",
    "9223372036854775807 ",
    "\"s\" ",
    "`r` ",
    "\"\\xff\" ",
    "/* c */ ",
    "print ",
    "printf \"%v %#v %5.2q\" ",
    "dict \"a\" 1 ",
    "list 1 \"b\" ",
    "index ",
    "slice ",
    "len ",
    "eq ",
    "lt ",
    "and ",
    "or ",
    "not ",
    "html ",
    "toJson ",
    "fromJson ",
    "toYaml ",
    "fromYaml ",
    "upper ",
    "trunc ",
    "substr ",
    "abbrev 5 ",
    "splitList \",\" ",
    "join \"-\" ",
    "default 1 ",
    "merge ",
    "dig \"a\" 1 ",
    "regexReplaceAll \"(a)|b\" ",
    "date \"2006\" ",
    "toDate \"2006-01-02\" ",
    "semver ",
    "b64dec ",
    "div 1 ",
    "mod 0 ",
    "until 3 ",
    "chunk 2 ",
    "first ",
    "uniq ",
    "ConfigOption \"a\" ",
    "LicenseFieldValue \"x\" ",
    "HumanSize ",
    "YamlEscape ",
    "ParseFloat ",
    "Add 1 ",
    "\n",
    "text ",
    "é",
    "\\",
];

/// Pieces that templates are made of; most of what they make is wrong, some of it is not.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![9 => proptest::sample::select(PIECES).prop_map(str::to_owned), 1 => any::<String>()]
}

fn action() -> impl Strategy<Value = String> {
    vec(piece(), 0..8).prop_map(|pieces| format!("{{{{repl {} }}}}", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn rendering_never_panics_and_is_deterministic(pieces in vec(piece(), 0..16), actions in vec(action(), 0..4)) {
        for template in [pieces.concat(), actions.concat()] {
            prop_assert_eq!(bare().render_bytes(&template), bare().render_bytes(&template), "{:?}", template);
        }
    }

    #[test]
    fn text_without_delimiters_stays(text in "[^{]*") {
        prop_assert_eq!(bare().render(&text).expect("no template"), text);
    }

    #[test]
    fn formats_never_panic(format in "(%[-+# 0]{0,3}([0-9]{0,3}|\\*|\\[[0-9]\\])(\\.[0-9*]{0,2})?[a-zA-Z%!é] ?){0,4}") {
        let template = format!("{{{{repl printf {format:?} 1 -2.5 \"x\" (list 1 \"a\") (dict \"k\" nil) nil }}}}");
        let rendered = bare().render_bytes(&template);
        prop_assert!(rendered.is_ok(), "{:?}: {:?}", template, rendered);
    }

    #[test]
    fn documents_never_panic(text in any::<String>(), pieces in vec(piece(), 0..10)) {
        for text in [text.clone(), format!("spec:\n  groups: {text}"), format!("kind: HelmChart\nspec: {}", pieces.concat())] {
            let _ = (Config::parse(&text), import_values(&text), resolve_chart("c.yaml", &text, &bare()));
        }
    }
}

/// Items of which each may ask for those before it.
fn items() -> impl Strategy<Value = Vec<Item>> {
    vec((any::<u8>(), any::<u8>(), 0..4_u8, "[a-z]{0,3}"), 1..9).prop_map(|seeds| {
        let item = |at: usize, (one, other, shape, text): &(u8, u8, u8, String)| {
            let asked = |seed: &u8| format!("i{}", usize::from(*seed) % at.max(1));
            let template = match (at, shape) {
                (0, _) | (_, 0) => text.clone(),
                (_, 1) => format!("repl{{{{ ConfigOption \"{}\" }}}}-{text}", asked(one)),
                (_, 2) => format!(
                    "repl{{{{ if ConfigOptionEquals \"{}\" \"{text}\" }}}}y{{{{repl ConfigOption \"{}\" }}}}repl{{{{ end }}}}",
                    asked(one),
                    asked(other)
                ),
                _ => format!("{text}{{{{repl ConfigOptionData \"{}\" | upper }}}}", asked(other)),
            };
            let field = Scalar::Text(template);
            let (value, default) = if one % 2 == 0 { (field, Scalar::default()) } else { (Scalar::default(), field) };
            Item { name: format!("i{at}"), kind: "text".to_owned(), value, default, ..Item::default() }
        };
        seeds.iter().enumerate().map(|(at, seed)| item(at, seed)).collect()
    })
}

fn values_of(items: &[Item], given: &Values) -> (Values, Vec<String>) {
    let group = |items: &[Item]| Group { name: "g".to_owned(), items: items.to_vec(), ..Group::default() };
    let config = Config { groups: items.chunks(2).map(group).collect() };
    let found = run(&Arc::new(config), given).expect("evaluates");
    let mut refused: Vec<String> = found.errors.iter().map(|error| error.field.clone()).collect();
    refused.sort();
    (found.values(), refused)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_order_of_items_does_not_matter(
        (items, shuffled) in items().prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle())),
        typed in btree_map(0..9_usize, "[a-z{} ]{0,4}", 0..3),
    ) {
        let names: Vec<(String, String)> = typed.into_iter().map(|(at, text)| (format!("i{at}"), text)).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let typed = given(&pairs);
        prop_assert_eq!(values_of(&items, &typed), values_of(&shuffled, &typed));
    }

    #[test]
    fn exported_values_come_back(items in items(), typed in "\\PC{0,12}") {
        let typed = given(&[("i0", &typed)]);
        let config = Arc::new(Config { groups: vec![Group { items, ..Group::default() }] });
        let found = run(&config, &typed).expect("evaluates");
        let imported = import_values(&export_values(&found, true).expect("is written")).expect("is read");
        let again = run(&config, &imported).expect("evaluates");
        prop_assert_eq!(again.values(), found.values());
    }

    #[test]
    fn an_overlay_gives_the_site_again(
        base in btree_map("[a-d]", "[xy]", 0..4),
        site in btree_map("[a-d]", "[xy]", 0..4),
    ) {
        let values = |map: &std::collections::BTreeMap<String, String>| {
            given(&map.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
        };
        let (base, site) = (values(&base), values(&site));
        let whole = layered(&base, &site);
        prop_assert_eq!(layered(&base, &overlay(&base, &whole)), whole);
    }
}
