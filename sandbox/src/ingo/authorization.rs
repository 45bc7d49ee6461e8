//! The `Authorization` header of a signed request.

/// The parameters of an `hmac` authorization.
#[derive(Debug, PartialEq)]
pub(super) struct Authorization<'a> {
    pub(super) username: &'a str,
    pub(super) algorithm: &'a str,
    /// Names of what was signed, in the order in which it was signed.
    pub(super) headers: Vec<&'a str>,
    pub(super) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads `hmac username="..", algorithm="..", headers="..", signature=".."`, each parameter exactly once.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix("hmac ")?;
        let (mut username, mut algorithm, mut headers, mut signature) = (None, None, None, None);
        loop {
            let (name, after) = rest.split_once("=\"")?;
            let (value, after) = after.split_once('"')?;
            let slot = match name {
                "username" => &mut username,
                "algorithm" => &mut algorithm,
                "headers" => &mut headers,
                "signature" => &mut signature,
                _ => return None,
            };
            if value.is_empty() || slot.replace(value).is_some() {
                return None;
            }
            if after.is_empty() {
                break;
            }
            rest = after.strip_prefix(", ").or_else(|| after.strip_prefix(','))?;
        }
        Some(Self { username: username?, algorithm: algorithm?, headers: names(headers?)?, signature: signature? })
    }
}

/// Lower-case names, each once, separated by single spaces.
fn names(list: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    for name in list.split(' ') {
        if name.is_empty() || name.contains(|c: char| c.is_ascii_uppercase()) || names.contains(&name) {
            return None;
        }
        names.push(name);
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ingo's own example; what it signs is not documented, but its grammar is.
    const DOCUMENTED: &str = "hmac username=\"test\", algorithm=\"hmac-sha512\", \
        headers=\"request-line x-date content-type content-sha512 content-length\", \
        signature=\"hAMqhSX6eogO1QpES9Dg9WynJWJPNxFLe1wtV4ppfvmGmqpYCiJYm6lqrHNjcmQUZCyMBdK86Zkm+m3BJwj3XA==\"";

    #[test]
    fn the_documented_example_is_read() {
        let read = Authorization::parse(DOCUMENTED).unwrap();
        assert_eq!((read.username, read.algorithm), ("test", "hmac-sha512"));
        assert_eq!(read.headers, ["request-line", "x-date", "content-type", "content-sha512", "content-length"]);
        assert_eq!(read.signature.len(), 88);
    }

    #[test]
    fn anything_else_is_not_an_authorization() {
        for wrong in [
            "".to_owned(),
            "Bearer token".to_owned(),
            DOCUMENTED.replace("hmac username", "username"),
            DOCUMENTED.replace("hmac username", "HMAC username"),
            DOCUMENTED.replace("username=\"test\", ", ""),
            DOCUMENTED.replace("username=\"test\"", "username=test"),
            DOCUMENTED.replace("username=\"test\"", "username=\"\""),
            DOCUMENTED.replace("username=\"test\"", "username=\"test\", username=\"test\""),
            DOCUMENTED.replace("algorithm=", "method="),
            DOCUMENTED.replace(" x-date", "  x-date"),
            DOCUMENTED.replace("x-date", "X-Date"),
            DOCUMENTED.replace("x-date", "x-date x-date"),
            DOCUMENTED.replace(", signature", "; signature"),
            format!("{DOCUMENTED},"),
            format!("{DOCUMENTED} "),
        ] {
            assert_eq!(Authorization::parse(&wrong), None, "{wrong}");
        }
    }
}
