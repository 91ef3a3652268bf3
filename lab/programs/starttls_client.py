"""Clients of Python's standard library that begin TLS inside their protocol, and then leave.

`starttls_client.py PROTOCOL HOST PORT [VERSION]`; the version is the only one offered.
"""

import ftplib
import imaplib
import poplib
import smtplib
import ssl
import sys


def smtp(host, port, context):
    with smtplib.SMTP(host, port, timeout=5) as session:
        session.starttls(context=context)
        return session.ehlo()


def lmtp(host, port, context):
    with smtplib.LMTP(host, port, timeout=5) as session:
        session.starttls(context=context)
        return session.ehlo("")


def imap(host, port, context):
    with imaplib.IMAP4(host, port, timeout=5) as session:
        session.starttls(context)
        return session.noop()


def pop3(host, port, context):
    session = poplib.POP3(host, port, timeout=5)
    session.stls(context)
    return session.quit()


def ftp(host, port, context):
    session = ftplib.FTP_TLS(timeout=5, context=context)
    session.connect(host, port)
    session.auth()
    return session.quit()


def main():
    protocol, host, port = sys.argv[1:4]
    context = ssl.create_default_context(cafile="root.crt")
    if len(sys.argv) > 4:
        version = getattr(ssl.TLSVersion, "TLSv" + sys.argv[4].replace(".", "_"))
        context.minimum_version = context.maximum_version = version
    try:
        answer = globals()[protocol](host, int(port), context)
        print("hello,", answer)
    except Exception as failure:
        print("error:", failure)
        sys.exit(1)


main()
