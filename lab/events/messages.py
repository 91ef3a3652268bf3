"""The text that Windows shows for an event, in the language of a machine.

Texts are what people copy and what some forms have nothing but. Only the first sentence is given where
the rest repeats it: what a reader needs of a text is its numbers. The German, French and Japanese ones
are as people pasted them.
"""

from events.record import shown

_LINK = ("The TLS alert registry can be found at "
         "http://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml#tls-parameters-6")
_CLIENT = "The SSPI client process is {CallerProcessImageName} (PID: {CallerProcessId})."

# How Server 2022 puts it.
_ENGLISH = {
    36864: "The schannel security package has loaded successfully.",
    36865: "A fatal error occurred while opening the system {ModuleName} cryptographic module. The "
           "error code is {Error}.",
    36867: "Creating a TLS {Type} credential.",
    36872: "The TLS {Type} specified certificate's chain could not be retrieved. The error code is "
           "{ErrorCode}.",
    36873: "No supported cipher suites were found when initiating a TLS connection.",
    36875: "The remote server has requested TLS client authentication, but no suitable client "
           "certificate could be found.",
    36876: "The certificate received from the remote server has not validated correctly. The error "
           "code is {ErrorCode}.",
    36877: "The certificate received from the remote client application has not validated correctly. "
           "The error code is {ErrorCode}.",
    36878: "The certificate received from the remote client application is not suitable for direct "
           "mapping to a client system account. The error code is {ErrorCode}.",
    36879: "The certificate received from the remote client application was not successfully mapped to "
           "a client system account. The error code is {ErrorCode}.",
    36883: "The certificate received from the remote server has been revoked.",
    36886: "No suitable default server credential exists on this system.",
    36870: "A fatal error occurred when attempting to access the TLS {Type} credential private key. "
           "The error code returned from the cryptographic module is {ErrorCode}. The internal error "
           "state is {ErrorStatus}.",
    36871: "A fatal error occurred while creating a TLS {Type} credential. The internal error state is "
           "{ErrorState}.",
    36874: "An {Protocol} connection request was received from a remote client application, but none "
           "of the cipher suites supported by the client application are supported by the server. The "
           "TLS connection request has failed.",
    36880: "A TLS {Type} handshake completed successfully. The negotiated cryptographic parameters are "
           "as follows.\r\n\r\n   Protocol version: {Protocol}\r\n   CipherSuite: {CipherSuite}\r\n"
           "   Exchange strength: {ExchangeStrength} bits\r\n   Context handle: {ContextHandle}\r\n"
           "   Target name: {TargetName}\r\n   Local certificate subject name: "
           "{LocalCertSubjectName}\r\n   Remote certificate subject name: {RemoteCertSubjectName}",
    36881: "The certificate received from the remote server has either expired or is not yet valid. "
           "The TLS connection request has failed. The attached data contains the server certificate.",
    36882: "The certificate received from the remote server was issued by an untrusted certificate "
           "authority. The TLS connection request has failed. The attached data contains the server "
           "certificate.",
    36884: "The certificate received from the remote server does not contain the expected name. The "
           "server name we were expecting is {Name}. The TLS connection request has failed. The "
           "attached data contains the server certificate.",
    36887: "A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert "
           f"code is {{AlertDesc}}. {_LINK}",
    36888: "A fatal alert was generated and sent to the remote endpoint. This may result in "
           "termination of the connection. The TLS protocol defined fatal alert code is {AlertDesc}. "
           f"Target name: {{TargetName}}. {_LINK}",
    7036: "The {param1} service entered the {param2} state.",
    # Kernel-General 16 and 20; Time-Service 35; DNS Client 1014.
    16: "The access history in hive {HiveName} was cleared updating {KeysUpdated} keys and creating "
        "{DirtyPages} modified pages.",
    35: "The time service is now synchronizing the system time with the time source {TimeSource}.",
    1014: "Name resolution for the name {QueryName} timed out after none of the configured DNS servers "
          "responded.",
    10016: "The {param1} permission settings do not grant {param2} {param3} permission for the COM "
           "Server application with CLSID {param4}.",
}
# Server 2012 R2 says the state in words, and older ones say less.
_2012 = {
    36887: "A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert "
           "code is {AlertDesc}.",
    36888: "A fatal alert was generated and sent to the remote endpoint. This may result in "
           "termination of the connection. The TLS protocol defined fatal error code is {AlertDesc}. "
           "The Windows SChannel error state is {ErrorState}.",
}
_2008 = {
    36887: "The following fatal alert was received: {AlertDesc}.",
    36888: "The following fatal alert was generated: {AlertDesc}. The internal error state is "
           "{ErrorState}.",
}
_GERMAN = {
    36887: "Es wurde eine schwerwiegende Warnung vom Remoteendpunkt empfangen. Die schwerwiegende "
           "Warnung hat folgenden für das TLS-Protokoll definierten Code: {AlertDesc}.",
    36888: "Es wurde eine schwerwiegende Warnung generiert und an den Remoteendpunkt gesendet. Dies "
           "kann dazu führen, dass die Verbindung beendet wird. Die schwerwiegende Warnung hat "
           "folgenden für das TLS-Protokoll definierten Code: {AlertDesc}. Der Windows-SChannel-"
           "Fehlerstatus lautet: {ErrorState}.",
    36874: "Es wurde eine {Protocol}-Verbindungsanforderung von einer Remoteclientanwendung empfangen. "
           "Jedoch werden keine der Verschlüsselungssammlungen, die von der Clientanwendung "
           "unterstützt werden, vom Server unterstützt.",
    7036: "Dienst \"{param1}\" befindet sich jetzt im Status \"{param2}\".",
}
_FRENCH = {
    36887: "Une alerte irrécupérable a été reçue du point de terminaison distant. Le code d’alerte "
           "irrécupérable défini par le protocole TLS est {AlertDesc}.",
    36888: "Une alerte irrécupérable a été générée et envoyée au point de terminaison distant. Cela "
           "peut entraîner l’arrêt de la connexion. Le code d’erreur irrécupérable défini par le "
           "protocole TLS est {AlertDesc}. L’état d’erreur SChannel de Windows est {ErrorState}.",
    7036: "Le service {param1} est entré dans l’état : {param2}.",
}
_JAPANESE = {
    36887: "リモート エンドポイントから致命的な警告を受け取りました。TLS プロトコルで定義されている致命的な警告のコードは "
           "{AlertDesc} です。",
    36888: "致命的な警告が生成され、リモート エンドポイントに送信されました。これにより、接続が終了する可能性があります。"
           "TLS プロトコルで定義されている致命的なエラー コードは {AlertDesc} です。Windows SChannel エラーの状態は "
           "{ErrorState} です。",
    7036: "{param1} サービスは {param2} 状態に移行しました。",
}
LANGUAGES = {
    "en": _ENGLISH, "en-2012": _ENGLISH | _2012, "en-2008": _ENGLISH | _2008,
    "de": _ENGLISH | _GERMAN, "fr": _ENGLISH | _FRENCH, "ja": _ENGLISH | _JAPANESE,
}
# How the levels are called; 36880 and 7036 are no errors.
LEVELS = {
    "en": {2: "Error", 3: "Warning", 4: "Information"},
    "de": {2: "Fehler", 3: "Warnung", 4: "Informationen"},
    "fr": {2: "Erreur", 3: "Avertissement", 4: "Information"},
    "ja": {2: "エラー", 3: "警告", 4: "情報"},
}


def text(event, language="en"):
    """The text of an event."""
    form = LANGUAGES[language].get(event.id, "")
    values = {field.name or f"param{place + 1}": shown(field)
              for place, field in enumerate(event.fields)}
    said = form.format_map(_Absent(values))
    if "CallerProcessId" in values:
        said += " " + _CLIENT.format_map(values)
    return said


def level(event, language="en"):
    return LEVELS[language.partition("-")[0]][event.level]


class _Absent(dict):
    """A field that an older build does not have is shown as nothing."""

    def __missing__(self, name):
        return ""
