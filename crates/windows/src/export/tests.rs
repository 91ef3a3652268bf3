//! What people have instead of a log: each form, in a few lines.

use logs::More;

use super::{Exports, Form};
use crate::{Record, Value};

/// What a text tells, in windows of this many bytes.
fn in_windows(text: &[u8], step: usize) -> (Vec<Record>, Vec<super::Problem>, Option<Form>) {
    let mut exports = Exports::new();
    let (mut start, mut end, mut records) = (0, 0, Vec::new());
    while end < text.len() {
        end = (end + step).min(text.len());
        let more = if end == text.len() { More::Over } else { More::Coming };
        start += exports.window(&text[start..end], more);
        records.extend(std::iter::from_fn(|| exports.record()));
    }
    let problems = std::iter::from_fn(|| exports.problem()).collect();
    (records, problems, exports.form())
}

/// What a text tells; windows of any size tell the same.
fn read(text: &str) -> (Vec<Record>, Vec<super::Problem>, Option<Form>) {
    let whole = in_windows(text.as_bytes(), text.len());
    for step in [1, 2, 7, 61, 1000] {
        assert_eq!(in_windows(text.as_bytes(), step), whole, "in windows of {step}");
    }
    whole
}

/// A record in few words.
fn words(record: &Record) -> String {
    let mut words = format!("{} {}", record.provider, record.id);
    for field in &record.fields {
        let name = field.name.as_deref().unwrap_or("?");
        let value = match &field.value {
            Value::Text(text) => text.clone(),
            Value::Binary(bytes) => format!("{bytes:02x?}"),
        };
        words.push_str(&format!(" {name}={value}"));
    }
    words
}

fn told(text: &str) -> Vec<String> {
    read(text).0.iter().map(words).collect()
}

/// Reads a text with one record in it.
fn one(text: &str) -> Record {
    let (mut records, problems, _) = read(text);
    assert_eq!(problems, [], "{text}");
    assert_eq!(records.len(), 1, "{text}\n{records:?}");
    records.remove(0)
}

const EVENT: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
    <Provider Name='Schannel' Guid='{1f678132-5938-4686-9fdc-c8ff68f15c85}'/>\
    <EventID>36888</EventID><TimeCreated SystemTime='2026-11-22T09:00:01.5000000Z'/>\
    <EventRecordID>4711</EventRecordID><Execution ProcessID='624' ThreadID='700'/>\
    <Channel>System</Channel><Computer>web.example.test</Computer></System>";

/// One element of `wevtutil`, with all that a record has.
#[test]
fn xml_has_everything() {
    let text = format!(
        "{EVENT}<EventData><Data Name='AlertDesc'>40</Data><Data Name='ErrorState'>1205</Data>\
         </EventData></Event>"
    );
    let record = one(&format!("\n\n{text}\n"));
    assert_eq!(words(&record), "Schannel 36888 AlertDesc=40 ErrorState=1205");
    assert_eq!((record.number, record.process, record.thread), (Some(4711), Some(624), Some(700)));
    assert_eq!((record.place.offset, record.place.line), (2, 3));
    let time = record.time.unwrap();
    assert_eq!((time.nanoseconds, time.zone), (1_795_338_001_500_000_000, true));
    assert_eq!(record.computer.as_deref(), Some("web.example.test"));
}

/// The container of newer builds, and Event Viewer's text beside it.
#[test]
fn xml_of_user_data() {
    let record = one(&format!(
        "<Events>{EVENT}<UserData><EventXML xmlns='LSA_NS'><AlertDesc>70</AlertDesc>\
         <ErrorState>105</ErrorState><TargetName>a&amp;b &#x41;</TargetName></EventXML></UserData>\
         <RenderingInfo Culture='en-US'><Message>Text.</Message></RenderingInfo></Event></Events>"
    ));
    assert_eq!(words(&record), "Schannel 36888 AlertDesc=70 ErrorState=105 TargetName=a&b A");
    assert_eq!(record.message.as_deref(), Some("Text."));
}

/// What a browser draws and a forum escapes is read too.
#[test]
fn xml_as_people_paste_it() {
    let text = "> I see this:\n- <Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n\
        - <System>\n  <Provider Name=\"Schannel\" Guid=\"{1F67}\" /> \n  \
        <EventID>36887</EventID> \n  <Version>0</Version> \n  </System>\n- <EventData>\n  \
        <Data Name=\"AlertDesc\">46</Data> \n  </EventData>\n  </Event>\nwhat is it?\n";
    let record = one(text);
    assert_eq!((words(&record).as_str(), record.place.line), ("Schannel 36887 AlertDesc=46", 2));
    let escaped = text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    assert_eq!(told(&escaped), ["Schannel 36887 AlertDesc=46"]);
}

