//! Bases and the history of a site's config, from the command line.

use clap::Subcommand;
use longshore_contract::WireError;
use serde_json::{Value, json};

use super::session::Session;
use super::values::ValueArguments;

#[derive(Debug, Subcommand)]
pub(super) enum BaseCommand {
    /// Lists bases.
    List,
    /// Shows a base, its values and the sites that follow it.
    Show {
        /// Name or id.
        base: String,
    },
    /// Sets values of a base; makes it when there is none of that name.
    Set {
        /// Name or id.
        base: String,
        /// Slug of the application, for a new base.
        #[arg(long, value_name = "SLUG")]
        app: Option<String>,
        /// A new name for it.
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// Bundle whose form the values are checked against; the newest one in the library when not given.
        #[arg(long, value_name = "ID")]
        bundle: Option<String>,
        /// Forgets the values there are first.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        values: ValueArguments,
    },
    /// Takes the values that a site has now; makes the base when there is none of that name.
    Take {
        /// Name or id.
        base: String,
        /// Name or id of the site.
        #[arg(long)]
        site: String,
        /// Items to take; all that were given at the site when none is named.
        #[arg(long = "item", value_name = "ITEM")]
        items: Vec<String>,
        /// Takes passwords as well, which are each site's own otherwise.
        #[arg(long)]
        passwords: bool,
    },
    /// Forgets a base; sites keep the values they have.
    Remove {
        /// Name or id.
        base: String,
    },
    /// Lets sites follow a base: their next install or upgrade begins with its values.
    Assign {
        /// Name or id.
        base: String,
        /// Names or ids of the sites.
        #[arg(required = true, value_name = "SITE")]
        sites: Vec<String>,
    },
    /// Lets sites no longer follow a base; they keep the values they have.
    Unassign {
        /// Name or id.
        base: String,
        /// Names or ids of the sites.
        #[arg(required = true, value_name = "SITE")]
        sites: Vec<String>,
    },
    /// Shows which sites differ from the base, and in which items.
    Compare {
        /// Name or id.
        base: String,
    },
}

/// Carries out one of them.
pub(super) async fn base(session: &Session, verb: BaseCommand) -> Result<u8, WireError> {
    match verb {
        BaseCommand::List => session.show("base_list", json!({})).await,
        BaseCommand::Show { base } => session.show("base_get", json!({ "base": base })).await,
        BaseCommand::Set { base, app, rename, bundle, replace, values } => {
            let known = find(session, &base).await?;
            if known.is_none() && app.is_none() {
                return Err(WireError::not_found(format!("There is no base {base}"))
                    .hint("Name its application with --app to make it."));
            }
            let name = if known.is_none() { Some(base) } else { rename };
            let request = json!({
                "base": known, "name": name, "slug": app, "bundle": bundle,
                "replace": replace, "values": values.sent()?,
            });
            session.show("base_put", request).await
        }
        BaseCommand::Take { base, site, items, passwords } => {
            let known = find(session, &base).await?;
            let name = known.is_none().then_some(base);
            let site = session.site(&site).await?;
            let request =
                json!({ "base": known, "name": name, "site": site, "items": items, "passwords": passwords });
            session.show("base_take", request).await
        }
        BaseCommand::Remove { base } => session.show("base_remove", json!({ "base": base })).await,
        BaseCommand::Assign { base, sites } => follow(session, "base_assign", &base, &sites).await,
        BaseCommand::Unassign { base, sites } => follow(session, "base_unassign", &base, &sites).await,
        BaseCommand::Compare { base } => session.show("base_compare", json!({ "base": base })).await,
    }
}

async fn follow(session: &Session, command: &str, base: &str, sites: &[String]) -> Result<u8, WireError> {
    session.show(command, json!({ "base": base, "sites": sites })).await
}

/// The id of the base of that id or name.
async fn find(session: &Session, base: &str) -> Result<Option<String>, WireError> {
    let list = session.call("base_list", json!({})).await?;
    let bases = list["bases"].as_array().cloned().unwrap_or_default();
    let found = bases.iter().find(|known| known["id"] == base || known["name"] == base);
    Ok(found.and_then(|known| known["id"].as_str().map(str::to_owned)))
}

/// What a site's config became over time.
pub(super) async fn history(session: &Session, site: &str) -> Result<u8, WireError> {
    let site: Value = session.site(site).await?.into();
    session.show("config_history", json!({ "site": site })).await
}
