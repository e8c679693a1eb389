//! Connections: one request each, in so much time and so many bytes. It runs on the runtime that
//! waits for signals; shards never wait for it.

use super::{Answer, HTML, Pages};
use crate::limits::{
    ACCEPT_PAUSE, CONNECTIONS_MAX, REQUEST_BYTES_MAX, REQUEST_HEADERS_MAX, REQUEST_TIMEOUT,
};
use groat_shard::Fault;
use hyper::body::Incoming;
use hyper::header::X_CONTENT_TYPE_OPTIONS;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// An address that is listened on.
pub(crate) struct Listening(TcpListener);

impl Listening {
    /// Listens; only inside a runtime. With port 0 the system chooses one, and the log says which.
    pub(crate) fn on(address: SocketAddr) -> Result<Listening, Fault> {
        let failed = |e: std::io::Error| {
            Fault::new(
                format!("pages cannot be served at {address}: {e}"),
                "give another address by --listen, or end the program that has this one",
            )
        };
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        tracing::info!("pages are served at http://{address}/");
        TcpListener::from_std(listener).map(Listening).map_err(failed)
    }

    /// Answers whoever comes.
    pub(crate) async fn serve(self, pages: Pages) {
        serve(self.0, Arc::new(pages), REQUEST_TIMEOUT).await;
    }
}

async fn serve(listener: TcpListener, pages: Arc<Pages>, timeout: Duration) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    // Nobody closes the semaphore.
    while let Ok(place) = Arc::clone(&room).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let pages = Arc::clone(&pages);
                tokio::spawn(async move {
                    // Whether a client was too slow, or went away, is its own business.
                    let _ = tokio::time::timeout(timeout, answer_one(stream, &pages)).await;
                    drop(place);
                });
            }
            Err(e) => {
                tracing::debug!("a connection was not taken: {e}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn answer_one(stream: TcpStream, pages: &Pages) {
    let service = service_fn(|request: Request<Incoming>| {
        let answer = pages.answer(request.method().as_str(), request.uri().path());
        std::future::ready(Ok::<_, Infallible>(response(answer)))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIMEOUT);
    http.keep_alive(false).max_buf_size(REQUEST_BYTES_MAX).max_headers(REQUEST_HEADERS_MAX);
    if let Err(e) = http.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("a request was not answered: {e}");
    }
}

fn response(answer: Answer) -> Response<String> {
    let Answer { code, kind, body } = answer;
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if kind == HTML {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if code == 405 {
        headers.insert(ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::super::tests::{about, serving};
    use super::*;
    use std::io::{Read, Write};
    use std::net;

    /// Serves what serves, with so much time for a request; gives the address.
    fn served(timeout: Duration) -> SocketAddr {
        let (tell, hear) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let listening = Listening::on("127.0.0.1:0".parse().unwrap()).unwrap();
                tell.send(listening.0.local_addr().unwrap()).unwrap();
                let pages = Pages { about: about(), status: Arc::new(serving()) };
                serve(listening.0, Arc::new(pages), timeout).await;
            });
        });
        hear.recv().unwrap()
    }

    fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = net::TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(address: SocketAddr, path: &str) -> String {
        ask(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
    }

    #[test]
    fn requests_are_answered_and_the_connection_ends() {
        let address = served(REQUEST_TIMEOUT);
        for path in ["/", "/healthz", "/metrics?x=1"] {
            let answer = get(address, path);
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {answer}");
            assert!(answer.contains("cache-control: no-store\r\n"), "{answer}");
            assert!(answer.contains("connection: close\r\n"), "{answer}");
        }
        assert!(get(address, "/").contains("content-security-policy: default-src 'none'"));
        assert!(get(address, "/metrics").contains("content-type: text/plain; version=0.0.4"));
        assert!(get(address, "/none").starts_with("HTTP/1.1 404 "));
        let posted = ask(address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        assert!(posted.starts_with("HTTP/1.1 405 "), "{posted}");
        assert!(posted.contains("allow: GET\r\n"), "{posted}");
    }

    #[test]
    fn what_is_no_request_or_too_large_is_refused() {
        let address = served(REQUEST_TIMEOUT);
        assert!(ask(address, "what is this\r\n\r\n").starts_with("HTTP/1.1 400 "));
        let headers: String = (0..=REQUEST_HEADERS_MAX).map(|n| format!("x-{n}: 1\r\n")).collect();
        let many = ask(address, &format!("GET / HTTP/1.1\r\n{headers}\r\n"));
        assert!(many.starts_with("HTTP/1.1 431 "), "{many}");
    }

    /// Some say nothing, others half of it. Each has so much time, here less than the library gives
    /// for the head of a request; others are answered meanwhile.
    #[test]
    fn who_is_slow_holds_up_nobody_and_is_let_go_of() {
        let started = crate::clock::start();
        let address = served(Duration::from_millis(300));
        let mut slow: Vec<_> = (0..8).map(|_| net::TcpStream::connect(address).unwrap()).collect();
        for stream in &mut slow[1..] {
            stream.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
        }
        assert!(get(address, "/healthz").starts_with("HTTP/1.1 200 "));
        for mut stream in slow {
            let mut said = Vec::new();
            // Closed, with an answer or without.
            stream.read_to_end(&mut said).unwrap();
            assert!(!said.starts_with(b"HTTP/1.1 200"));
        }
        assert!(started.elapsed() < REQUEST_TIMEOUT, "{:?}", started.elapsed());
    }

    /// One more than fit waits until there is room.
    #[test]
    fn more_connections_than_fit_wait_for_their_turn() {
        let address = served(Duration::from_millis(300));
        let slow: Vec<_> =
            (0..CONNECTIONS_MAX).map(|_| net::TcpStream::connect(address).unwrap()).collect();
        assert!(get(address, "/healthz").starts_with("HTTP/1.1 200 "));
        drop(slow);
    }

    #[test]
    fn an_address_that_is_taken_is_said_clearly() {
        let address = served(REQUEST_TIMEOUT);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        let fault = Listening::on(address).err().unwrap();
        assert!(fault.what.contains(&format!("cannot be served at {address}")), "{fault}");
        assert!(fault.advice.contains("--listen"), "{fault}");
    }
}