/// Elements with attributes, as CAPI2 has them.
#[test]
fn xml_with_attributes() {
    let text = "<Event><System><Provider Name=\"Microsoft-Windows-CAPI2\"/><EventID>11</EventID>\
        </System><UserData><CertGetCertificateChain xmlns=\"x\">\
        <Certificate fileRef=\"A.cer\" subjectName=\"web.example.test\"/>\
        <EventAuxInfo ProcessName=\"w3wp.exe\"/><Result value=\"800B0109\">A chain</Result>\
        </CertGetCertificateChain></UserData></Event>";
    let told_as_xml = told(text);
    assert_eq!(
        told_as_xml,
        ["Microsoft-Windows-CAPI2 11 Certificate= Certificate.fileRef=A.cer \
          Certificate.subjectName=web.example.test EventAuxInfo= EventAuxInfo.ProcessName=w3wp.exe \
          Result=A chain Result.value=800B0109"]
    );
    let text = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-CAPI2"}},"EventID":11},"UserData":{"CertGetCertificateChain":{"#attributes":{"xmlns":"x"},"Certificate":{"#attributes":{"fileRef":"A.cer","subjectName":"web.example.test"}},"EventAuxInfo":{"#attributes":{"ProcessName":"w3wp.exe"}},"Result":{"#attributes":{"value":"800B0109"},"#text":"A chain"}}}}}"##;
    assert_eq!(told(text), told_as_xml);
}

/// Values without names have the manifest's; what old sources add in bytes has the element's.
#[test]
fn xml_without_names() {
    let text = format!("{EVENT}<EventData><Data>40</Data><Data>1205</Data></EventData></Event>");
    assert_eq!(told(&text), ["Schannel 36888 AlertDesc=40 ErrorState=1205"]);
    let text = "<Event><System><Provider Name='Schannel'/><EventID Qualifiers='0'>36882</EventID>\
        </System><EventData><Binary>3082FF</Binary></EventData></Event>";
    assert_eq!(told(text), ["Schannel 36882 Binary=3082FF"]);
}

/// A record that is cut is told with what is there, and the next one is read.
#[test]
fn cut_xml_is_told() {
    let cut = "<Event><System><Provider Name='Schannel'/><EventID>36887</EventID></System>\
        <EventData><Data Name='AlertDesc'>46</Data><Da";
    let whole =
        "<Event><System><Provider Name='Schannel'/><EventID>36874</EventID></System></Event>";
    let (records, problems, _) = read(&format!("{cut}\n{whole}\n{cut}"));
    let told: Vec<String> = records.iter().map(words).collect();
    assert_eq!(
        told,
        ["Schannel 36887 AlertDesc=46", "Schannel 36874", "Schannel 36887 AlertDesc=46"]
    );
    let offsets: Vec<u64> = problems.iter().map(|problem| problem.offset).collect();
    assert_eq!(offsets, [0, (cut.len() + whole.len() + 2) as u64]);
}

/// Other providers and other numbers are passed over.
#[test]
fn others_are_passed_over() {
    assert_eq!(told(&format!("{}</Event>", EVENT.replace("'Schannel'", "'DCOM'"))), [""; 0]);
    assert_eq!(told("curl: schannel: next InitializeSecurityContext failed\nSchannel\n"), [""; 0]);
}

