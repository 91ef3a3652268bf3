//! Whose records are read: the providers that tell of TLS, and those of their events that do.

use super::stored::Utf16;

/// A provider, and which of its events are read.
#[derive(Debug)]
pub(crate) struct Provider {
    name: &'static str,
    /// The numbers of its events; all of them, where none is named.
    ids: &'static [u16],
}

/// A log of a server holds some of these among hundreds of others. What their events mean is told in
/// [`crate::Events`].
const PROVIDERS: &[Provider] = &[
    Provider { name: "Schannel", ids: &[] },
    Provider { name: "Microsoft-Windows-Schannel-Events", ids: &[] },
    Provider { name: "Microsoft-Windows-CAPI2", ids: &[] },
    // Who connects with whom and who is let into a network: few of the events of a domain controller.
    Provider {
        name: "Microsoft-Windows-Security-Auditing",
        ids: &[5156, 5632, 5633, 6272, 6273, 6274],
    },
    Provider { name: "Microsoft-Windows-Sysmon", ids: &[3] },
    Provider { name: "Microsoft-Windows-EapMethods-RasTls", ids: &[] },
    Provider { name: "Microsoft-Windows-WLAN-AutoConfig", ids: &[12013] },
    Provider { name: "Microsoft-Windows-Wired-AutoConfig", ids: &[15514] },
    Provider { name: "Microsoft-Windows-HttpEvent", ids: &[] },
    Provider { name: "HTTP", ids: &[] },
    // They name the client of a handshake that failed for Remote Desktop.
    Provider { name: "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", ids: &[131, 139, 140] },
];

impl Provider {
    /// The provider of this name, if any of its events is read.
    pub(crate) fn named(name: Utf16<'_>) -> Option<&'static Self> {
        PROVIDERS.iter().find(|provider| name.is(provider.name))
    }

    /// The same, for a name that has been read.
    pub(crate) fn called(name: &str) -> Option<&'static Self> {
        PROVIDERS.iter().find(|provider| name.eq_ignore_ascii_case(provider.name))
    }

    /// Its name, as a record has it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether every event of it is read.
    pub(crate) fn wholly(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether this event of it is read.
    pub(crate) fn wants(&self, id: u32) -> bool {
        self.wholly() || self.ids.iter().any(|wanted| u32::from(*wanted) == id)
    }
}
