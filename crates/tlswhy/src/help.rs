//! What the command says about itself. Only what works now is promised here.

/// `tlswhy` alone on a terminal.
pub(crate) const WELCOME: &str = "\
tlswhy says why a TLS connection failed: who refused what, and what to do now.

  tlswhy \"the message\"           what a program wrote when TLS failed
  tlswhy edge.pcapng error.log   captures and logs, System.evtx; or a folder
  journalctl -f | tlswhy         a pipe, told as it comes; Ctrl-C ends it
  tlswhy 48                      an alert code: 48, 0x30, unknown_ca
  tlswhy help causes             all causes; help CAUSE: the page of one

tlswhy --help tells the rest. Nothing leaves this machine.
";

/// `tlswhy --help`: at most 40 lines of at most 80 columns.
pub(crate) const HELP: &str = "\
tlswhy [THING...] [key=value...] [options]
Says why TLS connections failed: who refused what, how we know, what to do.

THING     a message   \"remote error: tls: bad certificate\"
          a log       text, syslog, JSON, CSV, Zeek; UTF-16; also .gz .zst .xz
          of Windows  System.evtx or exports; .reg, hives SYSTEM and SOFTWARE
          a capture   pcap, pcapng, Network Monitor or snoop; packed as well
          a folder    all below but hidden files; tcpdump -C, -G: one capture
          a pipe      journalctl -f | tlswhy, tcpdump -w - | tlswhy       or -
          a code      48, 0x30, 0A000418, 0x80090325, -12195, CERT_HAS_EXPIRED
          an event    36887 48, or \"what does Schannel 36888 20 960 mean\"
          a name      unknown_ca, SSL_AD_UNKNOWN_CA; a cause: untrusted-root
Inputs given together are joined, as System.evtx and a capture. File 48: ./48.
Live interfaces and hosts are not read in this version.

tlswhy help causes   all causes; help CAUSE: the page of one

key=value            only the failures that agree; a,b means one of them
  alert=48           code or name          cause=no-shared-cipher
  from=client        the side that refused version=1.2   chosen, or best offered
  client=10.0.0.0/8  address, network, MAC server=mail*  the same, or SNI
  port=443           of the server         sni=*.corp    name asked for
  n=1187, a.pcap#17  frame, line, record   g=2           group in the report

  -v                 the handshake, message by message
  -q, -1             one line for each group; the first failure, and no further
  --by none          one line for each failure; --by cause,server is the default
  --keylog FILE      SSLKEYLOGFILE; secrets inside a pcapng need no option
  --ca FILE          what the refusing side trusts: PEM, DER, a folder; system
  --now TIME         when it looked at dates, 2026-11-26; default: as captured
  -o FORMAT          text, json, ndjson (--json); alerts: each alert, NDJSON
  --for STACK        remedies for this software: nginx, java, iis, exchange, ...
  --color WHEN       auto, always, never; NO_COLOR and CLICOLOR_FORCE are obeyed
  --ascii            nothing but ASCII;  --exit-zero: exit with 0 instead of 1
  -j N               how many files are read at once; default: one for each core
  --no-sandbox       keep what is given up before reading; -vv says what that is
  -h, --help         -V, --version

Exit  0 explained, or no failure found     1 failures found
      2 bad usage, or something could not be read     130 stopped by Ctrl-C
";

#[cfg(test)]
mod tests {
    use super::*;

    /// The budgets: a screen is 80 columns wide, the help has 40 lines, the welcome nine.
    #[test]
    fn the_texts_fit_a_screen() {
        assert!(HELP.lines().count() <= 40, "{}", HELP.lines().count());
        assert!(WELCOME.lines().count() <= 9, "{}", WELCOME.lines().count());
        for line in HELP.lines().chain(WELCOME.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
            assert_eq!(line, line.trim_end());
        }
    }
}