/// Every layout of JSON that is known for the same event.
#[test]
fn json_in_every_layout() {
    let fields = "Schannel 36888 AlertDesc=40 ErrorState=1205";
    for text in [
        // evtx_dump.
        r##"{"Event":{"#attributes":{"xmlns":"x"},"EventData":{"AlertDesc":40,"ErrorState":1205},"System":{"Provider":{"#attributes":{"Guid":"1F","Name":"Schannel"}},"EventID":36888}}}"##,
        r##"{"Event":{"System":{"Provider_attributes":{"Name":"Schannel"},"EventID":{"#attributes":{"Qualifiers":0},"#text":36888}},"UserData":{"EventXML_attributes":{"xmlns":"LSA_NS"},"EventXML":{"AlertDesc":40,"ErrorState":1205}}}}"##,
        // Other readers of XML.
        r##"{"Event":{"@xmlns":"x","System":{"Provider":{"@Name":"Schannel","@Guid":"1"},"EventID":"36888"},"EventData":{"Data":[{"@Name":"AlertDesc","#text":"40"},{"#text":"1205","@Name":"ErrorState"}]}}}"##,
        // Winlogbeat 7, 6, and without names.
        r##"{"@timestamp":"2026-11-22T09:00:01.500Z","event":{"code":36888,"provider":"Schannel"},"winlog":{"channel":"System","event_data":{"AlertDesc":"40","ErrorState":"1205"},"event_id":36888,"provider_name":"Schannel"}}"##,
        r##"{"event_data":{"AlertDesc":"40","ErrorState":"1205"},"event_id":36888,"source_name":"Schannel","log_name":"System"}"##,
        r##"{"winlog.event_data.param1":"40","winlog.event_data.param2":"1205","winlog.event_id":"36888","winlog.provider_name":"Schannel"}"##,
        r##"{"winlog":{"user_data":{"AlertDesc":"40","ErrorState":"1205","xml_name":"EventXML"},"event_id":"36888","provider_name":"Schannel"}}"##,
        // NXLog, Wazuh, GELF, Fluent Bit, Sentinel.
        r##"{"EventTime":"2026-11-22 09:00:01","Hostname":"web","Keywords":1,"EventType":"ERROR","EventID":36888,"SourceName":"Schannel","ProviderGuid":"{1}","AlertDesc":"40","ErrorState":"1205","SourceModuleName":"in"}"##,
        r##"{"win":{"system":{"providerName":"Schannel","eventID":"36888","systemTime":"2026-11-22T09:00:01Z"},"eventdata":{"AlertDesc":"40","ErrorState":"1205"}}}"##,
        r##"{"version":"1.1","winlogbeat_winlog_provider_name":"x","source":"Schannel","event_id":36888,"winlogbeat_winlog_event_data_AlertDesc":"40","winlogbeat_winlog_event_data_ErrorState":"1205"}"##,
        r##"{"ProviderName":"Schannel","EventID":36888,"Channel":"System","StringInserts":["40","1205"]}"##,
        r##"{"Source":"Schannel","EventID":36888,"EventData":"<EventData xmlns=\"x\"><Data Name=\"AlertDesc\">40</Data><Data Name=\"ErrorState\">1205</Data></EventData>"}"##,
        r##"{"Source":"Schannel","EventID":36888,"ParameterXml":"<Param>40</Param><Param>1205</Param>"}"##,
        // PowerShell.
        r##"{"Id":36888,"ProviderName":"Schannel","Properties":[{"Value":40},{"Value":1205}]}"##,
        r##"{"EventID":36888,"MachineName":"web","Source":"Schannel","InstanceId":36888,"ReplacementStrings":["40","1205"]}"##,
        // Text inside of text.
        r##"{"log":"{\"event_id\":36888,\"event_data\":{\"AlertDesc\":40,\"ErrorState\":1205},\"provider_name\":\"Schannel\"}\n","stream":"stdout"}"##,
        r##"{"event":"<Event xmlns=\"x\"><System><Provider Name=\"Schannel\"/><EventID>36888</EventID></System><EventData><Data Name=\"AlertDesc\">40</Data><Data Name=\"ErrorState\">1205</Data></EventData></Event>"}"##,
    ] {
        assert_eq!(told(text), [fields], "{text}");
        assert_eq!(told(&format!("Nov 22 09:00:01 web winlogbeat: {text}\n")), [fields], "{text}");
        let array = format!("[{},{text},\n{text}]", "{\"Id\":1,\"ProviderName\":\"DCOM\"}");
        assert_eq!(told(&array), [fields; 2], "{array}");
    }
}

/// PowerShell writes an array over many lines, dates in two ways, and bytes as numbers.
#[test]
fn json_of_powershell() {
    let text = "[\r\n    {\r\n        \"Id\":  36882,\r\n        \"RecordId\":  4711,\r\n        \
        \"ProviderName\":  \"Schannel\",\r\n        \"LogName\":  \"System\",\r\n        \
        \"ProcessId\":  624,\r\n        \"MachineName\":  \"web\",\r\n        \
        \"TimeCreated\":  \"\\/Date(1795338001500)\\/\",\r\n        \
        \"Properties\":  [\r\n  {\r\n \"Value\": 3 }, {\r\n \"Value\": [48,130,1]} ],\r\n        \
        \"Message\":  \"Text.\"\r\n    },\r\n    {}\r\n]\r\n";
    let record = one(text);
    assert_eq!(words(&record), "Schannel 36882 __binLength=3 certificateContext=[30, 82, 01]");
    assert_eq!(record.time.unwrap().nanoseconds, 1_795_338_001_500_000_000);
    assert_eq!((record.number, record.process), (Some(4711), Some(624)));
    assert_eq!((record.place.line, record.place.offset), (2, 7));
    let object = text.replace(
        "\"\\/Date(1795338001500)\\/\"",
        "{\"value\": \"\\/Date(1795338001500)\\/\", \"DateTime\": \"x\"}",
    );
    assert_eq!(one(&object).time, record.time);
}

