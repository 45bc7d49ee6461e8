//! How many requests are worked on at once. What comes besides is refused at once, instead of waiting in a line without an end.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cardwright::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::is_urgent;
use crate::app::App;
use crate::problem::Problem;

/// When it may be better.
const AGAIN_IN: Duration = Duration::from_secs(1);

/// Room for requests.
#[derive(Clone)]
pub(crate) struct Busy(Arc<Semaphore>);

/// That a request is being worked on; as long as anybody holds it, its room is taken.
#[derive(Clone)]
pub(crate) struct Work(#[expect(dead_code, reason = "its drop is its use")] Arc<OwnedSemaphorePermit>);

impl Busy {
    pub(crate) fn new(most: usize) -> Busy {
        Busy(Arc::new(Semaphore::new(most)))
    }

    fn begin(&self) -> Option<Work> {
        Some(Work(Arc::new(Arc::clone(&self.0).try_acquire_owned().ok()?)))
    }

    /// Refuses what there is no room for. A freeze needs none.
    pub(crate) async fn refuse(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
        if is_urgent(&request) {
            return next.run(request).await;
        }
        let Some(work) = app.busy.begin() else {
            return Problem::new(ErrorCode::RateLimited).again_in(AGAIN_IN).into_response();
        };
        request.extensions_mut().insert(work.clone());
        let response = next.run(request).await;
        drop(work);
        response
    }
}
