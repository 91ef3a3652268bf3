//! Texts of SChannel's events as people quote them: without the number, the provider and the time.
//!
//! A text by itself has only its words to be known by. These are the few that no other event has, in
//! the languages in which its texts have been met; the values are then taken as from every text, by
//! the event's number. Source: the texts of the provider's manifest, as logs show them.

use super::rendered;
use crate::Record;

/// Words in the order in which they stand in the text of an event, in lower case.
struct Text {
    id: u32,
    words: &'static [&'static str],
}

const fn text(id: u32, words: &'static [&'static str]) -> Text {
    Text { id, words }
}

static TEXTS: &[Text] = &[
    text(36869, &["credential's certificate does not have a private key"]),
    text(36870, &["fatal error occurred when attempting to access the", "credential private key"]),
    text(36870, &["schwerwiegender fehler", "privaten schlüssel", "anmeldeinformationen"]),
    text(36871, &["fatal error occurred while creating a", " credential"]),
    text(36871, &["erstellen", "anmeldeinformationen", "schwerwiegender fehler"]),
    text(36871, &["schwerwiegender fehler", "erstellen", "anmeldeinformationen"]),
    text(36871, &["erreur irrécupérable s'est produite lors de la création", "identification"]),
    text(36871, &["資格情報を作成しているときに致命的なエラーが発生しました"]),
    text(36873, &["no supported cipher suites were found when initiating"]),
    text(
        36874,
        &["connection request was received from a remote client application", "cipher suites"],
    ),
    text(36874, &["verbindungsanforderung", "client", "verschlüsselung"]),
    text(36874, &["verbindungsanforderung", "client", "chiffresammlung"]),
    text(36874, &["demande de connexion", "application cliente distante", "chiffrement"]),
    text(36875, &["remote server has requested", "no suitable client certificate could be found"]),
    text(36876, &["certificate received from the remote server has not validated correctly"]),
    text(
        36877,
        &["certificate received from the remote client application has not validated correctly"],
    ),
    text(
        36878,
        &["certificate received from the remote client application is not suitable for direct"],
    ),
    text(
        36879,
        &["certificate received from the remote client application was not successfully mapped"],
    ),
    text(36881, &["certificate received from the remote server has either expired or is not yet"]),
    text(36882, &["certificate received from the remote server was issued by an untrusted"]),
    text(36883, &["certificate received from the remote server has been revoked"]),
    text(
        36884,
        &["certificate received from the remote server does not contain the expected name"],
    ),
    text(36885, &["when asking for client authentication, this server sends a list of trusted"]),
    text(36886, &["no suitable default server credential exists on this system"]),
    text(36887, &["fatal alert was received"]),
    text(36887, &["schwerwiegende warnung", "empfangen"]),
    text(36887, &["alerte irrécupérable a été reçue"]),
    text(36887, &["致命的な警告を受け取りました"]),
    text(36887, &["接收到一个严重警告"]),
    text(36888, &["fatal alert was generated"]),
    text(36888, &["schwerwiegende warnung", "generiert"]),
    text(36888, &["alerte irrécupérable a été générée"]),
    text(36888, &["致命的な警告が生成され"]),
];

/// The event of SChannel whose text a person quotes, with the values that stand in it; `None` for
/// all other texts, and where it is not a quotation alone: of several, the first.
#[must_use]
pub fn quoted(message: &str) -> Option<Record> {
    let end =
        (0..=message.len().min(MOST_QUOTED)).rev().find(|at| message.is_char_boundary(*at))?;
    let words: Vec<&str> = message.get(..end)?.split_whitespace().collect();
    let whole = words.join(" ");
    let text = whole.to_lowercase().replace('\u{2019}', "'");
    let found = TEXTS.iter().filter_map(|known| Some((known.place(&text)?, known.id)));
    let (_, id) = found.min_by_key(|(place, _)| *place)?;
    let fields = rendered::fields("Schannel", id, &whole);
    Some(Record {
        provider: "Schannel".to_owned(),
        id,
        fields,
        message: Some(whole),
        ..Record::default()
    })
}

impl Text {
    /// Where it begins in a text in lower case.
    fn place(&self, text: &str) -> Option<usize> {
        let mut from = 0;
        let mut first = None;
        for words in self.words {
            let at = from + text.get(from..)?.find(words)?;
            first = first.or(Some(at));
            from = at + words.len();
        }
        first
    }
}

/// Bytes that are read: the longest text of an event has some 700.
const MOST_QUOTED: usize = 4 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    /// A text is known by its words, whatever the language, and gives the values that stand in it.
    #[test]
    fn texts_are_known_without_their_numbers() {
        for (message, id, name, value) in [
            (
                "A fatal error occurred while creating a TLS client credential. The internal error \
                 state is 10013.",
                36871,
                "ErrorState",
                "10013",
            ),
            (
                "TLS クライアント 資格情報を作成しているときに致命的なエラーが発生しました。\
                 内部エラーの状態は 10013 です。",
                36871,
                "ErrorState",
                "10013",
            ),
            (
                "Es wurde eine schwerwiegende Warnung vom Remoteendpunkt empfangen. Die \
                 schwerwiegende Warnung hat folgenden für das TLS-Protokoll definierten Code: 46.",
                36887,
                "AlertDesc",
                "46",
            ),
            (
                "Une alerte irrécupérable a été reçue du point de terminaison distant. Le code est 46.",
                36887,
                "AlertDesc",
                "46",
            ),
            (
                "An TLS 1.0 connection request was\nreceived from a remote client application, but \
                 none of the cipher suites supported by the client application are supported by \
                 the server.",
                36874,
                "Protocol",
                "TLS 1.0",
            ),
            (
                "The certificate received from the remote client application has not validated \
                 correctly. The error code is 0x800B0109. The attached data contains it.",
                36877,
                "ErrorCode",
                "0x800B0109",
            ),
        ] {
            let record = quoted(message).unwrap_or_default();
            assert_eq!((record.id, record.text(name)), (id, Some(value)), "{message}");
        }
        for other in ["", "alert 46", "SEC_E_UNTRUSTED_ROOT", "a fatal alert", "my credential"] {
            assert_eq!(quoted(other), None, "{other}");
        }
        assert_eq!(quoted(&"fatal alert was received: 46 ".repeat(9_999)).unwrap().id, 36887);
    }
}
