//! A TLS server and a TLS client made with rustls: `rustls-lab server|client HOST PORT`.
//!
//! Further words: `cert=NAME`, `ca=NAME` (whom to trust; a server that is given one insists on a
//! client certificate), `tls=1.2`, `alpn=TOKENS`, `name=NAME`, `group=NAME`, `suite=NAME`, and
//! `only=NAME` for a server that has nothing for another name.

use std::collections::HashMap;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::server::{ResolvesServerCertUsingSni, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConnection, RootCertStore, ServerConnection, SupportedProtocolVersion, version,
};

type Outcome<T> = Result<T, Box<dyn Error>>;
type Words = HashMap<String, String>;

const PATIENCE: Duration = Duration::from_secs(4);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut word = || arguments.next().expect("server|client HOST PORT");
    let (role, host, port) = (word(), word(), word());
    let words: Words = arguments
        .filter_map(|word| {
            word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
        })
        .collect();
    let port: u16 = port.parse().expect("a port");
    let done = match role.as_str() {
        "server" => serve(&host, port, &words),
        _ => ask(&host, port, &words),
    };
    if let Err(failure) = done {
        println!("error: {failure}");
        std::process::exit(1);
    }
}

/// What both sides use: all of aws-lc, or the one group and the one suite that were named.
fn provider(words: &Words) -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    if let Some(wanted) = words.get("group") {
        provider.kx_groups.retain(|group| format!("{:?}", group.name()) == *wanted);
    }
    if let Some(wanted) = words.get("suite") {
        provider.cipher_suites.retain(|suite| format!("{:?}", suite.suite()) == *wanted);
    }
    Arc::new(provider)
}

static OLD: &[&SupportedProtocolVersion] = &[&version::TLS12];
static NEW: &[&SupportedProtocolVersion] = &[&version::TLS13];

fn versions(words: &Words) -> &'static [&'static SupportedProtocolVersion] {
    match words.get("tls").map(String::as_str) {
        Some("1.2") => OLD,
        Some("1.3") => NEW,
        _ => rustls::ALL_VERSIONS,
    }
}

fn serve(host: &str, port: u16, words: &Words) -> Outcome<()> {
    let (chain, key) = identity(&words["cert"])?;
    let provider = provider(words);
    let builder = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions(words))?;
    let builder = match words.get("ca") {
        Some(ca) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(Arc::new(trusted(ca)?), provider.clone())
                .build()?,
        ),
        None => builder.with_no_client_auth(),
    };
    let mut config = match words.get("only") {
        Some(name) => {
            let mut names = ResolvesServerCertUsingSni::new();
            names.add(name, CertifiedKey::from_der(chain, key, &provider)?)?;
            builder.with_cert_resolver(Arc::new(names))
        }
        None => builder.with_single_cert(chain, key)?,
    };
    config.alpn_protocols = protocols(words);
    let config = Arc::new(config);
    for stream in TcpListener::bind((host, port))?.incoming() {
        if let Err(failure) = answer(stream?, &config) {
            println!("error: {failure}");
        }
    }
    Ok(())
}

fn answer(mut stream: TcpStream, config: &Arc<rustls::ServerConfig>) -> Outcome<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut connection = ServerConnection::new(config.clone())?;
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    tls.read(&mut [0; 4096])?;
    tls.write_all(b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")?;
    connection.send_close_notify();
    connection.complete_io(&mut stream)?;
    Ok(())
}

fn ask(host: &str, port: u16, words: &Words) -> Outcome<()> {
    let builder = rustls::ClientConfig::builder_with_provider(provider(words))
        .with_protocol_versions(versions(words))?
        .with_root_certificates(trusted(words.get("ca").map_or("root", String::as_str))?);
    let mut config = match words.get("cert") {
        Some(name) => {
            let (chain, key) = identity(name)?;
            builder.with_client_auth_cert(chain, key)?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = protocols(words);
    let name = words.get("name").map_or("www.example.test", String::as_str).to_owned();
    let mut connection = ClientConnection::new(Arc::new(config), ServerName::try_from(name)?)?;
    let mut stream = TcpStream::connect((host, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    tls.write_all(b"GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n")?;
    let count = tls.read(&mut [0; 4096])?;
    println!("read {count} bytes");
    connection.send_close_notify();
    connection.complete_io(&mut stream)?;
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
    words
        .get("alpn")
        .into_iter()
        .flat_map(|tokens| tokens.split(','))
        .map(|token| token.as_bytes().to_vec())
        .collect()
}
