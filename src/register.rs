//! What every list has in common: the issuers' and the proxy's own register speak Ingo's shape.

use crate::envelope::{AnswerField, AnswerKind};

/// How a list is cut into pages.
pub const PAGINATION: &[AnswerField] = &[
    AnswerField::required("page", AnswerKind::Number, "The page, from 1."),
    AnswerField::required("per_page", AnswerKind::Number, "How many items a page holds."),
    AnswerField::required("total", AnswerKind::Number, "How many items there are."),
    AnswerField::optional("sort", AnswerKind::Text, "The order, such as `created_at:desc`."),
    AnswerField::optional("search", AnswerKind::Text, "What was searched for."),
];
