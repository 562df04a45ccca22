//! Which site follows which base.

use longshore_contract::{AppEvent, BaseAssignRequest, BaseView, FieldError, WireError};

use super::{Bases, broken};

impl Bases {
    /// Lets sites follow a base. One that follows another base of the application leaves that one.
    ///
    /// # Errors
    /// When a site does not exist or runs another application; none of them follows it then.
    pub fn assign(&self, request: &BaseAssignRequest) -> Result<BaseView, WireError> {
        let (row, content) = self.read(&request.base)?;
        let (mut sites, mut refused) = (Vec::new(), Vec::new());
        for asked in &request.sites {
            let mut refuse = |message: String| {
                refused.push(FieldError { field: "sites".to_owned(), message });
            };
            match self.store.site(&asked.0).map_err(|error| broken(&error))? {
                None => refuse(format!("there is no site {asked}")),
                Some(site) => match &site.installed {
                    Some(app) if app.slug != row.slug => {
                        refuse(format!("{} runs {}, not {}", site.name, app.slug, row.slug));
                    }
                    _ => sites.push(site),
                },
            }
        }
        if request.sites.is_empty() {
            refused.push(FieldError { field: "sites".to_owned(), message: "name at least one".to_owned() });
        }
        if !refused.is_empty() {
            let text = format!("The base {} cannot be given to these sites", row.name);
            return Err(WireError { fields: refused, ..WireError::bad_input(text) });
        }
        for site in &sites {
            self.store.follow_base(&site.id, &row).map_err(|error| broken(&error))?;
        }
        (self.announce)(AppEvent::BaseChanged { base: row.id.clone() });
        self.view(&row, &content)
    }

    /// Lets sites no longer follow a base. They keep the values they have.
    ///
    /// # Errors
    /// When there is no such base or site.
    pub fn unassign(&self, request: &BaseAssignRequest) -> Result<BaseView, WireError> {
        let (row, content) = self.read(&request.base)?;
        let sites = request.sites.iter().map(|site| self.site(site)).collect::<Result<Vec<_>, _>>()?;
        for site in &sites {
            self.store.leave_base(&site.id, &row.id).map_err(|error| broken(&error))?;
        }
        (self.announce)(AppEvent::BaseChanged { base: row.id.clone() });
        self.view(&row, &content)
    }
}