/// A collector cuts a record in the middle of a text: what is there is told.
#[test]
fn cut_json_is_told() {
    let text = r#"{"event_id":36887,"provider_name":"Schannel","event_data":{"AlertDesc":"46"},"message":"A fatal al"#;
    let (records, problems, form) = read(&format!("{text}\n{text}\"}}\n"));
    assert_eq!(records.len(), 2);
    assert_eq!(words(&records[0]), "Schannel 36887 AlertDesc=46");
    assert_eq!((problems.len(), problems[0].offset), (1, 0));
    assert_eq!(form, Some(Form::Json));
}

/// A value without an end, a million levels and a crowd of names end, and what follows is read.
#[test]
fn hostile_texts_end() {
    let event =
        "<Event><System><Provider Name='Schannel'/><EventID>36874</EventID></System></Event>";
    let levels = "[".repeat(1_000_000);
    let long = "x".repeat(3_000_000);
    for junk in [
        format!("{{\"ProviderName\":\"Schannel\",\"a\":{levels}"),
        format!("{{\"ProviderName\":\"Schannel\",\"a\":\"{long}"),
        "<Event><System><Provider Name='Schannel'".repeat(20_000),
        format!("{{{}", "\"a\":\"Schannel\",".repeat(100_000)),
        format!("<Event><System><Provider Name='Schannel'/>{}", "<a>".repeat(1_000_000)),
        format!("<Event><System><Provider Name='Schannel' {}", "a='' ".repeat(100_000)),
    ] {
        let (records, _, _) = in_windows(format!("{junk}\n{long}\n{event}").as_bytes(), 1 << 18);
        assert!(records.iter().any(|record| record.id == 36874), "{}", &junk[..60]);
    }
}

const ALERT: &str = "A fatal alert was received from the remote endpoint. The TLS protocol defined fatal \
    alert code is 46.";

/// A row is known by its content: headers in any language, any sign between cells, none at all.
#[test]
fn rows_are_known_by_their_content() {
    for text in [
        format!(
            "Nivel,Fecha y hora,Origen,Id.,Categoría\nError,22/11/2026 9:00:01,Schannel,36887,Ninguno,{ALERT}\n"
        ),
        format!(
            "Ebene;Datum und Uhrzeit;Quelle;Ereignis-ID;Kategorie\r\nFehler;22.11.2026 09:00:01;Schannel;36887;Keine;\"{ALERT}\"\r\n"
        ),
        format!("エラー\t2026/11/22 9:00:01\tSchannel\t36887\tなし\t{ALERT}"),
        format!("\"36887\",\"Schannel\",\"{ALERT}\",\"11/22/2026 9:00:01 AM\"\n"),
        format!(
            "sep=;\nProviderName;Id;TimeCreated;Message\nSchannel;36887;22.11.2026 09:00:01;{ALERT}\n"
        ),
        format!(
            "\"Message\",\"Id\",\"ProviderName\",\"TimeCreated\"\n\"a \"\"b\"\",\n\"\",Schannel\",\"1\",\"DCOM\",\n\"{}\",\"36887\",\"Schannel\",\"11/22/2026 9:00:01 AM\"\n",
            ALERT.replace(". ", ".\n\n")
        ),
    ] {
        let record = one(&text);
        assert_eq!(words(&record), "Schannel 36887 AlertDesc=46", "{text}");
        let time = record.time.unwrap();
        assert_eq!((time.nanoseconds, time.zone), (1_795_338_001_000_000_000, false), "{text}");
    }
}

