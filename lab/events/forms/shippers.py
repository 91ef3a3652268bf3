"""What programs that carry events elsewhere make of them: Winlogbeat, NXLog, Snare and Wazuh; and what
tools for evidence write: evtx_dump and EvtxECmd."""

import json

from events import messages
from events.record import LOCAL_SYSTEM, iso, moment, shown

_SEVERITIES = {2: ("ERROR", 4, 3), 3: ("WARNING", 3, 4), 4: ("INFO", 2, 6)}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_SECOND = 10_000_000


def _named(event):
    """The fields as texts, by name."""
    return {field.name: shown(field) for field in event.fields if field.name}


def _lines(values):
    return "".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
                   for value in values)


def winlogbeat(events, version):
    """Winlogbeat 7 and 8 in ECS: numbers of events are texts in `event.code`, and in 8 in
    `winlog.event_id` too. UserData is there by its element's name."""
    return _lines(_beat(event, version) for event in events)


def _beat(event, version):
    new = version.startswith("8")
    winlog = {
        "api": "wineventlog", "channel": event.channel, "computer_name": event.computer,
        "event_id": str(event.id) if new else event.id, "opcode": "Info",
        "process": {"pid": event.process, "thread": {"id": event.thread}},
        "provider_guid": event.provider.guid, "provider_name": event.provider.name,
        "record_id": event.number, "task": "",
    }
    if event.user == LOCAL_SYSTEM:
        winlog["user"] = {"domain": "NT AUTHORITY", "identifier": event.user, "name": "SYSTEM",
                          "type": "User"}
    if event.wrapper:
        winlog["user_data"] = {**_named(event), "xml_name": event.wrapper[0]}
    elif event.fields:
        winlog["event_data"] = _named(event)
        if any(field.name is None for field in event.fields):
            winlog["event_data"]["Binary"] = shown(event.fields[-1])
    at = iso(event.time)[:23] + "Z"
    return {
        "@timestamp": at,
        "@metadata": {"beat": "winlogbeat", "type": "_doc", "version": version},
        "event": {"code": str(event.id), "kind": "event", "provider": event.provider.name,
                  "created": iso(event.time + 2 * _SECOND)[:23] + "Z"},
        "log": {"level": messages.level(event).lower()},
        "message": messages.text(event),
        "winlog": winlog,
        "host": {"name": event.computer},
        "agent": {"type": "winlogbeat", "version": version, "name": "EXCH01"},
        "ecs": {"version": "8.0.0" if new else "1.12.0"},
    }


def nxlog(event, old_times=True):
    """The fields that NXLog's im_msvistalog makes of an event, in its order."""
    kind, value, _ = _SEVERITIES[event.level]
    stamp = f"{moment(event.time + 3600 * _SECOND):%Y-%m-%d %H:%M:%S}" if old_times \
        else f"{iso(event.time)[:26]}Z"
    made = {
        "EventTime": stamp, "Hostname": event.computer,
        "Keywords": event.keywords - (1 << 64), "EventType": kind, "SeverityValue": value,
        "Severity": kind, "EventID": event.id, "SourceName": event.provider.name,
        "ProviderGuid": event.provider.guid.upper(), "Version": event.version, "Task": event.task,
        "OpcodeValue": event.opcode, "RecordNumber": event.number, "ProcessID": event.process,
        "ThreadID": event.thread, "Channel": event.channel,
    }
    if event.user == LOCAL_SYSTEM:
        made |= {"Domain": "NT AUTHORITY", "AccountName": "SYSTEM", "UserID": event.user,
                 "AccountType": "User"}
    made |= {"Message": messages.text(event), "Opcode": "Info", **_named(event)}
    later = moment(event.time + 3601 * _SECOND)
    return made | {"EventReceivedTime": f"{later:%Y-%m-%d %H:%M:%S}", "SourceModuleName": "eventlog",
                   "SourceModuleType": "im_msvistalog"}


def nxlog_json(events):
    """NXLog's to_json(), a line for each event."""
    return _lines(nxlog(event) for event in events)


def nxlog_ietf(events):
    """NXLog's to_syslog_ietf(): RFC 5424, with what is not in its head as structured data."""
    return "".join(_ietf(event) for event in events)


def _ietf(event):
    made = nxlog(event, old_times=False)
    severity = _SEVERITIES[event.level][2]
    head = {"EventTime", "Hostname", "SourceName", "ProcessID", "Message", "Severity", "SeverityValue"}
    data = " ".join(f'{name}="{_in_data(value)}"' for name, value in made.items() if name not in head)
    said = made["Message"].replace("\r\n", " ")
    return (f"<{8 + severity}>1 {made['EventTime']} {event.computer} {event.provider.name} "
            f"{event.process} - [NXLOG@14506 {data}] {said}\n").replace(
                event.provider.name, event.provider.name.replace(" ", "_"), 1)


def _in_data(value):
    """RFC 5424, 6.3.3: three characters are escaped."""
    return str(value).replace("\\", r"\\").replace('"', r'\"').replace("]", r"\]")


def snare(events, tab="\t"):
    """Snare over syslog: fields between tabs, and no names. What some servers store has `#011` for a
    tab."""
    return "".join(_snare(event, place, tab) for place, event in enumerate(events))


def _snare(event, place, tab):
    at = moment(event.time + 3600 * _SECOND)
    stamp = f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:02} {at:%H:%M:%S} {at.year}"
    syslog = f"{_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S}"
    said = messages.text(event, "en-2012").replace("\r\n", " ").replace("\t", " ")
    criticality = {2: "3", 3: "2", 4: "1"}[event.level]
    user, kind = ("SYSTEM", "User") if event.user == LOCAL_SYSTEM else ("N/A", "N/A")
    cells = [criticality, event.channel, str(4100 + place), stamp, str(event.id),
             event.provider.name, user, kind, messages.level(event), event.computer, "None", "", said,
             str(event.number)]
    return f"<14>{syslog} {event.computer} MSWinEventLog{tab}{tab.join(cells)}\n"


