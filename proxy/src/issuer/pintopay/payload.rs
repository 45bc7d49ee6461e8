//! What is sealed: the request's fields in the deployment's words, and beside them the moment of sending.

use serde_json::{Map, Value};

use super::dialect::Wording;

/// Writes the payload of a request that goes out at this moment.
pub(super) fn write(body: &str, wording: Wording, timestamp: u64) -> serde_json::Result<String> {
    let fields: Map<String, Value> = serde_json::from_str(body)?;
    let mut payload: Map<_, _> =
        fields.into_iter().map(|(name, value)| (wording.on_wire(&name).to_owned(), value)).collect();
    payload.insert("request_timestamp".into(), timestamp.into());
    serde_json::to_string(&payload)
}

#[cfg(test)]
mod tests {
    use super::super::dialect::{Dialect, UserField};
    use super::*;

    #[test]
    fn fields_stand_at_root_level_beside_the_timestamp() {
        let wording = Wording::new(Dialect::Pintopay, UserField::ExternalUserId).unwrap();
        let payload = write(r#"{"order_id":"o\"1"}"#, wording, 1_700_000_000_000_000).unwrap();
        assert_eq!(payload, r#"{"order_id":"o\"1","request_timestamp":1700000000000000}"#);
        assert!(write("[]", wording, 1).is_err());
    }

    #[test]
    fn fields_are_named_as_the_deployment_names_them() {
        let wording = Wording::new(Dialect::Revio, UserField::CardholderId).unwrap();
        let payload = write(r#"{"product_code":"p","external_user_id":"u"}"#, wording, 1).unwrap();
        assert_eq!(payload, r#"{"cardholder_id":"u","product_id":"p","request_timestamp":1}"#);
    }
}
