"""Events as XML: what wevtutil, Event Viewer and everything that asks Windows for XML gives."""

from events import messages
from events.record import Element, iso, shown

_NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;", "\r": "&#13;"}
CODES = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "ja": "ja-JP"}


def tree(event, language=""):
    """The whole event; with the texts of a language in `RenderingInfo` if one is named."""
    provider = event.provider
    who = [("Name", provider.name)]
    who += [("Guid", provider.guid)] if provider.guid else []
    who += [("EventSourceName", provider.source)] if provider.source else []
    qualified = event.qualifiers is not None

    def one(name, text):
        return Element(name, (), (str(text),))
    parts = [
        Element("Provider", tuple(who)),
        Element("EventID", (("Qualifiers", str(event.qualifiers)),) if qualified else (),
                (str(event.id),)),
        one("Version", event.version), one("Level", event.level), one("Task", event.task),
        one("Opcode", event.opcode), one("Keywords", f"0x{event.keywords:x}"),
        Element("TimeCreated", (("SystemTime", iso(event.time)),)),
        one("EventRecordID", event.number),
        Element("Correlation", (("ActivityID", event.activity),) if event.activity else ()),
        Element("Execution", (("ProcessID", str(event.process)), ("ThreadID", str(event.thread)))),
        one("Channel", event.channel), one("Computer", event.computer),
        Element("Security", (("UserID", event.user),) if event.user else ()),
    ]
    told = [Element("System", (), tuple(parts)), content(event)]
    if language:
        told.append(Element("RenderingInfo", (("Culture", CODES[language]),), (
            one("Message", messages.text(event, language)),
            one("Level", messages.level(event, language)),
            Element("Task"), one("Opcode", "Info"), Element("Channel"),
            Element("Provider"), Element("Keywords"))))
    return Element("Event", (("xmlns", _NAMESPACE),), tuple(told))


def content(event):
    """EventData or UserData."""
    if event.tree:
        return Element("UserData", (), (event.tree,))
    if event.wrapper:
        name, namespace = event.wrapper
        held = tuple(Element(field.name, (), (shown(field),)) for field in event.fields)
        return Element("UserData", (), (Element(name, (("xmlns", namespace),), held),))
    held = []
    for field in event.fields:
        if field.name is None:
            held.append(Element("Binary", (), (shown(field),)))
        else:
            held.append(Element("Data", (("Name", field.name),), (shown(field),)))
    return Element("EventData", (), tuple(held))


def compact(element):
    """On one line and with single quotes, as Windows renders an event."""
    says = "".join(f" {name}='{_escaped(text)}'" for name, text in element.attributes)
    if not element.content:
        return f"<{element.name}{says}/>"
    inner = "".join(compact(part) if isinstance(part, Element) else _escaped(part)
                    for part in element.content)
    return f"<{element.name}{says}>{inner}</{element.name}>"


def spread(element, depth=0, mark="  "):
    """On many lines and with double quotes, as Event Viewer copies it."""
    edge = mark * depth
    says = "".join(f' {name}="{_escaped(text)}"' for name, text in element.attributes)
    if not element.content:
        return f"{edge}<{element.name}{says} />\r\n"
    if any(isinstance(part, Element) for part in element.content):
        inner = "".join(spread(part, depth + 1, mark) for part in element.content)
        return f"{edge}<{element.name}{says}>\r\n{inner}{edge}</{element.name}>\r\n"
    text = "".join(map(_escaped, element.content))
    return f"{edge}<{element.name}{says}>{text}</{element.name}>\r\n"


def wevtutil(events, language=""):
    """`wevtutil qe System /f:xml`, or `/f:RenderedXml` with a language: one event on a line."""
    return "".join(compact(tree(event, language)) + "\r\n" for event in events)


def viewer(events, language="en"):
    """What Event Viewer saves as XML: all of it on one line, with texts."""
    inner = "".join(compact(tree(event, language)) for event in events)
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>{inner}</Events>'


def _escaped(text):
    return "".join(_ESCAPES.get(letter, letter) for letter in text)
