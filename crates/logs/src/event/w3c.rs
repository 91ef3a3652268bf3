//! What IIS and HTTP.sys write of each request, in the W3C's extended format.
//!
//! IIS asks for a client certificate behind the handshake, and refuses it with a status of HTTP: the
//! sub-status says what was wrong, and beside it stands the error of Windows, in decimal. Sources:
//! Microsoft's pages on the sub-statuses of IIS 7 and later, and on error logging in HTTP APIs.

use std::borrow::Cow;

use memchr::memmem;

use super::{End, Failure};
use crate::container::text_of;
use crate::spelling::spelled;
use crate::stack::Stack;
use crate::{Stamp, Sure, Suspect};

use Sure::{Certain, Likely, Possible};

/// The columns of the rows that follow.
#[derive(Debug)]
pub(crate) struct Columns {
    names: Vec<Vec<u8>>,
}

/// Columns that are read: IIS knows two dozen, and a site may add 16 of its own.
const MAX_COLUMNS: usize = 64;

/// What begins a line with the names of the columns. IIS writes it again whenever it is started or
/// they are changed.
const FIELDS: &[u8] = b"#Fields:";

/// The status of a request whose client certificate was not accepted.
const FORBIDDEN: &[u8] = b" 403 ";

/// Bytes that are searched at a time, so that what is found costs no more than that to find.
const BLOCK: usize = 8 << 10;

/// A reason in the log of HTTP.sys that is about TLS: it had asked for a certificate in a second
/// handshake, and the client did not finish that. No other of the documented reasons is.
const RENEGOTIATION: &[u8] = b"Timer_SslRenegotiation";

static IIS: Stack = Stack { remedy: "iis", ..Stack::monitor("iis", "IIS") };
static HTTP: Stack = Stack { remedy: "iis", ..Stack::monitor("http-sys", "HTTP.sys") };

/// What a sub-status of 403 means.
struct Refusal {
    sub_status: &'static str,
    /// What the server found: past tense, fits after "IIS".
    says: &'static str,
    /// The causes, where Windows' error says nothing.
    causes: &'static [Suspect],
}

const REFUSALS: &[Refusal] = &[
    Refusal {
        sub_status: "7",
        says: "asked for a client certificate, and none came",
        causes: &[suspect("client-cert-missing", Certain)],
    },
    Refusal {
        sub_status: "12",
        says: "found no account for the client certificate, or denied it access",
        causes: &[suspect("client-cert-not-mapped", Likely)],
    },
    Refusal {
        sub_status: "13",
        says: "found the client certificate revoked, or could not find out",
        // IIS says so as well where it could not find out.
        causes: &[suspect("revoked", Likely), suspect("revocation-unreachable", Likely)],
    },
    Refusal {
        sub_status: "16",
        says: "found the client certificate not trusted, or not valid",
        causes: &[
            suspect("server-does-not-trust-client-ca", Likely),
            suspect("missing-client-intermediate", Possible),
            suspect("non-root-in-root-store", Possible),
        ],
    },
    Refusal {
        sub_status: "17",
        says: "found that the client certificate has expired, or is not valid yet",
        causes: &[suspect("client-cert-expired", Likely), suspect("clock-skew", Possible)],
    },
];

/// What a sub-status of 403 says of a client certificate, `7` in 403.7: what IIS found, past tense
/// without its subject, and the causes; `None` where it is about something else.
///
/// Source: Microsoft's page on the status codes of IIS 7 and later.
#[must_use]
pub fn iis_refusal(sub_status: &str) -> Option<(&'static str, &'static [Suspect])> {
    let refusal = REFUSALS.iter().find(|refusal| refusal.sub_status == sub_status)?;
    Some((refusal.says, refusal.causes))
}

/// What Windows' error says of a client certificate (winerror.h).
const ERRORS: &[(u32, &[Suspect])] = &[
    (0x8009_2010, &[suspect("revoked", Certain)]),
    (0x8009_2012, &[suspect("revocation-unreachable", Likely), suspect("crl-missing", Possible)]),
    (0x8009_2013, &[suspect("revocation-unreachable", Certain)]),
    (0x800B_0101, &[suspect("client-cert-expired", Likely), suspect("clock-skew", Possible)]),
    // Windows says the same where a certificate among the roots is none (KB2802568).
    (
        0x800B_0109,
        &[
            suspect("server-does-not-trust-client-ca", Likely),
            suspect("non-root-in-root-store", Possible),
        ],
    ),
    (
        0x800B_010A,
        &[
            suspect("missing-client-intermediate", Likely),
            suspect("server-does-not-trust-client-ca", Likely),
        ],
    ),
    (0x800B_010C, &[suspect("revoked", Certain)]),
    (0x800B_0110, &[suspect("client-cert-wrong-eku", Certain)]),
    (0x800B_0112, &[suspect("server-does-not-trust-client-ca", Certain)]),
];

const fn suspect(cause: &'static str, sure: Sure) -> Suspect {
    Suspect { cause, sure }
}

