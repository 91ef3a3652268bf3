//! What else it takes on Windows to know more: the commands, as they are typed there.
//!
//! The commands of `pktmon` and the value of `EventLogging` were read in Microsoft's manual, that of
//! `netsh trace` in the manual of etl2pcapng; the others are as they are commonly given. Names that
//! Windows translates, as those of audit categories, stand as the identifiers that it does not.

/// Writes the log in which SChannel's events stand to a file.
pub(crate) const EXPORT: &str = "wevtutil epl System System.evtx";

/// Makes SChannel write warnings and successes too; Windows wants a restart for it.
pub(crate) const LOG_ALL: &str = r"reg add HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL /v EventLogging /t REG_DWORD /d 7 /f";

/// Switches the log on in which Windows says how it judged a certificate, and for which process.
pub(crate) const LOG_CHAINS: &str = "wevtutil sl Microsoft-Windows-CAPI2/Operational /e:true";

/// Makes Windows write process, address and port of each connection (Security 5156). The identifier
/// is that of "Filtering Platform Connection".
pub(crate) const LOG_CONNECTIONS: &str =
    "auditpol /set /subcategory:{0CCE9226-69AE-11D9-BED3-505054503030} /success:enable";

/// Records what goes over the wire: to begin, to end, and to make a capture of it.
pub(crate) const CAPTURE: [&str; 3] = [
    "pktmon start --capture --pkt-size 0 --file-name tls.etl",
    "pktmon stop",
    "pktmon etl2pcap tls.etl --out tls.pcapng",
];

/// The same on Windows before Server 2019; etl2pcapng is a tool that Microsoft publishes.
pub(crate) const OLD_CAPTURE: [&str; 3] = [
    r"netsh trace start capture=yes report=disabled tracefile=C:\tls.etl",
    "netsh trace stop",
    r"etl2pcapng C:\tls.etl tls.pcapng",
];

/// The profiles of 802.1X: of cable and of Wi-Fi.
pub(crate) const PROFILES: [&str; 2] =
    ["netsh lan export profile folder=.", "netsh wlan export profile folder=."];

/// Puts log and capture together.
pub(crate) const JOIN: &str = "tlswhy System.evtx tls.pcapng";
