"""What PowerShell makes of events: Get-WinEvent and Get-EventLog, as JSON, CSV and lists.

An EventLogRecord has its values without names, in the order of the manifest: `Properties`.
"""

import json

from events import messages
from events.forms.viewer import local
from events.record import LOCAL_SYSTEM, iso, shown

_COLUMNS = ["Message", "Id", "Version", "Qualifiers", "Level", "Task", "Opcode", "Keywords", "RecordId",
            "ProviderName", "ProviderId", "LogName", "ProcessId", "ThreadId", "MachineName", "UserId",
            "TimeCreated", "ActivityId", "RelatedActivityId", "ContainerLog", "MatchedQueryIds",
            "Bookmark", "LevelDisplayName", "OpcodeDisplayName", "TaskDisplayName",
            "KeywordsDisplayNames", "Properties"]
_PROPERTY = "System.Diagnostics.Eventing.Reader.EventProperty"
_NUMBERS = {"UInt8", "UInt16", "UInt32", "UInt64", "HexInt32", "HexInt64", "Pointer"}


def record(event, deep, iso_dates):
    """An event as ConvertTo-Json sees it. Where it goes no deeper, a property is the name of its
    class, as in a pipeline without `-Depth`."""
    sid = {"BinaryLength": 12, "AccountDomainSid": None, "Value": event.user} if event.user else None
    when = iso(event.time).replace("Z", "+00:00") if iso_dates else f"/Date({event.time // 10_000})/"
    values = [{"Value": _value(field)} for field in event.fields] if deep \
        else [_PROPERTY for _ in event.fields]
    made = {
        "Message": messages.text(event), "Id": event.id, "Version": event.version,
        "Qualifiers": event.qualifiers, "Level": event.level, "Task": event.task,
        "Opcode": event.opcode, "Keywords": event.keywords - (1 << 64), "RecordId": event.number,
        "ProviderName": event.provider.name, "ProviderId": event.provider.guid.strip("{}"),
        "LogName": event.channel, "ProcessId": event.process, "ThreadId": event.thread,
        "MachineName": event.computer, "UserId": sid, "TimeCreated": when, "ActivityId": None,
        "RelatedActivityId": None, "ContainerLog": "system", "MatchedQueryIds": [], "Bookmark": {},
        "LevelDisplayName": messages.level(event), "OpcodeDisplayName": "Info",
        "TaskDisplayName": None, "KeywordsDisplayNames": [], "Properties": values,
    }
    return made


def _value(field):
    if field.value is None:
        return ""
    if field.kind == "Binary":
        return list(field.value)
    return field.value if field.kind in _NUMBERS else shown(field)


def windows_json(events, deep=True):
    """`Get-WinEvent ... | ConvertTo-Json` of Windows PowerShell 5.1, in which a colon is followed by
    two spaces and a slash is written with a backslash before it."""
    text = json.dumps([record(event, deep, False) for event in events], indent=4, ensure_ascii=False)
    text = text.replace('": ', '":  ').replace('"/Date(', r'"\/Date(').replace(')/"', r')\/"')
    return text.replace("'", r"\u0027").replace("\n", "\r\n") + "\r\n"


def core_json(events):
    """The same in PowerShell 7, with dates as ISO 8601 writes them; `-Depth 3`."""
    text = json.dumps([record(event, True, True) for event in events], indent=2, ensure_ascii=False)
    return text.replace("\n", "\r\n") + "\r\n"


def csv(events):
    """`Get-WinEvent ... | Export-Csv`: all in quotes, and lists by the name of their class."""
    rows = ["#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord",
            ",".join(f'"{column}"' for column in _COLUMNS)]
    for event in events:
        made = record(event, False, False)
        made |= {"UserId": event.user, "TimeCreated": local(event),
                 "Bookmark": "System.Diagnostics.Eventing.Reader.EventBookmark",
                 "MatchedQueryIds": "System.UInt32[]",
                 "KeywordsDisplayNames": _listed("System.String"), "Properties": _listed(_PROPERTY)}
        rows.append(",".join(_cell(made[column]) for column in _COLUMNS))
    return "".join(row + "\r\n" for row in rows)


def _listed(name):
    return f"System.Collections.Generic.List`1[{name}]"


def _cell(value):
    return '"' + ("" if value is None else str(value)).replace('"', '""') + '"' \
        if value is not None else ""


def format_list(events):
    """`Get-WinEvent ... | Format-List`: the four things that it shows if not asked for more."""
    told = [_list([("TimeCreated", local(event)), ("ProviderName", event.provider.name),
                   ("Id", str(event.id)), ("Message", messages.text(event))]) for event in events]
    return "\r\n\r\n" + "\r\n\r\n".join(told) + "\r\n\r\n\r\n"


def _list(pairs):
    width = max(len(name) for name, _ in pairs)
    edge = "\r\n" + " " * (width + 3)
    return "\r\n".join(f"{name:{width}} : " + edge.join(_wrapped(value, 119 - width - 3))
                       for name, value in pairs)


def _wrapped(text, width):
    """Lines as a console of 120 columns breaks them, between words where it can."""
    for line in text.split("\r\n"):
        while len(line) > width:
            at = line.rfind(" ", 0, width) + 1 or width
            yield line[:at]
            line = line[at:]
        yield line


def _eventlog(event):
    """What Get-EventLog knows of an event: its values as texts, `ReplacementStrings`."""
    texts = [shown(field) for field in event.fields if field.kind != "Binary"]
    kind = {2: "Error", 3: "Warning", 4: "Information"}[event.level]
    instance = event.id if event.qualifiers is None else event.qualifiers << 16 | event.id
    user = r"NT AUTHORITY\SYSTEM" if event.user == LOCAL_SYSTEM else ""
    return texts, kind, instance, user


def eventlog_csv(events):
    """`Get-EventLog System ... | Export-Csv`."""
    first = events[0]
    rows = [f"#TYPE System.Diagnostics.EventLogEntry#System/{first.provider.name}/{first.id}",
            '"EventID","MachineName","Data","Index","Category","CategoryNumber","EntryType",'
            '"Message","Source","ReplacementStrings","InstanceId","TimeGenerated","TimeWritten",'
            '"UserName","Site","Container"']
    for event in events:
        _, kind, instance, user = _eventlog(event)
        cells = [event.id, event.computer, "System.Byte[]", event.number, "(0)", 0, kind,
                 messages.text(event, "en-2012"), event.provider.name, "System.String[]", instance,
                 local(event), local(event), user, None, None]
        rows.append(",".join(_cell(cell) for cell in cells))
    return "".join(row + "\r\n" for row in rows)


def eventlog_list(events):
    """`Get-EventLog System ... | Format-List`: with the values, in braces."""
    told = []
    for event in events:
        texts, kind, instance, user = _eventlog(event)
        # No more than four are shown.
        shown_texts = ", ".join(texts[:4]) + ("..." if len(texts) > 4 else "")
        told.append(_list([
            ("Index", str(event.number)), ("EntryType", kind), ("InstanceId", str(instance)),
            ("Message", messages.text(event, "en-2012")), ("Category", "(0)"),
            ("CategoryNumber", "0"), ("ReplacementStrings", "{" + shown_texts + "}"),
            ("Source", event.provider.name), ("TimeGenerated", local(event)),
            ("TimeWritten", local(event)), ("UserName", user)]))
    return "\r\n\r\n" + "\r\n\r\n".join(told) + "\r\n\r\n\r\n"