impl Columns {
    /// Reads the lines in front of the rows; `None` for a text that is another's, or whose rows say
    /// nothing of certificates.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let lines = head.split(|byte| *byte == b'\n').take_while(|line| line.starts_with(b"#"));
        let columns = lines.filter_map(Self::of_line).last()?;
        let has = |wanted: &[u8]| columns.names.iter().any(|name| name == wanted);
        let is_ours = has(b"sc-status") && (has(b"sc-substatus") || has(b"s-reason"));
        is_ours.then_some(columns)
    }

    fn of_line(line: &[u8]) -> Option<Self> {
        let names = line.strip_prefix(FIELDS)?.trim_ascii();
        let names = names.split(|byte| *byte == b' ').take(MAX_COLUMNS).map(<[u8]>::to_vec);
        Some(Self { names: names.collect() })
    }

    /// Where the next line is that may tell something, or has the names of other columns.
    pub(super) fn next(&self, text: &[u8], at: usize) -> Option<usize> {
        // What HTTP.sys logs are errors, and few.
        if self.has(b"s-reason") {
            return Some(at);
        }
        let mut from = at;
        loop {
            let block = text.get(from..text.len().min(from + BLOCK + FIELDS.len()))?;
            let found = [FORBIDDEN, FIELDS].into_iter().filter_map(|it| memmem::find(block, it));
            if let Some(found) = found.min() {
                return Some(from + found);
            }
            from += BLOCK;
        }
    }

    fn has(&self, wanted: &[u8]) -> bool {
        self.names.iter().any(|name| name == wanted)
    }

    /// What a line tells. Names of columns replace those that were known.
    pub(super) fn row<'a>(&mut self, line: &'a [u8], number: u64) -> Option<Failure<'a>> {
        if line.starts_with(b"#") {
            *self = Self::of_line(line)?;
            return None;
        }
        let mut row = Row::default();
        for (name, cell) in self.names.iter().zip(line.split(|byte| *byte == b' ')) {
            if cell != b"-" {
                row.set(name, cell);
            }
        }
        row.failure(number)
    }
}

/// One request.
#[derive(Default)]
struct Row<'a> {
    date: &'a [u8],
    time: &'a [u8],
    client: End<'a>,
    server: End<'a>,
    host: Option<Cow<'a, str>>,
    status: &'a [u8],
    sub_status: &'a [u8],
    error: &'a [u8],
    reason: &'a [u8],
}

impl<'a> Row<'a> {
    fn set(&mut self, name: &[u8], cell: &'a [u8]) {
        let text = || text_of(Cow::Borrowed(cell));
        match name {
            b"date" => self.date = cell,
            b"time" => self.time = cell,
            b"c-ip" => self.client.address = text(),
            b"c-port" => self.client.port = text(),
            b"s-ip" => self.server.address = text(),
            b"s-port" => self.server.port = text(),
            b"cs-host" => self.host = Some(text()),
            b"sc-status" => self.status = cell,
            b"sc-substatus" => self.sub_status = cell,
            b"sc-win32-status" => self.error = cell,
            b"s-reason" => self.reason = cell,
            _ => {}
        }
    }

    /// What it tells, if it tells of a certificate that was not accepted. Other reasons to forbid
    /// something have other sub-statuses.
    fn failure(self, number: u64) -> Option<Failure<'a>> {
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        let (stack, words, suspects) = match self.reason {
            RENEGOTIATION => {
                let suspects = vec![
                    suspect("renegotiation-for-client-cert", Likely),
                    suspect("client-cert-missing", Possible),
                ];
                (&HTTP, format!("s-reason {}", text(self.reason)), suspects)
            }
            _ if self.status != b"403" => return None,
            _ => {
                let is_own = |refusal: &&Refusal| refusal.sub_status.as_bytes() == self.sub_status;
                let refusal = REFUSALS.iter().find(is_own)?;
                let error = str::from_utf8(self.error).ok().and_then(|error| error.parse().ok());
                let known = ERRORS.iter().find(|(code, _)| Some(*code) == error);
                let causes = known.map_or(refusal.causes, |(_, causes)| causes);
                let mut words = format!("sc-status 403, sc-substatus {}", text(self.sub_status));
                if let Some(error) = error.filter(|error| *error != 0) {
                    words += &format!(", sc-win32-status {error}");
                    let code = format!("0x{error:08X}");
                    let is_known = known.is_some() || spelled(&code).is_some();
                    words += &if is_known { format!(" ({code})") } else { String::new() };
                }
                (&IIS, words, causes.to_vec())
            }
        };
        let stamp = [self.date, b"T", self.time, b"Z"].concat();
        // The name, and a port where it is not 443.
        let name = self.host.map(|host| match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name.to_owned(),
            _ => host.into_owned(),
        });
        Some(Failure {
            stack,
            time: Stamp::of_field(&stamp, None),
            // Each request is told by itself.
            id: number.to_string(),
            client: self.client,
            server: self.server,
            name,
            alert: None,
            sender: None,
            of_server: true,
            words,
            suspects,
        })
    }
}
