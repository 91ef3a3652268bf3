"""What Event Viewer saves as CSV and text and what its Copy gives, and wevtutil's text.

Times are the machine's own, in the way its language writes them, and nothing says in which zone.
"""

from events import messages
from events.forms import xml
from events.record import LOCAL_SYSTEM, moment

_ZONE_HOURS = 1
_HEADINGS = {
    "en": ("Level", "Date and Time", "Source", "Event ID", "Task Category"),
    "de": ("Ebene", "Datum und Uhrzeit", "Quelle", "Ereignis-ID", "Aufgabenkategorie"),
    "fr": ("Niveau", "Date et heure", "Source", "ID de l’événement", "Catégorie de la tâche"),
    "ja": ("レベル", "日付と時刻", "ソース", "イベント ID", "タスクのカテゴリ"),
}
_NONE = {"en": "None", "de": "Keine", "fr": "Aucun", "ja": "なし"}
# What Copy calls the parts, each as wide as Event Viewer makes it.
_LABELS = {
    "en": ("Log Name:      ", "Source:        ", "Date:          ", "Event ID:      ",
           "Task Category: ", "Level:         ", "Keywords:      ", "User:          ",
           "Computer:      ", "Description:", "Event Xml:"),
    "de": ("Protokollname: ", "Quelle:        ", "Datum:         ", "Ereignis-ID:   ",
           "Aufgabenkategorie:", "Ebene:         ", "Schlüsselwörter:", "Benutzer:      ",
           "Computer:      ", "Beschreibung:", "Ereignis-XML:"),
    "fr": ("Nom du journal :", "Source :       ", "Date :         ", "ID de l’événement :",
           "Catégorie de la tâche :", "Niveau :       ", "Mots clés :    ", "Utilisateur :  ",
           "Ordinateur :   ", "Description :", "XML de l’événement :"),
    "ja": ("ログの名前:         ", "ソース:           ", "日付:            ", "イベント ID:       ",
           "タスクのカテゴリ:      ", "レベル:           ", "キーワード:         ", "ユーザー:          ",
           "コンピューター:       ", "説明:", "イベント XML:"),
}
_USER = {"en": "SYSTEM", "de": "SYSTEM", "fr": "Système", "ja": "SYSTEM"}


def local(event, language="en"):
    """The time on the machine's clock, as its language writes it."""
    at = moment(event.time + _ZONE_HOURS * 3600 * 10_000_000)
    if language == "en":
        half = "AM" if at.hour < 12 else "PM"
        return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {half}"
    if language == "ja":
        return f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}"
    return f"{at:%d.%m.%Y %H:%M:%S}" if language == "de" else f"{at:%d/%m/%Y %H:%M:%S}"


def table(events, language="en", wording=None, mark=","):
    """What is saved as CSV, or as text with tabs. The text of an event is a column without a heading;
    what holds the mark, a quote or a line's end is in quotes."""
    rows = [mark.join(_HEADINGS[language])]
    for event in events:
        said = messages.text(event, wording or language)
        cells = [messages.level(event, language), local(event, language), event.provider.name,
                 str(event.id), _NONE[language], said]
        rows.append(mark.join(_quoted(cell, mark) for cell in cells))
    return "".join(row + "\r\n" for row in rows)


def _quoted(cell, mark):
    if any(letter in cell for letter in (mark, '"', "\r", "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def copied(events, language="en", wording=None, with_xml=False):
    """What Copy gives for each event, pasted one after the other."""
    told = []
    labels = _LABELS[language]
    for event in events:
        values = [event.channel, event.provider.name, local(event, language), str(event.id),
                  _NONE[language], messages.level(event, language), "",
                  _USER[language] if event.user == LOCAL_SYSTEM else "N/A", event.computer]
        lines = [label + value for label, value in zip(labels, values)]
        lines += [labels[9], messages.text(event, wording or language)]
        text = "\r\n".join(lines) + "\r\n"
        if with_xml:
            text += f"{labels[10]}\r\n{xml.spread(xml.tree(event))}"
        told.append(text)
    return "\r\n".join(told)


def wevtutil(events):
    """`wevtutil qe System /f:text`."""
    told = []
    for place, event in enumerate(events):
        at = moment(event.time + _ZONE_HOURS * 3600 * 10_000_000)
        user = event.user or "N/A"
        named = r"NT AUTHORITY\SYSTEM" if event.user == LOCAL_SYSTEM else "N/A"
        told.append(f"Event[{place}]:\r\n"
                    f"  Log Name: {event.channel}\r\n"
                    f"  Source: {event.provider.name}\r\n"
                    f"  Date: {at:%Y-%m-%dT%H:%M:%S}.{event.time // 10_000 % 1000:03}\r\n"
                    f"  Event ID: {event.id}\r\n"
                    "  Task: N/A\r\n"
                    f"  Level: {messages.level(event)}\r\n"
                    "  Opcode: Info\r\n"
                    "  Keyword: N/A\r\n"
                    f"  User: {user}\r\n"
                    f"  User Name: {named}\r\n"
                    f"  Computer: {event.computer}\r\n"
                    f"  Description: \r\n{messages.text(event)}\r\n\r\n")
    return "".join(told)
