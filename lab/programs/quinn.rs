//! A QUIC server and a QUIC client made with quinn and rustls: `quinn-lab server|client HOST PORT`.
//!
//! Further words: `cert=NAME`, `ca=NAME` (whom to trust; a server that is given one insists on a
//! client certificate), `alpn=TOKEN`, `name=NAME`, and `retry` for a server that asks for a token.

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use quinn::{ClientConfig, Endpoint, IdleTimeout, ServerConfig, TransportConfig};
use rustls::{KeyLogFile, RootCertStore, server::WebPkiClientVerifier};

type Outcome<T> = Result<T, Box<dyn Error>>;
type Words = HashMap<String, String>;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut word = || arguments.next().expect("server|client HOST PORT");
    let (role, host, port) = (word(), word(), word());
    let words: Words = arguments
        .map(|word| match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (word, String::new()),
        })
        .collect();
    let address = SocketAddr::new(host.parse().unwrap(), port.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let done = runtime.block_on(async {
        match role.as_str() {
            "server" => serve(address, &words).await,
            _ => ask(address, &words).await,
        }
    });
    if let Err(failure) = done {
        println!("error: {failure}");
    }
}

async fn serve(address: SocketAddr, words: &Words) -> Outcome<()> {
    let (chain, key) = identity(&words["cert"])?;
    let builder = rustls::ServerConfig::builder();
    let builder = match words.get("ca") {
        Some(ca) => {
            let verifier = WebPkiClientVerifier::builder(Arc::new(trusted(ca)?)).build()?;
            builder.with_client_cert_verifier(verifier)
        }
        None => builder.with_no_client_auth(),
    };
    let mut tls = builder.with_single_cert(chain, key)?;
    tls.alpn_protocols = protocols(words);
    tls.key_log = Arc::new(KeyLogFile::new());
    let config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    let endpoint = Endpoint::server(config, address)?;
    while let Some(incoming) = endpoint.accept().await {
        if words.contains_key("retry") && !incoming.remote_address_validated() {
            incoming.retry()?;
            continue;
        }
        if let Err(failure) = answer(incoming).await {
            println!("error: {failure}");
        }
    }
    Ok(())
}

async fn answer(incoming: quinn::Incoming) -> Outcome<()> {
    let connection = incoming.await?;
    let (mut to_client, mut from_client) = connection.accept_bi().await?;
    from_client.read_to_end(4096).await?;
    to_client.write_all(b"hello\r\n").await?;
    to_client.finish()?;
    connection.closed().await;
    Ok(())
}

async fn ask(address: SocketAddr, words: &Words) -> Outcome<()> {
    let builder = rustls::ClientConfig::builder()
        .with_root_certificates(trusted(words.get("ca").map_or("root", String::as_str))?);
    let mut tls = match words.get("cert") {
        Some(name) => {
            let (chain, key) = identity(name)?;
            builder.with_client_auth_cert(chain, key)?
        }
        None => builder.with_no_client_auth(),
    };
    tls.alpn_protocols = protocols(words);
    tls.key_log = Arc::new(KeyLogFile::new());
    let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls)?));
    let mut transport = TransportConfig::default();
    transport.max_idle_timeout(Some(IdleTimeout::try_from(Duration::from_secs(3))?));
    config.transport_config(Arc::new(transport));
    let endpoint = Endpoint::client(SocketAddr::new(address.ip(), 0))?;
    let name = words.get("name").map_or("www.example.test", String::as_str);
    let connection = endpoint.connect_with(config, address, name)?.await?;
    let (mut to_server, mut from_server) = connection.open_bi().await?;
    to_server.write_all(b"GET /\r\n").await?;
    to_server.finish()?;
    let answer = from_server.read_to_end(4096).await?;
    println!("read {} bytes", answer.len());
    connection.close(0_u32.into(), b"done");
    endpoint.wait_idle().await;
    Ok(())
}

fn identity(name: &str) -> Outcome<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let chain = CertificateDer::pem_file_iter(format!("{name}.pem"))?.collect::<Result<_, _>>()?;
    Ok((chain, PrivateKeyDer::from_pem_file(format!("{name}.key"))?))
}

fn trusted(name: &str) -> Outcome<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(format!("{name}.crt"))? {
        roots.add(certificate?)?;
    }
    Ok(roots)
}

fn protocols(words: &Words) -> Vec<Vec<u8>> {
    vec![words.get("alpn").map_or(&b"h3"[..], |token| token.as_bytes()).to_vec()]
}
