//! Protocols by their first bytes, and bytes as text for evidence.

/// The protocol that begins like this, as far as it is known.
pub(super) fn protocol(bytes: &[u8]) -> Option<&'static str> {
    STARTS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, name)| *name)
}

/// The first line of the bytes in quotes, or the first bytes in hex if they are no text.
pub(super) fn quote(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let shown = line.get(..LONGEST_QUOTE).unwrap_or(line);
    if !shown.is_empty() && shown.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        let more = if shown.len() < line.len() { "..." } else { "" };
        return format!("\"{}{more}\"", String::from_utf8_lossy(shown));
    }
    let hex: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("bytes {}", hex.join(" "))
}

/// What was said, and in which protocol.
pub(super) fn describe(bytes: &[u8]) -> String {
    match protocol(bytes) {
        Some(name) => format!("{name}: {}", quote(bytes)),
        None => quote(bytes),
    }
}

/// Characters of a line that are quoted.
const LONGEST_QUOTE: usize = 48;

/// Longer beginnings stand before shorter ones.
const STARTS: &[(&[u8], &str)] = &[
    (b"HTTP/", "HTTP"),
    (b"GET ", "HTTP"),
    (b"POST ", "HTTP"),
    (b"HEAD ", "HTTP"),
    (b"PUT ", "HTTP"),
    (b"DELETE ", "HTTP"),
    (b"OPTIONS ", "HTTP"),
    (b"PATCH ", "HTTP"),
    (b"TRACE ", "HTTP"),
    (b"CONNECT ", "HTTP"),
    (b"PRI * HTTP/2", "HTTP/2"),
    (b"PROXY ", "PROXY protocol"),
    (b"\r\n\r\n\0\r\nQUIT\n", "PROXY protocol"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
    (b"SSH-", "SSH"),
    (b"EHLO", "SMTP"),
    (b"HELO", "SMTP"),
    (b"200 ", "NNTP"),
    (b"201 ", "NNTP"),
    (b"220", "SMTP or FTP"),
    (b"421", "SMTP or FTP"),
    (b"500 ", "SMTP or FTP"),
    (b"554", "SMTP"),
    (b"* OK", "IMAP"),
    (b"* BYE", "IMAP"),
    (b"* PREAUTH", "IMAP"),
    (b"* BAD", "IMAP"),
    (b"+OK", "POP3"),
    (b"-ERR", "POP3 or Redis"),
    (b"RFB ", "VNC"),
    (b"SIP/2.0", "SIP"),
    (b"RTSP/", "RTSP"),
    (b"AMQP", "AMQP"),
    (b"@RSYNCD:", "rsync"),
    (b"\x03\0\0", "RDP"),
    (b"\x12\x01\0", "SQL Server (TDS)"),
    (b"\0\0\0\x08\x04\xd2\x16\x2f", "PostgreSQL"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Text is quoted up to the end of its first line, other bytes are shown in hex.
    #[test]
    fn first_bytes_are_named_and_quoted() {
        assert_eq!(describe(b"GET / HTTP/1.1\r\nHost: x\r\n"), "HTTP: \"GET / HTTP/1.1\"");
        assert_eq!(describe(b"hello"), "\"hello\"");
        assert_eq!(describe(&[1, 2, 0xff]), "bytes 01 02 ff");
        assert_eq!(describe(b""), "bytes ");
        assert!(quote(&[b'a'; 100]).ends_with("...\""));
    }
}