/// A quotation mark without another ends with its line; the rows behind it are read.
#[test]
fn a_quotation_mark_that_has_no_other() {
    let row =
        |message: &str| format!("Error,11/22/2026 9:00:01 AM,Schannel,36887,None,{message}\n");
    let text =
        format!("{}{}{}", row(&format!("\"{ALERT}")), row(&format!("\"{ALERT}\"")), row(ALERT));
    let (records, problems, form) = read(&text);
    assert_eq!(records.iter().map(words).collect::<Vec<_>>(), ["Schannel 36887 AlertDesc=46"; 3]);
    assert_eq!((problems.len(), problems[0].offset), (1, 0));
    assert_eq!(form, Some(Form::Csv));
    let (records, problems, _) = read(&row(&format!("\"a\" b {ALERT}")));
    assert_eq!((records.len(), problems.len()), (1, 1));
    assert!(records[0].message.as_deref().unwrap().ends_with("46."));
    let long = format!("{}{}", row(&format!("\"{ALERT}")), "x, y\n".repeat(1 << 19));
    let (records, problems, _) = in_windows(format!("{long}{}", row(ALERT)).as_bytes(), 1 << 18);
    assert_eq!(records.len(), 2);
    assert_eq!(problems.len(), 1);
}

/// Which of two dates is meant is told by another row, behind it or in front of it.
#[test]
fn rows_decide_on_each_others_dates() {
    let row = |date: &str| format!("Error,{date} 09:00:01,Schannel,36887,None,{ALERT}\n");
    let (records, ..) =
        read(&format!("{}{}{}", row("11/12/2026"), row("13/12/2026"), row("01/01/2027")));
    let days = records.iter().map(|record| record.time.unwrap().nanoseconds / 86_400_000_000_000);
    assert_eq!(days.collect::<Vec<_>>(), [20798, 20800, 20819]);
    let (records, ..) = read(&format!("{}{}", row("11/12/2026"), row("11/12/2026")));
    assert!(records.iter().all(|record| record.time.is_none()));
}

/// What people paste of Event Viewer: in any language, with blank lines too many or too few, in one
/// line less or more, and with a question behind it.
#[test]
fn texts_as_people_paste_them() {
    for text in [
        format!(
            "Log Name:      System\nSource:        Schannel\nDate:          11/22/2026 9:00:01 AM\nEvent ID:      36887\nTask Category: None\nLevel:         Error\nKeywords:      \nUser:          SYSTEM\nComputer:      web.example.test\nDescription:\n{ALERT}\n\nI have 3 servers. Can anyone help?\n"
        ),
        format!(
            "Hello,\n\nQuelle: Schannel\nEreignis-ID: 36887\nBenutzer: SYSTEM\nBeschreibung:\n{ALERT}\n\nWas ist das? 70 Mal am Tag.\n"
        ),
        format!(
            "Source: Schannel\n\nEvent ID: 36887\n\nLevel: Error\n\nDescription: {ALERT}\n\nThanks 1.\n"
        ),
        format!("> Source: Schannel\n> Event ID: 36887\n> {ALERT}\n"),
        "Event ID: 36887\nSource: Schannel\nThe following fatal alert was received: 46.\n"
            .to_owned(),
        "ソース: Schannel\nイベント ID: 36887\nレベル: エラー\n説明:\n次の致命的な警告を受け取りました: 46。\n".to_owned(),
        "ソース：Schannel\nイベント ID：36887\n説明：\n次の致命的な警告を受け取りました: 46。\n".to_owned(),
        format!(
            "11/22/2026 09:00:01 AM\nLogName=System\nSourceName=Schannel\nEventCode=36887\nEventType=2\nType=Error\nComputerName=web.example.test\nTaskCategory=None\nOpCode=Info\nRecordNumber=4711\nKeywords=None\nMessage={ALERT}\n"
        ),
        format!(
            "ProviderName : Schannel\nId           : 36887\nMessage      : {}\n\n",
            ALERT.replace("defined ", "defined\n               ")
        ),
    ] {
        assert_eq!(told(&text), ["Schannel 36887 AlertDesc=46"], "{text}");
    }
}

/// A question that only speaks of events holds none.
#[test]
fn a_question_is_no_record() {
    for text in [
        "I see Schannel 36887 all day.\nSource: Schannel\nHow many alerts are there? 47\n\n",
        "Source: Schannel\nEvent ID: 10016\nText.\n",
        "Microsoft-Windows-CAPI2/Operational: 11\n",
    ] {
        assert_eq!(told(text), [""; 0], "{text}");
    }
}

