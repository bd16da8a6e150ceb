use crate::auth::Caller;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Tells handlers who asks. Until there is sign-in: whoever reaches the portal on this machine.
pub(in crate::http) async fn identify(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Arc::new(Caller::command_line()));
    next.run(request).await
}
