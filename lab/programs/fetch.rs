//! A page fetched as programs in Rust do it: `fetch WAY URL [CERTIFICATE]`; what fails ends `main`.
//! WAY is `rustls` or `native` (by reqwest), or `ureq`.

use std::{env, error::Error, fs, time::Duration};

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    let words: Vec<String> = env::args().collect();
    let root = fs::read("root.crt")?;
    let pair = words
        .get(3)
        .map(|name| Ok::<_, std::io::Error>((fs::read(format!("{name}.pem"))?, fs::read(format!("{name}.key"))?)))
        .transpose()?;
    if words[1] == "ureq" {
        let root = ureq::tls::Certificate::from_pem(&root)?;
        let config = ureq::Agent::config_builder()
            .tls_config(
                ureq::tls::TlsConfig::builder()
                    .root_certs(ureq::tls::RootCerts::new_with_certs(&[root]))
                    .build(),
            )
            .timeout_global(Some(Duration::from_secs(5)))
            .build();
        println!("HTTP {}", ureq::Agent::from(config).get(&words[2]).call()?.status());
        return Ok(());
    }
    let mut builder = reqwest::blocking::Client::builder()
        .add_root_certificate(reqwest::Certificate::from_pem(&root)?)
        .timeout(Duration::from_secs(5));
    builder = if words[1] == "native" { builder.use_native_tls() } else { builder.use_rustls_tls() };
    if let Some((chain, key)) = pair {
        builder = builder.identity(if words[1] == "native" {
            reqwest::Identity::from_pkcs8_pem(&chain, &key)?
        } else {
            reqwest::Identity::from_pem(&[key, chain].concat())?
        });
    }
    println!("HTTP {}", builder.build()?.get(&words[2]).send()?.status());
    Ok(())
}
