//! What a field of a structured log is, by its name.
//!
//! Every logger has its own names. They are compared without case and signs, so that `remote_addr`,
//! `remoteAddr` and `RemoteAddr` are one, and a dot in a name is a level like any other: ECS writes
//! `error.message` in both ways.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// What the program says.
    Message,
    /// What went wrong, beside the message.
    Trouble,
    /// The class of what went wrong, which stands in front of its text.
    Class,
    /// What went wrong with a server behind the program that wrote it.
    UpstreamTrouble,
    Time,
    Host,
    Program,
    Process,
    /// The address of the other end, perhaps with its port.
    Peer,
    PeerPort,
    /// The address of the server behind the program.
    Upstream,
    ServerName,
    /// How bad it is.
    Level,
    Other,
}

/// The last three names of a path, without case and signs.
struct Names {
    /// The innermost first.
    names: [Name; LEVELS],
}

/// A name without case and signs.
#[derive(Clone, Copy)]
struct Name {
    letters: [u8; LETTERS],
    length: usize,
}

/// How many names of a path are looked at, from the inside.
const LEVELS: usize = 3;
/// Letters of a name that are compared. The longest known has 24.
const LETTERS: usize = 32;

impl Role {
    /// By the keys that lead to a field, the outermost first.
    pub(super) fn of(keys: &[&[u8]]) -> Self {
        let names = Names::of(keys);
        let [key, parent, grandparent] = names.each();
        if [key, parent, grandparent].iter().any(|name| is_trouble(name)) {
            return match key {
                "name" | "type" | "class" | "kind" | "classname" | "codename" => Self::Class,
                "exceptionclass" | "exceptiontype" | "errorclass" | "errortype" => Self::Class,
                _ if key.starts_with("upstream") => Self::UpstreamTrouble,
                _ => Self::Trouble,
            };
        }
        let outer = parent.is_empty() || ENVELOPES.contains(&parent);
        match key {
            "message" | "msg" | "log" | "shortmessage" | "fullmessage" | "textpayload" if outer => {
                Self::Message
            }
            "logmessage" | "body" | "stringvalue" | "original" | "raw" | "line" if outer => {
                Self::Message
            }
            "event" | "text" | "description" | "generaltext" if parent.is_empty() => Self::Message,
            "time" | "ts" | "timestamp" | "datetime" | "date" | "t" | "eventtime" if outer => {
                Self::Time
            }
            "realtimetimestamp" | "sourcerealtimetimestamp" | "timemillis" | "asctime" => {
                Self::Time
            }
            "timeunixnano" | "logtime" | "timecreated" | "dateandtime" if outer => Self::Time,
            "date" if parent == "t" => Self::Time,
            "epochsecond" if parent == "instant" => Self::Time,
            "host" | "hostname" | "sourcehost" | "computer" | "machinename" if outer => Self::Host,
            "name" | "hostname" if parent == "host" => Self::Host,
            "host" if parent == "kubernetes" => Self::Host,
            "syslogidentifier" | "programname" | "program" | "appname" | "app" if outer => {
                Self::Program
            }
            "comm" | "application" | "service" | "ident" | "containername" if outer => {
                Self::Program
            }
            "source" | "providername" if parent.is_empty() => Self::Program,
            "name" if matches!(parent, "service" | "process" | "container") => Self::Program,
            "containername" if parent == "kubernetes" => Self::Program,
            "pid" | "syslogpid" | "procid" | "processid" | "ctx" if outer => Self::Process,
            "pid" if parent == "process" => Self::Process,
            "upstream" | "upstreamhost" | "upstreamaddr" | "upstreamaddress" => Self::Upstream,
            "remoteaddr" | "remoteip" | "remoteaddress" | "remotehost" | "remote" => Self::Peer,
            "clientip" | "clientaddr" | "clientaddress" | "client" | "clienthost" => Self::Peer,
            "peer" | "peeraddr" | "peeraddress" | "downstreamremoteaddress" => Self::Peer,
            "srcip" | "sourceip" | "sourceaddress" | "connectionfrom" | "remip" => Self::Peer,
            "ip" | "address" if matches!(parent, "source" | "client" | "remote") => Self::Peer,
            "remoteport" | "clientport" | "srcport" | "sourceport" | "peerport" => Self::PeerPort,
            "port" if matches!(parent, "source" | "client" | "remote") => Self::PeerPort,
            "servername" | "sni" | "sslservername" | "requestedservername" => Self::ServerName,
            "level" | "lvl" | "severity" | "loglevel" | "severitytext" | "prio" if outer => {
                Self::Level
            }
            "levelname" | "priority" | "s" if parent.is_empty() => Self::Level,
            "level" if parent == "log" => Self::Level,
            // A message that is not the record's own: of a status, of a probe, of a command.
            "output" => Self::Trouble,
            _ if key.ends_with("message") || key.ends_with("msg") => Self::Trouble,
            _ => Self::Other,
        }
    }
}

