//! JSONTestSuite's parsing files as PintoPay's answers, plain and in the seal.

use super::{create, rig_with, sealed};
use crate::corpora::json_files;
use crate::json_suite::{UNREADABLE, told};
use crate::scripted::Act;

#[tokio::test]
async fn an_answer_of_the_suite_leaves_a_create_unknown() {
    let mut names = Vec::new();
    let mut acts = Vec::new();
    for file in json_files() {
        if let Ok(text) = std::str::from_utf8(&file.bytes) {
            names.push(format!("{} in the seal", file.name));
            acts.push(Act::json(200, &sealed(text)));
        }
        acts.push(Act::bytes(200, "application/json", &file.bytes));
        names.push(file.name);
    }
    let (proxy, issuer) = rig_with(acts, &["--database-url=memory:"]).await;
    for (name, told) in names.iter().zip(told(create, proxy.address, names.len()).await) {
        assert_eq!(told, (502, UNREADABLE.into()), "{name}");
    }
    assert_eq!(issuer.seen().len(), names.len());
}
