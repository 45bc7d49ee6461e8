//! Tenant, user, scopes and user ids, read from a token's members or from the headers of an answer, by configured names.

use super::{Principal, scope};

/// The longest tenant, user or user id, in bytes. An OpenID subject has 255 at most.
const LONGEST: usize = 255;
/// The most user ids of one caller.
const MOST_USER_IDS: usize = 100;

/// Where the parts of a caller stand.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) user_from: String,
    pub(super) tenant: Tenant,
    pub(super) scopes_from: Option<String>,
    /// What a name must begin with to be a scope of ours; it is taken off.
    pub(super) scope_prefix: String,
    /// The scopes everybody has who was recognised.
    pub(super) scopes: Vec<String>,
    pub(super) user_ids_from: Option<String>,
}

/// Whose cards are meant.
#[derive(Clone, Debug)]
pub(super) enum Tenant {
    /// All callers are of this one.
    Fixed(String),
    /// It stands under this name.
    From(String),
}

/// What stands somewhere is not what can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

impl Identity {
    /// The caller whose parts are found so: no text where nothing stands, several where there is a list.
    pub(super) fn principal(
        &self,
        found: impl Fn(&str) -> Result<Vec<String>, Unreadable>,
        ambient: bool,
    ) -> Result<Principal, Unreadable> {
        let one = |name: &str| match <[String; 1]>::try_from(found(name)?) {
            Ok([text]) if is_name(&text) => Ok(text),
            _ => Err(Unreadable),
        };
        let listed = |name: &Option<String>| match name {
            Some(name) => found(name).map(|texts| words(&texts)),
            None => Ok(Vec::new()),
        };
        let tenant = match &self.tenant {
            Tenant::Fixed(tenant) => tenant.clone(),
            Tenant::From(name) => one(name)?,
        };
        let named = listed(&self.scopes_from)?;
        let known = named.iter().filter_map(|word| scope::find(word.strip_prefix(&self.scope_prefix)?));
        let mut scopes: Vec<String> = self.scopes.iter().map(String::as_str).chain(known).map(String::from).collect();
        scopes.sort();
        scopes.dedup();
        let user_ids = listed(&self.user_ids_from)?;
        if user_ids.len() > MOST_USER_IDS || !user_ids.iter().all(|id| is_name(id)) {
            return Err(Unreadable);
        }
        Ok(Principal { tenant, user: one(&self.user_from)?, scopes, user_ids, ambient })
    }
}

/// The words of texts in which blanks or commas stand between them.
fn words(texts: &[String]) -> Vec<String> {
    let is_between = |letter: char| letter.is_ascii_whitespace() || letter == ',';
    texts.iter().flat_map(|text| text.split(is_between)).filter(|word| !word.is_empty()).map(String::from).collect()
}

/// Whether a text can be somebody's name in the store: nothing in it can be mistaken for anything else.
pub(super) fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.trim() == text && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            user_from: "sub".into(),
            tenant: Tenant::From("org".into()),
            scopes_from: Some("scope".into()),
            scope_prefix: "cards/".into(),
            scopes: vec!["ingo.listCards".into()],
            user_ids_from: Some("ids".into()),
        }
    }

    fn read(identity: &Identity, parts: &[(&str, &[&str])]) -> Result<Principal, Unreadable> {
        let found = |name: &str| {
            let texts = parts.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, texts)| *texts);
            Ok(texts.iter().map(|text| (*text).to_owned()).collect())
        };
        identity.principal(found, true)
    }

    #[test]
    fn each_part_is_read_where_it_stands() {
        let scope = ["openid cards/ingo.freezeCard,cards/no.such", "ingo.reissueCard cards/ingo.listCards"];
        let read =
            read(&identity(), &[("sub", &["ann"]), ("org", &["acme"]), ("scope", &scope), ("ids", &["u-1 u-2"])]);
        let expected = Principal {
            tenant: "acme".into(),
            user: "ann".into(),
            scopes: vec!["ingo.freezeCard".into(), "ingo.listCards".into()],
            user_ids: vec!["u-1".into(), "u-2".into()],
            ambient: true,
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn who_has_no_one_name_is_nobody() {
        for (user, tenant) in [
            (&[][..], &["t"][..]),
            (&["u"], &[]),
            (&["u", "v"], &["t"]),
            (&[""], &["t"]),
            (&[" u"], &["t"]),
            (&["u\n"], &["t"]),
            (&["u"], &["t", "t"]),
        ] {
            assert_eq!(read(&identity(), &[("sub", user), ("org", tenant)]), Err(Unreadable), "{user:?} {tenant:?}");
        }
        let long = "u".repeat(LONGEST + 1);
        assert_eq!(read(&identity(), &[("sub", &[&long]), ("org", &["t"])]), Err(Unreadable));
        let fixed = Identity { tenant: Tenant::Fixed("t".into()), ..identity() };
        assert_eq!(read(&fixed, &[("sub", &["u"])]).unwrap().tenant, "t");
        let many = vec!["id"; MOST_USER_IDS + 1];
        assert_eq!(read(&fixed, &[("sub", &["u"]), ("ids", &many)]), Err(Unreadable));
    }
}