/// Structured data of NXLog, with its escapes.
#[test]
fn pairs_in_syslog() {
    let text = "<11>1 2026-11-22T09:00:01.500000Z web Schannel 624 - [NXLOG@14506 EventType=\"ERROR\" \
        EventID=\"36888\" RecordNumber=\"4711\" ThreadID=\"700\" Channel=\"System\" AlertDesc=\"40\" \
        ErrorState=\"1205\" TargetName=\"a\\\"b\\]\"] Text of it.\n";
    let record = one(text);
    assert_eq!(words(&record), "Schannel 36888 AlertDesc=40 ErrorState=1205 TargetName=a\"b]");
    assert_eq!((record.number, record.process, record.thread), (Some(4711), Some(624), Some(700)));
    assert_eq!(record.message.as_deref(), Some("Text of it."));
    assert_eq!(record.computer.as_deref(), Some("web"));
}

/// What PowerShell lists on its console: cut at its width, or wrapped.
#[test]
fn listings_of_a_console() {
    let head = "\n\n   ProviderName: Schannel\n\nTimeCreated                     Id LevelDisplayName \
        Message\n-----------                     -- ---------------- -------\n";
    let row = "11/22/2026 9:00:01 AM        36887 Error            ";
    let more = " ".repeat(row.len());
    let text = format!(
        "{head}{row}A fatal alert was received from the remote e...\n\
        {row}A fatal alert. The TLS protocol\n{more}defined fatal alert code is 46.\n{row}Code: 70.\n\n\n\
        PS C:\\> 48\n"
    );
    let (records, problems, _) = read(&text);
    let told: Vec<String> = records.iter().map(words).collect();
    let wanted = ["Schannel 36887", "Schannel 36887 AlertDesc=46", "Schannel 36887 AlertDesc=70"];
    assert_eq!((told, problems), (wanted.map(str::to_owned).to_vec(), vec![]));
    assert!(
        records.iter().all(|record| record.time.unwrap().nanoseconds == 1_795_338_001_000_000_000)
    );
    assert_eq!(records[1].place.line, 8);
    let text = "   Index Time          EntryType   Source                 InstanceID Message\n   \
        ----- ----          ---------   ------                 ---------- -------\n   81002 Nov 22 \
        09:00  Error       Schannel                    36887 The following fatal alert was received: 46.\n";
    let record = one(text);
    assert_eq!(
        (words(&record).as_str(), record.number),
        ("Schannel 36887 AlertDesc=46", Some(81002))
    );
    let text = "Error 22/11/2026 09:00:01 Schannel 36887 None";
    assert!(one(text).time.is_some());
    assert_eq!(self::told("On 22/11/2026 I saw Schannel 36887 again\n"), [""; 0]);
}

/// A text in another encoding than was thought still gives its numbers.
#[test]
fn other_encodings_give_what_can_be_read() {
    let row = "Fehler,22.11.2026 09:00:01,Schannel,36887,Keine,\"Schl\u{fc}ssel: Code: 46.\"\n";
    let latin: Vec<u8> = row.chars().map(|letter| letter as u8).collect();
    let (records, problems, _) = in_windows(&latin, 7);
    assert_eq!(records.iter().map(words).collect::<Vec<_>>(), ["Schannel 36887 AlertDesc=46"]);
    assert_eq!(problems, []);
    assert!(records[0].message.as_deref().unwrap().contains('\u{fffd}'));
    // Shift-JIS: the second byte of a letter may be any sign of ASCII behind `?`.
    let text = b"{\"EventID\":36887,\"SourceName\":\"Schannel\",\"AlertDesc\":\"46\",\"Message\":\"\x83\x8a \x94\x7d\"}\n";
    let (records, ..) = in_windows(text, 5);
    assert_eq!(records.iter().map(words).collect::<Vec<_>>(), ["Schannel 36887 AlertDesc=46"]);
}

/// Below so many lines that the text ends at the heading of its XML, a window may end there as well:
/// the XML is waited for, and is the same event once more.
#[test]
fn xml_behind_many_lines_is_waited_for() {
    let event = "Source: Schannel\nEvent ID: 36887\nThe following fatal alert was received: 46.\n\
                 Event Xml:\n<Event><System><Provider Name=\"Schannel\"/><EventID>36887</EventID>\
                 </System></Event>\n";
    for above in 150..160 {
        let text = format!("{{\n{}{event}", " \"lines\": 1\n".repeat(above));
        let whole = in_windows(text.as_bytes(), text.len());
        for step in (1..90).chain([2500]) {
            assert_eq!(in_windows(text.as_bytes(), step), whole, "{above}, in windows of {step}");
        }
    }
}
