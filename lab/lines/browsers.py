"""Browsers without a screen: what they write to the terminal."""

from lines.libraries import client_part, some
from lines.subject import Subject
from pki import SERVER_NAME
from program import Program


def subjects():
    return [_chromium()]


def _chromium():
    known = ["sh", "-c", "[ -e .pki/nssdb/cert9.db ] || { mkdir -p .pki/nssdb; certutil -N -d "
             "sql:.pki/nssdb --empty-password; certutil -A -d sql:.pki/nssdb -n root -t C,, -i "
             "root.crt; }"]

    def program(*, tls=None, cert=None):
        return Program("chromium", [
            "env", "DBUS_SESSION_BUS_ADDRESS=disabled:", "DBUS_SYSTEM_BUS_ADDRESS=disabled:", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--user-data-dir=/srv/browser",
            "--enable-logging=stderr", "--timeout=4000", "--dump-dom", f"https://{SERVER_NAME}:{{port}}/"],
            before=[known], patience=15)
    failures = some("server-not-yet-valid", "server-weak-key", "server-sends-alert-70",
                    "server-does-not-know-name", but=("server-silent",))
    part = client_part(program, failures, telling="net_error", late=True,
                       answer="s_server")
    return Subject("chromium", [part], "chromium", "Chromium",
                   (["chromium", "--version"], r"Chromium ([\d.]+)"))
