"""Clients of Python's standard library that begin TLS inside their protocol, and then leave.

`starttls_client.py PROTOCOL HOST PORT [VERSION]`; the version is the only one offered.
"""

import ftplib
import imaplib
import poplib
import smtplib
import sys

from connections import trust


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
    protocol, host, port, *version = sys.argv[1:]
    context = trust(*version)
    try:
        answer = globals()[protocol](host, int(port), context)
        print("hello,", answer)
    except Exception as failure:
        print("error:", failure)
        sys.exit(1)


main()
