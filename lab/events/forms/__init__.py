"""Every form in which people have events beside .evtx: the same records in each of them."""

from functools import partial

from events.forms import powershell, shippers, viewer, xml


def forms(events):
    """Every form: its name, its bytes, what it is, and what it leaves out."""
    for name, encoded, made, known, lacks in _FORMS:
        yield name, encoded(made(events)), known, lacks


def _utf8(text):
    return text.encode()


def _marked(text):
    return b"\xef\xbb\xbf" + text.encode()


def _utf16(text):
    return b"\xff\xfe" + text.encode("utf-16-le")


# The name, the encoding, the form, where it comes from, and what it leaves out.
_FORMS = [
    ("wevtutil.xml", _utf8, xml.wevtutil, "`wevtutil qe System /f:xml`", ""),
    ("wevtutil-powershell.xml", _utf16, xml.wevtutil,
     "the same behind `>` in Windows PowerShell, which writes UTF-16", ""),
    ("wevtutil-rendered.xml", _utf8, partial(xml.wevtutil, language="en"),
     "`wevtutil qe System /f:RenderedXml`", ""),
    ("viewer.xml", _utf8, xml.viewer, "Event Viewer, Save All Events As, XML", ""),
    ("viewer-german.xml", _utf8, partial(xml.viewer, language="de"),
     "the same on a German machine", ""),
    ("viewer.csv", _marked, viewer.table, "Event Viewer, Save All Events As, CSV",
     "text alone, without the error state; no numbers of records, no machine, no process"),
    ("viewer-2012.csv", _marked, partial(viewer.table, wording="en-2012"),
     "the same on Server 2012 R2, whose text has the error state", "no numbers of records"),
    ("viewer-2008.csv", _marked, partial(viewer.table, wording="en-2008"),
     "the same on Server 2008 R2", "no numbers of records"),
    ("viewer-german.csv", _marked, partial(viewer.table, language="de"),
     "the same in German", "text alone"),
    ("viewer.txt", _marked, partial(viewer.table, mark="\t"),
     "Event Viewer, Save All Events As, Text: tabs for commas", "text alone"),
    ("viewer-german.txt", _utf16, partial(viewer.table, language="de", mark="\t"),
     "the same in German and UTF-16", "text alone"),
    ("wevtutil.txt", _utf8, viewer.wevtutil, "`wevtutil qe System /f:text`",
     "text alone; no numbers of records"),
    ("copied.txt", _utf8, partial(viewer.copied, wording="en-2012"),
     "Copy in Event Viewer, pasted", "text alone"),
    ("copied-with-xml.txt", _utf8, partial(viewer.copied, with_xml=True),
     "Copy with its `Event Xml:`", ""),
    ("copied-german.txt", _utf8, partial(viewer.copied, language="de"),
     "Copy in German", "text alone"),
    ("copied-french.txt", _utf8, partial(viewer.copied, language="fr"),
     "Copy in French", "text alone"),
    ("copied-japanese.txt", _utf8, partial(viewer.copied, language="ja"),
     "Copy in Japanese", "text alone"),
    ("get-winevent.json", _marked, powershell.windows_json,
     "`Get-WinEvent ... | ConvertTo-Json -Depth 3 | Out-File -Encoding utf8 x.json`, Windows "
     "PowerShell 5.1",
     "values without names"),
    ("get-winevent-shallow.json", _utf16, partial(powershell.windows_json, deep=False),
     "the same without `-Depth`, behind `>`", "no values: text alone"),
    ("get-winevent-7.json", _utf8, powershell.core_json,
     "the same in PowerShell 7", "values without names"),
    ("get-winevent.csv", _utf8, powershell.csv, "`Get-WinEvent ... | Export-Csv`",
     "no values: text alone"),
    ("get-winevent.txt", _utf16, powershell.format_list,
     "`Get-WinEvent ... | Format-List > x.txt`", "text alone, broken at a column"),
    ("get-eventlog.csv", _utf8, powershell.eventlog_csv, "`Get-EventLog ... | Export-Csv`",
     "no values: text alone"),
    ("get-eventlog.txt", _utf16, powershell.eventlog_list,
     "`Get-EventLog ... | Format-List > x.txt`", "values without names, four at most"),
    ("winlogbeat-7.ndjson", _utf8, partial(shippers.winlogbeat, version="7.17.9"), "Winlogbeat 7", ""),
    ("winlogbeat-8.ndjson", _utf8, partial(shippers.winlogbeat, version="8.15.0"), "Winlogbeat 8", ""),
    ("nxlog.json", _utf8, shippers.nxlog_json, "NXLog, im_msvistalog and to_json()", ""),
    ("nxlog-ietf.log", _utf8, shippers.nxlog_ietf, "NXLog, to_syslog_ietf()", ""),
    ("snare.log", _utf8, shippers.snare, "Snare, or NXLog's to_syslog_snare()",
     "text alone"),
    ("snare-011.log", _utf8, partial(shippers.snare, tab="#011"),
     "the same, as rsyslog stores a tab", "text alone"),
    ("evtx_dump.json", _utf8, shippers.evtx_dump, "`evtx_dump -o json`", ""),
    ("evtx_dump.jsonl", _utf8, shippers.evtx_dump_lines, "`evtx_dump -o jsonl`", ""),
    ("evtxecmd.csv", _utf8, shippers.evtx_ecmd, "EvtxECmd, --csv", ""),
    ("wazuh.json", _utf8, shippers.wazuh, "Wazuh, alerts.json", ""),
]