def wazuh(events):
    """Wazuh's alerts.json: names begin with a small letter, and values are texts."""
    return _lines(_wazuh(event) for event in events)


def _wazuh(event):
    win = {"system": {
        "providerName": event.provider.name, "providerGuid": event.provider.guid,
        "eventID": str(event.id), "version": str(event.version), "level": str(event.level),
        "task": str(event.task), "opcode": str(event.opcode),
        "keywords": f"0x{event.keywords:x}", "systemTime": iso(event.time),
        "eventRecordID": str(event.number), "processID": str(event.process),
        "threadID": str(event.thread), "channel": event.channel, "computer": event.computer,
        "severityValue": "INFORMATION" if event.level == 4 else _SEVERITIES[event.level][0],
        "message": f'"{messages.text(event)}"'}}
    named = {_small(name): value for name, value in _named(event).items() if value}
    if event.wrapper:
        win["userData"] = {_small(event.wrapper[0]): named}
    elif named:
        win["eventdata"] = named
    if any(field.name is None for field in event.fields):
        win["eventdata"]["binary"] = shown(event.fields[-1])
    at = iso(event.time + _SECOND)[:23]
    return {
        "timestamp": f"{at}+0000", "rule": {"level": 5, "description": "Windows System event",
                                            "id": "61102", "groups": ["windows"]},
        "agent": {"id": "003", "name": "EXCH01", "ip": "10.0.8.21"}, "manager": {"name": "wazuh"},
        "id": f"{event.time // _SECOND}.{event.number}", "decoder": {"name": "windows_eventchannel"},
        "data": {"win": win}, "location": "EventChannel"}


def _small(name):
    return name[0].lower() + name[1:]


def evtx_dump(events):
    """`evtx_dump -o json`: a line with the record's number, then the event as JSON."""
    return "".join(f"Record {event.number}\n"
                   + json.dumps(dumped(event), indent=2, ensure_ascii=False) + "\n" for event in events)


def evtx_dump_lines(events):
    """`evtx_dump -o jsonl`: an event on a line, and nothing else."""
    return _lines(dumped(event) for event in events)


def dumped(event):
    """An event as the Rust crate evtx gives it as JSON: numbers are numbers."""
    who = {"Name": event.provider.name}
    # What is a value of its own is written in capitals and without braces.
    guid = event.provider.guid if event.provider.named else event.provider.guid.strip("{}").upper()
    who |= {"Guid": guid} if guid else {}
    who |= {"EventSourceName": event.provider.source} if event.provider.source else {}
    number = event.id if event.qualifiers is None else {
        "#attributes": {"Qualifiers": event.qualifiers}, "#text": event.id}
    system = {
        "Provider": {"#attributes": who}, "EventID": number, "Version": event.version,
        "Level": event.level, "Task": event.task, "Opcode": event.opcode,
        "Keywords": f"0x{event.keywords:x}",
        "TimeCreated": {"#attributes": {"SystemTime": iso(event.time)[:26] + "Z"}},
        "EventRecordID": event.number, "Correlation": None,
        "Execution": {"#attributes": {"ProcessID": event.process, "ThreadID": event.thread}},
        "Channel": event.channel, "Computer": event.computer,
        "Security": {"#attributes": {"UserID": event.user}} if event.user else None}
    told = {"#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": system}
    values = {field.name or "Binary": _plain(field) for field in event.fields}
    if event.wrapper:
        name, namespace = event.wrapper
        held = {field: None if value == "" else value for field, value in values.items()}
        told["UserData"] = {name: {"#attributes": {"xmlns": namespace}, **held}}
    else:
        told["EventData"] = values or None
    return {"Event": told}


def _plain(field):
    if field.kind in ("UInt8", "UInt16", "UInt32", "UInt64", "Int32"):
        return field.value
    return shown(field)


_ECMD = ("RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,"
         "Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,"
         "PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,"
         "Keywords,ExtraDataOffset,Payload")


def evtx_ecmd(events):
    """EvtxECmd's CSV: what the event tells is JSON in the last column."""
    rows = [_ECMD]
    levels = {2: "Error", 3: "Warning", 4: "Info"}
    for place, event in enumerate(events):
        data = [{"@Name": name, "#text": value} for name, value in _named(event).items()]
        if event.wrapper:
            name, namespace = event.wrapper
            payload = {"UserData": {name: {"@xmlns": namespace, **_named(event)}}}
        else:
            held = {"Data": data[0] if len(data) == 1 else data}
            if any(field.name is None for field in event.fields):
                held["Binary"] = shown(event.fields[-1])
            payload = {"EventData": held}
        cells = [place + 1, event.number, iso(event.time).replace("T", " ").rstrip("Z"), event.id,
                 levels[event.level], event.provider.name, event.channel, event.process, event.thread,
                 event.computer, 0, event.user, "", "", "", "", "", "", "", "", "", "", "False",
                 r"C:\evidence\System.evtx", f"0x{event.keywords:X}", 0,
                 json.dumps(payload, ensure_ascii=False, separators=(",", ":"))]
        rows.append(",".join(_cell(str(cell)) for cell in cells))
    return "\ufeff" + "".join(row + "\r\n" for row in rows)


def _cell(cell):
    return '"' + cell.replace('"', '""') + '"' if '"' in cell or "," in cell else cell