/// Objects that are only a wrapping of a record, or of its own fields.
const ENVELOPES: [&str; 9] =
    ["attr", "attributes", "body", "data", "event", "fields", "jsonpayload", "record", "result"];

/// Whether a name says that something went wrong, or why.
fn is_trouble(name: &str) -> bool {
    if PLAIN.iter().any(|plain| name.contains(plain)) {
        return false;
    }
    TROUBLE.iter().any(|word| name.contains(word))
        || matches!(name, "err" | "exc" | "excinfo" | "detail" | "details" | "codename" | "errmsg")
        || name.starts_with("err")
        || name.ends_with("err")
}

/// Parts of names of trouble.
const TROUBLE: [&str; 9] =
    ["cause", "clientverify", "error", "exception", "fail", "panic", "reason", "stack", "thrown"];

/// Parts of names that count or weigh trouble, and do not tell it.
const PLAIN: [&str; 5] = ["count", "errorlevel", "errorlog", "file", "severity"];

impl Names {
    fn of(keys: &[&[u8]]) -> Self {
        let mut names = [Name { letters: [0; LETTERS], length: 0 }; LEVELS];
        let inner = keys.iter().rev().flat_map(|key| key.rsplit(|byte| *byte == b'.'));
        for (name, part) in names.iter_mut().zip(inner.filter(|part| !part.is_empty())) {
            let letters = part.iter().filter(|byte| byte.is_ascii_alphanumeric());
            for (place, letter) in name.letters.iter_mut().zip(letters) {
                *place = letter.to_ascii_lowercase();
                name.length += 1;
            }
        }
        Self { names }
    }

    fn each(&self) -> [&str; LEVELS] {
        self.names.each_ref().map(|name| {
            let letters = name.letters.get(..name.length).unwrap_or_default();
            std::str::from_utf8(letters).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[&str], role: Role) {
        let keys: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes()).collect();
        assert_eq!(Role::of(&keys), role, "{keys:?}");
    }

    /// Case and signs do not matter, and a dot is a level.
    #[test]
    fn names_are_compared_by_their_letters() {
        for name in ["remote_addr", "remoteAddr", "Remote-Addr", "attr.remote"] {
            check(&[name], Role::Peer);
        }
        check(&["error.message"], Role::Trouble);
        check(&["error", "message"], Role::Trouble);
        check(&["error", "type"], Role::Class);
        check(&["@timestamp"], Role::Time);
        check(&["t", "$date"], Role::Time);
        check(&["__REALTIME_TIMESTAMP"], Role::Time);
        check(&["_HOSTNAME"], Role::Host);
        check(&["upstream_transport_failure_reason"], Role::UpstreamTrouble);
    }

    /// A name means something at the outside of a record and something else inside of a request.
    #[test]
    fn the_place_of_a_name_counts() {
        check(&["message"], Role::Message);
        check(&["jsonPayload", "message"], Role::Message);
        check(&["request", "body"], Role::Other);
        check(&["request", "host"], Role::Other);
        check(&["request", "headers", "Date"], Role::Other);
        check(&["request", "tls", "server_name"], Role::ServerName);
        check(&["request", "remote_ip"], Role::Peer);
        check(&["error_count"], Role::Other);
        check(&["status", "statusMessage"], Role::Trouble);
        check(&["stderr"], Role::Trouble);
        check(&["trace_id"], Role::Other);
    }
}
