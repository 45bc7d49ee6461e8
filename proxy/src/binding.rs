//! What a cardholder reaches: the ids of users that are his own, and of cards and orders those that the register has seen to
//! be of one of these. Of anything else he is not told whether it exists.

use cardwright::{ErrorCode, Operation};

use crate::app::App;
use crate::claims::StoreUnavailable;
use crate::ids::{Ids, Kind};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::register::{Register, What};

/// The scope of who is no cardholder, and reaches everything of the tenant.
pub(crate) const SCOPE: &str = "cards:any";

/// Lets pass what names nothing that is not the caller's.
pub(crate) async fn reach(app: &App, operation: &Operation, principal: &Principal, ids: &Ids) -> Result<(), Problem> {
    match principal.has(SCOPE) {
        false => of_cardholder(&*app.register, principal, ids).await,
        true if app.has_tenants => of_tenant(&*app.register, operation.urgent, principal, ids).await,
        true => Ok(()),
    }
}

/// What was seen in other tenants only is none of this one's. What nobody has seen may be: the issuer has one program for all.
/// While the register is down it cannot be known, and then nothing but a freeze passes.
async fn of_tenant(register: &dyn Register, is_urgent: bool, principal: &Principal, ids: &Ids) -> Result<(), Problem> {
    for id in &ids.0 {
        let what = match id.kind {
            Kind::User => continue,
            Kind::Card => What::Card(&id.text),
            Kind::Order => What::Order(&id.text),
        };
        match register.tenants_of(what).await {
            Ok(tenants) if tenants.is_empty() || tenants.contains(&principal.tenant) => {}
            Ok(_) => return Err(Problem::new(ErrorCode::NotFound)),
            Err(StoreUnavailable) if is_urgent => {}
            Err(StoreUnavailable) => return Err(Problem::new(ErrorCode::AccessUnavailable)),
        }
    }
    Ok(())
}

/// While the register is down it cannot be known, also for a freeze: a cardholder who could then freeze any card could stop
/// everybody's.
async fn of_cardholder(register: &dyn Register, principal: &Principal, ids: &Ids) -> Result<(), Problem> {
    for id in &ids.0 {
        let users = match id.kind {
            Kind::User => vec![id.text.clone()],
            Kind::Card => users_of(register, principal, What::Card(&id.text)).await?,
            Kind::Order => users_of(register, principal, What::Order(&id.text)).await?,
        };
        let is_his = |user: &String| principal.user_ids.iter().any(|own| own == user || id.is_same(own, user));
        if !users.iter().any(is_his) {
            return Err(Problem::new(ErrorCode::NotFound));
        }
    }
    Ok(())
}

async fn users_of(register: &dyn Register, principal: &Principal, what: What<'_>) -> Result<Vec<String>, Problem> {
    let users = register.users_of(&principal.tenant, what).await;
    users.map_err(|StoreUnavailable| Problem::new(ErrorCode::AccessUnavailable))
}

/// The users whose records a caller is shown, who asked for this one or for all; none where it is all of the tenant.
pub(crate) fn shown<'a>(principal: &'a Principal, asked: Option<&'a str>) -> Option<Vec<&'a str>> {
    match asked {
        Some(user) => Some(vec![user]),
        None if principal.has(SCOPE) => None,
        None => Some(principal.user_ids.iter().map(String::as_str).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;

    use crate::ids::Id;
    use crate::register::{Page, SeenCard, SeenOrder, Sighting};

    /// It knows whose one card and one order are, unless it is down.
    struct Known {
        is_down: bool,
    }

    #[async_trait]
    impl Register for Known {
        async fn record(&self, _: &str, _: Sighting) -> Result<(), StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn cards(&self, _: &str, _: Option<&[&str]>, _: u32) -> Result<Page<SeenCard>, StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn orders(&self, _: &str, _: Option<&[&str]>, _: u32) -> Result<Page<SeenOrder>, StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn users_of(&self, tenant: &str, what: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
            let users = match what {
                _ if self.is_down => return Err(StoreUnavailable),
                What::Card("card") | What::Order("order") if tenant == "local" => vec!["ann".into()],
                _ => Vec::new(),
            };
            Ok(users)
        }

        async fn tenants_of(&self, what: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
            Ok(self.users_of("local", what).await?.iter().map(|_| "local".into()).collect())
        }
    }

    async fn told(user_ids: &[&str], is_down: bool, ids: &[(Kind, &str)]) -> Option<ErrorCode> {
        let holder = Principal {
            scopes: vec!["ingo.freezeCard".into()],
            user_ids: user_ids.iter().map(ToString::to_string).collect(),
            ..Principal::clone(&Principal::local())
        };
        let id = |(kind, text): &(Kind, &str)| Id { field: "f", kind: *kind, text: (*text).to_owned() };
        let ids = Ids(ids.iter().map(id).collect());
        of_cardholder(&Known { is_down }, &holder, &ids).await.err().map(|problem| problem.code)
    }

    #[tokio::test]
    async fn a_tenants_clerk_reaches_what_no_other_tenant_has_alone() {
        let told = async |tenant: &str, is_down: bool, is_urgent: bool, kind: Kind, text: &str| {
            let clerk = Principal { tenant: tenant.into(), ..Principal::clone(&Principal::local()) };
            let ids = Ids(vec![Id { field: "f", kind, text: text.to_owned() }]);
            of_tenant(&Known { is_down }, is_urgent, &clerk, &ids).await.err().map(|problem| problem.code)
        };
        for (kind, text) in [(Kind::Card, "card"), (Kind::Order, "order")] {
            for is_urgent in [false, true] {
                assert_eq!(told("local", false, is_urgent, kind, text).await, None);
                assert_eq!(told("other", false, is_urgent, kind, text).await, Some(ErrorCode::NotFound));
                assert_eq!(told("other", false, is_urgent, kind, "unseen").await, None);
                assert_eq!(told("other", true, is_urgent, Kind::User, "ann").await, None, "no register has users");
            }
            assert_eq!(told("other", true, false, kind, text).await, Some(ErrorCode::AccessUnavailable));
            assert_eq!(told("other", true, true, kind, text).await, None, "a freeze is not held up");
        }
    }

    #[tokio::test]
    async fn each_id_must_be_his() {
        let own = [(Kind::User, "ann"), (Kind::Card, "card"), (Kind::Order, "order")];
        assert_eq!(told(&["ann"], false, &own).await, None);
        assert_eq!(told(&["ann"], false, &[]).await, None);
        let not_found = Some(ErrorCode::NotFound);
        assert_eq!(told(&["bob", ""], false, &[]).await, None);
        for id in own {
            assert_eq!(told(&["bob"], false, &[id]).await, not_found, "{id:?}");
        }
        for id in [(Kind::User, "ann2"), (Kind::User, "Ann"), (Kind::Card, "unseen"), (Kind::Order, "unseen")] {
            assert_eq!(told(&["ann"], false, &[own[0], id]).await, not_found, "{id:?}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_known_is_not_reached_also_for_a_freeze() {
        for kind in [Kind::Card, Kind::Order] {
            assert_eq!(told(&["ann"], true, &[(kind, "card")]).await, Some(ErrorCode::AccessUnavailable));
        }
    }
}
